"""Staff make and change a session in a sentence: what is said back before anything goes out, and what the groups then read."""

from __future__ import annotations

import pytest

from intents.understanding.buildings import spoken
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, World
from tests.sessions.announced import announced
from tests.sessions.neighbours import LECTURE, street


async def test_all_is_said_back_with_what_was_assumed(world: World) -> None:
    here = await street(world)
    [shown] = await here.li.commands("活动 周六上午8:30东门核酸，7-12号楼9:30开始，15号楼10点")
    assert "时间：2026年11月28日（周六）08:30到11:30（没写几点结束，先按3小时算）" in shown
    assert "7–12号楼：11月28日（周六）09:30起" in shown
    assert "15号楼：11月28日（周六）10:00起" in shown
    assert "注意：小区的楼号没有登记，分批的楼号请自己核对一遍。" in shown
    assert "不用报名" in shown
    assert "通知发到1个群：3号楼业主群" in shown
    assert world.heard_in_group() == []
    await here.li.commands("确认")
    await world.passes(minutes=2)
    [notice] = world.heard_in_group()
    assert "分批：7–12号楼09:30起；15号楼10:00起" in notice


async def test_places_that_nobody_limited_and_a_day_off(world: World) -> None:
    here = await street(world)
    [shown] = await here.li.commands("活动 元旦上午9点-11点 活动室 写春联")
    assert "2027年1月1日" in shown
    assert "名额不限（没写名额）" in shown
    assert "没写几点结束" not in shown
    assert "注意：" in shown


async def test_every_part_has_its_own_places(world: World) -> None:
    here = await street(world)
    [shown] = await here.li.commands("活动 周五上午9点-11点 社区卫生站 打流感疫苗 每30分钟一批 每批20人")
    assert "第4场：11月27日（周五）10:30–11:00，20人" in shown
    assert "名额每场20人" in shown
    assert "备注" not in shown


async def test_no_is_no_and_a_change_says_only_what_changed(world: World) -> None:
    here = await street(world)
    await here.li.commands(f"活动 {LECTURE.format(5)}")
    assert "什么都没动" in (await here.li.commands("不要"))[-1]
    assert "现在没有开着的活动" in (await here.li.commands("活动"))[-1]
    number = await announced(world, LECTURE.format(5))
    await here.hears(here.wang, "报名")
    [shown] = await here.li.commands(f"改 {number} 改到周日上午9点")
    assert "改为11月29日（周日）09:00–11:00" in shown
    assert "报了名的1人都会收到" in shown
    await here.li.commands("确认")
    await world.passes(minutes=2)
    assert "地点" not in world.heard_in_group()[-1]
    assert "改为11月29日（周日）09:00" in here.wang.heard[-1]


async def test_who_waits_is_asked_where_there_are_more_places(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(1))
    await here.hears(here.wang, "报名")
    await here.hears(here.chen, "报名")
    [shown] = await here.li.commands(f"改 {number} 名额加到5")
    assert "报名：改为名额5人（原来名额1人）" in shown
    await here.li.commands("确认")
    assert any("有空位了" in text for text in here.chen.heard)
    [refused] = (await here.li.commands(f"改 {number} 名额改成1"), await here.li.commands("确认"))[-1]
    assert "名额不能改得比这还少" in refused


async def test_the_list_is_for_staff_alone(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(5))
    await here.hears(here.liu, "给我妈报一个 刘桂芳 13800001111 9-2-202")
    [whole] = await here.li.commands(f"活动 {number}", in_group=GROUP, quoting=world.sent_to_group()[-1])
    assert "刘桂芳 9-2-202 1人" in whole
    assert not any("9-2-202" in text or "13800001111" in text for text in world.heard_in_group())
    assert await here.hears(here.wang, f"活动 {number}") == ""


async def test_buildings_are_those_of_the_groups(shelf: Shelf, vault: Vault) -> None:
    url = shelf.migrated("sqlite")
    settings = small_settings(groups=[{"name": GROUP, "buildings": "1-6"}])
    world = await open_world(Database(url, vault), settings)
    here = await street(world)
    [refused] = await here.li.commands("活动 周六上午8:30东门核酸，7-12号楼9:30开始")
    assert refused == "咱们小区没有7–11号楼，请核对楼号再发。"
    [shown] = await here.li.commands("活动 周六上午8:30东门核酸，1-6号楼9:30开始")
    assert "1–6号楼" in shown
    assert "没有登记" not in shown
    await world.close()
    shelf.clear(url)


async def test_a_receipt_is_asked_for_and_is_no_sign_up(world: World) -> None:
    here = await street(world)
    number = await announced(world, "周六上午9点-11点 活动室 健康讲座 限3人 要回执")
    assert any("通知里请大家回“收到”" in text for text in here.li.heard)
    assert "看到请回“收到”" in world.heard_in_group()[-1]
    assert await here.hears(here.wang, "1") == ""
    assert await here.hears(here.chen, "收到") == ""
    assert await here.list_of(number) == []


@pytest.mark.parametrize(
    ("buildings", "said"),
    [
        ("7 8 9 10 11 12", ("7–12",)),
        ("1 2 5", ("1", "2", "5")),
        ("3 4 5 8 12 13 14", ("3–5", "8", "12–14")),
        ("东区3 东区4 东区5 A1 A2 A3", ("东区3–5", "A1–A3")),
        ("A B C", ("A", "B", "C")),
    ],
)
def test_buildings_in_few_words(buildings: str, said: tuple[str, ...]) -> None:
    assert spoken(buildings.split()) == said
