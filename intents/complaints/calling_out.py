"""An emergency calls staff out: in private, at once, again every three minutes, until any of them says anything.

Neighbours who report the same danger are cases of their own, but one calling out: their numbers stand in one alert.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Post
from bot.expectations import Expectations
from bot.pacing import TROUBLE_WINDOW
from intents.complaints.telling import Telling
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
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


def told_words(complaint: Complaint) -> dict[str, str | None]:
    """What staff besides the handler read of a report: of who wants no name, neither name nor telephone."""
    if complaint.anonymous:
        return {"words": complaint.wording, "phone": None}
    return {"words": complaint.original, "phone": complaint.phone}


def unnamed(words: str) -> str:
    """The same of words that are no case's own."""
    return masked(without_doors(normalise(words)))


def said_of(complaint: Complaint, words: str) -> str:
    """What somebody said of their case, for staff: of who wants no name, without names and telephones."""
    return masked(normalise(words)) if complaint.anonymous else words


def urgent_line(complaint: Complaint) -> str:
    """What tells of an urgent case that nobody has taken on yet; called off once somebody has."""
    return f"urgent:{complaint.id}"


class CallingOut:
    """Not bounded by quiet hours, never expires: an escalation is late at worst."""

    def __init__(self, community: str, directory: Directory, expectations: Expectations, telling: Telling) -> None:
        self._community = community
        self._directory = directory
        self._expectations = expectations
        self._telling = telling

    async def rebuild(self, db: Db) -> None:
        self._expectations.staff_word = await due.is_waiting(db, self._community, ALERT_KIND)

    async def begin(self, db: Db, complaint: Complaint, now: datetime) -> list[Post]:
        """Call; where the same danger is being called out already, only say that one more reported it."""
        same = [one for one in await self._same_danger(db, complaint, now) if one.id != complaint.id]
        if not same:
            return await self._call(db, complaint, now, times=1)
        return self._alerts([complaint, *same], times=1)

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
        params = {"case": case_of(complaint), **told_words(complaint)}
        return [
            Post("complaints.urgent", params, contact=officer.contact, kind="reminder", about=urgent_line(complaint))
            for officer in self._called(complaint.building)
        ]

    def look(self, name: str | None, group: str, words: str) -> list[Post]:
        """It may be an emergency: told once, in private, to whoever would be called. No `name`: who said it wants none."""
        params = {"name": name, "group": group, "words": words if name is not None else unnamed(words)}
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

    def called_off_by_reporter(self, complaint: Complaint, words: str) -> list[Post]:
        """Who reported it says that it was nothing: staff decide."""
        params = {"case": case_of(complaint), "words": unnamed(words) if complaint.anonymous else words}
        return [
            Post("complaints.alert_perhaps_over", params, contact=officer.contact, kind="alert")
            for officer in self._called(complaint.building)
        ]

    async def _call(self, db: Db, complaint: Complaint, now: datetime, *, times: int) -> list[Post]:
        if times < MOST_TIMES:
            subject = str(complaint.id)
            await due.plan(db, self._community, ALERT_KIND, subject, now + EVERY, data={"times": times})
            after_commit(db, self._somebody_is_called)
        others = [one for one in await self._same_danger(db, complaint, now) if one.id != complaint.id]
        return self._alerts([complaint, *others], times=times)

    async def _same_danger(self, db: Db, complaint: Complaint, now: datetime) -> list[Complaint]:
        """What is being called out of the same danger in the same place."""
        kind = (complaint.category, complaint.subcategory)
        since = now - TROUBLE_WINDOW
        found = await complaints.alike(
            db, self._community, kind, ("filed",), since, building=complaint.building, urgency="P0"
        )
        trouble = self._telling.trouble(complaint)
        return [one for one in found if one.alarm_answered_at is None and self._telling.trouble(one) == trouble]

    def _alerts(self, cases: list[Complaint], *, times: int) -> list[Post]:
        first, *others = cases
        params = {
            "case": case_of(first),
            **told_words(first),
            "times": times,
            "others": [one.number for one in others],
        }
        about = f"alert:{self._telling.trouble(first)}"[:96]  # one that still waits is said anew, with the new number
        return [
            Post("complaints.alert", params, contact=officer.contact, kind="alert", about=about)
            for officer in self._called(first.building)
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
