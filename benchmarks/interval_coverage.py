"""Does a 95% interval hold the truth 95 times in 100? Every interval, by simulation from known populations.

    python benchmarks/interval_coverage.py --replicates 2000

Each replicate draws a sample from a population whose value is known, makes the sums that the metrics make and
asks `cxlib.inference` for the interval. Writes `benchmarks/results/coverage.md`. The same seed gives the same
file on every machine.
"""

import argparse
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cxlib.inference import intervals
from cxlib.inference.comparison import difference
from cxlib.inference.design import SUMS, RatioEstimate, ratio
from cxlib.metrics.compare import CROSS, _covariance, _variance

RESULTS = Path(__file__).resolve().parent / "results" / "coverage.md"
SEED = 20_250_301
SIZES = (20, 50, 200, 1_000)
CORRELATION = 0.5  # of two answers of one customer

Ends = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Population:
    """What one answer adds (`values`) and how often (`shares`); `later` are the shares in a second period."""

    name: str
    values: tuple[float, ...]
    shares: tuple[float, ...]
    later: tuple[float, ...] = ()

    @property
    def truth(self) -> float:
        return float(np.dot(self.values, self.shares))

    @property
    def change(self) -> float:
        return float(np.dot(self.values, self.later)) - self.truth


BANDS = (1.0, 0.0, -1.0)  # promoter, passive, detractor
NPS = (
    Population("ordinary: P .45, D .25", BANDS, (0.45, 0.30, 0.25), (0.48, 0.30, 0.22)),
    Population("skewed: P .75, D .10", BANDS, (0.75, 0.15, 0.10), (0.78, 0.14, 0.08)),
    Population("extreme: P .98, D .01", BANDS, (0.98, 0.01, 0.01), (0.97, 0.01, 0.02)),
)
SHARE = tuple(
    Population(f"{name}: share {share:.2f}".replace("0.", "."), (1.0, 0.0), (share, 1 - share))
    for name, share in [("ordinary", 0.70), ("skewed", 0.90), ("extreme", 0.98), ("extreme", 0.02)]
)
FIVE = (
    Population("ordinary: spread", (1, 2, 3, 4, 5), (0.10, 0.10, 0.20, 0.35, 0.25)),
    Population("skewed: 70% are 5", (1, 2, 3, 4, 5), (0.05, 0.05, 0.05, 0.15, 0.70)),
    Population("extreme: 97% are 5", (1, 2, 3, 4, 5), (0.01, 0.005, 0.005, 0.01, 0.97)),
)
SEVEN = (
    Population("ordinary: spread", (1, 2, 3, 4, 5, 6, 7), (0.05, 0.08, 0.10, 0.17, 0.20, 0.25, 0.15)),
    Population("skewed: 70% are 7", (1, 2, 3, 4, 5, 6, 7), (0.05, 0.03, 0.02, 0.03, 0.05, 0.12, 0.70)),
    Population("extreme: 97% are 7", (1, 2, 3, 4, 5, 6, 7), (0.01, 0, 0.005, 0, 0.005, 0.01, 0.97)),
)

# --- Samples, one row per replicate -----------------------------------------------------------------


def answers(population: Population, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Return independent answers, as the numbers they add."""
    return np.array(population.values, float)[pick(rng.random((rows, columns)), population.shares)]


def pick(uniforms: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Return for each uniform number which of the kinds with these shares it falls on."""
    return np.searchsorted(np.cumsum(shares)[:-1], uniforms, side="right")


def repeated(rows: int, customers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return uniforms of answers: now the usual one of its customer, now a fresh one, correlated by CORRELATION."""
    usual = rng.random((rows, int(customers.max()) + 1))[:, customers]
    is_usual = rng.random(usual.shape) < np.sqrt(CORRELATION)
    return np.where(is_usual, usual, rng.random(usual.shape))


def summed(
    values: np.ndarray, customers: np.ndarray | None = None, weights: np.ndarray | None = None
) -> pd.DataFrame:
    """Return the sums of `SUMS` for each row of answers; each answer is its own customer without `customers`."""
    weights = np.ones_like(values) if weights is None else weights
    totals, parts = weights * values, weights
    if customers is not None:
        member = np.eye(int(customers.max()) + 1)[customers]
        totals, parts = totals @ member, parts @ member
    sums = {
        "n": np.full(len(values), values.shape[1]),
        "customers": np.full(len(values), totals.shape[1]),
        "weight": weights.sum(axis=1),
        "total": (weights * values).sum(axis=1),
        "square": (weights * values**2).sum(axis=1),
        "total_total": (totals**2).sum(axis=1),
        "total_weight": (totals * parts).sum(axis=1),
        "weight_weight": (parts**2).sum(axis=1),
    }
    return pd.DataFrame(sums)[SUMS]


# --- The intervals, called as the metrics call them -------------------------------------------------


def adjusted_wald(estimate: RatioEstimate) -> Ends:
    return intervals.adjusted_wald(estimate.value, estimate.square, estimate.effective_n)


def wald(estimate: RatioEstimate) -> Ends:
    return intervals.wald(estimate.value, estimate.standard_error, estimate.n)


def wilson(estimate: RatioEstimate) -> Ends:
    return intervals.wilson(estimate.value, estimate.effective_n)


def student(estimate: RatioEstimate) -> Ends:
    return intervals.student(estimate.value, estimate.standard_error_of_mean, estimate.customers - 1)


def independent(interval: Callable[[RatioEstimate], Ends]) -> Callable[..., Ends]:
    """Return a trial: one answer per customer."""

    def trial(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
        return interval(ratio(summed(answers(population, replicates, n, rng))))

    return trial


def clustered(interval: Callable[[RatioEstimate], Ends]) -> Callable[..., Ends]:
    """Return a trial: customers who answer 1, 2, 3 and 4 times in turn, so n / 2.5 customers."""

    def trial(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
        customers = np.repeat(np.arange(2 * n // 5), np.resize([1, 2, 3, 4], 2 * n // 5))
        values = np.array(population.values, float)[pick(repeated(replicates, customers, rng), population.shares)]
        return interval(ratio(summed(values, customers)))

    return trial


def bootstrapped(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
    """Draw counts of the bands; the bootstrap of the same counts is the same, so each is made once."""
    counts = rng.multinomial(n, population.shares, size=replicates)
    kinds, place = np.unique(counts, axis=0, return_inverse=True)
    ends = [
        intervals.bootstrap(np.array(population.values)[kind > 0], np.ones(np.sum(kind > 0)), kind[kind > 0])
        for kind in kinds
    ]
    low, high = np.array(ends).T
    return low[place.ravel()], high[place.ravel()]


def weighted(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
    """Weights vary (coefficient of variation .5 to .7) and happy answers stand for fewer customers.

    The sample holds twice the promoters' odds; weights of mean 0.5 for promoters and 1 for the others, times
    lognormal noise, bring the population back.
    """
    tilted = np.array(population.shares) * (2, 1, 1)
    kinds = pick(rng.random((replicates, n)), tilted / tilted.sum())
    noise = rng.lognormal(-0.125, 0.5, kinds.shape)
    weights = np.array([0.5, 1, 1])[kinds] * noise
    return adjusted_wald(ratio(summed(np.array(BANDS)[kinds], weights=weights)))


def two_samples(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
    """Two samples of n answers each, of other customers."""
    before = answers(population, replicates, n, rng)
    after = np.array(BANDS)[pick(rng.random((replicates, n)), population.later)]
    return differences(before, after, paired=False)


def same_customers(population: Population, n: int, replicates: int, rng: np.random.Generator) -> Ends:
    """The same n customers answer in both periods."""
    uniforms = repeated(replicates, np.tile(np.arange(n), 2), rng)
    before = np.array(BANDS)[pick(uniforms[:, :n], population.shares)]
    after = np.array(BANDS)[pick(uniforms[:, n:], population.later)]
    return differences(before, after, paired=True)


def differences(before: np.ndarray, after: np.ndarray, *, paired: bool) -> Ends:
    """Return the interval of each difference, made as `compare` makes a single one."""
    one, two = ratio(summed(before)), ratio(summed(after))
    variance = _variance(one, "adjusted_wald") + _variance(two, "adjusted_wald")
    if paired:
        n = np.full(len(before), before.shape[1], float)
        cross = [(before * after).sum(axis=1), before.sum(axis=1), after.sum(axis=1), n]
        pairs = pd.DataFrame(dict(zip(CROSS, cross, strict=True)) | {"weight_from": n, "weight_to": n})
        variance = variance - 2 * _covariance(pairs, one, two)
    error = np.sqrt(np.maximum(variance, 0))
    changes, place = np.unique(np.stack([two.value - one.value, error]), axis=1, return_inverse=True)
    # One at a time: several at once would be corrected for being several.
    found = [difference([change], [spread]) for change, spread in changes.T]
    ends = np.array([(news.low[0], news.high[0]) for news in found])[place.ravel()]
    return ends[:, 0], ends[:, 1]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """One interval under test: how it is tried, on which populations, and the unit of its width."""

    key: str
    title: str
    trial: Callable[..., Ends]
    populations: tuple[Population, ...]
    unit: str = "points"
    factor: float = 100
    of_change: bool = False


INTERVALS = (
    Interval(key="adjusted_wald", title="NPS, adjusted Wald", trial=independent(adjusted_wald), populations=NPS),
    Interval(key="wald", title="NPS, Wald", trial=independent(wald), populations=NPS),
    Interval(key="bootstrap", title="NPS, bootstrap of customers", trial=bootstrapped, populations=NPS),
    Interval(key="weighted", title="NPS, weighted (adjusted Wald)", trial=weighted, populations=NPS),
    Interval(
        key="clustered_adjusted_wald",
        title="NPS, adjusted Wald, customers answer 1 to 4 times",
        trial=clustered(adjusted_wald),
        populations=NPS,
    ),
    Interval(key="wilson", title="Share, Wilson", trial=independent(wilson), populations=SHARE, unit="% points"),
    Interval(
        key="clustered_wilson",
        title="Share, Wilson, customers answer 1 to 4 times",
        trial=clustered(wilson),
        populations=SHARE,
        unit="% points",
    ),
    Interval(
        key="student_5",
        title="Mean of scores 1 to 5, Student",
        trial=independent(student),
        populations=FIVE,
        unit="score",
        factor=1,
    ),
    Interval(
        key="student_7",
        title="Mean of scores 1 to 7, Student",
        trial=independent(student),
        populations=SEVEN,
        unit="score",
        factor=1,
    ),
    Interval(
        key="clustered_student_5",
        title="Mean of scores 1 to 5, Student, customers answer 1 to 4 times",
        trial=clustered(student),
        populations=FIVE,
        unit="score",
        factor=1,
    ),
    Interval(
        key="clustered_student_7",
        title="Mean of scores 1 to 7, Student, customers answer 1 to 4 times",
        trial=clustered(student),
        populations=SEVEN,
        unit="score",
        factor=1,
    ),
    Interval(
        key="difference",
        title="Difference of two NPS, independent samples of n each",
        trial=two_samples,
        populations=NPS,
        of_change=True,
    ),
    Interval(
        key="paired_difference",
        title="Difference of two NPS, the same n customers in both",
        trial=same_customers,
        populations=NPS,
        of_change=True,
    ),
)


# --- Running and telling ----------------------------------------------------------------------------


def run(replicates: int) -> pd.DataFrame:
    """Return one row per interval, population and n, with progress on stderr when somebody watches."""
    rows = []
    for asked in INTERVALS:
        if sys.stderr.isatty():
            print(f"\r{asked.title:<70}", end="", file=sys.stderr, flush=True)
        rows += [one_cell(asked, population, n, replicates) for population in asked.populations for n in SIZES]
    return pd.DataFrame(rows)


def one_cell(asked: Interval, population: Population, n: int, replicates: int) -> dict:
    """Return coverage among the replicates that have an interval, its Monte-Carlo error, the width, the rest."""
    rng = np.random.default_rng([SEED, n, zlib.crc32(f"{asked.key} {population.name}".encode())])
    low, high = asked.trial(population, n, replicates, rng)
    has = np.isfinite(low) & np.isfinite(high)
    truth = population.change if asked.of_change else population.truth
    held = (low[has] <= truth + 1e-12) & (truth - 1e-12 <= high[has])
    coverage = held.mean() if has.any() else np.nan
    return {
        "key": asked.key,
        "population": population.name,
        "n": n,
        "coverage": 100 * coverage,
        "error": 100 * np.sqrt(coverage * (1 - coverage) / max(has.sum(), 1)),
        "width": asked.factor * float(np.mean(high[has] - low[has])) if has.any() else np.nan,
        "none": 100 * (1 - has.mean()),
    }


def table(cells: pd.DataFrame, asked: Interval) -> str:
    """Return the rows of one interval as Markdown."""
    mine = cells[cells["key"] == asked.key]
    head = f"| population | n | coverage, % | ± MC error | mean width, {asked.unit} | no interval, % |\n"
    rows = "\n".join(
        f"| {row.population} | {row.n:,} | {row.coverage:.1f} | {row.error:.1f} | "
        f"{row.width:.{2 if asked.factor == 1 else 1}f} | {row.none:.1f} |"
        for row in mine.itertuples()
    )
    return f"### {asked.title}\n\n{head}|---|---:|---:|---:|---:|---:|\n{rows}\n"


def summary(cells: pd.DataFrame) -> str:
    """Return for each interval the lowest coverage by kind of population."""
    lines = ["| interval | ordinary | skewed | extreme | most without interval |", "|---|---:|---:|---:|---:|"]
    for asked in INTERVALS:
        mine = cells[cells["key"] == asked.key]
        kinds = mine.groupby(mine["population"].str.extract(r"^(\w+)", expand=False))["coverage"].min()
        worst = " | ".join(f"{kinds[kind]:.1f}" for kind in ("ordinary", "skewed", "extreme"))
        lines.append(f"| {asked.title} | {worst} | {mine['none'].max():.1f} |")
    return "\n".join(lines) + "\n"


def told(cells: pd.DataFrame) -> str:
    """Return where the intervals fail, with the figures of this run."""

    def at(key: str, kind: str, n: int) -> str:
        mine = cells[(cells["key"] == key) & (cells["n"] == n) & cells["population"].str.startswith(kind)]
        return f"{mine['coverage'].min():.1f}%"

    def without(key: str, kind: str, n: int) -> str:
        mine = cells[(cells["key"] == key) & (cells["n"] == n) & cells["population"].str.startswith(kind)]
        return f"{mine['none'].max():.0f}%"

    return (
        f"With n = 20 and nearly everybody a promoter, Wald's interval covers {at('wald', 'extreme', 20)} (it has no "
        f"width when all agree, which counts as a miss). The bootstrap then gives none, in "
        f"{without('bootstrap', 'extreme', 20)} of the samples; the others hold the truth only "
        f"because one odd answer "
        f"among 20 makes them wide. With n = 200 the two are at {at('wald', 'extreme', 200)} and "
        f"{at('bootstrap', 'extreme', 200)}. The adjusted Wald interval errs there on the wide side "
        f"({at('adjusted_wald', 'extreme', 20)} and {at('adjusted_wald', 'extreme', 200)}).\n\n"
        f"Student's interval fails where almost everybody gives the top score: no interval in "
        f"{without('student_5', 'extreme', 20)} of the samples of 20, "
        f"{at('student_5', 'extreme', 50)} with n = 50 and "
        f"{at('student_5', 'extreme', 200)} with 200 (scores 1 to 5), still "
        f"{at('clustered_student_7', 'extreme', 1000)} "
        f"with 1,000 answers of 400 customers (1 to 7); even 70% top scores leave "
        f"{at('student_5', 'skewed', 20)} with n = 20. There the share of the top scores, with Wilson's interval, is "
        f"the safer number.\n\n"
        f"With repeated answers the correction is itself estimated, from the customers: 20 "
        f"answers of 8 customers give "
        f"{at('clustered_adjusted_wald', 'ordinary', 20)} (NPS), {at('clustered_wilson', 'ordinary', 20)} (share) "
        f"and {at('clustered_student_5', 'ordinary', 20)} (mean) in an ordinary population. "
        f"Weights cost a little too: "
        f"{at('weighted', 'skewed', 20)} at n = 20 in the skewed population. A difference of two NPS is a Wald "
        f"interval: {at('difference', 'ordinary', 20)} (paired "
        f"{at('paired_difference', 'ordinary', 20)}) with n = 20 "
        f"in ordinary populations, {at('difference', 'extreme', 50)} "
        f"({at('paired_difference', 'extreme', 50)}) with 50 "
        f"in extreme ones, where {without('paired_difference', 'extreme', 50)} of the paired samples vary too little "
        f"to get an interval at all. Below 100 answers a side `compare` says `small_n`.\n"
    )


def report(cells: pd.DataFrame, replicates: int) -> str:
    """Return the result as Markdown."""
    return (
        "# Do 95% intervals hold the truth?\n\n"
        f"`python benchmarks/interval_coverage.py --replicates {replicates}`: {replicates:,} samples in every cell, "
        f"seed {SEED}. Coverage is among the samples that have an interval; the share without one stands beside it. "
        "`± MC error` is the standard error of the simulation: about 0.5 at 95%.\n\n"
        "## Lowest coverage over n = 20 to 1,000, %\n\n"
        f"{summary(cells)}\n## Where they fail\n\n{told(cells)}\n## Every cell\n\n"
        + "\n".join(table(cells, asked) for asked in INTERVALS)
    )


def main() -> int:
    """Run, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--replicates", type=int, default=2_000)
    replicates = parser.parse_args().replicates
    text = report(run(replicates), replicates)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
