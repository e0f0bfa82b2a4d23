"""Common problems 共性诉求: many cases of one kind across buildings, with one owner, one measure and one date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import reporters
from storage.base import Base, Db
from storage.complaints import Complaint
from storage.counters import daily_number
from storage.secrets import Sealed

MOST_GATHERED = 500


class Problem(Base):
    __tablename__ = "problems"
    __table_args__ = (UniqueConstraint("community", "number"), Index(None, "community", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    category: Mapped[str] = mapped_column(String(16))
    subcategory: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(Sealed("problems.owner"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    measure: Mapped[str | None] = mapped_column(Sealed("problems.measure"))
    promised_by: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Common:
    """A common problem as it leaves a transaction: `cases` 件 in `buildings`, reported by `people` 人次."""

    id: int
    number: str
    category: str
    subcategory: str
    state: str
    opened_at: datetime
    owner: str | None
    owner_id: int | None
    measure: str | None
    promised_by: datetime | None
    cases: int = 0
    buildings: tuple[str, ...] = ()
    people: int = 0


async def open_one(db: Db, community: str, kind: tuple[str, str], day: str, now: datetime) -> Problem:
    """`GX` + yymmdd + `-` + two or more digits."""
    number = await daily_number(db, community, "GX", day)
    problem = Problem(
        community=community, number=number, category=kind[0], subcategory=kind[1], state="open", opened_at=now
    )
    db.add(problem)
    await db.flush()
    return problem


async def open_of(db: Db, community: str, kind: tuple[str, str]) -> Problem | None:
    found = select(Problem).where(
        Problem.community == community,
        Problem.category == kind[0],
        Problem.subcategory == kind[1],
        Problem.state == "open",
    )
    return (await db.scalars(found.order_by(Problem.id.desc()).limit(1))).one_or_none()


async def by_number(db: Db, community: str, number: str) -> Problem | None:
    found = select(Problem).where(Problem.community == community, Problem.number == number)
    return (await db.scalars(found.with_for_update())).one_or_none()


async def by_id(db: Db, identity: int) -> Problem | None:
    return await db.get(Problem, identity)


async def all_open(db: Db, community: str) -> list[Problem]:
    found = select(Problem).where(Problem.community == community, Problem.state == "open")
    return list(await db.scalars(found.order_by(Problem.id)))


async def gather(db: Db, problem: Problem, complaints: Sequence[int]) -> None:
    """These cases are part of it from now on."""
    await db.execute(update(Complaint).where(Complaint.id.in_(complaints)).values(problem_id=problem.id))


async def alike(
    db: Db, community: str, kind: tuple[str, str], states: Sequence[str], since: datetime
) -> dict[int, str | None]:
    """What may be part of one common problem and is of none, id and building: filed since then, no emergency, no quarrel."""
    found = select(Complaint.id, Complaint.building).where(
        Complaint.community == community,
        Complaint.category == kind[0],
        Complaint.subcategory == kind[1],
        Complaint.state.in_(states),
        Complaint.filed_at >= since,
        Complaint.problem_id.is_(None),
        Complaint.urgency != "P0",
        Complaint.mediation.is_(False),
    )
    rows = await db.execute(found.order_by(Complaint.id).limit(MOST_GATHERED))
    return {identity: building for identity, building in rows}  # noqa: C416 - a Row is no tuple to mypy


async def count_cases(db: Db, problem: int, states: Sequence[str]) -> int:
    """How many of its cases are in one of these states."""
    counted = select(func.count()).select_from(Complaint).where(Complaint.problem_id == problem)
    return (await db.execute(counted.where(Complaint.state.in_(states)))).scalar_one()


async def of_owner(db: Db, community: str, owner: int) -> list[Problem]:
    """The open ones that somebody has to see to."""
    found = select(Problem).where(Problem.community == community, Problem.owner_id == owner, Problem.state == "open")
    return list(await db.scalars(found.order_by(Problem.id)))


async def common_of(db: Db, problem: Problem) -> Common:
    """As it leaves the transaction, counted: a case that was joined into another is not one more."""
    found = select(Complaint.id, Complaint.building).where(
        Complaint.problem_id == problem.id, Complaint.state != "merged"
    )
    cases = {identity: building for identity, building in await db.execute(found)}  # noqa: C416
    people = await reporters.of_all(db, list(cases))
    return Common(
        **{name: getattr(problem, name) for name in _COPIED},
        cases=len(cases),
        buildings=in_order(cases.values()),
        people=sum(people[identity][1] for identity in cases if identity in people),
    )


_COPIED = tuple(one.name for one in fields(Common) if one.name not in {"cases", "buildings", "people"})


def in_order(buildings: Iterable[str | None]) -> tuple[str, ...]:
    """Buildings, each once, 2 before 12."""
    return tuple(sorted({building for building in buildings if building}, key=_by_number))


def _by_number(building: str) -> tuple[int, str]:
    return (int(building) if building.isdecimal() else 10**6, building)
