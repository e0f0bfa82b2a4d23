"""How long a case may take, by urgency: the limits of published hotline rules, in days that are worked."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from scheduler.calendar import Calendar

CONTACT_WITHIN = {"P0": timedelta(minutes=1), "P1": timedelta(hours=2)}
SOLVE_WITHIN = {"P0": timedelta(hours=24), "P1": timedelta(hours=24), "P3": timedelta(days=15)}
MEDIATE_WITHIN = timedelta(days=30)
WORKING_DAYS = 5
END_OF_DAY = time(18, 0)
REMINDED_AT = (50, 80)
"""Per cent of the time, when whoever handles it is reminded."""


def contact_by(urgency: str, filed_at: datetime, calendar: Calendar) -> datetime:
    within = CONTACT_WITHIN.get(urgency)
    return filed_at + within if within else working_days_later(filed_at, 1, calendar)


def due_by(urgency: str, filed_at: datetime, calendar: Calendar) -> datetime:
    """`filed_at` in the community's zone: P2 ends at close of business on the fifth working day."""
    within = SOLVE_WITHIN.get(urgency)
    return filed_at + within if within else working_days_later(filed_at, WORKING_DAYS, calendar)


def working_days_later(at: datetime, days: int, calendar: Calendar) -> datetime:
    return datetime.combine(calendar.working_days_later(at.date(), days), END_OF_DAY, at.tzinfo)


def limits(urgency: str, filed_at: datetime, calendar: Calendar, *, mediation: bool = False) -> dict[str, datetime]:
    """What a case is given with its number, by the columns' names."""
    until = filed_at + MEDIATE_WITHIN if mediation else due_by(urgency, filed_at, calendar)
    return {"filed_at": filed_at, "contact_by": contact_by(urgency, filed_at, calendar), "due_by": until}


def part_of(filed_at: datetime, due_at: datetime, percent: int) -> datetime:
    """When so much of the time has gone."""
    return filed_at + (due_at - filed_at) * percent / 100
