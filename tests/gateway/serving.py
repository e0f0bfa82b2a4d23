"""The real assistant on a real gateway: started and stopped, what left on the wire, what the ledger says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.app import Assistant
from bot.settings import Settings
from scheduler.clock import Clock, SystemClock
from storage import case_lists
from storage.complaints import Case
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import ZONE, assembled, small_settings
from tests.databases import KEY
from tests.gateway.listening import channel_to
from tests.gateway.rig import Gateway, until

STAFF = "wxid_zhou"
QUICK = {"gap_s": 0, "jitter_s": 0, "a_minute": 1000, "notice_gap_s": 0}


def settings(**changes: Any) -> Settings:
    staff = [{"contact": STAFF, "name": "周主任", "role": "admin"}]
    # these tests run at any hour, and a group's update waits for the end of quiet hours
    return small_settings(staff=staff, pacing=QUICK, quiet_hours={"start": "00:00", "end": "00:00"}, **changes)


@asynccontextmanager
async def serving(
    gateway: Gateway, url: str, clock: Clock | None = None, facts: Settings | None = None
) -> AsyncIterator[Assistant]:
    channel = channel_to(gateway, watchdog_interval_s=0.4, call_timeout_s=0.8)
    database = Database(url, Vault(KEY))
    assistant = await assembled(database, channel, clock or SystemClock(ZONE), facts or settings(), kind="wechaty")
    running = asyncio.create_task(assistant.run())
    try:
        await until(lambda: assistant.directory.self_raw_id is not None and channel.connected, 20)
        yield assistant
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await assistant.close()


def left(gateway: Gateway, conversation: str) -> list[str]:
    """Texts, and names of files, that really left on the wire to one room or person, in order."""
    return [
        record["name"] if record["kind"] == "file" else record["text"]
        for record in gateway.records
        if record["ev"] == "sent" and record["conversation"] == conversation
    ]


async def heard(gateway: Gateway, conversation: str, part: str, timeout_s: float = 15) -> str:
    await until(lambda: any(part in text for text in left(gateway, conversation)), timeout_s)
    return next(text for text in left(gateway, conversation) if part in text)


async def ledger(assistant: Assistant) -> list[Case]:
    async with assistant.database.reading() as db:
        return await case_lists.everything(db, assistant.settings.community.id, 0)
