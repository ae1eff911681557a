"""Post-stratification against hand-worked cases, survey formulas and brute force."""

import numpy as np
import pytest

from cxlib.errors import InputError
from cxlib.inference.adjust import post_stratify

HAPPY = [1, 1, 1, 0, 0, 0]
KIND = ["member"] * 4 + ["guest"] * 2


def formula(values, strata, population):
    """The textbook sum, stratum by stratum, without numpy tricks."""
    total = sum(population.values())
    value = variance = 0.0
    for name, size in population.items():
        mine = [v for v, s in zip(values, strata, strict=True) if s == name]
        mean = sum(mine) / len(mine)
        spread = sum((v - mean) ** 2 for v in mine) / (len(mine) - 1)
        value += size / total * mean
        variance += (size / total) ** 2 * spread / len(mine)
    return value, variance**0.5


def test_hand_worked_case():
    answer = post_stratify(HAPPY, KIND, {"member": 500, "guest": 500})
    assert (answer.value, answer.standard_error, answer.n) == pytest.approx((0.375, 0.125, 6))
    # Student's t with 6 - 2 = 4 degrees of freedom is 2.776445 at 95%.
    assert answer.high - answer.value == pytest.approx(2.776445 * 0.125, abs=1e-6)
    assert answer.value - answer.low == pytest.approx(answer.high - answer.value)


def test_counts_and_shares_give_the_same_answer():
    assert post_stratify(HAPPY, KIND, {"member": 300, "guest": 100}) == post_stratify(
        HAPPY, KIND, {"member": 0.75, "guest": 0.25}
    )


def test_sample_in_proportion_gives_the_plain_mean():
    assert post_stratify(HAPPY, KIND, {"member": 4, "guest": 2}).value == pytest.approx(0.5)


def test_agrees_with_the_textbook_formula():
    random = np.random.default_rng(7)
    strata = random.choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1])
    values = random.normal(size=300) + (strata == "a")
    population = {"a": 200, "b": 500, "c": 300}
    answer = post_stratify(values, strata, population)
    assert (answer.value, answer.standard_error) == pytest.approx(formula(values, strata, population))


def test_one_cluster_an_answer_changes_nothing():
    alone = post_stratify(HAPPY, KIND, {"member": 1, "guest": 1}, clusters=list("abcdef"))
    plain = post_stratify(HAPPY, KIND, {"member": 1, "guest": 1})
    assert (alone.value, alone.low, alone.high) == (plain.value, plain.low, plain.high)


def test_answering_twice_the_same_does_not_look_like_more_people():
    values, strata = np.tile([1.0, 0.0, 1.0, 1.0, 0.0, 0.0], 2), np.tile(KIND, 2)
    population = {"member": 1, "guest": 1}
    clustered = post_stratify(values, strata, population, clusters=np.tile(np.arange(6), 2))
    # By hand: the residuals of each person add up, so the variance is W^2 4 sum(r^2) / (n (n - 1)).
    members = 0.25 * 4 * (3 * 0.25**2 + 0.75**2) / (8 * 7)
    assert clustered.standard_error == pytest.approx(members**0.5)
    assert clustered.standard_error > post_stratify(values, strata, population).standard_error * 1.4


def test_clusters_may_cross_strata():
    answer = post_stratify([1, 3, 2, 6], [0, 0, 1, 1], {0: 0.5, 1: 0.5}, clusters=["a", "b", "a", "c"])
    # Residuals times W / sqrt(n (n - 1)): a (-1 - 2), b 1, c 2, each x 0.5 / sqrt(2).
    assert answer.standard_error == pytest.approx(((9 + 1 + 4) / 8) ** 0.5)


def test_interval_covers_at_its_level_when_groups_answer_unequally():
    random = np.random.default_rng(11)
    truth, hits, size = 0.7 * 0.2 + 0.3 * 0.8, 0, 600
    for _ in range(1000):
        group = random.random(size) < 0.3
        value = random.random(size) < np.where(group, 0.8, 0.2)
        answered = random.random(size) < np.where(group, 0.6, 0.2)
        answer = post_stratify(value[answered], group[answered], {False: 0.7, True: 0.3})
        hits += answer.low <= truth <= answer.high
    assert 0.93 <= hits / 1000 <= 0.97


def test_tuples_are_labels_too():
    strata = [(True, False)] * 2 + [(False, False)] * 2
    assert post_stratify([1, 1, 0, 0], strata, {(True, False): 3, (False, False): 1}).value == 0.75


def test_stratum_without_population_may_be_listed_as_zero():
    assert post_stratify(HAPPY, KIND, {"member": 1, "guest": 1, "ghost": 0}).value == 0.375


@pytest.mark.parametrize(
    ("values", "strata", "population", "options", "sentence"),
    [
        (HAPPY, KIND, {"member": 1, "guest": 1, "new": 1}, {}, "Stratum 'new' has 0 answers.*merge"),
        (HAPPY[:5], KIND[:5], {"member": 1, "guest": 1}, {}, "Stratum 'guest' has 1 answers.*merge"),
        (HAPPY, KIND, {"member": 1}, {}, "Stratum 'guest' has answers but no population"),
        (HAPPY, KIND[:5], {"member": 1, "guest": 1}, {}, "5 labels for 6 values"),
        ([*HAPPY[:5], float("nan")], KIND, {"member": 1, "guest": 1}, {}, "1 values are missing"),
        (HAPPY, [*KIND[:5], None], {"member": 1, "guest": 1}, {}, "1 answers have no stratum"),
        (HAPPY, KIND, {"member": 1, "guest": -1}, {}, "zero or more"),
        (HAPPY, KIND, {}, {}, "zero or more"),
        ([HAPPY], KIND, {"member": 1}, {}, "2 dimensions"),
        (HAPPY, KIND, {"member": 1, "guest": 1}, {"level": 95}, "level 95"),
        (HAPPY, KIND, {"member": 1, "guest": 1}, {"clusters": [1] * 6}, "not more clusters than strata"),
        (HAPPY, KIND, {"member": 1, "guest": 1}, {"clusters": [1] * 5 + [None]}, "no cluster"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(values, strata, population, options, sentence):
    with pytest.raises(InputError, match=sentence):
        post_stratify(values, strata, population, **options)
