"""The random numbers and the distributions made of them."""

import numpy as np
import pytest

from cxlib.world.randomness import Source, cumulative, nearby, pick, pick_by, quantile, whole


def test_numbers_are_even_and_lie_between_zero_and_one():
    numbers = Source(1, 0).uniforms("test", 100_000)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    counts = np.bincount(whole(numbers, 10), minlength=10)
    assert abs(counts - 10_000).max() < 5 * 95  # five standard errors


def test_a_longer_stream_begins_like_a_shorter_one():
    assert (Source(1, 0).uniforms("test", 10) == Source(1, 0).uniforms("test", 100)[:10]).all()


@pytest.mark.parametrize("other", [(2, 0, "test"), (1, 1, "test"), (1, 0, "other")])
def test_every_seed_shard_and_purpose_has_its_own_stream(other):
    seed, shard, purpose = other
    mine, its = Source(1, 0).uniforms("test", 10_000), Source(seed, shard).uniforms(purpose, 10_000)
    assert abs(np.corrcoef(mine, its)[0, 1]) < 0.05


def test_running_sums_end_at_exactly_one():
    assert cumulative([0.1] * 10)[-1] == 1
    assert cumulative([[1, 2], [0, 5]]).tolist() == [[0.333333333333, 1], [0, 1]]


def test_a_share_of_zero_is_never_picked():
    assert set(pick(np.array([0.0, 0.5, 0.999]), [0, 1, 0])) == {1}


def test_picking_by_group_is_picking_with_the_shares_of_the_group():
    numbers, shares = Source(1, 0).uniforms("test", 1_000), [(0.2, 0.8, 0.0), (0.5, 0.1, 0.4)]
    group = np.arange(1_000) % 2
    expected = np.where(group == 0, pick(numbers, shares[0]), pick(numbers, shares[1]))
    assert (pick_by(numbers, group, shares) == expected).all()


def test_quantiles_are_hit():
    assert quantile(np.array([0, 0.25, 0.5, 0.75, 1]), [0, 0.5, 1], [0, 10, 30]).tolist() == [
        0,
        5,
        10,
        20,
        30,
    ]


@pytest.mark.parametrize("distance", [0.1, 0.5, 1.0])
def test_nearby_numbers_stay_uniform(distance):
    source = Source(3, 0)
    moved = nearby(source.uniforms("centre", 200_000), source.uniforms("step", 200_000), distance)
    assert moved.min() >= 0
    assert moved.max() < 1
    assert abs(np.bincount(whole(moved, 20)) - 10_000).max() < 5 * 98
