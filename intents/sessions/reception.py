"""The reception day: a sheet for each visitor with what is known of them, and what is promised there becomes a task with a date.

Reading what is known of a person is noted. Nothing of it is ever said in a group.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from bot.context import Answer, Post
from bot.message import File, Reply
from bot.router import Router
from intents.errors import CommandIncomplete, NoReception, VisitorUnknown
from intents.sessions.papers import note_reveal
from intents.sessions.reception_file import ReceptionFile
from intents.sessions.staff import MOST_LISTED, number_in
from intents.understanding.normalise import fold, normalise
from intents.understanding.yaml_source import load_yaml
from storage import sessions, sign_ups, tasks, visitors
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Case
from storage.rates import is_late
from storage.session_plan import Kind
from storage.sessions import CANCELLED, SessionView
from storage.sign_ups import SignedUp, State, signed_up
from storage.tasks import VISIT, Task, Wanted
from storage.visitors import Household, Visit

router = Router("sessions")
COMING: Final = timedelta(days=31)
"""So far ahead appointments are named where there is none today."""
ENDED: Final = frozenset({"closed", "withdrawn", "explained", "merged", "dropped"})
"""States of a case in which nobody waits for anything."""
_CODE: Final = re.compile(r"[0-9]{1,4}(?=[\s,:]|$)")


class Promising(Protocol):
    """What sessions need of tasks: who is to do what until when, read from free words. `bot.app` hands it over."""

    def read(self, words: str, by: Officer, now: datetime, usage: str) -> Wanted: ...

    async def enter(
        self, db: Db, wanted: Wanted, by: Officer, now: datetime, source: str, reference: str | None
    ) -> tuple[Task, list[Post]]: ...


@dataclass(frozen=True, slots=True)
class Known:
    """A case of a visitor, as it stands today."""

    case: Case
    is_open: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier visit and what was promised there."""

    visit: Visit
    promises: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Visitor:
    sign_up: SignedUp
    at: datetime
    cases: tuple[Known, ...]
    visits: tuple[Before, ...]
    promises: tuple[Task, ...]
    """Made this time."""

    @property
    def open_cases(self) -> list[Known]:
        return [one for one in self.cases if one.is_open]

    @property
    def kept_waiting(self) -> list[Task]:
        """What was promised before and is not done."""
        return [task for one in self.visits for task in one.promises if task.state == tasks.OPEN]


class Reception:
    """What is known of those who come."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._community = directory.community

    async def session(self, db: Db, rest: str, now: datetime) -> tuple[SessionView, str]:
        """The appointments that a command names, else today's; and what it says besides. Raises `NoReception`."""
        number, after = number_in(rest)
        if number is not None:
            row = await sessions.by_number(db, self._community, number)
            if row is None or row.kind != str(Kind.APPOINTMENT) or row.state == CANCELLED:
                raise NoReception(number=number, sessions=[], several=False)
            return await sessions.view(db, row, now), after
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        coming = await self._appointments(db, midnight, midnight + COMING, now)
        today = [one for one in coming if one.plan.starts_at.date() == now.date()]
        reception = [one for one in today if any(word in fold(one.plan.title) for word in _words().reception)]
        for found in (reception, today):
            if len(found) == 1:
                return found[0], after
        raise NoReception(number=None, sessions=(today or coming)[:MOST_LISTED], several=bool(today))

    async def visitors(self, db: Db, session: SessionView, now: datetime) -> list[Visitor]:
        """In the order of their times; who waits for one is not coming yet."""
        found = await sign_ups.of_session(db, session.id, (State.CONFIRMED,))
        rows = sorted((signed_up(row) for row in found), key=lambda one: (session.slot(one.slot).starts_at, one.turn))
        return [await self._visitor(db, session, row, now) for row in rows]

    async def visitor(self, db: Db, session: SessionView, code: str) -> SignedUp:
        """Raises `VisitorUnknown`."""
        row = await sign_ups.of_code(db, session.id, code)
        if row is None or row.state not in sign_ups.LIVE:
            raise VisitorUnknown(session=session, code=code)
        return signed_up(row)

    def tell(self, session: SessionView, sign_up: SignedUp, task: Task) -> Post | None:
        """To the visitor in private; None where that is not possible, and where somebody else signed up for them."""
        contact = sign_up.contact
        if contact is None or sign_up.for_other or self._directory.raw_contact(contact) is None:
            return None
        if not self._directory.is_friend(contact):
            return None
        params = {"session": session, "text": task.text, "due_on": task.due_on, "number": task.number}
        return Post(
            "sessions.promised_to_you", params, contact=contact, kind="reminder", about=f"task:{task.id}:visitor"
        )

    async def _visitor(self, db: Db, session: SessionView, row: SignedUp, now: datetime) -> Visitor:
        own = None if row.for_other else row.contact
        who = Household(own, row.building, row.unit, row.room)
        at = session.slot(row.slot).starts_at
        cases = [_known(case, now) for case in await visitors.cases_of(db, self._community, who)]
        visits = [
            Before(visit, await self._promises(db, reference(visit.number, visit.code)))
            for visit in await visitors.visits_of(db, self._community, who, session.plan.starts_at)
        ]
        promises = await self._promises(db, reference(session.number, row.code))
        return Visitor(row, at, tuple(cases), tuple(visits), promises)

    async def _promises(self, db: Db, of: str) -> tuple[Task, ...]:
        return tuple(one for one in await tasks.of_source(db, self._community, VISIT, of) if one.state != tasks.DROPPED)

    async def _appointments(self, db: Db, start: datetime, end: datetime, now: datetime) -> list[SessionView]:
        """Also those of today that are over."""
        rows = {row.id: row for row in await sessions.open_ones(db, self._community, start)}
        rows |= {row.id: row for row in await sessions.lately(db, self._community, start)}
        kept = [row for row in rows.values() if row.kind == str(Kind.APPOINTMENT) and row.state != CANCELLED]
        views = await sessions.views(db, [row for row in kept if start <= row.starts_at < end], now)
        return sorted(views, key=lambda one: (one.plan.starts_at, one.number))


@router.command("sessions.reception")
async def reception_command(
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    directory: Directory,
    reception: Reception,
    reception_file: ReceptionFile,
) -> Answer:
    """`接待`, `接待 编号`: everybody who comes, with what is known of them; `接待 编号 003`: only that one."""
    session, after = await reception.session(db, rest, now)
    code, _ = _code_in(after)
    expected = await reception.visitors(db, session, now)
    if code is not None:
        expected = [one for one in expected if one.sign_up.code == code]
        if not expected:
            raise VisitorUnknown(session=session, code=code)
    if not expected:
        return Reply("sessions.reception_empty", {"session": session}, private=True)
    for one in expected:
        subject = reference(session.number, one.sign_up.code)
        await note_reveal(
            db, directory, officer, now, subject, why="", after={"what": "history", "cases": len(one.cases)}
        )
    file = File(reception_file.name(session), reception_file.content(session, expected, officer.name, now))
    params = {"session": session, "visitors": expected, "today": now.date()}
    return Reply("sessions.reception", params, private=True, file=file)


@router.command("sessions.promise")
async def promise(
    db: Db, now: datetime, rest: str, officer: Officer, reception: Reception, assigning: Promising
) -> Answer:
    """`答应 编号 003 文字 日期`, and a name where somebody else sees to it."""
    session, after = await reception.session(db, rest, now)
    code, words = _code_in(after)
    if code is None:
        raise CommandIncomplete(missing="visitor_code", usage="sessions.promise")
    visitor = await reception.visitor(db, session, code)
    wanted = assigning.read(words, officer, now, "sessions.promise")
    task, told = await assigning.enter(db, wanted, officer, now, VISIT, reference(session.number, visitor.code))
    to_visitor = reception.tell(session, visitor, task)
    params = {"session": session, "visitor": visitor, "task": _shown(task), "told": to_visitor is not None}
    said = Reply("sessions.promised", params, private=True, numbered=True)
    return [said, *told, *([to_visitor] if to_visitor is not None else [])]


def reference(number: str, code: str) -> str:
    """What a promise to a visitor refers to."""
    return f"{number}/{code}"


def _shown(task: Task) -> dict[str, Any]:
    return {"number": task.number, "text": task.text, "due_on": task.due_on, "officer": task.officer_name}


def _known(case: Case, now: datetime) -> Known:
    is_open = case.state not in ENDED
    return Known(case, is_open, is_open and bool(is_late(case, now)))


def _code_in(after: str) -> tuple[str | None, str]:
    said = normalise(after).strip(" ,:")
    match = _CODE.match(said)
    if match is None:
        return None, said
    words = said[match.end() :].strip(" ,:")
    return f"{int(match[0]):03d}", words


@dataclass(frozen=True, slots=True)
class _Words:
    reception: Sequence[str]


@cache
def _words() -> _Words:
    found = load_yaml(Path(__file__).with_suffix(".yaml"))
    return _Words([fold(word) for word in found["reception"].split()])
