"""Everybody who was or is to be reminded: how, when, what came of it. Those whom no message reaches are the call list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.secrets import Sealed, SealedJson


class Way(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    CALL = "call"


class Outcome(StrEnum):
    WAITING = "waiting"
    """On the call list."""
    SAID = "said"
    """A message went out, or is in the outbox on its way."""
    TOLD = "told"
    NO_ANSWER = "no_answer"
    NOT_COMING = "not_coming"
    AGAIN = "again"
    """To be called again, not before `not_before`."""
    TOO_LATE = "too_late"


TO_CALL = (Outcome.WAITING, Outcome.AGAIN)
AT_ONCE = 200
"""Rows of one INSERT: few enough for what a database takes in one statement."""


class Call(Base):
    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("community", "cause", "subject", "person"),
        Index(None, "community", "way", "outcome", "not_before"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(32))
    """What for: `sessions.day`, `sessions.hours`, `sessions.changed`, `sessions.cancelled`, `sessions.offer`, `sessions.dose`,
    `complaints.follow_up`."""
    subject: Mapped[str] = mapped_column(String(64))
    """Of what: a session's number and sequence, a case number."""
    person: Mapped[str] = mapped_column(String(64))
    """Which row of it: `sign-up:12`, of its second part `sign-up:12/1`, `dose:3`. Nobody is reminded twice of the same."""
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id"), index=True)
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ups.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    way: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(Sealed("calls.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("calls.phone"))
    say: Mapped[dict[str, Any]] = mapped_column(SealedJson("calls.say"))
    """Key and parameters of what to say on the telephone."""
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    until: Mapped[datetime | None]
    """After this it is of no use any more."""
    tries: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    by_contact: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    held_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """Which staff member has this one before them just now."""
    held_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class ToCall:
    """One person of the call list."""

    id: int
    cause: str
    subject: str
    name: str
    phone: str | None
    say: dict[str, Any]
    tries: int
    until: datetime | None
    session: int | None
    sign_up: int | None
    person: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """Who is to be reminded, and how that was done."""

    cause: str
    subject: str
    person: str
    name: str
    way: Way
    say: dict[str, Any]
    contact: int | None = None
    phone: str | None = None
    session: int | None = None
    sign_up: int | None = None
    not_before: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """`told` and `not_reached` are parts of `call`."""

    private: int
    group: int
    call: int
    told: int
    not_reached: int


async def enter(db: Db, community: str, one: Reminded, now: datetime) -> int | None:
    """None where this person was reminded of the same before."""
    return await insert_once(db, Call, **_values(community, one, now))


async def enter_all(db: Db, community: str, people: Sequence[Reminded], now: datetime) -> set[str]:
    """People who are reminded of one thing; returns which of them were not before, as `Reminded.person`."""
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    fresh: set[str] = set()
    for start in range(0, len(people), AT_ONCE):
        values = [_values(community, one, now) for one in people[start : start + AT_ONCE]]
        entered = insert(Call).values(values).on_conflict_do_nothing().returning(Call.person)
        fresh |= set(await db.scalars(entered))
    return fresh


def _values(community: str, one: Reminded, now: datetime) -> dict[str, Any]:
    by_call = one.way == Way.CALL
    return {
        "community": community,
        "cause": one.cause,
        "subject": one.subject,
        "person": one.person,
        "session_id": one.session,
        "sign_up_id": one.sign_up,
        "contact_id": one.contact,
        "way": one.way,
        "outcome": Outcome.WAITING if by_call else Outcome.SAID,
        "name": one.name,
        "phone": one.phone,
        "say": one.say,
        "created_at": now,
        "not_before": one.not_before or now,
        "until": one.until,
        "tries": 0,
        "settled_at": None if by_call else now,
        "by_contact": None,
        "held_by": None,
        "held_until": None,
    }


async def next_to_call(
    db: Db, community: str, officer: int, now: datetime, held_until: datetime, without: Sequence[int] = ()
) -> ToCall | None:
    """The next person for this staff member, whom nobody else has before them; the most pressing first.

    `without`: calls that are none of theirs.
    """
    await _too_late(db, community, now)
    free = or_(Call.held_by.is_(None), Call.held_until <= now, Call.held_by == officer)
    found = select(Call).where(_waits(community), Call.not_before <= now, free, Call.id.not_in(without))
    found = found.order_by(Call.until.is_(None), Call.until, Call.tries, Call.id).limit(1)
    found = found.execution_options(populate_existing=True)
    row = (await db.scalars(found.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    row.held_by, row.held_until = officer, held_until
    await db.flush()
    return to_call(row)


async def release(db: Db, community: str, officer: int) -> None:
    """Whoever this staff member has before them may be called by others."""
    held = update(Call).where(Call.community == community, Call.held_by == officer, Call.outcome.in_(TO_CALL))
    await db.execute(held.values(held_by=None, held_until=None))


async def hold(db: Db, identity: int, officer: int, until: datetime) -> None:
    await db.execute(update(Call).where(Call.id == identity).values(held_by=officer, held_until=until))


async def settle(
    db: Db,
    identity: int,
    outcome: Outcome,
    now: datetime,
    *,
    by: int | None = None,
    tried: bool = False,
    not_before: datetime | None = None,
) -> None:
    """What came of a call. With `not_before` it is to be made again then."""
    values: dict[str, Any] = {"outcome": outcome, "by_contact": by, "held_by": None, "held_until": None}
    values |= {"settled_at": now} if not_before is None else {"not_before": not_before}
    if tried:
        values["tries"] = Call.tries + 1
    await db.execute(update(Call).where(Call.id == identity).values(**values))


def to_call(row: Call) -> ToCall:
    return ToCall(
        row.id,
        row.cause,
        row.subject,
        row.name,
        row.phone,
        row.say,
        row.tries,
        row.until,
        row.session_id,
        row.sign_up_id,
        row.person,
    )


def _waits(community: str) -> Any:
    return (Call.community == community) & (Call.way == Way.CALL) & Call.outcome.in_(TO_CALL)


async def _too_late(db: Db, community: str, now: datetime) -> None:
    """Not those that somebody is just settling: two who wait for each other's rows would wait for ever."""
    found = select(Call.id).where(_waits(community), Call.until <= now).with_for_update(skip_locked=True)
    late = list(await db.scalars(found))
    if late:
        await db.execute(
            update(Call).where(Call.id.in_(late)).values(outcome=Outcome.TOO_LATE, settled_at=now, held_by=None)
        )


async def by_id(db: Db, identity: int) -> Call | None:
    """Held until this transaction ends; whoever also needs its session holds that first."""
    found = select(Call).where(Call.id == identity).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(found)).one_or_none()


async def session_of(db: Db, identity: int) -> int | None:
    return (await db.execute(select(Call.session_id).where(Call.id == identity))).scalar_one_or_none()


async def count_to_call(db: Db, community: str, now: datetime) -> tuple[int, int]:
    """How many may be called now, and how many later."""
    useful = (_waits(community), or_(Call.until.is_(None), Call.until > now))
    counted = select(func.count()).where(*useful)
    ready = int((await db.execute(counted.where(Call.not_before <= now))).scalar_one())
    return ready, int((await db.execute(counted.where(Call.not_before > now))).scalar_one())


async def listed(db: Db, session: int, subject: str) -> set[int]:
    """The sign-ups of a session that are on the call list, or were called about this state of it; an offer is another matter."""
    called = (Call.subject == subject) & Call.outcome.in_((Outcome.TOLD, Outcome.NO_ANSWER))
    found = select(Call.sign_up_id).where(
        Call.session_id == session,
        Call.way == Way.CALL,
        Call.cause != "sessions.offer",
        or_(Call.outcome.in_(TO_CALL), called),
    )
    return {sign_up for sign_up in await db.scalars(found) if sign_up is not None}


async def open_of(db: Db, community: str, cause: str, subject: str) -> list[ToCall]:
    """Calls about one thing that are still to be made."""
    found = select(Call).where(_waits(community), Call.cause == cause, Call.subject == subject).order_by(Call.id)
    return [to_call(row) for row in await db.scalars(found.execution_options(populate_existing=True))]


async def of_session(db: Db, session: int) -> list[Call]:
    """Everybody who was reminded of a session, in order."""
    return list(await db.scalars(select(Call).where(Call.session_id == session).order_by(Call.id)))


async def reminded(db: Db, session: int, causes: Sequence[str]) -> Counted:
    """How many were reminded of a session in which way, each counted once, as it was the last time."""
    found = select(Call.person, Call.way, Call.outcome).where(Call.session_id == session, Call.cause.in_(causes))
    found = found.order_by(Call.id)
    last = {person.partition("/")[0]: (way, outcome) for person, way, outcome in await db.execute(found)}
    ways = [way for way, _ in last.values()]
    called = [outcome for way, outcome in last.values() if way == Way.CALL]
    return Counted(
        private=ways.count(Way.PRIVATE),
        group=ways.count(Way.GROUP),
        call=len(called),
        told=called.count(Outcome.TOLD),
        not_reached=called.count(Outcome.NO_ANSWER) + called.count(Outcome.TOO_LATE),
    )


async def call_off(db: Db, sign_ups: Sequence[int], causes: Sequence[str], now: datetime) -> None:
    """Nobody needs to be called about these any more."""
    off = update(Call).where(
        Call.sign_up_id.in_(sign_ups), Call.cause.in_(causes), Call.way == Way.CALL, Call.outcome.in_(TO_CALL)
    )
    await db.execute(off.values(outcome=Outcome.TOO_LATE, settled_at=now))
