"""The proposal for real exports, where they are at hand: as the mappings written by hand say, and nobody is shown."""

import tomllib

import pandas as pd
import pytest
from test_real_data import MAPPINGS, SHARED, at_hand

import cxlib as cx
from cxlib.privacy import looks_personal

SAMPLES = SHARED.parent / "platform-samples"
pytestmark = pytest.mark.slow
ANSWERS = {"source_zone": 1, "type": 1}


@pytest.mark.parametrize(
    ("folder", "by_hand", "more"),
    [
        # They part where nobody can see it: the column `id` of the file is that of the order, not of the answer.
        ("b2w-reviews", "b2w.toml", {}),
        ("olist-reviews-themes", "olist.toml", {"order_id": "order_id"}),
    ],
)
def test_the_proposal_says_what_was_written_by_hand(tmp_path, folder, by_hand, more):
    _, files = at_hand(folder)
    proposal = cx.propose_mapping(files)
    assert set(ANSWERS) <= {question.key for question in proposal.questions}
    path = proposal.answer(ANSWERS).write(tmp_path / "map.toml")
    proposed, written = (tomllib.loads(one.read_text(encoding="utf-8")) for one in (path, MAPPINGS / by_hand))
    mapped = {
        key: value for key, value in written["survey_responses"].items() if isinstance(value, str) and key not in more
    }
    assert mapped.items() <= proposed["survey_responses"].items()
    assert proposed["survey_responses"]["type"] == written["survey_responses"]["type"]
    one = cx.import_table(files, path, tmp_path / "proposed")
    other = cx.import_table(files, MAPPINGS / by_hand, tmp_path / "by-hand")
    pd.testing.assert_frame_equal(pd.DataFrame(cx.csat(one)), pd.DataFrame(cx.csat(other)), rtol=0.02)


def test_a_file_that_is_no_survey_is_not_taken_for_one():
    _, files = at_hand("telco-churn-ibm")
    proposal = cx.propose_mapping(files)
    assert not proposal.decisions
    assert {question.key for question in proposal.questions if question.needed} == {"type", "score", "answered_at"}


def test_no_value_of_a_platform_sample_that_looks_personal_is_shown():
    files = sorted(SAMPLES.glob("*/*.csv"))
    if not files:
        pytest.skip("the platform samples are not here: set CX_SHARED to the folder that holds platform-samples")
    for path in files:
        for table in ("survey_responses", "tickets", "customers"):
            proposal = cx.propose_mapping(path, table)
            shown = repr(proposal) + proposal.toml() + proposal._repr_markdown_()
            tomllib.loads(proposal.toml())
            for profile in proposal.profiles:
                personal = profile.texts[looks_personal(profile.texts)]
                assert not [value for value in personal.unique() if value in shown], (path.name, profile.heading)
