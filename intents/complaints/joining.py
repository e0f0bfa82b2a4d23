"""Joining 并案: many reports, one case. Same second level and same building or place within 72 hours is one trouble; where
that is not certain, the person is asked. Never an emergency, one home's repair, or a quarrel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intents.complaints.lifecycle import JOINABLE, State
from intents.complaints.telling import Telling
from storage import audit, complaints, reporters
from storage.base import Db
from storage.complaints import Complaint
from storage.reporters import Reporter

JOINED_WITHIN = timedelta(hours=72)
"""Counted from the latest report of the open case."""


@dataclass(frozen=True, slots=True)
class Match:
    """An open case that a report belongs to; not `certain`: the person should say."""

    complaint: Complaint
    certain: bool


class Joining:
    def __init__(self, community: str, telling: Telling) -> None:
        self._community = community
        self._telling = telling

    async def match(self, db: Db, report: Complaint, now: datetime) -> Match | None:
        """The open case that a new report is about. `report` need not be in the database."""
        if report.urgency == "P0" or report.mediation or self._telling.reach(report) == "home":
            return None
        kind = (report.category, report.subcategory)
        since = now - JOINED_WITHIN
        found = await complaints.alike(db, self._community, kind, JOINABLE, since, building=report.building)
        doubtful: Complaint | None = None
        for one in found:
            if one.id == report.id or one.urgency == "P0" or one.mediation:
                continue
            certain = self._is_certain(one, report)
            if certain:
                return Match(one, certain=True)
            doubtful = doubtful or (one if certain is None else None)
        return Match(doubtful, certain=False) if doubtful is not None else None

    def _is_certain(self, one: Complaint, report: Complaint) -> bool | None:
        """Whether both are one trouble; None where only the person can tell."""
        if report.building is None or one.building is None:
            if report.building is not None or one.building is not None:
                return False
            return _same_place(one.place, report.place)
        if self._telling.reach(report) != "unit" or one.unit == report.unit:
            return True
        return False if one.unit and report.unit else None

    async def second(
        self, db: Db, complaint: Complaint, contact: int | None, now: datetime, **values: object
    ) -> Reporter | None:
        """One more reporter of a case; None where this person had reported it, or what was joined into it, already."""
        if contact is not None and await reporters.of_contact(db, complaint.id, contact) is not None:
            complaint.last_report_at = max(now, complaint.last_report_at or now)
            return None
        added = await reporters.add(db, complaint, contact, now, **values)
        if added is None:
            return None
        await self._note(db, complaint, contact, now, {"reporter": added})
        return await reporters.by_id(db, added)

    async def absorb(self, db: Db, own: Complaint, into: Complaint, now: datetime) -> None:
        """A report that waited for an answer turns out to be one more of another case: it was never a case of its own."""
        told = await reporters.of(db, own.id)
        own.state, own.merged_into = State.MERGED, into.id
        for one in told:
            already = one.contact_id is not None and await reporters.of_contact(db, into.id, one.contact_id)
            left = one.contact_id is not None and await reporters.who_left(db, into.id, one.contact_id)
            if already and already.id != one.id:
                one.left_at = now  # counted there
            elif left:
                told_anew = {"building": own.building, "unit": own.unit, "room": own.room, "group_id": one.group_id}
                reporters.come_back(left, one.at, words=own.original, **told_anew)
                one.left_at = now
            else:
                one.complaint_id, one.words = into.id, own.original
                one.building, one.unit, one.room = own.building, own.unit, own.room
            await self._note(db, into, one.contact_id, now, {"reporter": one.id})
        into.last_report_at = now
        await db.flush()

    async def _note(
        self, db: Db, complaint: Complaint, contact: int | None, now: datetime, after: dict[str, object]
    ) -> None:
        await audit.note(
            db,
            self._community,
            at=now,
            actor="resident",
            verb="complaints.support",
            subject=f"complaint:{complaint.id}",
            contact=contact,
            after=after,
        )


def _same_place(one: str | None, other: str | None) -> bool | None:
    """A place said in other words may be the same."""
    if not one or not other:
        return False
    if one == other:
        return True
    return None if one in other or other in one else False
