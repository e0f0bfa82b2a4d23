"""Where the assistant holds its tongue: what is nobody's to answer, what it does not know, and what is not said to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.policy_entry import Kind
from tests.policy.entries import GUIDE, HOW, PAPERS, RENOVATION, TWO, UNKNOWN, put_in
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def test_what_nobody_confirmed_or_somebody_withdrew_is_silent(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    [row] = await put_in(world, GUIDE, in_force=False)
    assert await wang.says(HOW, in_group=GROUP) == []
    await li.commands(f"政策确认 {row.number}")
    await world.passes(minutes=1)
    assert PAPERS in (await wang.says(HOW, in_group=GROUP))[0]
    await world.passes(minutes=10)
    await li.commands(f"政策停用 {row.number}")
    assert await wang.says(HOW, in_group=GROUP) == []


async def test_an_entry_that_would_do_is_shown_to_staff_and_to_nobody_else(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    [row] = await put_in(world, GUIDE, in_force=False)
    [said] = await wang.says(f"@小助手 {HOW}", in_group=GROUP)
    assert "没有核实过的答案" in said
    assert "身份证" not in said
    assert f"第{row.number}条“居住证明”像是答案" in li.heard[-1]
    await li.commands(f"答 1 第{row.number}条")
    assert GUIDE.answer in world.heard_in_group()[-1]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("老人发烧吃什么药好", "120"),
        ("高血压能不能停药", "12320"),
        ("物业该赔多少钱", "12348"),
        ("能不能告他", "12348"),
    ],
)
async def test_a_judgement_is_left_to_whom_it_belongs(world: World, asked: str, number: str) -> None:
    near = replace(RENOVATION, code="near", title="健康讲座通知", body="老人发烧可以吃两片退烧药，物业该赔三千块。")
    await put_in(world, GUIDE, near)
    [said] = await world.resident("王阿姨").says(f"@小助手 {asked}", in_group=GROUP)
    assert number in said
    assert "不敢说" in said
    assert "两片" not in said
    assert "三千" not in said


async def test_what_only_sounds_like_a_judgement_is_answered_where_an_entry_speaks_of_it(world: World) -> None:
    aid = replace(
        GUIDE,
        code="aid",
        title="法律援助申请",
        answer="到司法所申请。",
        parts={},
        questions=("没钱打官司怎么申请法律援助",),
    )
    await put_in(world, GUIDE, RENOVATION, aid)
    [said] = await world.resident("王阿姨").says("@小助手 没钱打官司怎么申请法律援助", in_group=GROUP)
    assert "到司法所申请。" in said


async def test_a_rumour_is_answered_with_an_official_notice_alone(world: World) -> None:
    asked = "医保报销要取消了，是真的吗"
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    paper = replace(RENOVATION, code="medical", title="医保报销办法", body="医保报销要取消起付线。", questions=(asked,))
    await put_in(world, paper)
    [said] = await wang.says(f"@小助手 {asked}", in_group=GROUP)
    assert "没有核实过的答案" in said
    assert await zhao.says(asked, in_group=GROUP) == []
    await world.passes(minutes=1)
    notice = replace(paper, kind=Kind.NOTICE, body="医保报销没有取消，网上说的不属实。", source="市医保局通报")
    await put_in(world, notice)
    [said] = await wang.says(f"@小助手 {asked}", in_group=GROUP)
    assert "不属实" in said
    assert "来源：市医保局通报" in said


async def test_a_judgement_that_nobody_asked_us_for_is_left_unsaid(world: World) -> None:
    assert await world.resident("王阿姨").says("工伤认定怎么办，单位不认能不能告他", in_group=GROUP) == []


async def test_what_nobody_can_answer_is_said_only_where_somebody_called(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    assert await wang.says(UNKNOWN, in_group=GROUP) == []
    assert li.heard == []
    [listed] = await li.commands("未答")
    assert "1. 养老金资格认证在哪办" in listed
    assert await zhao.says(f"@小助手 {UNKNOWN}", in_group=GROUP) == [
        "@赵姐 这个我手上没有核实过的答案，不敢乱说。已转社区（问题1），有准信告诉您。着急请打0531-5550100。"
    ]


async def test_staff_hear_of_a_question_as_soon_as_somebody_was_told_that_they_do(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await zhao.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    assert "【问题1】2个人问" in li.heard[-1]
    heard = len(li.heard)
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)  # heard of already
    assert len(li.heard) == heard


async def test_who_asked_in_passing_and_then_calls_is_passed_on(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    assert "问题1" in (await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP))[0]
    assert "问题1" in li.heard[-1]


async def test_a_muted_person_is_not_answered_until_they_call(world: World) -> None:
    await put_in(world, GUIDE)
    wang = world.resident("王阿姨")
    await wang.says("@小助手 别说话", in_group=GROUP)
    assert await wang.says(HOW, in_group=GROUP) == []
    assert PAPERS in (await wang.says(f"@小助手 {HOW}", in_group=GROUP))[0]


async def test_a_group_hears_one_answer_twice_in_ten_minutes_and_callers_always(world: World) -> None:
    await put_in(world, GUIDE)
    people = [world.resident(f"邻居{n}") for n in range(4)]
    said = [await one.says(HOW, in_group=GROUP) for one in people]
    assert [len(one) for one in said] == [1, 1, 0, 0]
    assert len(await people[2].says(f"@小助手 {HOW}", in_group=GROUP)) == 1
    await world.passes(minutes=11)
    assert len(await people[3].says(HOW, in_group=GROUP)) == 1


async def test_who_asks_without_end_is_not_answered_without_end(world: World) -> None:
    await put_in(world, GUIDE)
    wang = world.resident("王阿姨")
    for n in range(12):
        await wang.says("居住证明怎么开", id=f"same-moment-{n}")
    assert 0 < len(wang.heard) < 12


@pytest.mark.parametrize("text", ["谢谢", "谢谢小助手", "好的，知道了", "哈哈哈哈", "。。。", "？", "[强]"])
async def test_what_asks_nothing_is_not_answered(world: World, text: str) -> None:
    await put_in(world, GUIDE, RENOVATION)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(HOW, in_group=GROUP)
    assert await wang.says(text, in_group=GROUP) == []
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_the_place_of_a_complaint_is_no_choice_of_an_answer(world: World) -> None:
    await put_in(world, GUIDE, *TWO)
    wang = world.resident("王阿姨")
    [asked] = await wang.says("单元门坏了关不上，谁都能进", in_group=GROUP)
    assert "几号楼" in asked or "哪" in asked
    [said] = await wang.says(HOW, in_group=GROUP)
    assert PAPERS in said
    assert "回“1”" not in said  # a digit would mean two things
    [first] = await wang.says("@小助手 老年公交卡怎么办理", in_group=GROUP)
    assert "回数字" not in first
    [filed] = await wang.says("5号楼1单元", in_group=GROUP)
    assert "SQ261125-01" in filed


async def test_a_rating_that_is_open_keeps_its_digits(world: World) -> None:
    await put_in(world, GUIDE)
    wang, li = world.resident("3-2-501 王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await world.passes(minutes=20)
    await li.commands("受理 SQ261125-01")
    await world.passes(minutes=20)
    await li.commands("办结 SQ261125-01 换了灯泡")
    await world.passes(minutes=1)
    assert "满意回1" in world.heard_in_group()[-1]
    [said] = await wang.says(HOW, in_group=GROUP)
    assert PAPERS in said
    assert "回“1”" not in said
    [thanks] = await wang.says("3", in_group=GROUP)
    assert "SQ261125-01" in thanks
    assert not any("【材料】" in text for text in wang.heard)


async def test_what_staff_say_to_each_other_in_an_emergency_is_no_question(world: World) -> None:
    wang, li = world.resident("7-3-202 孙姨"), world.staff("李主任")
    await wang.says("楼道里有煤气味！七号楼三单元", in_group=GROUP)
    heard = len(world.heard_in_group())
    await li.says(UNKNOWN, in_group=GROUP)
    assert len(world.heard_in_group()) == heard
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_a_question_of_five_thousand_characters_or_of_operators_harms_nothing(world: World) -> None:
    await put_in(world, GUIDE)
    wang = world.resident("王阿姨")
    [said] = await wang.says(f"@小助手 居住证明怎么开 {'材料' * 2500}", in_group=GROUP)
    assert len(said) < 300
    for text in ('居住证明怎么开 " * NEAR( ^', '"*(^) AND OR NOT [*', "title:居住证明~2 怎么开"):
        await world.passes(minutes=1)
        await wang.says(f"@小助手 {text}", in_group=GROUP)
    await world.passes(minutes=1)
    assert GUIDE.answer in (await wang.says("@小助手 居住证明怎么开", in_group=GROUP))[0]


@pytest.mark.parametrize("text", ["不要", "不行", "啥意思"])
async def test_a_word_or_two_in_private_are_no_question_for_staff(world: World, text: str) -> None:
    await put_in(world, GUIDE)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(HOW)
    await wang.says(text)
    assert not any("已转社区" in said for said in wang.heard)
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_a_name_alone_is_answered_where_there_is_an_answer(world: World) -> None:
    await put_in(world, GUIDE)
    assert GUIDE.answer in (await world.resident("王阿姨").says("@小助手 居住证明", in_group=GROUP))[0]
