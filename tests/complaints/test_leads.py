"""Leads: taken or dropped by one character, one after the other, by whoever comes first; none vanishes unseen."""

from __future__ import annotations

import asyncio

import pytest

from storage import audit, case_lists
from storage.complaints import Case
from tests.complaints.staffed import staffed
from tests.resident import GROUP, StaffMember, World

__all__ = ["staffed"]

DOOR, LAMP = "3号楼2单元单元门坏了三天没人管", "5号楼1单元楼道灯坏了三天没人管"
NOWHERE = "楼道灯坏了好几天了没人修"


async def two_leads(world: World) -> None:
    """A muted person's complaints are kept quietly."""
    ma = world.resident("3-2-501 老马")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says(DOOR, in_group=GROUP)
    await ma.says(LAMP, in_group=GROUP)


async def cases(world: World, *states: str) -> list[Case]:
    async with world.assistant.database.reading() as db:
        return await case_lists.listed(db, world.assistant.settings.community.id, states or None)


async def test_a_lead_stands_whole_at_the_end_of_the_agenda(world: World) -> None:
    await two_leads(world)
    [agenda] = await world.staff("李主任").commands("待办")
    assert agenda == (
        "线索 2条（7天内的）\n"
        f"线索：老马在“{GROUP}”，11月25日（周三）10:00\n"
        f"{DOOR}\n"
        "听着像：公共设施·单元门，3号楼2单元\n"
        "受理回1，不算回2，先放着回3。后面还有1条。"
    )


async def test_one_takes_two_drops_and_three_leaves(world: World) -> None:
    await two_leads(world)
    await world.resident("赵姐").says(NOWHERE, in_group=GROUP)
    li = world.staff("李主任")
    await li.commands("线索")
    [answer] = await li.commands("1")
    assert answer.startswith("已受理SQ261125-01，会告诉报的人。")
    assert LAMP in answer
    await world.passes(minutes=1)
    assert "SQ261125-01（单元门）社区已经受理" in world.heard_in_group()[-1]
    [answer] = await li.commands("2")
    assert answer.startswith("好，这条不算。")
    assert "等地点：赵姐" in answer
    assert NOWHERE in answer
    assert await li.commands("3") == ["好，先放着。后面没有了。"]
    assert [(one.number, one.handler) for one in await cases(world, "accepted")] == [("SQ261125-01", "李主任")]
    assert [one.wording for one in await cases(world, "dropped")] == [LAMP]
    assert len(await cases(world, "awaiting_place")) == 1
    async with world.assistant.database.reading() as db:
        [dropped] = await cases(world, "dropped")
        story = await audit.story(db, world.assistant.settings.community.id, f"complaint:{dropped.id}")
    assert (story[-1].verb, story[-1].actor) == ("complaints.drop", "admin")


async def test_a_report_without_a_place_is_taken_without_one(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says(NOWHERE, in_group=GROUP)
    assert "等地点：赵姐" in (await li.commands("线索"))[0]
    assert await li.commands("1") == ["已受理SQ261125-01，会告诉报的人。后面没有了。"]
    await world.passes(minutes=1)
    assert "SQ261125-01" in world.heard_in_group()[-1]


async def test_what_was_left_comes_again_the_next_time(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    await li.commands("3")
    assert "后面没有了" in (await li.commands("3"))[0]
    assert DOOR in (await li.commands("线索"))[0]
    assert len(await cases(world, "lead")) == 2


async def test_two_who_answer_one_lead_make_one_case(world: World) -> None:
    await two_leads(world)
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands("线索")
    await zhou.commands("线索")
    await li.commands("1")
    [late] = await zhou.commands("1")
    assert late.startswith("李主任刚办了这一条，SQ261125-01现在是“已受理”。")
    assert LAMP in late  # and goes on with the next
    await zhou.commands("2")
    [late] = await li.commands("2")
    assert late.startswith("小周刚办了这一条")
    assert "现在是“不算诉求”" in late
    assert len(await cases(world)) == 2
    await world.passes(minutes=11)
    assert sum("已经受理" in line for line in world.heard_in_group()) == 1


async def test_both_at_the_same_moment(world_on_both: World) -> None:
    world = world_on_both
    await two_leads(world)
    both = [world.staff("李主任"), world.staff("小周")]
    for one in both:
        await one.commands("线索")
    before = [len(one.heard) for one in both]
    await asyncio.gather(*(_feeds(one, "1") for one in both))
    await world.assistant.dispatcher.settle()
    await world.passes(minutes=1)
    answers = [one.heard[since:] for one, since in zip(both, before, strict=True)]
    assert sorted(len(heard) for heard in answers) == [1, 1]
    assert sum("刚办了这一条" in heard[0] for heard in answers) == 1
    assert [one.number for one in await cases(world, "accepted")] == ["SQ261125-01"]


async def _feeds(one: StaffMember, text: str) -> None:
    await one.says(text)


async def test_what_is_no_answer_gets_one_line_and_changes_nothing(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    for said in ("4", "0", "11啊", "哈哈"):
        assert await li.commands(said) == ["没看懂。这一条：受理回1，不算回2，先放着回3。"], said
    assert len(await cases(world, "lead")) == 2
    assert DOOR not in (await li.commands("２"))[0]  # a wide digit is a digit
    assert len(await cases(world, "dropped")) == 1


async def test_a_command_in_between_is_a_command(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    assert await li.commands("超期") == ["没有超期的件。"]
    assert "已受理SQ261125-01" in (await li.commands("1"))[0]


async def test_the_question_ends_after_a_while(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    before = len(li.heard)
    await world.passes(hours=1)
    assert len(li.heard) == before  # it closes without a word
    assert "没认出" in (await li.commands("1"))[0]
    assert len(await cases(world, "lead")) == 2


async def test_a_residents_digit_decides_nothing(world: World) -> None:
    await two_leads(world)
    await world.staff("李主任").commands("线索")
    await world.resident("王阿姨").says("1")
    await world.resident("王阿姨").says("线索")
    assert len(await cases(world, "lead")) == 2


async def test_nothing_vanishes_unseen(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await world.passes(days=3)
    assert "线索 2条（7天内的）" in (await li.commands("待办"))[0]
    await world.passes(days=5)
    await world.resident("老李", contact="wx_new").says("机器人别说话", in_group=GROUP)
    await world.people["wx_new"].says("8号楼1单元楼道灯坏了三天没人管", in_group=GROUP)
    [agenda] = await li.commands("待办")
    assert "线索 1条（7天内的），更早的还有2条" in agenda
    assert "8号楼1单元" in agenda  # the fresh one first
    assert DOOR in (await li.commands("2"))[0]  # then the old ones
    assert LAMP in (await li.commands("2"))[0]
    assert "后面没有了" in (await li.commands("2"))[0]


async def test_a_dropped_lead_comes_back(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    await li.commands("2")
    assert "现在是“线索”" in (await li.commands("撤销"))[0]
    assert len(await cases(world, "lead")) == 2


async def test_an_alarm_comes_before_a_lead(world: World) -> None:
    await two_leads(world)
    li = world.staff("李主任")
    await li.commands("线索")
    await world.resident("王阿姨").says("7号楼3单元有煤气味！", in_group=GROUP)
    [answer] = await li.commands("1")
    assert "我不再催" in answer
    assert len(await cases(world, "lead")) == 2
    assert "已受理" in (await li.commands("1"))[0]


async def test_who_wants_no_name_has_none_here_either(world: World) -> None:
    ma = world.resident("老马")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("别说是我说的，3号楼2单元单元门坏了三天没人管", in_group=GROUP)
    [lead] = await world.staff("李主任").commands("线索")
    assert "老马" not in lead
    assert "要求不透露的居民" in lead


@pytest.mark.parametrize("name", ["物业吴", "马调解", "看看"])
async def test_leads_are_for_those_who_accept_cases(staffed: World, name: str) -> None:
    await two_leads(staffed)
    one = staffed.staff(name)
    assert "角色" in (await one.commands("线索"))[0]
    [agenda] = await one.commands("待办")
    assert "回1" not in agenda
    assert "没认出" in (await one.commands("1"))[0]


async def test_long_words_are_shown_whole(world: World) -> None:
    ma = world.resident("老马")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("3号楼2单元单元门坏了三天没人管，" + "真的很久了。" * 400, in_group=GROUP)
    said = "".join(await world.staff("李主任").commands("线索"))
    assert said.count("真的很久了。") == 400
    assert said.endswith("先放着回3。")
