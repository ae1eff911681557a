"""Marketing: what it spent, whom it wrote to, what it credits itself with, whom customers invited (truths T10, T18).

Every campaign here has no effect of its own: the calendar already says how much people buy. The one of the consumer
week of 2025 fell in the busiest week of March, as that week is every year (truth T10).
"""

import numpy as np
import pandas as pd

from cxlib.world import days
from cxlib.world.columns import dates, identifiers, instants, labels, row_numbers, texts
from cxlib.world.days import DAY, DAYS, END
from cxlib.world.randomness import Source, pick, quantile, whole
from cxlib.world.timeline import CHANNELS

# Name, channel, first and last day, messages sent.
CAMPAIGNS = (
    ("Volta às aulas 2024", "email", "2024-01-22", "2024-02-02", 3_100),
    ("Dia das Mães 2024", "email", "2024-04-29", "2024-05-12", 4_300),
    ("Black Friday 2024", "email", "2024-11-18", "2024-12-01", 7_400),
    ("Semana do consumidor 2025", "email", "2025-03-10", "2025-03-16", 7_900),
    ("Dia das Mães 2025", "whatsapp", "2025-04-28", "2025-05-11", 4_200),
    ("Casa nova", "social", "2025-07-01", "2025-08-31", 0),
    ("Black Friday 2025", "email", "2025-11-17", "2025-11-30", 7_800),
)
PAID = {"google": (42_000, 95, 1_900), "instagram": (26_000, 60, 2_600), "parceiros": (9_000, 120, 400)}
SALARIES, TOOLS = 4_200_000, 890_000  # cents a month
GOALS = ("newsletter", "orcamento", "aviso_de_estoque")


def campaigns() -> pd.DataFrame:
    """Return the campaigns, the same in every world."""
    size = len(CAMPAIGNS)
    names, channels, first, last, sent = zip(*CAMPAIGNS, strict=True)
    mailed = np.array(sent)
    number = np.arange(size)
    return pd.DataFrame(
        {
            "campaign_id": identifiers("m", number + 1, digits=2),
            "name": texts(list(names)),
            "channel": texts(list(channels)),
            "started_at": instants(np.array([days.day(date) for date in first]) * DAY + 9 * 3_600),
            "ended_at": instants((np.array([days.day(date) for date in last]) + 1) * DAY),
            "sent": mailed,
            "delivered": mailed * 97 // 100,
            "opened": mailed * (31 + number) // 100,
            "clicked": mailed * (4 + number % 3) // 100,
            "unsubscribed": mailed * 3 // 1_000,
            "cost_cents": 150_000 + mailed * 12,
            "currency": texts(["BRL"] * size),
        }
    )


def ad_spend(source: Source) -> pd.DataFrame:
    """Return the cost of each paid source and day, and of people and tools by month."""
    day, kind = np.divmod(np.arange(DAYS * len(PAID)), len(PAID))
    height, price, reach = np.array(list(PAID.values())).T
    noise = 0.8 + 0.4 * source.uniforms("spend", len(day))
    busy = np.minimum(days.ORDERS[day], 2.0)
    cost = np.rint(height[kind] * busy * noise).astype("int64")
    clicks = cost // price[kind]
    shown = clicks * (20 + whole(source.uniforms("impressions", len(day)), 30)) + reach[kind]
    media = pd.DataFrame(
        {
            "date_on": dates(day),
            "source": labels(list(PAID), kind),
            "cost_kind": texts(["media"] * len(day)),
            "cost_cents": cost,
            "impressions": pd.array(shown, dtype="Int64"),
            "clicks": pd.array(clicks, dtype="Int64"),
            "viewers": pd.array(shown * 6 // 10, dtype="Int64"),
            "clickers": pd.array(clicks * 9 // 10, dtype="Int64"),
        }
    )
    months = pd.date_range("2024-01-01", "2025-12-01", freq="MS").as_unit("us")
    shared = pd.DataFrame(
        {
            "date_on": np.repeat(months, 2),
            "source": texts([None] * 48),
            "cost_kind": texts(["salaries", "tools"] * 24),
            "cost_cents": [SALARIES, TOOLS] * 24,
        }
    )
    rows = pd.concat([media, shared], ignore_index=True)
    return rows.assign(
        spend_id=identifiers("x", np.arange(1, len(rows) + 1), digits=5),
        campaign_id=texts([None] * len(rows)),
        currency=texts(["BRL"] * len(rows)),
    )


def referrals(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the invitations behind the referred customers, and as many again that led nowhere."""
    came = people[people["referrer_customer_id"].notna()].reset_index(drop=True)
    size = len(came)
    waits = quantile(source.uniforms("invited before", 2 * size), (0, 0.5, 1), (3_600, 2 * DAY, 20 * DAY))
    signed_up = came["_signed_up"].to_numpy()
    lost_at = np.maximum(signed_up, 0) + whole(source.uniforms("lost invitation", size), 200) * DAY
    second = np.concatenate([signed_up, np.minimum(lost_at, END - 1)]) - waits
    none = texts([None] * size)
    paid = orders[orders["paid_at"].notna()].drop_duplicates("customer_id").set_index("customer_id")["order_id"]
    how = pick(source.uniforms("known by", 2 * size), (0.5, 0.35, 0.15))
    return pd.DataFrame(
        {
            "referral_id": identifiers("f", row_numbers(source.shard, 2 * size)),
            "referrer_customer_id": pd.concat([came["referrer_customer_id"]] * 2, ignore_index=True),
            "customer_id": pd.concat([came["customer_id"], none], ignore_index=True),
            "channel": labels(
                ("whatsapp", "email", "social"), pick(source.uniforms("invites by", 2 * size), (6, 2, 2))
            ),
            "invited_at": instants(second),
            "signed_up_at": pd.concat(
                [came["signed_up_at"], instants(np.zeros(size), np.zeros(size, dtype="bool"))], ignore_index=True
            ),
            "order_id": pd.concat([came["customer_id"].map(paid), none], ignore_index=True),
            "known_by": labels(("link", "code", "declared"), how),
            "verified": source.uniforms("verified", 2 * size) < 0.9,
        }
    )


def conversions(source: Source, sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the goals that people reached in visits without a purchase: one visit in thirty."""
    reached = (source.uniforms("goal", len(sessions)) < 1 / 30) & (sessions["_order"] < 0) & ~sessions["is_bot"]
    reached &= sessions["interactions"] > 1
    rows = sessions[reached].reset_index(drop=True)
    size = len(rows)
    return rows.assign(
        conversion_id=identifiers("g", row_numbers(source.shard, size)),
        converted_at=rows["ended_at"],
        name=labels(GOALS, pick(source.uniforms("which goal", size), (0.6, 0.25, 0.15))),
        value_cents=pd.array([pd.NA] * size, dtype="Int64"),
        currency=texts([None] * size),
    )


def web_daily(sessions: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the day's totals by source, medium and device, as an analytics screen shows them."""
    revenue = np.append(orders["total_cents"].to_numpy(), 0)[sessions["_order"].to_numpy()]
    local = (sessions["started_at"] - pd.Timedelta(hours=3)).dt.normalize()
    first = sessions.groupby("identity_id")["started_at"].transform("min") == sessions["started_at"]
    keys = {"date_on": local, **{name: sessions[name] for name in ("source", "medium", "device")}}
    rows = pd.DataFrame({**keys, "_revenue": revenue, "_new": first.astype("int64"), "_engaged": sessions["engaged"],
                         "key_events": sessions["key_events"], "identity_id": sessions["identity_id"]})  # fmt: skip
    by = rows.groupby(list(keys), sort=True)
    return by.agg(
        users=("identity_id", "nunique"),
        new_users=("_new", "sum"),
        sessions=("identity_id", "size"),
        engaged_sessions=("_engaged", "sum"),
        key_events=("key_events", "sum"),
        revenue_cents=("_revenue", "sum"),
    ).reset_index()


def deals(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the opportunities of the sales representatives: each order of theirs was won, twice as many were not."""
    won = orders[orders["_channel"] == CHANNELS.index("sales_rep")].reset_index(drop=True)
    lost = 2 * len(won)
    size = 3 * len(won)
    is_won = np.arange(size) < len(won)
    names = people["customer_id"].to_numpy(dtype="object")
    owner = whole(source.uniforms("deal owner", size), len(people))
    closed = np.concatenate(
        [won["_placed"].to_numpy(), DAY * days.moments(source, "deal", days.ORDERS, lost) // DAY + 15 * 3_600]
    )
    opened = closed - quantile(
        source.uniforms("sales cycle", size), (0, 0.5, 0.9, 1), (DAY, 9 * DAY, 40 * DAY, 90 * DAY)
    )
    still = ~is_won & (source.uniforms("deal open", size) < 0.15)
    stage = pick(source.uniforms("deal stage", size), (0.4, 0.35, 0.25))
    value = quantile(source.uniforms("deal value", size), (0, 0.5, 0.9, 1), (9_900, 52_000, 310_000, 900_000))
    value[is_won] = won["total_cents"]
    customers = names[owner]
    customers[is_won] = won["customer_id"]
    came = pick(source.uniforms("deal from", size), (0.5, 0.3, 0.2))
    reason = pick(source.uniforms("loss reason", size), (0.4, 0.25, 0.2, 0.15))
    return pd.DataFrame(
        {
            "deal_id": identifiers("z", row_numbers(source.shard, size)),
            "customer_id": texts(customers),
            "title": texts(["Proposta"] * size),
            "created_at": instants(opened),
            "closed_at": instants(closed, ~still),
            "pipeline": texts(["representantes"] * size),
            "stage": labels(("contato", "proposta", "negociacao", "fechado"), np.where(is_won, 3, stage)),
            "outcome": labels(("lost", "open", "won"), np.where(is_won, 2, still.astype("int64"))),
            "loss_reason": labels(("preco", "prazo", "concorrente", "sem_resposta"), reason, ~is_won & ~still),
            "source": labels(("visita", "indicacao", "telefone"), came),
            "campaign_id": texts([None] * size),
            "employee_id": identifiers("a", 115 + whole(source.uniforms("rep", size), 12), digits=3),
            "value_cents": value,
            "monthly_cents": np.zeros(size, dtype="int64"),
            "currency": texts(["BRL"] * size),
        }
    )
