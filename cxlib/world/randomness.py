"""Random numbers that can be drawn anywhere, in any order, and never change.

Every use has its own stream, keyed by the seed, the number of the shard (a block of customers) and a
purpose in words; row i takes number i of its stream. Only the raw output of Philox is used, because
NumPy promises that it stays the same; its ready-made distributions may change with a version. All
distributions here come from tables of constants, so that no operating system's `exp` or `log` decides.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Sums of constants are rounded here, so that the last bit of a sum cannot move a threshold.
DECIMALS = 12


@dataclass(frozen=True)
class Source:
    """The random numbers of one shard of one world; what belongs to no customer has a name instead of a number."""

    seed: int
    shard: int | str

    @property
    def block(self) -> int:
        """The number of the block of customers; what belongs to no customer has none."""
        assert isinstance(self.shard, int)
        return self.shard

    def uniforms(self, purpose: str, size: int) -> np.ndarray:
        """Return `size` numbers, evenly spread over 0 <= u < 1, that belong to this purpose alone.

        >>> Source(1, 0).uniforms("example", 2).round(6).tolist()
        [0.556476, 0.932369]
        """
        digest = hashlib.sha256(f"ipe/{self.seed}/{self.shard}/{purpose}".encode()).digest()
        key = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")]
        raw = np.random.Philox(key=np.array(key, dtype="uint64")).random_raw(size)
        return (raw >> np.uint64(11)) * 2.0**-53


def cumulative(shares: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the running sums of shares along the last axis, the last one exactly 1."""
    sums = np.cumsum(np.asarray(shares, dtype="float64"), axis=-1)
    return np.round(sums / sums[..., -1:], DECIMALS)


def pick(uniforms: np.ndarray, shares: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return for each number the position it falls on when 0 to 1 is cut into `shares`.

    >>> pick(np.array([0.1, 0.3, 0.9]), [0.25, 0.25, 0.5]).tolist()
    [0, 1, 2]
    """
    return np.searchsorted(cumulative(shares), uniforms, side="right")


def pick_by(uniforms: np.ndarray, group: np.ndarray, shares: Sequence[Sequence[float]] | np.ndarray) -> np.ndarray:
    """Return what `pick` does, each row with the shares of its own group."""
    return (uniforms[:, np.newaxis] >= cumulative(np.array(shares))[group]).sum(axis=1)


def quantile(uniforms: np.ndarray, probabilities: Sequence[float], values: Sequence[float]) -> np.ndarray:
    """Return whole numbers, drawn by straight lines between the given quantiles."""
    return np.rint(np.interp(uniforms, probabilities, values)).astype("int64")


def quantile_by(
    uniforms: np.ndarray, group: np.ndarray, probabilities: Sequence[float], values: Sequence[Sequence[float]]
) -> np.ndarray:
    """Return what `quantile` does, each row with the quantiles of its own group."""
    drawn = np.zeros(len(uniforms), dtype="int64")
    for number, own in enumerate(values):
        drawn[group == number] = quantile(uniforms[group == number], probabilities, own)
    return drawn


def whole(uniforms: np.ndarray, count: int | np.ndarray) -> np.ndarray:
    """Return whole numbers from 0 to `count` less one, all as likely."""
    return np.floor(uniforms * count).astype("int64")


def nearby(centres: np.ndarray, uniforms: np.ndarray, distance: float) -> np.ndarray:
    """Return uniform numbers that lie within `distance` (at most 1) of uniform `centres`.

    What would leave 0 to 1 is reflected at the border. That keeps the result exactly uniform, so a
    trait of a person can shape an answer without changing how all answers are distributed.
    """
    moved = np.abs(centres + distance * (2 * uniforms - 1))
    return np.where(moved >= 1, 2 - moved, moved)
