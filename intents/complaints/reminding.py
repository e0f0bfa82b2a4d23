"""The clock of a case: whoever handles it is reminded at half and at four fifths of its time, and told when it is over.

While a case is suspended its clock stands still. One due row a case, the next moment of its clock; planned anew when it moves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Post
from intents.complaints.deadlines import REMINDED_AT, limits, part_of
from intents.complaints.lifecycle import TICKING, Move, State
from scheduler.calendar import Calendar
from storage import audit, complaints, due
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.due import Due

CLOCK_KIND = "complaints.clock"
MANAGING = frozenset({"admin", "worker"})
CONTACT_REMINDER = timedelta(minutes=30)
"""So long before the first contact of an urgent case is due."""
CONTACT, OVERDUE = "contact", "overdue"


class Reminding:
    def __init__(self, community: str, directory: Directory, calendar: Calendar) -> None:
        self._community = community
        self._directory = directory
        self._calendar = calendar

    def limits(self, complaint: Complaint, since: datetime) -> dict[str, datetime]:
        """What a case is given with its number, or when it begins anew, by the columns' names."""
        return limits(complaint.urgency, since, self._calendar, mediation=complaint.mediation)

    async def rebuild(self, db: Db, now: datetime) -> None:
        """At start: what has no clock, as it comes from a database of before there were any, gets one."""
        for complaint in await complaints.without_due(db, self._community, TICKING, CLOCK_KIND, now):
            await self._plan_next(db, complaint, now)

    async def begin(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """A case was just numbered."""
        await self._plan_next(db, complaint, now)

    async def move(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """A case moved, and its deadline perhaps with it."""
        await due.cancel(db, self._community, CLOCK_KIND, str(complaint.id))
        await self._plan_next(db, complaint, now)

    async def strike(self, db: Db, row: Due) -> list[Post]:
        """A moment of the clock has come; the next is planned."""
        complaint = await complaints.by_id(db, int(row.subject))
        if complaint is None or complaint.state not in TICKING:
            return []
        await self._plan_next(db, complaint, row.due_at)
        params: dict[str, object] = {"case": case_of(complaint)}
        match row.data["step"]:
            case "contact":
                waiting = complaint.state == State.FILED
                return self._tell(complaint, row.due_at, "complaints.contact_soon", params) if waiting else []
            case "overdue":
                return self._tell(complaint, row.due_at, "complaints.now_overdue", params, managers=True)
            case percent:
                return self._tell(complaint, row.due_at, "complaints.half_time", params | {"percent": percent})

    async def _plan_next(self, db: Db, complaint: Complaint, after: datetime) -> None:
        if complaint.state not in TICKING or complaint.urgency == "P0":
            return
        for at, step in moments(complaint, await self.begun(db, complaint)):
            if at > after:
                data = {"step": step}
                await due.plan(db, self._community, CLOCK_KIND, str(complaint.id), at, data=data)
                return

    async def begun(self, db: Db, complaint: Complaint) -> datetime | None:
        """When its time began: with its number, or when it was last opened again."""
        if not complaint.reopened:
            return complaint.filed_at
        story = await audit.story(db, self._community, f"complaint:{complaint.id}")
        again = (step.at for step in reversed(story) if step.verb == f"complaints.{Move.REOPEN}")
        return next(again, complaint.filed_at)

    def _tell(
        self, complaint: Complaint, at: datetime, key: str, params: dict[str, object], *, managers: bool = False
    ) -> list[Post]:
        """The handler where the assistant knows that person, else everybody who gives cases to handlers."""
        handler = self._directory.on_duty(complaint.handler_id, at)
        told = officers_in(self._directory, *MANAGING) if managers or handler is None else []
        people = {one.contact: one for one in [*([handler] if handler else []), *told]}
        about = f"clock:{complaint.id}"  # after a night only the latest is still of interest
        return [Post(key, params, contact=contact, kind="reminder", about=about) for contact in people]


def moments(complaint: Complaint, begun: datetime | None) -> list[tuple[datetime, str | int]]:
    """The clock of a case, in order: when it strikes, and what for. `begun`: from when its time counts."""
    if begun is None or complaint.due_by is None:
        return []
    found: list[tuple[datetime, str | int]] = [
        (part_of(begun, complaint.due_by, percent), percent) for percent in REMINDED_AT
    ]
    found.append((complaint.due_by, OVERDUE))
    if complaint.urgency == "P1" and complaint.contacted_at is None and complaint.contact_by is not None:
        found.append((complaint.contact_by - CONTACT_REMINDER, CONTACT))
    return sorted(found, key=lambda moment: moment[0])


def officers_in(directory: Directory, *roles: str) -> list[Officer]:
    return [one for one in directory.officers.values() if one.role in roles]
