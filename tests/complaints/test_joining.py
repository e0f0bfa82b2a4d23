"""Many reports, one case: who is joined, who is asked, who is not, and how little a group hears of it."""

from __future__ import annotations

from storage import case_lists, complaints, reporters
from tests.resident import GROUP, World

COLD = "12号楼1单元暖气不热，屋里才14度"
LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def counted(world: World) -> tuple[int, int]:
    async with world.assistant.database.reading() as db:
        return await case_lists.totals(db, world.assistant.settings.community.id)


async def test_a_second_report_of_the_same_trouble_joins_the_case(world: World) -> None:
    zhao, li = world.resident("12-1-501 赵姐"), world.resident("12-1-702 李叔")
    [first] = await zhao.says(COLD, in_group=GROUP)
    assert "SQ261125-01" in first
    [second] = await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    assert second == "@李叔 给您加上了。12号楼1单元暖气不热（SQ261125-01），现在2位邻居反映，有进展一起告诉大家。"
    assert await counted(world) == (1, 2)


async def test_from_the_third_on_a_group_hears_one_line_for_all(world: World) -> None:
    people = [world.resident(f"12-1-{room}01 邻居{room}") for room in range(1, 8)]
    for one in people:
        await one.says(f"12号楼1单元暖气不热，{one.nickname[-1]}楼冻得不行", in_group=GROUP)
    assert len(world.heard_in_group()) == 2
    await world.passes(minutes=12)
    heard = world.heard_in_group()
    assert len(heard) == 3
    assert "暖气不热的事都记上了：12号楼1单元（SQ261125-01）7位邻居" in heard[-1]
    assert await counted(world) == (1, 7)


async def test_the_same_person_counts_once(world: World) -> None:
    zhao = world.resident("赵姐")
    await zhao.says(COLD, in_group=GROUP)
    await world.passes(hours=1)
    [again] = await zhao.says("12号楼1单元暖气还不热啊，快冻僵了", in_group=GROUP)
    assert "已经记着了" in again
    assert await counted(world) == (1, 1)


async def test_lamps_of_two_units_are_two_cases_and_a_doubtful_one_is_asked(world: World) -> None:
    wang, li, zhao = world.resident("王阿姨"), world.resident("李叔"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    [second] = await li.says("3号楼1单元楼道灯也坏了，黑咕隆咚的", in_group=GROUP)
    assert "SQ261125-02" in second
    [question] = await zhao.says("3号楼楼道灯坏了没人修", in_group=GROUP)
    assert "回“是”" in question
    await zhao.says("是的", in_group=GROUP)
    assert "2位邻居" in zhao.heard[-1]  # the group has heard two lines of that lamp
    assert await counted(world) == (2, 3)


async def test_no_is_another_case(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼楼道灯坏了没人修", in_group=GROUP)
    [answer] = await zhao.says("不是", in_group=GROUP)
    assert "SQ261125-02" in answer


async def test_the_unit_tells_which(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼楼道灯坏了没人修", in_group=GROUP)
    [answer] = await zhao.says("1单元的", in_group=GROUP)
    assert "3号楼1单元" in answer
    assert "SQ261125-02" in answer


async def test_a_question_that_nobody_answers_is_a_case_by_itself(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼楼道灯坏了没人修", in_group=GROUP)
    await world.passes(minutes=40)
    assert await counted(world) == (2, 2)


async def test_one_homes_repair_is_never_joined(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says("9号楼1单元我家水管爆了漏水没人管", in_group=GROUP)
    await li.says("9号楼1单元我家水管也漏水，麻烦来人看看", in_group=GROUP)
    assert (await counted(world))[0] == 2


async def test_after_72_hours_it_is_a_new_case(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says(COLD, in_group=GROUP)
    await world.passes(days=3, minutes=1)
    await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    assert await counted(world) == (2, 2)


async def test_emergencies_are_never_joined_but_the_group_hears_two_instructions(world: World) -> None:
    people = [world.resident(f"邻居{n}", friend=False) for n in range(5)]
    for one in people:
        await one.says("七号楼三单元楼道里有煤气味！", in_group=GROUP)
    assert await counted(world) == (5, 5)
    assert len(world.heard_in_group()) == 2
    alerts = [text for text in world.staff("李主任").heard if "SQ261125-05" in text]
    assert alerts


async def test_me_too_is_counted_for_what_the_group_speaks_of(world: World) -> None:
    zhao, li = world.resident("12-1-501 赵姐"), world.resident("12-1-701 李叔")
    await zhao.says(COLD, in_group=GROUP)
    [answer] = await li.says("我家也是，12-1-701，一起登记上", in_group=GROUP)
    assert "现在2位邻居" in answer
    assert "701" not in answer
    async with world.assistant.database.reading() as db:
        complaint = await complaints.by_number(db, world.assistant.settings.community.id, "SQ261125-01")
        assert complaint is not None
        [_, second] = await reporters.of(db, complaint.id)
        assert (second.building, second.unit, second.room) == ("12", "1", "701")


async def test_me_too_by_quoting_and_where_there_is_nothing(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    assert await li.says("我家也是", in_group=GROUP) == []
    await zhao.says(COLD, in_group=GROUP)
    await zhao.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    quoted = zhao.last
    [answer] = await li.says("我家也是，一起登记上", in_group=GROUP, quoting=quoted)
    assert "电梯" in answer


async def test_me_too_where_two_may_be_meant_is_asked(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says(COLD, in_group=GROUP)
    await zhao.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    [question] = await li.says("我家也是，一起登记上", in_group=GROUP)
    assert "哪一件" in question
    [answer] = await li.says("2", in_group=GROUP)
    assert "2位邻居" in answer


async def test_a_hundred_neighbours_in_eight_groups_are_all_counted_and_no_group_hears_more_than_two_lines(
    world: World,
) -> None:
    groups = [f"{n}号院群" for n in range(8)]
    for n in range(100):
        one = world.resident(f"{n % 8 + 1}-1-{n}01 邻居{n}")
        building = n % 8 + 1
        await world.assistant.dispatcher.feed(_said(world, one.contact, one.nickname, groups[n % 8], building, n))
        if n % 5 == 0:
            await world.assistant.dispatcher.settle()
    await world.assistant.dispatcher.settle()
    await world.passes(hours=1)
    assert (await counted(world))[1] == 100
    for group in groups:
        at = [sent.at for sent in world.sent_to_group(group)]
        assert at
        for index in range(len(at) - 2):
            assert (at[index + 2] - at[index]).total_seconds() >= 600


def _said(world: World, contact: str, name: str, group: str, building: int, n: int):  # type: ignore[no-untyped-def]
    from bot.message import Inbound  # noqa: PLC0415

    return Inbound(
        id=f"storm-{n}",
        sender=contact,
        text=f"{building}号楼暖气不热，{n % 9 + 10}度，冻死人了",
        at=world.clock.now(),
        group=f"room:{group}",
        group_name=group,
        sender_name=name,
    )


async def test_a_question_that_gives_way_to_another_leaves_a_case_behind(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼楼道灯坏了没人修", in_group=GROUP)  # asked whether it is the same
    await zhao.says("下水道堵了，脏水往外冒，没人管", in_group=GROUP)  # asked where
    assert await counted(world) == (2, 2)


async def test_who_speaks_for_the_first_time_in_a_storm_is_called_by_name(world: World) -> None:
    for number in range(4):
        await world.resident(f"12-1-{number + 1}01 邻居{number}").says("12号楼暖气不热，14度", in_group=GROUP)
    await world.passes(minutes=12)
    assert world.heard_in_group()[-1].startswith("@邻居2 @邻居3 ")


async def test_who_says_it_twice_in_two_ways_is_one(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says("12号楼暖气不热，14度", in_group=GROUP)
    await world.passes(minutes=20)
    await zhao.says("暖气不热啊，冻死人了，没人管", in_group=GROUP)
    await zhao.says("12号楼", in_group=GROUP)
    await world.passes(minutes=15)
    [answer] = await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    assert "2位邻居" in answer
    assert await counted(world) == (1, 2)
