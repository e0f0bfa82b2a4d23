"""Services done: numbered by the day, counted by the year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import policy, services
from storage.accounts import Directory
from storage.database import Database
from storage.policy_entry import Draft
from storage.services import Door, Service
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, somebody

DOOR = Door("3", "2", "501")


class Counter:
    def __init__(self, database: Database, contact: int, entries: list[int]) -> None:
        self.database = database
        self.contact = contact
        self.entries = entries

    async def enter(self, name: str = "居住证明", door: Door = DOOR, *, entry: int = 0, days: int = 0) -> Service:
        now = MORNING + timedelta(days=days)
        async with self.database.transaction() as db:
            return await services.enter(
                db,
                COMMUNITY,
                self.entries[entry],
                name,
                door,
                contact=self.contact,
                by="李主任",
                day=f"{now:%y%m%d}",
                now=now,
            )


@pytest.fixture
async def counter(database: Database, directory: Directory) -> Counter:
    contact = await somebody(database, directory, "wx_li", "李主任")
    drafts = [Draft(code=name, title=name) for name in ("居住证明", "养老认证")]
    async with database.transaction() as db:
        rows = await policy.put_all(db, COMMUNITY, drafts, MORNING, origin="import", in_force=True)
        return Counter(database, contact, [row.id for row, _ in rows])


async def test_numbers_run_by_the_day(counter: Counter) -> None:
    numbers = [(await counter.enter(days=days)).number for days in (0, 0, 1, 0)]
    assert numbers == ["BL261125-01", "BL261125-02", "BL261126-01", "BL261125-03"]


async def test_the_same_is_of_the_same_door_and_service_and_not_taken_back(
    counter: Counter, database: Database
) -> None:
    kept = await counter.enter()
    since = MORNING - timedelta(hours=10)

    async def same(door: Door, entry: int = 0, hours: int = 0) -> str | None:
        async with database.reading() as db:
            found = await services.same(db, COMMUNITY, counter.entries[entry], door, since + timedelta(hours=hours))
            return found.number if found is not None else None

    assert await same(DOOR) == kept.number
    for other in (Door("3", "2", "502"), Door("3", "1", "501"), Door("5", "2", "501"), Door("3", None, "501")):
        assert await same(other) is None
    assert await same(DOOR, entry=1) is None
    assert await same(DOOR, hours=11) is None
    async with database.transaction() as db:
        row = await services.by_number(db, COMMUNITY, kept.number)
        assert row is not None
        row.undone_at = MORNING
    assert await same(DOOR) is None


async def test_counts_of_a_period_leave_out_what_was_taken_back(counter: Counter, database: Database) -> None:
    await counter.enter()
    await counter.enter(door=Door("5", "1", "101"), days=1)
    await counter.enter("养老认证", entry=1)
    undone = await counter.enter(door=Door("9", "1", "101"))
    async with database.transaction() as db:
        row = await services.by_number(db, COMMUNITY, undone.number)
        assert row is not None
        row.undone_at = MORNING
    async with database.reading() as db:
        tomorrow = MORNING + timedelta(days=1)
        assert await services.count(db, COMMUNITY, None, None) == {"居住证明": 2, "养老认证": 1}
        assert await services.count(db, COMMUNITY, MORNING, tomorrow) == {"居住证明": 1, "养老认证": 1}
        assert await services.count(db, COMMUNITY, tomorrow, None) == {"居住证明": 1}
        assert await services.count(db, COMMUNITY, None, None, counter.entries[1]) == {"养老认证": 1}
        assert await services.count(db, "other", None, None) == {}
        assert await services.by_number(db, "other", undone.number) is None


async def test_the_door_and_who_entered_it_are_sealed(counter: Counter, database: Database) -> None:
    await counter.enter()
    async with database.reading() as db:
        connection = await db.connection()
        raw = (await connection.exec_driver_sql("SELECT room, by_name FROM services")).one()
        room, by = tuple(raw)
        assert b"501" not in bytes(room)
        assert "李主任".encode() not in bytes(by)
        kept = await services.by_number(db, COMMUNITY, "BL261125-01")
        assert kept is not None
        assert (kept.room, kept.by_name) == ("501", "李主任")
