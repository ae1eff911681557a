"""Ipê in the files of a platform and back again: what comes back is what the company's own tables say."""

import pytest

import cxlib as cx
from cxlib.platforms.importing import import_platform
from cxlib.platforms.writing import WRITERS, write_as


@pytest.fixture(scope="module")
def ipe():
    return cx.ipe("tiny")


def brought_back(ipe, key, tmp_path):
    files = write_as(ipe, key, tmp_path / key)
    return import_platform("auto", files, tmp_path / "out", synthetic=True)


def test_zendesk_gives_back_every_ticket_and_its_times(ipe, tmp_path):
    shop = brought_back(ipe, "zendesk", tmp_path)
    ours = ipe.frame("tickets").reset_index(drop=True)
    back = shop.frame("tickets")
    back = back.assign(number=back["ticket_id"].astype(int)).sort_values("number").reset_index(drop=True)
    for name in ("created_at", "solved_at", "status", "priority", "team", "subject", "reopened_count"):
        known = ours[name].notna()
        assert (ours[name][known] == back[name][known]).all(), name
        assert back[name].isna().tolist() == (~known).tolist(), name
    late = (ours["first_human_reply_at"] - back["first_human_reply_at"]).dropna().dt.total_seconds()
    assert late.between(0, 59.999).all()  # the platform gives whole minutes
    assert back["customer_id"].nunique() == ours["customer_id"].nunique()
    assert shop.synthetic


def test_movidesk_gives_back_tickets_and_the_answers_inside_them(ipe, tmp_path):
    shop = brought_back(ipe, "movidesk", tmp_path)
    ours = ipe.frame("tickets").reset_index(drop=True)
    back = shop.frame("tickets")
    back = back.assign(number=back["ticket_id"].astype(int)).sort_values("number").reset_index(drop=True)
    for name in ("created_at", "first_human_reply_at", "solved_at", "closed_at", "priority", "team"):
        known = ours[name].notna()
        assert (ours[name][known] == back[name][known]).all(), name
    asked = ipe.frame("survey_responses").query("ticket_id.notna() and type in ('nps', 'csat') and score.notna()")
    answers = shop.frame("survey_responses")
    assert sorted(zip(answers["type"], answers["score"], strict=True)) == sorted(
        zip(asked["type"], asked["score"], strict=True)
    )


def test_track_co_gives_back_the_nps_of_the_company(ipe, tmp_path):
    shop = brought_back(ipe, "track_co", tmp_path)
    ours = ipe.frame("survey_responses").query("type == 'nps' and kind == 'relational'")
    back = shop.frame("survey_responses").query("wave == 'relational'")
    assert cx.nps(back["score"]).iloc[0]["value"] == cx.nps(ours["score"]).iloc[0]["value"]
    assert cx.nps(back["score"]).iloc[0]["n"] == ours["score"].notna().sum()
    assert sorted(back["answered_at"]) == sorted(ours["answered_at"][ours["score"].notna()].dt.floor("s"))


def test_a_folder_with_something_in_it_is_left_alone(ipe, tmp_path):
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(cx.InputError, match="is not empty"):
        write_as(ipe, "zendesk", tmp_path)
    with pytest.raises(cx.InputError, match="Choose one of: zendesk"):
        write_as(ipe, "jira", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_the_command_writes_and_says_what_comes_next(tmp_path, capsys):
    from cxlib.cli import main

    for key in WRITERS:
        with pytest.raises(SystemExit) as left:
            main(["world", "--scale", "tiny", "--as", key, "--out", str(tmp_path / key)])
        assert left.value.code == 0
        assert f"cx import {key.replace('_', '-')}" in capsys.readouterr().out
