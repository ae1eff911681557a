"""Data of customers on somebody else's machine: refused, with one way past and a company's own hub left alone."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.cli import main
from cxlib.tables.public_host import HOSTS, public_host

VARIABLES = [(host, name) for host, names in HOSTS.items() for name in names]
ANSWERS = "Nota;Quando\n" + "\n".join(
    f"{score};2025-03-{day:02d}T10:00:00-03:00" for day, score in enumerate([10, 3], 1)
)
MAPPING = '[survey_responses]\ntype = { value = "nps" }\nscore = "Nota"\nanswered_at = "Quando"\n'
ANYWHERE = "machine of others"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    for _, name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CX_ALLOW_PUBLIC_HOST", raising=False)


@pytest.fixture
def on_binder(at_home, monkeypatch):
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")


def bring(files, name="out"):
    return cx.import_table([files / "answers.csv"], files / "map.toml", files / name)


@pytest.mark.parametrize(("host", "name"), VARIABLES)
def test_each_host_is_known_by_its_own_variables(monkeypatch, host, name):
    assert public_host() is None
    monkeypatch.setenv(name, "x")
    assert public_host() == host


def test_kaggle_is_kaggle_although_its_images_carry_variables_of_colab(monkeypatch):
    monkeypatch.setenv("COLAB_GPU", "")
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    assert public_host() == "Kaggle"


def test_a_company_s_own_hub_is_not_public(monkeypatch, files):
    monkeypatch.setenv("JUPYTERHUB_USER", "ana")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ana/")
    assert public_host() is None
    assert not bring(files).synthetic


def test_an_import_is_refused_and_writes_nothing(on_binder, files):
    with pytest.raises(cx.InputError, match=r"runs on Binder.*CX_ALLOW_PUBLIC_HOST=1"):
        bring(files)
    assert not (files / "out").exists()


def test_what_was_imported_elsewhere_is_not_opened_either(files, monkeypatch):
    bring(files)
    pd.DataFrame({"score": [1, 2]}).to_csv(files / "scores.csv")
    pd.DataFrame({"score": [1, 2]}).to_csv(files / "survey_responses.csv")
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab_20260101")
    for call in (
        lambda: cx.open_dataset(files / "out"),
        lambda: cx.open_dataset(files / "survey_responses.csv"),
        lambda: cx.open_dataset(files),
        lambda: cx.nps(files / "scores.csv"),
        lambda: cx.nps(files / "out"),
        lambda: cx.write_report(files / "out", files / "report.xlsx", format="xlsx"),
    ):
        with pytest.raises(cx.InputError, match=ANYWHERE):
            call()


def test_a_database_is_refused(on_binder, files):
    import duckdb
    import ibis

    with duckdb.connect(str(files / "shop.duckdb")) as base:
        base.sql("CREATE TABLE survey_responses AS SELECT 1 AS response_id")
    with pytest.raises(cx.InputError, match=ANYWHERE):
        cx.open_dataset(files / "shop.duckdb")
    connection = ibis.duckdb.connect()
    with pytest.raises(cx.InputError, match=ANYWHERE):
        cx.open_dataset(connection)
    connection.disconnect()


def test_the_command_says_it_in_one_sentence(on_binder, files, capsys):
    with pytest.raises(SystemExit) as left:
        main(
            [
                "import",
                "table",
                str(files / "answers.csv"),
                "--map",
                str(files / "map.toml"),
                "--out",
                str(files / "o"),
            ]
        )
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert ANYWHERE in told and told.count("\n") == 1


def test_the_synthetic_company_frames_and_counts_go_on_working(on_binder):
    assert cx.nps(cx.ipe(scale="tiny"))["n"].iloc[0]
    assert cx.nps(promoters=3, passives=2, detractors=1)["n"].iloc[0] == 6
    assert cx.nps(pd.DataFrame({"score": [10, 3]}))["n"].iloc[0] == 2


def test_one_variable_says_that_the_data_may_be_there(on_binder, files, monkeypatch):
    monkeypatch.setenv("CX_ALLOW_PUBLIC_HOST", "0")
    with pytest.raises(cx.InputError, match=ANYWHERE):
        bring(files)
    monkeypatch.setenv("CX_ALLOW_PUBLIC_HOST", "1")
    assert bring(files).frame("survey_responses")["score"].to_list() == [10, 3]


def test_what_the_mapping_calls_synthetic_may_be_imported_and_stays_marked(on_binder, files):
    (files / "map.toml").write_text("[dataset]\nsynthetic = true\n" + MAPPING, encoding="utf-8")
    made = bring(files)
    assert made.synthetic and made.privacy_floor == 10
    assert bring(files).synthetic  # again, into the same folder
    assert cx.open_dataset(files / "out").synthetic


def test_synthetic_and_other_data_are_not_mixed(files):
    bring(files, "real")
    (files / "map.toml").write_text("[dataset]\nsynthetic = true\n" + MAPPING, encoding="utf-8")
    bring(files, "made")
    with pytest.raises(cx.InputError, match="holds other data"):
        bring(files, "real")
    from cxlib.world.store import write_world

    write_world(files / "ipe", scale="tiny")
    with pytest.raises(cx.InputError, match="holds other data"):
        bring(files, "ipe")
    (files / "map.toml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(cx.InputError, match="real data are not mixed"):
        bring(files, "made")


def test_synthetic_is_true_or_false(files):
    (files / "map.toml").write_text('[dataset]\nsynthetic = "yes"\n' + MAPPING, encoding="utf-8")
    with pytest.raises(cx.InputError, match="true or false"):
        bring(files)


def test_it_is_said_in_portuguese_too(on_binder, files, portuguese):
    with pytest.raises(cx.InputError, match="uma máquina de terceiros"):
        bring(files)
