"""Acquisition metrics: which sales are won and how long they take, and who still uses what they installed."""

from typing import TYPE_CHECKING

from cxlib.language import mark
from cxlib.metrics.conditions import COUNTED, missing, one_if
from cxlib.metrics.counting import count_cells
from cxlib.metrics.definition import Duration, Measure, Ratio, Rule, Sources
from cxlib.tables.engine import lazy_ibis

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cxlib.metrics.definition import Conditions

INSTALL_DAYS = 30
MINUTES_A_DAY = 24 * 60


def _deals(sources: Sources) -> "Table":
    return sources["deals"].mutate(cx_as_of=lazy_ibis().literal(sources.as_of))


def _open_deal(deals: "Table", rule: Rule) -> "Conditions":
    still_open = deals.outcome.isnull() | ~deals.outcome.isin(["won", "lost"])
    return [("undecided", still_open)] if rule.key == "decided" else []


WIN_RATE = Ratio(
    key="win_rate",
    name=mark("win rate"),
    question=mark("Of the sales opportunities, how many were won?"),
    explanation=mark(
        "Deals won, divided by the deals that were won or lost. Divided by all deals, open ones too, it is lower "
        "and rises by itself as they are decided."
    ),
    unit_of_analysis=mark("deal, by the day it was opened"),
    tables=("deals",),
    needs={"deals": ("deal_id", "created_at", "outcome")},
    date="created_at",
    rows=_deals,
    set_aside=_open_deal,
    rules=(
        Rule(
            key="decided",
            name=mark("of those decided"),
            explanation=mark("Open deals are set aside."),
            numerator=lambda deals: one_if(deals.outcome == "won"),
            interval="wilson",
            unit="share",
        ),
        Rule(
            key="all_deals",
            name=mark("of all"),
            explanation=mark("Open deals count as not won yet."),
            numerator=lambda deals: one_if(deals.outcome == "won"),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("leaving lost deals open"), mark("comparing salespeople whose leads differ")),
    source="CRM practice; interval: Wilson 1927.",
    synonyms=("taxa de ganho", "taxa de fechamento", "negócios ganhos"),
)


def _backwards(deals: "Table", rule: Rule) -> "Conditions":
    return [("impossible", (deals.closed_at < deals.created_at).fill_null(False))]


SALES_CYCLE = Duration(
    key="sales_cycle",
    name=mark("sales cycle"),
    question=mark("How long does it take until a deal is decided?"),
    explanation=mark(
        "From the opening of a deal to the day it was won or lost. Deals still open count as open: those that close "
        "fast are closed first, so the mean of the closed ones is too short."
    ),
    unit_of_analysis=mark("deal, by the day it was opened"),
    tables=("deals",),
    needs={"deals": ("deal_id", "created_at", "closed_at")},
    date="created_at",
    rows=_deals,
    set_aside=_backwards,
    minutes=lambda deals, rule: deals.closed_at.coalesce(deals.cx_as_of).delta(deals.created_at, unit="second") / 60,
    finished=lambda deals, rule: deals.closed_at.notnull(),
    rules=(
        Rule(
            key="median",
            name=mark("median"),
            explanation=mark("Half of the deals are decided by then."),
            interval="order_statistics",
            unit="days",
            factor=1 / MINUTES_A_DAY,
            direction="down",
        ),
        Rule(
            key="mean_of_finished",
            name=mark("mean of what is over"),
            explanation=mark("The mean of the deals already decided: what a CRM shows."),
            interval="student",
            unit="days",
            factor=1 / MINUTES_A_DAY,
            direction="down",
        ),
    ),
    abuses=(mark("telling the mean of the deals that are closed"),),
    source="Kaplan & Meier 1958; interval: Brookmeyer & Crowley 1982.",
    synonyms=("ciclo de vendas", "ciclo de venda"),
)


def _installs(sources: Sources) -> "Table":
    return sources["app_installs"].mutate(cx_as_of=lazy_ibis().literal(sources.as_of))


def _unripe_install(installs: "Table", rule: Rule) -> "Conditions":
    until = installs.installed_at + lazy_ibis().interval(days=INSTALL_DAYS)
    reasons: Conditions = [("not_first", installs.is_reinstall.fill_null(False))]
    return [*reasons, ("immature", until > installs.cx_as_of), *missing(installs, "last_active_at")]


def _again(installs: "Table", rule: Rule) -> "Conditions":
    return [("not_first", installs.is_reinstall.fill_null(False))] if rule.key == "first" else []


INSTALLS = Measure(
    key="installs",
    name=mark("app installs"),
    question=mark("On how many devices was the app installed?"),
    explanation=mark(
        "First installs of a device, at the first opening; reinstalls are left out. Stores count accounts, or "
        "installs never opened, on other days: their numbers differ. An install is no user: see installs_kept."
    ),
    unit_of_analysis=mark("first install of a device, by its day"),
    tables=("app_installs",),
    needs={"app_installs": ("install_id", "installed_at", "is_reinstall")},
    date="installed_at",
    rows=lambda sources: sources["app_installs"],
    set_aside=_again,
    cells=count_cells,
    rules=(
        Rule(
            key="first",
            name=mark("first installs"),
            explanation=mark("Devices that never had the app before."),
            interval=COUNTED,
            unit="count",
        ),
        Rule(
            key="all",
            name=mark("all installs"),
            explanation=mark("Reinstalls count too."),
            interval=COUNTED,
            unit="count",
        ),
    ),
    abuses=(mark("telling installs as users"),),
    source="AppsFlyer, Apple and Google Play: definitions of installs.",
    synonyms=("instalações", "instalação de apps", "installs"),
    cluster=("identity_id",),
    least_n=1,
    least_n_compared=1,
)


INSTALLS_KEPT = Ratio(
    key="installs_kept",
    name=mark("installs still in use"),
    question=mark("Of those who installed the app, how many still use it 30 days later?"),
    explanation=mark(
        "First installs used again 30 days later or after, divided by first installs that are 30 days old. An "
        "install is no user: the same device can install again, and most apps are opened once."
    ),
    unit_of_analysis=mark("first install of a device, by its day"),
    tables=("app_installs",),
    needs={"app_installs": ("install_id", "installed_at", "is_reinstall", "last_active_at")},
    date="installed_at",
    rows=_installs,
    set_aside=_unripe_install,
    rules=(
        Rule(
            key="day_30",
            name=mark("used on day 30 or later"),
            explanation=mark("The last use known is at least 30 days after the install."),
            numerator=lambda installs: one_if(
                installs.last_active_at >= installs.installed_at + lazy_ibis().interval(days=INSTALL_DAYS)
            ),
            interval="wilson",
            unit="share",
        ),
    ),
    abuses=(mark("telling installs as users"),),
    source="App analytics practice (D30); interval: Wilson 1927.",
    synonyms=("instalações mantidas", "d30"),
    cluster=("identity_id",),
    least_n=100,
)

ACQUISITION = (WIN_RATE, SALES_CYCLE, INSTALLS, INSTALLS_KEPT)
