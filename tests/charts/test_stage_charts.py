"""Charts of stages, emotions, pains and credit: drawn from any of their results, told in words in both languages."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.charts.stages import chart_stage_curves
from cxlib.journeys.stage_times import stage_curves

START = pd.Timestamp("2025-01-01T12:00Z")


@pytest.fixture(scope="module")
def events():
    rows = [(f"p{who}", 0, "page_view") for who in range(60)] + [
        (f"p{who}", who / 10, "purchase") for who in range(30)
    ]
    who, days, kinds = zip(*rows, ("z", 200, "page_view"), strict=True)
    at = START + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"person_key": who, "occurred_at": at, "event_type": kinds})


@pytest.fixture(scope="module")
def moments():
    draw = np.random.default_rng(1)
    rows = [
        (f"j{k}", stage, int(draw.integers(-5, 6))) for k in range(30) for stage in ("awareness", "use", "service")
    ]
    journey, stage, emotion = zip(*rows, strict=True)
    return pd.DataFrame({"journey_id": journey, "stage": stage, "emotion": emotion, "occurred_at": START})


PATHS = pd.DataFrame({"path": ["G", "M", "G > M", "G"], "conversions": [20, 10, 10, 0], "nulls": [0, 0, 0, 10]})
PAINS = pd.DataFrame({
    "journey_id": range(400), "step": ["pay$"] * 200 + ["look"] * 200, "failed": [k % 4 == 0 for k in range(400)],
    "score": [60 + k % 7 for k in range(400)],
})  # fmt: skip


def test_stages_say_how_far_journeys_get(events):
    words = cx.alt_text(cx.chart(cx.stages(events)))
    assert "Purchase and fulfilment: 50% (37.7% to 62.3%)" in words
    assert "of the journeys come to Loyalty and advocacy" in words


def test_stage_times_and_their_curves(events):
    frame = cx.stage_times(events)
    words = cx.alt_text(cx.chart(frame))
    assert "Awareness: 50% (36.8% to 61.8%) went on" in words
    curves = stage_curves(events)
    assert "Awareness, by day 30" in cx.alt_text(cx.chart(curves[curves["stage"].eq("awareness")]))
    with pytest.raises(cx.InputError, match="no curve of the stage 'bliss'"):
        chart_stage_curves(curves, stage="bliss")
    with pytest.raises(cx.InputError, match="by the rule competing"):
        cx.chart(frame.assign(rule="finished_only"))


def test_the_ribbon_is_torn_where_nobody_was_asked(moments):
    ax = cx.chart(cx.emotion_curve(moments))
    ribbon = ax.lines[0].get_ydata()
    assert np.isnan(ribbon[1:4]).all()
    assert not np.isnan(ribbon[[0, 4, 5]]).any()
    assert "Decision: nobody asked, n = 0" in cx.alt_text(ax)
    with pytest.raises(cx.InputError, match="nothing to draw"):
        cx.chart(cx.emotion_curve(moments.assign(emotion=np.nan)))


def test_pains_tell_their_ranks():
    words = cx.alt_text(cx.chart(cx.pain_points(PAINS)))
    assert "rank 1 to 2" in words
    assert "not proven" in words
    assert "pay$" in words


def test_attribution_says_that_credit_is_no_cause():
    frame = cx.attribution(PATHS)
    words = cx.alt_text(cx.chart(frame))
    assert "G (Markov chain): 60%" in words
    assert "not what a channel caused" in words
    assert "Which channel leads depends on the rule" in words  # by the last touch both have as much


def test_all_speak_portuguese(events, moments, portuguese):
    frames = [cx.stages(events), cx.stage_times(events), cx.pain_points(PAINS)]
    frames += [cx.emotion_curve(moments), cx.attribution(PATHS)]
    told = [cx.alt_text(cx.chart(frame)) for frame in frames]
    assert "Compra e entrega" in told[0]
    assert "seguiram adiante" in told[1]
    assert "posição" in told[2]
    assert "ninguém perguntou" in told[3]
    assert "cadeia de Markov" in told[4]
    assert "posição 1" in cx.show(cx.attribution(PATHS))


@pytest.mark.parametrize("columns", [["stage", "metric"], ["metric", "step"]])
def test_a_frame_of_something_else_is_refused(columns):
    frame = pd.DataFrame([dict.fromkeys(columns, "x") | {"metric": "pain_score" if "step" in columns else "emotion"}])
    with pytest.raises(cx.InputError, match="Give the frame"):
        cx.chart(frame)
