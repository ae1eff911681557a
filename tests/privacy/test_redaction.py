import time

import pandas as pd
import pytest

from cxlib import privacy

# Invented people and numbers; the CPF and CNPJ are the usual examples of documentation.
PLANTED = {
    "email": [
        "ana.lima@example.com",
        "ANA+compras@Example.com.br",
        "joão_silva@exemplo.org",
        "x@y.co",
        "https://loja.example/?email=ana%40example.com&x=1",
        "https://ana@example.com/pedido",
        "ana\u200b.lima@exam\u200dple.com",
        "ana＠example．com",
        "(ana@example.com),",
    ],
    "phone": [
        "(11) 98765-4321",
        "(11)98765-4321",
        "11 98765-4321",
        "11 98765 4321",
        "11.98765.4321",
        "11-98765-4321",
        "11 9 8765-4321",
        "(11) 9.8765-4321",
        "(011) 98765-4321",
        "011 98765-4321",
        "0 15 11 98765-4321",
        "11987654321",
        "5511987654321",
        "+5511987654321",
        "+55 11 98765-4321",
        "+55 (11) 98765-4321",
        "+55(11)987654321",
        "55 11 98765-4321",
        "0055 11 98765-4321",
        "(11) 8765-4321",
        "(11) 3456-7890",
        "11 3456-7890",
        "11 3456 7890",
        "1134567890",
        "+55 11 3456 7890",
        "(55) 3221-4455",
        "98765-4321",
        "9 8765-4321",
        "98765 4321",
        "987654321",
        "3456-7890",
        "+1 (415) 555-2671",
        "(415) 555-2671",
        "415-555-2671",
        "+44 20 7946 0958",
        "+351 912 345 678",
        "+54 9 11 4321-5678",
        "+4930123456",
        "1１ 9８７６５-4321",
        "(11)\u00a098765\u201143\u200b21",
        "٠١١ ٩٨٧٦٥-٤٣٢١",
    ],
    "cpf": [
        "123.456.789-09",
        "123.456.789-00",  # mistyped, still somebody's
        "12345678909",
        "123456789-09",
        "123 456 789 09",
        "123.456.789/09",
        "529.982.247-25",
        "123.456.789–09",
    ],
    "cnpj": ["11.222.333/0001-81", "11222333000181", "11222333/0001-81", "12.ABC.345/01DE-35", "AB.CDE.FGH/IJKL-80"],
    "card": [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "5555555555554444",
        "3782 822463 10005",
        "378282246310005",
        "6011.1111.1111.1117",
        "4222222222222",
    ],
    "cep": ["01310-100", "01.310-100"],
}


HARMLESS = [
    "R$ 1.299,90",
    "R$ 12.345.678,90",
    "R$1299.90",
    "1.234.567",
    "-10,5%",
    "12/05/2024",
    "2024-05-12",
    "12-05-2024 10:30",
    "2024-05-12T10:30:00-03:00",
    "12.05.2024 10:30:59",
    "20240512",
    "14:30",
    "das 10h às 18h",
    "10-12",
    "2019-2020",
    "pedido 12345678",
    "pedido 4512-8890",
    "pedido nº 987654321",
    "pedido #11987654321",
    "protocolo: 1134567890",
    "A-1001",
    "NF 4512",
    "nota 10",
    "0800 123 4567",
    "0800-123-4567",
    "0800 722 0808",
    "4004-1234",
    "3003-5000",
    "190",
    "+10.000 clientes",
    "+1.000.000",
    "+10.000.000",
    "7891234567895",  # bar code
    "1700000000000",  # epoch in ms
    "1700000000000000",
    "192.168.100.200",
    "-46.63330940, -23.55051990",
    "550e8400-e29b-41d4-a716-446655440000",
    "AA123456789BR",
    "4111 1111 1111 1112",  # not a card: the check digit is wrong
    "123.456.789",
    "@maria no Instagram",
    "5@3.50",
    "user@localhost",
    "versão 10.0.19045.3930",
    "tamanho 1234-567",
    "",
    "ótimo atendimento 👨‍👩‍👧, nota 9",
]


planted = [(kind, text) for kind, texts in PLANTED.items() for text in texts]


def struck(text: str) -> tuple[str, dict[str, int]]:
    clean, found = privacy.redact(pd.Series([text]))
    return clean[0], found


@pytest.mark.parametrize(("kind", "text"), planted)
@pytest.mark.parametrize("frame", ["{}", "Oi, falem comigo: {} obrigada!", "Tel/mail {}, até 2 dias", "{}\nfim."])
def test_planted_is_found(kind, text, frame):
    clean, found = struck(frame.format(text))
    assert found == {kind: 1}
    assert f"[{kind}]" in clean
    assert sum(character.isdigit() for character in clean) <= 4  # nothing but what stood around it


@pytest.mark.parametrize("text", HARMLESS)
@pytest.mark.parametrize("frame", ["{}", "Comprei ontem, {} e gostei"])
def test_harmless_is_untouched(text, frame):
    assert struck(frame.format(text)) == (frame.format(text), {})


def test_enough_is_planted():
    assert len(planted) >= 60 and len(HARMLESS) >= 30


def test_several_in_one_text():
    text = "Sou Bia, CPF 123.456.789-09, cel 11 98765-4321 ou (21) 3456-7890, b@x.co, CEP 01310-100. Nota 0."
    assert struck(text) == (
        "Sou Bia, CPF [cpf], cel [phone] ou [phone], [email], CEP [cep]. Nota 0.",
        {"cep": 1, "cpf": 1, "email": 1, "phone": 2},
    )


def test_a_phone_leaves_the_number_behind_it():
    assert struck("+55 11 98765-4321 2 pessoas")[0] == "[phone] 2 pessoas"
    assert struck("dia 15 11 98765-4321 às 10")[0] == "dia 15 [phone] às 10"


def test_redact_counts_rows_and_keeps_index_and_nulls():
    texts = pd.Series(["a@b.co", None, "a@b.co", "bom"], index=[5, 6, 7, 8], name="comment")
    clean, found = privacy.redact(texts)
    assert found == {"email": 2}
    assert clean.index.to_list() == [5, 6, 7, 8] and clean.name == "comment"
    assert clean.to_list()[0::2] == ["[email]", "[email]"] and clean.isna().to_list() == [
        False,
        True,
        False,
        False,
    ]


def test_redact_nothing():
    clean, found = privacy.redact(pd.Series([], dtype="str"))
    assert clean.empty and found == {}


@pytest.mark.parametrize("disguised", ["ana(arroba)x.com", "ana at x.com", "um um nove oito sete"])
def test_disguises_are_not_covered(disguised):
    assert struck(disguised)[1] == {}


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "a.",
        "@",
        "a@",
        "a@b",
        "a@1.",
        "(",
        "+1 ",
        "+1",
        "11 9",
        "123.",
        "55 ",
        "1234 ",
        "Aa1@.",
    ],
)
def test_long_texts_take_linear_time(unit):
    started = time.process_time()
    struck(unit * (1_000_000 // len(unit)))
    assert time.process_time() - started < 5  # about one second; a quadratic pattern takes hours


def test_looks_personal():
    personal = ["ana@x.com", "123.456.789-09", "+55 11 98765-4321", "(11) 3456-7890", "+44 20 7946 0958"]
    harmless = ["P-1001", "2024-05-12 10:30:00", "11987654321", "12345678909", "Sim", "R$ 1.299,90", None]
    answer = privacy.looks_personal(pd.Series(personal + harmless, index=range(100, 112), name="x"))
    assert answer.to_list() == [True] * 5 + [False] * 7
    assert answer.dtype == bool and answer.index[0] == 100
    assert privacy.looks_personal(pd.Series([1.5, None])).to_list() == [False, False]
    assert privacy.looks_personal(pd.Series([], dtype="str")).to_list() == []
