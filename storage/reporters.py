"""Who reported a case: in which group or how else, in which words, what they were asked and answered.

One case may have many reporters. A case that was joined into another keeps its own: those of the other are theirs and its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.base import Base, Db, insert_once
from storage.complaints import Complaint
from storage.secrets import Sealed


class Reporter(Base):
    __tablename__ = "reporters"
    __table_args__ = (UniqueConstraint("complaint_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    """None for who reported by telephone or came in."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    """`group`, `private`, `telephone` or `visit` 渠道."""
    name: Mapped[str | None] = mapped_column(Sealed("reporters.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("reporters.phone"))
    anonymous: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str | None] = mapped_column(Sealed("reporters.words"))
    """What a later reporter said; the first one's words are the case's."""
    building: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(Sealed("reporters.room"))
    at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    """Took their report back; the case goes on for the others."""
    asked_at: Mapped[datetime | None]
    asked_times: Mapped[int] = mapped_column(default=0)
    rating: Mapped[str | None] = mapped_column(String(16))
    rated_at: Mapped[datetime | None]


def first(db: Db, complaint: Complaint, contact: int | None, at: datetime, **values: object) -> Reporter:
    """Who reported a case that is new; written with the rest of the transaction."""
    reporter = Reporter(
        community=complaint.community, complaint_id=complaint.id, contact_id=contact, at=at, asked_times=0, **values
    )
    db.add(reporter)
    return reporter


async def add(db: Db, complaint: Complaint, contact: int | None, at: datetime, **values: object) -> int | None:
    """One more reporter of a case, its latest report, also who had taken theirs back; None where it was reported before."""
    complaint.last_report_at = max(at, complaint.last_report_at or at)
    defaults: dict[str, object] = {"anonymous": False, "asked_times": 0, "channel": "group"}
    added = await insert_once(
        db,
        Reporter,
        **{**defaults, **values},
        community=complaint.community,
        complaint_id=complaint.id,
        contact_id=contact,
        at=at,
    )
    if added is not None or contact is None:
        return added
    left = await who_left(db, complaint.id, contact)
    return come_back(left, at, **values).id if left is not None else None


async def who_left(db: Db, complaint: int, contact: int) -> Reporter | None:
    """The row of who took their report back."""
    found = select(Reporter).where(Reporter.complaint_id == complaint, Reporter.contact_id == contact)
    return (await db.scalars(found.where(Reporter.left_at.is_not(None)))).one_or_none()


def come_back(reporter: Reporter, at: datetime, **values: object) -> Reporter:
    """Who had taken their report back reports again; what they were asked then is over."""
    for name, value in values.items():
        setattr(reporter, name, value)
    reporter.at, reporter.left_at = at, None
    reporter.asked_at, reporter.asked_times, reporter.rating, reporter.rated_at = None, 0, None, None
    return reporter


async def of(db: Db, complaint: int) -> list[Reporter]:
    """Everybody who reported a case and has not taken it back, those of joined cases too, in order."""
    found = select(Reporter).join(Complaint, Complaint.id == Reporter.complaint_id)
    theirs = or_(Complaint.id == complaint, Complaint.merged_into == complaint)
    return list(await db.scalars(found.where(theirs, Reporter.left_at.is_(None)).order_by(Reporter.id)))


async def of_contact(db: Db, complaint: int, contact: int) -> Reporter | None:
    return next((one for one in await of(db, complaint) if one.contact_id == contact), None)


async def by_id(db: Db, identity: int) -> Reporter | None:
    return await db.get(Reporter, identity)


async def of_all(db: Db, complaints: Sequence[int]) -> dict[int, tuple[list[int], int]]:
    """For each case: the contacts who reported it, and how many people did; who took it back is not counted."""
    through = aliased(Complaint)
    case = func.coalesce(through.merged_into, through.id)
    found = (
        select(case, through.id, Reporter.contact_id, Reporter.left_at)
        .join(through, through.id == Reporter.complaint_id)
        .where(or_(through.id.in_(complaints), through.merged_into.in_(complaints)))
        .order_by(Reporter.id)
    )
    by_case: dict[int, tuple[list[int], int]] = {}
    for whole, own, contact, left in await db.execute(found):
        for identity in {whole, own}:
            contacts, people = by_case.get(identity, ([], 0))
            if contact is not None and left is None and contact not in contacts:
                contacts.append(contact)
            by_case[identity] = (contacts, people + (left is None))
    return by_case


async def of_inbox(db: Db, inbox: int) -> Complaint | None:
    """The case that a message filed or seconded."""
    joined = select(Complaint).outerjoin(Reporter, Reporter.complaint_id == Complaint.id)
    found = joined.where(or_(Complaint.inbox_id == inbox, Reporter.inbox_id == inbox))
    return (await db.scalars(found.order_by(Complaint.id).limit(1))).unique().one_or_none()


async def cases_of(
    db: Db, contact: int, states: Sequence[str], *, since: datetime | None = None, limit: int = 5
) -> list[Complaint]:
    """A person's own numbered cases in these states, latest report first; of one that was joined, the case it went into."""
    own = aliased(Complaint)
    found = (
        select(Complaint)
        .join(own, Complaint.id == func.coalesce(own.merged_into, own.id))
        .join(Reporter, Reporter.complaint_id == own.id)
        .where(Reporter.contact_id == contact, Reporter.left_at.is_(None))
        .where(Complaint.state.in_(states), Complaint.number.is_not(None))
    )
    if since is not None:
        found = found.where(Reporter.at >= since)
    rows = await db.scalars(found.order_by(Reporter.id.desc()).limit(limit))
    return list({row.id: row for row in rows}.values())


async def waiting_for_place(db: Db, group: int | None, contact: int) -> Complaint | None:
    """The latest; in private (`group` None) wherever this person reported it."""
    found = (
        select(Complaint)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.contact_id == contact, Reporter.left_at.is_(None), Complaint.state == "awaiting_place")
    )
    if group is not None:
        found = found.where(Complaint.group_id == group)
    return (await db.scalars(found.order_by(Complaint.id.desc()).limit(1))).one_or_none()


async def asked(db: Db, contact: int) -> list[Reporter]:
    """The questions "are you content?" that this person has still to answer, latest first."""
    found = (
        select(Reporter)
        .join(Complaint, Complaint.id == Reporter.complaint_id)
        .where(Reporter.contact_id == contact, Reporter.asked_at.is_not(None), Reporter.rating.is_(None))
        .where(or_(Complaint.state == "awaiting_word", Complaint.state == "merged"))
    )
    return list(await db.scalars(found.order_by(Reporter.asked_at.desc(), Reporter.id.desc())))


async def all_asked(db: Db, community: str) -> list[Reporter]:
    found = select(Reporter).where(
        Reporter.community == community, Reporter.asked_at.is_not(None), Reporter.rating.is_(None)
    )
    return list(await db.scalars(found))


async def of_group(db: Db, group: int, states: Sequence[str], since: datetime, limit: int = 10) -> list[Complaint]:
    """Numbered cases that were reported in this group since then, latest report first."""
    found = (
        select(Complaint)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.group_id == group, Reporter.at >= since, Complaint.state.in_(states))
        .where(Complaint.number.is_not(None))
    )
    rows = await db.scalars(found.order_by(Reporter.id.desc()).limit(limit * 10))
    return list({row.id: row for row in rows}.values())[:limit]


async def lately_in(db: Db, group: int, kind: tuple[str, str], since: datetime) -> list[Complaint]:
    """Numbered cases of a second-level category that somebody reported in this group since then, in order of filing."""
    found = (
        select(Complaint)
        .join(Reporter, Reporter.complaint_id == Complaint.id)
        .where(Reporter.group_id == group, Reporter.at > since, Complaint.number.is_not(None))
        .where(Complaint.category == kind[0], Complaint.subcategory == kind[1])
    )
    return list(await db.scalars(found.distinct().order_by(Complaint.id)))


async def count(db: Db, complaint: int) -> int:
    """How many reported a case 人次, those of joined cases too; who took it back is not counted."""
    counted = select(func.count()).select_from(Reporter).join(Complaint, Complaint.id == Reporter.complaint_id)
    theirs = or_(Complaint.id == complaint, Complaint.merged_into == complaint)
    return (await db.execute(counted.where(theirs, Reporter.left_at.is_(None)))).scalar_one()


async def recent(db: Db, community: str, since: datetime) -> list[tuple[Reporter, Complaint]]:
    """The reports of the last minutes, oldest first: what may still be corrected or get a picture after a restart."""
    found = (
        select(Reporter, Complaint)
        .join(Complaint, Complaint.id == Reporter.complaint_id)
        .where(Reporter.community == community, Reporter.at >= since, Reporter.contact_id.is_not(None))
    )
    return [(reporter, complaint) for reporter, complaint in await db.execute(found.order_by(Reporter.id))]
