"""Who works at Ipê, and what each team's monthly pulse says: totals only, never the answer of one person.

From April 2025 the stores with the new roster (truth T07) feel it: 0.8 points on the scale of 1 to 5.
"""

import numpy as np
import pandas as pd

from cxlib.world.clock import AGENTS
from cxlib.world.columns import dates, identifiers, labels
from cxlib.world.days import DAYS, MONTHS
from cxlib.world.randomness import Source, quantile
from cxlib.world.service import TEAMS
from cxlib.world.stores import COUNT, ROSTER_FROM, rostered, store_ids

EMPLOYEES = ("employee_id", "store_id", "team", "role", "hired_on", "left_on")
EX_PULSE = (
    *("team", "month_on", "store_id", "mean", "deviation", "n", "invited"),
    *("promoters", "passives", "detractors"),
)
AGENT_COUNT = 114  # a001 to a114 answer tickets, all through the calendar
STAFF = ("gerente", "vendedor", "vendedor", "vendedor", "vendedor", "caixa")  # of each store
STAY = 3  # the first of these were there before the calendar and stay
REGIONAL = 2
TEAM_NAMES = [*dict.fromkeys(TEAMS), *(f"loja_{name}" for name in store_ids())]
LEAVE = 0.5
# Hundredths of a point: everybody, and what a team, a person and a month add. Nobody leaves the scale of 1 to 5.
EX, ROSTER = 370, -80
SPREAD_AT = (0, 0.10, 0.25, 0.50, 0.75, 0.90, 1)
TEAM, PERSON, MOOD = (
    (-15, -10, -5, 0, 5, 10, 15),
    (-60, -34, -14, 3, 18, 30, 39),
    (-110, -70, -35, 5, 42, 66, 76),
)
ANSWERS = 0.82
FEWEST = 3  # a smaller team's month is not published
PASSIVE, PROMOTER = 345, 415  # answers from here on are passive, promoting


def employees(source: Source) -> pd.DataFrame:
    """Return the 260 employees: agents of four teams, the staff of the stores, two regional managers."""
    team, store, role, stays = _positions()
    size = len(team)
    before = quantile(source.uniforms("hired before", size), [0, 0.5, 1], [-1_450, -700, -20])
    later = quantile(source.uniforms("hired later", size), [0, 0.5, 1], [-1_450, -200, 600])
    hired = np.where(stays, before, later)
    left = hired + quantile(source.uniforms("days at work", size), [0, 0.5, 1], [60, 400, 1_600])
    gone = ~stays & (source.uniforms("leaves", size) < LEAVE) & (left >= 0) & (left < DAYS)
    columns = {
        "employee_id": identifiers("a", np.arange(1, size + 1), digits=3),
        "store_id": labels([*store_ids(), None], store),
        "team": labels(TEAM_NAMES, team),
        "role": labels(("atendente", "gerente_regional", *dict.fromkeys(STAFF)), role),
        "hired_on": dates(hired),
        "left_on": dates(left, gone),
        "_team": team,
        "_store": store,
        "_hired": hired,
        "_left": np.where(gone, left, DAYS),
    }
    return pd.DataFrame(columns)


def _positions() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return team, store (24 where there is none), role and whether they are there throughout, by employee."""
    agents = np.zeros(AGENT_COUNT, dtype="int64")
    for name, (first, number) in zip(TEAMS, AGENTS, strict=True):
        agents[first - 1 : first - 1 + number] = TEAM_NAMES.index(name)
    desks = TEAM_NAMES.index("lojas")
    homes = np.full(AGENT_COUNT, COUNT)
    homes[agents == desks] = np.arange(COUNT)  # one agent at the desk of each store
    shops = np.repeat(np.arange(COUNT), len(STAFF))
    roles = ["atendente", "gerente_regional", *dict.fromkeys(STAFF)]
    staff = np.tile([roles.index(name) for name in STAFF], COUNT)
    regional = np.ones(REGIONAL, dtype="int64")
    return (
        np.concatenate([agents, len(set(TEAMS)) + shops, desks * regional]),
        np.concatenate([homes, shops, COUNT * regional]),
        np.concatenate([np.zeros(AGENT_COUNT, dtype="int64"), staff, regional]),
        np.concatenate([agents >= 0, np.tile(np.arange(len(STAFF)) < STAY, COUNT), regional > 0]),
    )


def ex_pulse(source: Source, employees: pd.DataFrame) -> pd.DataFrame:
    """Return what each team answered each month, where enough did."""
    there = _there(source, employees)
    keys = [there["_team"], there["_month"]]
    answers = there[there["_answers"]]
    value = answers["_value"]
    made = {
        "sum": value,
        "square": value**2,
        "n": value > 0,
        "promoters": value >= PROMOTER,
        "passives": (value >= PASSIVE) & (value < PROMOTER),
        "detractors": value < PASSIVE,
    }
    sums = pd.DataFrame(made).astype("int64").groupby([answers["_team"], answers["_month"]]).sum()
    sums["invited"] = there.groupby(keys).size()
    sums = sums[sums["n"] >= FEWEST].reset_index()
    n, total, team = sums["n"], sums["sum"], sums["_team"].to_numpy()
    return sums.assign(
        team=labels(TEAM_NAMES, team),
        month_on=dates(MONTHS[sums["_month"].to_numpy()]),
        store_id=labels([*[None] * len(set(TEAMS)), *store_ids()], team),
        mean=(total / n / 100).round(2),
        deviation=(((n * sums["square"] - total**2) / (n * (n - 1))) ** 0.5 / 100).round(2),
    )


def _there(source: Source, employees: pd.DataFrame) -> pd.DataFrame:
    """Return each employee in each month at work: whether they answer, and what they would, in hundredths."""
    size = len(employees)
    person, period = np.repeat(np.arange(size), 24), np.tile(np.arange(24), size)
    team = employees["_team"].to_numpy()
    mood = quantile(source.uniforms("ex month", size * 24), SPREAD_AT, MOOD)
    own = quantile(source.uniforms("ex person", size), SPREAD_AT, PERSON)
    of_team = quantile(source.uniforms("ex team", len(TEAM_NAMES)), SPREAD_AT, TEAM)
    changed = np.append([False] * len(set(TEAMS)), rostered(source))[team]
    value = EX + (of_team[team] + own)[person] + mood
    value = value + np.where(changed[person] & (MONTHS[period] >= ROSTER_FROM), ROSTER, 0)
    columns = {
        "_team": team[person],
        "_month": period,
        "_value": value,
        "_answers": source.uniforms("ex answers", size * 24) < ANSWERS,
    }
    first = MONTHS[period]
    at_work = (employees["_hired"].to_numpy()[person] <= first) & (employees["_left"].to_numpy()[person] > first)
    return pd.DataFrame(columns)[at_work]
