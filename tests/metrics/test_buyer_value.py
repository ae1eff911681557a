"""What customers without a contract will bring: purchases counted by hand, published models, invented futures."""

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.inference import buying
from cxlib.inference.buyer_value import Buyers, next_purchases, repeats_of_a_newcomer, worth
from cxlib.metrics.ask import question_about
from cxlib.metrics.buyer_value import BUYER_LIFETIME_VALUE
from cxlib.metrics.compute import answers
from cxlib.tables.engine import collect

NOBODY = pd.DataFrame({"return_id": ["r"], "order_id": ["-"], "requested_at": ["2024-01-01"], "refunded_cents": [0]})
NOBODY["requested_at"] = pd.to_datetime(NOBODY["requested_at"], utc=True)


def shop(rows, returns=NOBODY):
    """A shop of orders: (customer, local time, cents, paid)."""
    orders = pd.DataFrame(rows, columns=["customer_id", "placed_at", "total_cents", "paid"])
    placed = pd.to_datetime(orders["placed_at"]).dt.tz_localize("America/Sao_Paulo").dt.tz_convert("UTC")
    orders = orders.assign(order_id=[f"o{n}" for n in range(len(orders))], placed_at=placed, currency="BRL")
    orders["paid_at"] = placed.where(orders.pop("paid"))
    return cx.open_dataset({"orders": orders, "returns": returns})


FEW = [
    ("a", "2024-01-01 10:00", 1_000, True),
    ("a", "2024-01-01 23:30", 500, True),  # the same local day, the next one in UTC
    ("a", "2024-01-11 10:00", 2_000, True),
    ("a", "2024-01-31 10:00", 4_000, True),
    ("b", "2024-02-10 10:00", 700, True),
    ("c", "2024-02-10 10:00", 900, False),
    ("d", "2024-03-01 10:00", 300, True),
    (None, "2024-02-10 10:00", 900, True),
]


def test_what_a_customer_did_is_counted_in_local_days():
    """Of a: two repeats, the last 30 days after the first, watched for 60, worth 3,000 each; of others, why not."""
    data = shop(FEW)
    rows = answers(data, question_about(BUYER_LIFETIME_VALUE)).rows
    found = collect(rows).to_pandas().set_index("cx_who")
    names = ["cx_repeats", "cx_recency", "cx_watched", "cx_mean", "cx_year"]
    assert found.loc["a", names].tolist() == [2, 30, 60, 3_000, 7_500]
    assert found.loc["b", names].tolist() == [0, 0, 20, 0, 700]
    assert found["cx_reason"].to_dict() == {
        "a": "",
        "b": "",
        "c": "not_paid",
        "d": "immature",
        "order o7": "unidentified",
    }
    (cell,) = cx.metric(data, "buyer_lifetime_value", rule="last_year").to_dict("records")
    assert (cell["n"], cell["value"], cell["numerator"]) == (2, 4_100, 8_200)
    assert cell["warnings"] == "unidentified:1;not_paid:1;immature:1;small_n"


def test_what_comes_after_the_moment_asked_for_has_not_happened():
    rows = collect(answers(shop(FEW), question_about(BUYER_LIFETIME_VALUE, as_of="2024-01-12")).rows).to_pandas()
    assert rows.set_index("cx_who").loc["a", ["cx_repeats", "cx_recency", "cx_watched"]].tolist() == [1, 10, 10]
    assert len(rows) == 1


def test_an_order_given_back_whole_is_no_purchase():
    back = NOBODY.assign(order_id="o3", refunded_cents=4_000)
    rows = collect(answers(shop(FEW, back), question_about(BUYER_LIFETIME_VALUE)).rows).to_pandas()
    assert rows.set_index("cx_who").loc["a", ["cx_repeats", "cx_recency", "cx_mean"]].tolist() == [1, 10, 2_000]


def test_a_cell_that_no_model_can_be_made_of_says_so():
    (cell,) = cx.metric(shop(FEW[4:7]), "buyer_lifetime_value").to_dict("records")
    assert np.isnan(cell["value"]) and cell["method"].startswith("none: too few who came back")
    assert "too few who came back" in cx.show(cx.metric(shop(FEW[4:7]), "buyer_lifetime_value"))


# --- Invented customers, whose model is known --------------------------------------------------------

MODEL = buying.Buying(r=0.6, alpha=10.0, a=0.8, b=2.5, log_likelihood=0.0, interior=True)
SPENT = buying.Spending(p=6.0, q=6.0, gamma=3_000.0, log_likelihood=0.0)


def invented(size, seed):
    generator = np.random.default_rng(seed)
    x, tx, t = buying.purchases_like(size, 0.6, 10.0, 0.8, 2.5, watched=50.0, generator=generator)
    rate = generator.gamma(6.0, 1 / 3_000.0, size)
    mean = np.where(x > 0, generator.gamma(6 * np.maximum(x, 1), 1 / rate) / np.maximum(x, 1), 0)
    return Buyers(repeats=x, recency=tx, watched=t, mean=mean)


def test_the_value_is_that_of_the_known_model_within_its_error():
    many = invented(100_000, 99)
    true = next_purchases(52.0)(MODEL, SPENT, many).mean()
    found = worth(invented(3_000, 1), next_purchases(52.0))
    assert abs(found.value - true) < 3 * found.error < true / 3
    newcomer = float(buying.expected_repeats(MODEL, 52.0)) * 6.0 * 3_000 / 5.0
    found = worth(invented(3_000, 2), repeats_of_a_newcomer(52.0))
    assert abs(found.value - newcomer) < 3 * found.error < newcomer / 3


@pytest.mark.parametrize("expectation", [next_purchases(52.0), repeats_of_a_newcomer(52.0)])
def test_more_customers_like_one_move_the_value_as_foretold(expectation):
    """Without any formula: twenty more of one customer, and all fitted again."""
    known, more = invented(1_000, 4), 20
    found = worth(known, expectation)
    for one in (known.repeats.argmin(), known.repeats.argmax(), known.recency.argmax()):
        place = np.r_[np.arange(1_000), np.full(more, one)]
        columns = (known.repeats, known.recency, known.watched, known.mean)
        repeats, recency, watched, mean = (column[place] for column in columns)
        again = worth(Buyers(repeats=repeats, recency=recency, watched=watched, mean=mean), expectation)
        foretold = more * found.moves[one] / len(place)
        assert again.value - found.value == pytest.approx(foretold, rel=0.25, abs=found.error / 50)
