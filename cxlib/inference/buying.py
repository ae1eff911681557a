"""How often customers without a contract buy, and for how much: BG/NBD and Gamma-Gamma.

While alive a customer buys at random at a rate of their own, and after each purchase may be gone for good; rates and
chances differ between people. What is known of each: `repeats` (purchases after the first), `recency` (time from the
first to the last), `watched` (time from the first to the end of the data). All may come as kinds, `counts` of each.
Sources: Fader, Hardie & Lee 2005, Marketing Science 24(2); Fader & Hardie 2013, a note on Gamma-Gamma.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from cxlib.errors import InputError
from cxlib.language import say

Floats = NDArray[np.float64]
EDGE = 11.0  # logs beyond it mean that the data cannot tell how people differ


@dataclass(frozen=True, kw_only=True)
class Buying:
    """A fitted BG/NBD: rate of buying gamma(r, alpha), chance to be gone after a purchase beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    interior: bool


@dataclass(frozen=True, kw_only=True)
class Spending:
    """A fitted Gamma-Gamma: a purchase is gamma(p, v), and v differs between people by gamma(q, gamma)."""

    p: float
    q: float
    gamma: float
    log_likelihood: float


def bg_nbd(
    repeats: ArrayLike,
    recency: ArrayLike,
    watched: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    start: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
) -> Buying:
    """Return the likeliest parameters of what customers did, in any unit of time.

    `start` is r, alpha in units of the mean time watched, a, b.

    >>> generator = np.random.default_rng(5)
    >>> model = bg_nbd(*purchases_like(2_000, 0.6, 10.0, 0.8, 2.5, watched=50.0, generator=generator))
    >>> 0.5 < model.r < 0.7 and 8 < model.alpha < 12
    True
    """
    x, tx, t = (np.asarray(values, float) for values in (repeats, recency, watched))
    n = np.ones(len(x)) if counts is None else np.asarray(counts, float)
    _check(x, tx, t)
    unit = float((n @ t) / n.sum())

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, slope = _buying_likelihood(logs, x, tx / unit, t / unit)
        return -float(n @ value) / n.sum(), -(slope @ n) / n.sum()

    logs, value = _climbed(loss, start)
    r, alpha, a, b = np.exp(logs)
    shift = float(n @ x) * np.log(unit)  # a density of times changes with their unit
    return Buying(
        r=float(r),
        alpha=float(alpha * unit),
        a=float(a),
        b=float(b),
        log_likelihood=float(-value * n.sum() - shift),
        interior=bool((np.abs(logs) < EDGE - 1).all()),
    )


def _check(x: Floats, tx: Floats, t: Floats) -> None:
    wrong = ~(np.isfinite(x) & np.isfinite(tx) & np.isfinite(t)) | (x < 0) | (tx < 0) | (tx > t) | (t <= 0)
    wrong |= (x == 0) & (tx > 0)
    if wrong.any():
        raise InputError(
            say(
                "{n} customers cannot be: repeats of 0 or more, the last purchase between the first and the end of "
                "the data, and at the first where there is no other.",
                n=int(wrong.sum()),
            )
        )
    if not (x > 0).any():
        raise InputError(say("Nobody bought twice: how often people come back cannot be told."))


def _climbed(loss: Callable[[Floats], tuple[float, Floats]], start: tuple[float, ...]) -> tuple[Floats, float]:
    """Search from several places near `start`, and keep the best."""
    if not np.all(np.isfinite(start)) or min(start) <= 0:
        raise InputError(say("The fit starts from numbers above zero; given: {start}.", start=repr(start)))
    bounds = [(-EDGE, EDGE)] * len(start)
    first = np.clip(np.log(start), 1 - EDGE, EDGE - 1)
    found = [
        optimize.minimize(loss, place, jac=True, method="L-BFGS-B", bounds=bounds,
                          options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2_000})
        for place in (first, np.zeros(len(start)))
    ]  # fmt: skip
    best = min(found, key=lambda one: float(one.fun))
    return best.x, float(best.fun)


def _buying_likelihood(logs: Floats, x: Floats, tx: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Return the log-likelihood of each customer and its slope in the logs of r, alpha, a, b."""
    r, alpha, a, b = np.exp(logs)
    alive = -(r + x) * np.log(alpha + t)
    with np.errstate(divide="ignore", invalid="ignore"):
        gone = np.where(x > 0, np.log(a) - np.log(b + x - 1) - (r + x) * np.log(alpha + tx), -np.inf)
    either = np.logaddexp(alive, gone)
    value = special.gammaln(r + x) - special.gammaln(r) + r * logs[1]
    value += special.betaln(a, b + x) - special.betaln(a, b) + either
    still, left = np.exp(alive - either), np.exp(gone - either)
    psi = special.digamma
    d_r = psi(r + x) - psi(r) + logs[1] - still * np.log(alpha + t) - left * np.log(alpha + tx)
    d_alpha = r / alpha - (r + x) * (still / (alpha + t) + left / (alpha + tx))
    d_a = psi(a + b) - psi(a + b + x) + left / a
    d_b = psi(b + x) - psi(a + b + x) - psi(b) + psi(a + b) - np.where(x > 0, left / np.maximum(b + x - 1, b), 0.0)
    return value, np.array([d_r * r, d_alpha * alpha, d_a * a, d_b * b])


def buying_slopes(logs: Floats, repeats: ArrayLike, recency: ArrayLike, watched: ArrayLike) -> Floats:
    """Return the slope of each customer's log-likelihood in the logs of r, alpha, a, b: four rows."""
    x, tx, t = (np.asarray(values, float) for values in (repeats, recency, watched))
    return _buying_likelihood(logs, x, tx, t)[1]


def expected_repeats(model: Buying, time: ArrayLike) -> Floats:
    """Return how many repeat purchases somebody not seen yet is expected to make in so much time.

    >>> published = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, interior=True)
    >>> expected_repeats(published, [39, 78]).round(2).tolist()
    [1.2, 1.86]
    """
    time = np.asarray(time, float)
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    curve = special.hyp2f1(r, b, a + b - 1, time / (alpha + time))
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + time)) ** r * curve)


def chance_alive(model: Buying, repeats: ArrayLike, recency: ArrayLike, watched: ArrayLike) -> Floats:
    """Return the chance that each customer may still buy. Those who never came back count as alive by this model."""
    x, tx, t = (np.asarray(values, float) for values in (repeats, recency, watched))
    odds = model.a / np.maximum(model.b + x - 1, model.b) * ((model.alpha + t) / (model.alpha + tx)) ** (model.r + x)
    return 1 / (1 + np.where(x > 0, odds, 0.0))


def expected_next(model: Buying, repeats: ArrayLike, recency: ArrayLike, watched: ArrayLike, time: float) -> Floats:
    """Return how many purchases each customer is expected to make in the next `time`, after what they did.

    The example of the source: two purchases in 39 weeks, the last in week 30.43, bring 1.226 in 39 more.

    >>> published = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, interior=True)
    >>> round(float(expected_next(published, 2, 30.43, 38.86, 39)), 2)
    1.23
    """
    x, t = np.asarray(repeats, float), np.asarray(watched, float)
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    part = time / (alpha + t + time)
    # Euler's form of the source's (1 - part)^(r + x) F(r + x, b + x; ...), which many purchases would overflow.
    curve = (1 - part) ** (a - 1) * special.hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, part)
    more = (a + b + x - 1) / (a - 1) * (1 - curve)
    return more * chance_alive(model, repeats, recency, watched)


def gamma_gamma(repeats: ArrayLike, mean_value: ArrayLike, counts: ArrayLike | None = None) -> Spending:
    """Return the likeliest parameters of what repeat purchases are worth, from each customer's mean.

    Only customers with repeats and a value above zero tell anything; others are an `InputError`.
    """
    x, m = np.asarray(repeats, float), np.asarray(mean_value, float)
    n = np.ones(len(x)) if counts is None else np.asarray(counts, float)
    if len(x) < 2 or not ((x > 0) & (m > 0) & np.isfinite(m)).all():
        raise InputError(
            say("Spending is told by customers with a repeat purchase and a mean above zero; leave the others out.")
        )
    unit = float((n @ m) / n.sum())

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, slope = _spending_likelihood(logs, x, m / unit)
        return -float(n @ value) / n.sum(), -(slope @ n) / n.sum()

    logs, value = _climbed(loss, (2.0, 2.0, 1.0))
    p, q, gamma = np.exp(logs)
    shift = float(n.sum()) * np.log(unit)
    return Spending(p=float(p), q=float(q), gamma=float(gamma * unit), log_likelihood=-value * float(n.sum()) - shift)


def _spending_likelihood(logs: Floats, x: Floats, m: Floats) -> tuple[Floats, Floats]:
    p, q, gamma = np.exp(logs)
    whole, psi = np.log(gamma + m * x), special.digamma
    value = special.gammaln(p * x + q) - special.gammaln(p * x) - special.gammaln(q) + q * logs[2]
    value += (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * whole
    d_p = x * (psi(p * x + q) - psi(p * x) + np.log(m) + np.log(x) - whole)
    d_q = psi(p * x + q) - psi(q) + logs[2] - whole
    d_gamma = q / gamma - (p * x + q) / (gamma + m * x)
    return value, np.array([d_p * p, d_q * q, d_gamma * gamma])


def spending_slopes(logs: Floats, repeats: ArrayLike, mean_value: ArrayLike) -> Floats:
    """Return the slope of each customer's log-likelihood in the logs of p, q, gamma: three rows."""
    return _spending_likelihood(logs, np.asarray(repeats, float), np.asarray(mean_value, float))[1]


def expected_value(model: Spending, repeats: ArrayLike, mean_value: ArrayLike) -> Floats:
    """Return what a purchase of each customer is worth on average: their own mean, drawn to that of all.

    With no repeats it is the mean of all, p gamma / (q - 1).

    >>> published = Spending(p=6.25, q=3.74, gamma=15.44, log_likelihood=0.0)
    >>> round(float(expected_value(published, 0, 0)), 2)
    35.22
    """
    x, m = np.asarray(repeats, float), np.asarray(mean_value, float)
    return model.p * (model.gamma + m * x) / (model.p * x + model.q - 1)


def purchases_like(
    size: int, r: float, alpha: float, a: float, b: float, *, watched: float, generator: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Return repeats, recency and time watched of invented customers who buy as the model says."""
    rate, gone = generator.gamma(r, 1 / alpha, size), generator.beta(a, b, size)
    length = watched * generator.uniform(0.7, 1.0, size)
    x, last, alive = np.zeros(size), np.zeros(size), np.ones(size, bool)
    at = np.zeros(size)
    while alive.any():
        at = at + generator.exponential(1.0, size) / np.maximum(rate, 1e-300)
        alive &= at <= length
        x, last = x + alive, np.where(alive, at, last)
        alive &= generator.uniform(size=size) >= gone
    return x, last, length
