"""Filling one table from one file: columns read, people protected, scores held to their scale, all accounted for."""

import hashlib
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from cxlib import privacy
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables import values
from cxlib.tables.audit import Issue
from cxlib.tables.conform import arrow, convert, free_column
from cxlib.tables.mapping import Field, Section, heading
from cxlib.tables.reading import Source
from cxlib.tables.schema import Column, schema

# As wide as any rule of a type accepts, unless the mapping gives scale_min and scale_max: good or bad is 0 or 1.
SCALES = {"nps": (0, 10), "csat": (0, 5), "ces": (1, 7)}
LONGEST_FOUND = 24


@dataclass
class _Account:
    """What one section made of one file, filled column by column."""

    section: Section
    source: Source
    columns: dict[str, pa.Array] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def note(self, column: str, code: str, found: object, count: int, outcome: str) -> None:
        if count:
            self.issues.append(
                Issue(
                    table=self.section.table,
                    column=harmless(column),
                    code=code,
                    found=harmless(found),
                    count=int(count),
                    outcome=outcome,
                )
            )


def fill(section: Section, source: Source, *, source_zone: str | None, secret: bytes) -> tuple[pa.Table, list[Issue]]:
    """Return the rows one section makes of one file, in the order of the file, and what was done to them."""
    account = _Account(section=section, source=source)
    described = schema()[section.table]
    for decision in source.decisions:
        account.note("", "reading", decision, 1, "decided")
    for code, lost in source.quarantine.groupby("code"):
        account.note("", str(code), privacy.outline(lost["content"].iloc[0]), len(lost), "row_set_aside")
    for name, asked in section.fields.items():
        _add(account, described.columns[name], asked, source_zone, secret)
    _add_missing_id(account)
    if section.table == "survey_responses":
        _hold_to_scale(account)
    for name, asked in section.keep.items():
        _keep(account, name, asked)
    _list_left_out(account)
    return pa.table(account.columns), account.issues


def _add(account: _Account, column: Column, asked: Field, source_zone: str | None, secret: bytes) -> None:
    raw = _raw(account, asked)
    try:
        result = convert(column, raw, asked.options(account.section, source_zone))
    except InputError as trouble:
        raise InputError(
            say(
                "{source}, {column} from {raw}: {trouble}",
                source=account.source.name,
                column=column.name,
                raw=repr(asked.column or asked.value),
                trouble=trouble,
            )
        ) from None
    if result.decision:
        account.note(column.name, "reading", result.decision, 1, "decided")
    for problem in result.problems.itertuples():
        # Long text in the place of a value is somebody's writing: its shape is enough.
        found = problem.found if len(problem.found) <= LONGEST_FOUND else privacy.outline(problem.found)
        account.note(column.name, problem.code, found, problem.count, "set_to_null")
    account.columns[column.name] = arrow(_protected(account, column, result.values, secret), column)
    if column.name == "score":
        account.columns["score_issue"] = _issue_codes(raw, result)


def _raw(account: _Account, asked: Field) -> pd.Series:
    frame = account.source.frame
    if asked.column is None:
        return pd.Series([asked.value] * len(frame), index=frame.index).astype("str")
    name = heading(asked.column, [str(label) for label in frame.columns], source=account.source.name)
    raw = frame[name]
    if not asked.values:
        return raw
    text = _as_written(raw)
    words = {str(key).strip(): str(value) for key, value in asked.values.items()}
    return text.map(words).where(text.isin(words), text).where(raw.notna())


def _as_written(raw: pd.Series) -> pd.Series:
    """Return values as a person writes them: the 5.0 of a typed column with gaps is 5."""
    if pd.api.types.is_float_dtype(raw.dtype):
        return raw.map(lambda value: f"{value:g}", na_action="ignore").astype("str")
    return raw.astype("str").str.strip()


def _protected(account: _Account, column: Column, converted: pd.Series, secret: bytes) -> pd.Series:
    """Pseudonymise people, strike personal data out of text, and watch over the identifiers of things."""
    if column.privacy == "person":
        account.note(column.name, "pseudonymised", "", converted.notna().sum(), "pseudonymised")
        return privacy.pseudonyms(converted, secret=secret)
    if column.type != "string" or column.values:
        return converted
    if column.name.endswith("_id"):
        personal = privacy.looks_personal(converted)
        account.note(column.name, "personal_identifier", "", personal.sum(), "pseudonymised")
        return converted.where(~personal, privacy.pseudonyms(converted.where(personal), secret=secret))
    return _redacted(account, column.name, converted)


def _redacted(account: _Account, name: str, text: pd.Series) -> pd.Series:
    clean, counts = privacy.redact(text)
    for kind, count in counts.items():
        account.note(name, f"redacted_{kind}", "", count, "redacted")
    return clean


def _issue_codes(raw: pd.Series, result: values.Converted) -> pa.Array:
    lost = result.values.isna() & ~values.is_missing(raw)
    return pa.array(
        pd.Series("not_a_number", index=raw.index).where(lost, None).astype(object), pa.string(), from_pandas=True
    )


def _hold_to_scale(account: _Account) -> None:
    """A score off its scale (99, -1, 7.5) becomes null, an issue, and a word in score_issue."""
    columns = {name: values_.to_pandas() for name, values_ in account.columns.items()}
    scores, kinds = columns["score"], columns["type"].astype(object)
    ends = kinds.map(lambda kind: SCALES.get(kind, (float("-inf"), float("inf"))))
    least = columns.get("scale_min", pd.Series(index=scores.index, dtype=float)).fillna(ends.str[0])
    most = columns.get("scale_max", pd.Series(index=scores.index, dtype=float)).fillna(ends.str[1])
    codes = columns["score_issue"].astype(object)
    for code, bad in (("out_of_scale", (scores < least) | (scores > most)), ("not_whole", scores != scores.round())):
        bad = bad & scores.notna()
        for found, count in scores[bad].value_counts().items():
            account.note("score", code, f"{found:g}", count, "set_to_null")
        scores, codes = scores.mask(bad), codes.mask(bad, code)
    account.columns["score"] = pa.array(scores, pa.float64(), from_pandas=True)
    account.columns["score_issue"] = pa.array(codes, pa.string(), from_pandas=True)


def _add_missing_id(account: _Account) -> None:
    key = schema()[account.section.table].primary_key
    if len(key) != 1:
        return
    if key[0] in account.columns:
        if account.section.again:
            # Two questions in one row are two answers: the second takes its number along.
            given = account.columns[key[0]].to_pandas()
            account.columns[key[0]] = pa.array(given + f"/{account.section.number}", pa.string(), from_pandas=True)
        return
    seed = f"{account.source.digest} {account.section.table} {account.section.number} "
    made = [hashlib.sha256(f"{seed}{row}".encode()).hexdigest()[:16] for row in account.source.row_numbers]
    account.columns = {key[0]: pa.array(made, pa.string()), **account.columns}
    account.note(key[0], "made_from_row", say("hash of file, section and row"), len(made), "decided")


def _keep(account: _Account, name: str, asked: Field) -> None:
    raw = _raw(account, asked)
    is_text = pd.api.types.is_string_dtype(raw.dtype) or raw.dtype == object
    if is_text or pd.api.types.is_numeric_dtype(raw.dtype):
        # A number may be a phone or a CPF: a typed column stays typed only when nothing is struck out.
        text = values.to_text(raw).values if is_text else _as_written(raw).where(raw.notna())
        clean, counts = privacy.redact(text)
        for kind, count in counts.items():
            account.note(name, f"redacted_{kind}", "", count, "redacted")
        raw = clean if is_text or counts else raw
    account.columns[name] = free_column(raw, name)


def _list_left_out(account: _Account) -> None:
    asked = [*account.section.fields.values(), *account.section.keep.values()]
    labels = [str(label) for label in account.source.frame.columns]
    used = {heading(one.column, labels, source=account.source.name) for one in asked if one.column is not None}
    for label in labels:
        if label not in used:
            account.note(label, "unmapped_column", "", len(account.source.frame), "left_out")


def harmless(found: object) -> str:
    """Return what stood in a file with personal data struck out, short."""
    clean, _ = privacy.redact(pd.Series([str(found)]))
    return str(clean.iloc[0])[:80]
