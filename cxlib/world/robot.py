"""The robot that refunds returns (RPA): what it finishes, what it gives up, what somebody checks and does again.

Truth T26. The robot's own log shows cheap runs, and "hours saved" counts each of them as a refund done. But people
finish what it gives up, check one run in five and redo what was wrong; and of the runs that nobody checks some
are wrong as well. What a correct refund costs is all of that money over the refunds that came out right.
"""

from collections import Counter

import numpy as np
import pandas as pd

from cxlib.world.columns import identifiers, labels, row_numbers, texts
from cxlib.world.counting import count
from cxlib.world.randomness import Source, pick, quantile

PROCESS = "refund"
EXCEPTION, REVIEWED, WRONG = 0.18, 0.20, 0.09  # of all runs; of the completed ones, checked or not
REASONS = ("dados_divergentes", "sistema_indisponivel", "valor_acima_do_limite", "pagamento_nao_encontrado")
REASON_SHARES = (0.40, 0.25, 0.20, 0.15)
WAGE = 60  # cents a minute of work: 36 reais an hour
# Least, half, most: cents of a run; seconds it takes; minutes of work to finish what it gave up, to check, to redo.
AT = (0, 0.5, 1)
RUN_CENTS, RUN_SECONDS = (90, 140, 240), (60, 140, 420)
WORK = {"finishing": (6, 14, 30), "checking": (2, 4, 8), "redoing": (5, 12, 25)}
AHEAD, WAITING = (5, 60, 600), (1_800, 14_400, 80_000)  # seconds from its end to the refund: done, given up


def rpa_runs(source: Source, returns: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Return the runs of a shard, one for each refund made by the calendar's end, and the sums behind truth T26."""
    refunds = returns[returns["refunded_at"].notna()].reset_index(drop=True)
    size = len(refunds)
    gave_up = source.uniforms("robot gives up", size) < EXCEPTION
    wrong = ~gave_up & (source.uniforms("robot errs", size) < WRONG)
    reviewed = ~gave_up & (source.uniforms("robot reviewed", size) < REVIEWED)
    found = wrong & reviewed
    minutes = {name: quantile(source.uniforms(f"robot {name}", size), AT, WORK[name]) for name in WORK}
    rework = np.select([gave_up, found], [minutes["finishing"], minutes["redoing"]], 0)
    review = np.where(reviewed, minutes["checking"], 0)
    cents = quantile(source.uniforms("robot cents", size), AT, RUN_CENTS)
    columns = {
        "rpa_run_id": identifiers("rpa", row_numbers(source.shard, size)),
        "process": texts([PROCESS] * size),
        "ticket_id": texts([None] * size),
        "order_id": refunds["order_id"],
        **_instants(source, refunds["refunded_at"], gave_up),
        "outcome": labels(("completed", "exception"), gave_up.astype("int64")),
        "exception_reason": labels(REASONS, pick(source.uniforms("robot reason", size), REASON_SHARES), gave_up),
        "reviewed": reviewed,
        "error_found": pd.array(found, dtype="boolean"),
        "review_minutes": review.astype("float64"),
        "rework_minutes": rework.astype("float64"),
        "cost_cents": cents,
        "currency": texts(["BRL"] * size),
    }
    rows = pd.DataFrame(columns)
    rows["error_found"] = rows["error_found"].mask(~reviewed)
    spent = int((cents + WAGE * (review + rework)).sum())
    return rows, count("T26", spent, of=size - int((wrong & ~found).sum()))


def _instants(source: Source, refunded: pd.Series, gave_up: np.ndarray) -> dict[str, pd.Series]:
    """Return when each run began and ended: before the refund, long before where a person had to finish it."""
    ahead = source.uniforms("robot ahead", len(refunded))
    before = np.where(gave_up, quantile(ahead, AT, WAITING), quantile(ahead, AT, AHEAD))
    lasts = quantile(source.uniforms("robot lasts", len(refunded)), AT, RUN_SECONDS)
    ended = refunded - _seconds(before)
    return {"started_at": ended - _seconds(lasts), "ended_at": ended}


def _seconds(numbers: np.ndarray) -> pd.Series:
    return pd.Series(pd.to_timedelta(numbers, unit="s").as_unit("us"))
