"""A community with somebody in every role, and with the rhythms of the day where a test wants them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.complaints import Complaint, by_number
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import FACTS, MORNING, open_world, small_settings
from tests.databases import Shelf
from tests.resident import World

EVERYBODY = [
    *FACTS["staff"],
    {"contact": "wx_ma", "name": "马调解", "role": "mediator"},
    {"contact": "wx_wu", "name": "物业吴", "role": "property"},
    {"contact": "wx_kan", "name": "看看", "role": "viewer"},
]


@pytest.fixture
async def staffed(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """Every role; nothing runs by itself."""
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault), small_settings(staff=EVERYBODY))
    yield world
    await world.close()
    shelf.clear(url)


@pytest.fixture
async def days(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """Every role, and the lists of the day."""
    url = shelf.migrated("sqlite")
    settings = small_settings(staff=EVERYBODY)
    world = await open_world(Database(url, vault), settings, MORNING, rhythms=True)
    yield world
    await world.close()
    shelf.clear(url)


async def case(world: World, number: str) -> Complaint:
    async with world.assistant.database.reading() as db:
        found = await by_number(db, world.assistant.settings.community.id, number)
        assert found is not None, number
        return found
