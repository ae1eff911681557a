"""Consent honoured at a date: a dataset without the people who did not say yes to a purpose."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit
from cxlib.tables.forgetting import account, counted, standing
from cxlib.tables.people import theirs, without
from cxlib.tables.schema import schema
from cxlib.tables.storage import read_manifest, write_dataset
from cxlib.tables.time import zone_info

PURPOSES = ("analytics", "marketing", "research")
ANSWERS = ("yes", "yes_later", "no", "unknown")


def consent(
    folder: str | Path, purpose: str, *, at: str | None = None, out: str | Path | None = None
) -> pd.DataFrame:
    """Count who allows a purpose: "whose data may this analysis use, on that day?"

    Returns one row an answer: `yes`; `yes_later` (said after the day `at`, so it does not count on it); `no`,
    which counts for every day from the moment it is known; `unknown`, also of people who stand in no row of
    `customers`. With `out` the dataset is written there without all but the first, its account saying how many rows
    that were (`no_consent`). Rows of nobody known stay: there is nobody to ask. `at` is a day in the dataset's zone.
    Raises `InputError` for data without the column `consent_PURPOSE`.
    """
    manifest, tables = standing(Path(folder).expanduser())
    _known(purpose, tables)
    answers = _answers(tables, purpose, _end_of_day(at, manifest["cx"].get("zone", "UTC")))
    if out is not None:
        _write(Path(out), manifest, tables, set(answers.index[answers != "yes"]))
    counts = answers.value_counts().reindex(list(ANSWERS), fill_value=0)
    return pd.DataFrame({"answer": counts.index, "people": counts.to_numpy()})


def _known(purpose: str, tables: Mapping[str, pa.Table]) -> None:
    if purpose not in PURPOSES:
        raise InputError(
            say("{purpose} is no purpose. Choose one of: {purposes}.", purpose=purpose, purposes=", ".join(PURPOSES))
        )
    if "customers" not in tables or f"consent_{purpose}" not in tables["customers"].column_names:
        raise InputError(
            say(
                "The dataset does not know who consents: customers has no column {column}. Import it with the "
                "mapping, or rest the analysis on another legal basis.",
                column=f"consent_{purpose}",
            )
        )


def _end_of_day(at: str | None, zone: str) -> pd.Timestamp | None:
    if at is None:
        return None
    try:
        day = pd.Timestamp(at)
        return (
            (day.normalize() + pd.Timedelta(days=1)).tz_localize(zone_info(zone)).tz_convert("UTC").tz_localize(None)
        )
    except (ValueError, TypeError):
        raise InputError(say("{day} is no day. Write it as 2025-03-31.", day=repr(at))) from None


def _answers(tables: Mapping[str, pa.Table], purpose: str, until: pd.Timestamp | None) -> pd.Series:
    """Return the answer of every customer of any table, by id."""
    known = tables["customers"].to_pandas().drop_duplicates("customer_id").set_index("customer_id")
    said = known[f"consent_{purpose}"].astype("boolean")
    answers = said.map({True: "yes", False: "no"}).astype(object).fillna("unknown")
    moment = f"consent_{purpose}_at"
    if until is not None and moment in known:
        answers = answers.mask((answers == "yes") & (known[moment] >= until), "yes_later")
    everybody: set[str] = set(answers.index)
    for name, table in tables.items():
        if name in schema() and "customer_id" in table.column_names:
            everybody |= set(table["customer_id"].unique().drop_null().to_pylist())
    return answers.reindex(sorted(everybody), fill_value="unknown")


def _write(out: Path, manifest: dict, tables: dict[str, pa.Table], people: set[str]) -> None:
    if out.is_dir() and read_manifest(out) is not None:
        raise InputError(say("{folder} holds a dataset already. Give a new folder.", folder=out))
    found = theirs(tables, people)
    own = {key: value for key, value in manifest["cx"].items() if key != "quarantine"}
    audit = account(Audit.from_dict(own.get("audit", {})), counted(tables, found), found, "no_consent")
    settings = own | {"audit": audit.as_dict(), "title": manifest.get("title", "")}
    write_dataset(out, without(tables, found), settings=settings)
