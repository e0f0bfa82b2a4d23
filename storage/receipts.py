"""Who answered that they have a notice: once a person a broadcast."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.broadcasts import Broadcast, BroadcastGroup
from storage.messages import OutboxRow, SendState

ARRIVED = (SendState.SENT, SendState.SENDING, SendState.UNKNOWN)
"""Where somebody says that they have it, it came."""


class Receipt(Base):
    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("broadcast_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[datetime]


async def open_in(db: Db, community: str, now: datetime) -> dict[int, datetime]:
    """In which groups an answer is awaited, and until when."""
    found = (
        select(BroadcastGroup.group_id, func.max(Broadcast.receipt_until))
        .join(Broadcast, Broadcast.id == BroadcastGroup.broadcast_id)
        .where(Broadcast.community == community, Broadcast.receipt_until > now, BroadcastGroup.outbox_id.is_not(None))
        .group_by(BroadcastGroup.group_id)
    )
    return {group: until for group, until in await db.execute(found) if until is not None}


async def awaited(db: Db, group: int, contact: int, at: datetime) -> list[Broadcast]:
    """What this person may say here that they have, newest first: of what this group was told, what they did not answer yet."""
    answered = select(Receipt.id).where(Receipt.broadcast_id == Broadcast.id, Receipt.contact_id == contact)
    found = (
        select(Broadcast)
        .join(BroadcastGroup, BroadcastGroup.broadcast_id == Broadcast.id)
        .join(OutboxRow, OutboxRow.id == BroadcastGroup.outbox_id)
        .where(
            BroadcastGroup.group_id == group,
            Broadcast.receipt_until > at,
            OutboxRow.state.in_(ARRIVED),
            ~answered.exists(),
        )
        .order_by(OutboxRow.attempted_at.desc(), Broadcast.id.desc())
    )
    return list(await db.scalars(found))


async def note(db: Db, broadcast: Broadcast, *, group: int, contact: int, at: datetime) -> bool:
    """Whether it was this person's first answer to it."""
    noted = await insert_once(
        db,
        Receipt,
        community=broadcast.community,
        broadcast_id=broadcast.id,
        group_id=group,
        contact_id=contact,
        at=at,
    )
    return noted is not None


async def of(db: Db, broadcast: int) -> dict[int, list[int]]:
    """Who answered, group by group, in the order of answering."""
    found = select(Receipt.group_id, Receipt.contact_id).where(Receipt.broadcast_id == broadcast)
    answered: dict[int, list[int]] = {}
    for group, contact in await db.execute(found.order_by(Receipt.id)):
        answered.setdefault(group, []).append(contact)
    return answered
