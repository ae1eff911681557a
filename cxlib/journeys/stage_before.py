"""The furthest stage a customer had come to before something happened: before an answer, an order, a visit."""

from typing import TYPE_CHECKING

from cxlib.journeys.stage_models import KEYS
from cxlib.journeys.stage_rules import stage_rules
from cxlib.journeys.touches import applicable, column_of, touches, with_entering
from cxlib.tables.dataset import Dataset
from cxlib.tables.engine import lazy_ibis
from cxlib.tables.order import AT, PERSON

if TYPE_CHECKING:
    import ibis

STAGE_REACHED = "stage_reached"


def with_stage_reached(dataset: Dataset, rows: "ibis.Table", at: str) -> "ibis.Table | None":
    """Add `stage_reached`: the furthest stage that the row's customer had come to before its instant `at`.

    Missing where the customer or the instant is not known, or nothing had been seen of them. Surveys enter no stage
    here: a promoter would be loyal by the very answer that is asked about. "Second" rows of a rule are counted over
    all that is known of the customer, not within a journey. None where rows have no customer or no such instant.
    """
    ibis = lazy_ibis()
    if not {"customer_id", at} <= set(rows.columns):
        return None
    entries = applicable(dataset, stage_rules().without("survey_responses").entries)
    if not entries:
        return rows.mutate(**{STAGE_REACHED: ibis.null("string")})
    touched = with_entering(touches(dataset, entries), entries, [PERSON])
    touched = touched.filter(touched.cx_enters)
    firsts = touched.group_by(PERSON).agg(
        **{column_of(key): touched[AT].min(where=touched.cx_stage == key) for key in KEYS}
    )
    firsts = firsts.rename(cx_who=PERSON)
    joined = rows.left_join(firsts, rows.customer_id.cast("string") == firsts.cx_who)
    furthest = ibis.cases(
        *[((joined[column_of(key)] < joined[at]).fill_null(False), key) for key in reversed(KEYS)],
        else_=ibis.null("string"),
    )
    return joined.mutate(**{STAGE_REACHED: furthest}).drop("cx_who", *map(column_of, KEYS))
