"""Pictures that people sent to us: sealed, kept with their case or with a line of the activity ledger; one that belongs to
neither is forgotten with its message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.complaints import Complaint
from storage.secrets import SealedBytes


class Photo(Base):
    """A picture somebody sent to us; `complaint_id` once it is known to which case it belongs, and then it stays with it."""

    __tablename__ = "photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"), index=True)
    """Set by `storage/activities.py`."""
    content: Mapped[bytes] = mapped_column(SealedBytes("photos.content"))
    size: Mapped[int]
    at: Mapped[datetime]


async def keep(db: Db, community: str, *, inbox: int, content: bytes, complaint: int | None, now: datetime) -> None:
    db.add(
        Photo(community=community, inbox_id=inbox, complaint_id=complaint, content=content, size=len(content), at=now)
    )


async def of_case(db: Db, complaint: int) -> list[int]:
    """The ids of a case's photos, those of cases joined into it too, oldest first."""
    found = select(Photo.id).join(Complaint, Complaint.id == Photo.complaint_id)
    theirs = or_(Complaint.id == complaint, Complaint.merged_into == complaint)
    return list(await db.scalars(found.where(theirs).order_by(Photo.id)))


async def content(db: Db, complaint: int, identity: int) -> bytes | None:
    if identity not in await of_case(db, complaint):
        return None
    row = await db.get(Photo, identity)
    return None if row is None else row.content


async def forget_homeless(db: Db, before: datetime) -> None:
    homeless = (Photo.complaint_id.is_(None), Photo.activity_id.is_(None))
    await db.execute(delete(Photo).where(Photo.at < before, *homeless))
