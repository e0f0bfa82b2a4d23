from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from storage.accounts import Directory
from storage.database import Database
from storage.secrets import Vault
from tests.databases import Shelf
from tests.storage.rows import directory_of


@pytest.fixture
def shelf_url(shelf: Shelf) -> Iterator[str]:
    """An SQLite file with today's tables, for what only SQLite does."""
    url = shelf.migrated("sqlite")
    yield url
    shelf.clear(url)


@pytest.fixture
def sqlite_path(shelf_url: str) -> Path:
    return Path(str(make_url(shelf_url).database))


@pytest.fixture
async def directory(database: Database) -> Directory:
    return await directory_of(database)


@pytest.fixture
async def other(database: Database, vault: Vault) -> AsyncIterator[Database]:
    """The same database, as another process would open it."""
    other = Database(database.url, vault)
    yield other
    await other.close()
