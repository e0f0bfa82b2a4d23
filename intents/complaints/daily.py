"""The lists of the day, in private: in the morning what has to be done, in the evening what became of it.

Each list is a due row that plans the one of tomorrow. After a few hours it is too late to be of use: then staff are told so, and
the next day has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from bot.context import Answer, Post
from bot.router import Router
from bot.settings import Desk as DeskTimes
from intents.complaints.desk import LINES_A_SECTION, Agenda, Desk, is_overdue
from intents.complaints.lifecycle import State
from intents.complaints.visibility import TAKE_LEADS, sight_of
from storage import audit, case_lists, due
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.due import Due

router = Router("complaints")
MORNING_KIND: Final = "complaints.morning"
EVENING_KIND: Final = "complaints.evening"
KINDS: Final = (MORNING_KIND, EVENING_KIND)
GOOD_FOR: Final = timedelta(hours=3)
EVERYBODY: Final = "everybody"
ADMIN: Final = "admin"
WITH_A_LIST: Final = frozenset({ADMIN, "worker", "grid", "property", "mediator"})


@dataclass(frozen=True, slots=True)
class Tally:
    """What a day came to."""

    filed: int
    resolved: int
    closed: int
    reopened: int
    open: int
    overdue: int

    @property
    def is_empty(self) -> bool:
        return not any((self.filed, self.resolved, self.closed, self.reopened, self.open))


class DailyLists:
    """`runs`: whether the rhythms of the configuration run here; in most replays they do not."""

    def __init__(self, community: str, directory: Directory, desk: Desk, times: DeskTimes, *, runs: bool) -> None:
        self._community = community
        self._directory = directory
        self._desk = desk
        self._times = {MORNING_KIND: times.morning, EVENING_KIND: times.evening}
        self._runs = runs

    async def plan(self, db: Db, now: datetime) -> None:
        """The next morning and the next evening; what was planned by another clock or another configuration is called off."""
        for kind in KINDS:
            await due.cancel(db, self._community, kind, later_than=now if self._runs else None)
            if self._runs:
                await self._plan_next(db, kind, now)

    async def plan_after(self, db: Db, row: Due, now: datetime) -> None:
        """A list that was not said in time: the days go on."""
        if row.kind in KINDS and self._runs:
            await self._plan_next(db, row.kind, now)

    async def morning(self, db: Db, row: Due, now: datetime) -> list[Post]:
        await self._plan_next(db, row.kind, now)
        evening = self._moment(EVENING_KIND, now) - timedelta(days=1)
        return [post for officer in self._readers(now) if (post := await self._morning(db, officer, evening, row, now))]

    async def evening(self, db: Db, row: Due, now: datetime) -> list[Post]:
        await self._plan_next(db, row.kind, now)
        return [post for officer in self._readers(now) if (post := await self._evening(db, officer, row, now))]

    async def _morning(self, db: Db, officer: Officer, evening: datetime, row: Due, now: datetime) -> Post | None:
        agenda = await self._desk.agenda(db, officer, now)
        night = await case_lists.urgent_since(db, self._community, evening, sight_of(officer))
        if agenda.is_empty and not night:
            return self._nothing(officer, row)
        told = {case.id for case in night}
        agenda = replace(agenda, emergencies=[case for case in agenda.emergencies if case.id not in told])
        takes_leads = officer.role in TAKE_LEADS
        params = {"agenda": agenda, "night": night, "lines": LINES_A_SECTION, "now": now, "takes_leads": takes_leads}
        return self._post("complaints.morning_list", officer, row, params)

    async def _evening(self, db: Db, officer: Officer, row: Due, now: datetime) -> Post | None:
        tally = await self._tally(db, officer, now)
        if tally.is_empty:
            return self._nothing(officer, row)
        return self._post("complaints.evening_count", officer, row, {"tally": tally, "now": now})

    async def _tally(self, db: Db, officer: Officer, now: datetime) -> Tally:
        midnight, within = datetime.combine(now.date(), time.min, now.tzinfo), sight_of(officer)
        counted = {
            moment: await case_lists.count_since(db, self._community, moment, midnight, within)
            for moment in ("filed_at", "resolved_at")
        }
        again = await audit.subjects_since(db, self._community, "complaints.reopen", midnight)
        identities = [int(subject.partition(":")[2]) for subject in again]
        agenda: Agenda = await self._desk.agenda(db, officer, now)
        return Tally(
            filed=counted["filed_at"],
            resolved=counted["resolved_at"],
            closed=await case_lists.count_since(db, self._community, "closed_at", midnight, within, State.CLOSED),
            reopened=await case_lists.count_among(db, self._community, identities, within),
            open=len(agenda.open),
            overdue=sum(is_overdue(case, now) for case in agenda.open),
        )

    def _nothing(self, officer: Officer, row: Due) -> Post | None:
        """Only an admin hears that there is nothing: that the assistant is well."""
        return self._post("complaints.nothing_today", officer, row, {}) if officer.role == ADMIN else None

    def _post(self, key: str, officer: Officer, row: Due, params: dict[str, Any]) -> Post:
        return Post(key, params, contact=officer.contact, kind="reminder", expires_at=row.due_at + GOOD_FOR)

    def _readers(self, now: datetime) -> list[Officer]:
        """Who is at work and may have something to do."""
        found = [one for one in self._directory.officers.values() if one.role in WITH_A_LIST and not one.is_away(now)]
        return found if self._runs else []

    async def _plan_next(self, db: Db, kind: str, now: datetime) -> None:
        if not self._runs:
            return
        at = self._moment(kind, now)
        if at <= now:
            at = self._moment(kind, now + timedelta(days=1))
        await due.plan(db, self._community, kind, EVERYBODY, at, expires_at=at + GOOD_FOR)

    def _moment(self, kind: str, day: datetime) -> datetime:
        return datetime.combine(day.date(), self._times[kind], day.tzinfo)


@router.due(MORNING_KIND)
async def morning(db: Db, due: Due, now: datetime, daily_lists: DailyLists) -> Answer:
    return [*await daily_lists.morning(db, due, now)]


@router.due(EVENING_KIND)
async def evening(db: Db, due: Due, now: datetime, daily_lists: DailyLists) -> Answer:
    return [*await daily_lists.evening(db, due, now)]
