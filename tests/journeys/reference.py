"""The rules of journeys once more, by plain loops over a person's events: slow, short, apart from the library."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True)
class Event:
    person: str | None
    at: datetime | None
    id: str
    type: str | None
    log: str
    bot: bool
    campaign: str | None


def by_person(events):
    """Return each person's events in order; nobody's and timeless ones are left out."""
    people = {}
    for event in sorted(
        (one for one in events if one.person is not None and one.at is not None), key=lambda one: (one.at, one.id)
    ):
        people.setdefault(event.person, []).append(event)
    return people


def sessions(events, rule):
    """Return one person's events as a list of sessions."""
    found, begun, part, campaign = [], None, 0, None
    for event in events:
        last = found[-1][-1] if found else None
        new = last is None or event.at - last.at > timedelta(minutes=rule.gap_minutes)
        new |= rule.splits_at_gap and last is not None and event.at - last.at == timedelta(minutes=rule.gap_minutes)
        new |= rule.midnight and last is not None and day(event.at) != day(last.at)
        new |= rule.campaign and last is not None and event.campaign is not None and event.campaign != campaign
        campaign = event.campaign or campaign
        if new:
            begun, part = event.at, 0
        if rule.longest_hours and (event.at - begun) // timedelta(hours=rule.longest_hours) != part:
            part, new = (event.at - begun) // timedelta(hours=rule.longest_hours), True
        if new:
            found.append([])
        found[-1].append(event)
    return found


def day(at):
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).date()


def moves(path):
    """Return (before, from, to) of every event of a path that is left."""
    types = ["(start)", *(event.type for event in path), "(exit)"]
    return list(zip(types, types[1:-1], types[2:], strict=False))


def funnel(events, steps, window, start=None, end=None):
    """Return the entry and the time to each step (None where it is not reached); None for who never enters."""
    inside = [not start or start <= one.at < end for one in events]
    places = [place for place, one in enumerate(events) if one.type in steps[0].events and inside[place]]
    if not places:
        return None
    place = places[0]
    entry, times = events[place], [timedelta(0)]
    done = [place]  # the place of each step reached, None for one that is not
    for number, step in enumerate(steps[1:], start=1):
        before = max(n for n in range(number) if not steps[n].optional)
        found = first_after(events, done[before], step, entry, window) if done[before] is not None else None
        done.append(found)
        times.append(None if found is None else events[found].at - entry.at)
    for number, step in enumerate(steps):  # an optional step must come before the next one that is not
        after = next((n for n in range(number + 1, len(steps)) if not steps[n].optional), None)
        late = step.optional and after is not None and done[number] is not None and done[after] is not None
        if late and done[number] >= done[after]:
            times[number] = None
    return entry, times


def first_after(events, place, step, entry, window):
    for number in range(place + 1, len(events)):
        one = events[number]
        soon = step.hours is None or one.at - events[place].at < timedelta(hours=step.hours)
        if one.type in step.events and one.at - entry.at < window and soon:
            return number
    return None
