import io
from datetime import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlib.errors import InputError
from cxlib.tables.reading import read_source


def test_parquet_keeps_its_types(file):
    table = pa.table(
        {
            "id": pa.array([2**60 + 1, None]),
            "share": [0.5, None],
            "at": pa.array([datetime(2024, 5, 12, 10), None], pa.timestamp("us", tz="UTC")),
            "on": pa.array([datetime(2024, 5, 12).date(), None], pa.date32()),
            "ok": [True, None],
            "who": ["a", None],
            "kind": pa.array(["x", None]).dictionary_encode(),
            "tags": [["a", "é"], None],
            "more": [{"a": 1}, None],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    source = read_source(file(buffer.getvalue(), "a.parquet"))
    frame = source.frame
    assert frame["id"].dtype == "Int64" and frame["id"][0] == 2**60 + 1
    assert frame["share"].dtype == "float64" and frame["ok"].dtype == "boolean"
    assert str(frame["at"].dtype) == "datetime64[us, UTC]" and frame["on"].dtype.kind == "M"
    assert frame["who"].dtype == "str" == frame["kind"].dtype
    assert frame["tags"][0] == '["a", "é"]' and frame["more"][0] == '{"a": 1}'
    assert frame.iloc[1].isna().all()
    assert source.row_numbers.to_list() == [1, 2] and source.rows_in == 2 and source.decisions == []
    assert read_source(file(buffer.getvalue(), "a.csv")).decisions == ["read as what its content is: Parquet file"]


def test_parquet_troubles(file):
    buffer = io.BytesIO()
    pd.DataFrame({"a": pd.Series([], dtype="int64")}).to_parquet(buffer)
    with pytest.raises(InputError, match="headings but no rows"):
        read_source(file(buffer.getvalue(), "a.parquet"))
    with pytest.raises(InputError, match="damaged"):
        read_source(file(b"PAR1 and then nothing", "a.parquet"))


def test_json_lines(file):
    content = (
        '{"id": 1, "score": 9.5, "ok": true, "tags": ["a", 1.5], "who": "é"}\n\n'
        '{"id": 12345678901234567890, "score": null, "rate": 1.234}\n'
        'not json, ana@example.com\n[1]\n{"who": "\\ud800"}\n'
    )
    source = read_source(file(content, "a.jsonl"))
    assert list(source.frame.columns) == ["id", "score", "ok", "tags", "who", "rate"]
    filled = source.frame.astype(object).where(source.frame.notna(), None).to_numpy().tolist()
    assert filled == [
        ["1", "9.5", "true", '["a", 1.5]', "é", None],
        ["12345678901234567890", None, None, None, None, "1.2340"],
    ]
    assert source.row_numbers.to_list() == [1, 3] and source.rows_in == 5
    assert source.quarantine["row"].to_list() == [4, 5, 6]
    assert set(source.quarantine["code"]) == {"unreadable_line"}
    assert source.quarantine["content"][0] == "not json, [email]"


def test_json_list(file):
    source = read_source(file('[\n {"id": "a", "n": 1},\n {"id": "b"},\n 5]', "a.json"))
    assert source.frame["id"].to_list() == ["a", "b"] and source.row_numbers.to_list() == [1, 2]
    assert source.quarantine["row"].to_list() == [3]


def test_json_troubles(file):
    with pytest.raises(InputError, match="is not valid JSON"):
        read_source(file('[{"id": 1},', "a.json"))
    with pytest.raises(InputError, match="neither JSON lines"):
        read_source(file("hello\n", "a.jsonl"))
    with pytest.raises(InputError, match="neither JSON lines"):
        read_source(file('{"a":' * 100_000, "a.jsonl"))
