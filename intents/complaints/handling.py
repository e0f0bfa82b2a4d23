"""The moves of a case: each is decided by the database, is one audit row with what was before and after, and moves its clock.

What the reporters hear of a move is `telling`; this file says nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.context import Post
from intents.complaints.common import Common
from intents.complaints.lifecycle import MOVES, Move, State, allowed
from intents.complaints.reminding import MANAGING, Reminding
from intents.complaints.visibility import is_masked
from intents.errors import CannotReceive, MoveNotAllowed, NameNotUnique, NeverJoined, NothingToUndo
from intents.understanding.address import split_nickname
from intents.understanding.names import said_names, surname
from intents.understanding.normalise import normalise
from storage import audit, complaints, reporters
from storage.accounts import Directory, Officer
from storage.audit import Step
from storage.base import Db
from storage.complaints import Complaint

UNDONE_WITHIN = timedelta(hours=1)
ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a case: a staff member, a resident, or the assistant by itself."""

    role: str
    contact: int | None = None

    @classmethod
    def of(cls, officer: Officer) -> Actor:
        return cls(officer.role, officer.contact)


BY_ITSELF = Actor(ASSISTANT)


class Handling:
    def __init__(self, community: str, directory: Directory, reminding: Reminding, common: Common) -> None:
        self._community = community
        self._directory = directory
        self._reminding = reminding
        self._common = common

    async def accept(self, db: Db, complaint: Complaint, officer: Officer, now: datetime) -> None:
        """Also takes up a lead, or what still waits for its place: it takes its number now."""
        values = self._first_contact(complaint, now) | {"accepted_at": now}
        if complaint.handler is None:
            values |= {"handler": officer.name, "handler_id": officer.contact}
        numbered = await self._numbered(db, complaint, now) if complaint.number is None else {}
        await self.move(db, complaint, Move.ACCEPT, Actor.of(officer), now, **values, **numbered)
        if numbered:
            await self._common.numbered(db, complaint, now)

    async def assign(self, db: Db, complaint: Complaint, officer: Officer, name: str, now: datetime) -> Officer | None:
        """Give it to somebody; whoever takes over for a handler on leave gets it. Returns the handler, where we know them."""
        handler = self.receiver(name, now)
        values = self._first_contact(complaint, now) | {
            "assigned_at": now,
            "accepted_at": complaint.accepted_at or now,
            "received_at": None,
            "handler": handler.name if handler else name,
            "handler_id": handler.contact if handler else None,
        }
        await self.move(db, complaint, Move.ASSIGN, Actor.of(officer), now, **values)
        return handler

    async def receive(self, db: Db, complaint: Complaint, officer: Officer, now: datetime) -> None:
        await self.move(db, complaint, Move.RECEIVE, Actor.of(officer), now, received_at=now)

    async def give_back(self, db: Db, complaint: Complaint, officer: Officer, reason: str, now: datetime) -> None:
        values = {"handler": None, "handler_id": None, "assigned_at": None, "received_at": None}
        await self.move(db, complaint, Move.GIVE_BACK, Actor.of(officer), now, why=reason, **values)

    async def note(self, db: Db, complaint: Complaint, officer: Officer, words: str, now: datetime) -> None:
        """办理中: also takes it up again after a pause. That its handler works on it means that they received it."""
        values = self._first_contact(complaint, now)
        handler = self._directory.on_duty(complaint.handler_id, now)
        if complaint.handler is None or officer.contact in (complaint.handler_id, handler.contact if handler else None):
            values |= {"received_at": complaint.received_at or now}
        if complaint.handler is None:
            values |= {"handler": officer.name, "handler_id": officer.contact}
        await self.move(db, complaint, Move.PROGRESS, Actor.of(officer), now, why=words, **values)

    async def suspend(self, db: Db, complaint: Complaint, officer: Officer, reason: str, now: datetime) -> None:
        await self.move(db, complaint, Move.SUSPEND, Actor.of(officer), now, why=reason, suspended_at=now)

    async def extend(
        self, db: Db, complaint: Complaint, officer: Officer, until: datetime, reason: str, now: datetime
    ) -> None:
        await self.move(db, complaint, Move.EXTEND, Actor.of(officer), now, why=reason, due_by=until)

    async def transfer(self, db: Db, complaint: Complaint, officer: Officer, whom: str, now: datetime) -> None:
        values = self._first_contact(complaint, now) | {"passed_to": whom}
        await self.move(db, complaint, Move.TRANSFER, Actor.of(officer), now, why=whom, **values)

    async def explain(self, db: Db, complaint: Complaint, officer: Officer, words: str, now: datetime) -> None:
        result = await self.unnamed(db, [complaint], words)
        values = self._first_contact(complaint, now) | {"result": result, "closed_at": now}
        await self.move(db, complaint, Move.EXPLAIN, Actor.of(officer), now, why=words, **values)

    async def resolve(self, db: Db, complaint: Complaint, officer: Officer, result: str, now: datetime) -> None:
        """What the reporters and their neighbours are told names none of them; the story keeps it as it was written."""
        values: dict[str, Any] = {"resolved_at": now, "result": await self.unnamed(db, [complaint], result)}
        if complaint.handler is None:
            values |= {"handler": officer.name, "handler_id": officer.contact}
        if complaint.filed_at is not None:
            paused = complaint.paused_s + _pause(complaint, now)
            values["took_s"] = max(0, int((now - complaint.filed_at).total_seconds()) - paused)
        await self.move(db, complaint, Move.RESOLVE, Actor.of(officer), now, why=result, **values)

    async def reopen(
        self, db: Db, complaint: Complaint, reason: str, now: datetime, *, officer: Officer | None = None
    ) -> None:
        """重办: the time it may take begins anew."""
        again = self._reminding.limits(complaint, now)
        values: dict[str, Any] = {
            "reopened": complaint.reopened + 1,
            "due_by": again["due_by"],
            "closed_at": None,
            "closing": None,
            "result": None,
            "took_s": None,
        }
        actor = Actor.of(officer) if officer else Actor("resident")
        await self.move(db, complaint, Move.REOPEN, actor, now, why=reason, resolved_at=None, **values)

    async def merge(self, db: Db, complaint: Complaint, into: Complaint, officer: Officer, now: datetime) -> None:
        if complaint.id == into.id or into.merged_into is not None or State(into.state) not in MOVES[Move.MERGE][0]:
            self.refuse(into)
        for one in (complaint, into):
            if one.urgency == "P0" or not self._common.is_neighbours_too(one):
                raise NeverJoined(number=one.number)
        along = await complaints.merged_with(db, complaint.id)
        for one in along:
            one.merged_into = into.id
        noted = {"along": [one.id for one in along]}
        await self.move(db, complaint, Move.MERGE, Actor.of(officer), now, noted=noted, merged_into=into.id)
        into.last_report_at = max(into.last_report_at or now, complaint.last_report_at or now)

    async def part(self, db: Db, complaint: Complaint, officer: Officer, now: datetime) -> None:
        """What was joined goes on by itself, from where it stood."""
        steps = await audit.story(db, self._community, _subject(complaint))
        joined = next((step for step in reversed(steps) if step.verb == f"complaints.{Move.MERGE}"), None)
        state = State(joined.before["state"]) if joined else State.FILED
        # its pause ended when it was joined; where it stood in one, another begins
        paused: dict[str, Any] = {"suspended_at": now} if state == State.SUSPENDED else {}
        await self.move(db, complaint, Move.PART, Actor.of(officer), now, target=state, merged_into=None, **paused)
        if joined is not None:
            await self._take_back(db, complaint, joined)

    async def _take_back(self, db: Db, complaint: Complaint, joined: Step) -> None:
        """What went along with a case when it was joined into another comes back with it."""
        for identity in joined.after.get("along", ()):
            one = await complaints.held(db, identity)
            if one is not None and one.state == State.MERGED:
                one.merged_into = complaint.id

    async def withdraw(self, db: Db, complaint: Complaint, actor: Actor, words: str, now: datetime) -> None:
        await self.move(db, complaint, Move.WITHDRAW, actor, now, why=words, closed_at=now)

    async def drop(self, db: Db, complaint: Complaint, officer: Officer, now: datetime) -> None:
        await self.move(db, complaint, Move.DROP, Actor.of(officer), now)

    async def by_itself(self, db: Db, complaint: Complaint, move: Move, now: datetime, **values: Any) -> None:
        await self.move(db, complaint, move, BY_ITSELF, now, **values)

    async def move(
        self,
        db: Db,
        complaint: Complaint,
        move: Move,
        actor: Actor,
        now: datetime,
        *,
        why: str = "",
        target: State | None = None,
        noted: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Raises `MoveNotAllowed`. Two staff members moving one case at once cannot both succeed: the database decides."""
        origins, usual = MOVES[move]
        state = target or usual or State(complaint.state)
        values |= self._clock(complaint, state, now) | {"state": str(state)}
        before = {name: jsonable(getattr(complaint, name)) for name in values}
        if not await complaints.change(db, complaint, sorted(origins), **values):
            self.refuse(complaint)
        await audit.note(
            db,
            self._community,
            at=now,
            actor=actor.role,
            verb=f"complaints.{move}",
            subject=_subject(complaint),
            contact=actor.contact,
            before=before,
            after={name: jsonable(value) for name, value in values.items()} | (noted or {}),
            why=why,
        )
        await self._reminding.move(db, complaint, now)
        await self._common.moved(db, complaint, now)

    def refuse(self, complaint: Complaint) -> None:
        state = State(complaint.state)
        raise MoveNotAllowed(number=complaint.number, state=str(state), allowed=[str(one) for one in allowed(state)])

    async def entered_by(self, db: Db, officer: Officer, now: datetime) -> Complaint | None:
        """The case that this person entered for somebody as the last thing they did, if nothing has followed: it may be
        withdrawn. A number once given stays.
        """
        step = await audit.last_of(db, self._community, officer.contact, "complaints.")
        if step is None or now - step.at > UNDONE_WITHIN or step.verb != "complaints.enter":
            return None
        complaint = await complaints.held(db, int(step.subject.partition(":")[2]))
        if complaint is None or complaint.state != State.FILED or not await audit.is_latest(db, self._community, step):
            return None
        # one more voice in somebody else's case is no reason to end it
        return complaint if await reporters.count(db, complaint.id) == 1 else None

    async def undo(self, db: Db, officer: Officer, now: datetime) -> tuple[Complaint, Step]:
        """撤销: the last move this person made, if nothing has happened to that case since. A number once given stays."""
        step = await audit.last_of(db, self._community, officer.contact, "complaints.")
        if step is None or now - step.at > UNDONE_WITHIN or step.verb not in _UNDOABLE:
            raise NothingToUndo()
        complaint = await complaints.held(db, int(step.subject.partition(":")[2]))
        if complaint is None or not await audit.is_latest(db, self._community, step):
            raise NothingToUndo()
        numbered = "number" in step.before
        for name, value in step.before.items():
            if not (numbered and name in _GIVEN_WITH_NUMBER):
                setattr(complaint, name, _restored(name, value))
        if numbered:
            complaint.state = State.FILED
        await self._take_back(db, complaint, step)
        await db.flush()
        await audit.note(
            db,
            self._community,
            at=now,
            actor=officer.role,
            verb="complaints.undo",
            subject=_subject(complaint),
            contact=officer.contact,
            before={"state": step.after.get("state")},
            after={"state": complaint.state, "undone": step.verb},
        )
        await self._reminding.move(db, complaint, now)
        await self._common.moved(db, complaint, now)
        return complaint, step

    def officer_named(self, name: str) -> Officer | None:
        """The staff member a case is given to; None where it is nobody of the staff. Raises `NameNotUnique`."""
        found = [officer for officer in self._directory.officers.values() if officer.name == name]
        if len(found) > 1:
            raise NameNotUnique(name=name)
        return found[0] if found else None

    def receiver(self, name: str, now: datetime) -> Officer | None:
        """Whoever gets what is given to that name: the officer or who covers for that one. Raises `CannotReceive`."""
        named = self.officer_named(name)
        handler = self._directory.on_duty(named.contact, now) if named else None
        if handler is not None and is_masked(handler):
            raise CannotReceive(name=handler.name)
        return handler

    async def unnamed(self, db: Db, cases: Sequence[Complaint], words: str) -> str:
        """What staff wrote, without the names of who reported, as it may be said before the neighbours."""
        names: set[str] = set()
        for complaint in cases:
            told = await reporters.of(db, complaint.id)
            texts = (complaint.original, *(one.words for one in told))
            names |= {name for text in texts if text for name, _, _ in said_names(normalise(text))}
            names |= {one.name for one in told if one.name}
            hidden = [(one.group_id, one.contact_id) for one in told if one.anonymous]
            names |= {
                split_nickname(self._directory.name_in(group, contact))[1].strip()
                for group, contact in hidden
                if contact is not None
            }
        for name in sorted((one for one in names if len(one) > 1), key=len, reverse=True):
            words = words.replace(name, f"{surname(name)}*")
        return words

    def handler_of(self, complaint: Complaint) -> Officer | None:
        """Its handler, where it is one of the staff."""
        return self._directory.officers.get(complaint.handler_id or 0)

    def lost(self, key: str, cases: Mapping[int | None, Sequence[Complaint]]) -> list[Post]:
        """One line to everybody of the staff who had these cases and has them no more."""
        return [
            Post(key, {"numbers": [one.number for one in theirs]}, contact=contact, kind="notice")
            for contact, theirs in cases.items()
            if contact is not None and contact in self._directory.officers
        ]

    def responsible(self, complaint: Complaint, now: datetime) -> list[Officer]:
        """Its handler where we know that person, else everybody who gives cases to handlers."""
        handler = self._directory.on_duty(complaint.handler_id, now)
        return [handler] if handler else [one for one in self._directory.officers.values() if one.role in MANAGING]

    async def _numbered(self, db: Db, complaint: Complaint, now: datetime) -> dict[str, Any]:
        number = await complaints.next_case_number(db, self._community, f"{now:%y%m%d}")
        return {"number": number, **self._reminding.limits(complaint, now)}

    def _first_contact(self, complaint: Complaint, now: datetime) -> dict[str, Any]:
        return {"contacted_at": complaint.contacted_at or now}

    def _clock(self, complaint: Complaint, state: State, now: datetime) -> dict[str, Any]:
        """A pause ends when the case moves on: its deadline is later by as much."""
        if complaint.suspended_at is None or state == State.SUSPENDED:
            return {}
        pause = _pause(complaint, now)
        later = {"due_by": complaint.due_by + timedelta(seconds=pause)} if complaint.due_by else {}
        return {"suspended_at": None, "paused_s": complaint.paused_s + pause, **later}


_GIVEN_WITH_NUMBER = frozenset({"number", "filed_at", "contact_by", "due_by", "state"})
_UNDOABLE = frozenset(
    f"complaints.{move}"
    for move in (
        Move.DROP,
        Move.ACCEPT,
        Move.ASSIGN,
        Move.RECEIVE,
        Move.GIVE_BACK,
        Move.PROGRESS,
        Move.SUSPEND,
        Move.EXTEND,
        Move.TRANSFER,
        Move.EXPLAIN,
        Move.RESOLVE,
        Move.MERGE,
        Move.PART,
    )
) | {f"complaints.{Move.ASK}"}


def _pause(complaint: Complaint, now: datetime) -> int:
    return int((now - complaint.suspended_at).total_seconds()) if complaint.suspended_at else 0


def _subject(complaint: Complaint) -> str:
    return f"complaint:{complaint.id}"


def jsonable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _restored(name: str, value: Any) -> Any:
    is_moment = isinstance(value, str) and name.endswith(("_at", "_by"))
    return datetime.fromisoformat(value) if is_moment else value
