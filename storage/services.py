"""Services that staff did for somebody, such as a residence certificate: counted for the yearly report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.counters import daily_number
from storage.secrets import Sealed

PREFIX = "BL"


class Service(Base):
    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("community", "number"), Index(None, "community", "done_at", "name"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    name: Mapped[str] = mapped_column(String(120))
    building: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(Sealed("services.room"))
    done_at: Mapped[datetime]
    by_contact: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    by_name: Mapped[str] = mapped_column(Sealed("services.by_name"))
    undone_at: Mapped[datetime | None]
    """Entered by mistake: it stays, and is not counted."""


@dataclass(frozen=True, slots=True)
class Door:
    building: str | None
    unit: str | None
    room: str | None


async def enter(
    db: Db, community: str, policy: int, name: str, door: Door, *, contact: int, by: str, day: str, now: datetime
) -> Service:
    """`BL` + yymmdd + `-` + two or more digits."""
    number = await daily_number(db, community, PREFIX, day)
    row = Service(
        community=community,
        number=number,
        policy_id=policy,
        name=name,
        building=door.building,
        unit=door.unit,
        room=door.room,
        done_at=now,
        by_contact=contact,
        by_name=by,
    )
    db.add(row)
    await db.flush()
    return row


async def same(db: Db, community: str, policy: int, door: Door, since: datetime) -> Service | None:
    """The same service for the same door, entered since then."""
    found = select(Service).where(
        Service.community == community,
        Service.policy_id == policy,
        Service.building == door.building if door.building else Service.building.is_(None),
        Service.done_at >= since,
        Service.undone_at.is_(None),
    )
    rows = await db.scalars(found.order_by(Service.id))
    return next((row for row in rows if (row.unit, row.room) == (door.unit, door.room)), None)


async def by_number(db: Db, community: str, number: str) -> Service | None:
    found = select(Service).where(Service.community == community, Service.number == number)
    return (await db.scalars(found.with_for_update())).one_or_none()


async def count(
    db: Db, community: str, since: datetime | None, until: datetime | None, policy: int | None = None
) -> dict[str, int]:
    """How often each was done within a period. None: since the beginning, until now."""
    counted = select(Service.name, func.count()).where(Service.community == community, Service.undone_at.is_(None))
    if since is not None:
        counted = counted.where(Service.done_at >= since)
    if until is not None:
        counted = counted.where(Service.done_at < until)
    if policy is not None:
        counted = counted.where(Service.policy_id == policy)
    rows = await db.execute(counted.group_by(Service.name).order_by(func.count().desc(), Service.name))
    return {name: number for name, number in rows}  # noqa: C416 - a Row is no tuple to mypy
