"""A question of ours that waits: one a conversation, closed by its own due row only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.dialog import Dialogs
from bot.expectations import Expectations
from bot.message import Conversation
from storage import dialogs, due
from storage.accounts import Directory
from storage.database import Database
from storage.dialogs import DialogRow
from tests.assistants import MORNING
from tests.storage.rows import COMMUNITY, later, rolled_back, some_group, somebody

HALF_AN_HOUR = timedelta(minutes=30)


async def ask(database: Database, known: Dialogs, where: Conversation, state: str, at: datetime = MORNING) -> None:
    async with database.transaction() as db:
        await known.ask(db, where, state, {"complaint": 1}, now=at, wait=HALF_AN_HOUR)


async def open_states(database: Database, directory: Directory) -> list[str]:
    async with database.reading() as db:
        return [one.state for one in await dialogs.all_open(db, directory.account)]


async def test_a_new_question_takes_the_place_of_the_old_one(database: Database, directory: Directory) -> None:
    where = Conversation(directory.account, None, await somebody(database, directory))
    known = Dialogs(COMMUNITY, Expectations())
    await ask(database, known, where, "first")
    await ask(database, known, where, "second")
    assert await open_states(database, directory) == ["second"]


async def test_the_same_person_may_be_asked_in_private_and_in_each_group(
    database: Database, directory: Directory
) -> None:
    wang = await somebody(database, directory)
    groups = [None, await some_group(database, directory), await some_group(database, directory, "room:n", "通知群")]
    known = Dialogs(COMMUNITY, Expectations())
    for group in groups:
        await ask(database, known, Conversation(directory.account, group, wang), f"in {group}")
    assert await open_states(database, directory) == [f"in {group}" for group in groups]


async def test_the_database_itself_refuses_a_second_dialogue_in_private(
    database: Database, directory: Directory
) -> None:
    wang = await somebody(database, directory)
    values = {"community": COMMUNITY, "account_id": directory.account, "contact_id": wang, "expires_at": MORNING}
    async with rolled_back(database) as db:
        for state in ("a", "b"):
            db.add(DialogRow(**values, group_id=dialogs.PRIVATE, state=state, data={}))
        with pytest.raises(IntegrityError):
            await db.flush()


async def test_a_restart_forgets_no_open_question(database: Database, directory: Directory) -> None:
    where = Conversation(directory.account, None, await somebody(database, directory))
    await ask(database, Dialogs(COMMUNITY, Expectations()), where, "asked")
    after_restart = Expectations()
    async with database.reading() as db:
        await Dialogs(COMMUNITY, after_restart).rebuild(db, directory.account)
    assert after_restart.dialog(where)


async def test_a_question_that_is_rolled_back_is_not_waited_for(database: Database, directory: Directory) -> None:
    where = Conversation(directory.account, None, await somebody(database, directory))
    expectations = Expectations()
    async with rolled_back(database) as db:
        await Dialogs(COMMUNITY, expectations).ask(db, where, "asked", {}, now=MORNING, wait=HALF_AN_HOUR)
    assert not expectations.dialog(where)


async def test_nobody_elses_timeout_closes_a_question(database: Database, directory: Directory) -> None:
    """SQLite gives the id of a deleted row to the next one: an answered dialogue's due row must not find it."""
    wang, li = await somebody(database, directory), await somebody(database, directory, "wx_li", "李建国")
    known = Dialogs(COMMUNITY, Expectations())
    await ask(database, known, Conversation(directory.account, None, wang), "of wang")
    async with database.transaction() as db:
        await known.close(db, Conversation(directory.account, None, wang))  # answered
    await ask(database, known, Conversation(directory.account, None, li), "of li", at=later(minutes=20))

    closed: list[tuple[datetime, str]] = []
    for minute in (30, 50):
        async with database.transaction() as db:
            while (row := await due.claim(db, COMMUNITY, later(minutes=minute))) is not None:
                found = await known.time_out(db, directory.account, row)
                closed += [(row.due_at, found[1].state)] if found else []
    assert closed == [(later(minutes=50), "of li")]
