"""What readers stumbled over: surveys mixed, months left out without a word, groups too small, empty cells."""

import re

import numpy as np
import pandas as pd
import pytest

import cxlib as cx
from cxlib.reports import appendix
from cxlib.reports.findings import is_it_news, what_moved, what_to_look_at
from cxlib.reports.gathering import gather
from cxlib.reports.page import _beside, _groups, _months


def invitations(*sent):
    """Return invitations and their answers: for each (survey, month, channel) how many, and how many answered."""
    rows, said = [], []
    for kind, month, channel, count, answered in sent:
        for n in range(count):
            name = f"{kind}-{month}-{channel}-{n}"
            at = pd.Timestamp(f"{month}-10 15:00", tz="UTC")
            rows.append((name, kind, channel, at, True))
            if n < answered:
                score = (10, 8, 2)[n % 3] if kind == "nps" else 1 + n % 5
                said.append((name, name, kind, score, at, channel))
    return cx.open_dataset(
        {
            "survey_invites": pd.DataFrame(rows, columns=["invite_id", "type", "channel", "sent_at", "delivered"]),
            "survey_responses": pd.DataFrame(
                said, columns=["response_id", "invite_id", "type", "score", "answered_at", "channel"]
            ),
        }
    )


@pytest.fixture(scope="module")
def mixed():
    """NPS is answered by 20 in 100, CSAT by 40, on each channel alike; NPS goes out by e-mail, in February only."""
    months = [("csat", f"2025-0{m}", channel, 300, 120) for m in (1, 2, 3) for channel in ("email", "sms")]
    return invitations(*months, ("nps", "2025-02", "email", 3000, 600), ("nps", "2025-02", "sms", 200, 40))


def test_a_mix_of_surveys_is_not_taken_for_a_channel(mixed):
    email, sms = cx.response_rate(mixed, by="channel")["value"]
    assert sms - email > 0.05  # which is what would mislead
    found = gather(mixed)
    rate = next(one for one in found if one.key == "response_rate")
    assert list(rate.groups) == ["survey"]
    assert [part.survey for part in rate.parts] == ["csat", "nps"]
    assert all(set(part.contrasts["channel"]["verdict"]) == {"not_clear"} for part in rate.parts)
    said = what_to_look_at(found)
    assert said.startswith(
        "No group stands out in NPS and CSAT. Response rate: lower for the NPS survey, 20% (n = 3,200)"
    )
    assert said.endswith("It says who answers, not who is happy.")
    assert "−" not in said


def test_a_rate_that_moves_with_the_mix_alone_is_said_to(mixed):
    found = gather(mixed)
    assert what_moved(found).endswith("Response rate: fell in February 2025 and rose in March 2025.")
    assert "no survey taken alone moved" in is_it_news(found)
    rate = next(one for one in found if one.key == "response_rate")
    assert any(line.endswith("of the months shown, sent in February 2025 only.") for line in _beside(rate))


def test_a_rate_that_truly_moves_is_no_mix():
    falls = [("csat", f"2025-0{m}", "email", 500, 250 - 100 * (m == 2)) for m in (1, 2)]
    found = gather(invitations(*falls, ("nps", "2025-01", "sms", 100, 20), ("nps", "2025-02", "sms", 100, 20)))
    assert "no survey taken alone" not in is_it_news(found)


def test_nps_after_a_contact_is_a_survey_of_its_own(mixed):
    tables = {name: mixed.frame(name) for name in mixed}
    invites = tables["survey_invites"]
    contact = invites["channel"].eq("email") & invites["type"].eq("nps")
    invites["kind"] = np.where(contact, "transactional", None)
    rate = next(one for one in gather(cx.open_dataset(tables)) if one.key == "response_rate")
    assert sorted(part.survey for part in rate.parts) == ["csat", "nps", "transactional_nps"]


def answers(months, size=60, **columns):
    frame = pd.DataFrame({"score": [9, 10, 3, 7] * (size // 4) * len(months), "type": "nps"})
    frame["answered_at"] = [pd.Timestamp(f"{month}-15", tz="UTC") for month in months for _ in range(size)]
    frame["response_id"] = [f"r{n}" for n in frame.index]
    return gather(cx.open_dataset({"survey_responses": frame.assign(**columns)}))[0]


def test_months_that_are_not_shown_are_said_to_be_in_the_total():
    evidence = answers([str(month) for month in pd.period_range("2024-01", "2025-02", freq="M")])
    assert list(_beside(evidence)) == [
        "Only the last 12 months with data are shown; the total also contains those from January 2024 to February "
        "2024 (n = 120)."
    ]
    assert not list(_beside(answers(["2025-01", "2025-02"])))


def words(pieces):
    return " | ".join(re.sub(r"(<[^>]*>)+", " | ", piece) for piece in pieces if isinstance(piece, str))


def test_a_gap_between_months_is_named_and_no_cell_is_empty():
    said = words(_months(answers(["2025-04", "2025-10"])))
    assert "Against the period before" in said
    assert "no clear change (against April 2025)" in said
    assert "the first month shown" in said
    assert "Against the month before" in words(_months(answers(["2025-04", "2025-05"])))


def test_answers_without_a_group_have_a_verdict_and_a_word_of_their_own():
    channels = np.array(["web", "app", None], dtype=object)[np.arange(240) % 3]
    said = words(_groups(answers(["2025-01", "2025-02"], size=120, channel=channels)))
    assert re.search(r"\(not given\) \| [^|]+ \| 80 \| 0 \| (no clear difference|higher|lower) \|", said)
    assert "(not given): the data do not say which channel." in said


def test_what_is_not_shown_says_what_it_would_take():
    stores = ["s1", "s2", None, None, None, None] * 20
    frame = pd.DataFrame({"type": "nps", "score": [9, 3, 7, 10] * 30, "store_id": stores})
    frame["response_id"] = [f"r{n}" for n in frame.index]
    dataset = cx.open_dataset({"survey_responses": frame, "stores": pd.DataFrame({"store_id": ["s1", "s2"]})})
    found = gather(dataset)
    lines = [line for _, line in appendix.lacking(dataset, found)]
    assert any(line.startswith("NPS · Store: no comparison") and "30 or more, and 0 of 2 have that" in line
               for line in lines)  # fmt: skip
    assert any("ask whoever sent you this page (cx report --format xlsx)" in line for line in lines)
    assert any(line.startswith("NPS · Channel: not shown, because the rows") for line in lines)
    assert any(line.startswith("NPS · Month: not shown") for line in lines)
    assert any("survey_invites" in line for line in lines)  # what the response rate would take
    assert "store_id" in found[0].groups  # whose cells the workbook holds
    assert not any("Store" in piece for piece in _groups(found[0]) if isinstance(piece, str))


def test_labels_stand_only_where_they_fit():
    import matplotlib.pyplot as plt

    from cxlib.charts.bands import chart_bands
    from cxlib.metrics.bands import bands

    for width, shown in ((8, {"11%", "19%", "70%"}), (5, {"19%", "70%"})):
        ax = plt.subplots(figsize=(width, 3))[1]
        chart_bands(bands(counts={2: 19, 4: 11, 7: 70}, name="ces"), ax=ax)
        assert {text.get_text() for text in ax.texts if text.get_text().endswith("%")} == shown
        plt.close(ax.figure)
