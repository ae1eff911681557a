"""Pain points: the worked answer, losses against statsmodels, a planted trap, ranks, a dataset by hand, slips."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS, add_constant

import cxlib as cx
from cxlib.journeys.pains import pain_points

START = pd.Timestamp("2025-01-01T12:00Z")


def number(frame, step, metric="pain_score", column="value"):
    return frame.loc[frame["step"].eq(step) & frame["metric"].eq(metric), column].item()


def worked():
    """Return 1,000 journeys: 400 pay, of whom 100 fail and rate 30 points lower."""
    return pd.DataFrame({"journey_id": range(1000), "step": ["pay"] * 400 + ["look"] * 600,
                         "failed": [True] * 100 + [False] * 900, "score": [50] * 100 + [80] * 900})  # fmt: skip


def planted(size=4_000, seed=1):
    """Return journeys where a late delivery costs 20 points, and a second contact nothing: it only follows it."""
    draw = np.random.default_rng(seed)
    late = draw.random(size) < 0.25
    again = draw.random(size) < np.where(late, 0.6, 0.1)
    score = np.clip(80 - 20 * late + draw.normal(0, 10, size), 0, 100).round(1)
    score[draw.random(size) < 0.5] = np.nan
    parts = [pd.DataFrame({"journey_id": range(size), "step": step, "failed": failed, "score": score})
             for step, failed in (("delivery", late), ("contact", again))]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_the_worked_answer():
    frame = pain_points(worked())
    assert number(frame, "pay") == pytest.approx(3.0)
    assert [number(frame, "pay", f"pain_{part}") for part in ("reach", "failure", "loss")] == pytest.approx(
        [0.4, 0.25, 30]
    )
    assert (number(frame, "look"), number(frame, "look", column="method")) == (0, "none: nobody failed")
    assert "few_fails" in number(frame, "look", column="warnings")
    assert number(frame, "pay", column="rank") == 1


def test_losses_are_those_of_statsmodels():
    rows = planted()
    frame = pain_points(rows)
    wide = rows.pivot_table(index="journey_id", columns="step", values="failed", aggfunc="max").astype(float)
    score = rows.groupby("journey_id")["score"].first()
    fit = OLS(score, add_constant(wide), missing="drop").fit()
    for step in ("delivery", "contact"):
        assert number(frame, step, "pain_loss") == pytest.approx(-fit.params[step])


def test_what_only_follows_a_failure_is_not_blamed_for_it():
    rows = planted()
    frame = pain_points(rows)
    low, high = (number(frame, "contact", "pain_loss", end) for end in ("low", "high"))
    mine = rows[rows["step"].eq("contact")].dropna(subset="score")
    means = mine.groupby("failed")["score"].mean()
    naive = means[False] - means[True]
    error = (high - low) / (2 * 1.96)
    assert abs(number(frame, "contact", "pain_loss")) <= 4 * error
    assert naive >= 3 * error  # the plain difference blames the contact
    assert number(frame, "delivery", "pain_loss", "low") <= 20 <= number(frame, "delivery", "pain_loss", "high")
    assert number(frame, "delivery", column="rank_high") == 1


def test_alike_pains_share_their_ranks_and_a_second_call_gives_the_same():
    draw = np.random.default_rng(4)
    parts = [pd.DataFrame({"journey_id": [f"{step}{k}" for k in range(300)], "step": step,
                           "failed": np.arange(300) < 60, "score": (70 - 15 * (np.arange(300) < 60)
                           + draw.normal(0, 12, 300)).round().clip(0, 100)}) for step in "ab"]  # fmt: skip
    frame = pain_points(pd.concat(parts))
    for step in "ab":
        assert [number(frame, step, column=end) for end in ("rank_low", "rank_high")] == [1, 2]
    pd.testing.assert_frame_equal(frame, pain_points(pd.concat(parts)))


def test_a_dataset_by_hand():
    """Of 40 customers 20 pay by card and 5 of them are refused; all write, and those 5 are not pleased."""
    people = [f"c{k:02}" for k in range(40)]
    day = (START + pd.Timedelta(days=3)).date()
    shop = {
        "events": pd.DataFrame({"event_id": people[:20], "person_key": people[:20], "occurred_at": START,
                                "event_type": "payment_attempt", "failed": [k < 5 for k in range(20)]}),
        "orders": pd.DataFrame({"order_id": ["o1", "o2", "o3"], "customer_id": ["c00", "c30", None],
                                "placed_at": START, "status": "paid", "total_cents": 1, "currency": "BRL"}),
        "shipments": pd.DataFrame({"shipment_id": ["s1", "s2"], "order_id": ["o1", "o2"], "promised_on": day,
                                   "delivered_at": START + pd.to_timedelta([3, 4], unit="D")}),
        "returns": pd.DataFrame({"return_id": ["r"], "order_id": ["o2"], "requested_at": [START]}),
        "survey_responses": pd.DataFrame({"response_id": people, "type": "csat", "customer_id": people,
                                          "score": [2 if k < 5 else 5 for k in range(40)], "answered_at": START}),
    }  # fmt: skip
    frame = pain_points(shop, steps=["payment"])
    assert (number(frame, "payment", "pain_failure"), number(frame, "payment", column="n")) == (0.25, 20)
    assert number(frame, "payment", "pain_loss") == pytest.approx(100)
    late = pain_points(shop, steps=["delivery", "product"])
    assert (
        number(late, "delivery", "pain_failure") == 0.5
    )  # the day after the one promised, by the clock of the place
    assert "events_unknown:1" in number(late, "product", column="warnings")
    with pytest.raises(cx.InputError, match="contact: tickets"):
        pain_points(shop, steps=["contact"])
    with pytest.raises(cx.InputError, match="no step with a known failure"):
        pain_points(shop, steps=["mood"])
    with pytest.raises(cx.InputError, match="lacks survey_responses"):
        pain_points({"events": shop["events"]})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.drop(columns="failed"), "missing: failed"),
        (lambda rows: rows.rename(columns={"journey_id": "id"}), "missing: journey_id"),
        (lambda rows: rows.assign(failed="maybe"), "true or false"),
        (lambda rows: rows.assign(failed=None), "Every row needs"),
        (lambda rows: rows.assign(score=101), "from 0 to 100"),
        (lambda rows: rows.assign(score="good"), "from 0 to 100"),
        (lambda rows: rows.assign(score=np.nan), "Nobody rated"),
        (lambda rows: rows.assign(journey_id=1), "one score"),
        (lambda rows: rows.head(0), "Every row needs"),
    ],
)
def test_a_slip_is_named(change, says):
    with pytest.raises(cx.InputError, match=says):
        pain_points(change(worked()))
