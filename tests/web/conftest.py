from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import Shelf
from tests.web.client import Client
from tests.web.house import House, open_house


@pytest.fixture
async def house(shelf: Shelf) -> AsyncIterator[House]:
    async with open_house(shelf) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return Client(house.port)
