"""The real assistant for tests: all that `bot.app` puts together, on a channel, a clock and a database of the test's choice.

assistant       `await assistant(database, channel=…, clock=…)` assembles one and closes it after the test
world           an assistant on a simulated chat and a clock that jumps, for conversations (tests/resident.py)
world_on_both   the same, once on SQLite and once on PostgreSQL
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest

from bot.app import Assistant, assemble, open_database
from bot.channels.base import Channel
from bot.settings import Settings
from bot.sources import SeededChance
from scheduler.clock import Clock
from storage.database import Database
from storage.secrets import Vault
from tests.databases import Shelf
from tests.resident import World

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)
"""A Wednesday."""

FACTS: dict[str, Any] = {
    "community": {
        "id": "xingfu",
        "name": "幸福里社区",
        "phones": {"office": "0531-5550100", "gas": "0531-5550177", "lift": "0531-5550188"},
    },
    "channel": {"kind": "simulator", "names": ["小助手", "社区小助手"]},
    "staff": [
        {"contact": "wx_li", "name": "李主任", "role": "admin"},
        {"contact": "wx_zhou", "name": "小周", "role": "worker"},
        {"contact": "wx_sun", "name": "孙网格", "role": "grid", "buildings": ["3", "5"]},
    ],
}


def small_settings(**changes: Any) -> Settings:
    """Settings of an invented community; `pacing={"gap_s": 0}` and the like replace a part."""
    return Settings(**{**FACTS, **changes})


async def assembled(
    database: Database,
    channel: Channel,
    clock: Clock,
    settings: Settings | None = None,
    *,
    kind: str = "simulator",
    rhythms: bool = False,
) -> Assistant:
    await open_database(database)
    chance = SeededChance(b"tests")
    return await assemble(
        settings or small_settings(), database, channel, clock, chance, channel_kind=kind, rhythms=rhythms
    )


class StartAssistant(Protocol):
    async def __call__(
        self, database: Database, channel: Channel, clock: Clock, settings: Settings | None = None
    ) -> Assistant: ...


@pytest.fixture
async def assistant() -> AsyncIterator[StartAssistant]:
    started: list[Assistant] = []

    async def start(database: Database, channel: Channel, clock: Clock, settings: Settings | None = None) -> Assistant:
        started.append(await assembled(database, channel, clock, settings))
        return started[-1]

    yield start
    for one in started:
        await one.close()


async def open_world(
    database: Database, settings: Settings | None = None, start: datetime = MORNING, *, rhythms: bool = False
) -> World:
    """A chat with nobody in it but the staff; people come in as they are named."""
    world = World(start)
    world.assistant = await assembled(database, world.channel, world.clock, settings, rhythms=rhythms)
    await world.connect()
    return world


@pytest.fixture
async def world(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault))
    yield world
    await world.close()
    shelf.clear(url)


@pytest.fixture
async def world_on_both(database: Database) -> AsyncIterator[World]:
    world = await open_world(database)
    yield world
    await world.close()
