"""What nobody could answer: joined, counted, answered once by staff, and told to everybody who asked."""

from __future__ import annotations

import pytest

from storage import policy
from tests.policy.entries import ANSWER, EVERYBODY, GUIDE, OTHER_WORDS, UNKNOWN, entry, put_in, staffed, start_again
from tests.resident import GROUP, Resident, StaffMember, World

__all__ = ["staffed"]

SOUTH = "南区业主群"
DOG = "养犬证年检要带啥材料？"
NONE_LEFT = ["没有等着答的问题。"]


async def asked_by_three(world: World) -> tuple[Resident, Resident, Resident]:
    """Of one thing in other words: called, in passing in another group, and in private."""
    wang, zhao, chen = world.resident("王阿姨"), world.resident("赵姐"), world.resident("小陈")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await zhao.says(OTHER_WORDS, in_group=SOUTH)
    await chen.says(UNKNOWN)
    return wang, zhao, chen


async def test_the_like_is_one_question_counted_by_people(world: World) -> None:
    wang, _, chen = await asked_by_three(world)
    await world.passes(minutes=1)
    await wang.says(UNKNOWN, in_group=SOUTH)  # the same person again
    assert "问题1" in chen.heard[-1]
    await wang.says(f"@小助手 {DOG}", in_group=GROUP)
    [listed] = await world.staff("李主任").commands("未答")
    first, one, two, *_ = listed.splitlines()
    assert first == "还没有答案的问题2个："
    assert one.startswith("1. 养老金资格认证在哪办")
    assert "3人问过" in one
    assert two.startswith("2. 养犬证年检要带啥材料")
    assert "1人问过" in two


async def test_most_asked_stands_first_and_many_are_told_of_again(world: World) -> None:
    li = world.staff("李主任")
    people = [world.resident(f"邻居{n}") for n in range(3)]
    await people[0].says(f"@小助手 {DOG}", in_group=GROUP)
    for one in people:
        await one.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    assert [text.split("】")[0] for text in li.heard] == ["【问题1", "【问题2", "【问题2"]
    assert "3个人问" in li.heard[-1]
    [listed] = await li.commands("未答")
    assert [line[:2] for line in listed.splitlines()[1:3]] == ["2.", "1."]


async def test_who_takes_questions_is_told_and_who_asked_is_not_told_of_themselves(staffed: World) -> None:
    await staffed.staff("小周").says(UNKNOWN)
    await staffed.resident("王阿姨").says(DOG)
    told = {one["name"]: staffed.staff(str(one["name"])).heard for one in EVERYBODY}
    assert "【问题1】小周私下问" in told["李主任"][0]
    assert [len(told[name]) for name in ("李主任", "小周")] == [2, 2]  # what he was answered, and one question
    assert "【问题2】王阿姨私下问：养犬证" in told["小周"][1]
    assert not any(told[name] for name in ("孙网格", "马调解", "物业吴", "看看"))


async def test_an_answer_by_quoting_tells_everybody_else_once(world: World) -> None:
    wang, zhao, chen = await asked_by_three(world)
    li = world.staff("李主任")
    heard = len(world.heard_in_group())
    [kept] = await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=wang.last)
    assert world.heard_in_group()[heard:] == []  # the asker reads what was written there
    assert wang.heard == []
    [told] = world.sent_to_group(SOUTH)
    assert (
        told.outbound.text
        == f"@赵姐 您问过：{told_question(OTHER_WORDS)}\n{ANSWER}\n（社区答复，截至2026年11月25日（周三））"
    )
    assert told.outbound.mentions == (zhao.contact,)
    assert chen.heard[-1] == f"您问过：{told_question(UNKNOWN)}\n{ANSWER}\n（社区答复，截至2026年11月25日（周三））"
    assert "第1条" in kept
    assert "我这就告诉问过的2个人（南区业主群）" in kept
    assert await li.commands("未答") == NONE_LEFT
    said = len(chen.heard)
    await li.commands(f"答 1 {ANSWER}")
    assert len(world.sent_to_group(SOUTH)) == 1
    assert len(chen.heard) == said


def told_question(text: str) -> str:
    """As it is quoted back: normalised."""
    return text.replace("？", "?")


async def test_an_answer_by_number_tells_the_asker_too(world: World) -> None:
    await asked_by_three(world)
    [kept] = await world.staff("小周").commands(f"答 1 {ANSWER}")
    assert world.heard_in_group()[-1].startswith("@王阿姨 您问过：")
    assert ANSWER in world.heard_in_group()[-1]
    assert "我这就告诉问过的3个人" in kept


async def test_what_was_asked_in_private_is_quoted_in_no_group(world: World) -> None:
    """Each hears their own words: the first to ask did so in private."""
    sun, zhao = world.resident("孙姨"), world.resident("赵姐")
    await sun.says("我家老头子瘫在床上，养老金资格认证在哪办？")
    await zhao.says("老头子瘫在床上养老金资格认证在哪办呀？", in_group=GROUP)
    await world.staff("李主任").commands(f"答 1 {ANSWER}")
    [told] = world.heard_in_group()
    assert "赵姐" in told
    assert "我家" not in told
    assert "我家老头子" in sun.heard[-1]


async def test_our_private_notice_may_be_quoted(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(f"@小助手 {DOG}", in_group=GROUP)
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    [notice] = [
        sent for sent in world.channel.sent if "【问题2】" in sent.outbound.text and sent.outbound.contact == "wx_li"
    ]
    await li.commands(f"答：{ANSWER}", quoting=notice)
    assert ANSWER in world.heard_in_group()[-1]
    [listed] = await li.commands("未答")
    assert "养犬证" in listed
    assert "养老金" not in listed


async def test_our_line_in_the_group_may_be_quoted_after_a_restart(world: World) -> None:
    wang, _, chen = await asked_by_three(world)
    line = world.sent_to_group()[-1]
    await start_again(world)
    [kept] = await world.staff("李主任").commands(f"答：{ANSWER}", in_group=GROUP, quoting=line)
    assert ANSWER in chen.heard[-1]
    assert wang.heard == []
    assert ANSWER not in world.heard_in_group()[-1]
    assert "2个人" in kept


async def test_answering_again_replaces_the_entry_and_keeps_its_history(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await li.commands(f"答 1 {ANSWER}")
    await li.commands("答 1 改了：到街道办一楼。")
    kept = await entry(world, 1)
    assert kept.version == 2
    async with world.assistant.database.reading() as db:
        [before] = await policy.versions(db, kept.id)
    assert before.content["answer"] == ANSWER
    assert before.replaced_by == "李主任"
    await world.passes(minutes=1)
    [said] = await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    assert "改了：到街道办一楼。" in said
    assert ANSWER not in said


async def test_asked_again_the_entry_answers_and_the_question_is_kept_with_it(world_on_both: World) -> None:
    world = world_on_both
    wang, zhao, chen = await asked_by_three(world)
    li = world.staff("李主任")
    await li.commands(f"答：{ANSWER}", in_group=GROUP, quoting=wang.last)
    assert ANSWER in chen.heard[-1]
    await world.passes(minutes=11)
    assert await zhao.says(UNKNOWN, in_group=SOUTH) == [f"@赵姐 {ANSWER}\n来源：社区答复，截至2026年11月25日（周三）。"]
    kept = await entry(world, 1)
    assert kept.content["questions"] == [told_question(UNKNOWN)]
    assert (kept.state, kept.origin, kept.checked_by) == ("in_force", "staff", "李主任")
    assert kept.review_on is not None
    assert (kept.review_on - world.clock.now().date()).days == 180
    assert await li.commands("未答") == NONE_LEFT


async def test_it_goes_on_over_a_restart(world_on_both: World) -> None:
    world = world_on_both
    wang, zhao, chen = await asked_by_three(world)
    await start_again(world)
    await world.resident("钱大姐").says(OTHER_WORDS)
    [listed] = await world.staff("李主任").commands("未答")
    assert "4人问过" in listed
    await start_again(world)
    await world.staff("李主任").commands(f"答：{ANSWER}", in_group=GROUP, quoting=wang.last)
    assert ANSWER in world.heard_in_group(SOUTH)[-1]
    assert ANSWER in chen.heard[-1]
    await start_again(world)
    assert ANSWER in (await zhao.says(f"@小助手 {UNKNOWN}", in_group=SOUTH))[0]


async def test_what_is_not_ours_leaves_the_queue_and_nobody_is_told(world: World) -> None:
    wang, zhao, chen = await asked_by_three(world)
    li = world.staff("李主任")
    await wang.says(f"@小助手 {DOG}", in_group=GROUP)
    heard = (world.heard_in_group(), world.heard_in_group(SOUTH), list(chen.heard))
    [said] = await li.commands("不用答 1、2")
    assert said.splitlines()[0] == "好，这些不用答了："
    assert [line[:2] for line in said.splitlines()[1:]] == ["1.", "2."]
    assert (world.heard_in_group(), world.heard_in_group(SOUTH), chen.heard) == heard
    assert await li.commands("未答") == NONE_LEFT
    assert await li.commands("不用答 1") == ["问题1已经拿掉，不用答了。发“未答”看看还有哪些。"]
    await world.passes(minutes=1)
    heard_by_staff = len(li.heard)
    [said] = await zhao.says(f"@小助手 {UNKNOWN}", in_group=SOUTH)
    assert "不归社区答" in said
    assert len(li.heard) == heard_by_staff


async def test_one_of_several_that_is_none_drops_nothing(world: World) -> None:
    await asked_by_three(world)
    li = world.staff("李主任")
    assert "没有问题9" in (await li.commands("不用答 1 9"))[0]
    assert "养老金" in (await li.commands("未答"))[0]


async def test_an_answer_that_names_no_question_is_refused(world: World) -> None:
    await asked_by_three(world)
    li = world.staff("李主任")
    assert "没看出答的是哪个问题" in (await li.commands(f"答 {ANSWER}"))[0]
    assert "没有问题7" in (await li.commands(f"答 7 {ANSWER}"))[0]
    assert "答：文字" in (await li.commands("答 1"))[0]
    assert "养老金" in (await li.commands("未答"))[0]


@pytest.mark.parametrize(
    ("name", "answers", "dismisses", "lists"),
    [
        ("小周", True, True, True),
        ("孙网格", True, False, True),
        ("马调解", False, False, False),
        ("物业吴", False, False, False),
        ("看看", False, False, False),
    ],
)
async def test_roles(staffed: World, name: str, answers: bool, dismisses: bool, lists: bool) -> None:
    officer: StaffMember = staffed.staff(name)
    wang = staffed.resident("王阿姨")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await wang.says(f"@小助手 {DOG}", in_group=GROUP)
    assert ("养老金" in (await officer.commands("未答"))[0]) == lists
    assert ("这些不用答了" in (await officer.commands("不用答 2"))[0]) == dismisses
    await officer.commands(f"答：{ANSWER}", in_group=GROUP, quoting=wang.last)
    await officer.commands(f"答 1 {ANSWER}")
    assert (ANSWER in world_lines(staffed)) == answers


def world_lines(world: World) -> str:
    return "\n".join(world.heard_in_group())


@pytest.mark.parametrize(
    "text", ["未答", "不用答 1", "答：到社区来", "答 1 到社区来", "政策确认 1", "撤办 BL261125-01"]
)
async def test_a_residents_command_is_as_if_nothing_were_said(world: World, text: str) -> None:
    wang, zhao, _ = await asked_by_three(world)
    await put_in(world, GUIDE, in_force=False)
    heard = (world.heard_in_group(), list(zhao.heard))
    await zhao.says(text, in_group=GROUP)
    await zhao.says(text, in_group=GROUP, quoting=wang.last)
    await zhao.says(f"@小助手 {text}", in_group=GROUP)
    assert (world.heard_in_group(), zhao.heard) == heard
    assert (await entry(world, 1)).state == "waiting"
    [listed] = await world.staff("李主任").commands("未答")
    assert "还没有答案的问题1个" in listed


async def test_numbers_and_doors_of_who_asked_are_kept_nowhere_that_others_read(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says("我叫张建国，13812345678，住3号楼2单元501，问一下养老金资格认证在哪办？")
    [listed] = await li.commands("未答")
    assert "13812345678" not in listed
    assert "501" not in listed
    assert "张建国" not in listed
    await li.commands(f"答 1 {ANSWER}")
    assert "13812345678" not in str((await entry(world, 1)).content)


async def test_an_answer_of_staff_shows_no_mobile_number_in_a_group(world: World) -> None:
    wang, li, chen = world.resident("王阿姨"), world.staff("李主任"), world.resident("小陈")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await chen.says(UNKNOWN)
    await li.commands("答 1 打13812345678找小张办。")
    assert "13812345678" not in world.heard_in_group()[-1]
    assert "13812345678" in chen.heard[-1]


async def test_a_long_answer_is_kept_whole_and_said_short(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says(UNKNOWN)
    long = (
        "养老金资格认证可以在手机上刷脸办，也可以到社区服务站办。"
        + "手机上办要先下载掌上12333，注册登录以后点资格认证。" * 8
    )
    await li.commands(f"答 1 {long}")
    assert long in wang.heard[-1]
    [said] = await zhao.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    answer = said.removeprefix("@赵姐 ").splitlines()[0]
    assert len(answer) <= 120
    assert "刷脸办" in answer
    assert "回“1”" in said
