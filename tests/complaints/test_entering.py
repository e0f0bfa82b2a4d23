"""代报 and 记下: what staff enter for somebody, with its number at once, and nothing doubled."""

from __future__ import annotations

import asyncio

import pytest

from bot.message import Quote
from storage import case_lists, complaints, reporters
from storage.complaints import Case
from storage.reporters import Reporter
from tests.complaints.staffed import case, staffed
from tests.resident import GROUP, World

__all__ = ["staffed"]

FIRST, SECOND = "SQ261125-01", "SQ261125-02"
CHATTER = "昨天地下室好像又进了水"


async def ledger(world: World) -> list[Case]:
    async with world.assistant.database.reading() as db:
        return await case_lists.listed(db, world.assistant.settings.community.id)


async def who_told(world: World, number: str) -> list[Reporter]:
    async with world.assistant.database.reading() as db:
        return await reporters.of(db, (await case(world, number)).id)


async def test_what_was_told_by_telephone_is_a_case_at_once(world: World) -> None:
    li = world.staff("李主任")
    [answer] = await li.commands("代报 王大爷 3-2-501 厕所漏水 13812345678 电话")
    assert answer == f"替王大爷记下了：3号楼2单元501下水堵塞，编号{FIRST}，11月26日（周四）10:00前答复。"
    found = await case(world, FIRST)
    assert (found.state, found.urgency, found.source, found.original) == ("filed", "P1", "telephone", "厕所漏水")
    assert (found.building, found.unit, found.room, found.phone) == ("3", "2", "501", "13812345678")
    assert found.contacted_at == found.filed_at  # staff have spoken with them: no reminder to get in touch
    [reporter] = await who_told(world, FIRST)
    assert (reporter.contact_id, reporter.name, reporter.phone) == (None, "王大爷", "13812345678")
    assert reporter.channel == "telephone"
    await world.passes(hours=2)
    assert not any("要联系上人" in said for said in li.heard)
    assert world.heard_in_group() == []
    assert any("【较急】" in said for said in world.staff("小周").heard)
    assert not any("【较急】" in said for said in li.heard)  # who entered it knows


async def test_who_came_in_person(world: World) -> None:
    await world.staff("小周").commands("代报 张秀英 7号楼3单元 楼道灯不亮 上门")
    assert (await case(world, FIRST)).source == "visit"
    assert [one.channel for one in await who_told(world, FIRST)] == ["visit"]


async def test_without_an_address_it_is_filed_all_the_same(world: World) -> None:
    [answer] = await world.staff("李主任").commands("代报 张秀英 有人养鸡")
    assert f"编号{FIRST}" in answer
    assert "没写地址" in answer
    assert (await case(world, FIRST)).building is None


async def test_what_no_rule_knows_is_a_case_in_its_own_words(world: World) -> None:
    [answer] = await world.staff("李主任").commands("代报 老孙 6-1-302 想申请低保")
    assert "6号楼1单元302想申请低保，编号" in answer
    assert (await case(world, FIRST)).urgency == "P2"


@pytest.mark.parametrize(
    ("command", "lacks"),
    [
        ("代报", "还差姓名"),
        ("代报 3-2-501 厕所漏水", "还差姓名"),
        ("代报 王大爷", "还差地址和内容"),
        ("代报 王大爷 3-2-501", "还差什么事"),
        ("代报 王大爷 3-2-501 电话", "还差什么事"),
        ("代报 ？？？ ！！！", "还差"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_changes(world: World, command: str, lacks: str) -> None:
    [answer] = await world.staff("李主任").commands(command)
    assert answer.startswith(lacks)
    assert "写法：代报 姓名 地址 内容" in answer
    assert await ledger(world) == []


async def test_it_joins_a_case_that_is_open(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    [answer] = await li.commands("代报 张秀英 3-2-402 楼道灯不亮")
    assert answer == f"替张秀英加上了：3号楼2单元楼道灯，编号{FIRST}，现在2人次反映，12月2日（周三）18:00前答复。"
    assert [one.name for one in await who_told(world, FIRST)] == [None, "张秀英"]
    assert len(await ledger(world)) == 1


async def test_entered_twice_is_entered_once(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("代报 王大爷 3-2-501 厕所漏水 电话")
    await world.passes(minutes=1)
    [answer] = await li.commands("代报 王大爷 3-2-501 厕所漏水 电话")
    assert answer == f"刚才已经替王大爷记过了，编号{FIRST}，没有再记一件。"
    assert len(await ledger(world)) == 1
    await li.commands("代报 王大爷 5-2-501 厕所漏水 电话")
    assert len(await ledger(world)) == 2


async def test_an_emergency_calls_out(world: World) -> None:
    li, zhou = world.staff("李主任"), world.staff("小周")
    said = await li.commands("代报 老孙 7号楼3单元 有煤气味")
    assert any(f"编号{FIRST}，正在叫值班人员" in one for one in said)
    assert any("【紧急】" in one and "7号楼3单元" in one for one in zhou.heard)
    await world.passes(minutes=4)
    assert any("第2次叫您" in one for one in zhou.heard)


async def test_who_wants_no_name(world: World) -> None:
    li = world.staff("李主任")
    assert "替这位居民记下了" in (await li.commands("代报 匿名 5号楼 楼下天天跳广场舞太吵"))[0]
    assert (await case(world, FIRST)).anonymous
    assert "1位要求不透露" in (await li.commands(f"诉求 {FIRST}"))[0]


@pytest.mark.parametrize("name", ["物业吴", "马调解", "看看"])
async def test_not_everybody_enters(staffed: World, name: str) -> None:
    one = staffed.staff(name)
    assert "角色" in (await one.commands("代报 王大爷 3-2-501 厕所漏水"))[0]
    assert await ledger(staffed) == []


async def test_a_message_that_was_passed_over_is_noted_down(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    assert await wang.says(CHATTER, in_group=GROUP) == []
    [answer] = await li.commands("记下", in_group=GROUP, quoting=Quote("王阿姨", CHATTER))
    assert FIRST in answer
    assert "会告诉报的人" in answer
    [heard] = world.heard_in_group()
    assert heard.startswith("@王阿姨 收到")
    assert FIRST in heard
    [reporter] = await who_told(world, FIRST)
    assert reporter.contact_id is not None
    assert reporter.group_id is not None
    await li.commands(f"受理 {FIRST}")
    await world.passes(minutes=1)
    assert f"@王阿姨 {FIRST}" in world.heard_in_group()[-1]  # and goes on hearing of it
    assert FIRST in (await wang.says("我报的事办得怎么样了"))[0]


async def test_noted_down_once(world: World) -> None:
    wang, li, zhou = world.resident("王阿姨"), world.staff("李主任"), world.staff("小周")
    await wang.says(CHATTER, in_group=GROUP)
    await li.commands("记下", in_group=GROUP, quoting=wang.last)
    [answer] = await zhou.commands("记下", in_group=GROUP, quoting=Quote("王阿姨", CHATTER))
    assert answer == f"这条已经记着了，编号{FIRST}，现在是“待受理”。"
    [answer] = await zhou.commands("记下", in_group=GROUP, quoting=world.sent_to_group()[-1])
    assert FIRST in answer  # also by quoting what the assistant said of it
    assert len(await ledger(world)) == 1
    assert len(world.heard_in_group()) == 1


async def test_two_who_note_one_message_down_at_once(world_on_both: World) -> None:
    world = world_on_both
    wang, li, zhou = world.resident("王阿姨"), world.staff("李主任"), world.staff("小周")
    await wang.says(CHATTER, in_group=GROUP)
    said = wang.last
    await asyncio.gather(*(one.says("记下", in_group=GROUP, quoting=said) for one in (li, zhou)))
    await world.passes(minutes=1)
    assert sorted(one.heard[-1][:2] for one in (li, zhou)) == ["记下", "这条"]
    assert [one.number for one in await ledger(world)] == [FIRST]
    assert len(world.heard_in_group()) == 1


async def test_a_message_that_names_another_case_is_a_case_of_its_own(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    await wang.says(f"{FIRST}好像也差不多 {CHATTER}", in_group=GROUP)
    assert SECOND in (await li.commands("记下", in_group=GROUP, quoting=wang.last))[0]


async def test_a_lead_is_taken_up_instead(world: World) -> None:
    ma, li = world.resident("老马"), world.staff("李主任")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("3号楼2单元单元门坏了三天没人管", in_group=GROUP)
    [answer] = await li.commands("记下", in_group=GROUP, quoting=ma.last)
    assert f"编号{FIRST}" in answer
    assert [one.state for one in await ledger(world)] == ["accepted"]
    await world.passes(minutes=1)
    assert FIRST in world.heard_in_group()[-1]


async def test_a_report_that_waits_for_its_place_is_taken_up(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    assert FIRST in (await li.commands("记下", in_group=GROUP, quoting=zhao.last))[0]
    assert len(await ledger(world)) == 1


async def test_a_dropped_lead_says_so(world: World) -> None:
    ma, li = world.resident("老马"), world.staff("李主任")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("3号楼2单元单元门坏了三天没人管", in_group=GROUP)
    said = ma.last
    await li.commands("线索")
    await li.commands("2")
    assert "不算诉求" in (await li.commands("记下", in_group=GROUP, quoting=said))[0]
    assert len(await ledger(world)) == 1


async def test_a_quote_that_fits_two_people_is_refused(world: World) -> None:
    one, two = world.resident("王", contact="wx_a"), world.resident("王", contact="wx_b")
    for person in (one, two):
        await person.says(CHATTER, in_group=GROUP)
    [answer] = await world.staff("李主任").commands("记下", in_group=GROUP, quoting=Quote("王", CHATTER))
    assert "认不准" in answer
    assert await ledger(world) == []


async def test_what_is_gone_or_not_quoted(world: World) -> None:
    li = world.staff("李主任")
    [answer] = await li.commands("记下", in_group=GROUP, quoting=Quote("谁", "从没说过的话"))
    assert answer == "那条消息我这儿没有了，记不下来。请发：代报 姓名 地址 内容"
    assert (await li.commands("记下"))[0].startswith("还差要记的那条消息")
    assert (await li.commands("记下", quoting=Quote("谁", "话")))[0].startswith("还差要记的那条消息")
    assert await ledger(world) == []


async def test_it_joins_what_the_group_reported_already(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    await zhao.says("3号楼2单元楼道灯咋样了大家帮看看", in_group=GROUP)
    if await who_told(world, FIRST) and len(await who_told(world, FIRST)) == 1:
        [answer] = await li.commands("记下", in_group=GROUP, quoting=zhao.last)
        assert FIRST in answer
    assert len([one for one in await ledger(world) if one.number]) == 1


async def test_a_case_out_of_sight_is_not_named(world: World) -> None:
    wang, sun = world.resident("王阿姨"), world.staff("孙网格")
    await wang.says("7号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    assert await sun.commands("记下", in_group=GROUP, quoting=wang.last) == ["这条已经有人记下了。"]


async def test_a_quarrel_noted_down_is_not_spoken_of_in_the_group(staffed: World) -> None:
    wang, li = staffed.resident("王阿姨"), staffed.staff("李主任")
    await li.commands("代报 王大爷 3-1-202 楼上天天吵，想请人调解")
    assert (await case(staffed, FIRST)).mediation
    assert any("【和事佬】" in said for said in staffed.staff("马调解").heard)
    assert staffed.heard_in_group() == []
    assert wang.heard == []


async def test_what_was_entered_by_mistake_is_taken_back(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("代报 王大爷 3-2-501 厕所堵了 电话")
    [answer] = await li.commands("撤销")
    assert "收回了“替人报”" in answer
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, "SQ261125-01")
        assert found is not None
        assert found.state == "withdrawn"


async def test_a_resident_who_types_a_staff_command_is_not_heard(world: World) -> None:
    wang = world.resident("王阿姨")
    for text in ("代报 王大爷 3-2-501 厕所漏水 电话", "绑定码 王五 admin", "统计 本月", "共性", "交接 小周 李主任"):
        assert await wang.says(text) == []
        assert await wang.says(f"@小助手 {text}", in_group=GROUP) == []
    async with world.assistant.database.reading() as db:
        assert await case_lists.totals(db, world.assistant.settings.community.id) == (0, 0)
