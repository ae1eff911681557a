"""Identity: which cookies, devices and logins are one person, how many find theirs, and who those are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from cxlib.inference import intervals
from cxlib.journeys.cells import LEVEL, finished, mean_per_person
from cxlib.journeys.log import ALL, EVENTS, log_of, within
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, in_memory, lazy_ibis
from cxlib.tables.opening import open_dataset
from cxlib.tables.order import AT, PERSON
from cxlib.tables.storage import write_dataset

if TYPE_CHECKING:
    import ibis

IDENTITY, CUSTOMER, IDENTITIES = "identity_id", "customer_id", "identities"
SHARED_FROM = 3  # customers on one cookie or device: a till, a library, not a person
STAYS = "login"


@dataclass(frozen=True, kw_only=True)
class People:
    """Who is who: `identities` says for each identity its person, its customers and how often it was seen.

    `person` is the first customer among all that are tied together, else the first identity; `matched` says whether
    it is a customer. `shared` counts identities of too many customers, which tie nobody together, `joined` the people
    in whom several customers came together.
    """

    identities: pd.DataFrame
    customers: Mapping[str, str]
    shared: int
    joined: int


def people(pairs: pd.DataFrame) -> People:
    """Tie identities and customers together: connected components of the graph of who was seen with what.

    `pairs` holds `identity_id`, `customer_id` (missing when nobody was recognised) and `n`, how often.

    >>> seen = pd.DataFrame({"identity_id": ["c1", "c2", "c2", "c3"], "customer_id": ["A", None, "A", None], "n": 1})
    >>> people(seen).identities[["identity_id", "person", "matched"]]
      identity_id person  matched
    0          c1      A     True
    1          c2      A     True
    2          c3     c3    False
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    seen = pairs[pairs[IDENTITY].notna()]
    known = seen.dropna(subset=CUSTOMER).drop_duplicates([IDENTITY, CUSTOMER])
    owners = known.groupby(IDENTITY)[CUSTOMER].transform("size")
    ties = known[owners < SHARED_FROM]
    identity, names = pd.factorize(pd.Series(sorted(seen[IDENTITY].unique())))
    place = pd.Series(identity, index=names)
    customers = sorted(pairs[CUSTOMER].dropna().unique())
    customer = pd.Series(np.arange(len(customers)) + len(names), index=customers)
    size = len(names) + len(customers)
    edges = (np.ones(len(ties)), (ties[IDENTITY].map(place), ties[CUSTOMER].map(customer)))
    label = (
        connected_components(coo_array(edges, shape=(size, size)), directed=False)[1] if size else np.array([], int)
    )
    # Customers come first and in order, so the first name of a component is its first customer, where there is one.
    nodes = pd.DataFrame({"name": [*customers, *names], "label": [*label[len(names) :], *label[: len(names)]]})
    person = nodes.groupby("label")["name"].first()
    several = np.bincount(label[len(names) :], minlength=1) if len(customers) else np.zeros(1, int)
    found = pd.DataFrame({IDENTITY: names, "person": person.reindex(label[: len(names)]).to_numpy(object)})
    found["matched"] = found["person"].isin(customers)
    found["n"] = seen.groupby(IDENTITY)["n"].sum().reindex(names).to_numpy()
    return People(
        identities=found,
        customers=dict(zip(customers, person.reindex(label[len(names) :]), strict=True)),
        shared=int((owners >= SHARED_FROM).groupby(known[IDENTITY]).any().sum()),
        joined=int((several > 1).sum()),
    )


def identify(
    data: object, *, start: str | date | None = None, end: str | date | None = None, source_zone: str | None = None
) -> pd.DataFrame:
    """Weigh identity: "of what we see, how much has a name, whom do we miss, and how many cookies is a person?"

    `data` has events with `identity_id` and `customer_id`, and the table `identities` where there is one, whose
    ties count too. `start` and `end` bound what was seen, not the ties. Returns in the columns of `metric`:
    `match_rate`, the share of identities that belong to a customer; `match_rate_events`, the share of events by them;
    `events_per_identity` of the matched and of the others: where they differ, what is known of the matched does not
    hold for all; `identities_per_person` of those with a login that stays, who are recognised on whatever they use.
    Cookies and devices count as identities, logins and loyalty numbers only tie. Raises `InputError`.
    """
    log = log_of(data, columns=[IDENTITY, CUSTOMER], source_zone=source_zone)
    inside = within(log.rows[AT], log.zone, start, end)
    rows = log.rows if inside is None else log.rows.mutate(cx_inside=inside)
    counted = rows.count() if inside is None else rows.cx_inside.sum()
    table = _identities(log.dataset)
    tied = _tied(rows.group_by([IDENTITY, CUSTOMER]).agg(n=counted), table)
    seen = tied.identities[tied.identities["n"] > 0]
    stays = set(table.loc[table["kind"].eq(STAYS), CUSTOMER].dropna().map(tied.customers))
    frames = [*_rates(seen), *_intensity(seen), _per_person(seen[seen["person"].isin(stays)])]
    result = finished(frames, log, keys=["matched"], rule="connected_components", of_events=True)
    notes = {"shared": tied.shared, "joined": tied.joined}
    told = ";".join(f"{code}:{count}" for code, count in notes.items() if count)
    result["warnings"] = [";".join(filter(None, [one, told])) for one in result["warnings"]]
    return result


def _identities(dataset: Dataset) -> pd.DataFrame:
    if IDENTITIES not in dataset or CUSTOMER not in dataset.table(IDENTITIES).columns:
        return pd.DataFrame(columns=[IDENTITY, CUSTOMER, "kind"])
    return collect(dataset.table(IDENTITIES).select(IDENTITY, CUSTOMER, "kind")).to_pandas()


def _tied(pairs: "ibis.Table", table: pd.DataFrame) -> People:
    return people(pd.concat([collect(pairs).to_pandas(), table.assign(n=0)], ignore_index=True))


def _rates(seen: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the share of identities that are matched, and of events: identities are drawn, not events."""
    ones = seen["matched"].astype("float64")
    n, events = len(seen), seen["n"].astype("float64")
    rate = float(ones.mean()) if n else np.nan
    share = float((ones * events).sum() / events.sum()) if n else np.nan
    # A ratio of sums over identities, linearised.
    error = float(np.sqrt(((events * (ones - share)) ** 2).sum())) / events.sum() if n else np.nan
    worth = share * (1 - share) / error**2 if error else n
    return [
        _row("match_rate", rate, intervals.wilson(rate, n, level=LEVEL), n, int(ones.sum()), f"Wilson {LEVEL:.0%}"),
        _row("match_rate_events", share, intervals.wilson(share, worth, level=LEVEL), int(events.sum()),
             int((ones * events).sum()), f"Wilson {LEVEL:.0%}, clustered by identity"),
    ]  # fmt: skip


def _row(metric: str, value: float, ends: intervals.Ends, n: int, part: int, method: str) -> pd.DataFrame:
    low, high = (float(end) for end in ends)
    return pd.DataFrame([{"matched": "all", "period": ALL, "metric": metric, "value": value, "low": low, "high": high,
                          "n": n, "numerator": part, "denominator": n, "unit": "share", "method": method,
                          "people": n}])  # fmt: skip


def _intensity(seen: pd.DataFrame) -> list[pd.DataFrame]:
    halves = [("yes", seen.loc[seen["matched"], "n"]), ("no", seen.loc[~seen["matched"], "n"])]
    return [_mean(counts, "events_per_identity", "events", name) for name, counts in halves if len(counts)]


def _per_person(seen: pd.DataFrame) -> pd.DataFrame:
    return _mean(seen.groupby("person").size(), "identities_per_person", "identities", "yes")


def _mean(counts: pd.Series, metric: str, unit: str, matched: str) -> pd.DataFrame:
    sums = {"n": counts.sum(), "n_n": (counts.astype(float) ** 2).sum(), "people": len(counts)}
    return mean_per_person(pd.DataFrame([sums]).assign(matched=matched, period=ALL), metric=metric, unit=unit)


def resolve(data: object, out: str | Path, *, source_zone: str | None = None) -> Dataset:
    """Write the data anew with every event under its person, sorted again: "one person, one journey."

    Options as in `identify`. `person_key` becomes the person of the customer, else of the identity; the other tables
    stay as they are. What streamed before streams again. Returns the dataset in `out`.
    """
    dataset = log_of(data, columns=[IDENTITY, CUSTOMER], source_zone=source_zone).dataset
    events = dataset.table(EVENTS)
    tied = _tied(events.group_by([IDENTITY, CUSTOMER]).agg(n=events.count()), _identities(dataset))
    by_customer = pd.DataFrame(tied.customers.items(), columns=[CUSTOMER, "person"])
    moved = _with_person(_with_person(events, CUSTOMER, by_customer), IDENTITY, tied.identities)
    person = lazy_ibis().coalesce(moved[f"cx_{CUSTOMER}"], moved[f"cx_{IDENTITY}"], moved[PERSON])
    tables = {name: dataset.table(name) for name in dataset}
    tables[EVENTS] = moved.mutate(**{PERSON: person}).select(events.columns)
    settings = {"title": dataset.title, "zone": dataset.zone, "currency": dataset.currency,
                "privacy_floor": dataset.privacy_floor, "synthetic": dataset.synthetic,
                "world": dict(dataset.world), "audit": dataset.audit.as_dict()}  # fmt: skip
    write_dataset(Path(out), tables, settings=settings)
    return open_dataset(Path(out))


def _with_person(rows: "ibis.Table", column: str, persons: pd.DataFrame) -> "ibis.Table":
    named = persons[[column, "person"]].set_axis(["cx_of", f"cx_{column}"], axis=1).astype("str")
    held = in_memory(pa.Table.from_pandas(named, preserve_index=False))
    return rows.left_join(held, rows[column] == held["cx_of"]).drop("cx_of")
