"""Vaccinations: which dose of what, when, and when the next is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.secrets import Sealed
from storage.sign_ups import Who


class Dose(Base):
    __tablename__ = "doses"
    __table_args__ = (
        UniqueConstraint("session_id", "sign_up_id"),
        Index(None, "community", "given_on"),
        Index(None, "community", "building"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_ups.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    name: Mapped[str] = mapped_column(Sealed("doses.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("doses.phone"))
    building: Mapped[str | None] = mapped_column(String(16))
    unit: Mapped[str | None] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(Sealed("doses.room"))
    people: Mapped[int]
    brand: Mapped[str] = mapped_column(String(40))
    number: Mapped[int | None]
    """Which dose it was."""
    slip: Mapped[int | None]
    """The running number on the slip that was handed out."""
    given_on: Mapped[date]
    next_on: Mapped[date | None]
    """From when the next one may be given, by the session's interval."""


async def enter(
    db: Db,
    community: str,
    *,
    session: int,
    sign_up: int,
    contact: int | None,
    name: str,
    phone: str | None,
    door: tuple[str | None, str | None, str | None],
    people: int,
    brand: str,
    number: int | None,
    slip: int | None,
    given_on: date,
    next_on: date | None,
) -> int | None:
    """None where this sign-up's dose is entered already."""
    building, unit, room = door
    return await insert_once(
        db,
        Dose,
        community=community,
        session_id=session,
        sign_up_id=sign_up,
        contact_id=contact,
        name=name,
        phone=phone,
        building=building,
        unit=unit,
        room=room,
        people=people,
        brand=brand,
        number=number,
        slip=slip,
        given_on=given_on,
        next_on=next_on,
    )


async def by_id(db: Db, identity: int) -> Dose | None:
    return await db.get(Dose, identity)


async def of_sign_up(db: Db, sign_up: int) -> Dose | None:
    return (await db.scalars(select(Dose).where(Dose.sign_up_id == sign_up))).one_or_none()


async def of_person(db: Db, community: str, who: Who) -> list[Dose]:
    """What was given to this household, or to whom this contact signed up, oldest first: a door tells more than a contact."""
    found = select(Dose).where(Dose.community == community).order_by(Dose.given_on, Dose.id)
    if who.building is not None and who.room is not None:
        rows = await db.scalars(found.where(Dose.building == who.building))
        same = [row for row in rows if row.room == who.room and (who.unit is None or row.unit in (None, who.unit))]
        if same:
            return same
    if who.contact is None:
        return []
    rows = await db.scalars(found.where(Dose.contact_id == who.contact))
    return [row for row in rows if row.name == who.name or not who.for_other]


async def page(
    db: Db, community: str, after: int, since: datetime | None, until: datetime | None, size: int
) -> Sequence[Dose]:
    found = select(Dose).where(Dose.community == community, Dose.id > after)
    if since is not None:
        found = found.where(Dose.given_on >= since.date())
    if until is not None:
        found = found.where(Dose.given_on < until.date())
    return list(await db.scalars(found.order_by(Dose.id).limit(size)))


async def count(db: Db, community: str, since: date, until: date) -> int:
    counted = select(func.coalesce(func.sum(Dose.people), 0)).where(
        Dose.community == community, Dose.given_on >= since, Dose.given_on < until
    )
    return int((await db.execute(counted)).scalar_one())


async def next_slip(db: Db, session: int) -> int:
    last = (await db.execute(select(func.max(Dose.slip)).where(Dose.session_id == session))).scalar_one()
    return (last or 0) + 1


async def take_back(db: Db, row: Dose) -> None:
    """Entered by mistake: whoever was checked in was somebody else."""
    await db.delete(row)
    await db.flush()
