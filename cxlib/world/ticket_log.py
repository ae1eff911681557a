"""The log of each ticket: messages, transfers, what was asked, solved and reopened, in step with `tickets`."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from cxlib.world import carrier
from cxlib.world.clock import AGENTS
from cxlib.world.columns import identifiers, instants, row_numbers
from cxlib.world.days import END
from cxlib.world.handoffs import TRANSFERS
from cxlib.world.randomness import Source, whole
from cxlib.world.service import CATEGORIES, CHANNELS, TEAMS

TICKET_EVENTS = (
    *("ticket_event_id", "ticket_id", "occurred_at", "event_type", "actor", "agent_id", "channel", "is_public"),
    *("status", "priority", "from_team", "to_team", "data_asked", "touch_minutes", "sla_policy_id"),
    *("sla_target", "due_at"),
)
BOT_CHANNELS = [CHANNELS.index("whatsapp"), CHANNELS.index("chat")]
OUR_TEAMS = tuple(dict.fromkeys(TEAMS))
OF_TEAM = dict(zip(TEAMS, AGENTS, strict=True))
FIRST_ASKS = ("cpf;email", "cpf;order_id")  # by whether the ticket is about an order
ASKS_AGAIN = "cpf"
REOPENED = 0.6  # how far into the time until the next solution the customer writes again
SPARSE = ("priority", "sla_policy_id", "sla_target")  # what this company's log does not hold


def ticket_log(source: Source, tickets: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the events of the tickets of a shard, by ticket and time, and the sums behind truth T24."""
    case = {name: tickets[name].to_numpy() for name in tickets if str(name).startswith("_")}
    agents, teams = _hands(source, tickets)
    process, counts = carrier.steps(source, tickets)
    blocks = [
        *_openings(source, case, tickets["channel"].to_numpy(), agents[:, 0]),
        *_transfers(source, case, tickets["channel"].to_numpy(), agents, teams),
        *_process(process, tickets, agents[:, 0]),
        *_endings(case, tickets["reopened_count"].to_numpy(), tickets["channel"].to_numpy(), agents[:, -1]),
    ]
    rows = pd.concat([pd.DataFrame(block) for block in blocks], ignore_index=True)
    rows = rows[rows["_at"] < END].sort_values(["_ticket", "_at"], kind="stable", ignore_index=True)
    rows = rows.assign(
        ticket_event_id=identifiers("te", row_numbers(source.shard, len(rows))),
        ticket_id=tickets["ticket_id"].take(rows["_ticket"].to_numpy()).array,
        occurred_at=instants(rows["_at"].to_numpy()),
        due_at=instants(np.zeros(len(rows)), np.zeros(len(rows), dtype="bool")),
        **dict.fromkeys(SPARSE),
    ).reindex(columns=list(TICKET_EVENTS))
    texts = [name for name in rows if name not in ("occurred_at", "due_at", "is_public", "touch_minutes")]
    return rows.astype(dict.fromkeys(texts, "str")), counts


def _block(position: np.ndarray, at: np.ndarray, event_type: str, actor: str, **columns: Any) -> dict[str, Any]:
    """Return events of one kind; a customer sees messages, and nothing else."""
    public = event_type == "message"
    return {"_ticket": position, "_at": at, "event_type": event_type, "actor": actor, "is_public": public, **columns}


def _hands(source: Source, tickets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return agent and team in charge at first and after each possible transfer, the last as in `tickets`.

    Every transfer changes the team, so the path is walked back from the team that closed the case.
    """
    size, transfers = len(tickets), tickets["_transfers"].to_numpy()
    team = np.array([OUR_TEAMS.index(name) for name in TEAMS])[tickets["_channel"]]
    last = tickets["agent_id"].to_numpy(dtype="object")
    first, many = np.array([OF_TEAM[name] for name in OUR_TEAMS]).T
    agents, teams = [last], [team]
    for k in reversed(range(len(TRANSFERS) - 1)):
        left = transfers > k
        other = (teams[0] + 1 + whole(source.uniforms(f"log team {k}", size), len(OUR_TEAMS) - 1)) % len(OUR_TEAMS)
        team = np.where(left, other, teams[0])
        number = first[team] + whole(source.uniforms(f"log agent {k}", size), many[team])
        agents.insert(0, np.where(left, identifiers("a", number, digits=3).to_numpy(dtype="object"), agents[0]))
        teams.insert(0, team)
    return np.stack(agents, axis=1), np.array(OUR_TEAMS, dtype="object")[np.stack(teams, axis=1)]


def _openings(source: Source, case: dict, channel: np.ndarray, agent: np.ndarray) -> list[dict[str, Any]]:
    """Return the customer's first message, the bot's greeting, and the first human reply, which asks who it is."""
    everyone, replied = np.arange(len(channel)), case["_replied"]
    greeted = case["_created"] + 2 + whole(source.uniforms("log greeting", len(channel)), 20)
    bot = np.flatnonzero(np.isin(case["_channel"], BOT_CHANNELS) & (greeted < replied))
    about_order = np.array([about for _, about, _ in CATEGORIES.values()], dtype="int64")[case["_category"]]
    asked = np.array(FIRST_ASKS, dtype="object")[about_order]
    human = {"agent_id": agent, "channel": channel, "status": "open", "data_asked": asked}
    return [
        _block(everyone, case["_created"], "message", "customer", channel=channel, status="new"),
        _block(bot, greeted[bot], "message", "bot", channel=channel[bot]),
        _block(everyone, replied, "message", "human", **human),
    ]


def _transfers(
    source: Source, case: dict, channel: np.ndarray, agents: np.ndarray, teams: np.ndarray
) -> list[dict[str, Any]]:
    """Return the transfers between our teams, evenly spaced over the work, and the questions asked again."""
    blocks = []
    gap = (np.minimum(case["_worked"], END - 1) - case["_replied"]) / (case["_transfers"] + 1)
    for k in range(len(TRANSFERS) - 1):
        late = source.uniforms(f"log repeat {k}", len(channel))
        at = case["_replied"] + np.floor(gap * (k + 1)).astype("int64")
        asks = at + np.floor(gap * (0.1 + 0.6 * late)).astype("int64")
        moved = np.flatnonzero((case["_transfers"] > k) & (case["_replied"] < END))
        again = moved[case["_again_after"][moved] // 2**k % 2 == 1]
        way = {"agent_id": agents[moved, k], "from_team": teams[moved, k], "to_team": teams[moved, k + 1]}
        asked = {"agent_id": agents[again, k + 1], "channel": channel[again], "data_asked": ASKS_AGAIN}
        blocks.append(_block(moved, at[moved], "transfer", "human", **way))
        blocks.append(_block(again, asks[again], "message", "human", **asked))
    return blocks


def _process(process: pd.DataFrame, tickets: pd.DataFrame, agent: np.ndarray) -> list[dict[str, Any]]:
    """Return the steps of delivery problems that go to the carrier, with the working time where it was taken."""
    blocks = []
    for step, rows in process.groupby("_step"):
        position, at = rows["_ticket"].to_numpy(), rows["_at"].to_numpy()
        timed = rows["_timed"].to_numpy() & (step != carrier.BACK)
        ours = {"agent_id": agent[position], "touch_minutes": np.where(timed, rows["_touch"] / 10, np.nan)}
        team, channel = (tickets[name].to_numpy()[position] for name in ("team", "channel"))
        out = {"from_team": team, "to_team": carrier.TEAM, "status": "on_hold"}
        back = {"from_team": carrier.TEAM, "to_team": team, "status": "open"}
        kinds = {
            carrier.ASK: ("message", "human", {**ours, "channel": channel, "data_asked": carrier.ASKS}),
            carrier.OUT: ("transfer", "human", {**ours, **out}),
            carrier.BACK: ("transfer", "bot", back),
            carrier.ANSWER: ("message", "human", {**ours, "channel": channel}),
        }
        event_type, actor, columns = kinds[step]
        blocks.append(_block(position, at, event_type, actor, **columns))
    return blocks


def _endings(case: dict, reopened: np.ndarray, channel: np.ndarray, agent: np.ndarray) -> list[dict[str, Any]]:
    """Return each time a ticket was solved, and the messages that reopened it; closing leaves no trace."""
    solved = np.flatnonzero(case["_solved"] < END)
    at, again = case["_worked"], case["_again"]
    blocks = [_block(solved, at[solved], "status", "human", agent_id=agent[solved], status="solved")]
    for k in range(1, int(reopened.max(initial=0)) + 1):
        back = np.flatnonzero(reopened >= k)
        block, ends = again[back], at[back] + k * again[back]
        opened = ends - np.floor(block * (1 - REOPENED)).astype("int64")
        blocks.append(_block(back, opened, "message", "customer", channel=channel[back], status="open"))
        blocks.append(_block(back, ends, "status", "human", agent_id=agent[back], status="solved"))
    return blocks
