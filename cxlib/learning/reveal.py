"""The truth behind the synthetic company, told to whoever has an interval to hold against it."""

from typing import Any

from cxlib.errors import InputError
from cxlib.language import number, say
from cxlib.learning.outcome import Note, code
from cxlib.learning.shapes import Interval, NotAttempted, Unreadable
from cxlib.tables.dataset import Dataset
from cxlib.world.build import truths
from cxlib.world.truths import TRUTHS


def reveal(shop: Dataset, truth: str, answer: object) -> Note:
    """Reveal a planted truth: "was I right?" Only a synthetic company can answer that.

    `truth` is its key, such as "T01"; `answer` is an interval (low, high) or a result frame of one row, given
    before the truth is told. Raises `InputError` without one, for an unknown truth, or for data whose truth
    nobody knows.

    >>> from cxlib.world.store import ipe
    >>> print(reveal(ipe("tiny", 7), "T01", (-100, 100)))  # doctest: +ELLIPSIS
    The truth: ... Your interval, −100 to 100, holds it. ...
    """
    if not shop.world:
        raise InputError(say("Nobody knows the truth behind these data: only a synthetic company has one to reveal."))
    if truth not in TRUTHS:
        raise InputError(
            say(
                "There is no truth {found} to reveal; there are: {names}.", found=code(truth), names=", ".join(TRUTHS)
            )
        )
    try:
        low, high = Interval().read(answer, ())
    except NotAttempted:
        raise InputError(say("First your interval, then the truth.")) from None
    except Unreadable as trouble:
        raise InputError(str(trouble)) from None
    made: Any = shop.world
    exact = truths(made["seed"], made["scale"])
    if truth not in exact:  # nobody bought in that store, say
        raise InputError(say("This company is too small to hold truth {truth}; take a larger one.", truth=truth))
    value = float(exact[truth]["value"])
    return Note(" ".join([_told(truth, value), _judged(value, low, high), say(TRUTHS[truth].why)]))


def _told(truth: str, value: float) -> str:
    return say("The truth: {what} is {value}.", what=say(TRUTHS[truth].what), value=number(value))


def _judged(value: float, low: float, high: float) -> str:
    ends = {"low": number(low), "high": number(high)}
    if low <= value <= high:
        return say("Your interval, {low} to {high}, holds it.", **ends)
    return say(
        "Your interval, {low} to {high}, missed it: so do about 5 in 100 that are made the right way, and many more "
        "of those made the wrong way.",
        **ends,
    )
