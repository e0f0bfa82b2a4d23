"""An emergency: the number to call at once, staff called in private until any of them says anything."""

from __future__ import annotations

from dataclasses import replace

from bot.message import Understanding
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, World

GAS = "楼道里有煤气味！七号楼三单元"


async def test_the_instruction_comes_first_then_staff_are_called(world: World) -> None:
    zhao = world.resident("7-3-202 赵姐")
    [advice] = await zhao.says(GAS, in_group=GROUP)
    assert advice.startswith("@赵姐 【紧急】别点火")
    assert "119" in advice
    assert "SQ261125-01" in advice
    assert "202" not in advice
    first = world.channel.sent[0]
    assert first.outbound.group is not None  # before any alert
    for name in ("李主任", "小周"):
        [alert] = world.staff(name).heard
        assert "SQ261125-01" in alert
        assert "7号楼3单元" in alert
    assert (world.channel.sent[-1].at - first.at).total_seconds() < 30


async def test_only_the_grid_member_of_the_building_is_called(world: World) -> None:
    zhao = world.resident("赵姐")
    await zhao.says(GAS, in_group=GROUP)
    assert world.staff("孙网格").heard == []
    await zhao.says("3号楼着火了，窗户往外冒黑烟", in_group=GROUP)
    assert "3号楼" in world.staff("孙网格").heard[-1]


async def test_staff_are_called_again_every_three_minutes_until_one_answers(world: World) -> None:
    zhao = world.resident("赵姐")
    li, zhou = world.staff("李主任"), world.staff("小周")
    await zhao.says(GAS, in_group=GROUP)
    await world.passes(minutes=7)
    assert len(li.heard) == len(zhou.heard) == 3
    assert "第3次" in li.heard[-1]
    await zhou.says("收到，我马上去", in_group=GROUP)
    before = len(li.heard)
    assert "小周" in li.heard[-1]
    await world.passes(hours=2)
    assert len(li.heard) == before


async def test_the_calling_ends_after_twenty_times(world: World) -> None:
    zhao = world.resident("赵姐")
    await zhao.says(GAS, in_group=GROUP)
    await world.passes(hours=3)
    assert len(world.staff("李主任").heard) == 20


async def test_an_emergency_passes_quiet_hours_and_the_muting(world: World) -> None:
    zhao = world.resident("赵姐")
    await zhao.says("机器人别说话", in_group=GROUP)
    await world.passes(hours=13)  # 23:00
    [advice] = await zhao.says(GAS, in_group=GROUP)
    assert "【紧急】" in advice
    assert world.staff("李主任").heard


async def test_the_place_of_an_emergency_is_asked_for_with_the_instruction_and_told_to_staff(world: World) -> None:
    zhao = world.resident("赵姐")
    [advice] = await zhao.says("着火了着火了，快来人啊，窗户往外窜黑烟", in_group=GROUP)
    assert "119" in advice
    assert "几号楼" in advice
    [thanks] = await zhao.says("9号楼2单元", in_group=GROUP)
    assert "SQ261125-01" in thanks
    assert "9号楼2单元" in world.staff("李主任").heard[-1]


async def test_accepting_takes_the_case_and_ends_the_calling(world: World) -> None:
    zhao = world.resident("赵姐")
    li = world.staff("李主任")
    await zhao.says(GAS, in_group=GROUP)
    [answer] = await li.commands("受理 SQ261125-01")
    assert "已受理SQ261125-01" in answer
    before = len(li.heard)
    await world.passes(minutes=30)
    assert len(li.heard) == before


async def test_what_only_may_be_an_emergency_is_shown_to_staff_without_a_word_in_the_group(world: World) -> None:
    zhao, lead = world.resident("赵姐"), Understanding("", "complaints.emergency", 0.6, lead=True)
    world.assistant.dispatcher._manners = replace(
        world.assistant.dispatcher._manners, understand=lambda _: lead, heeds=lambda _: True
    )
    assert await zhao.says("好像有点糊味儿，又好像没有", in_group=GROUP) == []
    assert "拿不准" in world.staff("李主任").heard[-1]
    await world.passes(minutes=30)
    assert len(world.staff("李主任").heard) == 1


async def test_who_speaks_of_their_own_life_is_answered_alone(world: World) -> None:
    zhao = world.resident("赵姐")
    assert await zhao.says("我不想活了", in_group=GROUP) == []
    assert "12356" in zhao.heard[-1]
    assert "我不想活了" in world.staff("李主任").heard[-1]


async def test_with_no_staff_nobody_is_said_to_be_called(shelf: Shelf, vault: Vault) -> None:
    world = await open_world(Database(shelf.migrated("sqlite"), vault), small_settings(staff=[]))
    [advice] = await world.resident("赵姐").says(GAS, in_group=GROUP)
    assert "我正在叫" not in advice
    assert "0531-5550100" in advice
    await world.close()
