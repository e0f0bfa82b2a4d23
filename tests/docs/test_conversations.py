"""What the guide quotes of sessions, notices and the activity ledger is what the assistant says there, word by word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.settings import load_settings
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import open_world, small_settings
from tests.databases import Shelf
from tests.docs.pages import GUIDE, PROJECT, blocks
from tests.resident import GROUP, World


@pytest.fixture
async def community(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """With the appointments that are shipped, five people and two groups."""
    url = shelf.migrated("sqlite")
    shipped = load_settings(PROJECT / "config.yaml")
    settings = small_settings(pacing={"gap_s": 1}, sessions=shipped.sessions.model_dump())
    world = await open_world(Database(url, vault), settings)
    yield world
    await world.close()
    shelf.clear(url)


def quoted() -> list[str]:
    """What the guide says that the assistant says, a line each."""
    return [line for block in blocks(GUIDE, "回话") for line in block.splitlines()]


def example(begins: str) -> str:
    """The command of the guide that begins so."""
    [found] = {line for block in blocks(GUIDE, "命令") for line in block.splitlines() if line.startswith(begins)}
    return found


async def test_what_the_guide_quotes_is_what_is_said(community: World) -> None:
    li, _ = community.staff("李主任"), community.staff("小周")
    wang, zhao = community.resident("3-2-501 王阿姨"), community.resident("5-1-302 赵姐", friend=False)
    community.resident("8-1-802 小陈")
    await community.connect(GROUP, "南区业主群")
    await li.says(example("通知 3-7栋 明天"))
    await li.says("不要")
    await li.says(example("记一笔 走访 百岁"))
    await wang.says("我想找书记反映情况，约个时间")
    await li.says(example("活动 周六上午8:30-11:30 活动室 健康讲座"))
    await li.says("确认")
    await community.passes(minutes=3)
    await zhao.says("给我妈报名，9-1-101 陈桂英 13800001111", in_group=GROUP)
    await zhao.says("给我爸报名，9-1-102 陈大爷 13800002222", in_group=GROUP)
    await community.passes(hours=47)
    await li.says("电话单")
    said = {line for one in community.channel.sent for line in one.outbound.text.splitlines()}
    assert len(quoted()) > 15
    assert [line for line in quoted() if line not in said] == []
