"""NPS after a purchase: what everybody asked would have said, and who says it.

Truth T01b, digital orders: who is pleased answers more, and nothing in the tables explains it (missing not
at random). A random 15% of the silent are called, and all of them answer: the second phase of Hansen &
Hurwitz (1946). Truth T20, store purchases: whoever answers is a fair sample, until one store begs.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import labels, texts
from cxlib.world.comments import TOPICS
from cxlib.world.counting import count, together
from cxlib.world.days import DAY, END, day
from cxlib.world.randomness import Source, nearby, pick, quantile, whole
from cxlib.world.relational import WITHIN, delays

# Detractors, passives, promoters, the same for everybody everywhere: +10.
BANDS = (0.30, 0.30, 0.40)
SCORES = [band * share for band, shares in zip(BANDS, WITHIN, strict=True) for share in shares]
DRIFT = 0.8  # these answers owe more to the purchase than to loyalty
WILL_DRIFT = 0.5
MONEY_CAME = ("paid", "shipped", "delivered")
BOUNCED = 0.02
# Digital orders (T01b): the share asked, days and hour from order to question, who answers by band (detractors,
# passives, promoters). The last are asked early enough that the silent can still be called.
DIGITAL = ("web", "app", "marketplace", "whatsapp")
ASKED, AFTER, HOUR = 0.63, 9 * DAY, 10 * 3600
ANSWERS = np.array([0.20, 0.10, 0.30])
CALLED, CALLED_AFTER, OFFICE_HOURS = 0.15, 14 * DAY, 8 * 3600
FOLLOW_UP = "follow-up"
# Store purchases (T20): all are asked the next day; from May 2025 one store begs for a ten.
STORE_ANSWERS = 0.20
BEGGAR, BEGS_FROM = "s17", day("2025-05-01") * DAY
BEGGED_ANSWERS, FORCED = 0.55, 0.70
CHANNELS = ("email", "whatsapp", "app", "sms", "phone")
CHANNEL_SHARES = ((0.50, 0.30, 0.20, 0.00), (0.15, 0.60, 0.00, 0.25))
# What comes to mind: after a digital order, and after a store.
ABOUT = (("entrega", "produto", "preco", "aplicativo", "pagamento"), ("loja", "atendimento", "produto", "preco"))
ABOUT_SHARES = ((0.40, 0.25, 0.15, 0.10, 0.10), (0.40, 0.25, 0.20, 0.15))


def asked(source: Source, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return one row per purchase asked about: the potential score, what is said, who answers, who is called."""
    bought = orders[orders["status"].isin(MONEY_CAME)]
    chosen = source.uniforms("purchase asked", len(orders))[bought.index] < ASKED
    store = bought["store_id"].notna().to_numpy()
    bought = bought[store | (chosen & bought["channel"].isin(DIGITAL).to_numpy())]
    size, store = len(bought), bought["store_id"].notna().to_numpy()
    person = bought["_person"].to_numpy()
    begged = (bought["store_id"] == BEGGAR).to_numpy() & (bought["_placed"].to_numpy() >= BEGS_FROM)
    score = pick(nearby(_trait(people, "_loyalty", person), source.uniforms("purchase mood", size), DRIFT), SCORES)
    will = nearby(_trait(people, "_willingness", person), source.uniforms("purchase will", size), WILL_DRIFT)
    chance = np.where(store, STORE_ANSWERS, ANSWERS[_band(score)])
    forced = begged & (source.uniforms("begged for ten", size) < FORCED)
    columns = {
        "_person": person,
        "order_id": bought["order_id"].to_numpy(),
        "_store": store,
        "_begged": begged,
        "_potential": score,
        "_score": np.where(forced, 10, score),
        "_sent": _sent(source, bought["_placed"].to_numpy(), store),
        "delivered": source.uniforms("purchase bounced", size) >= BOUNCED,
        "_answers": will < np.where(begged, BEGGED_ANSWERS, chance),
        "_delay": delays(source, "purchase", size),
        "_called": source.uniforms("purchase called", size) < CALLED,
    }
    frame = pd.DataFrame(columns)
    last = np.where(store, END, END - CALLED_AFTER - OFFICE_HOURS - DAY)
    return frame[frame["_sent"] < last].reset_index(drop=True)


def invites(source: Source, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the invitations: the first ones, then the calls to some of those who stayed silent."""
    store = asked["_store"].to_numpy().astype("int64")
    topic = [_topics(source, own, ABOUT[own], len(asked)) for own in (0, 1)]
    channel = [pick(source.uniforms(f"purchase channel {own}", len(asked)), CHANNEL_SHARES[own]) for own in (0, 1)]
    first = asked.assign(
        _channel=np.where(store == 1, channel[1], channel[0]),
        _topic=np.where(store == 1, topic[1], topic[0]),
        _answers=asked["_answers"] & asked["delivered"],
        wave=texts([None] * len(asked)),
    )
    both = pd.concat([first, _calls(source, first)], ignore_index=True)
    return both.assign(
        type=texts(["nps"] * len(both)),
        kind=texts(["transactional"] * len(both)),
        channel=labels(CHANNELS, both["_channel"].to_numpy()),
        ticket_id=texts([None] * len(both)),
        order_id=texts(both["order_id"]),
    )


def counts(asked: pd.DataFrame) -> Counter[str]:
    """Return the sums behind truths T01b and T20: the NPS of what everybody reached would say unbidden."""
    reached = asked[asked["delivered"]]
    net = 100 * ((reached["_potential"] >= 9).astype("int64") - (reached["_potential"] <= 6))
    groups = {"T01b": ~reached["_store"], "T20": reached["_begged"]}
    return together(*(count(key, int(net[those].sum()), of=int(those.sum())) for key, those in groups.items()))


def _trait(people: pd.DataFrame, name: str, person: np.ndarray) -> np.ndarray:
    return people[name].to_numpy()[person]


def _band(score: np.ndarray) -> np.ndarray:
    """Return 0, 1, 2 for detractors, passives, promoters."""
    return (score >= 7).astype("int64") + (score >= 9)


def _sent(source: Source, placed: np.ndarray, store: np.ndarray) -> np.ndarray:
    """Return when each is asked: in the hour after ten, the next day or nine days after the order."""
    minute = 60 * whole(source.uniforms("purchase batch", len(placed)), 60)
    return placed // DAY * DAY + np.where(store, DAY, AFTER) + HOUR + minute


def _topics(source: Source, number: int, names: tuple[str, ...], size: int) -> np.ndarray:
    positions = np.array([TOPICS.index(name) for name in names])
    return positions[pick(source.uniforms(f"purchase topic {number}", size), ABOUT_SHARES[number])]


def _calls(source: Source, first: pd.DataFrame) -> pd.DataFrame:
    """Return the second invitation of the silent who are called: by phone, and answered within minutes."""
    silent = first[first["_called"] & ~first["_store"] & first["delivered"] & ~first["_answers"]]
    moment = whole(source.uniforms("call moment", len(first)), OFFICE_HOURS)[silent.index]
    talk = quantile(source.uniforms("call length", len(first)), [0, 0.5, 1], [40, 120, 600])[silent.index]
    return silent.assign(
        _channel=CHANNELS.index("phone"),
        wave=texts([FOLLOW_UP] * len(silent)).to_numpy(),
        _answers=True,
        _sent=silent["_sent"] + CALLED_AFTER + moment,
        _delay=talk,
    )
