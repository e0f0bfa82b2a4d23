"""A staff member answers a resident in the group by quoting: whether to keep the pair is asked in private, and theirs to say."""

from __future__ import annotations

import pytest

from bot.message import Quote
from storage import policy
from storage.policy import Policy
from tests.policy.entries import GUIDE, HOW, UNKNOWN, put_in, staffed, start_again
from tests.resident import GROUP, Resident, StaffMember, World

__all__ = ["staffed"]

SOUTH = "南区业主群"
DOG = "养犬证年检要带啥材料？"
SAID = "带身份证到社区服务站，刷脸就行"
OFFER = (
    "您在群里答了一句，要不要记下来，下回有人问我就照着答？\n"
    "问：养老金资格认证在哪办?\n"
    f"答：{SAID}\n"
    "回1记下，回2不记。明天这时候还没回，就不记了。"
)


async def all_entries(world: World) -> list[Policy]:
    async with world.assistant.database.reading() as db:
        return await policy.named(db, world.assistant.settings.community.id, "", 100)


async def answered_in_group(world: World) -> tuple[Resident, StaffMember]:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says(SAID, in_group=GROUP, quoting=wang.last)
    return wang, li


async def test_the_pair_is_offered_in_private_and_one_digit_keeps_it(world_on_both: World) -> None:
    world = world_on_both
    wang, li = await answered_in_group(world)
    assert li.heard == [OFFER]
    assert world.heard_in_group() == []
    assert await all_entries(world) == []  # nothing without a word
    assert await li.commands("1") == ["记下了，成了第1条。"]
    [kept] = await all_entries(world)
    assert (kept.content["answer"], kept.checked_by) == (SAID, "李主任")
    assert world.heard_in_group() == []  # the asker has read it
    assert wang.heard == []
    await world.passes(minutes=1)
    assert SAID in (await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP))[0]
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_others_who_asked_the_same_are_told(world: World) -> None:
    zhao, chen = world.resident("赵姐"), world.resident("小陈")
    await zhao.says(UNKNOWN, in_group=SOUTH)
    await chen.says(UNKNOWN)
    wang, li = await answered_in_group(world)
    heard = len(chen.heard)
    await li.commands("1")
    assert SAID in world.heard_in_group(SOUTH)[-1]
    assert world.sent_to_group(SOUTH)[-1].outbound.mentions == (zhao.contact,)
    assert SAID in chen.heard[heard]
    assert not any(SAID in text for text in [*world.heard_in_group(), *wang.heard])


@pytest.mark.parametrize("word", ["2", "不留", "不用留"])
async def test_a_no_drops_it(world: World, word: str) -> None:
    _, li = await answered_in_group(world)
    assert await li.commands(word) == ["好，不记。"]
    assert await all_entries(world) == []
    assert "养老金" in (await li.commands("未答"))[0]  # it still waits
    assert "没认出" in (await li.commands("1"))[0]  # nothing is asked any more
    assert await all_entries(world) == []


async def test_a_day_of_silence_drops_it(world: World) -> None:
    _, li = await answered_in_group(world)
    await world.passes(hours=23, minutes=50)
    heard = len(li.heard)
    await world.passes(minutes=20)
    assert li.heard[heard:] == []
    await li.commands("1")
    assert await all_entries(world) == []


async def test_within_the_day_it_may_be_kept(world: World) -> None:
    _, li = await answered_in_group(world)
    await world.passes(hours=23, minutes=50)
    await li.commands("留")
    assert len(await all_entries(world)) == 1


async def test_of_two_the_latest_is_meant_and_the_other_asked_about_again(world: World) -> None:
    wang, li = await answered_in_group(world)
    await wang.says(DOG, in_group=GROUP)
    await li.says("带狗和养犬证到派出所", in_group=GROUP, quoting=wang.last)
    assert "养犬证" in li.heard[-1]
    [said] = await li.commands("1")
    assert "第1条" in said
    assert "还有一条等您一句话。问：养老金资格认证在哪办?" in said
    assert await li.commands("2") == ["好，不记。"]
    assert [one.content["answer"] for one in await all_entries(world)] == ["带狗和养犬证到派出所"]


async def test_beside_another_question_it_is_answered_in_words(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await put_in(world, GUIDE)
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says(HOW)  # a digit now means: all of it
    await li.says(SAID, in_group=GROUP, quoting=wang.last)
    assert "这条请回“留”或“不留”" in li.heard[-1]
    [whole] = await li.commands("1")
    assert "【条件】" in whole
    assert len(await all_entries(world)) == 1
    assert "记下了" in (await li.commands("留"))[0]
    assert len(await all_entries(world)) == 2


async def test_an_answer_given_while_it_waits_takes_no_digit_from_it(world: World) -> None:
    _, li = await answered_in_group(world)
    await put_in(world, GUIDE)
    [said] = await li.commands(HOW)
    assert "回“1”" not in said
    assert "记下了" in (await li.commands("1"))[0]


async def test_a_deed_that_waits_for_a_yes_is_not_done_by_a_digit(world: World) -> None:
    _, li = await answered_in_group(world)
    await put_in(world, GUIDE, in_force=False)
    await li.commands("政策确认 证明")
    assert "记下了" in (await li.commands("留"))[0]
    assert "可以拿来答" in (await li.commands("确认"))[0]


async def test_a_colleagues_question_chatter_and_residents_teach_nothing(world: World) -> None:
    wang, zhao, li, zhou = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任"), world.staff("小周")
    await zhou.says(UNKNOWN, in_group=GROUP)
    await li.says(SAID, in_group=GROUP, quoting=zhou.last)
    await wang.says("今天天气真好，出来晒太阳", in_group=GROUP)
    await li.says("是啊，大家注意防晒", in_group=GROUP, quoting=wang.last)
    await wang.says(UNKNOWN, in_group=GROUP)
    await zhao.says(SAID, in_group=GROUP, quoting=wang.last)
    await li.says("好的", in_group=GROUP, quoting=wang.last)  # answers nothing
    await li.says(SAID, in_group=GROUP)  # quotes nothing
    assert (li.heard, zhou.heard, wang.heard, zhao.heard) == ([], [], [], [])
    assert world.heard_in_group() == []
    assert "没认出" in (await li.commands("1"))[0]
    assert await all_entries(world) == []


async def test_a_residents_digit_keeps_nothing(world: World) -> None:
    wang, _ = await answered_in_group(world)
    await wang.says("1")
    await wang.says("1", in_group=GROUP)
    assert await all_entries(world) == []


async def test_the_digit_counts_in_private_only(world: World) -> None:
    _, li = await answered_in_group(world)
    await li.says("1", in_group=GROUP)
    assert await all_entries(world) == []
    await li.says("1")
    assert len(await all_entries(world)) == 1


async def test_roles_that_may_teach(staffed: World) -> None:
    wang = staffed.resident("王阿姨")
    await wang.says(UNKNOWN, in_group=GROUP)
    offered = {}
    for name in ("小周", "孙网格", "马调解", "物业吴", "看看"):
        await staffed.staff(name).says(SAID, in_group=GROUP, quoting=wang.last)
        offered[name] = any("要不要记下来" in text for text in staffed.staff(name).heard)
    assert offered == {"小周": True, "孙网格": True, "马调解": False, "物业吴": False, "看看": False}


async def test_it_waits_over_a_restart(world_on_both: World) -> None:
    world = world_on_both
    _, li = await answered_in_group(world)
    await start_again(world)
    assert await li.commands("1") == ["记下了，成了第1条。"]
    await start_again(world)
    await world.passes(minutes=1)
    assert "没认出" in (await li.commands("1"))[0]
    assert len(await all_entries(world)) == 1


async def test_what_was_asked_before_a_restart_may_be_quoted_after_it(world: World) -> None:
    wang, li, zhao = world.resident("王阿姨"), world.staff("李主任"), world.resident("赵姐")
    await wang.says(UNKNOWN, in_group=GROUP)
    await zhao.says(UNKNOWN, in_group=SOUTH)
    await start_again(world)
    await li.says(SAID, in_group=GROUP, quoting=Quote("王阿姨", UNKNOWN))  # as gateways show it, without an id
    assert li.heard == [OFFER]
    await li.says("1")
    assert world.heard_in_group() == []
    assert SAID in world.heard_in_group(SOUTH)[-1]


async def test_a_question_that_was_put_twice_may_be_quoted_all_the_same(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await world.passes(minutes=5)
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says(SAID, in_group=GROUP, quoting=Quote("王阿姨", UNKNOWN))
    assert li.heard == [OFFER]
    await li.says("1")
    assert await li.commands("未答") == ["没有等着答的问题。"]
    assert world.heard_in_group() == []


async def test_our_own_line_may_be_quoted_instead_of_the_question(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await zhao.says(UNKNOWN, in_group=SOUTH)
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    line = world.sent_to_group()[-1]
    await li.says(SAID, in_group=GROUP, quoting=line)
    assert li.heard[-1] == OFFER
    await li.says("1")
    assert SAID in world.heard_in_group(SOUTH)[-1]
    assert world.heard_in_group()[-1] == line.outbound.text
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_the_same_answer_twice_is_one_entry(world: World) -> None:
    wang, li = await answered_in_group(world)
    await li.says("1")
    await world.passes(hours=1)
    await li.says(SAID, in_group=GROUP, quoting=wang.last)
    await li.says("1")
    assert len(await all_entries(world)) == 1


BETTER = "不用跑，手机上刷脸就行。"


async def test_what_a_colleague_answered_meanwhile_is_shown_and_not_written_over(world_on_both: World) -> None:
    world = world_on_both
    _, li = await answered_in_group(world)
    zhou = world.staff("小周")
    await world.passes(minutes=5)
    await zhou.commands(f"答 1 {BETTER}")
    [shown] = await li.commands("1")
    assert shown == (
        "这个问题小周11月25日（周三）已经答过（第1条）：\n"
        f"{BETTER}\n"
        "您在群里说的是：\n"
        f"{SAID}\n"
        "换成您这句，回“换”；不换，回2。"
    )
    assert [one.content["answer"] for one in await all_entries(world)] == [BETTER]
    await world.passes(minutes=1)
    assert await li.commands("2") == ["好，不记。"]
    assert [one.content["answer"] for one in await all_entries(world)] == [BETTER]


async def test_it_gives_way_to_a_plain_word(world: World) -> None:
    _, li = await answered_in_group(world)
    await world.staff("小周").commands(f"答 1 {BETTER}")
    await li.commands("1")
    assert await li.commands("换") == ["记下了，成了第1条。"]
    [kept] = await all_entries(world)
    assert (kept.content["answer"], kept.checked_by, kept.version) == (SAID, "李主任", 2)


async def test_an_entry_that_was_pointed_at_meanwhile_stays(world: World) -> None:
    _, li = await answered_in_group(world)
    await put_in(world, GUIDE)
    await world.staff("小周").commands("答 1 第1条")
    assert "已经答过（第1条）" in (await li.commands("1"))[0]
    assert len(await all_entries(world)) == 1


@pytest.mark.parametrize(
    "word",
    [
        "我问问街道再告诉您",
        "收到，稍等",
        "好的好的，谢谢",
        "[强][强][强]",
        "已经在处理了，别着急",
        "师傅马上来",
        "回头告诉您",
    ],
)
async def test_a_word_that_answers_nothing_is_not_offered(world: World, word: str) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says(word, in_group=GROUP, quoting=wang.last)
    assert li.heard == []


@pytest.mark.parametrize("chatter", ["车位还有没有", "垃圾车几点来", "[图片]", "[语音]"])
async def test_what_asks_for_no_rule_teaches_nothing(world: World, chatter: str) -> None:
    li = world.staff("李主任")
    await li.says("六点吧，老地方见", in_group=GROUP, quoting=Quote("王阿姨", chatter))
    assert li.heard == []


async def test_one_households_matter_is_marked_and_kept_without_its_door(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says("您家3-2-501的认证已经通过了", in_group=GROUP, quoting=wang.last)
    assert "像是一家的事，别人问也这么答就记下，不然回2。" in li.heard[-1]
    assert "501" not in li.heard[-1]
    await li.says("1")
    assert "501" not in str([one.content for one in await all_entries(world)])


async def test_words_too_long_for_an_answer_are_not_offered(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(UNKNOWN, in_group=GROUP)
    await li.says("到社区服务站办。" * 260, in_group=GROUP, quoting=wang.last)
    assert li.heard == []
