"""The database goes away for a moment, at the worst of moments."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import select, text

from bot.channels.base import Feed
from bot.message import Connected, Member, Outbound, RosterGroup
from scheduler.clock import SystemClock
from storage.database import Database
from storage.messages import OutboxRow
from tests.assistants import ZONE, StartAssistant, small_settings
from tests.storage.rows import draft, queue


class TakesTheTableAway:
    """A channel during whose first send the outbox vanishes."""

    echoes = False

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sent: list[str] = []

    async def run(self, feed: Feed) -> None:
        raise NotImplementedError

    async def send(self, outbound: Outbound) -> str:
        self.sent.append(outbound.text)
        if len(self.sent) == 1:
            await self.rename("outbox", "away")
        return f"wire-{len(self.sent)}"

    async def rename(self, before: str, after: str) -> None:
        async with self._database.transaction() as db:
            await db.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


async def test_a_reply_whose_settling_failed_is_not_left_hanging(
    database: Database, other: Database, assistant: StartAssistant
) -> None:
    clock, channel = SystemClock(ZONE), TakesTheTableAway(other)
    house = await assistant(database, channel, clock, small_settings(pacing={"gap_s": 0, "jitter_s": 0}))
    group = RosterGroup("room:3", "3号楼", (Member("w1", "王秀兰", "王阿姨", True),))
    await house.dispatcher.feed(Connected("bot", "小助手", clock.now(), (group,)))
    wang = house.directory.contact("w1")
    await queue(database, house.directory, draft(wang, "SQ261125-01", created_at=clock.now(), not_before=clock.now()))

    sending = asyncio.create_task(house.sender.run())
    async with asyncio.timeout(10):
        while not channel.sent:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        await channel.rename("away", "outbox")
        house.sender.wake()
        while len(channel.sent) < 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
    assert not sending.done()
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    assert channel.sent == ["SQ261125-01", "SQ261125-01"]
    async with database.reading() as db:
        assert [row.state for row in await db.scalars(select(OutboxRow))] == ["sent"]
