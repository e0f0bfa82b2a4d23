"""One transaction a change: nothing lost between many writers, nothing left of what was rolled back."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text, update

from storage.base import insert_once
from storage.counters import Counter
from storage.database import Database, after_commit
from storage.errors import DatabaseUnusable
from storage.secrets import Vault
from tests.storage.rows import rolled_back

TASKS, TIMES = 4, 40


async def counter(database: Database, value: int = 0) -> int:
    async with database.transaction() as db:
        identity = await insert_once(db, Counter, community="c", kind="k", day="d", value=value)
    assert identity is not None
    return identity


async def value_of(database: Database) -> int:
    async with database.reading() as db:
        return (await db.execute(select(Counter.value))).scalar_one()


async def raise_by_one(database: Database) -> None:
    """Read, think, write: what loses updates where writers do not wait for each other."""
    async with database.transaction() as db:
        row = (await db.scalars(select(Counter).with_for_update())).one()
        await asyncio.sleep(0)
        row.value += 1


async def test_four_writers_lose_no_update(database: Database) -> None:
    await counter(database)

    async def write() -> None:
        for _ in range(TIMES):
            await raise_by_one(database)

    await asyncio.gather(*(write() for _ in range(TASKS)))
    assert await value_of(database) == TASKS * TIMES


async def test_writers_of_two_processes_lose_no_update(database: Database, other: Database) -> None:
    await counter(database)

    async def write(writer: Database) -> None:
        for _ in range(TIMES):
            await raise_by_one(writer)

    await asyncio.gather(write(database), write(other))
    assert await value_of(database) == 2 * TIMES


async def test_an_exception_leaves_nothing(database: Database) -> None:
    await counter(database, 7)
    async with rolled_back(database) as db:
        await db.execute(update(Counter).values(value=8))
    assert await value_of(database) == 7


async def test_work_left_for_after_the_commit_sees_it_committed_and_comes_in_order(database: Database) -> None:
    await counter(database)
    done: list[str] = []
    async with database.transaction() as db:
        await db.execute(update(Counter).values(value=1))
        after_commit(db, lambda: done.append("first"))
        after_commit(db, lambda: done.append("second"))
        assert done == []
    assert done == ["first", "second"]


async def test_work_left_for_after_the_commit_is_never_done_where_it_rolls_back(database: Database) -> None:
    done: list[str] = []
    async with rolled_back(database) as db:
        after_commit(db, lambda: done.append("done"))
    async with database.transaction():
        pass
    assert done == []


async def test_everybody_who_listens_is_told_of_a_commit_and_of_no_rollback(database: Database) -> None:
    told: list[str] = []
    database.listeners.append(lambda: told.append("changed"))
    await counter(database)
    async with rolled_back(database):
        pass
    assert told == ["changed"]


async def test_somebody_who_looks_keeps_nobody_from_writing(database: Database) -> None:
    await counter(database, 1)
    async with database.reading() as looking:
        assert (await looking.execute(select(Counter.value))).scalar_one() == 1
        async with asyncio.timeout(2), database.transaction() as db:
            await db.execute(update(Counter).values(value=2))
    assert await value_of(database) == 2


async def test_somebody_who_writes_keeps_nobody_from_looking(database: Database) -> None:
    await counter(database, 1)
    async with database.transaction() as db:
        await db.execute(update(Counter).values(value=2))
        async with asyncio.timeout(2):
            assert await value_of(database) == 1
    assert await value_of(database) == 2


async def test_a_glance_sees_what_is_committed_and_leaves_its_connection_as_it_was(database: Database) -> None:
    await counter(database, 1)
    async with database.transaction() as db:
        await db.execute(update(Counter).values(value=2))
        async with asyncio.timeout(2), database.glancing() as looking:
            assert (await looking.execute(select(Counter.value))).scalar_one() == 1
    async with rolled_back(database) as db:
        await db.execute(update(Counter).values(value=3))
    assert await value_of(database) == 2


async def test_a_glance_begins_no_transaction_on_postgresql(database: Database) -> None:
    async with database.glancing() as looking:
        clock = text("SELECT CURRENT_TIMESTAMP")
        first, second = [(await looking.execute(clock)).scalar_one() for _ in range(2)]
    assert database.is_sqlite or first < second, "this clock stands still within a transaction"


async def test_a_row_that_is_there_already_is_not_inserted_again(database: Database) -> None:
    await counter(database, 3)
    async with database.transaction() as db:
        assert await insert_once(db, Counter, community="c", kind="k", day="d", value=9) is None
        assert await insert_once(db, Counter, community="other", kind="k", day="d", value=9) is not None
    async with database.reading() as db:
        values = (await db.execute(select(Counter.value).order_by(Counter.value))).scalars().all()
    assert list(values) == [3, 9]


async def test_of_two_who_insert_the_same_at_once_one_is_first(database: Database, other: Database) -> None:
    async def insert(writer: Database) -> int | None:
        async with writer.transaction() as db:
            identity = await insert_once(db, Counter, community="c", kind="k", day="d", value=0)
            await asyncio.sleep(0.05)
            return identity

    found = await asyncio.gather(insert(database), insert(other))
    assert sorted(identity is None for identity in found) == [False, True]


async def test_sqlite_writes_ahead_syncs_fully_and_checks_references(shelf_url: str, vault: Vault) -> None:
    database = Database(shelf_url, vault)
    async with database.transaction() as db:
        found = [
            (await db.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    await database.close()
    assert found == ["wal", 2, 1, 10_000]


@pytest.mark.parametrize("url", ["mysql://host/db", "not a url", ""])
def test_a_wrong_url_is_refused_before_anything_is_opened(url: str, vault: Vault) -> None:
    with pytest.raises(DatabaseUnusable):
        Database(url, vault)
