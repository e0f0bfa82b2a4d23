from __future__ import annotations

import pytest

from storage.database import Database
from tests.bot.office import Office


@pytest.fixture
async def office(database: Database) -> Office:
    office = Office(database)
    await office.start()
    return office
