"""Files and mappings damaged at random: an import ends in rows that add up or in one sentence, never in a traceback.

The test makes 500; `CX_MUTATIONS=20000 pytest tests/tables/test_mutations.py` is the long proof.
"""

import os
import random
import shutil

import pytest

import cxlib as cx

MUTATIONS = int(os.environ.get("CX_MUTATIONS", "500"))
FILE = """Pesquisa de março
Data;Nota;E-mail;Comentário;Canal;Valor
25/03/2025 10:00;9;ana@example.com;"Ótimo; voltarei";Loja;R$ 1.234,56
26/03/2025 11:30;0;bia@example.com;Demorou 3 dias;Site;10,00
27/03/2025 23:59;7,5;;"duas
linhas";Loja;
28/03/2025 00:00;99;caio@example.com;;Site;5
"""
MAPPING = """[dataset]
source_zone = "America/Sao_Paulo"
[survey_responses]
type = { value = "nps" }
score = { column = "Nota", decimal = "," }
answered_at = "Data"
customer_id = "E-mail"
comment = "Comentário"
channel = { column = "Canal", values = { Loja = "store", Site = "web" } }
[survey_responses.keep]
amount = "Valor"
"""
PIECES = ["\x00", '"', ";", ",", "\n", "\r\n", "\t", "=1+1", "é", "\ufeff", "{", "}", "[", "]", "'", "\\", "%", "$"]
PIECES += ["31/02/2025", "1e999", "-", "NaN", "∞", "<script>", "\u202e", "null", "9" * 400]


def damaged(text, rng):
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(6):
            case 0 if data:
                data[place % len(data)] = rng.randrange(256)
            case 1:
                del data[place : place + rng.randint(1, 30)]
            case 2:
                data[place:place] = rng.choice(PIECES).encode()
            case 3:
                data[place:place] = data[place : place + rng.randint(1, 60)]
            case 4:
                data = data[:place] if rng.random() < 0.3 else data
            case _:
                lines = bytes(data).split(b"\n")
                rng.shuffle(lines)
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def ends_well(folder, number):
    rng = random.Random(number)
    (folder / "reviews.csv").write_bytes(damaged(FILE, rng) if rng.random() < 0.7 else FILE.encode())
    (folder / "mapping.toml").write_bytes(damaged(MAPPING, rng) if rng.random() < 0.5 else MAPPING.encode())
    try:
        shop = cx.import_table([folder / "reviews.csv"], folder / "mapping.toml", folder / "out")
    except cx.InputError as told:
        assert str(told).strip()
        assert not (folder / "out").exists()
        return False
    assert "rows_do_not_add_up" not in set(cx.check(shop)["code"])
    rows = sum(tally.rows_used for tally in shop.audit.tallies)
    asked = [cx.nps, cx.csat, cx.ces] if "survey_responses" in shop else []
    cells = [ask(shop).iloc[0] for ask in asked]
    hidden = [cell for cell in cells if cell["warnings"] == "suppressed"]
    assert hidden or not cells or sum(cell["n"] + cell["set_aside"] for cell in cells) <= rows
    shutil.rmtree(folder / "out")
    return True


@pytest.mark.slow
def test_random_damage(tmp_path):
    survived = sum(ends_well(tmp_path, number) for number in range(MUTATIONS))
    assert 0 < survived < MUTATIONS  # both endings were seen
