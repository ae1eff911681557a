"""How real is Ipê? The real half of docs/realism.md: aggregates of public files that are not ours to publish.

    python benchmarks/realism.py --real ../shared/real-data

Reads files of each source (`SOURCES` says which) from the folder, writes shares, quantiles and counts to
`benchmarks/results/realism.json`, and no row. `python course.py build realism` then makes the page beside Ipê's
own figures, which needs no real file.
"""

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))
from building import measures  # noqa: E402
from building.measures import Topics  # noqa: E402
from building.realism import REAL  # noqa: E402


def cdnow(folder: Path) -> Topics:
    """CD shop, customers of early 1997 followed to June 1998 (Fader & Hardie)."""
    orders = pd.read_parquet(folder / "cdnow" / "cdnow_sample_transactions.parquet")
    who, when = orders["sample_id"], orders["date"]
    return {
        "orders": {"cdnow": measures.orders_per_customer(who, when)},
        "gaps": {"cdnow": measures.gaps(who, when)},
        "weekdays": {"cdnow": measures.weekdays(when)},
    }


def completejourney(folder: Path) -> Topics:
    """Grocery baskets of households, the first half of 2017 (dunnhumby)."""
    path = folder / "completejourney" / "transactions_weeks_1_26.parquet"
    lines = pd.read_parquet(path, columns=["household_id", "basket_id", "transaction_timestamp"])
    baskets = lines.drop_duplicates("basket_id")
    who, when = baskets["household_id"], baskets["transaction_timestamp"]
    return {
        "gaps": {"completejourney": measures.gaps(who, when)},
        "weekdays": {"completejourney": measures.weekdays(when)},
    }


def b2w(folder: Path) -> Topics:
    """Product reviews at Americanas.com, first days of 2018 (B2W)."""
    path = folder / "b2w-reviews" / "reviews_2018-01_first_5000.parquet"
    return {"stars": {"b2w": measures.stars(pd.read_parquet(path, columns=["overall_rating"])["overall_rating"])}}


def olist(folder: Path) -> Topics:
    """Orders with a written review at Brazilian marketplaces, 2017 (Olist)."""
    path = folder / "olist-reviews-themes" / "orders_reviews_votes_first_half.parquet"
    orders = pd.read_parquet(path, columns=["order_purchase_timestamp", "review_score"])
    when = pd.to_datetime(orders["order_purchase_timestamp"], format="mixed", utc=True).dt.tz_localize(None)
    return {
        "stars": {"olist": measures.stars(orders["review_score"])},
        "weekdays": {"olist": measures.weekdays(when)},
    }


def helpdesk(folder: Path) -> Topics:
    """Cases of the help desk of an Italian software firm (4TU)."""
    log = pd.read_parquet(folder / "helpdesk-log" / "helpdesk_events.parquet")
    when = pd.to_datetime(log["CompleteTimestamp"]).groupby(log["CaseID"])
    return {
        "durations": {"helpdesk": measures.durations(when.min(), when.max())},
        "contacts": {"helpdesk": measures.weekdays(when.min())},
    }


def bank(folder: Path) -> Topics:
    """Calls to a North American bank, March to July 2003 (tsibbledata)."""
    calls = pd.read_parquet(folder / "bank-calls" / "calls_5min_first_60pct.parquet")
    when = pd.to_datetime(calls["datetime"], utc=True).dt.tz_localize(None)
    return {"contacts": {"bank": measures.weekdays(when, calls["calls"])}}


def shoppers(folder: Path) -> Topics:
    """Visits that ended in a purchase at an online shop, ten months (UCI)."""
    visits = pd.read_parquet(folder / "online-shoppers" / "sessions_even_rows.parquet")
    month = pd.to_datetime(visits.loc[visits["Revenue"].astype("bool"), "Month"].str[:3], format="%b").dt.month
    return {"months": {"shoppers": measures.months(month)}}


def grocery(folder: Path) -> Topics:
    """Arrivals in a store and orders on the site of a grocer, means by hour (Bhowmick & Pazour 2024)."""
    rows = pd.read_csv(folder / "omnichannel-grocery" / "arrivals_by_hour_channel.csv")
    hour, (store, online) = rows["From time"], (rows[name] for name in rows if name.startswith("Avg."))
    day = pd.to_datetime("2024-01-01") + pd.to_timedelta(
        rows.index // 24, unit="D"
    )  # from a Monday on, as the file is
    assert (day.day_name() == rows["Day"]).all()
    return {
        "hours": {"grocery_online": measures.hours(hour, online), "grocery_store": measures.hours(hour, store)},
        "weekdays": {"grocery_store": measures.weekdays(day.to_series(index=rows.index), store)},
    }


SOURCES = (cdnow, completejourney, b2w, olist, helpdesk, bank, shoppers, grocery)


def main() -> int:
    """Read, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real-data")
    folder = parser.parse_args().real
    found: Topics = {}
    for measure in SOURCES:
        for topic, rows in measure(folder).items():
            for row, figures in rows.items():
                found.setdefault(topic, {})[row] = {name: round(value, 4) for name, value in figures.items()}
    REAL.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
    print(REAL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
