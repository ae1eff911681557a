"""Why a row cannot count: the codes a result carries, and their words, in the order in which both are listed."""

from cxlib.language import mark

REASON_WORDS = {
    "missing": mark("{n} without an answer"),
    "not_a_number": mark("{n} not a number"),
    "not_whole": mark("{n} not a whole number"),
    "out_of_scale": mark("{n} outside the scale"),
    "other_scale": mark("{n} on another scale"),
    "superseded": mark("{n} replaced by a later answer of the same customer"),
    "invalid_weight": mark("{n} without a valid weight"),
    "not_delivered": mark("{n} not delivered"),
    "no_date": mark("{n} without a date"),
    "bot": mark("{n} by bots"),
    "internal": mark("{n} by staff or tests"),
    "duplicate": mark("{n} sent twice"),
    "double": mark("{n} clicked twice at once"),
    "merged": mark("{n} absorbed by another cart"),
    "unidentified": mark("{n} of nobody known"),
    "not_paid": mark("{n} not paid"),
    "cancelled": mark("{n} cancelled"),
    "not_first": mark("{n} not the first of the customer"),
    "no_amount": mark("{n} without an amount"),
    "impossible": mark("{n} that end before they begin"),
    "immature": mark("{n} too recent to tell"),
    "not_paid_for": mark("{n} who came through no paid source"),
    "other_billing": mark("{n} billed by another period"),
    "no_policy": mark("{n} without a promise that covers them"),
    "no_schedule": mark("{n} without business hours that cover them"),
    "undecided": mark("{n} still within the promise"),
    "not_timed": mark("{n} whose work nobody timed"),
    "not_passed_on": mark("{n} never passed on"),
    "no_channel": mark("{n} of no known channel"),
    "begins": mark("{n} that begin a journey"),
    "same_visit": mark("{n} within a visit"),
    "one_channel": mark("{n} of a single channel"),
    "no_order": mark("{n} that name no order"),
    "not_recorded": mark("{n} where nothing of the kind is recorded"),
    "unlabelled": mark("{n} not read by a person"),
    "relational": mark("{n} not about a single purchase or contact (they count in nps)"),
    "transactional": mark("{n} asked after a single purchase or contact (they count in transactional_nps)"),
}
REASONS = tuple(REASON_WORDS)
# Reasons that say: this row counts, but in a sister metric.
ELSEWHERE = ("relational", "transactional")
# Reasons that say: for this metric there is no such row.
NOT_THERE = (*ELSEWHERE, "not_recorded")
# What a result says of itself besides: codes without a count.
NOT_ADDITIVE, NOBODY_BEFORE = "not_additive", "nobody_before"
NOTES = {
    NOT_ADDITIVE: mark("such counts do not add up: who is in two of them counts twice"),
    NOBODY_BEFORE: mark("nobody was seen before, so all look new"),
    "seen_only": mark("only what was seen, not all there was"),
    "clipped": mark("cut off at 0% or 100%"),
}
