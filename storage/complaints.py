"""The complaint ledger: cases and the numbers they are known by. Who reported them stands in `storage/reporters.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, cast, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import daily_number
from storage.due import DueRow
from storage.secrets import Sealed, SealedJson

MOST_ALIKE = 50


class Complaint(Base):
    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("community", "number"),
        Index(None, "community", "id"),
        Index(None, "community", "state", "id"),
        # a search reads this and not the rows with all that is sealed; PostgreSQL refuses long texts in an index, and needs none
        Index(None, "community", "state", "building", "unit", "searched").ddl_if(dialect="sqlite"),
        Index(None, "community", "subcategory", "building"),
        Index(None, "account_id", "group_id"),
        # what the rates of a period read of each case, so that they need not look at the case itself
        Index(
            "ix_complaints_rates", "community", "filed_at", "merged_into", "state", "took_s", "category", "subcategory"
        ),
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
    mediation: Mapped[bool] = mapped_column(default=False)
    absent: Mapped[bool] = mapped_column(default=False)
    """Reported by somebody far away: nobody is in the flat."""
    searched: Mapped[str] = mapped_column(Text, default="")
    """What a search looks through: the masked wording, where it is and of which kind."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"), index=True)
    handler: Mapped[str | None] = mapped_column(Sealed("complaints.handler"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    """Where the handler is of the staff: cases are also given to people whom the assistant does not know."""
    passed_to: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[str | None] = mapped_column(Sealed("complaints.result"))
    said_at: Mapped[datetime]
    alarm_answered_at: Mapped[datetime | None]
    """Of an emergency: when a staff member first said anything, and the calling out ended."""
    filed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing: Mapped[str | None] = mapped_column(String(16))
    """How a closed case ended: `rated`, or `unreached` where nobody gave a last word."""
    contacted_at: Mapped[datetime | None]
    """When the reporter first heard of a person who deals with it."""
    contact_by: Mapped[datetime | None]
    due_by: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    paused_s: Mapped[int] = mapped_column(default=0)
    took_s: Mapped[int | None]
    """Seconds from filing to the result, less what it was suspended."""
    reopened: Mapped[int] = mapped_column(default=0)
    last_report_at: Mapped[datetime | None]


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
    received_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    closing: str | None
    contacted_at: datetime | None
    contact_by: datetime | None
    due_by: datetime | None
    suspended_at: datetime | None
    took_s: int | None
    reopened: int
    handler_id: int | None
    passed_to: str | None
    merged_into: int | None
    problem: int | None
    mediation: bool
    absent: bool
    phone: str | None = None
    reporters: tuple[int, ...] = ()
    """Contacts of those who reported and still want it, in order; people without WeChat are only in `people`."""
    people: int = 0
    """How many reported it 人次."""


def case_of(row: Complaint, reporters: Sequence[int] = (), people: int | None = None) -> Case:
    known = {name: getattr(row, name) for name in _COPIED}
    return Case(
        **known,
        group=row.group_id,
        problem=row.problem_id,
        reporters=tuple(reporters),
        people=len(reporters) if people is None else people,
    )


_COPIED = tuple(name.name for name in fields(Case) if name.name not in {"group", "problem", "reporters", "people"})


async def add(db: Db, complaint: Complaint) -> Complaint:
    complaint.searched = _searched(complaint)
    db.add(complaint)
    await db.flush()
    return complaint


def index(complaint: Complaint) -> None:
    """After a change of what a search looks through."""
    complaint.searched = _searched(complaint)


def _searched(complaint: Complaint) -> str:
    parts = (complaint.wording, complaint.place, complaint.category, complaint.subcategory, complaint.building)
    return "\n".join(part for part in parts if part).lower()


async def next_case_number(db: Db, community: str, day: str) -> str:
    """`SQ` + yymmdd + `-` + two or more digits, from 01 for each community and local day."""
    return await daily_number(db, community, "SQ", day)


async def by_number(db: Db, community: str, number: str, *, lock: bool = False) -> Complaint | None:
    found = select(Complaint).where(Complaint.community == community, Complaint.number == number)
    return (await db.scalars(found.with_for_update() if lock else found)).one_or_none()


async def by_id(db: Db, identity: int) -> Complaint | None:
    return await db.get(Complaint, identity)


async def held(db: Db, identity: int) -> Complaint | None:
    """The case, as it is now, held until this transaction ends."""
    found = select(Complaint).where(Complaint.id == identity).with_for_update()
    return (await db.scalars(found.execution_options(populate_existing=True))).one_or_none()


async def alarm_still_open(db: Db, identity: int) -> Complaint | None:
    """The emergency, held until this transaction ends, unless somebody has answered its alarm."""
    found = select(Complaint).where(Complaint.id == identity, Complaint.alarm_answered_at.is_(None)).with_for_update()
    return (await db.scalars(found)).one_or_none()


async def answer_alarms(db: Db, community: str, now: datetime) -> None:
    """Whoever is about to call again either sees this, or is waited for. It is the first contact, too."""
    open_alarms = (Complaint.community == community, Complaint.urgency == "P0", Complaint.alarm_answered_at.is_(None))
    first = update(Complaint).where(*open_alarms, Complaint.contacted_at.is_(None))
    await db.execute(first.values(contacted_at=now))
    await db.execute(update(Complaint).where(*open_alarms).values(alarm_answered_at=now))


async def without_due(db: Db, community: str, states: Sequence[str], kind: str, now: datetime) -> list[Complaint]:
    """Numbered cases whose time runs and for which nothing of that kind is planned; an emergency is called out instead."""
    waiting = select(DueRow.id).where(
        DueRow.community == community,
        DueRow.kind == kind,
        DueRow.subject == cast(Complaint.id, String),
        DueRow.state == "waiting",
    )
    found = select(Complaint).where(
        Complaint.community == community,
        Complaint.state.in_(states),
        Complaint.number.is_not(None),
        Complaint.urgency != "P0",
        Complaint.due_by > now,
        ~waiting.exists(),
    )
    return list(await db.scalars(found.order_by(Complaint.id)))


async def open_by_working_days(db: Db, community: str, states: Sequence[str], others: Sequence[str]) -> list[Complaint]:
    """Numbered cases in these states whose urgency is none of `others`, held until this transaction ends."""
    found = select(Complaint).where(
        Complaint.community == community,
        Complaint.state.in_(states),
        Complaint.number.is_not(None),
        Complaint.urgency.not_in(others),
    )
    return list(await db.scalars(found.order_by(Complaint.id).with_for_update()))


async def alike(
    db: Db,
    community: str,
    kind: tuple[str, str],
    states: Sequence[str],
    since: datetime,
    *,
    building: str | None = None,
    urgency: str | None = None,
) -> list[Complaint]:
    """Numbered cases of one second-level category (in one building) that somebody reported since then, latest first."""
    if urgency is None and db.get_bind().dialect.name == "postgresql":
        # two who report the same in one moment: the second waits for the first, and sees its case
        key = text("SELECT pg_advisory_xact_lock(hashtextextended(:kind, 0))")
        await db.execute(key, {"kind": f"{community}/{kind[0]}/{kind[1]}"})
    found = select(Complaint).where(
        Complaint.community == community,
        Complaint.category == kind[0],
        Complaint.subcategory == kind[1],
        Complaint.state.in_(states),
        Complaint.last_report_at >= since,
        Complaint.number.is_not(None),
    )
    if building is not None:
        found = found.where(Complaint.building == building)
    if urgency is not None:
        found = found.where(Complaint.urgency == urgency)
    latest = found.order_by(Complaint.last_report_at.desc(), Complaint.id.desc()).limit(MOST_ALIKE)
    # as they are now: what this transaction has seen before it waited may have moved on
    return list(await db.scalars(latest.execution_options(populate_existing=True)))


async def merged_with(db: Db, complaint: int) -> list[Complaint]:
    found = select(Complaint).where(Complaint.merged_into == complaint).order_by(Complaint.id)
    return list(await db.scalars(found))


async def of_problem(db: Db, problem: int, states: Sequence[str]) -> list[Complaint]:
    found = select(Complaint).where(Complaint.problem_id == problem, Complaint.state.in_(states))
    return list(await db.scalars(found.order_by(Complaint.id).with_for_update()))


async def of_handler(db: Db, community: str, handler: int, states: Sequence[str]) -> list[Complaint]:
    found = select(Complaint).where(
        Complaint.community == community, Complaint.handler_id == handler, Complaint.state.in_(states)
    )
    return list(await db.scalars(found.order_by(Complaint.urgency, Complaint.id)))


async def leads(db: Db, community: str, since: datetime, limit: int) -> list[Complaint]:
    """What waits for a look of staff, oldest first."""
    found = select(Complaint).where(
        Complaint.community == community, Complaint.state == "lead", Complaint.said_at >= since
    )
    return list(await db.scalars(found.order_by(Complaint.id).limit(limit)))


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
