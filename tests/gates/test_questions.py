"""Thirty questions in two languages: what each names exists, and its command answers it, today, on Ipê."""

import itertools
import re
import shlex
from pathlib import Path

import pytest

import cxlib as cx
from cxlib.cli import main
from cxlib.language import number
from cxlib.metrics.catalogue import METRICS
from cxlib.tables.schema import schema

pytest.importorskip("jupytext", reason="it belongs to the full gates")

from test_language import FORBIDDEN

from building.questions import NONE, PAGES, build_questions, most_asked, page, questions, themes
from building.source import course

ROOT = Path(__file__).parents[2]

QUESTIONS = questions()
EACH = pytest.mark.parametrize("question", [pytest.param(one, id=one.key) for one in QUESTIONS])
LANGUAGES = pytest.mark.parametrize("language", PAGES)
MAY_SAY_NO = ("check", "find")  # exit code 1 is an answer of theirs
# Every command runs in both languages; a report takes seconds, and one language of it is enough here.
RUNS = [
    pytest.param(one, language, id=f"{one.key}-{language}", marks=[pytest.mark.slow] * (one.key == "board"))
    for one in QUESTIONS
    for language in PAGES
    if (one.key, language) != ("board", "en")
]
# What the output must hold, in any language, to be an answer to just this question.
ANSWERS = {
    "nps_now": ["NPS ", "adjusted Wald 95%"],
    "nps_last_wave": ["NPS "],
    "csat_now": ["CSAT ", "Wilson 95%"],
    "ces_now": ["CES ", "Student t 95%"],
    "nps_moved": ["2025-04 → 2025-10: NPS", "paired by customer"],
    "csat_quarter": ["2025-Q3 → 2025-Q4: CSAT"],
    "ces_year": ["2024 → 2025: CES"],
    "fewer_answers": ["nps · 2025-Q1 → 2025-Q2: ", "csat · 2025-Q3 → 2025-Q4: ", "ces · 2025-Q3 → 2025-Q4: "],
    "nps_channel": ["sms", "email", "whatsapp", "app"],
    "nps_state": ["PE", "SP"],
    "nps_club": ["True", "False"],
    "support_email": ["email", "whatsapp", "phone"],
    "support_team": ["retaguarda", "telefone", "corrected for"],
    "store_ranking": ["s01", "s24", "small_n"],
    "effort_topic": ["troca_devolucao", "entrega", "pagamento"],
    "effort_reopened": ["0", "1", "2", "corrected for 3 comparisons"],
    "invited_answered": ["numerator", "denominator", "8000 customers"],
    "rate_channel": ["sms", "email", "whatsapp", "app"],
    "rate_club": ["True", "False"],
    "nps_rules": ["adjusted_wald", "bootstrap", "weighted", "difference"],
    "csat_rules": ["top_2_box", "mean"],
    "ces_direction": ["ces_2_mean", "ces_1_mean"],
    "answered_twice": ["bootstrap of customers", "2787 customers", "design effect"],
    "left_out": ["not_delivered:", "email"],
    "computable": ["nps", "csat", "ces", "response_rate", "survey_invites"],
    "carts": ["Wilson 95%", "immature:"],
    "practice": ["Ipê"],
    "board": [],
    "sql": ["SELECT", "GROUP BY", "answered_at"],
    "spreadsheet": ["channel", "adjusted_wald", "sms"],
}


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command line as it stands on the page; what it would write goes to a folder of its own."""

    def ran(line):
        assert line.startswith("python course.py cx ")
        words = shlex.split(line)[3:]
        if ">" in words:  # the shell's part
            assert words[words.index(">") + 1 :] == [Path(words[-1]).name]
            words = words[: words.index(">")]
        if "--out" in words:
            place = words.index("--out") + 1
            assert words[place] == Path(words[place]).name  # beside the course, nowhere else
            words[place] = str(tmp_path / words[place])
        monkeypatch.chdir(ROOT)
        monkeypatch.setenv("LC_ALL", "C")
        with pytest.raises(SystemExit) as ended:
            main(words)
        printed = capsys.readouterr()
        assert printed.err == ""
        return ended.value.code, printed.out, sorted(tmp_path.iterdir())

    return ran


# --- The list --------------------------------------------------------------------------------------


def test_thirty_and_no_two_alike():
    assert len(QUESTIONS) == 30
    assert {question.key for question in QUESTIONS} == set(ANSWERS)
    for language in PAGES:
        assert len({question.texts[language].casefold() for question in QUESTIONS}) == 30
        assert len({question.command(language) for question in QUESTIONS}) == 30
        assert len({theme.names[language] for theme in themes()}) == len(themes())


def test_ten_are_most_asked_and_every_metric_is_asked_about():
    assert sum(question.often for question in QUESTIONS) == 10
    for key in ("nps", "csat", "ces", "response_rate"):
        assert sum(question.metric == key for question in QUESTIONS) >= 3
    assert {question.metric for question in QUESTIONS} <= {*METRICS, NONE}


@EACH
def test_what_a_question_names_exists(question):
    assert question.lesson in {lesson.key for lesson in course()} | {NONE}
    assert question.lesson != NONE or question.metric == NONE
    for table, columns in question.data.items():
        assert set(columns) <= set(schema()[table].columns), table
    if not question.commands["en"].startswith(("find", "world")):  # these need no data of ours
        here = cx.open_dataset(ROOT / "data" / "ipe")
        assert all(set(columns) <= set(here.table(table).columns) for table, columns in question.data.items())


@EACH
def test_the_data_are_all_that_the_command_uses(question):
    words = question.commands["en"].split()
    if words[0] not in ("metric", "compare"):
        return
    ratio = METRICS[question.metric]
    assert words[1] == ratio.key
    options = dict(itertools.pairwise(words))
    for table, columns in ratio.needs.items():
        assert set(columns) <= set(question.data[table])
    if {"--periods", "--every", "--start", "--end"} & set(options):
        assert ratio.date in question.data[ratio.table]
    for option in {"--by", "--groups"} & set(options):
        table, _, column = options[option].rpartition(".")
        assert column in question.data[table or ratio.table]
        if table:  # and the key that leads there
            assert set(schema()[table].primary_key) <= set(question.data[table]) & set(question.data[ratio.table])


@EACH
def test_the_portuguese_is_portuguese(question):
    english, portuguese = question.texts["en"], question.texts["pt-BR"]
    assert english != portuguese
    assert re.search(r"[.?]$", english)[0] == re.search(r"[.?]$", portuguese)[0]
    assert set(re.findall(r"\b[A-Z]{2,}\b", english)) == set(re.findall(r"\b[A-Z]{2,}\b", portuguese))
    for english_word, word in {"wave": "rodada", "ticket": "chamado", "rule": "regra de cálculo"}.items():
        assert (re.search(rf"\b{english_word}", english) is None) == (word not in portuguese)


def test_the_pages_keep_to_the_glossary():
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", page("pt-BR") + most_asked("pt-BR"))
    for reason, words in FORBIDDEN.items():
        found = re.search(rf"(?<![\[\w])(?:{words})\b", prose, re.IGNORECASE)
        assert not found, f"{found[0]!r}, but {reason}"
    assert "lição" not in prose


# --- The pages -------------------------------------------------------------------------------------


def test_the_pages_are_what_is_made_of_the_list():
    assert build_questions(check=True) == []


@LANGUAGES
def test_a_page_holds_every_question_and_its_links_lead_somewhere(language):
    text = page(language)
    for question in QUESTIONS:
        assert f"| {question.texts[language]} |" in text
        assert f"| `{question.command(language)}` |" in text
        assert "|" not in question.texts[language] + question.command(language)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target
    assert all(line.count("|") == 6 for line in text.splitlines() if line.startswith("|"))


@LANGUAGES
def test_the_part_for_the_front_page(language):
    lines = most_asked(language).splitlines()
    assert len([line for line in lines if line.startswith("|")]) == 2 + 10
    for target in re.findall(r"\]\(([^)#]+)\)", lines[-1]):
        assert (ROOT / target).exists(), target


# --- The commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("question", "language"), RUNS)
def test_the_command_answers_the_question(question, language, run):
    code, out, written = run(question.command(language))
    command, *options = question.commands[language].split()
    assert code == 0 or (code == 1 and command in MAY_SAY_NO)
    for text in ANSWERS[question.key]:
        assert text in out, text
    if command in ("metric", "compare") and not {"--sql", "--format"} & set(options):
        assert re.search(r"\bn = \d", out), "a number without its n"
    if {"--periods", "--groups"} & set(options):
        assert re.search(r"\b(up|down|not_clear|too_few)\b", out), "a comparison without its verdict"
    assert [one.name for one in written] == ([options[options.index("--out") + 1]] if "--out" in options else [])
    if command == "report":
        text = written[0].read_text(encoding="utf-8")
        assert str(cx.show(cx.nps(cx.ipe()))).split(";")[0] in text.replace("&nbsp;", " ")
        assert number(cx.nps(cx.ipe())["n"].item(), decimals=0) in text
    if command == "world":
        assert cx.open_dataset(written[0]).synthetic
