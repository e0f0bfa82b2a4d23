"""The week's study page for staff: what was asked most, what nobody could answer, what runs out, what is due for a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.context import Answer, Post
from bot.message import File
from bot.router import Router
from bot.settings import Study
from intents.policy.study_file import Sheets, study_file
from storage import due, policy, questions
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.due import Due
from storage.policy import Policy
from storage.questions import MOST_OPEN, Asked, Question

router = Router("policy")
WEEKLY_KIND: Final = "policy.weekly"
GOOD_FOR: Final = timedelta(hours=24)
RUNS_OUT_WITHIN: Final = timedelta(days=14)
MOST_ASKED: Final = 20
LINES_A_SECTION: Final = 5
READERS: Final = ("admin", "worker", "grid")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Week:
    """What a week came to; `outcomes` counts every asking by what came of it."""

    since: datetime
    until: datetime
    outcomes: dict[str, int]
    asked: list[Asked]
    unanswered: list[Question]
    running_out: list[Policy]
    past_review: list[Policy]
    waiting: int

    @property
    def is_empty(self) -> bool:
        return not (self.outcomes or self.unanswered or self.running_out or self.past_review)


class StudyPage:
    """`runs`: whether the rhythms of the configuration run here."""

    def __init__(self, community: str, directory: Directory, when: Study, sheets: Sheets, *, runs: bool) -> None:
        self._community = community
        self._directory = directory
        self._when = when
        self._sheets = sheets
        self._runs = runs

    async def plan(self, db: Db, now: datetime) -> None:
        """The next one; what another configuration planned is called off."""
        await due.cancel(db, self._community, WEEKLY_KIND, later_than=now if self._runs else None)
        if self._runs:
            await self._plan_next(db, now)

    async def plan_after(self, db: Db, row: Due, now: datetime) -> None:
        """One that was not said in time: the weeks go on."""
        if row.kind == WEEKLY_KIND and self._runs:
            await self._plan_next(db, now)

    async def say(self, db: Db, row: Due, now: datetime) -> list[Post]:
        await self._plan_next(db, now)
        week = await self.week(db, row.due_at.astimezone(now.tzinfo))
        if week.is_empty:
            return []
        file = File(self._sheets.name(week.until), study_file(week, self._sheets))
        return [self._post(officer, week, row, file) for officer in self._readers(now)]

    async def week(self, db: Db, until: datetime) -> Week:
        today, since = until.date(), until - timedelta(days=7)
        return Week(
            since,
            until,
            await questions.count_asked(db, self._community, since, until),
            await questions.most_asked(db, self._community, since, until, MOST_ASKED),
            (await questions.open_ones(db, self._community))[:MOST_OPEN],
            await policy.running_out(db, self._community, today, today + RUNS_OUT_WITHIN),
            await policy.past_review(db, self._community, today),
            sum(count for _, count in await policy.count_waiting(db, self._community)),
        )

    def _post(self, officer: Officer, week: Week, row: Due, file: File) -> Post:
        params = {"week": week, "lines": LINES_A_SECTION, "asked": sum(week.outcomes.values())}
        return Post(
            "policy.study",
            params,
            contact=officer.contact,
            kind="reminder",
            expires_at=row.due_at + GOOD_FOR,
            file=file,
        )

    def _readers(self, now: datetime) -> list[Officer]:
        return [
            officer
            for officer in self._directory.officers.values()
            if officer.role in READERS and not officer.is_away(now)
        ]

    async def _plan_next(self, db: Db, now: datetime) -> None:
        at = self._next(now)
        await due.plan(db, self._community, WEEKLY_KIND, "everybody", at, expires_at=at + GOOD_FOR)

    def _next(self, now: datetime) -> datetime:
        ahead = (_DAYS.index(self._when.weekday) - now.weekday()) % 7
        at = datetime.combine(now.date() + timedelta(days=ahead), self._when.at, now.tzinfo)
        return at if at > now else at + timedelta(days=7)


@router.due(WEEKLY_KIND)
async def weekly(db: Db, due: Due, now: datetime, study_page: StudyPage) -> Answer:
    return [*await study_page.say(db, due, now)]
