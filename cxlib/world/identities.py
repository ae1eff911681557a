"""The signs by which people are recognised: cookies, logins, loyalty numbers; and the installed app."""

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, instants, labels, row_numbers, texts
from cxlib.world.days import DAY, END
from cxlib.world.randomness import Source, pick, quantile, whole

IDENTITIES = ("identity_id", "kind", "customer_id", "first_seen_at", "last_seen_at", "match_confidence")
INSTALLS = (
    *("install_id", "identity_id", "installed_at", "is_reinstall", "platform", "app_version", "source"),
    *("last_active_at", "uninstalled_at"),
)


def identities(orders: pd.DataFrame, sessions: pd.DataFrame, installs: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cookie seen in the log, login that stays, number shown at the till, device with the app."""
    parts = [_cookies(sessions), _logins(sessions), _loyalty(orders), _devices(installs)]
    return pd.concat(parts, ignore_index=True)


def _cookies(sessions: pd.DataFrame) -> pd.DataFrame:
    by = sessions.groupby("identity_id", sort=True)
    customer = by["customer_id"].first()  # the first that is not missing
    return pd.DataFrame(
        {
            "identity_id": texts(customer.index),
            "kind": texts(["cookie"] * len(customer)),
            "customer_id": customer.to_numpy(),
            "first_seen_at": by["started_at"].min().to_numpy(),
            "last_seen_at": by["ended_at"].max().to_numpy(),
            "match_confidence": np.where(customer.notna(), 1.0, np.nan),
        }
    )


def _logins(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the logins of those who stay logged in wherever they are."""
    by = sessions[sessions["_stays"]].groupby("customer_id", sort=True)
    names = by["started_at"].min()
    return pd.DataFrame(
        {
            "identity_id": "login-" + pd.Series(names.index, dtype="str"),
            "kind": texts(["login"] * len(names)),
            "customer_id": texts(names.index),
            "first_seen_at": names.to_numpy(),
            "last_seen_at": by["ended_at"].max().to_numpy(),
            "match_confidence": 1.0,
        }
    )


def _loyalty(orders: pd.DataFrame) -> pd.DataFrame:
    """Return the loyalty numbers shown at the till."""
    by = orders[(orders["channel"] == "store") & orders["customer_id"].notna()].groupby("customer_id", sort=True)
    first = by["placed_at"].min()
    return pd.DataFrame(
        {
            "identity_id": "loyalty-" + pd.Series(first.index, dtype="str"),
            "kind": texts(["loyalty"] * len(first)),
            "customer_id": texts(first.index),
            "first_seen_at": first.to_numpy(),
            "last_seen_at": by["placed_at"].max().to_numpy(),
            "match_confidence": 1.0,
        }
    )


def _devices(installs: pd.DataFrame) -> pd.DataFrame:
    first = installs.drop_duplicates("identity_id").reset_index(drop=True)
    return pd.DataFrame(
        {
            "identity_id": first["identity_id"],
            "kind": texts(["device"] * len(first)),
            "customer_id": first["_customer"],
            "first_seen_at": first["installed_at"],
            "last_seen_at": first["last_active_at"],
            "match_confidence": 1.0,
        }
    )


def installs(source: Source, people: pd.DataFrame) -> pd.DataFrame:
    """Return the installations of the app, one for each customer who has it and again for one in ten."""
    has = np.flatnonzero(people["_has_app"])
    again = has[source.uniforms("reinstalls", len(people))[has] < 0.10]
    person = np.concatenate([has, again])
    size, second = len(person), np.arange(len(person)) >= len(has)
    since = np.maximum(people["_signed_up"].to_numpy()[person], 0)
    since = since + quantile(source.uniforms("installs", size), (0, 0.6, 1), (0, 20 * DAY, 200 * DAY))
    installed = np.where(second, since + 150 * DAY, since)
    used = installed + whole(source.uniforms("last active", size), np.maximum(END - installed, 1))
    gone = source.uniforms("uninstalled", size) < 0.25
    owner = people["customer_id"].take(person).reset_index(drop=True)
    keep = np.flatnonzero(installed < END)
    frame = pd.DataFrame(
        {
            "install_id": identifiers("n", row_numbers(source.shard, size)),
            "identity_id": "device-" + owner,
            "installed_at": instants(installed),
            "is_reinstall": second,
            "platform": labels(("android", "ios"), pick(source.uniforms("platform", size), (0.72, 0.28))),
            "app_version": texts(["5.2"] * size),
            "source": labels(("organic", "paid_search", "social"), pick(source.uniforms("install", size), (6, 3, 1))),
            "last_active_at": instants(used),
            "uninstalled_at": instants(used + DAY, gone & (used + DAY < END)),
            "_customer": owner,
        }
    )
    return frame.take(keep).reset_index(drop=True)
