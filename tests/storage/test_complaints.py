"""The ledger: numbers without gaps or doubles, and no case moved twice."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from storage import case_lists, complaints, reporters
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Complaint
from storage.counters import next_number
from storage.database import Database
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, a_case, rolled_back, somebody

DAY = "261125"


async def test_numbers_run_from_one_for_each_community_kind_and_day(database: Database) -> None:
    asked = [("a", "SQ", DAY), ("a", "SQ", DAY), ("b", "SQ", DAY), ("a", "HD", DAY), ("a", "SQ", "261126")]
    async with database.transaction() as db:
        assert [await next_number(db, *one) for one in asked] == [1, 2, 1, 1, 1]


async def test_many_who_take_numbers_at_once_and_change_their_minds_leave_no_gap(
    database: Database, other: Database
) -> None:
    taken: list[int] = []

    async def take(number: int) -> None:
        worker = (database, other)[number % 2]
        try:
            async with worker.transaction() as db:
                value = await next_number(db, COMMUNITY, "SQ", DAY)
                await asyncio.sleep(0)
                if number % 3 == 0:
                    raise RuntimeError("not filed after all")
        except RuntimeError:
            return
        taken.append(value)

    await asyncio.gather(*(take(number) for number in range(60)))
    assert sorted(taken) == list(range(1, 41))


async def test_a_number_is_given_back_with_the_savepoint_it_was_taken_in(database: Database) -> None:
    async def refused(db: Db) -> None:
        async with db.begin_nested():
            await next_number(db, COMMUNITY, "SQ", DAY)
            raise RuntimeError("refused")

    async with database.transaction() as db:
        await next_number(db, COMMUNITY, "SQ", DAY)
        with pytest.raises(RuntimeError):
            await refused(db)
        assert await next_number(db, COMMUNITY, "SQ", DAY) == 2


async def test_a_case_is_found_by_its_number_in_its_own_community(database: Database, directory: Directory) -> None:
    async with database.transaction() as db:
        number = await complaints.next_case_number(db, COMMUNITY, DAY)
        case = await a_case(db, directory, number=number)
    async with database.transaction() as db:
        found = await complaints.by_number(db, COMMUNITY, "SQ261125-01", lock=True)
        assert found is not None
        assert (found.id, found.phone, found.room) == (case.id, "13800001234", "501")
        assert await complaints.by_number(db, "elsewhere", "SQ261125-01") is None


async def test_after_ninety_nine_the_number_grows_a_digit(database: Database, directory: Directory) -> None:
    async with database.transaction() as db:
        for _ in range(99):
            await next_number(db, COMMUNITY, "SQ", DAY)
        assert await complaints.next_case_number(db, COMMUNITY, DAY) == "SQ261125-100"


async def test_the_database_itself_refuses_a_number_twice(database: Database, directory: Directory) -> None:
    async with rolled_back(database) as db:
        await a_case(db, directory, number="SQ261125-01")
        with pytest.raises(IntegrityError):
            await a_case(db, directory, number="SQ261125-01")


async def test_of_two_staff_who_move_a_case_at_once_one_does(
    database: Database, other: Database, directory: Directory
) -> None:
    async with database.transaction() as db:
        case = await a_case(db, directory)

    async def accept(worker: Database, name: str) -> bool:
        async with worker.transaction() as db:
            seen = await db.get_one(Complaint, case.id)
            moved = await complaints.change(db, seen, ["filed"], state="accepted", handler=name)
            await asyncio.sleep(0.05)
            return moved

    moved = await asyncio.gather(accept(database, "李主任"), accept(other, "小周"))
    assert sorted(moved) == [False, True]
    async with database.reading() as db:
        kept = await db.get_one(Complaint, case.id)
        assert (kept.state, kept.handler) == ("accepted", "李主任" if moved[0] else "小周")


async def test_who_came_too_late_sees_the_case_as_it_is_now(
    database: Database, other: Database, directory: Directory
) -> None:
    async with database.transaction() as db:
        case = await a_case(db, directory)
    async with other.transaction() as db:
        await complaints.change(db, await db.get_one(Complaint, case.id), ["filed"], state="accepted")
    async with database.transaction() as db:
        seen = await db.get_one(Complaint, case.id)
        assert not await complaints.change(db, seen, ["filed"], state="accepted")
        assert seen.state == "accepted"


async def test_somebody_reports_a_case_once(database: Database, directory: Directory) -> None:
    wang = await somebody(database, directory)
    async with database.transaction() as db:
        case = await a_case(db, directory, number="SQ261125-01")
        assert await reporters.add(db, case, wang, MORNING)
        assert not await reporters.add(db, case, wang, MORNING)
    async with database.reading() as db:
        assert [one.contact_id for one in await reporters.of(db, case.id)] == [wang]
        assert [found.id for found in await reporters.cases_of(db, wang, ["filed"])] == [case.id]
        assert await case_lists.totals(db, COMMUNITY) == (1, 1)


async def test_cases_are_found_by_their_words_and_signs_are_taken_as_written(
    database: Database, directory: Directory
) -> None:
    async with database.transaction() as db:
        lamp = await a_case(db, directory, wording="楼道灯坏了 100%", place="东门_1")
        await a_case(db, directory, wording="下水道堵了", subcategory="下水道", place="西门")
        urgent = await a_case(db, directory, wording="楼道灯冒烟", urgency="P0")
    async with database.reading() as db:

        async def found(*words: str) -> list[int]:
            return [case.id for case in await case_lists.listed(db, COMMUNITY, words=words)]

        assert await found("楼道灯") == [urgent.id, lamp.id]  # the urgent first
        assert await found("楼道灯", "东门") == [lamp.id]
        assert await found("0%") == [lamp.id]
        assert await found("门_") == [lamp.id]
        assert await found("'; DROP TABLE complaints; --") == []
