"""Tickets: when customers need help, how long they wait, and how it ends."""

import math

import numpy as np
import pandas as pd

from cxlib.world import days, outage
from cxlib.world.clock import SEVERE, clock
from cxlib.world.columns import identifiers, instants, labels, row_numbers
from cxlib.world.days import DAY
from cxlib.world.handoffs import handoffs
from cxlib.world.randomness import DECIMALS, Source, pick, pick_by

TICKETS = (
    *("ticket_id", "customer_id", "channel", "category", "subject", "priority", "severity", "status"),
    *("created_at", "first_human_reply_at", "solved_at", "closed_at", "reopened_count"),
    *("sla_policy_id", "order_id", "agent_id", "team"),
)
# Share of customers, not members and members of the club, with a ticket in the 90 days before a wave:
# 0.15 / 0.65 and 0.05 / 0.35 (truth T01).
TICKETED = (3 / 13, 1 / 7)
WINDOW = 90 * DAY
WAVES = {"2025-04": days.day("2025-04-07"), "2025-10": days.day("2025-10-06")}

CHANNELS = ("whatsapp", "chat", "phone", "email", "social", "store")
CHANNEL_SHARES = (0.34, 0.20, 0.20, 0.16, 0.06, 0.04)
TEAMS = ("digital", "digital", "telefone", "retaguarda", "digital", "lojas")
# Category: share, whether it is about an order, subjects.
CATEGORIES = {
    "entrega": (0.28, True, ("Pedido atrasado", "Onde está meu pedido?", "Entrega incompleta")),
    "troca_devolucao": (0.17, True, ("Quero trocar o produto", "Devolução e reembolso")),
    "produto": (0.18, True, ("Produto com defeito", "Dúvida sobre a montagem", "Peça faltando")),
    "pagamento": (0.14, True, ("Pagamento recusado", "Boleto não compensado", "Cobrança em dobro")),
    "cadastro": (0.12, False, ("Não consigo entrar na conta", "Atualizar meus dados")),
    "clube": (0.06, False, ("Dúvida sobre o Clube Ipê", "Cancelar o Clube Ipê")),
    "outros": (0.05, False, ("Sugestão", "Elogio", "Outro assunto")),
}
SUBJECTS = [(subject, name) for name, (_, _, subjects) in CATEGORIES.items() for subject in subjects]
PRIORITIES = ("low", "normal", "high", "urgent")
PRIORITY_SHARES = ((0.35, 0.50, 0.13, 0.02), (0.05, 0.25, 0.45, 0.25))  # by severity low, high
LINKED = 90 * DAY  # a ticket names the last order of the customer that is at most this old
KEY = 2**40  # larger than any second, so that person * KEY + second sorts by person, then time


def tickets(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the tickets of a shard, by customer and time, with what the customer went through."""
    usual = contacts(source, people).assign(_outage=False)
    opened = pd.concat([usual, outage.outage(source, people, _affected(people))], ignore_index=True)
    person, created, size = opened["_person"].to_numpy(), opened["_created"].to_numpy(), len(opened)
    channel = pick(source.uniforms("ticket channel", size), CHANNEL_SHARES)
    category = pick(source.uniforms("category", size), [share for share, _, _ in CATEGORIES.values()])
    channel = np.where(opened["_outage"], CHANNELS.index(outage.CHANNEL), channel)
    category = np.where(opened["_outage"], list(CATEGORIES).index(outage.CATEGORY), category)
    severe = (source.uniforms("severity", size) < SEVERE).astype("int64")
    priority = pick_by(source.uniforms("priority", size), severe, PRIORITY_SHARES)
    timing = clock(source, created, channel, severe)
    delivery = category == list(CATEGORIES).index("entrega")
    columns = {
        "customer_id": people["customer_id"].take(person).reset_index(drop=True),
        "channel": labels(CHANNELS, channel),
        "category": labels(list(CATEGORIES), category),
        "subject": _subjects(source, category),
        "priority": labels(PRIORITIES, priority),
        "severity": labels(("low", "high"), severe),
        "created_at": instants(created),
        **timing,
        "sla_policy_id": labels([f"sla_{name}" for name in CHANNELS], channel),
        "order_id": _orders(orders, person, created, category),
        "team": labels(TEAMS, channel),
        **opened,
        "_channel": channel,
        "_category": category,
        "_severe": severe,
        **handoffs(source, channel, delivery, created, timing),
    }
    rows = pd.DataFrame(columns).sort_values(["_person", "_created"], kind="stable", ignore_index=True)
    return rows.assign(ticket_id=identifiers("t", row_numbers(source.shard, size)))


def contacts(source: Source, people: pd.DataFrame) -> pd.DataFrame:
    """Return who asks for help and when, by customer and time."""
    club = people["club_member"].to_numpy().astype("int64")
    counts = pick_by(source.uniforms("tickets", len(people)), club, [_counts(p) for p in TICKETED])
    person = np.repeat(np.arange(len(people)), counts)
    created = days.moments(source, "ticket", days.TICKETS, len(person)) + days.times_of_day(
        source, "ticket", (days.SERVICE_HOURS,), np.zeros(len(person), dtype="int64")
    )
    there = created > people["_signed_up"].to_numpy()[person]
    order = np.lexsort((created[there], person[there]))
    return pd.DataFrame({"_person": person[there][order], "_created": created[there][order]})


def _rate(ticketed: float) -> float:
    """Return the mean number of tickets in the two years, such that this share has one in a wave's window.

    Tickets come as a Poisson process: one or more in a window with probability 1 - exp(-rate x share),
    where share is the window's part of the calendar's weight.
    """
    window = np.mean([days.TICKETS[day - 90 : day].sum() for day in WAVES.values()]) / days.TICKETS.sum()
    return round(-math.log(1 - ticketed) / float(window), DECIMALS)


def _affected(people: pd.DataFrame) -> np.ndarray:
    """Return the mean number of tickets of each customer, in the two years, that an outage would multiply."""
    share = CHANNEL_SHARES[CHANNELS.index(outage.CHANNEL)] * CATEGORIES[outage.CATEGORY][0]
    return share * np.array([_rate(ticketed) for ticketed in TICKETED])[people["club_member"].astype("int64")]


def _counts(ticketed: float) -> list[float]:
    """Return P(0), P(1) ... tickets in the two years."""
    rate = _rate(ticketed)
    return [round(math.exp(-rate) * rate**k / math.factorial(k), DECIMALS) for k in range(16)]


def had_ticket(tickets: pd.DataFrame, person: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return whether each person opened a ticket in the 90 days before a second, that second left out."""
    keys = tickets["_person"].to_numpy() * KEY + tickets["_created"].to_numpy()
    before = person * KEY + second
    return np.searchsorted(keys, before) > np.searchsorted(keys, np.maximum(before - WINDOW, person * KEY))


def _subjects(source: Source, category: np.ndarray) -> pd.Series:
    table = [[float(name == own) for _, own in SUBJECTS] for name in CATEGORIES]
    chosen = pick_by(source.uniforms("subject", len(category)), category, table)
    return labels([subject for subject, _ in SUBJECTS], chosen)


def _orders(orders: pd.DataFrame, person: np.ndarray, created: np.ndarray, category: np.ndarray) -> pd.Series:
    """Return the customer's last order of the past 90 days, for the categories that are about an order."""
    # A first order by nobody, ages ago, so that there always is a last one.
    keys = np.append(-KEY, orders["_person"].to_numpy() * KEY + orders["_placed"].to_numpy())
    names = np.append(np.array([None], dtype="object"), orders["order_id"].to_numpy(dtype="object"))
    last = np.searchsorted(keys, person * KEY + created) - 1
    recent = person * KEY + created - keys[last] <= LINKED
    about = np.array([about for _, about, _ in CATEGORIES.values()])[category]
    return labels(names, last, recent & about)
