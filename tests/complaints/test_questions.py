"""What is asked of a report: where, how often, and what becomes of it where nobody answers."""

from __future__ import annotations

from bot.message import Inbound
from storage import case_lists, reporters
from storage.complaints import Complaint
from tests.complaints.staffed import case
from tests.resident import GROUP, Resident, World

COLD = "12号楼1单元暖气不热，屋里才14度"
LAMP = "3号楼2单元楼道灯坏了三天没人管"
DOUBTFUL = "3号楼楼道灯坏了没人修"
ONE, TWO = "SQ261125-01", "SQ261125-02"
NOT_TOLD = "一直没等到地点"


async def ledger(world: World) -> list[Complaint]:
    async with world.assistant.database.reading() as db:
        listed = await case_lists.listed(db, world.assistant.settings.community.id)
        return [await db.get_one(Complaint, one.id) for one in listed]


async def waiting(world: World, person: Resident, group: str | None = None) -> Complaint | None:
    directory = world.assistant.directory
    contact = directory.contact(person.contact)
    assert contact is not None
    async with world.assistant.database.reading() as db:
        where = directory.group(f"room:{group}") if group else None
        return await reporters.waiting_for_place(db, where, contact)


async def heard_two_lines_of_the_heating(world: World) -> None:
    for building in (11, 12):
        await world.resident(f"邻居{building}").says(f"{building}号楼暖气不热，冻死了", in_group=GROUP)


async def test_a_question_put_in_private_is_answered_in_private(world: World) -> None:
    await heard_two_lines_of_the_heating(world)
    zhao = world.resident("赵姐")
    await zhao.says("家里暖气不热，冻死人了，没人管", in_group=GROUP)
    assert "在哪儿呢" in zhao.heard[-1]
    [answer] = await zhao.says("13号楼2单元")
    assert "SQ261125-03" in answer
    heard = len(world.channel.sent)
    await world.passes(minutes=40)
    assert not [sent for sent in world.channel.sent[heard:] if NOT_TOLD in sent.outbound.text]


async def test_a_late_place_told_in_private_finds_the_case_of_a_group(world: World) -> None:
    zhao = world.resident("赵姐")
    await zhao.says("@小助手 楼道灯坏了三天没人管", in_group=GROUP)
    await world.passes(minutes=40)
    assert NOT_TOLD in world.heard_in_group()[-1]
    [answer] = await zhao.says("3号楼2单元")
    assert ONE in answer


async def test_a_second_question_about_another_case_does_not_lose_the_first(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("3号楼2单元单元门坏了关不上", in_group=GROUP)
    await li.says(DOUBTFUL, in_group=GROUP)
    await li.says("3号楼单元门也坏了关不上", in_group=GROUP)
    await world.passes(minutes=90)
    assert [one.state for one in await ledger(world)] == ["filed"] * 4
    assert sum("SQ261125-04" in text for text in world.heard_in_group() + li.heard) == 1


async def test_two_doubtful_troubles_in_one_message_are_two_cases_at_once(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("5号楼2单元单元门坏了关不上", in_group=GROUP)
    said = await li.says("3号楼楼道灯坏了，另外5号楼单元门坏了", in_group=GROUP)
    assert "SQ261125-03" in said[0]
    assert "SQ261125-04" in said[0]
    assert [one.state for one in await ledger(world)] == ["filed"] * 4


async def test_of_two_troubles_without_a_place_one_is_asked_about(world: World) -> None:
    li = world.resident("李叔")
    [question] = await li.says("@小助手 楼道灯坏了没人修，另外单元门坏了关不上", in_group=GROUP)
    assert "在哪儿呢" in question
    assert "记下了：" not in question
    [answer] = await li.says("3号楼2单元", in_group=GROUP)
    assert "楼道灯" in answer
    await world.passes(minutes=90)
    assert not [text for text in world.heard_in_group() if NOT_TOLD in text]
    assert await waiting(world, li, GROUP) is not None


async def test_a_door_in_a_sentence_of_something_else_is_no_answer(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("3号楼2单元我家水管漏水，没人来修", in_group=GROUP)
    assert "门牌" in wang.heard[-1]
    [answer] = await wang.says("3-2-501 楼道灯坏了三天没人管")
    assert TWO in answer
    assert not [text for text in await wang.says("5-2-501") if "门牌记下了" in text]
    assert (await case(world, ONE)).building == "3"
    [kept] = await wang.says("3-2-501")
    assert "门牌记下了" in kept
    assert (await case(world, ONE)).room == "501"


async def test_who_took_a_report_back_and_reports_again_is_told_again(world: World) -> None:
    wang, li, zhu = world.resident("王阿姨"), world.resident("李叔"), world.staff("李主任")
    await wang.says(COLD, in_group=GROUP)
    await li.says("12号楼1单元暖气冰凉，冻死人了", in_group=GROUP)
    await world.passes(minutes=15)
    await li.says("刚才那条撤回", in_group=GROUP)
    await world.passes(minutes=15)
    [again] = await li.says("12号楼1单元暖气还不热，冻坏了", in_group=GROUP)
    assert "2位邻居" in again
    await world.passes(minutes=15)
    await zhu.commands(f"受理 {ONE}")
    await world.passes(minutes=15)
    assert li.contact in world.sent_to_group()[-1].outbound.mentions


async def test_who_left_and_says_yes_to_the_same_is_back(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(LAMP, in_group=GROUP)
    await li.says("3号楼2单元楼道灯坏了，没人修", in_group=GROUP)
    await world.passes(minutes=15)
    await li.says("刚才那条撤回", in_group=GROUP)
    await world.passes(minutes=15)
    await li.says(DOUBTFUL, in_group=GROUP)
    [answer] = await li.says("是", in_group=GROUP)
    assert "2位邻居" in answer


async def test_a_case_numbered_since_nobody_answered_is_told_with_its_number(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(LAMP, in_group=GROUP)
    await li.says(DOUBTFUL, in_group=GROUP)
    await world.passes(minutes=40)
    told = world.sent_to_group()[-1].outbound
    assert TWO in told.text
    assert told.mentions == (li.contact,)


async def test_a_pressing_case_without_a_place_is_shown_to_staff_once_nobody_tells_it(world: World) -> None:
    li, zhu = world.resident("李叔"), world.staff("李主任")
    await li.says("@小助手 电梯坏了，爬楼爬得腿软，没人修", in_group=GROUP)
    assert not [text for text in zhu.heard if "较急" in text]
    await world.passes(minutes=40)
    assert NOT_TOLD in world.heard_in_group()[-1]
    [shown] = [text for text in zhu.heard if "较急" in text]
    assert "还没编号" in shown
    assert "还没说" in shown
    assert "None" not in shown


async def test_a_pressing_case_that_may_be_known_is_shown_to_staff_once_it_has_its_number(world: World) -> None:
    wang, li, zhu = world.resident("王阿姨"), world.resident("李叔"), world.staff("李主任")
    await wang.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    await li.says("5号楼电梯坏了，爬楼爬得腿软，没人修", in_group=GROUP)
    assert not [text for text in zhu.heard if TWO in text]
    await world.passes(minutes=40)
    assert [text for text in zhu.heard if "较急" in text and TWO in text]
    assert TWO in world.heard_in_group()[-1]


async def test_a_case_withdrawn_or_taken_over_is_silent_when_its_question_ends(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says("@小助手 楼道灯坏了三天没人管", in_group=GROUP)
    await wang.says("刚才那条撤回", in_group=GROUP)
    await zhao.says("@小助手 单元门坏了关不上", in_group=GROUP)
    await li.commands("线索")
    await li.commands("1")
    await world.passes(minutes=40)
    assert not [text for text in world.heard_in_group() if NOT_TOLD in text]


async def test_a_pair_taken_over_by_staff_is_silent_when_its_question_ends(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(LAMP, in_group=GROUP)
    await li.says(DOUBTFUL, in_group=GROUP)
    await li.says("刚才那条撤回", in_group=GROUP)
    heard = len(world.heard_in_group())
    await world.passes(minutes=90)
    assert len(world.heard_in_group()) == heard


async def test_what_may_not_be_answered_any_more_opens_no_dialogue(world: World) -> None:
    for number in range(22):
        one = world.resident(f"邻{chr(0x4E00 + number)}", friend=False)
        await world.assistant.dispatcher.feed(
            Inbound(
                id=f"x{number}",
                sender=one.contact,
                text="楼道灯坏了三天没人管",
                at=world.clock.now(),
                group=f"room:{GROUP}",
                group_name=GROUP,
                sender_name=one.nickname,
                mentioned=True,
            )
        )
    await world.assistant.dispatcher.settle()
    await world.passes(minutes=45)
    asked = {sent.outbound.mentions for sent in world.sent_to_group() if "在哪儿呢" in sent.outbound.text}
    late = {sent.outbound.mentions for sent in world.sent_to_group() if NOT_TOLD in sent.outbound.text}
    assert asked
    assert late <= asked
    unasked = [one for one in world.people.values() if (one.contact,) not in asked]
    assert unasked
    for one in unasked:
        assert await waiting(world, one, GROUP) is not None
