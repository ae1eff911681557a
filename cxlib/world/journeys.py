"""How customers feel along a journey, and what of it they tell.

Truth T25: everybody feels something at each of six touchpoints. A panel drawn by lot is asked at every one of
them; the others rate when they care to, mostly when they feel strongly. The panel is known by having rated all
six. Afterwards everybody rates the journey as a whole, and follows the most intense moment and the last one
(peak and end: Kahneman et al. 1993).
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import identifiers, instants, labels, row_numbers, texts
from cxlib.world.comments import TOPICS, said
from cxlib.world.counting import count
from cxlib.world.days import DAY, DAYS
from cxlib.world.randomness import Source, nearby, pick, pick_by, whole

MOMENTS = (
    *("moment_id", "customer_id", "journey_id", "occurred_at", "kind", "stage", "channel", "touchpoint"),
    *("emotion", "comment"),
)
JOURNEYS = 0.15  # share of the customers whose journey is followed
PANEL = 0.20  # share of the journeys asked at every touchpoint
# Stage, channel, touchpoint, topic of a comment, and the shares that feel -5 to +5.
TOUCHPOINTS = (
    ("awareness", "social", "anúncio", "preco", (1, 2, 3, 5, 8, 26, 25, 17, 8, 4, 1)),
    ("consideration", "web", "busca no site", "produto", (1, 3, 6, 9, 11, 15, 22, 18, 9, 5, 1)),
    ("purchase", "app", "pagamento", "pagamento", (3, 4, 5, 5, 6, 12, 19, 21, 14, 8, 3)),
    ("use", "whatsapp", "entrega", "entrega", (5, 6, 6, 5, 5, 9, 14, 19, 17, 10, 4)),
    ("service", "whatsapp", "atendimento", "atendimento", (9, 10, 9, 3, 3, 8, 25, 27, 4, 1, 1)),
    ("loyalty", "email", "clube", "clube", (2, 3, 4, 6, 9, 20, 22, 17, 10, 5, 2)),
)
SIZE = len(TOUCHPOINTS)
SERVICE = [stage for stage, *_ in TOUCHPOINTS].index("service")
LEAST, MOST = -5, 5
DRIFT = 0.9  # what is felt owes little to loyalty
STRONG, STRONGLY, MILDLY = 3, 0.60, 0.06  # who rates unasked, feeling 3 or more in either direction, and less
FIRST_START, LAST_START = days.day("2025-01-02"), DAYS - 60
LONGEST_GAP = 7  # days between touchpoints, at least one
NOISE = (0.2, 0.6, 0.2)  # of the rating as a whole: one less, none, one more
COMMENTED = 0.20
MIXED = 2  # an emotion smaller than this sounds neither pleased nor displeased


def moments(source: Source, people: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return what is told of the journeys of a shard, and the sums behind truth T25."""
    person = np.flatnonzero(source.uniforms("journey", len(people)) < JOURNEYS)
    felt = _felt(source, people, person)
    told = _told(source, felt)
    journey, touchpoint = np.nonzero(np.column_stack([told, np.ones(len(felt), dtype="bool")]))
    emotion = np.column_stack([felt, overall(felt, source.uniforms("overall noise", len(felt)))])
    at = _instants(source, len(felt))
    whole_journey = touchpoint == SIZE
    places = [*TOUCHPOINTS, (None, "email", None, None, None)]
    columns = {
        "moment_id": identifiers("m", row_numbers(source.shard, len(journey))),
        "customer_id": people["customer_id"].take(person[journey]).reset_index(drop=True),
        "journey_id": identifiers("j", row_numbers(source.shard, len(felt))[journey]),
        "occurred_at": instants(at[journey, touchpoint]),
        "kind": labels(("moment", "overall"), whole_journey.astype("int64")),
        "stage": labels([stage for stage, *_ in places], touchpoint),
        "channel": labels([channel for _, channel, *_ in places], touchpoint),
        "touchpoint": labels([name for _, _, name, *_ in places], touchpoint),
        "emotion": emotion[journey, touchpoint].astype("float64"),
        "comment": _comments(source, emotion[journey, touchpoint], touchpoint),
    }
    return pd.DataFrame(columns), count("T25", int(felt[:, SERVICE].sum()), of=len(felt))


def overall(felt: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the rating as a whole: the mean of peak and end, halves up, give or take one."""
    return np.clip((peak(felt) + felt[:, -1] + 1) // 2 + pick(noise, NOISE) - 1, LEAST, MOST)


def peak(felt: np.ndarray) -> np.ndarray:
    """Return the most intense emotion of each journey; of equals the last."""
    place = np.argmax(np.abs(felt) * SIZE + np.arange(SIZE), axis=1)
    return felt[np.arange(len(felt)), place]


def _felt(source: Source, people: pd.DataFrame, person: np.ndarray) -> np.ndarray:
    """Return what each feels at each touchpoint, told or not."""
    size = len(person) * SIZE
    loyalty = np.repeat(people["_loyalty"].to_numpy()[person], SIZE)
    mood = nearby(loyalty, source.uniforms("journey mood", size), DRIFT)
    touchpoint = np.tile(np.arange(SIZE), len(person))
    return (pick_by(mood, touchpoint, [shares for *_, shares in TOUCHPOINTS]) + LEAST).reshape(-1, SIZE)


def _told(source: Source, felt: np.ndarray) -> np.ndarray:
    """Return which moments are rated: all of the panel's, and those that others care to rate."""
    panel = source.uniforms("journey panel", len(felt)) < PANEL
    cares = np.where(np.abs(felt) >= STRONG, STRONGLY, MILDLY)
    unasked = source.uniforms("journey rates", felt.size).reshape(felt.shape) < cares
    return panel[:, np.newaxis] | unasked


def _instants(source: Source, size: int) -> np.ndarray:
    """Return seconds of each touchpoint, a day or more apart, and of the rating that follows."""
    start = FIRST_START + whole(source.uniforms("journey start", size), LAST_START - FIRST_START)
    gaps = 1 + whole(source.uniforms("journey gap", size * (SIZE + 1)), LONGEST_GAP).reshape(size, SIZE + 1)
    on = start[:, np.newaxis] + np.cumsum(gaps, axis=1)
    hours = np.zeros(on.size, dtype="int64")
    return on * DAY + days.times_of_day(source, "journey", (days.DIGITAL_HOURS,), hours).reshape(on.shape)


def _comments(source: Source, emotion: np.ndarray, touchpoint: np.ndarray) -> pd.Series:
    """Return what some say about the touchpoint; nobody comments on the whole."""
    topics = np.array([*(TOPICS.index(topic) for _, _, _, topic, _ in TOUCHPOINTS), 0])
    polarity = 1 - (emotion >= MIXED).astype("int64") + (emotion <= -MIXED)
    words = said(source.uniforms("moment words", len(emotion)), topics[touchpoint], polarity)
    some = source.uniforms("moment comments", len(emotion)) < COMMENTED
    return texts(words.where(some & (touchpoint < SIZE)))
