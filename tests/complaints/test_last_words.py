"""What is a last word on a case and what is not; who is asked which case where; and who reports without end."""

from __future__ import annotations

import asyncio

import pytest

from bot.message import Inbound
from storage import case_lists, complaints
from storage.complaints import Complaint
from tests.complaints.test_follow_up import ONE, case, resolved
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


@pytest.mark.parametrize(
    "text", ["饭做好了，大家下来吃吧", "今天这白菜不行，都蔫了", "好了不说了，下楼跳舞去", "一般人我不告诉他"]
)
async def test_chatter_is_no_last_word(world: World, text: str) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    assert await wang.says(text, in_group=GROUP) == []
    assert (await case(world)).state == "awaiting_word"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("好了", "closed"),
        ("满意", "closed"),
        ("还行吧", "closed"),
        ("不行", "working"),
        ("还是不亮", "working"),
        ("１", "closed"),
    ],
)
async def test_short_last_words(world: World, text: str, state: str) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    await wang.says(text, in_group=GROUP)
    assert (await case(world)).state == state


async def test_another_trouble_is_filed_whatever_is_asked(world: World) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    [answer] = await wang.says("5号楼1单元电梯又坏了，没人来修", in_group=GROUP)
    assert "SQ261125-02" in answer
    assert (await case(world)).state == "awaiting_word"


async def test_what_the_group_must_not_hear_is_asked_in_private(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("请和事佬出面说说，楼上嫌我家孩子练琴，8-2-602")
    await wang.says("3号楼2单元楼道堆满杂物没人管，别说是我说的", in_group=GROUP)
    await world.passes(minutes=20)
    before = len(world.heard_in_group())
    await wang.says("@小助手 我那个不用弄了，自己解决了", in_group=GROUP)
    assert len(world.heard_in_group()) == before
    assert "哪一件" in wang.heard[-1]


async def test_who_was_joined_asks_for_mine_and_hears_of_the_whole(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼1单元楼道灯也坏了，黑咕隆咚的", in_group=GROUP)
    await li.commands("并案 SQ261125-01 SQ261125-02")
    assert ONE in (await zhao.says("我报的那个灯咋样了？"))[0]
    assert ONE in (await zhao.says("SQ261125-02"))[0]


async def test_one_call_does_not_close_over_somebody_who_is_still_asked(world: World) -> None:
    wang, li, zhou = world.resident("王阿姨"), world.staff("李主任"), world.staff("小周")
    await wang.says("12号楼暖气不热，14度", in_group=GROUP)
    await li.commands("代报 张大爷 12号楼2单元 暖气不热 电话")
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 换热站修好了")
    await world.passes(minutes=20)
    await zhou.commands(f"回访 {ONE} 满意")
    assert (await case(world)).state == "awaiting_word"
    await wang.says("3", in_group=GROUP)
    assert (await case(world)).state == "working"


async def test_nothing_is_asked_in_the_morning_that_was_answered_at_night(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"受理 {ONE}")
    await world.passes(hours=11, minutes=20)  # 21:20
    await li.commands(f"办结 {ONE} 换了灯泡")
    await world.passes(hours=24, minutes=20)  # asked again, which waits for the morning
    await wang.says("1")
    before = len(world.heard_in_group())
    await world.passes(hours=12)
    assert len(world.heard_in_group()) == before


async def test_done_again_at_night_asks_nothing_in_the_morning(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"受理 {ONE}")
    await world.passes(hours=12)  # 22:00
    await li.commands(f"办结 {ONE} 换了灯泡")
    await li.commands(f"重办 {ONE} 又灭了")
    before = len(world.heard_in_group())
    await world.passes(hours=11)
    assert not any("满意回1" in text for text in world.heard_in_group()[before:])


async def test_a_person_of_whom_nobody_is_to_know_is_not_called(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修，别说是我说的", in_group=GROUP)
    [answer] = await li.says("算了", in_group=GROUP)
    assert "李叔" not in answer


async def test_who_is_muted_seconds_without_a_word(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says("12号楼1单元暖气不热，屋里才14度", in_group=GROUP)
    await li.says("机器人别说话", in_group=GROUP)
    before = len(world.heard_in_group())
    await li.says("我家也是，12-1-701，一起登记上", in_group=GROUP)
    await world.passes(minutes=20)
    assert len(world.heard_in_group()) == before


async def test_fifteen_fires_by_one_person_are_put_before_staff_once(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    limit = world.assistant.settings.limits.complaints_an_hour_person
    for number in range(limit + 5):
        await wang.says(f"{number + 1}号楼着火了，窗户往外冒黑烟")
    assert sum("一小时里报了很多件" in text for text in li.heard) == 1
    assert sum("不逐条回" in text for text in wang.heard) == 1


async def test_six_who_say_it_in_one_instant_are_one_case(world_on_both: World) -> None:
    world = world_on_both
    people = [world.resident(f"12-1-{number}01 邻居{number}") for number in range(6)]
    for number, one in enumerate(people):
        said = Inbound(
            id=f"storm-{number}",
            sender=one.contact,
            text=f"12号楼1单元暖气不热，屋里才{number + 10}度",
            at=world.clock.now(),
            group=f"room:{GROUP}",
            group_name=GROUP,
            sender_name=one.nickname,
        )
        await world.assistant.dispatcher.feed(said)
    await asyncio.sleep(0)
    await world.assistant.dispatcher.settle()
    async with world.assistant.database.reading() as db:
        assert await case_lists.totals(db, world.assistant.settings.community.id) == (1, 6)
        found: Complaint | None = await complaints.by_number(db, world.assistant.settings.community.id, ONE)
        assert found is not None
