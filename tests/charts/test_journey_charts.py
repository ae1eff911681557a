"""The charts of journeys: bars and streams where the numbers say, words for those who do not see them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.charts.journeys import chart_funnel, chart_transitions, flows, sankey, timeline
from cxlib.charts.perception import alt_text


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def events():
    rows = [(f"p{n:03d}", 0, "search") for n in range(100)]
    rows += [(f"p{n:03d}", 5, "add_to_cart") for n in range(60)] + [(f"p{n:03d}", 9, "purchase") for n in range(15)]
    frame = pd.DataFrame(rows, columns=["person_key", "minute", "event_type"])
    frame["channel"] = np.where(frame["person_key"] < "p050", "web", "app")
    frame["occurred_at"] = pd.Timestamp("2025-03-01T12:00Z") + pd.to_timedelta(frame.pop("minute"), unit="min")
    late = pd.DataFrame({"person_key": ["z"], "event_type": ["page_view"], "channel": ["web"],
                         "occurred_at": [pd.Timestamp("2025-04-01T12:00Z")]})  # fmt: skip
    return pd.concat([frame, late], ignore_index=True)


STEPS = ["search", "add_to_cart", "purchase"]


def test_a_funnel_has_a_bar_and_an_interval_for_each_step(events):
    ax = chart_funnel(cx.funnel(events, STEPS))
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([100, 60, 15])
    low, high = (float(x) for x, _ in ax.collections[0].get_segments()[1])
    assert low < 60 < high
    assert ax.get_title(loc="left").startswith("Most are lost before purchase: 25% (15.8% to 37.2%) go on")
    assert "add_to_cart: 60%" in alt_text(ax)


def test_groups_stand_side_by_side(events):
    ax = chart_funnel(cx.funnel(events, STEPS, by="channel"))
    assert len(ax.patches) == 6
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["app", "web"]


def test_cx_chart_knows_journeys_when_it_sees_them(events):
    assert "lost before purchase" in cx.chart(cx.funnel(events, STEPS)).get_title(loc="left")
    assert "busiest step" in cx.chart(cx.transitions(events)).get_title(loc="left")


def test_a_heat_map_says_share_and_interval(events):
    frame = cx.transitions(events)
    ax = chart_transitions(frame)
    words = [text.get_text() for text in ax.texts]
    assert "60%" in words
    assert "25%" in words
    assert (
        ax.get_title(loc="left")
        == "search → add_to_cart is the busiest step: 60% (50.2% to 69.1%) of those at search"
    )
    assert all(f"{row['from']} → {row['to']}" in alt_text(ax) for row in flows(frame).to_dict("records"))


def test_streams_are_as_thick_as_the_table_says(events):
    frame = cx.transitions(events)
    ax, table = sankey(frame), flows(frame)
    thick = [
        np.ptp(one.get_paths()[0].vertices[one.get_paths()[0].vertices[:, 0] == 0][:, 1]) for one in ax.collections
    ]
    assert sorted(thick) == pytest.approx(sorted(table["count"] / table["count"].sum()))
    assert table["count"].tolist() == sorted(table["count"], reverse=True)


def test_a_timeline_numbers_people_and_shows_what_a_rule_does(events):
    ax = timeline(events, people=["p000", "p099"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["person 1", "person 2"]
    assert ax.get_title(loc="left") == "4 events are 2 sessions by the rule ga4"
    assert "p000" not in alt_text(ax)


def test_frames_of_another_kind_are_refused(events):
    for draw in (chart_funnel, chart_transitions, sankey):
        with pytest.raises(cx.InputError, match="Give the frame"):
            draw(cx.sessions(events))
