"""`cx blueprint`: exit codes, sentences, files, both languages."""

import json

import pytest

from cxlib.blueprints.parts import PACKAGED
from cxlib.cli import main

FIRST, SECOND = (str(PACKAGED / f"entrega_com_problema_v{version}.yaml") for version in (1, 2))


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    printed = capsys.readouterr()
    return left.value.code, printed.out, printed.err


def test_a_sound_one_exits_0_a_broken_one_1_each_rule_with_code_and_sentence(capsys):
    assert run(capsys, "blueprint", SECOND) == (
        0, "Blueprint entrega_com_problema, version 2: 12 steps, 0 broken rules.\n", ""
    )  # fmt: skip
    code, out, err = run(capsys, "blueprint", FIRST)
    assert (code, err) == (1, "")
    assert out.count("V9 REPEATED_DATA, line ") == 4
    assert "asks_again_1 asks the customer for order_id, which is known since first_reply." in out


def test_a_file_that_cannot_be_read_exits_2_with_one_sentence(capsys, tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text("id: a\nid: b\n", encoding="utf-8")
    code, out, err = run(capsys, "blueprint", str(path))
    assert (code, out) == (2, "")
    assert err == "b.yaml, line 2: id stands twice in b.yaml.\n"
    assert run(capsys, "blueprint", str(tmp_path / "absent.yaml"))[0] == 2
    assert run(capsys, "blueprint")[0] == 2


def test_it_draws_and_speaks_portuguese(capsys, tmp_path):
    out = tmp_path / "b.html"
    code, printed, _ = run(capsys, "blueprint", FIRST, "--out", str(out), "--lang", "pt-BR")
    assert code == 1
    assert "4 regras quebradas" in printed
    assert "linha de visibilidade" in out.read_text(encoding="utf-8")


def test_json_is_the_broken_rules_or_the_numbers(capsys):
    code, out, _ = run(capsys, "blueprint", FIRST, "--format", "json")
    assert code == 1
    assert [row["code"] for row in json.loads(out)] == ["V9"] * 4


@pytest.mark.slow
def test_with_data_it_measures(capsys, tmp_path):
    from cxlib.world.store import write_world

    write_world(tmp_path / "ipe", scale="tiny", seed=7)
    out = tmp_path / "b.html"
    code, printed, _ = run(capsys, "blueprint", SECOND, "--data", str(tmp_path / "ipe"), "--out", str(out))
    assert code == 0
    assert "share of the time with third parties 6" in printed
    assert "Time, measured" in out.read_text(encoding="utf-8")
