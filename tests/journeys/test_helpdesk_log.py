"""A real log of a help desk: variants and transitions equal a plain count. Skipped where the data are not at hand."""

import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from cxlib.journeys.paths import paths
from cxlib.journeys.transitions import transitions

SHARED = Path(os.environ.get("CX_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FILE = SHARED / "real-data" / "helpdesk-log" / "helpdesk_events.parquet"


@pytest.fixture(scope="module")
def log():
    if not FILE.exists():
        pytest.skip("the help desk's log is not here")
    return pd.read_parquet(FILE)


@pytest.fixture(scope="module")
def events(log):
    at = pd.to_datetime(log["CompleteTimestamp"], utc=True)
    return pd.DataFrame(
        {"person_key": log["CaseID"].astype(str), "occurred_at": at, "event_type": log["ActivityID"].astype(str)}
    )


@pytest.fixture(scope="module")
def cases(events):
    ordered = events.sort_values(["person_key", "occurred_at"], kind="stable")
    return list(ordered.groupby("person_key")["event_type"].agg(list))


def test_transitions_equal_a_plain_count(events, cases):
    expected = Counter(pair for case in cases for pair in pairwise(["(start)", *case, "(exit)"]))
    found = transitions(events)
    rows = found[["from", "to", "numerator"]].to_numpy()
    assert {(one, two): int(n) for one, two, n in rows} == dict(expected)
    assert found["numerator"].sum() == len(events) + len(cases)


def test_variants_equal_a_plain_count(events, cases):
    expected = Counter(" → ".join(case) for case in cases)
    found = paths(events, most=len(expected), longest=max(map(len, cases)))
    assert dict(zip(found["path"], found["numerator"].astype(int), strict=True)) == dict(expected)
    assert (found["n"] == len(cases)).all()
    ((top, n),) = expected.most_common(1)
    assert (found["path"].iloc[0], found["numerator"].iloc[0]) == (top, n)
