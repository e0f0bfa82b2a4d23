"""Files that we send: sealed, kept for as long as the outbox knows of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import Sealed, SealedBytes

MOST_BYTES = 8 * 2**20


class Attachment(Base):
    """One file; several rows of the outbox may send it."""

    __tablename__ = "attachments"
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Sealed("attachments.name"))
    content: Mapped[bytes] = mapped_column(SealedBytes("attachments.content"))
    created_at: Mapped[datetime] = mapped_column(index=True)


async def keep(db: Db, community: str, *, name: str, content: bytes, now: datetime) -> int:
    row = Attachment(community=community, name=name, content=content, created_at=now)
    db.add(row)
    await db.flush()
    return row.id


async def content(db: Db, identity: int) -> tuple[str, bytes] | None:
    """Its name and what is in it."""
    row = await db.get(Attachment, identity)
    return None if row is None else (row.name, row.content)
