"""How staff type an answer, and what of it others read: numbers, titles, doors, one household's matter, great length."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.message import Quote
from storage import policy
from storage.policy import Policy
from storage.policy_entry import Kind
from tests.policy.entries import ANSWER, GUIDE, HEATING, OLD_HEATING, UNKNOWN, entry, put_in, start_again
from tests.resident import GROUP, Resident, StaffMember, World

SOUTH = "南区业主群"
AT_HOME = "我刚离了婚没工作，孩子户口怎么迁？"
MOVE = replace(GUIDE, code="move", title="孩子户口迁移", answer="带户口本到派出所。", parts={}, questions=())


async def all_entries(world: World) -> list[Policy]:
    async with world.assistant.database.reading() as db:
        return await policy.named(db, world.assistant.settings.community.id, "", 100)


async def asked(world: World, text: str = UNKNOWN) -> tuple[Resident, StaffMember]:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(f"@小助手 {text}", in_group=GROUP)
    return wang, li


def notice(world: World) -> Quote:
    """Our line to staff about what waits, as gateways show it: without an id."""
    lines = [sent for sent in world.channel.sent if "【问题1】" in sent.outbound.text]
    return Quote("小助手", lines[-1].outbound.text)


async def test_what_was_asked_in_private_is_offered_to_nobody_as_a_title(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says(AT_HOME)
    [said] = await li.commands("答 1 到派出所。")
    assert "第1条“到派出所”" in said
    assert "有人是私下问的，原话不拿来当题目" in said
    await put_in(world, MOVE)
    await world.passes(minutes=1)
    await zhao.says("@小助手 孩子户口怎么迁？", in_group=GROUP)
    await zhao.says("@小助手 孩子户口", in_group=GROUP)
    assert not any("离了婚" in line for line in world.heard_in_group())
    kept = await entry(world, 1)
    assert "离了婚" not in kept.title
    assert "离了婚" in kept.content["questions"][0]
    await world.passes(minutes=1)
    assert "到派出所" in (await wang.says(AT_HOME))[0]


@pytest.mark.parametrize(
    "typed",
    [
        "答 1 题目：孩子户口迁移 到派出所办",
        "答 1 题目：孩子户口迁移\n到派出所办",
        "答 1 到派出所办\n标题: 孩子户口迁移",
    ],
)
async def test_staff_may_give_the_title(world: World, typed: str) -> None:
    await world.resident("王阿姨").says(AT_HOME)
    await world.staff("李主任").commands(typed)
    kept = await entry(world, 1)
    assert (kept.title, kept.content["answer"]) == ("孩子户口迁移", "到派出所办")


async def test_a_new_title_alone_corrects_nobody(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(AT_HOME)
    await li.commands("答 1 到派出所。")
    heard = len(wang.heard)
    await li.commands("答 1 题目：孩子户口迁移 到派出所。")
    assert len(wang.heard) == heard
    await li.commands("答 1 带户口本到派出所。")
    assert "更正" in wang.heard[-1]
    assert [(one.title, one.version) for one in await all_entries(world)] == [("孩子户口迁移", 3)]


async def test_a_long_question_makes_a_short_title(world: World) -> None:
    _, li = await asked(world, "家里老人八十多岁了腿脚不方便下不了楼，养老金资格认证能不能请人上门来办，要提前几天约？")
    await li.commands(f"答 1 {ANSWER}")
    assert (await entry(world, 1)).title == "家里老人八十多岁了腿脚不方便下不了楼"


@pytest.mark.parametrize(
    "head",
    ["1", "１", "1。", "1、", "1：", "#1", "1号", "1号，", "问题1", "问题1：", "问题 1 ", "问题１号 ", "1.", "1)"],
)
async def test_the_number_may_be_typed_in_any_way(world: World, head: str) -> None:
    await asked(world)
    between = " " if head in ("1", "１", "#1", "1号") else ""
    await world.staff("李主任").commands(f"答 {head}{between}带身份证，Ａ座办。")
    assert (await entry(world, 1)).content["answer"] == "带身份证，Ａ座办。"


@pytest.mark.parametrize("typed", ["答 1.5倍工资", "答 2号窗口办", "答 12345678 打这个"])
async def test_a_number_that_belongs_to_the_answer_names_no_question(world: World, typed: str) -> None:
    _, li = await asked(world)
    assert "没看出答的是哪个问题" in (await li.commands(typed))[0]
    assert await all_entries(world) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("答 1 带身份证来。", "带身份证来。"),
        ("答：1。带身份证来。", "带身份证来。"),
        ("答：问题1 带身份证来。", "带身份证来。"),
        ("答：2 号楼一层办。", "2 号楼一层办。"),
        ("答：1、带身份证。2、到社区刷脸。", "1、带身份证。2、到社区刷脸。"),
        ("答：1.5公里外的街道办。", "1.5公里外的街道办。"),
    ],
)
async def test_the_number_of_the_quoted_question_is_no_part_of_the_answer(world: World, typed: str, kept: str) -> None:
    _, li = await asked(world)
    await li.commands(typed, quoting=notice(world))
    assert kept in world.heard_in_group()[-1].splitlines()
    assert (await entry(world, 1)).content["answer"] == kept


async def test_our_wrong_answer_is_put_right_by_quoting_it(world_on_both: World) -> None:
    world = world_on_both
    wang, li = await asked(world)
    await li.commands("答 1 去银行办。")
    await world.passes(minutes=20)
    zhao = world.resident("赵姐")
    await zhao.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    wrong = world.sent_to_group()[-1]
    assert "去银行办" in wrong.outbound.text
    await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=wrong)
    [kept] = await all_entries(world)
    assert kept.content["answer"] == ANSWER
    assert kept.title == "养老金资格认证在哪办"
    assert kept.content["questions"][0] == "养老金资格认证在哪办?"
    await world.passes(minutes=20)
    assert ANSWER in (await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP))[0]


@pytest.mark.parametrize("with_name", [True, False])
async def test_our_line_quoted_without_an_id_is_no_question(world: World, with_name: bool) -> None:
    _, li = await asked(world)
    await li.commands("答 1 去银行办。")
    text = world.heard_in_group()[-1]
    assert "您问过" in text
    quote = Quote("小助手", text if with_name else text.removeprefix("@王阿姨 "))
    await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=quote)
    [kept] = await all_entries(world)
    assert (kept.title, kept.content["answer"], kept.version) == ("养老金资格认证在哪办", ANSWER, 2)
    await world.passes(minutes=1)
    [refused] = await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=Quote("小助手", "@赵姐 我早说过的一句话"))
    assert "没看出答的是哪个问题" in refused
    assert len(await all_entries(world)) == 1


async def test_an_imported_entry_that_answered_wrongly_stays_and_is_named(world: World) -> None:
    await put_in(world, GUIDE)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says("@小助手 居住证明怎么开？", in_group=GROUP)
    [said] = await li.commands("答：现在网上就能开。", in_group=GROUP, quoting=world.sent_to_group()[-1])
    assert "成了第2条" in said
    assert "原来念的第1条“居住证明”还在用，再问起来多半还念那条。它不对就发：政策停用 1" in said
    assert "我就照这个答" not in said
    new = await entry(world, 2)
    assert (new.title, new.content["questions"]) == ("居住证明怎么开", ["居住证明怎么开?"])
    assert (await entry(world, 1)).version == 1


async def test_what_has_expired_answers_nothing(world: World) -> None:
    await put_in(world, OLD_HEATING)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(f"@小助手 {HEATING}", in_group=GROUP)
    heard = world.heard_in_group()
    [said] = await li.commands("答 1 第1条")
    assert said == "第1条“供暖报停办法”2026年10月31日（周六）已到期，不能拿来答。请直接写答案。"
    assert world.heard_in_group() == heard
    assert "供暖报停" in (await li.commands("未答"))[0]
    assert OLD_HEATING.expires_on == date(2026, 10, 31)


async def test_what_tells_of_one_household_is_told_to_who_asked_alone(world: World) -> None:
    _, li = await asked(world)
    heard = world.heard_in_group()
    [shown] = await li.commands("答 1 您家3-2-501的材料齐了，明天来取。")
    assert shown.splitlines()[0] == "这像是一家的事："
    assert "501" not in shown
    assert shown.endswith("只告诉问的人，回1；也存下来答别人，回2。")
    assert world.heard_in_group() == heard
    assert await all_entries(world) == []
    [said] = await li.commands("1")
    assert said == f"好，不存。我这就告诉问的1个人（{GROUP}）。"
    told = world.heard_in_group()[-1]
    assert "材料齐了" in told
    assert "501" not in told
    assert await all_entries(world) == []
    assert await li.commands("未答") == ["没有等着答的问题。"]
    await world.passes(minutes=20)
    assert "问题2" in (await world.resident("赵姐").says(f"@小助手 {UNKNOWN}", in_group=GROUP))[0]


async def test_or_it_is_kept_without_the_door(world: World) -> None:
    _, li = await asked(world)
    await li.commands("答 1 您家3-2-501这样的，打0531-8866123找小张，材料齐了就行。")
    [said] = await li.commands("2")
    assert "成了第1条" in said
    assert "门牌号没写进去，也不念。" in said
    kept = str((await entry(world, 1)).content)
    assert "501" not in kept
    told = world.heard_in_group()[-1]
    assert "501" not in told
    assert "8866123" not in told


@pytest.mark.parametrize("answer", ["到3号楼1层办。", "到社区202室办。", "到3号楼找网格员。", "您带身份证来就行。"])
async def test_where_the_office_is_is_said_as_typed(world: World, answer: str) -> None:
    _, li = await asked(world)
    assert "记下了" in (await li.commands(f"答 1 {answer}"))[0]
    assert answer in world.heard_in_group()[-1].splitlines()


@pytest.mark.parametrize("answer", ["张阿姨，您明天来取。", "您爱人那份还差照片。", "3号楼2单元501的已经批了。"])
async def test_whose_matter_it_is_may_show_in_many_ways(world: World, answer: str) -> None:
    _, li = await asked(world)
    assert "这像是一家的事" in (await li.commands(f"答：{answer}", quoting=notice(world)))[0]
    assert await all_entries(world) == []


async def test_a_book_is_no_answer(world: World) -> None:
    _, li = await asked(world)
    heard = world.heard_in_group()
    [said] = await li.commands(f"答 1 {'到社区办。' * 401}")
    assert said.startswith("这一段超过2000字，太长了，没有记。")
    assert await all_entries(world) == []
    assert world.heard_in_group() == heard


async def test_of_a_long_answer_a_group_reads_the_beginning(world: World) -> None:
    wang, li = await asked(world)
    chen = world.resident("小陈")
    await chen.says(UNKNOWN)
    long = "先在手机上登记，填家庭成员和收入。" * 12
    await li.commands(f"答 1 {long}")
    told = world.heard_in_group()[-1].splitlines()
    assert len(told[1]) <= 120
    assert told[2] == "全文私聊问我。"
    assert long in chen.heard[-1]
    assert long not in world.heard_in_group()[-1]
    assert wang.heard == []


@pytest.mark.parametrize("placeholder", ["[图片]", "[视频]", "[语音]", " [文件] ", "[强][强]"])
async def test_a_picture_is_neither_question_nor_answer(world: World, placeholder: str) -> None:
    wang, li = await asked(world)
    [said] = await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=Quote("王阿姨", placeholder))
    assert "没看出答的是哪个问题" in said
    await world.passes(minutes=1)
    assert "还差" in (await li.commands(f"答：{placeholder}", in_group=GROUP, quoting=wang.last))[0]
    await world.passes(minutes=1)
    assert "还差" in (await li.commands(f"答 1 {placeholder}"))[0]
    assert await all_entries(world) == []


async def test_what_staff_answered_is_an_answer_of_theirs(world: World) -> None:
    _, li = await asked(world)
    await li.commands(f"答 1 {ANSWER}")
    assert (await entry(world, 1)).kind == Kind.ANSWER


async def test_who_was_told_what_was_wrong_hears_the_correction_too(world: World) -> None:
    wang, li = await asked(world)
    chen, zhou, zhao = world.resident("小陈"), world.staff("小周"), world.resident("赵姐")
    await chen.says(UNKNOWN)
    await zhou.commands("答 1 去银行办。")
    await world.passes(minutes=20)
    await zhao.says(f"@小助手 {UNKNOWN}", in_group=SOUTH)
    [said] = await li.commands(f"答：{ANSWER}", in_group=SOUTH, quoting=world.sent_to_group(SOUTH)[-1])
    assert "第1条换成了这一句（原来是小周答的）" in said
    for line in (world.heard_in_group()[-1], chen.heard[-1]):
        assert "更正" in line
        assert ANSWER in line
    assert wang.heard == []


async def test_words_that_stand_within_a_line_of_ours_are_the_residents_own(world: World) -> None:
    wang, li = await asked(world)
    await li.commands("答 1 去银行办。")  # our line repeats the question
    await start_again(world)
    await world.resident("赵姐").says("去银行办？", in_group=GROUP)
    [said] = await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=Quote("赵姐", "去银行办？"))
    assert "成了第2条" in said
    assert (await entry(world, 1)).content["answer"] == "去银行办。"
    assert wang.heard == []


async def test_one_households_matter_after_an_answer_leaves_the_entry_alone(world: World) -> None:
    _, li = await asked(world)
    await li.commands(f"答 1 {ANSWER}")
    await li.commands("答 1 您家的已经过了。")
    await li.commands("1")
    assert "您家的已经过了。" in world.heard_in_group()[-1]
    assert "更正" not in world.heard_in_group()[-1]  # what was said before still holds
    [kept] = await all_entries(world)
    assert (kept.content["answer"], kept.version) == (ANSWER, 1)


async def test_a_rule_after_one_households_matter_takes_nothing_back(world: World) -> None:
    _, li = await asked(world)
    await li.commands("答 1 您家的已经过了。")
    await li.commands("1")
    heard = world.heard_in_group()
    assert "成了第1条" in (await li.commands(f"答 1 {ANSWER}"))[0]
    assert world.heard_in_group() == heard


async def test_how_many_will_hear_it_is_said_before(world: World) -> None:
    _, li = await asked(world)
    await world.resident("赵姐").says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    assert "问过的有2个人，都会听到。" in (await li.commands("答 1 您家的已经过了。"))[0]


async def test_a_resident_answers_no_question_of_staff(world: World) -> None:
    wang, li = await asked(world)
    await li.commands("答 1 您家的已经过了。")
    await wang.says("1")
    await wang.says("2")
    assert await all_entries(world) == []
    assert "养老金" in (await li.commands("未答"))[0]


async def test_what_waits_for_the_word_waits_over_a_restart(world_on_both: World) -> None:
    world = world_on_both
    _, li = await asked(world)
    await li.commands("答 1 您家的已经过了。")
    await start_again(world)
    assert "好，不存" in (await li.commands("1"))[0]
    assert "您家的已经过了。" in world.heard_in_group()[-1]
