"""The catalogue: every metric by its key, and finding metrics and columns by any of their names."""

import difflib

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import in_portuguese, say
from cxlib.metrics.acquisition import ACQUISITION
from cxlib.metrics.acquisition_cost import ACQUISITION_COST
from cxlib.metrics.buyer_value import BUYER_LIFETIME_VALUE
from cxlib.metrics.commerce import COMMERCE
from cxlib.metrics.compute import lacking, own_rows
from cxlib.metrics.definition import Definition
from cxlib.metrics.feedback import FEEDBACK
from cxlib.metrics.handling import HANDLING
from cxlib.metrics.lifetime_value import LIFETIMES
from cxlib.metrics.omnichannel import OMNICHANNEL
from cxlib.metrics.payback import PAYBACKS
from cxlib.metrics.per_customer import NET_REVENUE_PER_CUSTOMER
from cxlib.metrics.perception import PERCEPTION
from cxlib.metrics.prices import PRICE_TO_LIST
from cxlib.metrics.promises import PROMISES
from cxlib.metrics.reach import REACH
from cxlib.metrics.referrals import REFERRALS
from cxlib.metrics.retention import RETENTIONS
from cxlib.metrics.returns import RETURNS
from cxlib.metrics.revenue import REVENUE
from cxlib.metrics.social import SOCIAL
from cxlib.metrics.support import SUPPORT
from cxlib.metrics.traffic import TRAFFIC
from cxlib.metrics.visitors import VISITORS
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import count_rows
from cxlib.tables.schema import schema

VALUE = (
    NET_REVENUE_PER_CUSTOMER,
    PRICE_TO_LIST,
    ACQUISITION_COST,
    *LIFETIMES,
    BUYER_LIFETIME_VALUE,
    *PAYBACKS,
    *REFERRALS,
)
FAMILIES = (
    PERCEPTION,
    (VISITORS,),
    TRAFFIC,
    REACH,
    SOCIAL,
    ACQUISITION,
    COMMERCE,
    RETURNS,
    RETENTIONS,
    REVENUE,
    VALUE,
    SUPPORT,
    PROMISES,
    HANDLING,
    OMNICHANNEL,
    FEEDBACK,
)
METRICS: dict[str, Definition] = {metric.key: metric for family in FAMILIES for metric in family}


def metric_named(name: str) -> Definition:
    """Return a metric by its key; an unknown key raises `InputError` with the nearest one."""
    if name in METRICS:
        return METRICS[name]
    near = difflib.get_close_matches(str(name), METRICS, n=1, cutoff=0.5)
    raise InputError(
        say(
            "There is no metric called {name}.{hint} The metrics are: {names}.",
            name=repr(name),
            hint=" " + say("Did you mean {near}?", near=near[0]) if near else "",
            names=", ".join(METRICS),
        )
    )


def catalogue() -> pd.DataFrame:
    """List the metrics: key, name, question answered, rules, tables needed, in the language in use.

    >>> catalogue()["metric"].tolist()[:2]
    ['nps', 'csat']
    """
    return pd.DataFrame(
        {
            "metric": metric.key,
            "name": say(metric.name),
            "question": say(metric.question),
            "rules": ", ".join(rule.key for rule in metric.rules),
            "tables": ", ".join(metric.tables),
        }
        for metric in METRICS.values()
    )


def computable(dataset: Dataset) -> pd.DataFrame:
    """Say of each metric whether a dataset can give it, from how many rows, and what is lacking if not.

    Returns metric, can_be_computed, rows (of the metric, before any is set aside but those that count in a
    sister metric), lacks (tables, or columns as table.column).
    """
    rows = [_possibility(dataset, metric) for metric in METRICS.values()]
    return pd.DataFrame(rows, columns=["metric", "can_be_computed", "rows", "lacks"])


def _possibility(dataset: Dataset, metric: Definition) -> tuple[str, str, int, str]:
    rule = metric.usual_rule(dataset)
    read = metric.under(rule)
    lacks = lacking(dataset, read, rule)
    count = 0 if lacks else count_rows(own_rows(dataset, read, rule))
    return metric.key, say("yes") if count else say("no"), count, ", ".join(lacks)


def named_things() -> list[tuple[str, str, str, str]]:
    """Return metrics, rules, tables and columns: kind, name, meaning, and all the words they go by."""
    entries = []
    for metric in METRICS.values():
        names = " ".join([*_both(metric.name), metric.key, *metric.synonyms])
        entries.append(("metric", metric.key, say(metric.question), names))
        entries += [
            (
                "rule",
                f"{metric.key} --rule {rule.key}",
                say(rule.explanation),
                " ".join([rule.key, *_both(rule.name)]),
            )
            for rule in metric.rules
        ]
    for described in schema().values():
        entries.append(
            ("table", described.name, described.meaning, described.name + " " + " ".join(described.meanings.values()))
        )
        entries += [
            (
                "column",
                f"{described.name}.{column.name}",
                column.meaning,
                column.name + " " + " ".join(column.meanings.values()),
            )
            for column in described.columns.values()
        ]
    return entries


def _both(text: str) -> list[str]:
    return [text, in_portuguese(text)]
