"""What staff command, in private or by quoting; and that residents get no hint that commands exist."""

from __future__ import annotations

import pytest

from bot.message import Quote
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def test_a_case_from_acceptance_to_result(world: World) -> None:
    wang, li = world.resident("3-2-501 王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    assert "已受理" in (await li.commands("受理 SQ261125-01"))[0]
    await world.passes(minutes=1)
    assert world.heard_in_group()[-1] == "@王阿姨 SQ261125-01（楼道灯）社区已经受理，有进展告诉您。"
    assert "已派给小周" in (await li.commands("派 SQ261125-01 小周"))[0]
    await world.passes(minutes=1)
    assert "已经派单" not in world.heard_in_group()[-1]  # two lines within ten minutes are enough
    await world.passes(minutes=10)
    assert "已经派单" in world.heard_in_group()[-1]
    assert "派给您一件：SQ261125-01" in world.staff("小周").heard[-1]
    assert LAMP in world.staff("小周").heard[-1]
    await li.commands("办结 SQ261125-01 换了灯泡，有事打13812345678")
    await world.passes(minutes=10)
    assert "换了灯泡" in world.heard_in_group()[-1]
    assert "13812345678" not in world.heard_in_group()[-1]  # even when staff typed it


async def test_quoting_stands_for_the_number_and_the_answer_is_private(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    answer = world.sent_to_group()[-1]
    before = len(world.heard_in_group())
    assert "已受理SQ261125-01" in (await li.commands("受理", in_group=GROUP, quoting=wang.last))[0]
    await world.passes(minutes=1)
    assert len(world.heard_in_group()) == before + 1  # one update, nothing else
    assert "已派给张师傅" in (await li.commands("派 张师傅", in_group=GROUP, quoting=answer))[0]


async def test_a_quote_that_comes_as_text_is_found_by_name_and_text(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await li.commands("受理", in_group=GROUP, quoting=Quote("王阿姨", LAMP))
    assert "SQ261125-01" in answer


async def test_two_who_said_the_same_under_one_name_are_not_guessed_apart(world: World) -> None:
    one, two = world.resident("王", contact="wx_a"), world.resident("王", contact="wx_b")
    li = world.staff("李主任")
    await one.says(LAMP, in_group=GROUP)
    await two.says(LAMP, in_group=GROUP)
    [answer] = await li.commands("受理", in_group=GROUP, quoting=Quote("王", LAMP))
    assert "认不准" in answer


@pytest.mark.parametrize(
    "text", ["受理 SQ261125-01", "待办", "诉求", "办结 SQ261125-01 好了", "派SQ261125-01 小周", "为什么"]
)
async def test_a_residents_command_is_as_if_nothing_were_said(world: World, text: str) -> None:
    wang = world.resident("王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    before = len(world.channel.sent)
    await wang.says(text)
    await wang.says(f"@小助手 {text}", in_group=GROUP)
    assert len(world.channel.sent) == before


async def test_help_means_something_to_residents_too(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    assert "报事" in (await wang.says("帮助"))[0]
    assert "受理 编号" in (await li.commands("帮助"))[0]


async def test_what_the_state_does_not_allow_is_refused_with_what_it_does(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await li.commands("办结 SQ261125-01 好了")
    assert "待受理" in answer
    assert "受理、派" in answer


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("受理", "写上编号"),
        ("受理 SQ261125-99", "没查到SQ261125-99"),
        ("派 SQ261125-01", "还差办理人姓名"),
        ("派 SQ261125-01 " + "长" * 30, "还差办理人姓名"),
        ("办结 SQ261125-01", "还差办理结果"),
        ("乱七八糟的话", "没认出这个命令"),
    ],
)
async def test_a_wrong_command_gets_one_clear_line(world: World, command: str, said: str) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await li.commands(command)
    assert said in answer


async def test_roles_are_kept(world: World) -> None:
    wang, grid = world.resident("王阿姨"), world.staff("孙网格")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await grid.commands("派 SQ261125-01 张师傅")
    assert "角色" in answer
    assert "派 编号 姓名" not in (await grid.commands("帮助"))[0]


async def test_what_staff_say_in_the_group_is_not_a_complaint(world: World) -> None:
    li = world.staff("李主任")
    assert await li.says("3号楼2单元楼道灯坏了，已经在修", in_group=GROUP) == []


async def test_the_lists(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    assert "没有要办的件" in (await li.commands("待办"))[0]
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("7号楼暖气不热，屋里才14度", in_group=GROUP)
    [agenda] = await li.commands("待办")
    assert "待受理 2件" in agenda
    [found] = await li.commands("诉求 暖气")
    assert "SQ261125-02" in found
    assert "SQ261125-01" not in found
    [whole] = await li.commands("诉求 SQ261125-01")
    assert LAMP in whole
    assert "11月25日（周三）" in whole
    assert "没有找到" in (await li.commands("诉求 游泳池"))[0]


async def test_why_tells_the_rule_in_private(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    before = len(world.heard_in_group())
    [answer] = await li.commands("为什么", in_group=GROUP, quoting=wang.last)
    assert "complaints.file" in answer
    await wang.says("今天天气真好", in_group=GROUP)
    [silent] = await li.commands("为什么", in_group=GROUP, quoting=wang.last)
    assert "没有接话" in silent
    assert len(world.heard_in_group()) == before


async def test_two_staff_members_cannot_both_move_a_case(world: World) -> None:
    wang, li, zhou = world.resident("王阿姨"), world.staff("李主任"), world.staff("小周")
    await wang.says(LAMP, in_group=GROUP)
    assert "已受理" in (await li.commands("受理 SQ261125-01"))[0]
    assert "现在是“已受理”" in (await zhou.commands("受理 SQ261125-01"))[0]


async def test_a_result_is_read_out_as_typed_but_for_doors_and_peoples_numbers(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands("受理 SQ261125-01")
    await li.commands("办结 SQ261125-01 3号楼2单元501门口的灯换了，亮了！还不亮打0531-5550100，别打13812345678")
    await world.passes(minutes=10)
    assert "3号楼2单元***门口的灯换了，亮了！还不亮打0531-5550100，别打138****5678" in world.heard_in_group()[-1]


async def test_a_lead_is_taken_up_by_quoting(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says("机器人别说话", in_group=GROUP)
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await li.commands("受理", in_group=GROUP, quoting=wang.last)
    assert "已受理SQ261125-01" in answer


async def test_a_command_by_quoting_says_nothing_in_the_group_even_to_staff_who_are_no_friends(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    li.friend = False
    await wang.says(LAMP, in_group=GROUP)
    before = len(world.heard_in_group())
    await li.commands("诉求", in_group=GROUP, quoting=wang.last)
    assert len(world.heard_in_group()) == before


async def test_a_sentence_that_begins_like_a_command_is_a_residents_own(world: World) -> None:
    wang = world.resident("王阿姨")
    for text in ("为什么7号楼3单元有煤气味！", "派2个人来，3号楼2单元着火了", "为什么，3号楼2单元楼道灯坏了三天没人修"):
        assert await wang.says(text, in_group=GROUP) != [], text


async def test_staff_who_call_the_assistant_in_the_group_are_answered_in_private(world: World) -> None:
    li = world.staff("李主任")
    assert await li.says("@小助手 待办", in_group=GROUP) == []
    assert "没有要办的件" in li.heard[-1]


async def test_a_quote_of_what_was_said_to_the_assistant_is_found(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(f"@小助手 {LAMP}", in_group=GROUP)
    [answer] = await li.commands("受理", in_group=GROUP, quoting=Quote("王阿姨", f"@小助手 {LAMP}"))
    assert "已受理" in answer
