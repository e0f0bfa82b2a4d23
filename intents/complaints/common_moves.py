"""What staff do with a common problem: its measure, and the moves of all its cases at once. Every case moves as it would alone,
with its own audit row; the neighbours hear one line a group and one each in private, not one a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.context import Post, Said
from bot.message import Reply
from intents.complaints.common import Common
from intents.complaints.follow_up import FollowUp
from intents.complaints.handling import Handling
from intents.complaints.lifecycle import MOVES, SHOWN_TO_REPORTER, Move, State
from intents.complaints.moves import URGENT
from intents.complaints.reminding import MANAGING
from intents.complaints.telling import Telling
from intents.errors import NothingOfProblem, NotTheOwner
from storage import audit, complaints, problems, reporters
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.problems import Problem
from storage.reporters import Reporter

UPDATES = {
    Move.ASSIGN: "complaints.problem_update_assigned",
    Move.PROGRESS: "complaints.problem_update_note",
    Move.RESOLVE: "complaints.problem_update_resolved",
}
DONE = {
    Move.ASSIGN: "complaints.problem_assigned",
    Move.PROGRESS: "complaints.problem_noted",
    Move.RESOLVE: "complaints.problem_resolved",
}
VERBS = {
    Move.ASSIGN: "complaints.problem_assign",
    Move.PROGRESS: "complaints.problem_note",
    Move.RESOLVE: "complaints.problem_resolve",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A case and who hears of it; `asked`: ids of those who are asked whether they are content."""

    case: Case
    reporters: Sequence[Reporter]
    asked: frozenset[int] = frozenset()


class CommonMoves:
    def __init__(
        self,
        community: str,
        directory: Directory,
        handling: Handling,
        telling: Telling,
        follow_up: FollowUp,
        common: Common,
    ) -> None:
        self._community = community
        self._directory = directory
        self._handling = handling
        self._telling = telling
        self._follow_up = follow_up
        self._common = common

    async def sorted_out(self, db: Db, problem: Problem, move: Move) -> tuple[list[Complaint], list[Complaint]]:
        """Its cases that may be moved so, and those whose state does not allow it. Raises where there is none to move."""
        found = await complaints.of_problem(db, problem.id, SHOWN_TO_REPORTER)
        movable = [one for one in found if State(one.state) in MOVES[move][0]]
        left = [one for one in found if State(one.state) not in MOVES[move][0]]
        if not movable:
            raise NothingOfProblem(number=problem.number, left=[case_of(one) for one in left])
        return movable, left

    async def would_do(self, db: Db, problem: Problem, move: Move, text: str, now: datetime) -> tuple[Reply, list[int]]:
        """What would happen, in words and as the ids of the cases; nothing is changed."""
        movable, left = await self.sorted_out(db, problem, move)
        if move == Move.ASSIGN:
            self._handling.receiver(text, now)  # whoever cannot get them is refused before anything is asked
        else:
            text = await self._handling.unnamed(db, movable, text)
        told = [
            Told(case_of(one), people, self._follow_up.askable(one, people) if move == Move.RESOLVE else frozenset())
            for one, people in [(one, await reporters.of(db, one.id)) for one in movable]
        ]
        posts = self._posts(problem, move, told, text)
        params = {
            "problem": await problems.common_of(db, problem),
            "move": str(move),
            "text": text,
            "cases": [case_of(one) for one in movable],
            "left": [case_of(one) for one in left],
            "people": sum([await reporters.count(db, one.id) for one in movable]),
            "groups": sum(post.group is not None for post in posts),
            "alone": sum(post.contact is not None for post in posts),
            "instead": self._cover_of(text, now) if move == Move.ASSIGN else None,
        }
        return Reply("complaints.problem_would_do", params), [one.id for one in movable]

    async def do(
        self, db: Db, problem: Problem, move: Move, officer: Officer, text: str, shown: Sequence[int], now: datetime
    ) -> list[Said]:
        """Move the cases that were shown, where their state still allows it; what has moved on meanwhile is named."""
        found = [one for one in await complaints.of_problem(db, problem.id, SHOWN_TO_REPORTER) if one.id in shown]
        movable = [one for one in found if State(one.state) in MOVES[move][0]]
        if not movable:
            return [Reply("complaints.problem_moved_on", {"number": problem.number})]
        before = {"owner": problem.owner}
        had = [(one.handler_id, one) for one in movable]
        aloud = text if move == Move.ASSIGN else await self._handling.unnamed(db, movable, text)
        told = [await self._moved(db, one, move, officer, aloud, now) for one in movable]
        if move == Move.ASSIGN:
            problem.owner, problem.owner_id = movable[0].handler, movable[0].handler_id
        numbers = [one.number for one in movable]
        after = {"owner": problem.owner, "cases": numbers}
        await self._note(db, problem, officer, VERBS[move], now, before, after, why=text)
        params = {
            "problem": await problems.common_of(db, problem),
            "cases": [one.case for one in told],
            "missed": len(shown) - len(movable),
            "unasked": [one.case for one in told if not one.asked],
        }
        answer = Reply(DONE[move], params)
        given = self._given(problem, officer, [one.case for one in told]) if move == Move.ASSIGN else []
        lost = self._lost(had, officer) if move == Move.ASSIGN else []
        return [answer, *given, *lost, *self._posts(problem, move, told, aloud)]

    async def set_measure(
        self,
        db: Db,
        problem: Problem,
        officer: Officer,
        now: datetime,
        *,
        measure: str,
        promised_by: datetime,
    ) -> Reply:
        """What is done about it and until when: by its owner, or by those who give cases to handlers."""
        if officer.role not in MANAGING and officer.contact != problem.owner_id:
            raise NotTheOwner(number=problem.number)
        before = {"measure": problem.measure, "promised_by": _iso(problem.promised_by)}
        problem.measure, problem.promised_by = measure, promised_by
        after = {"measure": measure, "promised_by": _iso(promised_by)}
        await self._note(db, problem, officer, "complaints.problem_measure", now, before, after)
        return Reply("complaints.problem_measured", {"problem": await problems.common_of(db, problem)})

    async def _moved(
        self, db: Db, complaint: Complaint, move: Move, officer: Officer, text: str, now: datetime
    ) -> Told:
        people: Sequence[Reporter] = await reporters.of(db, complaint.id)
        asked: frozenset[int] = frozenset()
        match move:
            case Move.ASSIGN:
                await self._handling.assign(db, complaint, officer, text, now)
            case Move.PROGRESS:
                await self._handling.note(db, complaint, officer, text, now)
            case Move.RESOLVE:
                await self._handling.resolve(db, complaint, officer, text, now)
                people, asked = await self._follow_up.ask(db, complaint, now)
        return Told(case_of(complaint), people, asked)

    def _posts(self, problem: Problem, move: Move, told: Sequence[Told], text: str) -> list[Post]:
        """One line in every group that reported any of the cases; one to everybody who reported, or is asked, in private."""
        posts: list[Post] = []
        groups = dict.fromkeys(one.group_id for each in told for one in each.reporters)
        for group in groups:
            here = [each for each in told if any(one.group_id == group for one in each.reporters)]
            if group is not None:
                posts.append(self._line(problem, move, here, text, group=group))
        contacts = [one.contact_id for each in told for one in each.reporters if _hears_alone(one, each, move)]
        for contact in dict.fromkeys(contacts):
            theirs = [
                each
                for each in told
                if any(one.contact_id == contact and _hears_alone(one, each, move) for one in each.reporters)
            ]
            posts.append(self._line(problem, move, theirs, text, contact=contact))
        return posts

    def _line(
        self,
        problem: Problem,
        move: Move,
        told: Sequence[Told],
        text: str,
        *,
        group: int | None = None,
        contact: int | None = None,
    ) -> Post:
        mentions: list[int] = []
        if group is not None:
            mentions = [
                one.contact_id
                for each in told
                for one in each.reporters
                if one.group_id == group and one.contact_id is not None and not one.anonymous
                if move != Move.RESOLVE or one.id in each.asked
            ]
        params: dict[str, Any] = {
            "subcategory": problem.subcategory,
            "numbers": [each.case.number for each in told],
            "words": text,
            "asked": bool(mentions) or contact is not None,
        }
        return Post(
            UPDATES[move],
            params,
            group=group,
            contact=contact,
            mentions=tuple(dict.fromkeys(mentions)),
            kind="reminder" if move == Move.RESOLVE else "notice",
            numbered=True,
            trouble=self._trouble(problem, told[0].case),
            about=f"problem:{problem.id}",
            adds=True,
        )

    def _trouble(self, problem: Problem, case: Case) -> str:
        """What is one trouble in all buildings is so here too; lamps are one trouble each, and this line is none of them."""
        return self._telling.trouble(case) if self._telling.reach(case) == "area" else f"problem:{problem.id}"

    def _given(self, problem: Problem, officer: Officer, cases: Sequence[Case]) -> list[Post]:
        """The owner gets all in one message."""
        if problem.owner_id is None or problem.owner_id == officer.contact:
            return []
        kind = "alert" if any(one.urgency in URGENT for one in cases) else "notice"
        params = {"number": problem.number, "subcategory": problem.subcategory, "cases": list(cases)}
        return [Post("complaints.problem_to_you", params, contact=problem.owner_id, kind=kind)]

    def _lost(self, had: Sequence[tuple[int | None, Complaint]], officer: Officer) -> list[Post]:
        """Whoever had some of them before hears which are no longer theirs."""
        lost: dict[int | None, list[Complaint]] = {}
        for before, complaint in had:
            if before not in (None, complaint.handler_id, officer.contact):
                lost.setdefault(before, []).append(complaint)
        return self._handling.lost("complaints.given_to_another", lost)

    def _cover_of(self, name: str, now: datetime) -> str | None:
        """Who gets it in the place of somebody on leave."""
        handler = self._handling.officer_named(name)
        if handler is None or not handler.is_away(now):
            return None
        cover = self._directory.officers.get(handler.cover or 0)
        return cover.name if cover is not None else None

    async def _note(
        self,
        db: Db,
        problem: Problem,
        officer: Officer,
        verb: str,
        now: datetime,
        before: dict[str, Any],
        after: dict[str, Any],
        why: str = "",
    ) -> None:
        subject = f"problem:{problem.id}"
        await audit.note(
            db,
            self._community,
            at=now,
            actor=officer.role,
            verb=verb,
            subject=subject,
            contact=officer.contact,
            before=before,
            after=after,
            why=why,
        )


def _hears_alone(one: Reporter, told: Told, move: Move) -> bool:
    """Who reported in private; a question also goes to those who are not to be named in their group."""
    if one.contact_id is None:
        return False
    if move == Move.RESOLVE:
        return one.id in told.asked and (one.group_id is None or one.anonymous)
    return one.group_id is None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
