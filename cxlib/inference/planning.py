"""How many answers are needed before a number may be believed to within so much."""

import math

from scipy import special

from cxlib.errors import InputError
from cxlib.language import say


def answers_for_share(half_width: float, *, share: float = 0.5, level: float = 0.95) -> int:
    """Return the answers needed for a share to be known to plus or minus `half_width` (0 to 1).

    `share` is the share expected; the default is the worst case. Raises `InputError`.

    >>> answers_for_share(0.05)
    385
    """
    if not 0 <= share <= 1:
        raise InputError(say("share={share} cannot be: give a share from 0 to 1.", share=share))
    return _needed(half_width, share * (1 - share), level)


def answers_for_nps(
    half_width: float, *, promoters: float = 0.5, detractors: float = 0.5, level: float = 0.95
) -> int:
    """Return the answers needed for NPS to be known to plus or minus `half_width` points.

    `promoters` and `detractors` are the shares expected, 0 to 1; the default is the worst case.
    Raises `InputError`.

    >>> answers_for_nps(5, promoters=0.45, detractors=0.25)
    1015
    >>> answers_for_nps(5)
    1537
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
    variance = promoters + detractors - (promoters - detractors) ** 2
    return _needed(half_width / 100, variance, level)


def _needed(half_width: float, variance: float, level: float) -> int:
    if not half_width > 0:
        raise InputError(say("A margin of {half_width} cannot be: give a number above 0.", half_width=half_width))
    exact = (special.ndtri(0.5 + level / 2) / half_width) ** 2 * variance
    return math.ceil(exact - 1e-9)
