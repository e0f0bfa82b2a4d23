"""Pages of the ledgers of sessions, sign-ups and doses for exports, and who came. What leaves here is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select

from storage.base import Db
from storage.doses import Dose
from storage.rates import Share
from storage.sessions import CANCELLED, Session, Slot
from storage.sign_ups import SignUp, State

AT_ONCE: Final = 500
"""Lines of a page."""
UNASKED: Final = ("walk_in", "paper")
"""Sources of those who came without having signed up."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """In people. `signed`: who had signed up and was in; `came_of_them` of those, `came` with whoever came besides.

    `counted`: whether anybody looked who came. Until then nobody is missing.
    """

    signed: int = 0
    waiting: int = 0
    cancelled: int = 0
    came: int = 0
    came_of_them: int = 0
    counted: bool = False

    @property
    def absent(self) -> int:
        return self.signed - self.came_of_them

    @property
    def share(self) -> Share:
        return Share(self.came_of_them, self.signed)

    def __add__(self, other: Turnout) -> Turnout:
        return Turnout(
            self.signed + other.signed,
            self.waiting + other.waiting,
            self.cancelled + other.cancelled,
            self.came + other.came,
            self.came_of_them + other.came_of_them,
            self.counted or other.counted,
        )


@dataclass(frozen=True, slots=True)
class SessionLine:
    id: int
    number: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    sign_up: bool
    capacity: int | None
    state: str
    by: str
    turnout: Turnout


@dataclass(frozen=True, slots=True)
class SignUpLine:
    id: int
    number: str
    title: str
    slot_at: datetime
    name: str
    door: tuple[str | None, str | None, str | None]
    people: int
    state: str
    source: str
    created_at: datetime
    arrived: int | None


@dataclass(frozen=True, slots=True)
class DoseLine:
    id: int
    given_on: date
    name: str
    door: tuple[str | None, str | None, str | None]
    brand: str
    dose: int | None
    people: int
    slip: int | None
    next_on: date | None
    number: str
    """Of the session."""


@dataclass(frozen=True, slots=True)
class OfKind:
    """What the sessions of one kind come to; what was called off is only counted as such."""

    kind: str
    held: int
    called_off: int
    turnout: Turnout


async def sessions(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[SessionLine]:
    """By when they are; `after` is the last id seen."""
    found = select(Session).where(
        Session.community == community, Session.id > after, *_within(Session.starts_at, start, end)
    )
    rows = list(await db.scalars(found.order_by(Session.id).limit(AT_ONCE)))
    places = await _places(db, [row.id for row in rows])
    came = await turnouts(db, [row.id for row in rows])
    return [
        SessionLine(
            row.id,
            row.number,
            row.kind,
            row.title,
            row.starts_at,
            row.ends_at,
            row.place,
            row.sign_up,
            places.get(row.id),
            row.state,
            row.created_name,
            came.get(row.id, Turnout()),
        )
        for row in rows
    ]


async def by_kind(db: Db, community: str, start: datetime | None, end: datetime | None) -> list[OfKind]:
    """What the sessions of a period come to, those of most people first."""
    found: dict[str, OfKind] = {}
    after = 0
    while page := await sessions(db, community, after, start, end):
        for line in page:
            known = found.get(line.kind) or OfKind(line.kind, 0, 0, Turnout())
            if line.state == CANCELLED:
                found[line.kind] = replace(known, called_off=known.called_off + 1)
                continue
            # of what nobody counted at the door there is no rate
            turnout = line.turnout if line.turnout.counted else replace(line.turnout, signed=0)
            found[line.kind] = replace(known, held=known.held + 1, turnout=known.turnout + turnout)
        after = page[-1].id
    return sorted(found.values(), key=lambda one: (-one.turnout.came, one.kind))


async def turnouts(db: Db, identities: Sequence[int]) -> dict[int, Turnout]:
    """Of each session that anybody signed up for."""
    asked = SignUp.source.not_in(UNASKED)
    confirmed = SignUp.state == State.CONFIRMED
    came = case((SignUp.arrived > SignUp.people, SignUp.people), else_=SignUp.arrived)
    counted = select(
        SignUp.session_id,
        _sum(SignUp.people, asked & confirmed),
        _sum(SignUp.people, SignUp.state.in_((State.WAITING, State.OFFERED))),
        _sum(SignUp.people, SignUp.state.in_((State.CANCELLED, State.PASSED))),
        func.coalesce(func.sum(SignUp.arrived), 0),
        _sum(came, asked & confirmed),
        func.count(SignUp.arrived),
    ).where(SignUp.session_id.in_(identities))
    rows = await db.execute(counted.group_by(SignUp.session_id))
    return {
        session: Turnout(int(signed), int(waiting), int(cancelled), int(arrived or 0), int(of_them or 0), looked > 0)
        for session, signed, waiting, cancelled, arrived, of_them, looked in rows
    }


async def sign_ups(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[SignUpLine]:
    """By when somebody signed up."""
    found = (
        select(SignUp, Session.number, Session.title, Slot.starts_at)
        .join(Session, Session.id == SignUp.session_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .where(SignUp.community == community, SignUp.id > after, *_within(SignUp.created_at, start, end))
    )
    return [
        SignUpLine(
            row.id,
            number,
            title,
            slot_at,
            row.name,
            (row.building, row.unit, row.room),
            row.people,
            row.state,
            row.source,
            row.created_at,
            row.arrived,
        )
        for row, number, title, slot_at in await db.execute(found.order_by(SignUp.id).limit(AT_ONCE))
    ]


async def count_sign_ups(
    db: Db, community: str, start: datetime | None, end: datetime | None
) -> dict[str, dict[str, tuple[int, int]]]:
    """How many sign-ups and how many people, by `state` and by `source`."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for name in ("state", "source"):
        column = getattr(SignUp, name)
        counted = select(column, func.count(), func.sum(SignUp.people)).where(
            SignUp.community == community, *_within(SignUp.created_at, start, end)
        )
        rows = await db.execute(counted.group_by(column).order_by(column))
        found[name] = {value: (count, int(people)) for value, count, people in rows}
    return found


async def doses(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[DoseLine]:
    """By the day on which they were given; `start` and `end` are midnights of the community."""
    found = (
        select(Dose, Session.number)
        .join(Session, Session.id == Dose.session_id)
        .where(Dose.community == community, Dose.id > after, *_on_days(start, end))
    )
    return [
        DoseLine(
            row.id,
            row.given_on,
            row.name,
            (row.building, row.unit, row.room),
            row.brand,
            row.number,
            row.people,
            row.slip,
            row.next_on,
            number,
        )
        for row, number in await db.execute(found.order_by(Dose.id).limit(AT_ONCE))
    ]


async def count_doses(
    db: Db, community: str, start: datetime | None, end: datetime | None
) -> list[tuple[str, int | None, int]]:
    """Of each brand and dose how many people got it."""
    counted = select(Dose.brand, Dose.number, func.sum(Dose.people)).where(
        Dose.community == community, *_on_days(start, end)
    )
    rows = await db.execute(counted.group_by(Dose.brand, Dose.number).order_by(Dose.brand, Dose.number))
    return [(brand, number, int(people)) for brand, number, people in rows]


async def _places(db: Db, identities: Sequence[int]) -> dict[int, int | None]:
    """How many places there are in all; None where as many may come as want."""
    of_slots = select(Slot.session_id, func.sum(Slot.capacity), func.count() - func.count(Slot.capacity))
    rows = await db.execute(of_slots.where(Slot.session_id.in_(identities)).group_by(Slot.session_id))
    return {session: None if unlimited else int(places or 0) for session, places, unlimited in rows}


def _sum(column: Any, where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((where, column), else_=0)), 0)


def _within(column: Any, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    since = [column >= start] if start is not None else []
    until = [column < end] if end is not None else []
    return [*since, *until]


def _on_days(start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    first, last = (moment.date() if moment is not None else None for moment in (start, end))
    since = [Dose.given_on >= first] if first is not None else []
    until = [Dose.given_on < last] if last is not None else []
    return [*since, *until]
