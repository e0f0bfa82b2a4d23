"""Who is meant: somebody else who is called, a child who comes alone, staff who talk in the group."""

from __future__ import annotations

import pytest

from storage.sign_ups import SignUp
from tests.resident import GROUP, World
from tests.sessions.announced import announced, rows, session

LECTURE = "周六上午9:00-11:00社区大厅健康讲座，20人"
NOTICE = "通知 所有群 明天上午停水，提前接水。收到请回复"


@pytest.mark.parametrize("said", ["@王阿姨 我去", "@王阿姨\u2005我去", "@王阿姨 我也去", "我去 @王阿姨 你呢"])
async def test_what_is_said_to_a_neighbour_signs_nobody_up(world: World, said: str) -> None:
    world.resident("3-2-501 王阿姨")
    zhao = world.resident("5-1-302 赵姐")
    await world.connect(GROUP)
    await announced(world, LECTURE)
    assert await zhao.says(said, in_group=GROUP) == []
    assert await rows(world.assistant.database, SignUp) == []


@pytest.mark.parametrize("said", ["我儿子也去", "我妈也想去"])
async def test_a_child_of_somebody_on_no_list_is_signed_up_alone_and_else_is_one_more(world: World, said: str) -> None:
    wang, chen = world.resident("3-2-501 王阿姨"), world.resident("8-1-802 小陈")
    await world.connect(GROUP)
    number = await announced(world, LECTURE)
    [heard] = await chen.says(said, in_group=GROUP)
    assert "报上了" in heard
    assert "1人" in heard
    assert [(row.people, row.for_other) for row in await rows(world.assistant.database, SignUp)] == [(1, True)]
    await world.passes(minutes=1)
    await wang.says("报名", in_group=GROUP)
    [heard] = await wang.says(said, in_group=GROUP)
    assert "2人" in heard
    assert (await session(world, number)).taken == 3


async def test_one_more_where_nobody_is_on_the_list_is_not_guessed(world: World) -> None:
    chen = world.resident("8-1-802 小陈")
    await world.connect(GROUP)
    await announced(world, LECTURE)
    await chen.says("再加一个人", in_group=GROUP)
    assert await rows(world.assistant.database, SignUp) == []


async def test_staff_say_that_they_have_it_and_sign_nobody_up(world: World) -> None:
    wang, li, zhou = world.resident("3-2-501 王阿姨"), world.staff("李主任"), world.staff("小周")
    await world.connect(GROUP)
    await announced(world, LECTURE)
    await li.says(NOTICE)
    await li.says("确认")
    await world.passes(minutes=2)
    for said in ("1", "我去", "我也去", "算我一个", "报名2人", "+1"):
        assert await zhou.says(said, in_group=GROUP) == []
    assert "回“收到”的0人" in (await li.commands("回执 TZ261125-02"))[0]
    await world.passes(minutes=1)
    await wang.says("收到", in_group=GROUP)
    assert await zhou.says("收到", in_group=GROUP) == []
    assert await zhou.says("收到，谢谢", in_group=GROUP) == []
    assert "回“收到”的2人" in (await li.commands("回执 TZ261125-02"))[0]
    assert await rows(world.assistant.database, SignUp) == []
    assert zhou.heard == []
