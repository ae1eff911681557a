"""Answers to the NPS question as Track.co gives them: seconds since 1970, no word about who did not answer."""

from cxlib.platforms.writing.rows import numbered, rows, seconds
from cxlib.tables.dataset import Dataset

CHANNELS = {"email": "Email", "sms": "SMS", "whatsapp": "WhatsApp", "web": "Link"}


def files(dataset: Dataset) -> dict[str, object]:
    """Return the bare list of answers by the name of its file."""
    answers = [one for one in rows(dataset, "survey_responses") if one["type"] == "nps" and one["score"] is not None]
    campaigns = numbered([one["kind"] for one in answers], 1)
    return {
        "answers.json": [
            {
                "id": number,
                "time": seconds(one["answered_at"]),
                "type": CHANNELS.get(one["channel"], one["channel"]),
                "name": None,
                "email": None,
                "phone": None,
                "identification": one["customer_id"],
                "nps_answer": int(one["score"]),
                "last_nps_answer": None,
                "nps_comment": one["comment"],
                "campaign_name": one["kind"],
                "campaign_code": campaigns.get(one["kind"]),
                "dispatch_time": seconds(one["asked_at"]),
                "status": "Não precisa contatar",
                "priority": "Nenhuma",
                "tags": [],
            }
            for number, one in enumerate(answers, 1)
        ]
    }
