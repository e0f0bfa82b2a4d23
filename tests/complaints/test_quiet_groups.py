"""At most two lines on one trouble in ten minutes, whatever kind of line it is."""

from __future__ import annotations

from datetime import timedelta

from storage import case_lists
from tests.resident import GROUP, Resident, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
DOUBTFUL = "3号楼楼道灯坏了没人修"
ONE = "SQ261125-01"
WINDOW = timedelta(minutes=10)


def most_within_ten_minutes(world: World, word: str) -> int:
    at = [sent.at for sent in world.sent_to_group() if word in sent.outbound.text]
    return max((sum(one <= other < one + WINDOW for other in at) for one in at), default=0)


async def numbered(world: World) -> int:
    async with world.assistant.database.reading() as db:
        listed = await case_lists.listed(db, world.assistant.settings.community.id)
        return sum(one.number is not None for one in listed)


async def test_whether_it_is_the_same_is_asked_in_private_once_the_group_has_heard_two_lines(world: World) -> None:
    await world.resident("王阿姨").says(LAMP, in_group=GROUP)
    people = [world.resident(f"邻居{name}") for name in "甲乙丙"]
    for one in people:
        await one.says(f"{DOUBTFUL}{one.nickname[-1]}", in_group=GROUP)
    assert len(world.heard_in_group()) == 2
    assert "回“是”" in people[1].heard[-1]
    [answer] = await people[1].says("是")
    assert "2位邻居" in answer


async def test_a_stranger_who_can_not_be_asked_has_a_case(world: World) -> None:
    await world.resident("王阿姨").says(LAMP, in_group=GROUP)
    for name in "甲乙":
        await world.resident(f"邻居{name}", friend=False).says(f"{DOUBTFUL}{name}", in_group=GROUP)
    assert len(world.heard_in_group()) == 2
    assert await numbered(world) == 2  # the one who was asked may still answer


async def test_the_line_that_no_place_came_is_one_of_the_two(world: World) -> None:
    zhao = world.resident("赵姐", friend=False)
    await zhao.says("@小助手 家里暖气不热，冻死人了，没人管", in_group=GROUP)
    await world.passes(minutes=26)
    for building in (11, 12):
        await world.resident(f"邻{building}").says(f"{building}号楼暖气不热，冻死了", in_group=GROUP)
    await world.passes(minutes=25)
    lines = [sent for sent in world.sent_to_group() if "暖气" in sent.outbound.text or "没等到" in sent.outbound.text]
    assert "没等到" in lines[-1].outbound.text
    for index in range(len(lines) - 2):
        assert lines[index + 2].at - lines[index].at >= WINDOW


async def test_several_troubles_wait_for_the_fullest_of_them(world: World) -> None:
    for building in (11, 12):
        await world.resident(f"邻{building}").says(f"{building}号楼暖气不热，冻死了", in_group=GROUP)
    heard = len(world.heard_in_group())
    await world.resident("钱姐").says("6号楼电梯停了，另外14号楼暖气不热冻死了", in_group=GROUP)
    assert len(world.heard_in_group()) == heard
    await world.passes(minutes=12)
    assert "都记上了" in world.heard_in_group()[-1]
    assert most_within_ten_minutes(world, "暖气") == 2


async def test_a_danger_is_one_trouble_before_and_after_its_place_is_known(world: World) -> None:
    first, second, third = (world.resident(name) for name in "甲乙丙")
    await first.says("着火了快来人啊！楼道里全是烟", in_group=GROUP)
    await first.says("7号楼三单元", in_group=GROUP)
    await second.says("7号楼着火了，快救火", in_group=GROUP)
    await third.says("着火啦，好大烟，快跑", in_group=GROUP)
    assert len(world.heard_in_group()) == 2
    assert "119" in second.heard[-1]
    assert "119" in third.heard[-1]


async def asks_for_progress(people: list[Resident]) -> None:
    for one in people:
        await one.says(f"@小助手 {ONE}咋样了", in_group=GROUP)


async def test_answers_held_back_are_not_said_to_be_late_and_news_go_first(world: World) -> None:
    zhu = world.staff("李主任")
    people = [world.resident(f"邻居{name}", friend=False) for name in "甲乙丙丁戊己庚辛壬癸"]
    await world.resident("王阿姨", friend=False).says(LAMP, in_group=GROUP)
    for one in people:
        await one.says("3号楼2单元楼道灯坏了，没人修", in_group=GROUP)
    await world.passes(minutes=25)
    await asks_for_progress(people)
    heard = len(world.heard_in_group())
    await zhu.commands(f"受理 {ONE}")
    await world.passes(minutes=11)
    assert "已经受理" in world.heard_in_group()[heard]
    await world.passes(hours=2)
    assert not [text for text in world.heard_in_group() if "网络不好" in text]
    at = [sent.at for sent in world.sent_to_group()]
    assert all(at[index + 2] - at[index] >= WINDOW for index in range(len(at) - 2))
