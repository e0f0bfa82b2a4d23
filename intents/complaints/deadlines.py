"""How long a case may take, by urgency: the limits of published hotline rules. Working days are Monday to Friday."""

from __future__ import annotations

from datetime import datetime, time, timedelta

CONTACT_WITHIN = {"P0": timedelta(minutes=1), "P1": timedelta(hours=2)}
SOLVE_WITHIN = {"P0": timedelta(hours=24), "P1": timedelta(hours=24), "P3": timedelta(days=15)}
WORKING_DAYS = 5
SATURDAY = 5
END_OF_DAY = time(18, 0)


def contact_by(urgency: str, filed_at: datetime) -> datetime:
    within = CONTACT_WITHIN.get(urgency)
    return filed_at + within if within else working_days_later(filed_at, 1)


def due_by(urgency: str, filed_at: datetime) -> datetime:
    """`filed_at` in the community's zone: P2 ends at close of business on the fifth working day."""
    within = SOLVE_WITHIN.get(urgency)
    return filed_at + within if within else working_days_later(filed_at, WORKING_DAYS)


def working_days_later(at: datetime, days: int) -> datetime:
    day = at.date()
    while days:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            days -= 1
    return datetime.combine(day, END_OF_DAY, at.tzinfo)


def limits(urgency: str, filed_at: datetime) -> dict[str, datetime]:
    """What a case is given with its number, by the columns' names."""
    return {"filed_at": filed_at, "contact_by": contact_by(urgency, filed_at), "due_by": due_by(urgency, filed_at)}
