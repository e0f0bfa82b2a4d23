"""The activity ledger: numbered by the day, counted by kind and period with its units, pictures given once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from storage import activities, messages, photos
from storage.accounts import Directory, Officer
from storage.activities import Activity, Counted, Done
from storage.database import Database
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, a_case, received, some_group, somebody

TODAY = MORNING.date()


class Staff:
    def __init__(self, database: Database, directory: Directory, officer: Officer) -> None:
        self.database = database
        self.directory = directory
        self.officer = officer

    async def enter(self, done: Done | None = None, *, days: int = 0) -> Activity:
        done = done or Done("走访", TODAY, "王奶奶家", 1, "户")
        async with self.database.transaction() as db:
            return await activities.enter(db, COMMUNITY, done, by=self.officer, now=MORNING + timedelta(days=days))

    async def sends(self, message: str, *, group: int | None = None, complaint: int | None = None) -> int:
        """A picture; returns the row of its message."""
        async with self.database.transaction() as db:
            row = received(self.officer.contact, message, text="", group=group)
            inbox = await messages.receive(db, COMMUNITY, self.directory.account, row)
            assert inbox is not None
            await photos.keep(db, COMMUNITY, inbox=inbox, content=b"jpeg", complaint=complaint, now=MORNING)
            return inbox

    async def take(self, activity: Activity) -> int:
        async with self.database.transaction() as db:
            since = MORNING - timedelta(minutes=10)
            return await activities.take_photos_before(db, COMMUNITY, activity, since)


@pytest.fixture
async def staff(database: Database, directory: Directory) -> Staff:
    contact = await somebody(database, directory, "wx_zhou", "小周")
    return Staff(database, directory, Officer(contact, "小周", "worker"))


async def test_numbers_run_by_the_day(staff: Staff) -> None:
    numbers = [(await staff.enter(days=days)).number for days in (0, 0, 1, 0)]
    assert numbers == ["JL261125-01", "JL261125-02", "JL261126-01", "JL261125-03"]


async def test_what_is_written_lies_sealed(staff: Staff) -> None:
    await staff.enter(Done("走访", TODAY, "王奶奶家", place="3号楼2单元501"))
    async with staff.database.reading() as db:
        row = (await db.execute(text("SELECT text, place, by_name FROM activities"))).one()
    assert not [cell for cell in row for word in ("王奶奶", "501", "小周") if word.encode() in bytes(cell)]


async def test_counted_by_kind_and_days_with_sums_by_unit(staff: Staff) -> None:
    for kind, day, amount, unit in (
        ("走访", 1, 2, "人"),
        ("走访", 2, 40, "人"),
        ("走访", 3, 5, "户"),
        ("走访", 3, None, None),
        ("巡查", 3, 9, "处"),
    ):
        await staff.enter(Done(kind, date(2026, 11, day), "", amount, unit))
    async with staff.database.transaction() as db:
        await activities.undo(db, COMMUNITY, "JL261125-01", by=staff.officer, now=MORNING)
        assert await activities.count(db, COMMUNITY) == [
            Counted("走访", 3, (("人", 40), ("户", 5))),
            Counted("巡查", 1, (("处", 9),)),
        ]
        some = await activities.count(db, COMMUNITY, date(2026, 11, 2), date(2026, 11, 3), kind="走访")
        assert some == [Counted("走访", 1, (("人", 40),))]
        assert await activities.count(db, "elsewhere") == []
        listed = await activities.listed(db, COMMUNITY, date(2026, 11, 1), date(2026, 11, 4), limit=2)
        assert [one.number for one in listed] == ["JL261125-05", "JL261125-04"]
        page = await activities.everything(db, COMMUNITY, 0, date(2026, 11, 1), date(2026, 11, 3))
        assert [(one.number, one.undone) for one in page] == [("JL261125-01", True), ("JL261125-02", False)]
        assert await activities.everything(db, COMMUNITY, page[-1].id, None, date(2026, 11, 3)) == []


async def test_taken_back_once(staff: Staff, other: Database) -> None:
    await staff.enter()

    async def undo(database: Database) -> Activity | None:
        async with database.transaction() as db:
            return await activities.undo(db, COMMUNITY, "JL261125-01", by=staff.officer, now=MORNING)

    undone = await asyncio.gather(undo(staff.database), undo(other))
    assert sum(one is not None for one in undone) == 1


async def test_pictures_are_given_once_and_only_ones_own_of_the_private_chat(staff: Staff) -> None:
    async with staff.database.transaction() as db:
        case = (await a_case(db, staff.directory)).id
    await staff.sends("m1")
    await staff.sends("m2", group=await some_group(staff.database, staff.directory))
    await staff.sends("m3", complaint=case)
    first, second = await staff.enter(), await staff.enter()
    assert [await staff.take(first), await staff.take(second)] == [1, 0]
    async with staff.database.transaction() as db:
        assert await activities.pictures(db, COMMUNITY, first.id) == [b"jpeg"]
        assert (await activities.by_number(db, COMMUNITY, first.number) or second).photos == 1
        await activities.undo(db, COMMUNITY, first.number, by=staff.officer, now=MORNING)
    assert await staff.take(second) == 1


async def test_a_picture_of_somebody_elses_line_or_of_a_case_stays(staff: Staff) -> None:
    async with staff.database.transaction() as db:
        case = (await a_case(db, staff.directory)).id
    mine, of_case = await staff.sends("m1"), await staff.sends("m2", complaint=case)
    first = await staff.enter()
    contact = await somebody(staff.database, staff.directory, "wx_sun", "孙网格")
    theirs = await Staff(staff.database, staff.directory, Officer(contact, "孙网格", "grid")).enter()
    async with staff.database.transaction() as db:
        assert await activities.take_photo(db, COMMUNITY, first, mine)
        assert not await activities.take_photo(db, COMMUNITY, theirs, mine)
        assert not await activities.take_photo(db, COMMUNITY, first, of_case)


async def test_the_last_line_of_somebody_that_counts(staff: Staff) -> None:
    await staff.enter()
    await staff.enter()
    async with staff.database.transaction() as db:
        await activities.undo(db, COMMUNITY, "JL261125-02", by=staff.officer, now=MORNING)
        last = await activities.last_of(db, COMMUNITY, staff.officer.contact, MORNING)
        assert last is not None
        assert last.number == "JL261125-01"
        assert await activities.last_of(db, COMMUNITY, staff.officer.contact, MORNING + timedelta(1)) is None


async def test_pictures_of_a_line_are_not_homeless(staff: Staff) -> None:
    await staff.sends("m1")
    activity = await staff.enter()
    await staff.take(activity)
    await staff.sends("m2")
    async with staff.database.transaction() as db:
        await photos.forget_homeless(db, MORNING + timedelta(days=180))
        assert len(await activities.pictures(db, COMMUNITY, activity.id)) == 1
        assert (await db.execute(text("SELECT count(*) FROM photos"))).scalar_one() == 1
