"""Rows that fall due are the truth about time: planned once, claimed once."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally

from sqlalchemy import func, select

from storage import due
from storage.database import Database
from storage.due import Due, DueRow
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, later, rolled_back

ROWS = 60


async def plan(database: Database, subject: str = "1", minute: float = 0, kind: str = "tests.kind") -> int | None:
    async with database.transaction() as db:
        return await due.plan(db, COMMUNITY, kind, subject, later(minutes=minute))


async def claim(database: Database, minute: float = 0) -> Due | None:
    async with database.transaction() as db:
        return await due.claim(db, COMMUNITY, later(minutes=minute))


async def test_the_same_thing_is_planned_once_a_moment(database: Database) -> None:
    assert await plan(database) is not None
    assert await plan(database) is None
    assert await plan(database, minute=1) is not None
    assert await plan(database, subject="2") is not None
    assert await plan(database, kind="tests.other") is not None


async def test_of_two_processes_that_plan_the_same_one_does(database: Database, other: Database) -> None:
    planned = await asyncio.gather(plan(database), plan(other))
    assert sorted(identity is None for identity in planned) == [False, True]


async def test_the_earliest_is_claimed_first_and_nothing_before_its_time(database: Database) -> None:
    for minute in (5, 1, 3):
        await plan(database, f"at {minute}", minute)
    assert await claim(database, 0) is None
    claimed = [row.subject for _ in range(2) if (row := await claim(database, 3)) is not None]
    assert claimed == ["at 1", "at 3"]
    assert await claim(database, 4) is None
    async with database.reading() as db:
        assert await due.next_due(db, COMMUNITY) == later(minutes=5)


async def test_a_claim_that_is_rolled_back_is_claimed_again(database: Database) -> None:
    await plan(database)
    async with rolled_back(database) as db:
        assert await due.claim(db, COMMUNITY, MORNING) is not None
    assert await claim(database) is not None
    assert await claim(database) is None


async def test_two_who_claim_at_once_do_every_row_once(database: Database, other: Database) -> None:
    for number in range(ROWS):
        await plan(database, str(number))
    claimed: Tally[str] = Tally()

    async def work(worker: Database) -> None:
        while True:
            async with worker.transaction() as db:
                row = await due.claim(db, COMMUNITY, MORNING)
                if row is None:
                    return
                await asyncio.sleep(0.002)  # its handler works while others look for rows
                claimed[row.subject] += 1

    await asyncio.gather(*(work(worker) for worker in (database, other, database, other)))
    assert claimed == {str(number): 1 for number in range(ROWS)}


async def test_another_community_never_sees_it(database: Database) -> None:
    await plan(database)
    async with database.transaction() as db:
        assert await due.claim(db, "elsewhere", MORNING) is None
        assert await due.next_due(db, "elsewhere") is None


async def test_what_is_called_off_is_not_done(database: Database) -> None:
    await plan(database, "1")
    await plan(database, "2")
    async with database.transaction() as db:
        assert await due.cancel(db, COMMUNITY, "tests.kind", "1") == 1
        assert await due.is_waiting(db, COMMUNITY, "tests.kind")
        assert await due.cancel(db, COMMUNITY, "tests.kind") == 1
        assert not await due.is_waiting(db, COMMUNITY, "tests.kind")
    assert await claim(database) is None


async def test_what_is_done_is_forgotten_and_what_waits_is_not(database: Database) -> None:
    for subject in ("done", "waiting"):
        await plan(database, subject)
        if subject == "done":
            await claim(database)
    async with database.transaction() as db:
        assert await due.forget_due(db, later(days=180)) == 1
    async with database.reading() as db:
        assert (await db.execute(select(func.count()).select_from(DueRow))).scalar_one() == 1


async def test_its_data_comes_back_as_it_was_planned(database: Database) -> None:
    async with database.transaction() as db:
        await due.plan(db, COMMUNITY, "k", "1", MORNING, expires_at=later(hours=1), data={"times": 3, "谁": ["李"]})
    row = await claim(database)
    assert row is not None
    assert (row.due_at, row.expires_at, row.data) == (MORNING, later(hours=1), {"times": 3, "谁": ["李"]})
