from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from storage.secrets import Vault
from tests.databases import Shelf
from tests.notices.town import Town, open_town


@pytest.fixture
async def town(shelf: Shelf, vault: Vault) -> AsyncIterator[Town]:
    url = shelf.migrated("sqlite")
    town = await open_town(Database(url, vault))
    yield town
    await town.close()
    shelf.clear(url)


@pytest.fixture
async def town_on_both(database: Database) -> AsyncIterator[Town]:
    town = await open_town(database)
    yield town
    await town.close()
