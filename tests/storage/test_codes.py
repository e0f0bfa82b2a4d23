"""A one-time code binds one person, once, soon, and cannot be guessed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from storage import codes
from storage.accounts import Directory
from storage.database import Database
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, later, somebody

GRANTS = {"name": "李主任", "role": "admin", "buildings": []}


async def issue(database: Database, code: str = "ABCD2345", grants: dict[str, Any] | None = None) -> None:
    async with database.transaction() as db:
        await codes.issue(db, COMMUNITY, code, grants or GRANTS, MORNING)


@pytest.fixture
async def wang(database: Database, directory: Directory) -> int:
    return await somebody(database, directory)


@pytest.fixture
async def stranger(database: Database, directory: Directory) -> int:
    return await somebody(database, directory, "wx_stranger", "谁")


async def redeem(
    database: Database, contact: int, code: str = "ABCD2345", at: datetime = MORNING
) -> dict[str, Any] | None:
    async with database.transaction() as db:
        return await codes.redeem(db, COMMUNITY, code, contact, at)


async def test_it_grants_what_it_was_issued_for_once(database: Database, wang: int) -> None:
    await issue(database)
    assert await redeem(database, wang, "abcd2345") == GRANTS
    assert await redeem(database, wang) is None


async def test_of_two_who_send_it_at_once_one_is_bound(
    database: Database, other: Database, wang: int, stranger: int
) -> None:
    await issue(database)
    granted = await asyncio.gather(redeem(database, wang), redeem(other, stranger))
    assert sorted(granted, key=bool) == [None, GRANTS]


async def test_after_half_an_hour_it_is_worth_nothing(database: Database, wang: int) -> None:
    await issue(database)
    assert await redeem(database, wang, at=later(minutes=30)) is None
    assert await redeem(database, wang, at=later(minutes=29)) == GRANTS


async def test_in_another_community_it_is_worth_nothing(database: Database, wang: int) -> None:
    await issue(database)
    async with database.transaction() as db:
        assert await codes.redeem(db, "elsewhere", "ABCD2345", wang, MORNING) is None
    assert await redeem(database, wang) == GRANTS


async def test_who_guesses_five_times_is_not_heard_any_more(database: Database, wang: int, stranger: int) -> None:
    await issue(database)
    for guess in range(5):
        assert await redeem(database, stranger, f"WRONG{guess}") is None
    assert await redeem(database, stranger) is None
    assert await redeem(database, wang) == GRANTS  # and takes nobody else's code away


async def test_four_wrong_guesses_are_forgiven(database: Database, wang: int) -> None:
    await issue(database)
    for guess in range(4):
        await redeem(database, wang, f"WRONG{guess}")
    assert await redeem(database, wang) == GRANTS


async def test_after_half_an_hour_a_guesser_is_heard_again(database: Database, wang: int) -> None:
    for guess in range(5):
        await redeem(database, wang, f"WRONG{guess}", later(minutes=-31))
    await issue(database)
    assert await redeem(database, wang) == GRANTS
