"""What is kept of a learner's work: never lost, never in the way, never more than asked."""

import base64
import json
import os
import stat
import subprocess
import sys
import zlib

import pytest

import cxlib as cx
from cxlib.learning import progress
from cxlib.learning.progress import FIELDS, LONGEST, MOST, export_progress, import_progress, read_progress, record

ONE = {"tries": 2, "hints": 1, "solution": 0, "passed": 1}
REFUSED = 'This is not a whole progress text: it is one line that begins with "cx1:".'


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "mine" / "progress.json"
    monkeypatch.setenv("CX_PROGRESS_FILE", str(path))
    return path


def put(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def packed(content):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return "cx1:" + base64.urlsafe_b64encode(zlib.compress(text)).decode()


# --- The file ----------------------------------------------------------------------------------------


def test_what_is_recorded_is_there_the_next_time(file):
    record("l", "e", tries=1)
    record("l", "e", tries=1, passed=1)
    record("l", "e", hints=1)
    record("l", "f", solution=1)
    assert read_progress()["l"]["e"] == ONE
    assert json.loads(file.read_text(encoding="utf-8")) == read_progress()


def test_passed_stays_passed(file):
    record("l", "e", tries=1, passed=1)
    record("l", "e", tries=1)
    import_progress(packed({"l": {"e": {"tries": 9, "passed": 0}}}))
    assert read_progress()["l"]["e"] == {"tries": 9, "hints": 0, "solution": 0, "passed": 1}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_file_is_private_and_alone(file):
    record("l", "e", tries=1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_without_a_choice_it_is_in_the_users_folder(monkeypatch):
    monkeypatch.setenv("CX_PROGRESS_FILE", "")
    assert progress.progress_file().name == "progress.json"
    assert "cxlib" in progress.progress_file().parts


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "null", "[]", "7", '"text"', "not json", '{"l": 3}', '{"l": {"e": []}}',
        '{"l": {"e": {"tries": "many"}}}', '{"l": {"e": {"tries": 1e999, "passed": NaN}}}',
        '{"l": {"e": {"tries": ' + "9" * 5000 + "}}}", "[" * 100_000, '{"a":' * 50_000,
        '{"l": {"e": {"tries": -5, "passed": null, "more": {"x": 1}}}}', '{"\\ud800": {"\\ud800": {}}}',
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_file_stops_nothing(file, content):
    put(file, content)
    assert all(count == 0 for known in read_progress().values() for one in known.values() for count in one.values())
    record("l", "e", tries=1, passed=1)
    assert read_progress()["l"]["e"] == {"tries": 1, "hints": 0, "solution": 0, "passed": 1}
    assert cx.exercises("nps_csat_ces", cx.Dataset(tables={})).progress().text


def test_bytes_that_are_no_text_stop_nothing(file):
    put(file, "")
    file.write_bytes(b"\xff\xfe\x00{")
    assert read_progress() == {}
    record("l", "e", tries=1)
    assert read_progress()["l"]["e"]["tries"] == 1


def test_absurd_counts_are_held_in(file):
    put(file, {"l": {"e": {"tries": int("9" * 4300), "hints": -3, "solution": True}}})
    record("l", "e", tries=1)
    record("l", "e", tries=1)
    assert read_progress()["l"]["e"] == {"tries": MOST, "hints": 0, "solution": 1, "passed": 0}


def test_a_file_too_large_to_be_ours_is_left_alone(file, monkeypatch):
    monkeypatch.setattr(progress, "LARGEST", 100)
    put(file, {"x" * 200: {}})
    record("l", "e", tries=1)
    assert read_progress() == {}
    with pytest.raises(cx.InputError, match="cannot be written"):
        import_progress(packed({"l": {"e": ONE}}))
    assert json.loads(file.read_text(encoding="utf-8")) == {"x" * 200: {}}


def test_a_file_that_cannot_be_read_now_is_not_written_over(file, monkeypatch):
    record("l", "e", passed=1)
    with monkeypatch.context() as patch:
        patch.setattr(
            "pathlib.Path.read_text", lambda *arguments, **more: (_ for _ in ()).throw(PermissionError(13, "busy"))
        )
        record("l", "f", tries=1)
        assert read_progress() == {}
        with pytest.raises(cx.InputError, match="busy"):
            import_progress(packed({"l": {"g": ONE}}))
    assert read_progress() == {"l": {"e": {"tries": 0, "hints": 0, "solution": 0, "passed": 1}}}


def test_a_folder_in_its_place_stops_nothing_and_collects_no_litter(file):
    file.mkdir(parents=True)
    record("l", "e", tries=1)
    assert read_progress() == {}
    assert list(file.parent.iterdir()) == [file]
    with pytest.raises(cx.InputError, match="cannot be written"):
        import_progress(packed({"l": {"e": ONE}}))


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="there is no such device")
def test_a_device_is_not_replaced_by_a_file(monkeypatch):
    monkeypatch.setattr(progress.os, "replace", lambda *paths: pytest.fail("replaced"))
    monkeypatch.setenv("CX_PROGRESS_FILE", "/dev/null")
    record("l", "e", tries=1)
    assert read_progress() == {}


def test_a_file_in_place_of_the_folder_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    monkeypatch.setenv("CX_PROGRESS_FILE", str(tmp_path / "taken" / "progress.json"))
    record("l", "e", tries=1)
    assert read_progress() == {}
    with pytest.raises(cx.InputError, match="cannot be written"):
        import_progress(packed({"l": {"e": ONE}}))


@pytest.mark.parametrize("step", ["os.replace", "json.dump", "tempfile.mkstemp"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(file, monkeypatch, step):
    record("l", "e", passed=1)

    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"cxlib.learning.progress.{step}", full)
        record("l", "f", tries=1)
        with pytest.raises(cx.InputError, match="No space left on device"):
            import_progress(packed({"l": {"g": ONE}}))
    assert list(read_progress()["l"]) == ["e"]
    assert list(file.parent.iterdir()) == [file]


WRITER = """
import sys
from cxlib.learning.progress import record
for number in range(150):
    record("l", sys.argv[1] + str(number % 5), tries=1, passed=1)
"""


def test_the_file_is_whole_at_every_moment_while_two_write(file):
    record("l", "first", passed=1)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in ("a", "b")]
    looks = 0
    while any(writer.poll() is None for writer in writers):
        content = json.loads(file.read_text(encoding="utf-8"))
        assert content["l"]["first"]["passed"] == 1
        looks += 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert looks > 0
    assert list(file.parent.iterdir()) == [file]


# --- Carried elsewhere -------------------------------------------------------------------------------


def test_what_is_exported_comes_back_whole(file):
    put(file, {"l": {"e": ONE, "ação ✅": ONE}, "m": {"quiz.x": dict.fromkeys(FIELDS, 3)}})
    before, text = read_progress(), export_progress()
    assert text.isascii()
    assert len(text.splitlines()) == 1
    file.unlink()
    assert import_progress(text) == "Progress of 3 exercises is now here."
    assert read_progress() == before
    assert import_progress(f"\n  {text} \n") == "Progress of 3 exercises is now here."
    assert read_progress() == before


def test_two_machines_are_merged_by_their_maximum():
    record("l", "e", tries=5)
    record("l", "mine", passed=1)
    import_progress(packed({"l": {"e": ONE, "theirs": ONE}, "m": {"e": ONE}}))
    assert read_progress() == {
        "l": {"e": ONE | {"tries": 5}, "mine": dict.fromkeys(FIELDS, 0) | {"passed": 1}, "theirs": ONE},
        "m": {"e": ONE},
    }


def test_a_line_that_mail_has_wrapped_still_comes_back():
    text = packed({"l": {f"e{number}": ONE for number in range(40)}})
    import_progress("\n".join(text[start : start + 60] for start in range(0, len(text), 60)))
    assert len(read_progress()["l"]) == 40


def test_absurd_numbers_in_a_text_are_held_in():
    counts = {"tries": -7, "hints": 10**100, "solution": "yes", "passed": 1.5}
    import_progress(packed({"l": {"e": counts, "f": 7}, "m": None}))
    assert read_progress() == {"l": {"e": {"tries": 0, "hints": MOST, "solution": 0, "passed": 0}}}
    record("l", "e", hints=1)
    assert read_progress()["l"]["e"]["hints"] == MOST


WHOLE = packed({"l": {"e": ONE, "f": ONE}})


@pytest.mark.parametrize(
    "text",
    [
        "", "cx1:", "hello", "cx1:hello", "cx1:ção", "çx1:" + WHOLE[4:], WHOLE[4:], WHOLE.upper(),
        "cx2:" + WHOLE[4:], WHOLE + "é", *(WHOLE[:end] for end in range(len(WHOLE))),
        *(WHOLE[:start] + WHOLE[start + 1:] for start in range(4, len(WHOLE) - 4, 5)), packed([]), packed("text"),
        packed(None), packed(b"\xff"), packed(b"[" * 100_000), packed(b"9" * 10_000), packed(b""),
        packed(b'{"l": {"e": {"tries": ' + b"9" * 5000 + b"}}}"), packed(b" " * 50_000_000),
        packed({"l" * LONGEST: {}}), "cx1:" + "A" * 5_000_000, "cx1:" + base64.b64encode(b"plain").decode(), None,
        ..., 7, b"cx1:", WHOLE.encode(), [WHOLE], {},
    ],
    ids=lambda text: repr(text)[:40],
)  # fmt: skip
def test_what_is_not_a_whole_text_of_ours_gets_one_sentence_and_changes_nothing(file, text):
    record("l", "e", tries=1)
    before = file.read_bytes()
    with pytest.raises(cx.InputError) as trouble:
        import_progress(text)
    assert str(trouble.value) == REFUSED
    assert trouble.value.__suppress_context__
    assert file.read_bytes() == before


def test_a_refusal_is_said_in_portuguese(portuguese):
    with pytest.raises(cx.InputError) as trouble:
        import_progress("x")
    assert str(trouble.value) != REFUSED
    assert '"cx1:"' in str(trouble.value)
