"""The report: one page, nothing to run, nothing fetched, whatever the data hold."""

import base64
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from unicodedata import normalize

import hostile
import pandas as pd
import pytest

import cxlib as cx
from cxlib.reports import running
from cxlib.reports.handing import hand_over, taken
from cxlib.tables.opening import open_dataset

TAGS = {
    "html": {"lang"}, "meta": {"charset", "http-equiv", "content", "name"}, "img": {"alt", "src", "width"},
    "div": {"class", "role", "tabindex", "aria-label"}, "th": {"scope", "class"}, "td": {"class"}, "p": {"class"},
    "ul": {"class"}, "ol": {"class"},
} | {
    tag: set()
    for tag in ("head", "title", "style", "body", "main", "h1", "h2", "h3", "h4", "li", "strong", "b", "q", "figure",
                "table", "caption", "thead", "tbody", "tr")
}  # fmt: skip
CLASSES = {"", "covered", "synthetic", "findings", "note", "value", "table", "free", "comments"}


class Page(HTMLParser):
    """A page taken apart: its tags, its words, its headings, the descriptions of its pictures."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.tags, self.words, self.headings, self.alts, self.inside = [], [], [], [], ""
        self.feed(content)
        self.text = " ".join(self.words)

    def handle_starttag(self, tag, given):
        self.tags.append((tag, dict(given)))
        self.inside = tag
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.alts.append(dict(given)["alt"])

    def handle_data(self, data):
        if self.inside != "style":
            self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError("a comment")


def holds_only_what_we_made(content):
    page = Page(content)
    for tag, given in page.tags:
        assert set(given) <= TAGS[tag], (tag, given)
        assert given.get("class", "") in CLASSES
        if tag == "img":
            assert re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/]+=*", given["src"])
            assert base64.b64decode(given["src"].split(",")[1]).startswith(b"\x89PNG")
            assert re.fullmatch(r"\d+", given["width"])
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert content.count("<style>") == content.count("</style>") == 1
    policy = next(given["content"] for tag, given in page.tags if given.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert all(len(words) > 40 for words in page.alts)
    for name in (Path.home().as_posix(), "/tmp/", "cx-report-", "site-packages", "ipykernel", "Traceback"):
        assert name not in content
    return page


@pytest.fixture(scope="module")
def injected(tmp_path_factory):
    cx.language("en")
    return cx.write_report(hostile.shop(), tmp_path_factory.mktemp("hostile") / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def ipe(tmp_path_factory):
    folder, pages = tmp_path_factory.mktemp("ipe"), {}
    for language in ("en", "pt-BR"):
        cx.language(language)
        pages[language] = cx.write_report(cx.ipe("tiny"), folder / "one.html").read_bytes()
    cx.language("en")
    return pages


def shop(size=400, **columns):
    frame = pd.DataFrame({"response_id": [f"r{n}" for n in range(size)], "type": "nps"})
    frame["score"] = [(9, 10, 3, 7)[n % 4] for n in range(size)]
    return frame.assign(**columns)


def test_sixty_texts_and_more_stay_texts(injected):
    page = holds_only_what_we_made(injected)
    assert len(hostile.PAYLOADS) >= 60
    assert len(injected) < 3 * 2**20
    seen = "".join([page.text, *page.alts])
    for payload in hostile.PAYLOADS:
        begins = re.split(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", payload)[0].strip()[:10]
        if "@example" not in payload:
            assert normalize("NFC", begins) in normalize("NFC", seen), payload
    assert "ana@example.com" not in seen
    assert "W" * 301 not in seen
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", injected)


def test_no_payload_is_run_by_the_template(injected):
    assert "{{ 7*7 }}" in Page(injected).text
    assert not re.search(r"\b49\b", Page(injected).text.split("The evidence")[0])


def test_a_page_of_ipe_in_both_languages(ipe):
    for language, words in (
        ("en", "Synthetic data: made up by a computer."),
        ("pt-BR", "Dados sintéticos: inventados"),
    ):
        page = holds_only_what_we_made(ipe[language].decode())
        assert page.tags[0] == ("html", {"lang": language})
        assert page.text.count(words) == 2
        assert page.headings[:3] == [1, 2, 3]
        assert len(ipe[language]) < 3 * 2**20
    text = Page(ipe["en"].decode()).text
    order = ["What moved", "Is it news?", "What to look at", "The evidence", "In the customers' words", "Appendix"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert re.search(r"\d of [\d,]+ comments", text)
    # no pseudonym, no id of an answer, a customer, an invite
    assert not re.search(r"\bp_[0-9a-f]{20}", text) and not re.search(
        r"\b[rci]\d{7,8}\b", text
    )  # no id of an answer, a customer, an invite


def test_the_same_data_give_the_same_bytes(ipe, tmp_path):
    assert cx.write_report(cx.ipe("tiny"), tmp_path / "two.html").read_bytes() == ipe["en"]


def test_no_answers_no_report_and_the_old_one_stays(tmp_path):
    (tmp_path / "report.html").write_text("old")
    empty = pd.DataFrame({"score": pd.Series(dtype=float)})
    for tables in ({"survey_responses": empty}, {"stores": pd.DataFrame({"store_id": ["s1"]})}):
        for form in ("html", "xlsx"):
            with pytest.raises(cx.InputError, match="nothing to report"):
                cx.write_report(tables, tmp_path / "report.html", format=form)
    assert (tmp_path / "report.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_cell_that_fails_is_one_sentence_and_the_old_report_stays(tmp_path):
    (tmp_path / "report.html").write_text("old")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "survey_responses.csv").write_text(
        "response_id,type,answered_at,score\na,nps,2025-01-01 10:00,9\n"
    )
    with pytest.raises(cx.InputError) as told:
        cx.write_report(tmp_path / "data", tmp_path / "report.html")
    assert len(str(told.value).splitlines()) == 1
    assert "Traceback" not in str(told.value)
    assert (tmp_path / "report.html").read_text() == "old"


def test_one_row_is_a_true_report(tmp_path):
    said = []
    page = cx.write_report({"survey_responses": shop(1)}, tmp_path / "one.html", progress=said.append).read_text(
        "utf-8"
    )
    text = holds_only_what_we_made(page).text
    assert "n = 1; small n" in text
    assert "the answers have no dates" in text
    assert "There are no groups to compare" in text
    assert "This dataset has no comments." in text
    assert "survey_invites" in text  # what would give the response rate
    assert said[0] == "Opening the data" and said[-1] == "Writing the page"


def test_where_it_cannot_be_written_it_says_so_at_once(tmp_path):
    with pytest.raises(cx.InputError, match="is not a file"):
        cx.write_report({"survey_responses": shop(1)}, tmp_path)
    with pytest.raises(cx.InputError, match="is not a format"):
        cx.write_report({"survey_responses": shop(1)}, tmp_path / "a.pdf", format="pdf")
    with pytest.raises(cx.InputError, match="does not exist"):
        cx.write_report(tmp_path / "absent", tmp_path / "a.html")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(cx.InputError, match="typo; it has: data, language"):
        running.run({"data": "x", "typo": "y"}, lambda line: None)


def test_the_notebook_has_no_outputs_and_one_call_a_cell():
    notebook = json.loads(running.NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in notebook["cells"])
    assert all(len(cell["source"]) == 1 for cell in notebook["cells"][1:])
    assert set(running.STEPS) < {cell["id"] for cell in notebook["cells"]}


def test_the_kernel_is_this_python(tmp_path):
    spec = running._kernel_of_ours(tmp_path)().kernel_spec
    assert spec.argv[0] == sys.executable


def test_a_dataset_of_frames_is_the_same_on_disk_and_in_memory(tmp_path):
    before = replace(open_dataset({"survey_responses": shop()}), zone="UTC", currency="BRL", privacy_floor=3)
    hand_over(before, tmp_path / "d")
    after = taken(str(tmp_path / "d"))
    assert (after.zone, after.currency, after.privacy_floor, after.title) == ("UTC", "BRL", 3, "")
    assert cx.nps(after).equals(cx.nps(before))
    assert after.audit == before.audit
