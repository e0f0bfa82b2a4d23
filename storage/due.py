"""Rows that fall due: the truth about time. Whatever wakes up only claims from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.secrets import SealedJson


class DueRow(Base):
    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("community", "kind", "subject", "due_at"),
        Index(None, "community", "state", "try_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(96))
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("due.data"))
    attempts: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime]
    """`due_at` until a try fails; that one stays, it is part of what the row is."""
    error: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True, slots=True)
class Due:
    id: int
    kind: str
    subject: str
    due_at: datetime
    expires_at: datetime | None
    data: dict[str, Any]
    attempts: int = 0


async def plan(
    db: Db,
    community: str,
    kind: str,
    subject: str,
    due_at: datetime,
    *,
    expires_at: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> int | None:
    """Plan a row; None where this kind, subject and moment is planned already. One that was called off waits again."""
    planned = await insert_once(
        db,
        DueRow,
        community=community,
        kind=kind,
        subject=subject,
        due_at=due_at,
        try_at=due_at,
        expires_at=expires_at,
        attempts=0,
        state="waiting",
        data=data or {},
    )
    if planned is not None:
        return planned
    same = (DueRow.community == community, DueRow.kind == kind, DueRow.subject == subject, DueRow.due_at == due_at)
    again = update(DueRow).where(*same, DueRow.state == "cancelled")
    fresh = {"state": "waiting", "data": data or {}, "try_at": due_at, "attempts": 0, "expires_at": expires_at}
    return (await db.execute(again.values(**fresh).returning(DueRow.id))).scalar_one_or_none()


async def claim(db: Db, community: str, now: datetime) -> Due | None:
    """Take the earliest row that is due, in this transaction: what its handler does commits with it or not at all."""
    earliest = (
        select(DueRow.id)
        .where(DueRow.community == community, DueRow.state == "waiting", DueRow.try_at <= now)
        .order_by(DueRow.try_at, DueRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(DueRow).where(DueRow.id == earliest.scalar_subquery()).values(state="done").returning(DueRow)
    ).execution_options(synchronize_session=False)
    row = (await db.scalars(claimed)).one_or_none()
    if row is None:
        return None
    return Due(row.id, row.kind, row.subject, row.due_at, row.expires_at, row.data, row.attempts)


async def claim_more(
    db: Db, community: str, kind: str, now: datetime, most: int, *, only_late: bool = False
) -> list[Due]:
    """Take others of a kind that are due, in order; `only_late`: of those, what is past its use. Never what another process
    has taken.
    """
    which: list[ColumnElement[bool]] = [DueRow.community == community, DueRow.state == "waiting", DueRow.try_at <= now]
    which.append(DueRow.expires_at <= now if only_late else _in_time(now))
    earliest = select(DueRow.id).where(*which, DueRow.kind == kind).order_by(DueRow.try_at, DueRow.id).limit(most)
    # not within the UPDATE: waiting there for a row of another process, which waits for ours, would be a deadlock
    free = await db.scalars(earliest.with_for_update(skip_locked=True))
    return await _take(db, free.all())


async def claim_again(db: Db, identity: int) -> Due | None:
    """Take one that was given back, where nobody else has taken it meanwhile."""
    return next(iter(await _take(db, [identity])), None)


async def _take(db: Db, identities: Sequence[int]) -> list[Due]:
    if not identities:
        return []
    table = DueRow.__table__.c
    taken = (
        update(DueRow)
        .where(DueRow.id.in_(identities), DueRow.state == "waiting")
        .values(state="done")
        .returning(*(table[name] for name in _FIELDS), table.try_at)
        .execution_options(synchronize_session=False)
    )
    rows = sorted((await db.execute(taken)).all(), key=lambda row: (row.try_at, row.id))
    return [Due(*row[:-1]) for row in rows]


_FIELDS = ("id", "kind", "subject", "due_at", "expires_at", "data", "attempts")


def _in_time(now: datetime) -> ColumnElement[bool]:
    return DueRow.expires_at.is_(None) | (DueRow.expires_at > now)


async def mark(db: Db, identities: Sequence[int], state: str, error: str | None = None) -> None:
    await db.execute(update(DueRow).where(DueRow.id.in_(identities)).values(state=state, error=error))


async def postpone(db: Db, identity: int, until: datetime, attempts: int) -> None:
    await db.execute(update(DueRow).where(DueRow.id == identity).values(try_at=until, attempts=attempts))


async def cancel(
    db: Db,
    community: str,
    kind: str,
    subject: str | None = None,
    *,
    later_than: datetime | None = None,
    unless_claimed: bool = False,
) -> int:
    """Call off what waits of a kind (and subject); returns how many rows.

    `unless_claimed`: not those that are being served at this moment. For who holds what their handler waits for: to wait for
    the handler would be a deadlock; it finds, once we have committed, how things stand.
    """
    which = [DueRow.community == community, DueRow.kind == kind, DueRow.state == "waiting"]
    if subject is not None:
        which.append(DueRow.subject == subject)
    if later_than is not None:
        which.append(DueRow.due_at > later_than)
    if unless_claimed:
        free = select(DueRow.id).where(*which).order_by(DueRow.id).with_for_update(skip_locked=True)
        which = [DueRow.id.in_(list(await db.scalars(free)))]
    called_off = await db.execute(update(DueRow).where(*which).values(state="cancelled").returning(DueRow.id))
    return len(called_off.all())


async def next_due(db: Db, community: str) -> datetime | None:
    waiting = select(func.min(DueRow.try_at)).where(DueRow.community == community, DueRow.state == "waiting")
    return (await db.execute(waiting)).scalar_one_or_none()


async def is_waiting(db: Db, community: str, kind: str) -> bool:
    found = select(DueRow.id).where(DueRow.community == community, DueRow.kind == kind, DueRow.state == "waiting")
    return (await db.execute(found.limit(1))).first() is not None


async def forget_due(db: Db, before: datetime) -> int:
    gone = await db.execute(
        delete(DueRow).where(DueRow.due_at < before, DueRow.state != "waiting").returning(DueRow.id)
    )
    return len(gone.all())
