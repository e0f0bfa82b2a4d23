"""Counters that run from 1 for each community, kind and local day, without gaps that a rollback would leave."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once


class Counter(Base):
    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("community", "kind", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[str] = mapped_column(String(8))
    value: Mapped[int]


async def next_number(db: Db, community: str, kind: str, day: str) -> int:
    return await next_numbers(db, community, kind, day, 1)


async def daily_number(db: Db, community: str, prefix: str, day: str) -> str:
    """What a case, a notice, a task … is called: its prefix, yymmdd, `-`, two or more digits from 01 on."""
    return f"{prefix}{day}-{await next_number(db, community, prefix, day):02d}"


async def hold(db: Db, community: str, kind: str, day: str) -> None:
    """Whoever else takes of this counter waits until we have committed: so that two at once do not make the same thing twice."""
    here = (Counter.community == community, Counter.kind == kind, Counter.day == day)
    held = update(Counter).where(*here).values(value=Counter.value).returning(Counter.id)
    if (await db.execute(held)).scalar_one_or_none() is None:
        await insert_once(db, Counter, community=community, kind=kind, day=day, value=0)
        await db.execute(held)


async def next_numbers(db: Db, community: str, kind: str, day: str, count: int) -> int:
    """Take that many at once; returns the first."""
    here = (Counter.community == community, Counter.kind == kind, Counter.day == day)
    raised = update(Counter).where(*here).values(value=Counter.value + count).returning(Counter.value)
    value = (await db.execute(raised)).scalar_one_or_none()
    if value is None:  # the first of the day
        await insert_once(db, Counter, community=community, kind=kind, day=day, value=0)
        value = (await db.execute(raised)).scalar_one()
    return int(value) - count + 1
