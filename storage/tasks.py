"""Tasks with a date: what was promised to a visitor or resolved in a meeting, who sees to it, and what became of it.

Whoever enters, moves or ends one through here has it in the audit and its reminders in the due rows, whatever feature it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage import audit, due
from storage.accounts import Officer
from storage.base import Base, Db
from storage.counters import daily_number
from storage.secrets import Sealed

PREFIX: Final = "RW"
KIND: Final = "activities.task"
"""Of its due rows; their subject is the task's id, `data["step"]` one of the two below."""
BEFORE, OVERDUE = "before", "overdue"
VISIT, MEETING, OTHER = "visit", "meeting", "other"
OPEN, DONE, DROPPED = "open", "done", "dropped"
AT_ONCE: Final = 500
_A_DAY: Final = timedelta(days=1)


class TaskRow(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("community", "number"),
        Index(None, "community", "state", "due_on"),
        Index(None, "community", "source", "reference"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Sealed("tasks.text"))
    due_on: Mapped[date]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """None: somebody who is not on the staff, such as a company's foreman."""
    officer_name: Mapped[str] = mapped_column(Sealed("tasks.officer_name"))
    source: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str | None] = mapped_column(String(32))
    """The number of what it comes from."""
    state: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    made_by: Mapped[str] = mapped_column(Sealed("tasks.made_by"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(Sealed("tasks.ended_by"))
    result: Mapped[str | None] = mapped_column(Sealed("tasks.result"))
    """What came of it, or why it was dropped."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task to enter. `officer`: the contact of who sees to it, where that is one of the staff."""

    text: str
    due_on: date
    officer: int | None
    officer_name: str
    source: str = OTHER
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    number: str
    text: str
    due_on: date
    officer: int | None
    officer_name: str
    source: str
    reference: str | None
    state: str
    made_at: datetime
    maker: int
    made_by: str
    ended_at: datetime | None
    ended_by: str | None
    result: str | None

    def is_overdue(self, today: date) -> bool:
        return self.state == OPEN and self.due_on < today


async def enter(db: Db, community: str, wanted: Wanted, *, by: Officer, now: datetime, morning: time) -> Task:
    """`RW` + yymmdd + `-` + two or more digits. `now` in the community's zone; reminders are said at `morning`."""
    row = TaskRow(
        community=community,
        number=await daily_number(db, community, PREFIX, f"{now:%y%m%d}"),
        text=wanted.text,
        due_on=wanted.due_on,
        officer_id=wanted.officer,
        officer_name=wanted.officer_name,
        source=wanted.source,
        reference=wanted.reference,
        state=OPEN,
        made_at=now,
        made_by_id=by.contact,
        made_by=by.name,
    )
    db.add(row)
    await db.flush()
    task = _task(row)
    await _plan_reminders(db, community, task, now, morning)
    after = {"text": task.text, "due_on": f"{task.due_on}", "officer": task.officer_name, "reference": task.reference}
    await _note(db, community, task, "task", by, now, after=after)
    return task


async def by_number(db: Db, community: str, number: str) -> Task | None:
    found = select(TaskRow).where(TaskRow.community == community, TaskRow.number == number)
    row = (await db.scalars(found)).one_or_none()
    return None if row is None else _task(row)


async def by_id(db: Db, community: str, identity: int) -> Task | None:
    found = select(TaskRow).where(TaskRow.community == community, TaskRow.id == identity)
    row = (await db.scalars(found)).one_or_none()
    return None if row is None else _task(row)


async def open_ones(db: Db, community: str, officer: int | None = None) -> list[Task]:
    """What is not done, earliest first; with `officer` only what that contact sees to."""
    found = select(TaskRow).where(TaskRow.community == community, TaskRow.state == OPEN)
    if officer is not None:
        found = found.where(TaskRow.officer_id == officer)
    return [_task(row) for row in await db.scalars(found.order_by(TaskRow.due_on, TaskRow.id))]


async def of_source(db: Db, community: str, source: str, reference: str | None = None) -> list[Task]:
    """Every task that came from there, in whatever state, in order of entry."""
    found = select(TaskRow).where(TaskRow.community == community, TaskRow.source == source)
    if reference is not None:
        found = found.where(TaskRow.reference == reference)
    return [_task(row) for row in await db.scalars(found.order_by(TaskRow.id))]


async def finish(db: Db, community: str, number: str, *, result: str, by: Officer, now: datetime) -> Task | None:
    """None where there is none of this number that is open: of two at once one comes through."""
    return await _end(db, community, number, DONE, result, by, now)


async def drop(db: Db, community: str, number: str, *, why: str, by: Officer, now: datetime) -> Task | None:
    """Entered by mistake, or not needed any more: it stays, and is not counted as done. None as with `finish`."""
    return await _end(db, community, number, DROPPED, why, by, now)


async def postpone(
    db: Db, community: str, number: str, due_on: date, *, by: Officer, now: datetime, morning: time
) -> Task | None:
    """Another day, with reminders of its own. None as with `finish`."""
    before = await by_number(db, community, number)
    moved = await _change(db, community, number, due_on=due_on)
    if before is None or moved is None:
        return None
    await due.cancel(db, community, KIND, str(moved.id))
    await _plan_reminders(db, community, moved, now, morning)
    days = [{"due_on": f"{day}"} for day in (before.due_on, due_on)]
    await _note(db, community, moved, "task_move", by, now, before=days[0], after=days[1])
    return moved


async def count(
    db: Db, community: str, first: date | None, last: date | None, *, today: date, source: str | None = None
) -> dict[str, int]:
    """How many whose day lies from `first` up to and with `last` are `open`, `done` and `dropped`, and `overdue` of the open."""
    within = [TaskRow.community == community]
    within += [TaskRow.due_on >= first] if first is not None else []
    within += [TaskRow.due_on <= last] if last is not None else []
    within += [TaskRow.source == source] if source is not None else []
    counted = select(TaskRow.state, func.count()).where(*within).group_by(TaskRow.state)
    found = {state: number for state, number in await db.execute(counted)}  # noqa: C416 - a Row is no tuple to mypy
    late = select(func.count()).where(*within, TaskRow.state == OPEN, TaskRow.due_on < today)
    states = {state: found.get(state, 0) for state in (OPEN, DONE, DROPPED)}
    return {**states, OVERDUE: (await db.execute(late)).scalar_one()}


async def everything(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[Task]:
    """A page for exports, by when they were entered; `after` is the last id seen."""
    since = [TaskRow.made_at >= start] if start is not None else []
    until = [TaskRow.made_at < end] if end is not None else []
    found = select(TaskRow).where(TaskRow.community == community, TaskRow.id > after, *since, *until)
    return [_task(row) for row in await db.scalars(found.order_by(TaskRow.id).limit(AT_ONCE))]


async def _end(db: Db, community: str, number: str, state: str, result: str, by: Officer, now: datetime) -> Task | None:
    ended = await _change(db, community, number, state=state, ended_at=now, ended_by=by.name, result=result)
    if ended is None:
        return None
    await due.cancel(db, community, KIND, str(ended.id))
    await _note(db, community, ended, f"task_{state}", by, now, after={"result": result})
    return ended


async def _change(db: Db, community: str, number: str, **values: object) -> Task | None:
    """Only what is open: a conditional UPDATE, so that two at once end it once."""
    which = (TaskRow.community == community, TaskRow.number == number, TaskRow.state == OPEN)
    changed = update(TaskRow).where(*which).values(**values).returning(TaskRow)
    row = (await db.scalars(changed, execution_options={"populate_existing": True})).one_or_none()
    return None if row is None else _task(row)


async def _plan_reminders(db: Db, community: str, task: Task, now: datetime, morning: time) -> None:
    for at, step in _reminders(task.due_on, now, morning):
        expires = datetime.combine(task.due_on + _A_DAY, time.min, now.tzinfo) if step == BEFORE else None
        await due.plan(db, community, KIND, str(task.id), at, expires_at=expires, data={"step": step})


def _reminders(due_on: date, now: datetime, morning: time) -> Iterator[tuple[datetime, str]]:
    """The morning before, else that of the day itself; and the morning on which it is overdue."""
    mornings = [datetime.combine(day, morning, now.tzinfo) for day in (due_on - _A_DAY, due_on, due_on + _A_DAY)]
    early = [at for at in mornings[:2] if at > now]
    yield from ((at, BEFORE) for at in early[:1])
    if mornings[2] > now:
        yield mornings[2], OVERDUE


async def _note(
    db: Db,
    community: str,
    task: Task,
    verb: str,
    by: Officer,
    now: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await audit.note(
        db,
        community,
        at=now,
        actor=by.role,
        verb=f"activities.{verb}",
        subject=task.number,
        contact=by.contact,
        before=before,
        after=after,
    )


def _task(row: TaskRow) -> Task:
    return Task(
        row.id,
        row.number,
        row.text,
        row.due_on,
        row.officer_id,
        row.officer_name,
        row.source,
        row.reference,
        row.state,
        row.made_at,
        row.made_by_id,
        row.made_by,
        row.ended_at,
        row.ended_by,
        row.result,
    )
