"""The staff's moves: accept, assign, resolve. Each is one audit row and one update to those who reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.context import Post
from intents.complaints.deadlines import limits
from intents.complaints.lifecycle import MOVES, Move, State, allowed
from intents.errors import MoveNotAllowed
from storage import audit, complaints
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Case, Complaint, case_of


class Handling:
    def __init__(self, community: str, directory: Directory) -> None:
        self._community = community
        self._directory = directory

    async def accept(self, db: Db, complaint: Complaint, officer: Officer, now: datetime) -> Case:
        """Also takes up a lead, or what still waits for its place: it takes its number now."""
        values: dict[str, Any] = {"accepted_at": now, "handler": complaint.handler or officer.name}
        if complaint.number is None:
            number = await complaints.next_case_number(db, self._community, f"{now:%y%m%d}")
            values |= {"number": number, **limits(complaint.urgency, now)}
        return await self._move(db, complaint, Move.ACCEPT, officer, now, **values)

    async def assign(self, db: Db, complaint: Complaint, officer: Officer, name: str, now: datetime) -> Case:
        values = {"assigned_at": now, "accepted_at": complaint.accepted_at or now, "handler": name}
        return await self._move(db, complaint, Move.ASSIGN, officer, now, **values)

    async def resolve(self, db: Db, complaint: Complaint, officer: Officer, result: str, now: datetime) -> Case:
        return await self._move(db, complaint, Move.RESOLVE, officer, now, resolved_at=now, result=result)

    def updates(self, case: Case, key: str, **params: Any) -> list[Post]:
        """One line for those who reported: in the group where it was filed, else in private. An anonymous case names nobody."""
        said = {"number": case.number, "category": case.subcategory, **params}
        if case.group is not None:
            mentions = () if case.anonymous else case.reporters
            return [Post(key, said, group=case.group, mentions=mentions, numbered=True)]
        return [Post(key, said, contact=contact, numbered=True) for contact in case.reporters]

    def officer_named(self, name: str) -> Officer | None:
        """The staff member a case is given to, where the name is one of theirs and of one only."""
        found = [officer for officer in self._directory.officers.values() if officer.name == name]
        return found[0] if len(found) == 1 else None

    async def _move(
        self, db: Db, complaint: Complaint, move: Move, officer: Officer, now: datetime, **values: Any
    ) -> Case:
        origins, target = MOVES[move]
        before = {"state": complaint.state, "handler": complaint.handler}
        # decided by the database: two staff members moving one case at once cannot both succeed
        moved = await complaints.change(db, complaint, sorted(origins), state=str(target), **values)
        if not moved:
            state = State(complaint.state)
            raise MoveNotAllowed(
                number=complaint.number, state=str(state), allowed=[str(one) for one in allowed(state)]
            )
        await audit.note(
            db,
            self._community,
            at=now,
            actor=officer.role,
            verb=f"complaints.{move}",
            subject=f"complaint:{complaint.id}",
            contact=officer.contact,
            before=before,
            after={"state": complaint.state, "handler": complaint.handler, "result": complaint.result},
        )
        return case_of(complaint, await complaints.reporters_of(db, complaint.id))
