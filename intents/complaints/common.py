"""Common problems 共性诉求: many cases of one kind in several buildings within a few days get one number, one owner, one measure
and one date. This file notices them and lets them end; what staff do with one is `common_moves`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.context import Post
from bot.settings import CommonProblem
from intents.complaints.lifecycle import FOLLOWED_UP, OPEN, TICKING, State
from intents.complaints.reminding import MANAGING, officers_in
from intents.complaints.telling import Telling
from intents.complaints.visibility import may_see
from storage import audit, complaints, due, problems
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.due import Due
from storage.problems import Problem

PROBLEM_KIND = "complaints.problem"
IS_OPEN, IS_CLOSED = "open", "closed"
UNDER_WAY = (*OPEN, *FOLLOWED_UP)
KEPT = tuple(state for state in State if state != State.MERGED)
LISTED = 20


class Common:
    def __init__(
        self,
        community: str,
        directory: Directory,
        telling: Telling,
        threshold: CommonProblem,
        now: Callable[[], datetime],
    ) -> None:
        self._community = community
        self._directory = directory
        self._telling = telling
        self._threshold = threshold
        self._now = now

    async def numbered(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """A case took its number: it joins the common problem of its kind without a word, or is the one too many."""
        if complaint.problem_id is not None or complaint.urgency == "P0" or not self.is_neighbours_too(complaint):
            return
        kind = (complaint.category, complaint.subcategory)
        problem = await problems.open_of(db, self._community, kind)
        if problem is not None:
            await self._gather(db, problem, [complaint.id], now)
            return
        since = now - timedelta(days=self._threshold.days)
        found = await problems.alike(db, self._community, kind, OPEN, since)
        if len(found) < self._threshold.cases:
            return
        if len(problems.in_order(found.values())) < self._threshold.buildings:
            return
        problem = await problems.open_one(db, self._community, kind, f"{now:%y%m%d}", now)
        after = {"number": problem.number, "cases": len(found)}
        await self._note(db, problem, "complaints.problem_open", now, after)
        await self._gather(db, problem, list(found), now)
        await due.plan(db, self._community, PROBLEM_KIND, str(problem.id), now)

    async def moved(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """A case of it moved: it ends with its last case, and is open again with the first that is done again."""
        problem = await problems.by_id(db, complaint.problem_id) if complaint.problem_id is not None else None
        if problem is None:
            return
        is_over = await problems.count_cases(db, problem.id, UNDER_WAY) == 0
        if is_over and problem.state == IS_OPEN:
            problem.state, problem.closed_at = IS_CLOSED, now
            await self._note(db, problem, "complaints.problem_close", now, {"state": IS_CLOSED})
        elif not is_over and problem.state == IS_CLOSED:
            problem.state, problem.closed_at = IS_OPEN, None
            await self._note(db, problem, "complaints.problem_reopen", now, {"state": IS_OPEN})

    async def told(self, db: Db, row: Due) -> list[Post]:
        """Whoever gives cases to handlers hears of it once."""
        problem = await problems.by_id(db, int(row.subject))
        if problem is None or problem.state != IS_OPEN:
            return []
        return [
            Post("complaints.problem_opened", await self.whole(db, problem, one), contact=one.contact, kind="reminder")
            for one in officers_in(self._directory, *MANAGING)
        ]

    async def numbered_as(self, db: Db, number: str) -> Problem | None:
        return await problems.by_number(db, self._community, number)

    async def all_open(self, db: Db, search: str = "") -> list[problems.Common]:
        """The open ones; with a word, those of that kind."""
        found = await problems.all_open(db, self._community)
        kept = [one for one in found if search in f"{one.category}{one.subcategory}"]
        return [await problems.common_of(db, one) for one in kept]

    async def whole(self, db: Db, problem: Problem, officer: Officer) -> dict[str, Any]:
        """One common problem with the first of those of its cases that this person may see, for a reply."""
        found = [one for one in await complaints.of_problem(db, problem.id, KEPT) if may_see(officer, one)]
        shown = [case_of(one) for one in found[:LISTED]]
        return {
            "problem": await problems.common_of(db, problem),
            "cases": shown,
            "more": len(found) - len(shown),
            "days": self._threshold.days,
        }

    async def promised(self, db: Db, complaint: Complaint) -> dict[str, Any]:
        """What those who ask about a case hear of what was promised: measure and date of the problem it is part of, while it is
        being dealt with and the date is to come; and whether its own date is past.
        """
        now = self._now()
        is_late = complaint.state in TICKING and complaint.due_by is not None and complaint.due_by <= now
        said: dict[str, Any] = {"measure": None, "promised_by": None, "is_late": is_late}
        if complaint.problem_id is None or complaint.state not in OPEN:
            return said
        problem = await problems.by_id(db, complaint.problem_id)
        if problem is None or problem.measure is None or problem.state != IS_OPEN:
            return said
        is_to_come = problem.promised_by is not None and problem.promised_by > now
        return said | {"measure": problem.measure, "promised_by": problem.promised_by if is_to_come else None}

    async def _note(self, db: Db, problem: Problem, verb: str, now: datetime, after: dict[str, Any]) -> None:
        """What the assistant did with it by itself."""
        subject = f"problem:{problem.id}"
        await audit.note(db, self._community, at=now, actor="assistant", verb=verb, subject=subject, after=after)

    def is_neighbours_too(self, complaint: Complaint) -> bool:
        """Not one household's own repair, nor a quarrel or somebody's own misery."""
        return self._telling.reach(complaint) != "home" and not self._telling.is_discreet(complaint)

    async def _gather(self, db: Db, problem: Problem, cases: Sequence[int], now: datetime) -> None:
        await problems.gather(db, problem, cases)
        for one in cases:
            await audit.note(
                db,
                self._community,
                at=now,
                actor="assistant",
                verb="complaints.problem_join",
                subject=f"complaint:{one}",
                after={"problem": problem.number},
            )
