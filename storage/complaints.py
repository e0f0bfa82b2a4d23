"""The complaint ledger: cases, their reporters, and the numbers they are known by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.counters import next_number
from storage.secrets import Sealed, SealedJson


class Complaint(Base):
    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("community", "number"),
        Index(None, "community", "state"),
        Index(None, "account_id", "group_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str | None] = mapped_column(String(24))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    source: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(24))
    urgency: Mapped[str] = mapped_column(String(2))
    category: Mapped[str] = mapped_column(String(16))
    subcategory: Mapped[str] = mapped_column(String(32))
    building: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(Sealed("complaints.room"))
    place: Mapped[str | None] = mapped_column(String(64))
    wording: Mapped[str] = mapped_column(Text)
    original: Mapped[str] = mapped_column(Sealed("complaints.original"))
    context: Mapped[list[str]] = mapped_column(SealedJson("complaints.context"))
    phone: Mapped[str | None] = mapped_column(Sealed("complaints.phone"))
    anonymous: Mapped[bool] = mapped_column(default=False)
    handler: Mapped[str | None] = mapped_column(Sealed("complaints.handler"))
    result: Mapped[str | None] = mapped_column(Sealed("complaints.result"))
    said_at: Mapped[datetime]
    alarm_answered_at: Mapped[datetime | None]
    """Of an emergency: when a staff member first said anything, and the calling out ended."""
    filed_at: Mapped[datetime | None] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    contact_by: Mapped[datetime | None]
    due_by: Mapped[datetime | None]


class Reporter(Base):
    __tablename__ = "reporters"
    __table_args__ = (UniqueConstraint("complaint_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"))
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint as it leaves a transaction: what a list, a page or an export shows."""

    id: int
    number: str | None
    state: str
    urgency: str
    category: str
    subcategory: str
    building: str | None
    unit: str | None
    room: str | None
    place: str | None
    wording: str
    anonymous: bool
    handler: str | None
    result: str | None
    source: str
    group: int | None
    said_at: datetime
    filed_at: datetime | None
    accepted_at: datetime | None
    assigned_at: datetime | None
    resolved_at: datetime | None
    due_by: datetime | None
    reporters: tuple[int, ...] = ()
    phone: str | None = None


def case_of(row: Complaint, reporters: Sequence[int] = ()) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        state=row.state,
        urgency=row.urgency,
        category=row.category,
        subcategory=row.subcategory,
        building=row.building,
        unit=row.unit,
        room=row.room,
        place=row.place,
        wording=row.wording,
        anonymous=row.anonymous,
        handler=row.handler,
        result=row.result,
        source=row.source,
        group=row.group_id,
        said_at=row.said_at,
        filed_at=row.filed_at,
        accepted_at=row.accepted_at,
        assigned_at=row.assigned_at,
        resolved_at=row.resolved_at,
        due_by=row.due_by,
        reporters=tuple(reporters),
        phone=row.phone,
    )


async def add(db: Db, complaint: Complaint) -> Complaint:
    db.add(complaint)
    await db.flush()
    return complaint


async def add_reporter(db: Db, complaint: Complaint, contact: int, inbox: int | None, at: datetime) -> bool:
    """Whether this person had not reported it before."""
    return (
        await insert_once(
            db,
            Reporter,
            community=complaint.community,
            complaint_id=complaint.id,
            contact_id=contact,
            inbox_id=inbox,
            at=at,
        )
        is not None
    )


async def give_number(db: Db, complaint: Complaint, day: str) -> str:
    with db.no_autoflush:  # one UPDATE of the case, not one before the number and one after
        complaint.number = await next_case_number(db, complaint.community, day)
    await db.flush()
    return complaint.number


async def next_case_number(db: Db, community: str, day: str) -> str:
    """`SQ` + yymmdd + `-` + two or more digits, from 01 for each community and local day."""
    return f"SQ{day}-{await next_number(db, community, 'SQ', day):02d}"


async def by_number(db: Db, community: str, number: str, *, lock: bool = False) -> Complaint | None:
    found = select(Complaint).where(Complaint.community == community, Complaint.number == number)
    if lock and db.get_bind().dialect.name == "postgresql":
        found = found.with_for_update()
    return (await db.scalars(found)).one_or_none()


async def by_id(db: Db, identity: int) -> Complaint | None:
    return await db.get(Complaint, identity)


async def alarm_still_open(db: Db, identity: int) -> Complaint | None:
    """The emergency, held until this transaction ends, unless somebody has answered its alarm."""
    found = select(Complaint).where(Complaint.id == identity, Complaint.alarm_answered_at.is_(None)).with_for_update()
    return (await db.scalars(found)).one_or_none()


async def answer_alarms(db: Db, community: str, now: datetime) -> None:
    """Whoever is about to call again either sees this, or is waited for."""
    open_alarms = (Complaint.community == community, Complaint.urgency == "P0", Complaint.alarm_answered_at.is_(None))
    await db.execute(update(Complaint).where(*open_alarms).values(alarm_answered_at=now))


async def of_inbox(db: Db, inbox: int) -> Complaint | None:
    """The case that a message filed or seconded."""
    joined = select(Complaint).outerjoin(Reporter, Reporter.complaint_id == Complaint.id)
    found = joined.where(or_(Complaint.inbox_id == inbox, Reporter.inbox_id == inbox))
    return (await db.scalars(found.order_by(Complaint.id).limit(1))).unique().one_or_none()


async def reporters_of(db: Db, complaint: int) -> list[int]:
    found = select(Reporter.contact_id).where(Reporter.complaint_id == complaint).order_by(Reporter.id)
    return list(await db.scalars(found))


async def of_reporter(db: Db, contact: int, states: Sequence[str], limit: int = 5) -> list[Complaint]:
    """A person's own numbered cases in these states, latest first."""
    found = (
        select(Complaint)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.contact_id == contact, Complaint.state.in_(states), Complaint.number.is_not(None))
    )
    return list(await db.scalars(found.order_by(Complaint.id.desc()).limit(limit)))


async def waiting_for_place(db: Db, group: int | None, contact: int) -> Complaint | None:
    found = (
        select(Complaint)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.contact_id == contact, Complaint.group_id == group, Complaint.state == "awaiting_place")
    )
    return (await db.scalars(found.order_by(Complaint.id.desc()).limit(1))).one_or_none()


async def listed(
    db: Db,
    community: str,
    states: Sequence[str] | None = None,
    *,
    words: Sequence[str] = (),
    building: str | None = None,
    unit: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Case]:
    """Cases with their reporters: the urgent first, then in order of filing. Every word must stand in wording or place."""
    found = select(Complaint).where(Complaint.community == community)
    if states is not None:
        found = found.where(Complaint.state.in_(states))
    if building is not None:
        found = found.where(Complaint.building == building)
    if unit is not None:
        found = found.where(Complaint.unit == unit)
    for word in words:
        found = found.where(or_(*(column.contains(word, autoescape=True) for column in _SEARCHED)))
    rows = list(await db.scalars(found.order_by(Complaint.urgency, Complaint.id).limit(limit).offset(offset)))
    reporters = await _reporters(db, [row.id for row in rows])
    return [case_of(row, reporters.get(row.id, ())) for row in rows]


async def latest(db: Db, community: str, limit: int) -> list[Case]:
    """The cases last heard of, newest first."""
    found = select(Complaint).where(Complaint.community == community)
    rows = list(await db.scalars(found.order_by(Complaint.id.desc()).limit(limit)))
    reporters = await _reporters(db, [row.id for row in rows])
    return [case_of(row, reporters.get(row.id, ())) for row in rows]


async def everything(db: Db, community: str, after: int, limit: int = 500) -> list[Case]:
    """A page of the ledger in order of filing, for exports; `after` is the last id seen."""
    found = select(Complaint).where(
        Complaint.community == community, Complaint.id > after, Complaint.number.is_not(None)
    )
    rows = list(await db.scalars(found.order_by(Complaint.id).limit(limit)))
    reporters = await _reporters(db, [row.id for row in rows])
    return [case_of(row, reporters.get(row.id, ())) for row in rows]


async def count_by_state(db: Db, community: str) -> dict[str, int]:
    counted = select(Complaint.state, func.count()).where(Complaint.community == community).group_by(Complaint.state)
    return {state: count for state, count in await db.execute(counted)}  # noqa: C416 - a Row is no tuple to mypy


async def totals(db: Db, community: str) -> tuple[int, int]:
    """How many numbered cases 件 there are, and how many reporters 人次 they have."""
    numbered = (Complaint.community == community, Complaint.number.is_not(None))
    cases = (await db.execute(select(func.count()).select_from(Complaint).where(*numbered))).scalar_one()
    people = select(func.count()).select_from(Reporter).join(Complaint, Complaint.id == Reporter.complaint_id)
    return cases, (await db.execute(people.where(*numbered))).scalar_one()


async def change(db: Db, complaint: Complaint, allowed_from: Sequence[str], **values: Any) -> bool:
    """Move a case on, only from one of these states: two people moving it at once cannot both succeed."""
    moved = await db.execute(
        update(Complaint)
        .where(Complaint.id == complaint.id, Complaint.state.in_(allowed_from))
        .values(**values)
        .returning(Complaint.id)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        return False
    await db.refresh(complaint)
    return True


_SEARCHED = (Complaint.wording, Complaint.place, Complaint.category, Complaint.subcategory, Complaint.building)


async def _reporters(db: Db, complaints: Sequence[int]) -> dict[int, list[int]]:
    found = select(Reporter.complaint_id, Reporter.contact_id).where(Reporter.complaint_id.in_(complaints))
    by_case: dict[int, list[int]] = {}
    for complaint, contact in await db.execute(found.order_by(Reporter.id)):
        by_case.setdefault(complaint, []).append(contact)
    return by_case
