"""Numbers in a text of any language: found as people write them."""

import pytest

from cxlib.learning.memo import Memo, readings
from cxlib.learning.outcome import Note
from cxlib.learning.shapes import NotAttempted, Unreadable

WORDS = "We looked at both waves of the survey and this is what we found for the next quarter: "
MEMO = Memo(numbers=lambda shop: {"value": 12.3, "n": 1759, "low": -20.5})
GOOD = WORDS + "12.3 with n = 1,759 and from -20.5 on."


def read(text):
    return MEMO.read(text, (None, None))


def lacks(text):
    return read(WORDS + text).lacks


@pytest.mark.parametrize(
    ("found", "numbers"),
    [
        ("7", [7]),
        ("20.5", [20.5]),
        ("20,5", [20.5]),
        ("-20.5", [-20.5]),
        ("−20,5", [-20.5]),
        ("1759", [1759]),
        ("1,759", [1.759, 1759]),
        ("1.759", [1.759, 1759]),
        ("1,759.5", [1759.5]),
        ("1.759,5", [1759.5]),
        ("1.234.567", [1234.567, 1234567]),
        ("−1.759", [-1.759, -1759]),
        ("9" * 400, [float("inf")]),
    ],
)
def test_a_written_number_is_read_every_way_it_can_be_meant(found, numbers):
    assert readings(found) == numbers


@pytest.mark.parametrize(
    "value", ["12.3", "12,3", "12.30", "12.34", "12,26", "12.3.", "(12.3)", "**12.3**", "n=12.3"]
)
def test_the_value_is_found_as_people_write_it(value):
    assert "value" not in lacks(value)


@pytest.mark.parametrize("value", ["12", "12.4", "-12.3", "−12,3", "123", "112.3", "12.3.2025", "twelve"])
def test_another_number_is_not_the_value(value):
    assert "value" in lacks(value)


@pytest.mark.parametrize("count", ["1759", "1,759", "1.759", "1759.0", "1.759,0"])
def test_a_count_is_found_with_and_without_its_mark(count):
    assert "n" not in lacks(f"n = {count}.")


@pytest.mark.parametrize(
    "low", ["-20.5", "−20,5", "from −20.5 to 3", "(-20.5; 3)", "[−20.5, 3]", "-20.5–3", "-20.5-3"]
)
def test_a_minus_of_either_kind_is_a_minus(low):
    assert "low" not in lacks(low)


def test_the_dash_of_a_range_is_no_minus():
    assert "value" not in lacks("between 3-12.3")
    assert "value" not in lacks("between 3–12.3")


@pytest.mark.parametrize("sign", ["12.3%", "12.3 %", "12,3\u00a0%", "12,34 %", "minus −20.5 %"])
def test_a_score_called_a_percentage_is_flagged(sign):
    memo = read(GOOD + " " + sign)
    assert memo.percent
    assert not memo.lacks
    assert not MEMO.same(memo, memo)


@pytest.mark.parametrize("sign", ["95 %", "12.3 points, 40 %", "12.34567 50%"])
def test_another_percentage_is_not_flagged(sign):
    assert not read(GOOD + " " + sign).percent


def test_what_is_a_percentage_may_be_called_one():
    memo = Memo(numbers=lambda shop: {"share": 12.3, "n": 1759}, percentages=("share",))
    share = memo.read(WORDS + "12.3 % of n = 1,759", (None, None))
    assert memo.same(share, share)
    wrong = memo.read(WORDS + "12.3 % of n = 1,759 %", (None, None))
    assert wrong.percent
    assert not memo.same(wrong, wrong)


def test_a_memo_with_all_numbers_is_right_whatever_its_words():
    assert MEMO.same(read(GOOD), None)
    assert MEMO.same(read(Note(GOOD)), None)
    em_portugues = (
        "O NPS da última rodada foi de 12,3 pontos com 1.759 respostas e a mudança pode ir de −20,5 para cima."
    )
    assert MEMO.same(read(em_portugues), None)


def test_what_is_lacking_is_counted():
    memo = read(WORDS + "nothing")
    assert memo.lacks == ("value", "n", "low")
    assert MEMO.finding(memo, None) == "3 of the numbers it needs are not in the text yet."


@pytest.mark.parametrize("text", [..., "", "...", " . . . ", "…", "\n...\r\n\t", Note("..."), Note("")], ids=repr)
def test_a_memo_of_dots_is_not_attempted(text):
    with pytest.raises(NotAttempted):
        read(text)


@pytest.mark.parametrize(
    "text", ["12.3", "NPS rose to 12.3.", Note("Too short."), 12.3, None, b"text", ["text"]], ids=repr
)
def test_what_is_no_memo_gets_a_sentence(text):
    with pytest.raises(Unreadable):
        read(text)


def test_a_text_of_nothing_but_digits_is_read_at_once():
    assert read(WORDS + "1" * 200_000 + " 12.3").lacks == ("n", "low")
    assert read(WORDS + "1." * 100_000 + " 12.3").lacks == ("n", "low")


# --- Below zero --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "minus 20.5", "a fall of 20.5 or a rise of 3", "a fall of as much as 20.5 points", "it fell by **20.5**",
        "from a drop of up to\n20.5 points", "down 20.5", "it may have lost 20.5 points", "–20.5", "− 20.5",
        "menos 20,5", "de menos 20,5 a mais 3", "uma queda de 20,5", "queda de até 20,5 pontos",
        "pode ter caído 20,5", "caiu cerca de 20,5", "recuo de no máximo 20,5", "Queda de 20,5",
    ],
)  # fmt: skip
def test_a_word_of_falling_is_a_minus(words):
    assert "low" not in lacks(words)


@pytest.mark.parametrize(
    "words",
    [
        "between 20.5 and 30", "the lower end 20.5", "no fall: between 20.5 and 30", "plus or minus 20.5",
        "it fell from 30 to 20.5", "±20.5", "entre 20,5 e 30", "mais ou menos 20,5", "mais ou\nmenos 20,5",
        "pelo menos 20,5", "ao menos 20,5", "para mais ou para menos 20,5", "caiu para 20,5", "downtown 20.5",
    ],
)  # fmt: skip
def test_without_one_the_minus_is_missing(words):
    memo = read(WORDS + words)
    assert "low" in memo.lacks
    assert memo.unsigned == ("low",)


@pytest.mark.parametrize("words", ["−20 and 6", "from -21", "a fall of 20", "between 21 and 30"])
def test_a_rounded_end_is_called_so(words):
    memo = read(WORDS + words)
    assert "low" in memo.lacks
    assert memo.rounded == ("low",)


@pytest.mark.parametrize("words", ["30", "-19", "20.9", "nothing"])
def test_another_whole_number_is_not_a_rounded_end(words):
    assert read(WORDS + words).rounded == ()
