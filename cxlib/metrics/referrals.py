"""Referrals: how many of the new customers came by one, and what becomes of invitations."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import one_if
from cxlib.metrics.definition import Ratio, Rule, Sources
from cxlib.metrics.newcomers import newcomers, nobody_known
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, Table

    from cxlib.metrics.definition import Conditions, Value

INVITE_DAYS = 30
NEEDS = ("referral_id", "referrer_customer_id", "customer_id", "invited_at", "order_id")


def _honest(invites: "Table") -> "BooleanValue":
    """Whether an invitation was checked, and not sent to oneself."""
    oneself = (invites.referrer_customer_id == invites.customer_id).fill_null(False)
    checked = invites.verified.fill_null(False) if "verified" in invites.columns else lazy_ibis().literal(True)
    return checked & ~oneself


def _referred(sources: Sources) -> "Table":
    """New customers with the invitations they came by: all, and those that stand a check."""
    ibis = lazy_ibis()
    firsts, invites = newcomers(sources), sources["referrals"]
    named = invites.filter(invites.customer_id.notnull()).mutate(cx_honest=_honest(invites))
    came = named.group_by("customer_id").agg(
        cx_invited=named.count(), cx_verified=ibis.ifelse(named.cx_honest, 1, 0).sum()
    )
    came = came.rename(cx_buyer="customer_id")
    return firsts.left_join(came, firsts.customer_id == came.cx_buyer).drop("cx_buyer")


REFERRAL_SHARE = Ratio(
    key="referral_share",
    name=mark("share of referred customers"),
    question=mark("Of the new customers, how many were referred by another?"),
    explanation=mark(
        "New customers with a checked referral, divided by all new customers. Invitations, sign-ups and customers "
        "are three different numbers. The referred differ from others from the start: that they come back more often "
        "does not say that the referral did it."
    ),
    unit_of_analysis=mark("new customer, by the day of the first paid order that was not cancelled"),
    tables=("orders", "referrals"),
    needs={"orders": ("order_id", "customer_id", "paid_at"), "referrals": NEEDS},
    date="paid_at",
    rows=_referred,
    set_aside=nobody_known,
    rules=(
        Rule(
            key="verified",
            name=mark("checked"),
            explanation=mark("The referral was checked to be neither of oneself nor a public coupon."),
            numerator=lambda rows: one_if(rows.cx_verified > 0),
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="claimed",
            name=mark("claimed"),
            explanation=mark("Any referral on record, coupon sites and self-referrals included."),
            numerator=lambda rows: one_if(rows.cx_invited > 0),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("taking who was referred for what the referral did"), mark("counting invitations as customers")),
    source="Word-of-mouth programmes: Schmitt, Skiera & Van den Bulte 2011, J. Marketing 75(1); Wilson 1927.",
    synonyms=("indicações", "taxa de indicação", "referrals", "clientes indicados"),
)


def _invitations(sources: Sources) -> "Table":
    invites = sources["referrals"]
    return invites.mutate(cx_honest=_honest(invites), cx_as_of=lazy_ibis().literal(sources.as_of))


def _open_invitation(invites: "Table", rule: Rule) -> "Conditions":
    return [("immature", invites.invited_at + lazy_ibis().interval(days=INVITE_DAYS) > invites.cx_as_of)]


def _customer_won(invites: "Table") -> "NumericValue":
    return one_if(invites.order_id.notnull() & invites.cx_honest)


def _of_invitations(key: str, name: str, explanation: str, numerator: "Value") -> Rule:
    return Rule(key=key, name=name, explanation=explanation, numerator=numerator, interval="wilson", unit="share")


INVITATION_CONVERSION = Ratio(
    key="invitation_conversion",
    name=mark("conversion of invitations"),
    question=mark("Of the invitations customers sent, how many became a customer?"),
    explanation=mark(
        "Invitations that led to a paid order, divided by all that were sent 30 days ago or longer. Only referrals "
        "that stand a check count."
    ),
    unit_of_analysis=mark("invitation, grouped by the customer who invited"),
    tables=("referrals",),
    needs={"referrals": NEEDS},
    date="invited_at",
    rows=_invitations,
    set_aside=_open_invitation,
    rules=(
        _of_invitations("customers", mark("became customers"), mark("A paid order came of it."), _customer_won),
        _of_invitations(
            "sign_ups",
            mark("signed up"),
            mark("The person invited registered: more than buy."),
            lambda invites: one_if(invites.customer_id.notnull()),
        ),
    ),
    abuses=(mark("counting sign-ups as customers"),),
    source="Referral funnels of growth practice; interval: Wilson 1927, grouped by who invites.",
    synonyms=("conversão de convites", "funil de indicação"),
    cluster=("referrer_customer_id",),
)


def _inviters(sources: Sources) -> "Table":
    """One row for each customer who invited, with how many customers came of the invitations old enough."""
    invites = _invitations(sources)
    old = invites.invited_at + lazy_ibis().interval(days=INVITE_DAYS) <= invites.cx_as_of
    ripe = lazy_ibis().ifelse(old, 1, 0)
    counted = invites.mutate(cx_old=ripe, cx_new=ripe * _customer_won(invites))
    return counted.group_by("referrer_customer_id").agg(
        invited_at=counted.invited_at.min(), cx_old=counted.cx_old.sum(), cx_new=counted.cx_new.sum()
    )


REFERRAL_K = Ratio(
    key="referral_k",
    name=mark("customers for each inviter (k)"),
    question=mark("How many new customers does a customer who invites bring?"),
    explanation=mark(
        "Invitations for each customer who invites, times the share of them that become customers. Below 1 a company "
        "does not grow by referrals alone. Those who invite nobody are not in it: of all customers it is lower."
    ),
    unit_of_analysis=mark("customer who invited, by the day of the first invitation"),
    tables=("referrals",),
    needs={"referrals": NEEDS},
    date="invited_at",
    rows=_inviters,
    set_aside=lambda rows, rule: [("immature", rows.cx_old == 0)],
    rules=(
        Rule(
            key="customers",
            name=mark("customers won"),
            explanation=mark("Customers who came of invitations that are 30 days old, for each who invited."),
            numerator=lambda rows: rows.cx_new,
            interval="student",
            unit="ratio",
        ),
    ),
    abuses=(mark("telling k of those who invite as if everybody did"),),
    source="Viral coefficient of growth practice; interval: Student 1908.",
    synonyms=("coeficiente viral", "fator k", "k-factor", "viral coefficient"),
    cluster=("referrer_customer_id",),
)

REFERRALS = (REFERRAL_SHARE, INVITATION_CONVERSION, REFERRAL_K)
