"""Tasks: numbered by the day, ended once by whoever is first, reminded of by rows that change with them."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from storage import audit, tasks
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.database import Database
from storage.due import DueRow
from storage.tasks import DONE, DROPPED, OPEN, OVERDUE, Task, Wanted
from tests.assistants import MORNING, ZONE
from tests.storage.rows import COMMUNITY, rolled_back, somebody

EIGHT = time(8, 30)
SATURDAY = date(2026, 12, 5)


class Office:
    def __init__(self, database: Database, li: Officer, zhou: Officer) -> None:
        self.database = database
        self.li = li
        self.zhou = zhou

    async def enter(self, text: str = "换电池", due_on: date = SATURDAY, **changes: Any) -> Task:
        async with self.database.transaction() as db:
            return await self.entered(db, text, due_on, **changes)

    async def entered(self, db: Db, text: str, due_on: date, *, days: int = 0, **changes: Any) -> Task:
        wanted = Wanted(text, due_on, **{"officer": self.zhou.contact, "officer_name": "小周", **changes})
        now = MORNING + timedelta(days=days)
        return await tasks.enter(db, COMMUNITY, wanted, by=self.li, now=now, morning=EIGHT)

    async def reminders(self) -> list[tuple[str, str, str]]:
        async with self.database.reading() as db:
            rows = await db.scalars(select(DueRow).where(DueRow.kind == tasks.KIND).order_by(DueRow.due_at))
            return [(f"{row.due_at.astimezone(ZONE):%m%d %H%M}", row.data["step"], row.state) for row in rows]


@pytest.fixture
async def office(database: Database, directory: Directory) -> Office:
    li = await somebody(database, directory, "wx_li", "李主任")
    zhou = await somebody(database, directory, "wx_zhou", "小周")
    return Office(database, Officer(li, "李主任", "admin"), Officer(zhou, "小周", "worker"))


async def test_numbers_run_by_the_day(office: Office) -> None:
    numbers = [(await office.enter(days=days)).number for days in (0, 0, 1, 0)]
    assert numbers == ["RW261125-01", "RW261125-02", "RW261126-01", "RW261125-03"]


async def test_what_is_written_lies_sealed(office: Office) -> None:
    await office.enter("给张大爷送药")
    async with office.database.reading() as db:
        row = (await db.execute(text("SELECT text, officer_name, made_by FROM tasks"))).one()
    assert all("张大爷".encode() not in bytes(cell) and "小周".encode() not in bytes(cell) for cell in row)


async def test_lists(office: Office) -> None:
    late = await office.enter("晚", date(2026, 11, 20))
    near = await office.enter("近", date(2026, 11, 27), officer=office.li.contact, officer_name="李主任")
    far = await office.enter("远", date(2026, 12, 30), source="visit", reference="HD261125-01")
    await office.enter("完", date(2026, 11, 27))
    async with office.database.transaction() as db:
        await tasks.finish(db, COMMUNITY, "RW261125-04", result="好了", by=office.zhou, now=MORNING)
        assert await tasks.open_ones(db, COMMUNITY) == [late, near, far]
        assert await tasks.open_ones(db, COMMUNITY, office.li.contact) == [near]
        assert await tasks.of_source(db, COMMUNITY, "visit", "HD261125-01") == [far]
        assert await tasks.of_source(db, COMMUNITY, "visit") == [far]
        assert await tasks.by_id(db, COMMUNITY, near.id) == near
        assert await tasks.by_number(db, COMMUNITY, "RW261125-09") is None
        assert await tasks.open_ones(db, "elsewhere") == []
        assert [one.is_overdue(MORNING.date()) for one in (late, near)] == [True, False]
        page = await tasks.everything(db, COMMUNITY, near.id, MORNING, MORNING + timedelta(days=1))
        assert [one.text for one in page] == ["远", "完"]
        assert await tasks.everything(db, COMMUNITY, 0, MORNING + timedelta(days=1)) == []


async def test_counted_by_state_within_days(office: Office) -> None:
    for day in (20, 26, 27):
        await office.enter(due_on=date(2026, 11, day))
    await office.enter(due_on=date(2026, 11, 28), source="meeting")
    async with office.database.transaction() as db:
        await tasks.finish(db, COMMUNITY, "RW261125-02", result="", by=office.zhou, now=MORNING)
        await tasks.drop(db, COMMUNITY, "RW261125-03", why="", by=office.li, now=MORNING)
        whole = await tasks.count(db, COMMUNITY, None, None, today=MORNING.date())
        assert whole == {OPEN: 2, DONE: 1, DROPPED: 1, OVERDUE: 1}
        some = await tasks.count(db, COMMUNITY, date(2026, 11, 26), date(2026, 11, 27), today=MORNING.date())
        assert some == {OPEN: 0, DONE: 1, DROPPED: 1, OVERDUE: 0}
        met = await tasks.count(db, COMMUNITY, None, None, today=MORNING.date(), source="meeting")
        assert met == {OPEN: 1, DONE: 0, DROPPED: 0, OVERDUE: 0}


async def test_of_two_at_once_one_ends_it(office: Office, other: Database) -> None:
    await office.enter()

    async def finish(database: Database, by: Officer) -> Task | None:
        async with database.transaction() as db:
            return await tasks.finish(db, COMMUNITY, "RW261125-01", result=by.name, by=by, now=MORNING)

    ended = await asyncio.gather(finish(office.database, office.li), finish(other, office.zhou))
    [done] = [one for one in ended if one is not None]
    assert (done.state, done.ended_by) == (DONE, done.result)
    async with office.database.transaction() as db:
        assert await tasks.drop(db, COMMUNITY, "RW261125-01", why="", by=office.li, now=MORNING) is None
        moved = await tasks.postpone(db, COMMUNITY, "RW261125-01", SATURDAY, by=office.li, now=MORNING, morning=EIGHT)
        assert moved is None
        verbs = [step.verb for step in await audit.story(db, COMMUNITY, "RW261125-01")]
    assert verbs == ["activities.task", "activities.task_done"]


@pytest.mark.parametrize(
    ("due_on", "planned"),
    [
        (SATURDAY, [("1204 0830", "before"), ("1206 0830", "overdue")]),
        (date(2026, 11, 26), [("1126 0830", "before"), ("1127 0830", "overdue")]),
        (date(2026, 11, 25), [("1126 0830", "overdue")]),
        (date(2026, 11, 1), []),
    ],
)
async def test_reminders_that_are_still_to_come(office: Office, due_on: date, planned: list[tuple[str, str]]) -> None:
    await office.enter(due_on=due_on)
    assert await office.reminders() == [(at, step, "waiting") for at, step in planned]


async def test_reminders_follow_the_task(office: Office) -> None:
    await office.enter()
    async with office.database.transaction() as db:
        moved = await tasks.postpone(
            db, COMMUNITY, "RW261125-01", date(2026, 12, 10), by=office.li, now=MORNING, morning=EIGHT
        )
        assert moved is not None
        assert moved.due_on == date(2026, 12, 10)
    assert await office.reminders() == [
        ("1204 0830", "before", "cancelled"),
        ("1206 0830", "overdue", "cancelled"),
        ("1209 0830", "before", "waiting"),
        ("1211 0830", "overdue", "waiting"),
    ]
    async with office.database.transaction() as db:
        await tasks.finish(db, COMMUNITY, "RW261125-01", result="好了", by=office.zhou, now=MORNING)
    assert {state for _, _, state in await office.reminders()} == {"cancelled"}


async def test_a_change_of_mind_leaves_nothing(office: Office) -> None:
    async with rolled_back(office.database) as db:
        await office.entered(db, "换电池", SATURDAY)
    assert await office.reminders() == []
    assert (await office.enter()).number == "RW261125-01"
