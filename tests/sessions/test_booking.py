"""Booking a time: which are free, another has it, another day, a change of mind; one person a slot, however many ask at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage import sessions
from storage.database import Database
from tests.assistants import MORNING, open_world, small_settings
from tests.resident import World
from tests.sessions.neighbours import Street, street

RECEPTION = {
    "name": "书记接待",
    "words": ["书记", "接待日"],
    "days": "每月第一个周三",
    "hours": ["14:00-15:00"],
    "minutes": 20,
    "place": "社区服务大厅",
}
PROOF = {
    "name": "居住证明",
    "words": ["居住证明"],
    "days": "每个工作日",
    "hours": ["09:00-10:00", "14:00-15:00"],
    "minutes": 30,
    "place": "社区服务大厅",
    "bring": "身份证",
}
FACTS = {"appointments": [RECEPTION, PROOF], "book_days_ahead": 45}


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Street]:
    world = await open_world(database, small_settings(sessions=FACTS))
    yield await street(world)
    await world.close()


async def test_by_digit_by_hour_and_what_another_has(here: Street) -> None:
    offered = await here.hears(here.wang, "我想找书记反映情况，约个时间", None)
    assert "书记接待，12月2日（周三）" in offered
    assert "2. 14:20" in offered
    assert "约好了：书记接待，12月2日（周三）14:20，社区服务大厅" in await here.hears(here.wang, "2", None)
    taken = await here.hears(here.chen, "约书记 下周三下午2点20", None)
    assert "这个时间有人约了" in taken
    assert "14:20" not in taken
    assert "14:40" in await here.hears(here.chen, "两点四十", None)
    assert "这个时间约不了" in await here.hears(here.fang, "约书记 晚上8点", None)
    assert "请回1到1里的一个数字" in await here.hears(here.fang, "9", None)


async def test_a_full_day_and_a_place_that_comes_free(here: Street) -> None:
    for who, digit in ((here.wang, "1"), (here.chen, "1"), (here.fang, "1")):
        await here.hears(who, "我想约书记", None)
        assert "约好了" in await here.hears(who, digit, None)
    full = await here.hears(here.liu, "我想约书记 12月2日", None)
    assert "那天约满了" in full
    assert "12月2日" not in full
    assert "取消了：书记接待" in await here.hears(here.wang, "取消预约", None)
    assert "1. 14:00" in await here.hears(here.liu, "我想约书记 12月2日", None)


async def test_another_day_holidays_and_too_far(here: Street) -> None:
    assert "居住证明那天不办" in await here.hears(here.wang, "预约居住证明 周六上午", None)
    assert "最远能约到1月9日（周六）" in await here.hears(here.fang, "预约居住证明 3月3日上午9点", None)
    assert "约好了：居住证明，11月27日（周五）09:30" in await here.hears(here.liu, "预约居住证明 周五上午9点半", None)
    assert "想约什么" in await here.hears(here.ma, "@小助手 预约")


async def test_a_holiday_is_no_working_day(database: Database) -> None:
    world = await open_world(database, small_settings(sessions=FACTS), MORNING - timedelta(days=58))
    here = await street(world)
    assert "居住证明那天不办" in await here.hears(here.wang, "预约居住证明 10月1日上午9点", None)
    assert "约好了：居住证明，10月9日（周五）09:00" in await here.hears(here.wang, "预约居住证明 10月9日上午9点", None)
    await world.close()


async def test_another_time_instead(here: Street) -> None:
    await here.hears(here.wang, "预约居住证明 周五上午9点半", None)
    assert "14:30" in await here.hears(here.wang, "换成周五下午2点半", None)
    assert "09:30" in await here.hears(here.chen, "预约居住证明 周五上午9点半", None), "that one is free again"


async def test_two_at_once_get_two_days_of_one(here: Street) -> None:
    await here.at_once((here.wang, "@小助手 预约居住证明 周五上午9点"), (here.chen, "@小助手 预约居住证明 周五上午9点"))
    for who in (here.wang, here.chen):
        await here.hears(who, "约居住证明 周五上午9点", None)
    world: World = here.world
    async with world.assistant.database.reading() as db:
        made = await sessions.open_ones(db, "xingfu", world.clock.now())
        slots = [slot for row in made for slot in await sessions.slots_of(db, row.id)]
    assert len(made) == 1
    assert [slot.taken for slot in slots] == [1, 0, 0, 0]
