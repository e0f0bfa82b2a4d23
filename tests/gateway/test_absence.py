"""What was said while the assistant was not running never arrives: staff are told for how long that was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.message import Connected
from storage import accounts
from storage.database import Database
from tests.assistants import MORNING, assembled
from tests.resident import ACCOUNT, World


@pytest.mark.parametrize(("minutes", "told"), [(1, False), (45, True)])
async def test_staff_hear_of_a_long_absence_only(database: Database, minutes: int, told: bool) -> None:
    world = World(MORNING)
    world.assistant = await assembled(database, world.channel, world.clock, kind="wechaty")
    await world.connect()
    async with database.transaction() as db:
        await accounts.note_seen(db, world.assistant.directory.account, MORNING - timedelta(minutes=minutes))
    world.assistant = await assembled(database, world.channel, world.clock, kind="wechaty")
    await world.happens(Connected(ACCOUNT, "小助手", world.clock.now()))
    assert any("没听到" in text for text in world.staff("李主任").heard) is told
