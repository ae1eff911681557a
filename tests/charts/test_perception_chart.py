"""Charts say the finding, show every interval, describe themselves, and survive hostile labels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import cxlib as cx


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def answers(**groups):
    return pd.concat([pd.DataFrame({"score": scores, "channel": name}) for name, scores in groups.items()])


def test_a_clear_difference_is_the_title():
    ax = cx.chart(cx.nps(answers(app=[10] * 80 + [0] * 20, web=[0] * 80 + [10] * 20), by="channel"))
    assert ax.get_title(loc="left") == "NPS is clearly higher for app (60) than for web (−60)"


def test_an_unclear_difference_says_so():
    ax = cx.chart(cx.nps(answers(app=[10, 0] * 20, web=[10, 10, 0] * 10), by="channel"))
    assert "the intervals overlap" in ax.get_title(loc="left")


def test_every_cell_has_its_interval_and_n():
    frame = cx.nps(answers(app=[10, 0] * 20, web=[10, 10, 0] * 10), by="channel")
    ax = cx.chart(frame)
    drawn = sorted(tuple(float(x) for x, _ in line.get_segments()[0]) for line in ax.collections)
    expected = sorted(zip(frame["low"], frame["high"], strict=True))
    assert np.allclose(drawn, expected)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["app\nn = 40", "web\nn = 30"]


def test_alt_text_holds_every_number_shown():
    frame = cx.nps(answers(app=[10, 0] * 20, web=[10, 10, 0] * 10), by="channel")
    words = cx.alt_text(cx.chart(frame))
    for row in str(cx.show(frame)).splitlines():
        assert row in words


def test_over_time_by_group():
    times = pd.to_datetime(["2025-01-15T12:00Z"] * 20 + ["2025-02-15T12:00Z"] * 20)
    frame = pd.DataFrame({"score": [9, 0, 9, 9] * 10, "answered_at": times, "channel": ["app", "web"] * 20})
    ax = cx.chart(cx.nps(frame, by="channel", every="month"))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2025-01", "2025-02"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["app", "web"]


def test_a_move_is_called_one_only_when_the_intervals_part():
    times = pd.to_datetime(["2025-01-15T12:00Z"] * 50 + ["2025-02-15T12:00Z"] * 50)
    calm = pd.DataFrame({"score": [9, 0] * 50, "answered_at": times})
    risen = calm.assign(score=[0] * 50 + [9] * 50)
    assert "the intervals overlap" in cx.chart(cx.nps(calm, every="month")).get_title(loc="left")
    assert "went from −100 (2025-01) to 100" in cx.chart(cx.nps(risen, every="month")).get_title(loc="left")


def test_it_draws_on_the_axes_given():
    _, ax = plt.subplots()
    assert cx.chart(cx.nps([9, 0] * 20), ax=ax) is ax


def test_labels_from_the_data_are_text():
    hostile = answers(**{"$\\frac{": [9, 0] * 20, "<script>alert(1)</script>": [9] * 40})
    picture = cx.picture(cx.chart(cx.nps(hostile, by="channel")))
    assert picture.data.startswith(b"\x89PNG")


def test_synthetic_data_is_labelled():
    ax = cx.chart(cx.nps(cx.ipe(), by="channel"))
    assert "Synthetic data" in cx.alt_text(ax)
    assert any("Synthetic data" in text.get_text() for text in ax.figure.texts)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (lambda: pd.DataFrame({"a": [1]}), "Give the frame that a metric returned"),
        (lambda: cx.nps([None]), "nothing to draw"),
        (lambda: pd.concat([cx.nps([9, 0]), cx.csat([5, 1])]), "shows one metric"),
        (
            lambda: cx.nps(pd.DataFrame({"score": [9], "a": ["x"], "b": ["y"]}), by=["a", "b"]),
            "at most one by column",
        ),
        (lambda: cx.nps(pd.DataFrame({"score": [9] * 50, "a": range(50)}), by="a"), "do not fit"),
    ],
)
def test_what_cannot_be_drawn(frame, words):
    with pytest.raises(cx.InputError, match=words):
        cx.chart(frame())


def test_the_overview_describes_itself():
    assert "loyalty" in cx.alt_text(cx.overview())
