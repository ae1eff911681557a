"""Truths: the naive answer misses each, the right one finds it; and the surveys of T01 are as designed."""

import numpy as np
import pandas as pd
import pytest
from analyst import ANALYSTS, surveys

from cxlib.world import SEED, service, shopping, transactional, truths
from cxlib.world.build import part
from cxlib.world.company import company
from cxlib.world.counting import together
from cxlib.world.people import people
from cxlib.world.randomness import Source
from cxlib.world.timeline import timeline
from cxlib.world.truths import TRUTHS, values

SHARES = {"club, no ticket": 0.30, "club, ticket": 0.05, "no club, no ticket": 0.50, "no club, ticket": 0.15}
ANSWERS = {"club, no ticket": 0.40, "club, ticket": 0.30, "no club, no ticket": 0.12, "no club, ticket": 0.20}
NPS = {"club, no ticket": 40, "club, ticket": -15, "no club, no ticket": 10, "no club, ticket": -45}


@pytest.fixture(scope="module")
def invites(ipe):
    return surveys.relational_invites(ipe)


@pytest.fixture(scope="module")
def answers(ipe, invites):
    return surveys.answers(ipe, invites)


def test_truths_of_parts_add_up():
    whole, head_office = truths(SEED, 2_000), company(SEED)[1]
    assert whole == values(together(part(SEED, 0).counts, part(SEED, 1).counts, head_office))
    assert whole["T01"]["units"] == 4_000


@pytest.mark.parametrize("key", ANALYSTS)
def test_the_right_answer_finds_the_truth_and_the_naive_one_misses(key, ipe, told):
    answer, truth = ANALYSTS[key](ipe), told[key]["value"]
    assert abs(answer.right - truth) <= 4 * answer.right_error
    assert abs(answer.naive - truth) >= 3 * answer.naive_error


def test_every_truth_is_answered_for_and_stands_where_it_says(ipe, told):
    assert set(TRUTHS) == set(ANALYSTS) == set(told)
    for truth in TRUTHS.values():
        table, column = truth.column.split(".")
        assert column in ipe[table]


def test_every_customer_is_reached_once_a_wave(invites):
    assert len(invites) == 16_000
    assert not invites.duplicated(["customer_id", "wave"]).any()
    assert set(invites["wave"]) == {"2025-04", "2025-10"}


def test_strata_have_their_shares(invites):
    found = invites["stratum"].value_counts(normalize=True)
    for stratum, share in SHARES.items():
        # 8,000 people, each counted twice and a member both times.
        assert found[stratum] == pytest.approx(share, abs=4 * (share * (1 - share) / 8_000) ** 0.5)


def test_strata_answer_and_feel_as_designed(answers, invites):
    size, answered = invites["stratum"].value_counts(), answers["stratum"].value_counts()
    assert len(answers) / len(invites) == pytest.approx(0.225, abs=0.018)
    for stratum, rate in ANSWERS.items():
        assert answered[stratum] / size[stratum] == pytest.approx(rate, abs=5 / size[stratum] ** 0.5)
        mine = answers.loc[answers["stratum"] == stratum, "value"]
        assert mine.mean() == pytest.approx(NPS[stratum], abs=5 * mine.std() / len(mine) ** 0.5)


def test_two_answers_of_a_customer_are_alike_but_not_the_same(answers):
    both = answers.pivot_table(index="customer_id", columns="wave", values="score").dropna()
    assert len(both) > 300
    assert 0.2 < np.corrcoef(both.to_numpy().T)[0, 1] < 0.9


def test_failed_attempts_are_extra_and_never_answered(ipe):
    invites = ipe["survey_invites"]
    failed = invites[~invites["delivered"]]
    assert len(failed) / len(invites) == pytest.approx(0.02, abs=0.005)
    assert not ipe["survey_responses"]["invite_id"].isin(failed["invite_id"]).any()
    again = failed[failed["kind"] == "relational"].merge(
        invites[invites["delivered"]], on=["customer_id", "wave"], suffixes=("", "_again")
    )
    assert ((again["sent_at_again"] - again["sent_at"]).dt.days == 2).all()


def test_answers_carry_what_their_invitation_says(ipe):
    pairs = ipe["survey_responses"].merge(ipe["survey_invites"], on="invite_id", suffixes=("", "_asked"))
    for column in ("type", "kind", "customer_id", "channel", "wave", "ticket_id", "order_id"):
        assert pairs[column].fillna("").equals(pairs[f"{column}_asked"].fillna("")), column
    assert (pairs["asked_at"] == pairs["sent_at"]).all()
    called = pairs["wave"] == "follow-up"
    assert (pairs["wave"].notna() == (pairs["kind"] == "relational") | called).all()
    about = pairs["ticket_id"].notna() | pairs["order_id"].notna()
    assert (about == (pairs["kind"] == "transactional")).all()


def test_scores_are_whole_and_on_their_scale(ipe):
    answers = ipe["survey_responses"]
    assert (answers["score"] == answers["score"].round()).all()
    assert answers["score"].between(answers["scale_min"], answers["scale_max"]).all()
    scales = answers.groupby("type")[["scale_min", "scale_max"]].agg(["min", "max"]).to_numpy().tolist()
    assert scales == [[1, 1, 7, 7], [1, 1, 5, 5], [0, 0, 10, 10]]  # ces, csat, nps
    for kind, scores in answers.groupby("type")["score"]:
        assert scores.nunique() == {"nps": 11, "csat": 5, "ces": 7}[kind]


def test_tickets_are_answered_as_designed(ipe):
    invites = ipe["survey_invites"].query("ticket_id.notna() and delivered")
    for kind, answered in ipe["survey_responses"].query("ticket_id.notna()").groupby("type").size().items():
        assert answered / (invites["type"] == kind).sum() == pytest.approx(0.30, abs=0.03)


def test_satisfaction_falls_with_repeating_waiting_and_reopening():
    """Over everybody asked, answered or not: the chances of truth T14, and 10 points for a reopening."""
    asked = pd.concat([_asked(number) for number in range(8)])
    cells = asked.groupby(["repeats", "slow", "reopened"])["happy"].agg(["mean", "size"])
    assert len(cells[cells["size"] > 50]) >= 6
    for (repeats, slow, reopened), cell in cells.iterrows():
        chance = 0.88 - 0.08 * repeats - 0.05 * slow - 0.10 * reopened
        assert abs(cell["mean"] - chance) < 4 * (chance * (1 - chance) / cell["size"]) ** 0.5


def _asked(number):
    source = Source(SEED, number)
    everybody = people(source, 1_000)
    placed = shopping.placed(source, everybody, timeline(source, everybody).orders)
    bought = shopping.orders(source, everybody, placed)[0]
    helped = service.tickets(source, everybody, bought[bought["_person"] < 1_000].reset_index(drop=True))
    asked = transactional.asked(source, everybody, helped).query("_csat")
    about = helped.take(asked["_ticket"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "repeats": about["_repeats"],
            "slow": about["_wait"] > 10,
            "reopened": about["reopened_count"] > 0,
            "happy": asked["_score"].to_numpy() >= 4,
        }
    )


def test_comments_are_short_and_many(ipe):
    comments = ipe["survey_responses"]["comment"]
    assert comments.notna().mean() == pytest.approx(0.35, abs=0.03)
    assert comments.dropna().nunique() > 300
    assert comments.dropna().str.len().max() < 120
