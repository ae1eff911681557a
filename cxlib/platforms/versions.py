"""Several rows of one id, from pages, files and deliveries: the one that changed last stays."""

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.assembling import Part
from cxlib.tables.audit import Audit, Tally
from cxlib.tables.schema import Table, schema


def latest(table: pa.Table, described: Table) -> pd.Series:
    """Return for each row why it cannot stand: `no_key`, `older_version`, `duplicate_key`, or null.

    The row changed last stays; of rows changed at the same time, or at no known time, the one that came last.
    """
    codes = pd.Series(None, index=range(table.num_rows), dtype=object)
    key = list(described.primary_key)
    if not set(key) <= set(table.column_names):
        return codes
    rows = table.select(key).to_pandas()
    without = rows[key].isna().any(axis=1)
    changed = table["updated_at"].to_pandas() if "updated_at" in table.column_names else pd.Series(pd.NaT, rows.index)
    rows["changed"] = changed.astype("datetime64[us]").fillna(pd.Timestamp(1, unit="s"))
    order = rows.sort_values("changed", kind="stable")
    last = order.groupby(key, dropna=False)["changed"].transform("last").reindex(rows.index)
    stays = ~order.duplicated(key, keep="last").reindex(rows.index)
    older = ~stays & (rows["changed"] < last)
    return codes.mask(~stays, "duplicate_key").mask(older, "older_version").mask(without, "no_key")


def unmixed_platforms(name: str, before: pa.Table | None, pieces: list[Part]) -> None:
    """Refuse one id from two platforms: they number alike, and nothing says that it is the same thing."""
    key = schema()[name].primary_key
    wanted = [*key, "platform"]
    tables = [*([before] if before is not None else []), *(part.rows for part in pieces)]
    tables = [table.select(wanted) for table in tables if set(wanted) <= set(table.column_names)]
    if not tables:
        return
    rows = pa.concat_tables(tables, promote_options="permissive").to_pandas().dropna().drop_duplicates()
    twice = rows[rows.duplicated(list(key), keep=False)].sort_values(list(key))
    if len(twice):
        raise InputError(
            say(
                "{table}: {id} comes from {platforms}. Import each of them into a folder of its own.",
                table=name,
                id=" ".join(map(str, twice.iloc[0][list(key)])),
                platforms=", ".join(dict.fromkeys(twice["platform"][:2])),
            )
        )


def earlier_account(earlier: Audit, name: str, rows: int, still: int) -> Audit:
    """Return the account of earlier deliveries, in which the rows that a later one replaced are set aside."""
    if still == rows:
        return earlier
    own = [tally for tally in earlier.tallies if tally.table == name]
    rows_in = sum(tally.rows_in for tally in own) or rows
    together = Tally(
        table=name,
        source=say("earlier deliveries"),
        rows_in=rows_in,
        rows_used=still,
        rows_set_aside=rows_in - still,
    )
    others = tuple(tally for tally in earlier.tallies if tally.table != name)
    return Audit(tallies=(together, *others), issues=earlier.issues)
