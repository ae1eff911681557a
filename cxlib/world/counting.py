"""Counting truths: what one shard adds to the two sums of a truth, and the sums of several shards."""

from collections import Counter


def count(key: str, total: float, of: int) -> Counter[str]:
    """Return what one shard adds to a truth: a total, and the number of units it is summed over.

    >>> count("T01", 950.0, of=100)
    Counter({'T01 total': 950.0, 'T01 units': 100})
    """
    return Counter({f"{key} total": total, f"{key} units": of})


def together(*counts: Counter[str]) -> Counter[str]:
    """Return the sums of several parts. Adding counters with + would lose totals that are zero or less.

    >>> together(count("T20", -5.0, of=3), count("T20", 5.0, of=2))
    Counter({'T20 units': 5, 'T20 total': 0.0})
    """
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return total
