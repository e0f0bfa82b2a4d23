"""The activity ledger: what staff did beside the chat, one line each, with its pictures. Counted for the yearly report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage import audit
from storage.accounts import Officer
from storage.base import Base, Db
from storage.counters import daily_number
from storage.messages import InboxRow
from storage.photos import Photo
from storage.secrets import Sealed

PREFIX: Final = "JL"
AT_ONCE: Final = 500


class ActivityRow(Base):
    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("community", "number"),
        Index(None, "community", "happened_on", "kind"),
        Index(None, "by_contact", "made_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(24))
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Sealed("activities.text"))
    amount: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(8))
    place: Mapped[str | None] = mapped_column(Sealed("activities.place"))
    by_contact: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    by_name: Mapped[str] = mapped_column(Sealed("activities.by_name"))
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """Entered by mistake: it stays, and is not counted."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as it is said: one line to enter."""

    kind: str
    happened_on: date
    text: str
    amount: int | None = None
    unit: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    id: int
    number: str
    done: Done
    contact: int
    by: str
    made_at: datetime
    undone: bool
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """What one kind came to in a period: its lines, and the sum of their numbers by unit, the largest first."""

    kind: str
    lines: int
    sums: tuple[tuple[str, int], ...]


async def enter(db: Db, community: str, done: Done, *, by: Officer, now: datetime) -> Activity:
    """`JL` + yymmdd + `-` + two or more digits. `now` in the community's zone."""
    row = ActivityRow(
        community=community,
        number=await daily_number(db, community, PREFIX, f"{now:%y%m%d}"),
        kind=done.kind,
        happened_on=done.happened_on,
        text=done.text,
        amount=done.amount,
        unit=done.unit,
        place=done.place,
        by_contact=by.contact,
        by_name=by.name,
        made_at=now,
    )
    db.add(row)
    await db.flush()
    after = {"kind": done.kind, "happened_on": f"{done.happened_on}", "text": done.text}
    await _note(db, community, "record", by, now, row.number, after)
    return _activity(row)


async def by_number(db: Db, community: str, number: str) -> Activity | None:
    found = select(ActivityRow).where(ActivityRow.community == community, ActivityRow.number == number)
    row = (await db.scalars(found)).one_or_none()
    return None if row is None else _activity(row, (await _photos_of(db, [row.id])).get(row.id, 0))


async def undo(db: Db, community: str, number: str, *, by: Officer, now: datetime) -> Activity | None:
    """None where there is none of this number that counts."""
    which = (ActivityRow.community == community, ActivityRow.number == number, ActivityRow.undone_at.is_(None))
    undone = update(ActivityRow).where(*which).values(undone_at=now).returning(ActivityRow)
    row = (await db.scalars(undone, execution_options={"populate_existing": True})).one_or_none()
    if row is None:
        return None
    await _note(db, community, "record_undo", by, now, number, {})
    return _activity(row)


async def last_of(db: Db, community: str, contact: int, since: datetime) -> Activity | None:
    """The line that this person entered last, since then."""
    found = select(ActivityRow).where(
        ActivityRow.community == community,
        ActivityRow.by_contact == contact,
        ActivityRow.made_at >= since,
        ActivityRow.undone_at.is_(None),
    )
    row = (await db.scalars(found.order_by(ActivityRow.id.desc()).limit(1))).one_or_none()
    return None if row is None else _activity(row)


async def listed(
    db: Db, community: str, first: date, after: date, *, kind: str | None = None, limit: int = AT_ONCE
) -> list[Activity]:
    """What counts of the days from `first` up to before `after`, the latest first."""
    found = select(ActivityRow).where(*_counting(community, first, after, kind))
    rows = await db.scalars(found.order_by(ActivityRow.happened_on.desc(), ActivityRow.id.desc()).limit(limit))
    return await _with_photos(db, list(rows))


async def count(
    db: Db, community: str, first: date | None = None, after: date | None = None, *, kind: str | None = None
) -> list[Counted]:
    """By kind, the most lines first, of what happened from `first` up to before `after`; what was taken back is not counted."""
    counted = (
        select(ActivityRow.kind, ActivityRow.unit, func.count(), func.coalesce(func.sum(ActivityRow.amount), 0))
        .where(*_counting(community, first, after, kind))
        .group_by(ActivityRow.kind, ActivityRow.unit)
    )
    lines: dict[str, int] = {}
    sums: dict[str, list[tuple[str, int]]] = {}
    for name, unit, number, amount in await db.execute(counted):
        lines[name] = lines.get(name, 0) + number
        if unit is not None:
            sums.setdefault(name, []).append((unit, int(amount or 0)))
    return [
        Counted(name, lines[name], tuple(sorted(sums.get(name, ()), key=lambda one: (-one[1], one[0]))))
        for name in sorted(lines, key=lambda name: (-lines[name], name))
    ]


async def everything(
    db: Db, community: str, seen: int, first: date | None = None, after: date | None = None
) -> list[Activity]:
    """A page for exports, in order of entry, also of what was taken back; `seen` is the last id."""
    within = [ActivityRow.community == community, ActivityRow.id > seen, *_days(first, after)]
    found = select(ActivityRow).where(*within).order_by(ActivityRow.id).limit(AT_ONCE)
    return await _with_photos(db, list(await db.scalars(found)))


async def take_photos_before(db: Db, community: str, activity: Activity, since: datetime) -> int:
    """Give it what its recorder sent in private since then and what belongs to nothing that counts; returns how many."""
    free = (
        select(Photo.id)
        .join(InboxRow, InboxRow.id == Photo.inbox_id)
        .outerjoin(ActivityRow, ActivityRow.id == Photo.activity_id)
        .where(
            Photo.community == community,
            Photo.complaint_id.is_(None),
            or_(Photo.activity_id.is_(None), ActivityRow.undone_at.is_not(None)),
            InboxRow.contact_id == activity.contact,
            InboxRow.group_id.is_(None),
            InboxRow.at >= since,
        )
    )
    return await _give(db, list(await db.scalars(free)), activity)


async def take_photo(db: Db, community: str, activity: Activity, inbox: int) -> bool:
    """Give it the picture of this message, from another line of the same person where it is there; not from a case."""
    holder = aliased(ActivityRow)
    found = (
        select(Photo.id)
        .outerjoin(holder, holder.id == Photo.activity_id)
        .where(
            Photo.community == community,
            Photo.inbox_id == inbox,
            Photo.complaint_id.is_(None),
            or_(holder.id.is_(None), holder.by_contact == activity.contact),
        )
    )
    return await _give(db, list(await db.scalars(found)), activity) > 0


async def _give(db: Db, photos: Sequence[int], activity: Activity) -> int:
    if not photos:
        return 0
    given = update(Photo).where(Photo.id.in_(photos), Photo.complaint_id.is_(None)).values(activity_id=activity.id)
    return len((await db.execute(given.returning(Photo.id))).all())


async def pictures(db: Db, community: str, activity: int) -> list[bytes]:
    """Of one line, oldest first."""
    found = select(Photo.content).where(Photo.community == community, Photo.activity_id == activity)
    return list(await db.scalars(found.order_by(Photo.id)))


def _counting(community: str, first: date | None, after: date | None, kind: str | None) -> list[ColumnElement[bool]]:
    which = [ActivityRow.community == community, ActivityRow.undone_at.is_(None), *_days(first, after)]
    return [*which, ActivityRow.kind == kind] if kind is not None else which


def _days(first: date | None, after: date | None) -> list[ColumnElement[bool]]:
    since = [ActivityRow.happened_on >= first] if first is not None else []
    until = [ActivityRow.happened_on < after] if after is not None else []
    return [*since, *until]


async def _with_photos(db: Db, rows: Sequence[ActivityRow]) -> list[Activity]:
    photos = await _photos_of(db, [row.id for row in rows])
    return [_activity(row, photos.get(row.id, 0)) for row in rows]


async def _photos_of(db: Db, activities: Sequence[int]) -> dict[int, int]:
    counted = select(Photo.activity_id, func.count()).where(Photo.activity_id.in_(activities))
    rows = await db.execute(counted.group_by(Photo.activity_id))
    return {activity: number for activity, number in rows if activity is not None}


async def _note(
    db: Db, community: str, verb: str, by: Officer, now: datetime, number: str, after: dict[str, Any]
) -> None:
    await audit.note(
        db,
        community,
        at=now,
        actor=by.role,
        verb=f"activities.{verb}",
        subject=number,
        contact=by.contact,
        after=after,
    )


def _activity(row: ActivityRow, photos: int = 0) -> Activity:
    done = Done(row.kind, row.happened_on, row.text, row.amount, row.unit, row.place)
    undone = row.undone_at is not None
    return Activity(row.id, row.number, done, row.by_contact, row.by_name, row.made_at, undone, photos)
