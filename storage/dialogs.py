"""Open dialogues: what the assistant has asked whom, and until when it waits for the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import SealedJson

PRIVATE = 0
"""Stands for "no group": a NULL would escape the unique constraint."""


class DialogRow(Base):
    __tablename__ = "dialogs"
    __table_args__ = (UniqueConstraint("account_id", "group_id", "contact_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    group_id: Mapped[int]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    state: Mapped[str] = mapped_column(String(48))
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("dialogs.data"))
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Stored:
    id: int
    group: int | None
    contact: int
    state: str
    data: dict[str, Any]
    expires_at: datetime


async def find(db: Db, account: int, group: int | None, contact: int) -> Stored | None:
    row = await _row(db, account, group, contact)
    return None if row is None else _stored(row)


async def by_id(db: Db, identity: int) -> Stored | None:
    row = (await db.scalars(select(DialogRow).where(DialogRow.id == identity))).one_or_none()
    return None if row is None else _stored(row)


async def put(
    db: Db,
    community: str,
    account: int,
    group: int | None,
    contact: int,
    *,
    state: str,
    data: dict[str, Any],
    expires_at: datetime,
) -> int:
    """Open a dialogue, in the place of whatever was open with this person here; returns its id."""
    await close(db, account, group, contact)
    row = DialogRow(
        community=community,
        account_id=account,
        group_id=group or PRIVATE,
        contact_id=contact,
        state=state,
        data=data,
        expires_at=expires_at,
    )
    db.add(row)
    await db.flush()
    return row.id


async def close(db: Db, account: int, group: int | None, contact: int) -> bool:
    gone = await db.execute(
        delete(DialogRow)
        .where(
            DialogRow.account_id == account, DialogRow.group_id == (group or PRIVATE), DialogRow.contact_id == contact
        )
        .returning(DialogRow.id)
    )
    return bool(gone.all())


async def all_open(db: Db, account: int) -> list[Stored]:
    return [_stored(row) for row in await db.scalars(select(DialogRow).where(DialogRow.account_id == account))]


async def _row(db: Db, account: int, group: int | None, contact: int) -> DialogRow | None:
    found = select(DialogRow).where(
        DialogRow.account_id == account, DialogRow.group_id == (group or PRIVATE), DialogRow.contact_id == contact
    )
    return (await db.scalars(found)).one_or_none()


def _stored(row: DialogRow) -> Stored:
    return Stored(row.id, row.group_id or None, row.contact_id, row.state, row.data, row.expires_at)


async def close_this(db: Db, identity: int) -> bool:
    """Whether it was still open."""
    gone = await db.execute(delete(DialogRow).where(DialogRow.id == identity).returning(DialogRow.id))
    return bool(gone.all())
