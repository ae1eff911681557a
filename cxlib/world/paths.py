"""How a shopping journey runs: a chain of stages that remembers one step more than it seems to (truth T21).

A search (awareness) leads to a product or to nothing; a product to a cart, to another product or to
nothing, and whoever has looked at two in a row is likelier to fill a cart; a cart to a purchase, back
to a product, or to nothing. All paths of up to `LONGEST` steps are written out once with their exact chances.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

# Cart, product, nothing after a product that follows something else, and after one that follows a product.
AFTER_FIRST, AFTER_SECOND = (0.40, 0.25, 0.35), (0.55, 0.25, 0.20)
LOOKS = 0.45  # a search leads to a product
PAYS = 0.75  # a cart comes to a payment
SUCCEEDS, SUCCEEDS_IN_APP_52 = 0.80, 0.65  # a payment succeeds; in app 5.2, from 2025-08-04
BACK = 0.375  # of the carts not bought, back to a product: 0.15 of 0.40
LONGEST = 12
# Steps: search, product, cart left before payment, cart whose payment failed, cart bought.
SEARCH, PRODUCT, LEFT, FAILED, BOUGHT = "s", "p", "l", "f", "b"


class Paths(NamedTuple):
    """All paths, and the chance of each."""

    steps: list[str]
    chances: np.ndarray

    @property
    def buys(self) -> np.ndarray:
        """Which paths end in a purchase."""
        return np.array([path.endswith(BOUGHT) for path in self.steps])

    @property
    def chance_to_buy(self) -> float:
        """The chance that a journey ends in a purchase: 0.1726 with the payment as it was."""
        return float(self.chances[self.buys].sum().round(9))


@cache
def paths(succeeds: float) -> Paths:
    """Return every path and its chance, when this share of the payments succeeds."""
    found: dict[str, float] = {}
    open_paths = {SEARCH: 1.0}
    while open_paths:
        path, chance = open_paths.popitem()
        for step, share in _next(path, succeeds):
            if step in ("", BOUGHT) or len(path) + 1 >= LONGEST:
                found[path + step] = found.get(path + step, 0.0) + chance * share
            else:
                open_paths[path + step] = chance * share
    steps = sorted(found)
    chances = np.array([found[path] for path in steps])
    return Paths(steps, np.round(chances / chances.sum(), 12))


def _next(path: str, succeeds: float) -> list[tuple[str, float]]:
    """Return what may follow a path; nothing more is the empty step."""
    if path[-1] == SEARCH:
        return [(PRODUCT, LOOKS), ("", 1 - LOOKS)]
    if path[-1] == PRODUCT:
        cart, product, nothing = AFTER_SECOND if path[-2] == PRODUCT else AFTER_FIRST
        paid = PAYS * succeeds
        return [
            (BOUGHT, cart * paid),
            (LEFT, cart * (1 - PAYS)),
            (FAILED, cart * (PAYS - paid)),
            (PRODUCT, product),
            ("", nothing),
        ]
    return [(PRODUCT, BACK), ("", 1 - BACK)]
