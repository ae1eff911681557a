"""Perception metrics: NPS, CSAT, CES and the response rate. What customers say, and how many say it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.definition import Ratio, Rule
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions


def _answers(kind: str) -> Callable[[Mapping[str, "Table"]], "Table"]:
    def rows(tables: Mapping[str, "Table"]) -> "Table":
        answers = tables["survey_responses"]
        return answers.filter(answers.type.strip().lower() == kind) if "type" in answers.columns else answers

    return rows


def _unusable_score(answers: "Table", rule: Rule, *foreign: tuple[str, "BooleanValue"]) -> "Conditions":
    score = answers.score
    least, most = rule.scale or (0, 10)
    reasons: Conditions = [*foreign]
    if "score_issue" in answers.columns:
        reasons += [
            (code, score.isnull() & (answers.score_issue == code))
            for code in ("not_a_number", "not_whole", "out_of_scale")
        ]
    reasons.append(("missing", score.isnull()))
    if "scale_max" in answers.columns:
        reasons.append(("other_scale", answers.scale_max.notnull() & (answers.scale_max != most)))
    if "scale_min" in answers.columns:
        reasons.append(("other_scale", answers.scale_min.notnull() & (answers.scale_min != least)))
    reasons.append(("out_of_scale", (score < least) | (score > most)))
    reasons.append(("not_whole", score != score.round(0)))
    if rule.weighted:
        reasons.append(("invalid_weight", answers.weight.isnull() | (answers.weight <= 0)))
    return reasons + _superseded(answers, reasons)


def _unusable_nps(kind: str) -> Callable[["Table", Rule], "Conditions"]:
    """Relational and transactional NPS are two questions; an answer whose kind nobody wrote counts as relational."""

    def set_aside(answers: "Table", rule: Rule) -> "Conditions":
        if "kind" not in answers.columns:
            return _unusable_score(answers, rule)
        transactional = answers.kind.notnull() & (answers.kind.strip().lower() == "transactional")
        foreign = ("transactional", transactional) if kind == "relational" else ("relational", ~transactional)
        return _unusable_score(answers, rule, foreign)

    return set_aside


def _superseded(answers: "Table", reasons: "Conditions") -> "Conditions":
    """In a relational wave the last valid answer of a customer counts; transactional answers all do."""
    if not {"customer_id", "wave", "answered_at", "response_id"} <= set(answers.columns):
        return []
    ibis = lazy_ibis()
    unusable = ibis.cases(*[(condition, 1) for _, condition in reasons], else_=0)
    place = ibis.row_number().over(
        ibis.window(
            group_by=[answers.customer_id, answers.wave],
            order_by=[unusable.asc(), answers.answered_at.desc(), answers.response_id.desc()],
        )
    )
    relational = answers.customer_id.notnull() & answers.wave.notnull()
    if "kind" in answers.columns:
        relational = relational & (answers.kind.isnull() | (answers.kind == "relational"))
    return [("superseded", relational & (place > 0))]


def _at_least(threshold: int) -> Callable[["Table"], "NumericValue"]:
    def numerator(answers: "Table") -> "NumericValue":
        return (answers.score >= threshold).cast("float64")

    return numerator


def _first_face(answers: "Table") -> "NumericValue":
    return (answers.score == 1).cast("float64")


def _net(answers: "Table") -> "NumericValue":
    promoter, detractor = answers.score >= 9, answers.score <= 6
    return promoter.cast("float64") - detractor.cast("float64")


def _score(answers: "Table") -> "NumericValue":
    return answers.score.cast("float64")


def _nps_rule(key: str, name: str, explanation: str, interval: str, *, weighted: bool = False) -> Rule:
    return Rule(
        key=key,
        name=name,
        explanation=explanation,
        numerator=_net,
        interval=interval,
        unit="points",
        factor=100.0,
        scale=(0, 10),
        weighted=weighted,
    )


NPS_RULES = (
    _nps_rule(
        "adjusted_wald",
        mark("adjusted Wald"),
        mark("A small adjustment keeps the interval from claiming too much in small samples and at the edges."),
        "adjusted_wald",
    ),
    _nps_rule(
        "wald",
        mark("Wald"),
        mark("The textbook interval: too narrow in small samples, of no width when all agree."),
        "wald",
    ),
    _nps_rule(
        "bootstrap",
        mark("bootstrap"),
        mark("Customers are drawn again and again; assumes nothing, but needs some variety."),
        "bootstrap",
    ),
    _nps_rule(
        "weighted",
        mark("weighted"),
        mark("Each answer counts by its weight, so that the sample stands for the customers."),
        "adjusted_wald",
        weighted=True,
    ),
)

NPS = Ratio(
    key="nps",
    name=mark("NPS"),
    question=mark("How many more customers say they would recommend us than say they would not?"),
    explanation=mark(
        "Share of promoters (9 and 10) minus share of detractors (0 to 6), in points from −100 to 100. "
        "It is a difference of shares, not a percentage. It is about the relationship as a whole: what was "
        "asked after a single purchase or contact is another number, transactional_nps."
    ),
    unit_of_analysis=mark("answer; in a relational wave, the last valid answer of each customer"),
    tables=("survey_responses",),
    needs={"survey_responses": ("score",)},
    date="answered_at",
    rows=_answers("nps"),
    set_aside=_unusable_nps("relational"),
    rules=NPS_RULES,
    abuses=(
        mark("begging for a ten"),
        mark("asking only those who seem happy"),
        mark("averaging the NPS of stores instead of pooling their answers"),
    ),
    source="Reichheld 2003, HBR 81(12); interval: Rocks 2016, The American Statistician 70(4).",
    synonyms=("net promoter score", "nps", "lealdade", "recomendação"),
)

TRANSACTIONAL_NPS = Ratio(
    key="transactional_nps",
    name=mark("transactional NPS"),
    question=mark("Right after a purchase or a contact, how many more would recommend us than would not?"),
    explanation=mark(
        "The same question and the same arithmetic as NPS, asked about one purchase or contact (kind "
        "`transactional`). It follows the last experience, so it is never pooled with the relational NPS nor "
        "held against it."
    ),
    unit_of_analysis=mark("answer, grouped by customer"),
    tables=("survey_responses",),
    needs={"survey_responses": ("score", "kind")},
    date="answered_at",
    rows=_answers("nps"),
    set_aside=_unusable_nps("transactional"),
    rules=NPS_RULES,
    abuses=(
        mark("begging for a ten"),
        mark("reading it as loyalty to the company"),
        mark("asking only those who seem happy"),
    ),
    source="Reichheld & Markey 2011, The Ultimate Question 2.0; interval: Rocks 2016, Am. Stat. 70(4).",
    synonyms=("post-purchase nps", "nps pós-compra", "nps transacional", "tnps"),
)


def _top_box(key: str, name: str, explanation: str, threshold: int, scale: tuple[int, int]) -> Rule:
    return Rule(
        key=key,
        name=name,
        explanation=explanation,
        numerator=_at_least(threshold),
        interval="wilson",
        unit="share",
        scale=scale,
    )


def _mean(key: str, name: str, explanation: str, scale: tuple[int, int], direction: str = "up") -> Rule:
    return Rule(
        key=key,
        name=name,
        explanation=explanation,
        numerator=_score,
        interval="student",
        unit="score",
        scale=scale,
        direction=direction,
    )


CSAT = Ratio(
    key="csat",
    name=mark("CSAT"),
    question=mark("How many customers were satisfied with this contact, order or product?"),
    explanation=mark(
        "Share of ratings 4 and 5 among the valid ratings from 1 to 5. The mean rating is another number, "
        "and so is the share of “good” where only good and bad can be chosen."
    ),
    unit_of_analysis=mark("answer, grouped by customer"),
    tables=("survey_responses",),
    needs={"survey_responses": ("score",)},
    date="answered_at",
    rows=_answers("csat"),
    set_aside=_unusable_score,
    rules=(
        _top_box("top_2_box", mark("share of 4 and 5"), mark("Ratings 4 and 5 count as satisfied."), 4, (1, 5)),
        _mean("mean", mark("mean rating"), mark("The mean of the ratings 1 to 5."), (1, 5)),
        _top_box(
            "zendesk_good_bad",
            mark("Zendesk: good or bad"),
            mark("Good is 1, bad is 0; offered but unanswered does not count."),
            1,
            (0, 1),
        ),
        Rule(
            key="movidesk_two_faces",
            name=mark("Movidesk: two faces"),
            numerator=_first_face,
            explanation=mark("1 is satisfied, 2 is not: here the higher number is the worse."),
            interval="wilson",
            unit="share",
            scale=(1, 2),
        ),
        _top_box(
            "hubspot_three_faces",
            mark("HubSpot: three faces"),
            mark("0 is unhappy, 1 neutral, 2 happy; happy counts as satisfied."),
            2,
            (0, 2),
        ),
    ),
    abuses=(
        mark("asking only after tickets that ended well"),
        mark("averaging the CSAT of teams with unequal numbers of answers"),
    ),
    source="Top-two-box as in vendor practice; interval: Wilson 1927, JASA 22(158).",
    synonyms=("customer satisfaction", "satisfação do cliente", "índice de satisfação"),
)

CES = Ratio(
    key="ces",
    name=mark("CES"),
    question=mark("How easy was it for the customer to get what they came for?"),
    explanation=mark(
        "CES 2.0: agreement from 1 to 7 with “the company made it easy”; higher is better. CES 1.0 asked for "
        "effort from 1 to 5; lower is better. The two are never pooled."
    ),
    unit_of_analysis=mark("answer, grouped by customer"),
    tables=("survey_responses",),
    needs={"survey_responses": ("score",)},
    date="answered_at",
    rows=_answers("ces"),
    set_aside=_unusable_score,
    rules=(
        _mean("ces_2_mean", mark("CES 2.0, mean"), mark("The mean of 1 to 7; higher is easier."), (1, 7)),
        _top_box("ces_2_top_3_box", mark("CES 2.0, top three of seven"), mark("Share of 5, 6 and 7."), 5, (1, 7)),
        _mean("ces_1_mean", mark("CES 1.0, mean"), mark("The mean of 1 to 5; lower is easier."), (1, 5), "down"),
    ),
    abuses=(mark("pooling version 1.0, where low is good, with version 2.0, where high is good"),),
    source="Dixon, Freeman & Toman 2010, HBR 88(7); CES 2.0: CEB 2013.",
    synonyms=("customer effort score", "esforço do cliente"),
)


def _invites(tables: Mapping[str, "Table"]) -> "Table":
    invites = tables["survey_invites"]
    answered = tables["survey_responses"].select(cx_invite="invite_id").distinct().mutate(cx_answered=True)
    return invites.left_join(answered, invites.invite_id == answered.cx_invite).drop("cx_invite")


def _undelivered(invites: "Table", rule: Rule) -> "Conditions":
    return [("missing", invites.delivered.isnull()), ("not_delivered", ~invites.delivered)]


def _answered(invites: "Table") -> "NumericValue":
    return invites.cx_answered.notnull().cast("float64")


RESPONSE_RATE = Ratio(
    key="response_rate",
    name=mark("response rate"),
    question=mark("Of the invitations that arrived, how many were answered?"),
    explanation=mark(
        "Answered invitations divided by delivered invitations. Few answers do not mean biased answers: bias "
        "comes from who answers, not from how many."
    ),
    unit_of_analysis=mark("delivered invitation; reminders do not count again"),
    tables=("survey_invites", "survey_responses"),
    needs={"survey_invites": ("invite_id", "delivered"), "survey_responses": ("invite_id",)},
    date="sent_at",
    rows=_invites,
    set_aside=_undelivered,
    rules=(
        Rule(
            key="delivered",
            name=mark("of delivered invitations"),
            explanation=mark("Invitations that bounced are left out."),
            numerator=_answered,
            interval="wilson",
            unit="share",
            direction="none",
        ),
    ),
    abuses=(
        mark("taking a high rate for good data"),
        mark("one rate for surveys of different kinds; ask for it by type and kind"),
    ),
    source="AAPOR Standard Definitions, RR1 on delivered invitations.",
    synonyms=("taxa de resposta", "survey response"),
    least_n=100,
)

PERCEPTION = (NPS, CSAT, CES, TRANSACTIONAL_NPS, RESPONSE_RATE)
