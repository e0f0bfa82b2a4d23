"""With a real channel the page shows the complaint list, and nobody speaks there for others."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.message import Inbound
from tests.databases import Shelf
from tests.web.client import Client
from tests.web.house import GOSSIP, House, open_house


@pytest.fixture
async def house(shelf: Shelf) -> AsyncIterator[House]:
    async with open_house(shelf, simulated=False) as opened:
        yield opened


async def test_the_list_follows_what_happens_elsewhere(house: House, client: Client) -> None:
    page = (await client.get("/")).text
    assert "正在用的渠道" in page
    assert "谁来说" not in page
    async with client.events() as stream:
        at = house.simulator.connected.at
        text = "5号楼1单元电梯坏了三天了，没人管，电话13800001234"
        await house.simulator.say(Inbound("g1", "sim_ma", text, at, "sim_gossip", "幸福里闲聊群", "7-3-202 马姐"))
        await stream.next("cases")
        html = await client.shown("/parts/list", "SQ261125-01")
    assert "138****1234" in html
    assert "13800001234" not in html


async def test_nobody_speaks_for_others(client: Client) -> None:
    for answer in (
        await client.say(GOSSIP, "sim_chen", "大家早"),
        await client.show(GOSSIP, "sim_chen", b"x"),
        await client.get(f"/why?chat={GOSSIP}&message=g1"),
    ):
        assert answer.status == 409
        assert "真的群" in answer.json["fault"]
