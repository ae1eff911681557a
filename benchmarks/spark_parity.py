"""Every metric on DuckDB and on Spark: the same? `python benchmarks/spark_parity.py`: results/spark_parity.md.

Needs the extra `spark` and Java. The tiny company, two worker processes. Counts must be exact, values to 1e-9.
"""

import sys
import tempfile
import warnings
from pathlib import Path

import pandas as pd

import cxlib as cx
from cxlib.metrics.catalogue import METRICS
from cxlib.tables.opening import open_on
from cxlib.world.store import write_world

BY = {"traffic_share": "source"}  # a share is one group's
RESULT = Path(__file__).parent / "results" / "spark_parity.md"
HEAD = """# The same numbers on Spark

Made by `python benchmarks/spark_parity.py`: the tiny company (500 customers, synthetic), DuckDB against Spark with
two worker processes.

| metric | rule | n | equal |
|---|---|--:|---|
"""


def equal(here: pd.DataFrame, there: pd.DataFrame) -> str:
    """Return yes, or the first line of what differs."""
    try:
        pd.testing.assert_frame_equal(there, here, rtol=1e-9)
    except AssertionError as trouble:
        return str(trouble).splitlines()[0]
    return "yes"


def main() -> int:
    """Compare every metric by every rule, print and write the table; the exit code is 1 when one differs."""
    warnings.simplefilter("ignore")
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local-cluster[2,1,1024]").config("spark.sql.shuffle.partitions", "2")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    lines, good = [], True
    with tempfile.TemporaryDirectory() as folder:
        write_world(Path(folder), scale="tiny")
        shop, there = cx.open_dataset(folder), open_on(folder, "spark")
        for metric in METRICS.values():
            for rule in metric.rules:
                if rule.weighted or rule.scale not in (None, metric.rules[0].scale):
                    continue
                asked = {"rule": rule.key, "by": BY.get(metric.key, ())}
                here = cx.metric(shop, metric.key, **asked)
                verdict = equal(here, cx.metric(there, metric.key, **asked))
                good &= verdict == "yes"
                lines.append(f"| {metric.key} | {rule.key} | {here['n'].sum():,} | {verdict} |")
                print(lines[-1], file=sys.stderr)
    RESULT.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
