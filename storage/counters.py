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
    here = (Counter.community == community, Counter.kind == kind, Counter.day == day)
    raised = update(Counter).where(*here).values(value=Counter.value + 1).returning(Counter.value)
    value = (await db.execute(raised)).scalar_one_or_none()
    if value is None:  # the first of the day
        await insert_once(db, Counter, community=community, kind=kind, day=day, value=0)
        value = (await db.execute(raised)).scalar_one()
    return int(value)
