"""Two real Brazilian exports, where they are at hand, and always look-alikes of them made here.

The real files are named by `CX_SHARED`, or stand in `../shared` beside the repository; they are not ours
to hand on, so nothing of them is in this file: the figures are read from the SOURCES.md beside them.
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.tables.check import tallies

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("CX_SHARED") or ROOT.parent / "shared") / "real-data"
MAPPINGS = ROOT / "docs" / "examples"
STARS = [1, 2, 3, 4, 5]


@dataclass(frozen=True)
class Figures:
    """What is known of a file before it is read."""

    counts: list[int]
    mean: float
    share: float

    @property
    def rows(self):
        return sum(self.counts)


def published(folder):
    """Return the figures of the file at hand, as its SOURCES.md gives them."""
    (line,) = re.findall(r"^- Reference figures:.*$", (folder / "SOURCES.md").read_text(encoding="utf-8"), re.M)
    ours = line[re.search(r"first 5,000|first half \(this file\)", line).start() :]
    number = r"(\d+\.\d+)"
    return Figures(
        counts=[int(count) for count in re.search(r"1\.\.5 = (\d+(?:/\d+){4})", ours)[1].split("/")],
        mean=float((re.search(rf"mean stars {number}", ours) or re.search(rf"mean {number}", ours))[1]),
        share=float(re.search(rf"share of 4-5 {number}", ours)[1]),
    )


def at_hand(name):
    folder = SHARED / name
    files = sorted(folder.glob("*.parquet"))
    if not files:
        pytest.skip(f"the real sample {name} is not here: set CX_SHARED to the folder that holds real-data/{name}")
    return folder, files


def held_to(shop, expected, by):
    """Check a dataset of star ratings against what is known, whole and in cells."""
    account = tallies(shop)
    assert account[["rows_in", "rows_used", "rows_set_aside"]].sum().to_list() == [expected.rows, expected.rows, 0]
    assert not cx.check(shop)["outcome"].isin(["problem", "set_to_null", "row_set_aside"]).any()
    counts = shop.frame("survey_responses")["score"].value_counts()
    assert [counts[star] for star in STARS] == expected.counts
    mean, share = cx.csat(shop, rule="mean").iloc[0], cx.csat(shop).iloc[0]
    assert mean["n"] == share["n"] == expected.rows
    assert round(mean["value"], 4) == expected.mean and round(share["value"], 4) == expected.share
    assert share["low"] < share["value"] < share["high"] and mean["low"] < mean["value"] < mean["high"]
    cells = cx.csat(shop, by=by, every="month")
    shown = cells[cells["warnings"] != "suppressed"]
    assert len(shown) and (shown["n"] >= shop.privacy_floor).all()
    assert (
        cells.loc[cells["warnings"] == "suppressed", ["value", "low", "high", "n", "numerator"]].isna().all(axis=None)
    )
    everything = cx.csat(replace(shop, privacy_floor=0), by=by, every="month")
    assert everything["n"].sum() == expected.rows and everything["numerator"].sum() == sum(expected.counts[3:])
    assert set(shown[by].dropna()) <= set(everything[by].dropna())


def imported(files, mapping, out):
    return cx.import_table(files, MAPPINGS / mapping, out)


# --- The real files ---------------------------------------------------------------------------------


def test_b2w_reviews(tmp_path):
    folder, files = at_hand("b2w-reviews")
    shop = imported(files, "b2w.toml", tmp_path / "out")
    held_to(shop, published(folder), "category")
    assert shop.frame("survey_responses")["customer_id"].str.startswith("p_").all()


def test_olist_reviews(tmp_path):
    folder, files = at_hand("olist-reviews-themes")
    held_to(imported(files, "olist.toml", tmp_path / "out"), published(folder), "state")


# --- Look-alikes, always ----------------------------------------------------------------------------


def known(scores):
    counts = [int((scores == star).sum()) for star in STARS]
    return Figures(counts=counts, mean=round(float(scores.mean()), 4), share=round(float((scores >= 4).mean()), 4))


def invented(size, seed):
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("2025-01-20") + pd.to_timedelta(np.sort(rng.integers(0, 30 * 86_400, size)), unit="s")
    scores = rng.choice(STARS, size, p=[0.2, 0.06, 0.12, 0.24, 0.38])
    texts = rng.choice(["Chegou antes do prazo.", "Não gostei, escrevam para ana@example.com", "nota 10", ""], size)
    return rng, moments, scores, texts


def like_b2w(size=1200):
    rng, moments, scores, texts = invented(size, 1)
    return pd.DataFrame(
        {
            "submission_date": moments.strftime("%Y-%m-%d %H:%M:%S"),
            "reviewer_id": rng.integers(0, size, size),
            "product_id": rng.integers(10**6, 10**8, size),
            "product_name": "Copo de vidro 300ml",
            "product_brand": pd.Series([None] * size, dtype="str"),
            "site_category_lv1": rng.choice(
                ["Livros", "Móveis", "Celulares e Smartphones", "Rara"], size, p=[0.5, 0.3, 0.195, 0.005]
            ),
            "site_category_lv2": "Outros",
            "review_title": "Bom",
            "overall_rating": scores,
            "recommend_to_a_friend": np.where(scores >= 3, "Yes", "No"),
            "review_text": texts,
            "reviewer_gender": rng.choice(["F", "M"], size),
            "reviewer_state": "SP",
            "reviewer_birth_decade": pd.array(rng.choice([1970, 1980, 1990], size), dtype="Int64"),
        }
    )


def like_olist(size=900):
    rng, moments, scores, texts = invented(size, 2)
    return pd.DataFrame(
        {
            "id": rng.permutation(size),
            "order_status": "delivered",
            "order_products_value": rng.integers(10, 300, size) + 0.9,
            "customer_city": "São Paulo",
            "customer_state": rng.choice(["SP", "RJ", "MG", "AC"], size, p=[0.6, 0.25, 0.145, 0.005]),
            "customer_zip_code_prefix": rng.integers(10, 990, size),
            "review_score": scores,
            "review_comment_title": np.nan,
            "review_comment_message": texts,
            "review_creation_date": moments.strftime("%Y-%m-%d 00:00:00.000000"),
            "review_answer_timestamp": moments.strftime("%Y-%m-%d %H:%M:%S+00:00"),
            "most_voted_class": "satisfeito_com_pedido",
        }
    )


def test_a_look_alike_of_b2w(tmp_path):
    made = like_b2w()
    made.to_parquet(tmp_path / "reviews.parquet")
    shop = imported([tmp_path / "reviews.parquet"], "b2w.toml", tmp_path / "out")
    held_to(shop, known(made["overall_rating"].to_numpy()), "category")
    answers = shop.frame("survey_responses")
    assert answers["customer_id"].nunique() == made["reviewer_id"].nunique()
    assert (
        answers["answered_at"].dt.tz_localize(None).dt.strftime("%Y-%m-%d %H:%M:%S").equals(made["submission_date"])
    )
    assert (
        not answers["comment"].str.contains("@").any()
        and answers["comment"].str.contains("[email]", regex=False).any()
    )
    assert "customers, design effect" in cx.csat(shop).iloc[0]["method"]
    left_out = cx.check(shop).query("outcome == 'left_out'")["column"]
    assert set(left_out) == set(made) - {
        "submission_date",
        "reviewer_id",
        "overall_rating",
        "review_text",
        "site_category_lv1",
    }


def test_a_look_alike_of_olist(tmp_path):
    made = like_olist()
    made.to_parquet(tmp_path / "orders.parquet")
    shop = imported([tmp_path / "orders.parquet"], "olist.toml", tmp_path / "out")
    held_to(shop, known(made["review_score"].to_numpy()), "state")
    answers = shop.frame("survey_responses")
    assert answers["order_id"].to_list() == made["id"].astype(str).to_list()
    at = pd.to_datetime(made["review_answer_timestamp"]).dt.tz_convert("America/Sao_Paulo")
    assert (answers["answered_at"] == at).all()
    expected = at.dt.strftime("%Y-%m").value_counts()
    by_month = cx.csat(shop, every="month").set_index("period")["n"]
    assert by_month.to_dict() == expected.to_dict()


def test_the_figures_are_read_from_a_text_such_as_theirs(tmp_path):
    (tmp_path / "SOURCES.md").write_text(
        "# x\n- Reference figures: all 40: stars 1..5 = 9/9/9/9/4. first half (this file) stars 1..5 = 1/2/3/4/10, "
        "share of 4-5 0.7000, mean 4.0000 (late 3, mean 2.429 vs 3.845).\n"
    )
    assert published(tmp_path) == Figures(counts=[1, 2, 3, 4, 10], mean=4.0, share=0.7)
