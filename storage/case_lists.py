"""Lists of cases: by state, by words, page by page. What leaves here is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from storage import reporters
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.reporters import Reporter


@dataclass(frozen=True, slots=True)
class Within:
    """Which cases somebody may see: those of some buildings, and those given to that person; `None` for all."""

    handler: int | None = None
    buildings: tuple[str, ...] = ()
    mediation: bool = False
    placeless: bool = False
    """Also those of no building."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a look of staff, oldest first: cases of one state, said since or before a moment."""

    state: str
    since: datetime | None = None
    before: datetime | None = None


async def listed(
    db: Db,
    community: str,
    states: Sequence[str] | None = None,
    *,
    words: Sequence[str] = (),
    building: str | None = None,
    unit: str | None = None,
    within: Within | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Case]:
    """The urgent first, then in order of filing. Every word must stand in the wording, the place or the category."""
    found = _matching(db, community, states, words, building, unit, within)
    return await _cases(db, found.order_by(Complaint.urgency, Complaint.id).limit(limit).offset(offset))


async def latest(
    db: Db,
    community: str,
    limit: int,
    *,
    states: Sequence[str] | None = None,
    words: Sequence[str] = (),
    building: str | None = None,
    unit: str | None = None,
    numbered: str | None = None,
    before: int | None = None,
) -> list[Case]:
    """The cases last heard of, newest first; `numbered`: how their numbers begin; `before` an id, for the next page."""
    ids = _matching(db, community, states, words, building, unit, None).with_only_columns(Complaint.id)
    if numbered is not None:
        ids = ids.where(Complaint.number.startswith(numbered, autoescape=True))
    if before is not None:
        ids = ids.where(Complaint.id < before)
    # In the order of an index only where that index finds them too. Else SQLite would walk back through rows full of what is
    # sealed until there are enough; "+ 0" makes it look through a narrow index and sort what it found.
    narrow = bool(words) or building is not None or numbered is not None or (states is not None and len(states) > 1)
    ids = ids.order_by((Complaint.id + 0 if narrow else Complaint.id).desc()).limit(limit)
    return await _cases(db, select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.id.desc()))


async def everything(
    db: Db,
    community: str,
    after: int,
    limit: int = 500,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Case]:
    """A page of the ledger in order, of what was filed in a period where one is given; `after` is the last id seen."""
    found = select(Complaint).where(
        Complaint.community == community, Complaint.id > after, Complaint.number.is_not(None)
    )
    if start is not None:
        found = found.where(Complaint.filed_at >= start)
    if end is not None:
        found = found.where(Complaint.filed_at < end)
    return await _cases(db, found.order_by(Complaint.id).limit(limit))


async def count_by_state(db: Db, community: str) -> dict[str, int]:
    counted = select(Complaint.state, func.count()).where(Complaint.community == community).group_by(Complaint.state)
    return {state: count for state, count in await db.execute(counted)}  # noqa: C416 - a Row is no tuple to mypy


async def next_waiting(db: Db, community: str, queue: Queue, within: Within | None, after: int = 0) -> int | None:
    """The id of the oldest that waits in a queue, after that id."""
    found = _queued(select(Complaint.id), community, queue, within).where(Complaint.id > after)
    return (await db.scalars(found.order_by(Complaint.id).limit(1))).one_or_none()


async def count_waiting(db: Db, community: str, queue: Queue, within: Within | None, after: int = 0) -> int:
    counted = _queued(select(func.count()).select_from(Complaint), community, queue, within)
    count: int = (await db.execute(counted.where(Complaint.id > after))).scalar_one()
    return count


async def count_since(
    db: Db, community: str, moment: str, since: datetime, within: Within | None, state: str | None = None
) -> int:
    """How many numbered cases (in a state) came to that moment, such as `filed_at`, since then."""
    counted = select(func.count()).select_from(Complaint)
    counted = counted.where(Complaint.community == community, Complaint.number.is_not(None))
    counted = counted.where(getattr(Complaint, moment) >= since)
    counted = counted if state is None else counted.where(Complaint.state == state)
    count: int = (await db.execute(_seen(counted, within))).scalar_one()
    return count


async def count_among(db: Db, community: str, identities: Sequence[int], within: Within | None) -> int:
    """How many of these cases somebody may see."""
    counted = select(func.count()).select_from(Complaint)
    counted = counted.where(Complaint.community == community, Complaint.id.in_(identities))
    count: int = (await db.execute(_seen(counted, within))).scalar_one()
    return count


async def urgent_since(db: Db, community: str, since: datetime, within: Within | None) -> list[Case]:
    """Emergencies filed since then, whatever became of them."""
    found = select(Complaint).where(
        Complaint.community == community, Complaint.urgency == "P0", Complaint.filed_at >= since
    )
    return await _cases(db, _seen(found, within).order_by(Complaint.id))


async def totals(db: Db, community: str) -> tuple[int, int]:
    """How many numbered cases 件 there are, those joined into others not counted, and how many people reported them 人次."""
    numbered = (Complaint.community == community, Complaint.number.is_not(None))
    cases = select(func.count()).select_from(Complaint).where(*numbered, Complaint.merged_into.is_(None))
    people = select(func.count()).select_from(Reporter).join(Complaint, Complaint.id == Reporter.complaint_id)
    return (await db.execute(cases)).scalar_one(), (await db.execute(people.where(*numbered))).scalar_one()


def _matching(
    db: Db,
    community: str,
    states: Sequence[str] | None,
    words: Sequence[str],
    building: str | None,
    unit: str | None,
    within: Within | None,
) -> Select[Complaint]:
    found = select(Complaint).where(Complaint.community == community)
    if states is not None:
        found = found.where(Complaint.state.in_(states))
    if building is not None:
        found = found.where(Complaint.building == building)
    if unit is not None:
        found = found.where(Complaint.unit == unit)
    for word in words:
        found = found.where(_holds(db, word.lower()))
    return _seen(found, within)


def _queued(found: Select[Any], community: str, queue: Queue, within: Within | None) -> Select[Any]:
    found = found.where(Complaint.community == community, Complaint.state == queue.state)
    if queue.since is not None:
        found = found.where(Complaint.said_at >= queue.since)
    if queue.before is not None:
        found = found.where(Complaint.said_at < queue.before)
    return _seen(found, within)


def _seen(found: Select[Any], within: Within | None) -> Select[Any]:
    return found if within is None else found.where(_visible(within))


def _visible(within: Within) -> Any:
    allowed = [Complaint.handler_id == within.handler]
    if within.buildings:
        allowed.append(Complaint.building.in_(within.buildings))
    if within.placeless:
        allowed.append(Complaint.building.is_(None))
    if within.mediation:
        allowed.append(Complaint.mediation.is_(True))
    return or_(*allowed)


def _holds(db: Db, word: str) -> Any:
    # a plain search for the position: twice as fast as LIKE, and nothing in the word has a meaning
    position = func.strpos if db.get_bind().dialect.name == "postgresql" else func.instr
    return position(Complaint.searched, word) > 0


async def _cases(db: Db, found: Select[Complaint]) -> list[Case]:
    rows = list(await db.scalars(found))
    told = await reporters.of_all(db, [row.id for row in rows])
    return [case_of(row, *told.get(row.id, ([], 0))) for row in rows]
