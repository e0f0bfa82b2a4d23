"""Who asks about a case hears its state, if it concerns them."""

from __future__ import annotations

from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def test_the_reporter_hears_the_state_by_number_or_without(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    assert "待受理" in (await wang.says("SQ261125-01"))[0]
    assert "SQ261125-01" in (await wang.says("@小助手 帮我查查我报的事办得咋样了", in_group=GROUP))[0]


async def test_a_member_of_the_group_may_ask_a_stranger_may_not(world: World) -> None:
    wang, li, stranger = world.resident("王阿姨"), world.resident("李叔"), world.resident("外人")
    await wang.says(LAMP, in_group=GROUP)
    await li.says("早", in_group=GROUP)
    await li.says("3号楼1单元门关不上，呼呼灌风", in_group=GROUP)
    assert "待受理" in (await li.says("SQ261125-01"))[0]
    assert "没查到SQ261125-01" in (await stranger.says("SQ261125-01"))[0]


async def test_an_unknown_number_is_said_to_be_unknown(world: World) -> None:
    wang = world.resident("王阿姨")
    assert "没查到" in (await wang.says("工单202203080017处理到哪一步了", in_group=GROUP))[0]


async def test_nobody_hears_of_a_case_that_was_never_filed(world: World) -> None:
    wang = world.resident("王阿姨")
    assert "没查到您报过" in (await wang.says("@小助手 我报的事办得咋样了", in_group=GROUP))[0]


async def test_an_anonymous_case_and_one_of_another_group_are_told_in_private(world: World) -> None:
    li = world.resident("4-1-202 李叔")
    await li.says("楼下麻将馆半夜哗啦哗啦，吵得睡不着，4号楼，别说是我说的", in_group=GROUP)
    before = len(world.heard_in_group())
    await li.says("@小助手 我报的那个咋样了", in_group=GROUP)
    await li.says("@小助手 SQ261125-01", in_group=GROUP)
    assert len(world.heard_in_group()) == before
    assert sum("SQ261125-01" in text for text in li.heard) == 2
