"""Sessions and their slots. Places of a slot are taken and given back by a conditional UPDATE, with a CHECK behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import daily_number, hold
from storage.secrets import Sealed
from storage.session_plan import DETAILS, Kind, Plan, SlotPlan, batches_of, details_of

PREFIX: Final = "HD"
OPEN, CANCELLED, OVER = "open", "cancelled", "over"


class Session(Base):
    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("community", "number"),
        Index(None, "community", "state", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    sign_up: Mapped[bool]
    details: Mapped[dict[str, Any]]
    groups: Mapped[list[int]]
    """Those it was announced in."""
    state: Mapped[str] = mapped_column(String(16), default=OPEN)
    sequence: Mapped[int] = mapped_column(default=0)
    """Raised with every change: what calendars go by (RFC 5545, SEQUENCE)."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_name: Mapped[str] = mapped_column(Sealed("sessions.created_name"))
    changed_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(200))
    """Why it was called off."""


class Slot(Base):
    __tablename__ = "session_slots"
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="not_crossed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    position: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    """People who are in, or whom a place is held for while they are asked."""


@dataclass(frozen=True, slots=True)
class SlotView:
    id: int
    position: int
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    taken: int

    @property
    def room(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as it leaves a transaction; moments in the community's zone."""

    id: int
    number: str
    plan: Plan
    slots: tuple[SlotView, ...]
    groups: tuple[int, ...]
    state: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    created_by: int | None
    reason: str | None

    @property
    def taken(self) -> int:
        return sum(slot.taken for slot in self.slots)

    @property
    def capacity(self) -> int | None:
        rooms = [slot.capacity for slot in self.slots]
        return None if None in rooms else sum(room for room in rooms if room is not None)

    @property
    def room(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    def slot(self, identity: int) -> SlotView:
        return next(slot for slot in self.slots if slot.id == identity)


async def create(
    db: Db, community: str, plan: Plan, groups: Sequence[int], *, day: str, now: datetime, by: int | None, name: str
) -> Session:
    """`HD` + yymmdd + `-` + two or more digits."""
    number = await daily_number(db, community, PREFIX, day)
    row = Session(
        community=community,
        number=number,
        kind=str(plan.kind),
        title=plan.title,
        place=plan.place,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        sign_up=plan.sign_up,
        details=details_of(plan),
        groups=list(groups),
        state=OPEN,
        sequence=0,
        created_at=now,
        created_by=by,
        created_name=name,
        changed_at=now,
        reason=None,
    )
    db.add(row)
    await db.flush()
    for position, slot in enumerate(plan.whole):
        db.add(_slot(row.id, position, slot))
    await db.flush()
    return row


def _slot(session: int, position: int, plan: SlotPlan) -> Slot:
    return Slot(
        session_id=session,
        position=position,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        capacity=plan.capacity,
        taken=0,
    )


async def by_number(db: Db, community: str, number: str) -> Session | None:
    return (await db.scalars(select(Session).where(Session.community == community, Session.number == number))).first()


async def by_id(db: Db, identity: int) -> Session | None:
    return await db.get(Session, identity)


async def held(db: Db, identity: int) -> Session:
    """The session, nobody else changing it or its places until this transaction ends. Rows that only refer to it are not kept
    waiting."""
    found = select(Session).where(Session.id == identity).with_for_update(key_share=True)
    found = found.execution_options(populate_existing=True)
    return (await db.scalars(found)).one()


async def view(db: Db, row: Session, now: datetime) -> SessionView:
    """`now` gives the zone of its moments."""
    return (await views(db, [row], now))[0]


async def views(db: Db, rows: Sequence[Session], now: datetime) -> list[SessionView]:
    slots: dict[int, list[SlotView]] = {row.id: [] for row in rows}
    found = select(Slot).where(Slot.session_id.in_(slots), Slot.capacity.is_distinct_from(0))
    found = found.order_by(Slot.session_id, Slot.position)
    for slot in await db.scalars(found.execution_options(populate_existing=True)):
        slots[slot.session_id].append(_slot_view(slot, now))
    return [_view(row, tuple(slots[row.id]), now) for row in rows]


def _slot_view(slot: Slot, now: datetime) -> SlotView:
    zone = now.tzinfo
    starts_at, ends_at = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return SlotView(slot.id, slot.position, starts_at, ends_at, slot.capacity, slot.taken)


def _view(row: Session, slots: tuple[SlotView, ...], now: datetime) -> SessionView:
    zone, details = now.tzinfo, row.details
    plan = Plan(
        kind=Kind(row.kind),
        title=row.title,
        place=row.place,
        starts_at=row.starts_at.astimezone(zone),
        ends_at=row.ends_at.astimezone(zone),
        sign_up=row.sign_up,
        slots=tuple(SlotPlan(one.starts_at, one.ends_at, one.capacity) for one in slots) if len(slots) > 1 else (),
        batches=tuple(batches_of(details)),
        **{name: details[name] for name in DETAILS if name in details},
    )
    return SessionView(
        row.id,
        row.number,
        plan,
        slots,
        tuple(row.groups),
        row.state,
        row.sequence,
        row.created_at.astimezone(zone),
        row.changed_at.astimezone(zone),
        row.created_by,
        row.reason,
    )


async def open_ones(db: Db, community: str, now: datetime) -> list[Session]:
    """Those that are not over, the soonest first."""
    found = select(Session).where(Session.community == community, Session.state == OPEN, Session.ends_at > now)
    return list(await db.scalars(found.order_by(Session.starts_at, Session.id)))


async def lately(db: Db, community: str, since: datetime) -> list[Session]:
    """Those that ended or were called off since then."""
    ended = or_(Session.ends_at >= since, Session.changed_at >= since)
    found = select(Session).where(Session.community == community, Session.state != OPEN, ended)
    return list(await db.scalars(found.order_by(Session.starts_at.desc(), Session.id.desc())))


async def past(db: Db, community: str, since: datetime, now: datetime) -> list[Session]:
    """The same, with those that have just ended and were not counted yet."""
    found = select(Session).where(Session.community == community, Session.state == OPEN)
    ended = await db.scalars(found.where(Session.ends_at >= since, Session.ends_at <= now).order_by(Session.id.desc()))
    return [*ended, *await lately(db, community, since)]


async def hold_day(db: Db, community: str, day: str) -> None:
    """Whoever else makes a session for that day waits until we have committed."""
    await hold(db, community, "booking", day)


async def of_kind_on(db: Db, community: str, kind: Kind, title: str, start: datetime, end: datetime) -> Session | None:
    """An open session of this name that begins within a day: appointments of one day are one session."""
    found = select(Session).where(
        Session.community == community,
        Session.kind == str(kind),
        Session.title == title,
        Session.state == OPEN,
        Session.starts_at >= start,
        Session.starts_at < end,
    )
    return (await db.scalars(found.order_by(Session.id))).first()


async def slots_of(db: Db, session: int) -> list[Slot]:
    found = select(Slot).where(Slot.session_id == session).order_by(Slot.position)
    return list(await db.scalars(found.execution_options(populate_existing=True)))


async def take(db: Db, slot: int, people: int) -> bool:
    """So many places of a slot, or none of them."""
    room = or_(Slot.capacity.is_(None), Slot.taken + people <= Slot.capacity)
    taken = update(Slot).where(Slot.id == slot, room).values(taken=Slot.taken + people).returning(Slot.id)
    return (await db.execute(taken)).first() is not None


async def give_back(db: Db, slot: int, people: int) -> None:
    await db.execute(update(Slot).where(Slot.id == slot).values(taken=Slot.taken - people))


async def change(db: Db, row: Session, plan: Plan, now: datetime) -> None:
    """Take over another plan with as many slots as before, or other slots where nobody is signed up; raises `ValueError` where
    slots with people in them would vanish or become too small."""
    row.kind, row.title, row.place = str(plan.kind), plan.title, plan.place
    row.starts_at, row.ends_at, row.sign_up = plan.starts_at, plan.ends_at, plan.sign_up
    row.details = details_of(plan)
    row.changed_at = now
    row.sequence += 1
    before, after = await slots_of(db, row.id), plan.whole
    for slot, planned in zip(before, after, strict=False):
        if planned.capacity is not None and planned.capacity < slot.taken:
            raise ValueError("fewer places than people")
        slot.starts_at, slot.ends_at, slot.capacity = planned.starts_at, planned.ends_at, planned.capacity
    for gone in before[len(after) :]:
        if gone.taken:
            raise ValueError("people in a slot that goes")
        gone.capacity = 0  # who cancelled there still refers to it
    for position, planned in enumerate(after[len(before) :], start=len(before)):
        db.add(_slot(row.id, position, planned))
    await db.flush()


async def end(db: Db, row: Session, state: str, now: datetime, reason: str | None = None) -> None:
    row.state, row.reason, row.changed_at = state, reason, now
    row.sequence += state == CANCELLED
    await db.flush()
