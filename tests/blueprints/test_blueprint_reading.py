"""A file that cannot be understood is refused with one sentence: what was found, what was expected, in which line."""

import pytest

import cxlib as cx
from cxlib.blueprints.parts import PACKAGED, read_blueprint
from cxlib.blueprints.reading import MOST_BYTES

GOOD = (PACKAGED / "entrega_com_problema_v2.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 2", "version: two", "line 3: version must be a whole number from 1 on, not 'two'"),
        ("version: 2", "version: true", "line 3: version must be a whole number"),
        ("version: 2\n", "", "lacks version"),
        ("id: entrega_com_problema", "id: Entrega", "line 2: 'Entrega' is no id for id"),
        ("start: reports", "strat: reports", "line 6: strat is not known here. Did you mean start?"),
        ("start: reports", "start: reports\nstart: closes", "line 7: start stands twice"),
        ("lane: onstage", "lane: on stage", "is 'on stage'; it must be one of: customer, onstage"),
        ("kind: bot", "kind: robot", "must be one of: customer, employee, bot, system, third_party"),
        ("clock: [first_reply, answer]", "clock: [first_reply]", "clock names two steps"),
        ("max_wait_minutes: 48", "max_wait_minutes: -1", "must be a number, not '-1'"),
        ("max_wait_minutes: 48", "max_wait_minutes: .nan", "must be a number, not '.nan'"),
        ("wait: true", "wait: perhaps", "must be true or false, not 'perhaps'"),
        ("start: 2025-07-01", "start: July", "must be a day such as 2025-07-01, not 'July'"),
        ("start: 2025-07-01", "start: 2025-13-41", "cannot be read: '2025-13-41'"),
        ("org: Carrier", "org: no", "must be a text, found 'no'. Put it in quotes."),
        ("asks: [cpf, order_id]", "asks: cpf", "asks must be a list"),
        ("version: 2", "version: [2]", "version must be a single value"),
        ("version: 2", "version: !!python/object:os.system 2", "version must be a single value"),
        ("version: 2", "version: &two 2\nsegment: *two", "aliases"),
        ("version: 2", "version: {", "line 5: this is not YAML"),
        ("version: 2", "version: " + "[" * 40 + "]" * 40, "nested too deeply"),
        ("stages:", "? [a]\n: b\nstages:", "stands twice"),
    ],
)
def test_what_cannot_be_understood_names_its_line(old, new, says):
    assert old in GOOD
    with pytest.raises(cx.InputError) as refused:
        read_blueprint(GOOD.replace(old, new, 1))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value).strip()


@pytest.mark.parametrize("content", ["", "[]", "just words", "- a\n- b\n", "a: 1\n", "\x00"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(cx.InputError, match=r"other\.yaml"):
        read_blueprint(path)


def test_files_that_are_no_text_too_large_or_not_there(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(cx.InputError, match="UTF-8"):
        read_blueprint(path)
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(cx.InputError, match="too large"):
        read_blueprint(path)
    with pytest.raises(cx.InputError, match="too large"):
        read_blueprint("#" * MOST_BYTES + "\n#")
    with pytest.raises(cx.InputError, match="cannot be read"):
        read_blueprint(tmp_path / "absent.yaml")
    with pytest.raises(cx.InputError, match="cannot be read"):
        read_blueprint(tmp_path)


def test_aliases_that_would_unfold_without_end_are_refused_at_once():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{two}: &{two} [*{one}, *{one}]\n" for one, two in zip("abcd", "bcde", strict=True)
    )
    with pytest.raises(cx.InputError, match="aliases"):
        read_blueprint(bomb)


def test_a_file_a_text_and_a_name_give_the_same(tmp_path):
    path = tmp_path / "b.yaml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    by_file, by_text, by_name = read_blueprint(path), read_blueprint(GOOD), read_blueprint("entrega_com_problema_v2")
    assert by_file.steps == by_text.steps == by_name.steps
    assert by_file.cases == by_name.cases
    assert (by_file.file, by_text.file) == ("b.yaml", "(text)")


def test_null_is_an_empty_cell_and_a_list_is_any_of_them():
    found = read_blueprint("entrega_com_problema_v2").step("answer").event_match
    assert found.where["data_asked"] == (None,)
    text = GOOD.replace("data_asked: null}", "data_asked: [null, cpf, 7]}")
    assert read_blueprint(text).step("answer").event_match.where["data_asked"] == (None, "cpf", "7")
