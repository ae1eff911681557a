"""How many answers are needed before a number may be believed to within so much."""

import math

from scipy import special

from cxlib.errors import InputError
from cxlib.language import say

# Margins that span the whole scale need no survey; an NPS finer than this takes more than 150,000 answers, so it is
# a share that was typed: nobody plans for a share to within 50 percentage points.
WIDEST_SHARE, WIDEST_NPS, FINEST_NPS = 0.5, 100, 0.5


def answers_for_share(half_width: float, *, share: float = 0.5, level: float = 0.95) -> int:
    """Return the answers needed for a share to be known to plus or minus `half_width`, a share: 0.05, not 5.

    `share` is the share expected, 0 to 1; the default is the worst case. Raises `InputError`.

    >>> answers_for_share(0.05)
    385
    """
    if not 0 <= share <= 1:
        raise InputError(say("share={share} cannot be: give a share from 0 to 1.", share=share))
    if WIDEST_SHARE <= half_width < 100 * WIDEST_SHARE:
        raise InputError(
            say(
                "A margin of {found} takes in the whole scale of a share, from 0 to 1: for {found} percentage points "
                "write {better}.",
                found=f"{half_width:g}",
                better=f"{half_width / 100:g}",
            )
        )
    _check_margin(half_width, WIDEST_SHARE)
    return _needed(half_width, share * (1 - share), level)


def answers_for_nps(
    half_width: float, *, promoters: float = 0.5, detractors: float = 0.5, level: float = 0.95
) -> int:
    """Return the answers needed for NPS to be known to plus or minus `half_width`, in points: 5, not 0.05.

    `promoters` and `detractors` are the shares expected, 0 to 1; the default is the worst case.
    Raises `InputError`.

    >>> answers_for_nps(3, promoters=0.6, detractors=0.1)
    1921
    >>> answers_for_nps(3)
    4269
    """
    if not (0 <= promoters <= 1 and 0 <= detractors <= 1 and promoters + detractors <= 1 + 1e-9):
        raise InputError(
            say(
                "promoters={promoters} and detractors={detractors} cannot be: give shares from 0 to 1 that make "
                "no more than 1 together.",
                promoters=promoters,
                detractors=detractors,
            )
        )
    if 0 < half_width < FINEST_NPS:
        raise InputError(
            say(
                "A margin of {found} points is finer than surveys are. The margin of an NPS is given in points: for "
                "{points} points write {points}.",
                found=f"{half_width:g}",
                points=f"{100 * half_width:g}",
            )
        )
    _check_margin(half_width, WIDEST_NPS)
    variance = promoters + detractors - (promoters - detractors) ** 2
    return _needed(half_width / 100, variance, level)


def _check_margin(half_width: float, widest: float) -> None:
    if not 0 < half_width < widest:
        raise InputError(
            say(
                "A margin of {found} cannot be: give a number above 0 and below {widest}.",
                found=half_width,
                widest=widest,
            )
        )


def _needed(half_width: float, variance: float, level: float) -> int:
    exact = (special.ndtri(0.5 + level / 2) / half_width) ** 2 * variance
    return math.ceil(exact - 1e-9)
