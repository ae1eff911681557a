"""Steps that can go wrong for a customer, read from the tables: who came to each, and for whom it failed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.inference.pains import Kinds
from cxlib.journeys.channel_paths import with_mark
from cxlib.journeys.log import as_events, within
from cxlib.language import say
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import collect, lazy_ibis
from cxlib.tables.time import local, span

if TYPE_CHECKING:
    import ibis

SATISFIED = 4


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A step: the columns it needs, and its rows with `cx_person`, `cx_at` and `cx_failed`."""

    needs: dict[str, tuple[str, ...]]
    rows: Callable[[Dataset], "ibis.Table"]


def _payment(dataset: Dataset) -> "ibis.Table":
    rows = dataset.table("events")
    rows = rows.filter(rows.event_type == "payment_attempt")
    nobody = rows.is_bot.fill_null(False) if "is_bot" in rows.columns else lazy_ibis().literal(False)
    person = lazy_ibis().ifelse(nobody, lazy_ibis().null("string"), rows.person_key)
    return rows.select(cx_person=person, cx_at=rows.occurred_at, cx_failed=rows.failed.fill_null(False))


def _delivery(dataset: Dataset) -> "ibis.Table":
    rows = _of_orders(dataset, "shipments")
    rows = rows.filter(rows.delivered_at.notnull(), rows.promised_on.notnull())
    days = span(dataset.table("shipments").delivered_at)
    arrived = local(rows.delivered_at, dataset.zone, *days).date() if days else rows.promised_on
    return rows.select(cx_person=rows.cx_person, cx_at=rows.delivered_at, cx_failed=arrived > rows.promised_on)


def _product(dataset: Dataset) -> "ibis.Table":
    rows = with_mark(dataset.table("orders"), "order_id", dataset.table("returns"), "cx_failed")
    return rows.select(cx_person=rows.customer_id, cx_at=rows.placed_at, cx_failed=rows.cx_failed)


def _contact(dataset: Dataset) -> "ibis.Table":
    tickets, asked = dataset.table("tickets"), dataset.table("ticket_events")
    asked = asked.filter(asked.data_asked.notnull())
    times = asked.group_by(["ticket_id", "data_asked"]).agg(n=asked.count())
    rows = with_mark(tickets, "ticket_id", times.filter(times.n > 1), "cx_failed")
    return rows.select(cx_person=rows.customer_id, cx_at=rows.created_at, cx_failed=rows.cx_failed)


def _solution(dataset: Dataset) -> "ibis.Table":
    rows = dataset.table("tickets")
    rows = rows.filter(rows.solved_at.notnull())
    return rows.select(cx_person=rows.customer_id, cx_at=rows.created_at,
                       cx_failed=(rows.reopened_count > 0).fill_null(False))  # fmt: skip


def _of_orders(dataset: Dataset, table: str) -> "ibis.Table":
    orders = dataset.table("orders")
    owners = orders.select(cx_order=orders.order_id, cx_person=orders.customer_id)
    rows = dataset.table(table)
    return rows.inner_join(owners, rows.order_id == owners.cx_order)


ORDERS = {"orders": ("order_id", "customer_id", "placed_at")}
STEPS = {
    "payment": Failure(needs={"events": ("event_type", "person_key", "occurred_at", "failed")}, rows=_payment),
    "delivery": Failure(needs={"shipments": ("order_id", "delivered_at", "promised_on"), **ORDERS}, rows=_delivery),
    "product": Failure(needs={"returns": ("order_id",), **ORDERS}, rows=_product),
    "contact": Failure(
        needs={"tickets": ("ticket_id", "customer_id", "created_at"), "ticket_events": ("ticket_id", "data_asked")},
        rows=_contact,
    ),
    "solution": Failure(
        needs={"tickets": ("customer_id", "created_at", "solved_at", "reopened_count")}, rows=_solution
    ),
}


def counted_kinds(
    dataset: Dataset, asked: Sequence[str], start: str | date | None, end: str | date | None
) -> tuple[list[str], Kinds, dict[str, int]]:
    """Return the steps, and the kinds of customers by what they reached, what they failed at and how they rated."""
    unknown = [name for name in asked if name not in STEPS]
    if unknown:
        raise InputError(
            say("{step} is no step with a known failure. Choose from: {steps}, or give a frame of your own.",
                step=repr(unknown[0]), steps=", ".join(STEPS))
        )  # fmt: skip
    chosen = [name for name in (asked or STEPS) if not _lacking(dataset, STEPS[name].needs)]
    lacking = [
        f"{name}: {_lacking(dataset, STEPS[name].needs)[0]}" for name in (asked or STEPS) if name not in chosen
    ]
    if not chosen or (asked and lacking):
        raise InputError(say("These steps lack a table or column: {lacking}.", lacking=", ".join(lacking)))
    scores = {"survey_responses": ("type", "score", "customer_id", "answered_at")}
    if _lacking(dataset, scores):
        raise InputError(say("Pain points need CSAT answers; this dataset lacks {lacking}.",
                             lacking=_lacking(dataset, scores)[0]))  # fmt: skip
    people = collect(_kinds(dataset, chosen, start, end)).to_pandas()
    people = people.sort_values(list(people.columns), ignore_index=True)  # so that draws are the same each time
    reached = people[[f"r{place}" for place in range(len(chosen))]].to_numpy(float)
    failed = people[[f"f{place}" for place in range(len(chosen))]].to_numpy(float)
    kinds = Kinds(reached=reached, failed=failed, score=people["score"].to_numpy(float),
                  times=people["times"].to_numpy(float))  # fmt: skip
    return chosen, kinds, _unknown(dataset, chosen, start, end)


def _unknown(
    dataset: Dataset, chosen: Sequence[str], start: str | date | None, end: str | date | None
) -> dict[str, int]:
    """Return how many rows of the steps were of nobody known, or of bots."""
    counts = [_within(dataset, name, start, end) for name in chosen]
    found = collect(lazy_ibis().union(*[rows.aggregate(n=rows.cx_person.isnull().sum()) for rows in counts]))
    count = sum(int(row["n"] or 0) for row in found.to_pylist())
    return {"unknown": count} if count else {}


def _within(dataset: Dataset, name: str, start: str | date | None, end: str | date | None) -> "ibis.Table":
    rows = STEPS[name].rows(dataset)
    inside = within(rows.cx_at, dataset.zone, start, end)
    return rows if inside is None else rows.filter(inside)


def _lacking(dataset: Dataset, needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    absent = [table for table in needs if table not in dataset]
    return absent or [f"{table}.{column}" for table, columns in needs.items() for column in columns
                      if column not in dataset.table(table).columns]  # fmt: skip


def _kinds(dataset: Dataset, chosen: Sequence[str], start: str | date | None, end: str | date | None) -> "ibis.Table":
    ibis = lazy_ibis()
    parts = []
    for place, name in enumerate(chosen):
        rows = _within(dataset, name, start, end)
        rows = rows.filter(rows.cx_person.notnull())
        flags = {f"r{other}": ibis.literal(int(other == place), "int64") for other in range(len(chosen))}
        failed, nothing = rows.cx_failed.fill_null(False).cast("int64"), ibis.literal(0, "int64")
        flags |= {f"f{other}": failed if other == place else nothing for other in range(len(chosen))}
        parts.append(rows.select(cx_person=rows.cx_person.cast("string"), **flags))
    steps = ibis.union(*parts)
    marks = [f"{letter}{place}" for letter in "rf" for place in range(len(chosen))]
    each = steps.group_by("cx_person").agg(**{name: steps[name].max() for name in marks})
    answers = dataset.table("survey_responses")
    answers = answers.filter(answers.type == "csat", answers.score.notnull(), answers.customer_id.notnull())
    inside = within(answers.answered_at, dataset.zone, start, end)
    answers = answers if inside is None else answers.filter(inside)
    pleased = ibis.ifelse(answers.score >= SATISFIED, 100.0, 0.0)
    scores = answers.group_by(cx_key=answers.customer_id.cast("string")).agg(score=pleased.mean().round(1))
    people = each.left_join(scores, each.cx_person == scores.cx_key).drop("cx_key")
    return people.group_by([*marks, "score"]).agg(times=people.count())


def kinds_of_frame(frame: pd.DataFrame) -> tuple[Dataset, list[str], Kinds, dict[str, int]]:
    """Return the same of a frame with `journey_id` or `customer_id`, `step`, `failed` and `score`."""
    journey = next((name for name in ("journey_id", "customer_id") if name in frame.columns), None)
    missing = [name for name in ("step", "failed", "score") if name not in frame.columns]
    if journey is None or missing:
        lacking = ", ".join([*(["journey_id"] if journey is None else []), *missing])
        raise InputError(say("A frame of steps needs journey_id, step, failed and score; missing: {missing}.",
                             missing=lacking))  # fmt: skip
    if frame.empty or frame[[journey, "step", "failed"]].isna().any(axis=None):
        raise InputError(say("Every row needs its journey, its step and whether it failed."))
    if not frame["failed"].isin([0, 1]).all():
        raise InputError(say("failed must be true or false in every row."))
    score = pd.to_numeric(frame["score"], errors="coerce")
    if (score.isna() & frame["score"].notna()).any() or not score.dropna().between(0, 100).all():
        raise InputError(say("score must be a number from 0 to 100, or missing."))
    if score.groupby(frame[journey]).nunique().gt(1).any():
        raise InputError(say("A journey has one score: repeat it in each of the journey's rows."))
    steps = sorted(frame["step"].astype("str").unique())
    wide = frame.assign(step=frame["step"].astype("str"), failed=frame["failed"].astype(float))
    failed = wide.pivot_table(index=journey, columns="step", values="failed", aggfunc="max").reindex(columns=steps)
    scores = score.groupby(frame[journey]).max().reindex(failed.index)
    people = pd.concat([failed.notna().astype(float), failed.fillna(0.0), scores.rename("score")], axis=1)
    people.columns = pd.Index([*(f"r{step}" for step in steps), *(f"f{step}" for step in steps), "score"])
    counted = people.groupby(list(people.columns), dropna=False, as_index=False).size()
    kinds = Kinds(reached=counted.iloc[:, : len(steps)].to_numpy(float),
                  failed=counted.iloc[:, len(steps) : 2 * len(steps)].to_numpy(float),
                  score=counted["score"].to_numpy(float), times=counted["size"].to_numpy(float))  # fmt: skip
    dataset = as_events(pd.DataFrame({"person_key": pd.Series(dtype="str")}), of="events")
    return dataset, steps, kinds, {}
