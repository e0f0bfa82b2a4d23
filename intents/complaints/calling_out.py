"""An emergency calls staff out: in private, at once, again every three minutes, until any of them says anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Post
from bot.expectations import Expectations
from storage import complaints, due
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.database import after_commit
from storage.due import Due

ALERT_KIND = "complaints.alert"
EVERY = timedelta(minutes=3)
MOST_TIMES = 20
CALLED_ROLES = frozenset({"admin", "worker"})


class CallingOut:
    """Not bounded by quiet hours, never expires: an escalation is late at worst."""

    def __init__(self, community: str, directory: Directory, expectations: Expectations) -> None:
        self._community = community
        self._directory = directory
        self._expectations = expectations

    async def rebuild(self, db: Db) -> None:
        self._expectations.staff_word = await due.is_waiting(db, self._community, ALERT_KIND)

    async def begin(self, db: Db, complaint: Complaint, now: datetime) -> list[Post]:
        return await self._call(db, complaint, now, times=1)

    async def again(self, db: Db, row: Due, now: datetime) -> list[Post]:
        """Nobody has answered for three minutes."""
        complaint = await complaints.alarm_still_open(db, int(row.subject))
        if complaint is None:
            return []
        return await self._call(db, complaint, now, times=int(row.data["times"]) + 1)

    async def answered(self, db: Db, officer: Officer, now: datetime) -> list[Post]:
        """A staff member said something: nobody is called any more, and the others are told who answered."""
        await complaints.answer_alarms(db, self._community, now)
        called_off = await due.cancel(db, self._community, ALERT_KIND)
        after_commit(db, self._nobody_is_called)
        if not called_off:
            return []
        others = [
            one
            for one in self._directory.officers.values()
            if one.role in CALLED_ROLES and one.contact != officer.contact
        ]
        return [
            Post("complaints.alert_answered", {"name": officer.name}, contact=one.contact, kind="alert")
            for one in others
        ]

    def urgent(self, complaint: Complaint) -> list[Post]:
        """Not an emergency, but nothing to be found tomorrow in a list; at night it waits for the morning."""
        params = {"case": case_of(complaint), "words": complaint.original, "phone": complaint.phone}
        return [
            Post("complaints.urgent", params, contact=officer.contact, kind="reminder")
            for officer in self._called(complaint.building)
        ]

    def look(self, name: str, group: str, words: str) -> list[Post]:
        """It may be an emergency: told once, in private, to whoever would be called."""
        params = {"name": name, "group": group, "words": words}
        return [
            Post("complaints.alert_perhaps", params, contact=officer.contact, kind="alert")
            for officer in self._directory.officers.values()
            if officer.role in CALLED_ROLES
        ]

    def place_known(self, complaint: Complaint) -> list[Post]:
        """The place of an emergency came after its alert."""
        params = {"case": case_of(complaint)}
        return [
            Post("complaints.alert_place", params, contact=officer.contact, kind="alert")
            for officer in self._called(complaint.building)
        ]

    async def _call(self, db: Db, complaint: Complaint, now: datetime, *, times: int) -> list[Post]:
        if times < MOST_TIMES:
            subject = str(complaint.id)
            await due.plan(db, self._community, ALERT_KIND, subject, now + EVERY, data={"times": times})
            after_commit(db, self._somebody_is_called)
        case = case_of(complaint, await complaints.reporters_of(db, complaint.id))
        params = {"case": case, "words": complaint.original, "times": times, "phone": complaint.phone}
        return [
            Post("complaints.alert", params, contact=officer.contact, kind="alert")
            for officer in self._called(complaint.building)
        ]

    def _called(self, building: str | None) -> list[Officer]:
        """Every admin and worker, and the grid member of the building; of an unknown building, every grid member."""
        return [
            officer
            for officer in self._directory.officers.values()
            if officer.role in CALLED_ROLES
            or (officer.role == "grid" and (building is None or building in officer.buildings))
        ]

    def _somebody_is_called(self) -> None:
        self._expectations.staff_word = True

    def _nobody_is_called(self) -> None:
        self._expectations.staff_word = False
