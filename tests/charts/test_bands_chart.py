"""The chart of bands: segments and dot where the numbers say, words that can be read, nothing hidden drawn."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

import cxlib as cx
from cxlib.charts.bands import LOOKS, chart_bands
from cxlib.metrics.bands import BANDS, bands


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def answers(**groups):
    return pd.concat([pd.DataFrame({"score": scores, "channel": name}) for name, scores in groups.items()])


def segments(ax):
    """Return where each segment begins and ends, the lowest bar first."""
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]


def title(ax):
    return ax.get_title(loc="left")


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def notes(ax):
    return " ".join(text.get_text() for text in ax.figure.texts).replace("\n", " ")


def test_a_single_bar_and_its_finding():
    ax = chart_bands(bands(promoters=90, passives=60, detractors=50))
    assert title(ax) == "NPS 20 (8.5 to 30.9), n = 200: 45% promoters, 25% detractors"
    assert np.allclose(segments(ax), [(-40, -15), (-15, 15), (15, 60)])
    assert labels(ax) == ["NPS\nn = 200"]
    assert [text.get_text() for text in ax.texts] == ["25%", "30%", "45%", "20"]


def test_the_dot_of_nps_stands_at_promoters_minus_detractors():
    frame = bands(answers(app=[10, 10, 8, 0] * 10, web=[9, 0, 0, 0] * 10), by="channel")
    ax = chart_bands(frame)
    drawn = sorted(tuple(float(x) for x, _ in line.get_segments()[0]) for line in ax.collections)
    assert np.allclose(drawn, sorted(zip(frame["low"][::3], frame["high"][::3], strict=True)))
    dots = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert dots == pytest.approx([-50, 25])


@pytest.mark.parametrize(("name", "value"), [("csat", "80% (65.2% to 89.5%)"), ("ces", "4.2 (3.68 to 4.72)")])
def test_csat_and_ces_say_their_value_beside_the_bar(name, value):
    ax = chart_bands(bands([5, 5, 5, 5, 1] * 8, name))
    assert labels(ax) == [f"{name.upper()}\n{value}\nn = 40"]
    assert not ax.collections
    assert "In brackets: 95% interval." in notes(ax)


def test_a_clear_difference_and_an_unclear_one():
    clear = chart_bands(bands(answers(app=[10] * 80 + [0] * 20, web=[0] * 80 + [10] * 20), by="channel"))
    assert title(clear) == "NPS is clearly higher for app (60) than for web (−60)"
    assert labels(clear) == ["web\nn = 100", "app\nn = 100"]
    unclear = chart_bands(bands(answers(app=[10, 0] * 20, web=[10, 10, 0] * 10), by="channel"))
    assert "the intervals overlap" in title(unclear)


@pytest.mark.parametrize("name", BANDS)
def test_the_description_holds_every_number(name):
    frame = bands(cx.ipe(), name, by="channel")
    ax = chart_bands(frame)
    words = cx.alt_text(ax)
    for share in frame["share"]:
        assert f"{round(100 * share, 1):g}%" in words
    for n, value in zip(frame["n"], frame["value"], strict=True):
        assert f"n = {n:,}" in words
        rounded = round(value, 2) if name == "ces" else round(100 * value if name == "csat" else value, 1)
        shown = "transactional NPS" if name == "transactional_nps" else name.upper()
        assert f"{shown} {rounded:g}" in words
    assert "Synthetic data (Ipê)." in words
    assert "Synthetic data (Ipê)." in notes(ax)
    assert cx.picture(ax).data.startswith(b"\x89PNG")


def test_what_was_set_aside_and_small_n_are_said():
    words = cx.alt_text(chart_bands(bands([9, 0, 7, None, 99])))
    assert "33.3% detractors, 33.3% passives, 33.3% promoters; set aside: 2; small n" in words


def test_bands_are_named_with_their_scores():
    legend = chart_bands(bands([1, 4, 7], "ces")).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        "hard (1–3)",
        "neither hard nor easy (4)",
        "easy (5–7)",
    ]


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(("colour", "ink"), LOOKS)
def test_what_stands_in_a_segment_can_be_read(colour, ink):
    dark, light = sorted([luminance(colour), luminance(ink)])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("share", range(0, 101, 4))
def test_percentages_stay_inside_their_segments(share):
    ax = chart_bands(bands(promoters=share, passives=4, detractors=96))
    ax.figure.draw_without_rendering()
    boxes = [bar.get_window_extent() for bar in ax.patches]
    for text in ax.texts:
        if text.get_text().endswith("%"):
            words = text.get_window_extent()
            assert any(box.x0 <= words.x0 and words.x1 <= box.x1 for box in boxes), text.get_text()


@pytest.mark.parametrize("scores", [[10] * 40, [0] * 40, [7], [10], [0] * 39 + [1]])
def test_all_alike(scores):
    ax = chart_bands(bands(scores))
    left, right = ax.get_xlim()
    assert all(left <= end <= right for pair in segments(ax) for end in pair)
    ax.figure.draw_without_rendering()
    edge = ax.get_window_extent()
    for text in ax.texts:
        words = text.get_window_extent()
        assert edge.x0 <= words.x0 and words.x1 <= edge.x1


@pytest.mark.parametrize(("scores", "reason"), [([7] * 5, "all answers are alike"), ([7], "a single answer")])
def test_without_an_interval_the_reason_is_said(scores, reason):
    ax = chart_bands(bands(scores, "ces"))
    assert reason in title(ax)
    assert "interval." not in notes(ax)
    assert labels(ax) == [f"CES\n7\nn = {len(scores)}"]


def test_labels_from_the_data_are_text():
    names = ["$\\frac{", "<script>alert(1)</script>", "\u202eback", "", "a" * 200, "uma loja de nome comprido " * 9]
    hostile = answers(**{name: [9, 0] * 20 for name in names})
    hostile.loc[hostile["channel"] == "", "channel"] = None
    ax = chart_bands(bands(hostile, by="channel"))
    words = cx.alt_text(ax)
    assert "<script>alert(1)</script>: NPS 0" in words
    assert "$\\frac{: NPS 0" in words
    assert "(not given): NPS 0" in words
    assert "a" * 200 in words
    assert "\u202e" not in words + "".join(labels(ax))
    assert max(len(line) for label in labels(ax) for line in label.splitlines()) <= 26
    assert cx.picture(ax).data.startswith(b"\x89PNG")


def test_hidden_groups_and_groups_without_an_answer_are_named_not_drawn():
    rows = answers(app=[9, 0] * 20, web=[9, 0] * 20, sms=[9] * 6, email=[0] * 5, chat=[None] * 40)
    shop = replace(cx.open_dataset({"survey_responses": rows.reset_index(drop=True)}), privacy_floor=10)
    ax = chart_bands(bands(shop, by="channel"))
    assert labels(ax) == ["app\nn = 40", "web\nn = 40"]
    for words in (notes(ax), cx.alt_text(ax)):
        assert "Hidden, too few answers: email, sms. Without a valid answer: chat." in words


def test_it_draws_on_the_axes_given():
    _, ax = plt.subplots()
    assert chart_bands(bands([9, 0] * 20), ax=ax) is ax


def test_the_figure_has_the_size_of_its_number_of_groups():
    sizes = [chart_bands(bands(promoters=p, passives=1, detractors=1)).figure.get_size_inches() for p in (0, 400)]
    assert np.array_equal(*sizes)


def test_as_many_groups_as_fit():
    frame = pd.DataFrame({"score": [9, 0] * 24, "store_id": np.repeat([f"s{n}" for n in range(24)], 2)})
    assert len(labels(chart_bands(bands(frame, by="store_id")))) == 24


def test_in_portuguese_numbers_are_written_as_there(portuguese):
    ax = chart_bands(bands(cx.ipe(), "csat"))
    assert "81,1%" in title(ax)
    assert "n = 1.997" in labels(ax)[0]
    assert "83.5" not in cx.alt_text(ax)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (lambda: pd.DataFrame({"a": [1]}), "Give the frame that bands returned"),
        (lambda: cx.nps([9, 0]), "Give the frame that bands returned"),
        (lambda: bands([9, 0]).sort_values("count"), "Give the frame that bands returned"),
        (lambda: bands([9, 0]).head(2), "Give the frame that bands returned"),
        (lambda: bands([9, 0]).head(0), "Give the frame that bands returned"),
        (lambda: pd.concat([bands([9, 0]), bands([5, 1], "csat")]), "shows one metric"),
        (lambda: bands([9, 0]).assign(a=1, b=2), "at most one by column"),
        (lambda: bands([None]), "nothing to draw"),
        (lambda: bands(pd.DataFrame({"score": [9] * 25, "a": range(25)}), by="a"), "25 cells do not fit"),
    ],
)
def test_what_cannot_be_drawn(frame, words):
    with pytest.raises(cx.InputError, match=words):
        chart_bands(frame())
