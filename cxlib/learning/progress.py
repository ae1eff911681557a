"""What a learner has done so far: a private file on their own machine, and a text to carry it elsewhere.

Nothing is ever sent anywhere. A file that cannot be read or written never stops a lesson.
"""

import base64
import binascii
import contextlib
import errno
import json
import os
import tempfile
import zlib
from pathlib import Path

from cxlib.errors import InputError
from cxlib.language import say

PREFIX = "cx1:"
LONGEST = 200_000  # characters of a carried text; a course fits in a few thousand
Record = dict[str, int]  # tries, hints, solution, passed
Progress = dict[str, dict[str, Record]]
FIELDS = ("tries", "hints", "solution", "passed")
MOST = 1_000_000  # of anything counted
LARGEST = 10_000_000  # bytes of the file; ours has a few thousand


def progress_file() -> Path:
    """Return where progress is kept: `CX_PROGRESS_FILE`, else in the user's data folder."""
    from platformdirs import user_data_path

    chosen = os.environ.get("CX_PROGRESS_FILE")
    return Path(chosen) if chosen else user_data_path("cxlib") / "progress.json"


def read_progress() -> Progress:
    """Return all progress by lesson and exercise; nothing when the file is missing or damaged."""
    try:
        return _kept()
    except OSError:
        return {}


def record(lesson: str, exercise: str, **more: int) -> None:
    """Add to what is known of an exercise: tries until it was passed, hints, solution, passed."""
    with contextlib.suppress(OSError):
        everything = _kept()
        known = everything.setdefault(lesson, {}).setdefault(exercise, dict.fromkeys(FIELDS, 0))
        if known["passed"]:  # running a whole notebook again is no new try
            more.pop("tries", None)
        for field, count in more.items():
            known[field] = 1 if field in ("passed", "solution") else known[field] + count
        _write(everything)


def export_progress() -> str:
    """Return all progress as one line of text, to keep it when a rented machine goes away.

    Binder and Colab forget everything when they close. Copy the line, and give it to `import_progress` next
    time. It names lessons and exercises, and nothing else.

    >>> export_progress().startswith("cx1:")
    True
    """
    packed = zlib.compress(json.dumps(read_progress(), sort_keys=True).encode("utf-8"), 9)
    return PREFIX + base64.urlsafe_b64encode(packed).decode("ascii")


def import_progress(text: str) -> str:
    """Add progress that `export_progress` wrote to what is here; nothing done is ever lost by it.

    Returns a sentence. Raises `InputError` when the text is not one of ours or is not whole.

    >>> import_progress("cx1:eJyrrgUAAXUA-Q==")  # doctest: +SKIP
    'Progress of 0 exercises is now here.'
    """
    brought = _unpacked(text)
    try:
        here = _kept()
        for lesson, exercises in brought.items():
            for key, theirs in exercises.items():
                ours = here.setdefault(lesson, {}).setdefault(key, dict.fromkeys(FIELDS, 0))
                here[lesson][key] = {field: max(ours[field], theirs[field]) for field in FIELDS}
        _write(here)
    except OSError as trouble:
        raise InputError(
            say("{folder} cannot be written: {trouble}", folder=progress_file().parent, trouble=trouble.strerror)
        ) from None
    return say("Progress of {n} exercises is now here.", n=sum(len(exercises) for exercises in here.values()))


def _unpacked(text: str) -> Progress:
    try:
        if not text.strip().startswith(PREFIX) or len(text) > LONGEST:
            raise ValueError
        packed = base64.urlsafe_b64decode(text.strip().removeprefix(PREFIX).encode("ascii"))
        opener = zlib.decompressobj()
        content = opener.decompress(packed, LONGEST)
        if not opener.eof:
            raise ValueError
        return _valid(json.loads(content))
    except (AttributeError, TypeError, ValueError, binascii.Error, zlib.error, RecursionError):
        raise InputError(
            say("This is not a whole progress text: it is one line that begins with {prefix}.", prefix=f'"{PREFIX}"')
        ) from None


def _kept() -> Progress:
    """Return what the file holds, nothing when it is missing or damaged.

    Raises `OSError` when it is there but cannot be read now: then it must not be written over either.
    """
    file = progress_file()
    if not file.is_file():
        return {}
    if file.stat().st_size > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
    try:
        return _valid(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, RecursionError):
        return {}


def _valid(content: object) -> Progress:
    """Return progress with only what belongs in it; raises `ValueError` when it is something else."""
    if not isinstance(content, dict):
        raise ValueError
    return {
        str(lesson): {
            str(key): {field: _count(known.get(field, 0)) for field in FIELDS}
            for key, known in exercises.items()
            if isinstance(known, dict)
        }
        for lesson, exercises in content.items()
        if isinstance(exercises, dict)
    }


def _count(value: object) -> int:
    return min(max(0, int(value)), MOST) if isinstance(value, int) else 0


def _write(everything: Progress) -> None:
    # Another notebook may be writing: whoever is last wins, and the file is whole at every moment.
    target = progress_file()
    if target.exists() and not target.is_file():  # a folder, or a device such as /dev/null
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent, prefix="progress-", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1, sort_keys=True)
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)
