"""What the service promises: how fast it answers, when it is open, on which holidays it is closed.

The same at every scale: made once for the company, not shard by shard. The promises run on the calendar
clock, nights and holidays included; the opening hours are those of the teams.
"""

import numpy as np
import pandas as pd

from cxlib.world.clock import PROMISED
from cxlib.world.columns import texts
from cxlib.world.service import CHANNELS

# Minutes promised until the solution, by channel; those until the first reply are `PROMISED`.
RESOLUTION = (4_320, 4_320, 2_880, 7_200, 7_200, 4_320)
ZONE = "America/Sao_Paulo"
EVERY_DAY, WORKDAYS, SATURDAY = range(1, 8), range(1, 6), (6,)
# Schedule, weekdays, stretches of the day, first day valid and first day no longer.
HOURS = (
    ("digital", EVERY_DAY, (("08:00", "22:00"),), "2024-01-01", None),
    ("telefone", EVERY_DAY, (("08:00", "22:00"),), "2024-01-01", None),
    ("lojas", EVERY_DAY, (("08:00", "22:00"),), "2024-01-01", None),
    ("retaguarda", WORKDAYS, (("09:00", "12:00"), ("13:00", "18:00")), "2024-01-01", "2025-01-06"),
    ("retaguarda", WORKDAYS, (("08:00", "12:00"), ("13:00", "19:00")), "2025-01-06", None),
    ("retaguarda", SATURDAY, (("09:00", "13:00"),), "2025-01-06", None),
)
# The national holidays of Brazil: on a fixed day (Consciência Negra is one since 2024), and Good Friday.
HOLIDAYS = {
    "01-01": "Confraternização Universal",
    "04-21": "Tiradentes",
    "05-01": "Dia do Trabalho",
    "09-07": "Independência do Brasil",
    "10-12": "Nossa Senhora Aparecida",
    "11-02": "Finados",
    "11-15": "Proclamação da República",
    "11-20": "Consciência Negra",
    "12-25": "Natal",
}
GOOD_FRIDAY = "Paixão de Cristo"
GOOD_FRIDAYS = ("2024-03-29", "2025-04-18")
ALWAYS_CLOSED = ("01-01", "12-25")  # on the others only the back office rests


def promises() -> dict[str, pd.DataFrame]:
    """Return the tables `sla_policies`, `business_hours` and `holidays`."""
    return {"sla_policies": _policies(), "business_hours": _hours(), "holidays": _holidays()}


def _policies() -> pd.DataFrame:
    size = len(CHANNELS)
    columns = {
        "sla_policy_id": texts([f"sla_{channel}" for channel in CHANNELS]),
        "name": texts(list(CHANNELS)),
        "priority": texts([None] * size),
        "first_reply_minutes": np.array(PROMISED, dtype="float64"),
        "resolution_minutes": np.array(RESOLUTION, dtype="float64"),
        "clock": texts(["calendar"] * size),
        "schedule_id": texts([None] * size),
        "pauses_when_pending": np.zeros(size, dtype="bool"),
        "pauses_when_on_hold": np.zeros(size, dtype="bool"),
    }
    return pd.DataFrame(columns)


def _hours() -> pd.DataFrame:
    rows = [
        (schedule, weekday, opens, closes, ZONE, first, last)
        for schedule, weekdays, stretches, first, last in HOURS
        for weekday in weekdays
        for opens, closes in stretches
    ]
    names = ["schedule_id", "weekday", "opens", "closes", "zone", "valid_from_on", "valid_to_on"]
    return pd.DataFrame(rows, columns=names).astype(
        {"valid_from_on": "datetime64[us]", "valid_to_on": "datetime64[us]"}
    )


def _holidays() -> pd.DataFrame:
    days = [(f"{year}-{day}", name) for year in (2024, 2025) for day, name in HOLIDAYS.items()]
    days = sorted([*days, *((date, GOOD_FRIDAY) for date in GOOD_FRIDAYS)])
    rows = [
        (schedule, date, name)
        for schedule in ("lojas", "retaguarda", "telefone")
        for date, name in days
        if schedule == "retaguarda" or date[5:] in ALWAYS_CLOSED
    ]
    return pd.DataFrame(rows, columns=["schedule_id", "date_on", "name"]).astype({"date_on": "datetime64[us]"})
