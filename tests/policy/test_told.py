"""Who hears the answer to what was queued: everybody once, the right one, where they asked; and a correction after a mistake."""

from __future__ import annotations

import asyncio

from tests.policy.entries import ANSWER, GUIDE, HEATING, HOW, OLD_HEATING, TWO, UNKNOWN, put_in
from tests.resident import GROUP, World

SOUTH = "南区业主群"
BETTER = "不用跑，手机上刷脸就行。"


async def test_a_correction_reaches_everybody_who_heard_the_mistake(world: World) -> None:
    wang, chen, li = world.resident("王阿姨"), world.resident("小陈"), world.staff("李主任")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await chen.says(UNKNOWN)
    await li.commands(f"答 1 {ANSWER}")
    await li.commands(f"答 1 {BETTER}")
    for line in (world.heard_in_group()[-1], chen.heard[-1]):
        assert "更正" in line
        assert BETTER in line
        assert ANSWER not in line
    await world.passes(minutes=1)
    before = len(world.channel.sent)
    await li.commands(f"答 1 {BETTER}")  # nothing new in it
    assert [sent.outbound.contact for sent in world.channel.sent[before:]] == ["wx_li"]


async def test_what_was_wrong_and_not_yet_said_is_never_said(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await world.passes(hours=12)  # quiet hours
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await li.commands(f"答 1 {ANSWER}")
    await li.commands(f"答 1 {BETTER}")
    await world.passes(hours=10)
    said = [line for line in world.heard_in_group() if ANSWER in line or BETTER in line]
    assert len(said) == 1
    assert BETTER in said[0]


async def test_an_answer_that_was_taken_back_in_the_night_is_not_said(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await world.passes(hours=12)
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await li.commands(f"答 1 {ANSWER}")
    await li.commands("政策停用 1")
    await world.passes(hours=10)
    assert not any(ANSWER in line for line in world.heard_in_group())


async def test_all_of_many_are_called_by_name(world: World) -> None:
    people = [world.resident(f"{name}大爷") for name in "赵钱孙李周吴郑王冯陈褚卫"]
    await world.connect(GROUP)
    for person in people:
        await person.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
        await world.passes(minutes=1)
    await world.staff("李主任").commands(f"答 1 {ANSWER}")
    await world.passes(minutes=2)
    told = [line for line in world.heard_in_group() if ANSWER in line]
    assert len(told) == 2
    for person in people:
        assert sum(f"@{person.nickname}" in line for line in told) == 1


async def test_who_asked_nobody_in_particular_is_not_called_out_weeks_later(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says(UNKNOWN, in_group=GROUP)
    await world.passes(days=15)
    await world.staff("李主任").commands(f"答 1 {ANSWER}")
    assert world.heard_in_group() == []


async def test_what_is_not_ours_stays_so(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN)
    await li.commands("不用答 1")
    heard = len(li.heard)
    [said] = await world.resident("小陈").says(UNKNOWN)
    assert "12345" in said
    assert "问题" not in said
    assert li.heard[heard:] == []


async def test_one_person_with_many_questions_does_not_flood_staff(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    things = ["养老金", "公租房", "低保", "户口", "医保", "社保卡", "居住证", "狗证"]
    for thing in things:
        await wang.says(f"{thing}怎么办理，要带什么材料？")
        await world.passes(minutes=5)
    assert sum("【问题" in line for line in li.heard) == 5
    [listed] = await li.commands("未答")
    assert f"{len(things)}个" in listed


async def test_a_digit_is_the_choice_that_was_offered_and_no_rating(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await put_in(world, *TWO)
    await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    await li.commands("受理 SQ261125-01")
    await world.passes(minutes=1)
    [asked] = await wang.says("老年公交卡在哪办？", in_group=GROUP)
    assert "回数字" in asked
    await li.commands("办结 SQ261125-01 换了灯泡")
    [said] = await wang.says("1", in_group=GROUP)
    assert "公交公司" in said
    [shown] = await li.commands("诉求 SQ261125-01")
    assert "待回访" in shown or "已反馈" in shown
    await world.passes(minutes=20)  # until the group hears the question
    [rated] = await wang.says("1", in_group=GROUP)
    assert "满意" in rated or "谢谢" in rated


async def test_where_a_digit_means_something_else_titles_are_offered_in_words(world: World) -> None:
    wang = world.resident("王阿姨")
    await put_in(world, *TWO)
    await wang.says("楼道灯坏了三天没人管", in_group=GROUP)  # where, is asked
    [said] = await wang.says("@小助手 老年公交卡在哪办？", in_group=GROUP)
    assert "老年公交卡办理（市区）" in said
    assert "回数字" not in said


async def test_two_at_once_ask_one_question(world_on_both: World) -> None:
    world = world_on_both
    people = [world.resident("王阿姨"), world.resident("小陈")]
    await asyncio.gather(*(person.says(UNKNOWN) for person in people))
    await world.passes(minutes=1)
    [listed] = await world.staff("李主任").commands("未答")
    assert "1个" in listed.splitlines()[0]
    assert "2人问过" in listed


async def test_two_staff_who_answer_at_once_leave_one_entry(world_on_both: World) -> None:
    world = world_on_both
    await world.resident("王阿姨").says(UNKNOWN)
    li, zhou = world.staff("李主任"), world.staff("小周")
    await asyncio.gather(li.says(f"答 1 {ANSWER}"), zhou.says(f"答 1 {BETTER}"))
    await world.passes(minutes=2)
    assert await world.failures() == 0
    [listed] = await li.commands("政策 社区答复")
    assert listed.count("（在用）") == 1


async def test_an_expired_paper_is_answered_by_staff(world: World) -> None:
    wang = world.resident("王阿姨")
    await put_in(world, OLD_HEATING, GUIDE)
    await wang.says(HEATING)
    await world.staff("李主任").commands("答 1 今年在手机上申请，十月底前都行。")
    assert "手机上申请" in wang.heard[-1]
    [said] = await wang.says(HOW)
    assert "居住证明" in said


async def test_the_very_words_that_staff_answered_are_answered_with_that(world: World) -> None:
    """Also beside a guide that speaks of the same and was found to be wrong here."""
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await put_in(world, GUIDE)
    assert GUIDE.answer in (await wang.says(HOW))[0]
    await world.passes(minutes=1)
    heard = world.channel.sent[-1]
    await wang.says(HOW, in_group=GROUP)
    await li.commands(f"答：{BETTER}", in_group=GROUP, quoting=wang.last)
    await world.passes(minutes=1)
    [said] = await wang.says(HOW)
    assert BETTER in said
    assert heard.outbound.text not in said
