"""What is known of a visitor: cases that this contact or this household reported, and appointments they had before.

Of cases whose reporter wants no name nothing is told: that they are this person's is nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select

from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.reporters import Reporter
from storage.session_plan import Kind
from storage.sessions import CANCELLED, Session, Slot
from storage.sign_ups import LIVE, SignUp

MOST: Final = 50
"""Cases, and visits, of one person; the latest."""


@dataclass(frozen=True, slots=True)
class Household:
    """By the contact, by the door, or both."""

    contact: int | None
    building: str | None
    unit: str | None
    room: str | None

    def lives_at(self, building: str | None, unit: str | None, room: str | None) -> bool:
        if self.building is None or self.room is None or (building, room) != (self.building, self.room):
            return False
        return None in (self.unit, unit) or unit == self.unit


@dataclass(frozen=True, slots=True)
class Visit:
    """`number` and `code`: what a promise made there refers to."""

    number: str
    code: str
    title: str
    at: datetime
    arrived: int | None


async def cases_of(db: Db, community: str, who: Household) -> list[Case]:
    """Numbered cases, the newest first; what was joined into another stands with that."""
    theirs = select(Reporter.complaint_id).where(
        Reporter.community == community,
        Reporter.contact_id == who.contact,
        Reporter.anonymous.is_(False),
        Reporter.left_at.is_(None),
    )
    found = select(Complaint).where(
        Complaint.community == community, Complaint.number.is_not(None), Complaint.anonymous.is_(False)
    )
    either: list[Any] = [Complaint.id.in_(theirs)] if who.contact is not None else []
    either += [Complaint.building == who.building] if who.building is not None and who.room is not None else []
    if not either:
        return []
    reported = set(await db.scalars(theirs)) if who.contact is not None else set()
    rows = await db.scalars(found.where(or_(*either)).order_by(Complaint.id.desc()))
    kept = [row for row in rows if row.id in reported or who.lives_at(row.building, row.unit, row.room)]
    return [case_of(row) for row in kept[:MOST]]


async def visits_of(db: Db, community: str, who: Household, before: datetime) -> list[Visit]:
    """Appointments before then, the latest first."""
    either: list[Any] = [SignUp.contact_id == who.contact] if who.contact is not None else []
    either += [SignUp.building == who.building] if who.building is not None and who.room is not None else []
    if not either:
        return []
    found = (
        select(SignUp, Session.number, Session.title, Slot.starts_at)
        .join(Session, Session.id == SignUp.session_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .where(SignUp.community == community, SignUp.state.in_(LIVE), or_(*either))
        .where(Session.kind == str(Kind.APPOINTMENT), Session.state != CANCELLED, Slot.starts_at < before)
    )
    visits = [
        Visit(number, row.code, title, at.astimezone(before.tzinfo), row.arrived)
        for row, number, title, at in await db.execute(found.order_by(Slot.starts_at.desc(), SignUp.id.desc()))
        if _is_theirs(row, who)
    ]
    return visits[:MOST]


def _is_theirs(row: SignUp, who: Household) -> bool:
    own = who.contact is not None and row.contact_id == who.contact and not row.for_other
    return own or who.lives_at(row.building, row.unit, row.room)
