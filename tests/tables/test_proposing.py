"""A proposed mapping: what is clear is decided, what is not is asked, nobody is shown, and the result imports."""

import tomllib

import pandas as pd
import pytest

import cxlib as cx
from cxlib.cli import main
from cxlib.tables.mapping import OPEN, read_mapping
from cxlib.tables.proposing.lines import Question
from cxlib.tables.proposing.names import HOLDS, SAME, VAGUE, match

HEADINGS = ["Protocolo", "Data da resposta", "Nota NPS", "E-mail do cliente", "Canal", "Comentário", "Setor", "Valor"]
PEOPLE = ["ana.lima@example.com", "bia@example.org", "caio@example.net"]
ROWS = [
    (
        f"A-{day:03d}",
        f"{day:02d}/03/2025 10:00",
        str(score),
        PEOPLE[day % 3],
        ["Loja", "Site", "Zap"][day % 3],
        f"ligue (11) 98765-43{day:02d}",
        ["Móveis", "Áudio"][day % 2],
        f"{day},50",
    )
    for day, score in enumerate([10, 9, 0, 8, 7, 10, 3, 9, 10, 6, 9, 2, 10, 5, 9, 8], start=1)
]


def file_of(folder, headings, rows, name="export.csv"):
    path = folder / name
    path.write_text("\n".join(";".join(row) for row in [headings, *rows]) + "\n", encoding="cp1252")
    return path


@pytest.fixture
def export(tmp_path):
    return file_of(tmp_path, HEADINGS, ROWS)


def proposed(tmp_path, table="survey_responses", **columns):
    rows = list(zip(*columns.values(), strict=True))
    return cx.propose_mapping(file_of(tmp_path, list(columns), rows), table)


def decided(proposal):
    return {entry.key: list(entry.lines) for entry in proposal.decisions}


def asked(proposal):
    return {question.key: question for question in proposal.questions}


def lines_of(question):
    return [list(choice.lines) for choice in question.choices]


# --- Names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "column", "level"),
    [
        ("score", "score", SAME),
        ("Nota", "score", SAME),
        ("NOTA NPS", "score", HOLDS),
        ("Avaliação", "score", SAME),
        ("CustomerID", "customer_id", SAME),
        ("ID do cliente", "customer_id", SAME),
        ("property_email", "customer_id", HOLDS),
        ("Nome", "customer_id", VAGUE),
        ("Data", "answered_at", VAGUE),
        ("Data da Resposta", "answered_at", SAME),
        ("Canal de atendimento", "channel", SAME),
        ("review_comment_message", "comment", SAME),
        ("order_status", "order_id", None),
        ("phone_service", "customer_id", None),
        ("Departamento", "channel", None),
    ],
)
def test_names_in_both_languages(heading, column, level):
    found = match(heading, "survey_responses", column)
    assert (found and found.level) == level


# --- A whole file -------------------------------------------------------------------------------------


def test_what_is_clear_is_decided(export):
    found = decided(cx.propose_mapping(export))
    assert found["response_id"] == ['response_id = "Protocolo"']
    assert found["score"] == ['score = "Nota NPS"'] and found["type"] == ['type = { value = "nps" }']
    assert found["answered_at"] == ['answered_at = "Data da resposta"']
    assert found["customer_id"] == ['customer_id = "E-mail do cliente"']
    assert found["channel"] == [
        'channel = { column = "Canal", values = { "Site" = "web", "Zap" = "whatsapp", "Loja" = "store" } }'
    ]


def test_what_is_not_said_is_asked_and_what_is_not_used_is_listed(export):
    proposal = cx.propose_mapping(export)
    assert list(asked(proposal)) == ["source_zone"]
    assert [profile.heading for profile in proposal.left_out] == ["Setor", "Valor"]
    assert "wave" in proposal.lacking and "score_issue" not in proposal.lacking


def test_nobody_is_shown(export):
    proposal = cx.propose_mapping(export)
    for shown in (repr(proposal), proposal._repr_markdown_(), proposal.toml()):
        for secret in ("ana.lima", "bia@", "98765", "A-001"):
            assert secret not in shown
        assert "xxx.xxxx@xxxxxxx.xxx" in shown.replace("\\", "") or "xxx@xxxxxxx.xxx" in shown.replace("\\", "")


def test_the_mapping_that_is_written_imports_once_it_is_answered(export, tmp_path):
    proposal = cx.propose_mapping(export)
    with pytest.raises(cx.InputError, match="source_zone"):
        cx.import_table([export], proposal.write(tmp_path / "open.toml"), tmp_path / "out")
    path = proposal.answer({"source_zone": 1}).write(tmp_path / "map.toml")
    shop = cx.import_table([export], path, tmp_path / "out")
    answers = shop.frame("survey_responses")
    assert len(answers) == len(ROWS) and answers["score"].to_list() == [int(row[2]) for row in ROWS]
    assert answers["answered_at"].dt.strftime("%d/%m/%Y %H:%M").to_list() == [row[1] for row in ROWS]
    assert answers["customer_id"].str.startswith("p_").all() and answers["customer_id"].nunique() == 3
    assert set(answers["channel"]) == {"store", "web", "whatsapp"}


def test_an_open_question_that_is_needed_stops_the_import_by_name(tmp_path):
    path = file_of(
        tmp_path, ["Nota", "Respondido em"], [(str(n % 5 + 1), f"2025-03-{n:02d}T10:00Z") for n in range(1, 20)]
    )
    mapping = cx.propose_mapping(path).write(tmp_path / "map.toml")
    with pytest.raises(cx.InputError, match=r"still asks which column is type .*Take the #\? off"):
        cx.import_table([path], mapping, tmp_path / "out")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('#? type = { value = "csat" }', 'type = { value = "csat" }'), encoding="utf-8")
    assert cx.csat(cx.import_table([path], mapping, tmp_path / "out"))["n"].iloc[0] == 19


def test_a_mapping_somebody_has_edited_is_not_written_over(export, tmp_path):
    proposal = cx.propose_mapping(export)
    proposal.write(tmp_path / "map.toml")
    with pytest.raises(cx.InputError, match="is there already"):
        proposal.write(tmp_path / "map.toml")
    with pytest.raises(cx.InputError, match="cannot be written"):
        proposal.write(tmp_path / "nowhere" / "map.toml")


def test_the_mapping_is_toml_and_every_answer_in_it_is_a_line_of_a_mapping(export, tmp_path):
    proposal = cx.propose_mapping(export)
    text = proposal.toml()
    assert tomllib.loads(text)["survey_responses"]["score"] == "Nota NPS"
    taken = [line.removeprefix(OPEN + " ") for line in text.splitlines() if line.startswith(OPEN)]
    for line in taken:
        tomllib.loads(line)
    (tmp_path / "m.toml").write_text(text.replace("# setor", "setor"), encoding="utf-8")
    assert list(read_mapping(tmp_path / "m.toml").sections[0].keep) == ["setor"]


# --- Questions ----------------------------------------------------------------------------------------


def test_the_order_of_day_and_month_is_asked_with_both_readings(tmp_path):
    proposal = proposed(tmp_path, Nota=["5", "4"] * 6, Respondido_em=[f"0{n % 9 + 1}/04/2025" for n in range(12)])
    question = asked(proposal)["answered_at"]
    assert question.needed
    assert lines_of(question) == [
        ['answered_at = { column = "Respondido_em", format = "%d/%m/%Y" }'],
        ['answered_at = { column = "Respondido_em", format = "%m/%d/%Y" }'],
    ]
    assert question.choices[0].means == "01/04/2025 = 2025-04-01"


def test_the_decimal_sign_and_the_unit_of_money_are_asked(tmp_path):
    proposal = proposed(
        tmp_path, "orders", pedido=["1", "2", "3"], total=["1.234", "2.500", "7.100"], frete=["10", "20", "30"],
        data_do_pedido=["2025-03-25T10:00Z"] * 3,
    )  # fmt: skip
    questions = asked(proposal)
    assert [lines[0] for lines in lines_of(questions["total_cents"])] == [
        'total_cents = { column = "total", format = "units", decimal = "," }',
        'total_cents = { column = "total", format = "units", decimal = "." }',
    ]
    assert [lines[0] for lines in lines_of(questions["shipping_cents"])] == [
        'shipping_cents = { column = "frete", format = "units" }',
        'shipping_cents = { column = "frete", format = "cents" }',
    ]
    assert lines_of(questions["currency"]) == [['currency = { value = "BRL" }']]


@pytest.mark.parametrize(
    ("scores", "first", "scale"),
    [
        (["1", "2", "3", "4", "5"], "csat", []),
        (["1", "4", "6", "7", "2"], "ces", []),
        (["0", "10", "9", "7", "3"], "nps", []),
        (["0", "1", "1", "0", "1"], "csat", ["scale_max = { value = 1 }", "scale_min = { value = 0 }"]),
        (["20", "100", "80", "55", "90"], "csat", ["scale_max = { value = 100 }"]),
    ],
)
def test_the_question_behind_the_scores_is_asked_with_its_scale(tmp_path, scores, first, scale):
    question = asked(proposed(tmp_path, Nota=scores * 4, Respondido_em=["2025-03-25T10:00Z"] * 20))["type"]
    assert lines_of(question)[0] == [f'type = {{ value = "{first}" }}', *scale]


def test_two_columns_with_equally_telling_names_are_asked(tmp_path):
    stamps = ["2025-03-25T10:00Z"] * 4
    proposal = proposed(tmp_path, Nota=list("5413"), Data=stamps, Quando=stamps)
    question = asked(proposal)["answered_at"]
    assert lines_of(question) == [['answered_at = "Data"'], ['answered_at = "Quando"']]


def test_the_only_date_of_a_file_may_have_a_vague_name(tmp_path):
    proposal = proposed(tmp_path, Nota=list("5413"), Data=["2025-03-25T10:00Z"] * 4)
    assert decided(proposal)["answered_at"] == ['answered_at = "Data"']


def test_a_name_alone_is_no_identity_unless_somebody_says_so(tmp_path):
    people = ["Ana Lima", "Bia Souza", "Caio Reis", "Ana Lima"]
    for heading in ("Nome", "Cliente"):
        columns = {"Nota": list("5413"), "Data": ["2025-03-25T10:00Z"] * 4, heading: people}
        proposal = proposed(tmp_path, **columns)
        question = asked(proposal)["customer_id"]
        assert "no safe identity" in question.asks and not question.needed
        assert lines_of(question) == [[], [f'customer_id = "{heading}"']]
        assert "Ana" not in repr(proposal) + proposal.toml()


def test_several_identities_are_asked_an_identifier_goes_first(tmp_path):
    base = {"Nota": list("5413"), "Data": ["2025-03-25T10:00Z"] * 4}
    mails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]
    proposal = proposed(tmp_path, **base, Email=mails, CPF=["12345678909"] * 4)
    assert len(asked(proposal)["customer_id"].choices) == 3
    proposal = proposed(tmp_path, **base, Email=mails, Customer_ID=list("1234"))
    assert decided(proposal)["customer_id"] == ['customer_id = "Customer_ID"']
    assert "12345678909" not in repr(proposal)


def test_an_identifier_that_repeats_is_asked(tmp_path):
    proposal = proposed(tmp_path, Protocolo=list("1123"), Nota=list("5413"), Data=["2025-03-25T10:00Z"] * 4)
    question = asked(proposal)["response_id"]
    assert "set aside: 1" in question.choices[0].means and question.choices[1].lines == ()


def test_words_nobody_knows_are_asked(tmp_path):
    proposal = proposed(
        tmp_path, Nota=list("5413"), Data=["2025-03-25T10:00Z"] * 4, Canal=["Loja", "Correio", "Loja", "Loja"]
    )
    question = asked(proposal)["channel"]
    assert lines_of(question)[0] == ['channel = { column = "Canal", values = { "Loja" = "store" } }']
    assert "“Correio”" in question.choices[0].means
    assert '"Correio" = "..."' in lines_of(question)[1][0]


def test_two_questions_in_one_row(tmp_path):
    proposal = proposed(
        tmp_path, **{"Nota NPS": ["10", "9", "1"], "Nota CSAT": list("541"), "Data": ["2025-03-25T10:00Z"] * 3}
    )
    assert lines_of(asked(proposal)["score"]) == [
        ['score = "Nota NPS"', 'type = { value = "nps" }'],
        ['score = "Nota CSAT"', 'type = { value = "csat" }'],
    ]


def test_what_a_file_lacks_is_said_and_what_is_empty_is_no_candidate(tmp_path):
    proposal = proposed(tmp_path, Nota=["", "", ""], Setor=["a", "b", "a"])
    assert all(asked(proposal)[key].needed for key in ("type", "score", "answered_at"))
    assert not proposal.decisions


# --- Answers ------------------------------------------------------------------------------------------


def test_answers_are_numbers_or_lines(export):
    proposal = cx.propose_mapping(export)
    assert decided(proposal.answer({"source_zone": 2}))["source_zone"] == ['source_zone = "UTC"']
    own = proposal.answer({"source_zone": 'source_zone = "America/Manaus"'})
    assert not own.questions and 'source_zone = "America/Manaus"' in own.toml().splitlines()
    assert asked(proposal)  # the first one is as it was


@pytest.mark.parametrize("answer", [0, 3, "UTC", True, 1.0])
def test_other_answers_are_refused(export, answer):
    with pytest.raises(cx.InputError, match="does not answer source_zone: give a number from 1 to 2"):
        cx.propose_mapping(export).answer({"source_zone": answer})


def test_an_answer_nobody_asked_for_is_refused(export):
    with pytest.raises(cx.InputError, match=r"no question 'zone'. Open questions: source_zone"):
        cx.propose_mapping(export).answer({"zone": 1})


# --- Files --------------------------------------------------------------------------------------------


def test_parquet_xlsx_and_json_lines_give_the_same(export, tmp_path):
    frame = pd.DataFrame(ROWS, columns=HEADINGS)
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True, force_ascii=False)
    expected = decided(cx.propose_mapping(export))
    for name in ("a.parquet", "a.xlsx", "a.jsonl"):
        assert decided(cx.propose_mapping(tmp_path / name)) == expected


def test_files_of_one_shape_are_one_table_others_are_refused(export, tmp_path):
    more = file_of(tmp_path, HEADINGS, ROWS[:3], "more.csv")
    assert cx.propose_mapping([export, more]).rows == len(ROWS) + 3
    other = file_of(tmp_path, ["Nota", "Data"], [("1", "2")], "other.csv")
    with pytest.raises(cx.InputError, match="different columns"):
        cx.propose_mapping([export, other])
    with pytest.raises(cx.InputError, match="No file was given"):
        cx.propose_mapping([])
    with pytest.raises(cx.InputError, match="There is no table called 'answers'"):
        cx.propose_mapping(export, "answers")


def test_headings_are_only_text(tmp_path):
    nasty = ['Nota "x"', "Data\\n", "<script>alert(1)</script>", "a|b`c", "[x](javascript:1)"]
    path = file_of(
        tmp_path, nasty, [("5", "2025-03-25T10:00Z", "a", "b", "c"), ("4", "2025-03-26T10:00Z", "a", "b", "d")]
    )
    proposal = cx.propose_mapping(path)
    tomllib.loads(proposal.toml())
    assert asked(proposal) and "`a\\|b'c`" in proposal._repr_markdown_()


def test_synthetic_files_are_marked_and_others_stay_off_public_hosts(export, monkeypatch):
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")
    with pytest.raises(cx.InputError, match="machine of others"):
        cx.propose_mapping(export)
    assert tomllib.loads(cx.propose_mapping(export, synthetic=True).toml())["dataset"] == {"synthetic": True}


def test_it_is_said_in_portuguese(export, portuguese):
    proposal = cx.propose_mapping(export)
    assert "Que relógios os mostravam?" in repr(proposal)
    assert "Mapeamento proposto" in proposal.toml() and "Tire o #? das linhas" in proposal.toml()


# --- The command --------------------------------------------------------------------------------------


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in arguments])
    return left.value.code, *capsys.readouterr()


def test_the_command_prints_writes_and_tells_by_its_code_whether_the_import_waits(export, tmp_path, capsys):
    code, out, _ = run(capsys, "propose", export, "--out", tmp_path / "map.toml")
    assert code == 1 and "source_zone (needed)" in out and (tmp_path / "map.toml").exists()
    code, out, err = run(capsys, "propose", export, "--out", tmp_path / "map.toml")
    assert code == 2 and "is there already" in err
    answered = file_of(
        tmp_path, ["Nota NPS", "Data"], [("10", "2025-03-25T10:00Z"), ("0", "2025-03-26T10:00Z")], "b.csv"
    )
    code, out, _ = run(capsys, "propose", answered, "--table", "survey_responses")
    assert code == 0 and 'answered_at = "Data"' in out


def test_every_table_can_be_proposed(export):
    from cxlib.tables.schema import schema

    for name in schema():
        proposal = cx.propose_mapping(export, name)
        tomllib.loads(proposal.toml())
        assert all(isinstance(question, Question) and question.choices for question in proposal.questions)
