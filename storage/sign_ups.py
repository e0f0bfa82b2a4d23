"""Sign-ups: who comes to which session, who waits, who was there. Whose they are lies sealed; a digest finds the household."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import next_number
from storage.secrets import Sealed, SealedJson, vault_of
from storage.sessions import Session

MOST_PEOPLE: Final = 20
"""Of one sign-up; more come through staff."""
LONGEST_NOTE: Final = 100


class State(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place has come free and is held for them until `offered_until`."""
    CANCELLED = "cancelled"
    PASSED = "passed"
    """A place was offered, and nobody answered in time."""


LIVE: Final = (State.CONFIRMED, State.WAITING, State.OFFERED)
HOLDING: Final = (State.CONFIRMED, State.OFFERED)
"""Those whose people are counted in their slot's `taken`."""


class SignUp(Base):
    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("session_id", "code"),
        Index(None, "session_id", "state", "turn"),
        Index(
            "uq_sign_ups_session_id_person",
            "session_id",
            "person",
            unique=True,
            sqlite_where=text("state IN ('confirmed', 'waiting', 'offered')"),
            postgresql_where=text("state IN ('confirmed', 'waiting', 'offered')"),
        ),
        CheckConstraint("people > 0", name="somebody"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("session_slots.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    """What is shown at the door: a running number of the session, which tells nothing of the person."""
    person: Mapped[str] = mapped_column(String(64))
    """Digest of whose it is: a household by its door, else a person by name or contact. Only one of each is live."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    """Who said so, and hears of it."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str] = mapped_column(Sealed("sign_ups.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("sign_ups.phone"))
    building: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(Sealed("sign_ups.room"))
    people: Mapped[int]
    for_other: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int]
    """Its place in line: who came first."""
    offered_until: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(16))
    """group, private, note (接龙), staff, walk_in, page, paper."""
    note: Mapped[str | None] = mapped_column(Sealed("sign_ups.note"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    arrived: Mapped[int | None]
    """How many of them came; None: nobody yet."""
    arrived_at: Mapped[datetime | None]


class NoteCopy(Base):
    """The last copy of a session's group note in a group, to compare the next one with."""

    __tablename__ = "note_copies"
    __table_args__ = (UniqueConstraint("session_id", "group_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    entries: Mapped[dict[str, Any]] = mapped_column(SealedJson("note_copies.entries"))
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose sign-up it is, as said; `contact` is who said it."""

    contact: int | None
    name: str
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    phone: str | None = None
    for_other: bool = False
    listed: bool = False
    """Known by the name in a list; `contact` is only who wrote it there."""

    def key(self) -> str:
        """A door is a household; without one it is a name, in a list or of somebody's own, else the contact."""
        if self.building and self.room:
            return f"door:{self.building}-{self.unit or ''}-{self.room}"
        if self.contact is None or self.listed:
            return f"name:{self.building or ''}:{self.name}"
        return f"for:{self.contact}:{self.building or ''}:{self.name}" if self.for_other else f"contact:{self.contact}"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A sign-up as it leaves a transaction."""

    id: int
    session: int
    slot: int
    code: str
    contact: int | None
    group: int | None
    name: str
    phone: str | None
    building: str | None
    unit: str | None
    room: str | None
    people: int
    for_other: bool
    state: State
    turn: int
    offered_until: datetime | None
    source: str
    note: str | None
    created_at: datetime
    arrived: int | None


def signed_up(row: SignUp) -> SignedUp:
    return SignedUp(
        row.id,
        row.session_id,
        row.slot_id,
        row.code,
        row.contact_id,
        row.group_id,
        row.name,
        row.phone,
        row.building,
        row.unit,
        row.room,
        row.people,
        row.for_other,
        State(row.state),
        row.turn,
        row.offered_until,
        row.source,
        row.note,
        row.created_at,
        row.arrived,
    )


async def enter(
    db: Db,
    community: str,
    session: int,
    slot: int,
    who: Who,
    people: int,
    state: State,
    *,
    group: int | None,
    source: str,
    now: datetime,
    note: str | None = None,
) -> SignUp:
    """The caller holds the session: two of the same household at once would meet at the index."""
    turn = await next_number(db, community, "sign-up", str(session))
    row = SignUp(
        community=community,
        session_id=session,
        slot_id=slot,
        code=f"{turn:03d}",
        person=digest(db, session, who),
        contact_id=who.contact,
        group_id=group,
        name=who.name,
        phone=who.phone,
        building=who.building,
        unit=who.unit,
        room=who.room,
        people=people,
        for_other=who.for_other,
        state=state,
        turn=turn,
        offered_until=None,
        source=source,
        note=note[:LONGEST_NOTE] if note else None,
        created_at=now,
        changed_at=now,
        arrived=None,
        arrived_at=None,
    )
    db.add(row)
    await db.flush()
    return row


def digest(db: Db, session: int, who: Who) -> str:
    return vault_of(db.get_bind().dialect).digest("sign_ups.person", f"{session}\0{who.key()}")


async def live_of(db: Db, session: int, who: Who) -> SignUp | None:
    """The sign-up of this household or person, held until this transaction ends."""
    found = select(SignUp).where(
        SignUp.session_id == session, SignUp.person == digest(db, session, who), SignUp.state.in_(LIVE)
    )
    return (await db.scalars(found.with_for_update())).one_or_none()


async def known_as(db: Db, session: int, who: Who) -> SignUp | None:
    """The live sign-up of this household or person; else the one that the same person made for themselves, where one of the two
    tells less of the door. The caller holds the session."""
    found = await live_of(db, session, who)
    if found is not None or who.contact is None or who.for_other or who.listed:
        return found
    own = [
        row for row in await of_contact(db, [session], who.contact) if not row.for_other and _may_live_there(row, who)
    ]
    return await by_id(db, own[0].id) if len(own) == 1 else None


def _may_live_there(row: SignUp, who: Who) -> bool:
    pairs = ((row.building, who.building), (row.unit, who.unit), (row.room, who.room))
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


async def of_contact(db: Db, sessions: Sequence[int], contact: int) -> list[SignUp]:
    """What this contact has signed up for, for themselves or others, the latest first."""
    found = select(SignUp).where(SignUp.session_id.in_(sessions), SignUp.contact_id == contact, SignUp.state.in_(LIVE))
    return list(await db.scalars(found.order_by(SignUp.id.desc())))


async def entered_since(db: Db, sessions: Sequence[int], group: int, since: datetime) -> bool:
    """Whether anybody signed up in this group since then."""
    found = select(SignUp.id).where(
        SignUp.session_id.in_(sessions), SignUp.group_id == group, SignUp.created_at > since
    )
    return (await db.execute(found.limit(1))).first() is not None


async def of_door(db: Db, sessions: Sequence[int], building: str, unit: str | None, room: str) -> list[SignUp]:
    """Live sign-ups of a household, whoever said so."""
    found = select(SignUp).where(SignUp.session_id.in_(sessions), SignUp.building == building, SignUp.state.in_(LIVE))
    rows = await db.scalars(found.order_by(SignUp.id.desc()))
    return [row for row in rows if row.room == room and (unit is None or row.unit in (None, unit))]


async def by_id(db: Db, identity: int) -> SignUp | None:
    """Held until this transaction ends."""
    found = select(SignUp).where(SignUp.id == identity).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(found)).one_or_none()


async def look(db: Db, identity: int) -> SignUp | None:
    """As it is just now; not held."""
    found = select(SignUp).where(SignUp.id == identity).execution_options(populate_existing=True)
    return (await db.scalars(found)).one_or_none()


async def session_of(db: Db, identity: int) -> int | None:
    return (await db.execute(select(SignUp.session_id).where(SignUp.id == identity))).scalar_one_or_none()


async def of_session(db: Db, session: int, states: Sequence[State] = LIVE) -> list[SignUp]:
    """In the order in which they came."""
    found = select(SignUp).where(SignUp.session_id == session, SignUp.state.in_(states))
    return list(await db.scalars(found.order_by(SignUp.turn, SignUp.id)))


async def line_of(db: Db, slot: int) -> list[SignUp]:
    """Who waits for a place of this slot, the first in line first."""
    found = select(SignUp).where(SignUp.slot_id == slot, SignUp.state == State.WAITING)
    return list(await db.scalars(found.order_by(SignUp.turn).with_for_update()))


async def place_in_line(db: Db, row: SignUp) -> int:
    before = select(func.count()).where(
        SignUp.slot_id == row.slot_id, SignUp.state == State.WAITING, SignUp.turn < row.turn
    )
    return int((await db.execute(before)).scalar_one()) + 1


async def count(db: Db, session: int) -> dict[State, tuple[int, int]]:
    """For each state how many sign-ups and how many people."""
    counted = select(SignUp.state, func.count(), func.sum(SignUp.people)).where(SignUp.session_id == session)
    return {State(state): (rows, people) for state, rows, people in await db.execute(counted.group_by(SignUp.state))}


async def count_all(db: Db, community: str) -> int:
    counted = select(func.count()).where(SignUp.community == community, SignUp.state.in_(LIVE))
    return int((await db.execute(counted)).scalar_one())


async def people_in(db: Db, slot: int) -> int:
    """How many people hold a place of this slot, counted from the sign-ups themselves."""
    counted = select(func.coalesce(func.sum(SignUp.people), 0))
    counted = counted.where(SignUp.slot_id == slot, SignUp.state.in_(HOLDING))
    return int((await db.execute(counted)).scalar_one())


async def confirmed_in(db: Db, slot: int) -> int:
    """How many people are to come to this slot."""
    counted = select(func.coalesce(func.sum(SignUp.people), 0))
    counted = counted.where(SignUp.slot_id == slot, SignUp.state == State.CONFIRMED)
    return int((await db.execute(counted)).scalar_one())


async def move_line(db: Db, before: int, after: int) -> None:
    """Who waits for one slot waits for another."""
    moved = update(SignUp).where(SignUp.slot_id == before, SignUp.state == State.WAITING)
    await db.execute(moved.values(slot_id=after))


async def last_copy(db: Db, session: int, group: int) -> NoteCopy | None:
    found = select(NoteCopy).where(NoteCopy.session_id == session, NoteCopy.group_id == group)
    return (await db.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def keep_copy(db: Db, session: int, group: int, entries: dict[str, Any], now: datetime) -> None:
    """The caller holds the session from before it looked at the last one."""
    row = await last_copy(db, session, group)
    if row is None:
        db.add(NoteCopy(session_id=session, group_id=group, entries=entries, at=now))
    else:
        row.entries, row.at = entries, now
    await db.flush()


async def forget_copies(db: Db, before: datetime) -> None:
    """Retention: what was copied of notes of sessions that are over since before then is of no more use."""
    old = select(Session.id).where(Session.ends_at < before)
    await db.execute(delete(NoteCopy).where(NoteCopy.session_id.in_(old)))


async def of_code(db: Db, session: int, code: str) -> SignUp | None:
    """Whatever became of it."""
    found = select(SignUp).where(SignUp.session_id == session, SignUp.code == code)
    return (await db.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def stayed_away(db: Db, identities: Sequence[int]) -> None:
    """Nobody of these came: known once it is over."""
    await db.execute(update(SignUp).where(SignUp.id.in_(identities), SignUp.arrived.is_(None)).values(arrived=0))


async def arrive(db: Db, row: SignUp, people: int | None, now: datetime) -> None:
    """So many of them are there; None: nobody after all. The caller holds the session."""
    row.arrived, row.arrived_at = people, now if people else None
    await db.flush()
