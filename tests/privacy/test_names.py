"""Names where people are greeted, sign or introduce themselves; what else stands there is kept."""

import time

import pandas as pd
import pytest
from planting import corpus
from redaction import below, is_right, measured

from cxlib import privacy
from cxlib.privacy.redaction import _strike_out

NAMED = {
    "Olá, Maria Souza! Chegou.": "Olá, [name]! Chegou.",
    "oi maria tudo bem": "oi [name] tudo bem",
    "BOM DIA JOSÉ DA SILVA COMPREI UM FOGÃO": "BOM DIA [name] COMPREI UM FOGÃO",
    "Dear Ms. Silva, thanks": "Dear Ms. [name], thanks",
    "Prezado(a) Sr(a). Zwinglio Kottmann,": "Prezado(a) Sr(a). [name],",
    "Dr.João me atendeu": "Dr.[name] me atendeu",
    "Aguardo.\n\nAtenciosamente,\n\nUbiratan do Carmo\nDiretor": "Aguardo.\n\nAtenciosamente,\n\n[name]\nDiretor",
    "Never again.\nKind regards,\nA. B. O'Neill": "Never again.\nKind regards,\n[name]",
    "Ótimo. - Otacília Brandt": "Ótimo. - [name]",
    "Meu nome é Noêmia e meu CPF 123.456.789-00": "Meu nome é [name] e meu CPF [cpf]",
    "Olá Ana, aqui é a Loja": "Olá [name], aqui é a Loja",
}
KEPT = [
    "Olá, Gostaria de trocar",
    "Prezado Cliente, dizia o e-mail",
    "Obrigado, Correios!",
    "Bom dia, Black Friday chegou",
    "Boa Tarde",
    "Regards",
    "Nota 10, A entrega foi ótima",
    "fui atendida pela Juliana",  # no salutation: not looked for, and the page says so
    "Best Buy was cheaper",
    "Sra. Gerente",
]


def struck(text):
    return privacy.redact(pd.Series([text]))[0][0]


@pytest.mark.parametrize("text", NAMED)
def test_names_in_salutations_are_struck_out(text):
    assert struck(text) == NAMED[text]


@pytest.mark.parametrize("text", KEPT)
def test_other_words_are_kept(text):
    assert struck(text) == text


def test_recall_and_precision_on_planted_texts_stay_above_their_floors():
    counts, wrong = measured(corpus(150))
    assert below(counts) == [], wrong
    assert {kind for kind, _ in counts} >= {"email", "phone", "cpf", "cnpj", "card", "cep", "name", ""}


def test_the_measure_can_fail():
    planted = [one for one in corpus(3) if one.secret]
    assert not any(is_right(one, one.text) for one in planted)


def test_nothing_is_passed_over_by_the_quick_look():
    texts = [*(one.text for one in corpus(150)), *NAMED, *KEPT]
    closely = [_strike_out(text)[0] for text in texts]
    assert privacy.redact(pd.Series(texts))[0].to_list() == closely


@pytest.mark.parametrize("unit", ["olá ", "Olá, Ana. ", "Sr. A.", "att\n", "\n- A", "Maria ", "oi", "A. "])
def test_long_texts_take_linear_time(unit):
    started = time.process_time()
    struck(unit * (500_000 // len(unit)))
    assert time.process_time() - started < 5
