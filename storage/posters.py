"""A picture that a staff member sent in private, on its way to become the poster of a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.base import Db
from storage.messages import InboxRow
from storage.photos import Photo


@dataclass(frozen=True, slots=True)
class Poster:
    id: int
    content: bytes


async def sent_by(db: Db, community: str, contact: int, *, since: datetime, message: str | None) -> Poster | None:
    """The picture of this message where it is one, else the last one since then that belongs to nothing else."""
    free = (
        select(Photo)
        .join(InboxRow, InboxRow.id == Photo.inbox_id)
        .where(
            Photo.community == community,
            Photo.complaint_id.is_(None),
            Photo.activity_id.is_(None),
            InboxRow.contact_id == contact,
            InboxRow.group_id.is_(None),
        )
        .order_by(Photo.id.desc())
        .limit(1)
    )
    row: Photo | None = None
    if message is not None:
        row = (await db.scalars(free.where(InboxRow.message == message))).one_or_none()
    if row is None:
        row = (await db.scalars(free.where(InboxRow.at >= since))).one_or_none()
    return None if row is None else Poster(row.id, row.content)


async def by_id(db: Db, identity: int) -> Poster | None:
    """None where it was forgotten, or used for something else meanwhile."""
    row = await db.get(Photo, identity)
    return None if row is None or row.activity_id or row.complaint_id else Poster(row.id, row.content)


async def used(db: Db, identity: int) -> None:
    """It is kept as a file that we send now, and goes with no other notice by itself."""
    await db.execute(delete(Photo).where(Photo.id == identity))
