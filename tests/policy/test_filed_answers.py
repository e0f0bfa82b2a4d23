"""Answers that staff filled into the file of unanswered questions: imported beside the running assistant, told by it."""

from __future__ import annotations

from datetime import date

from bot.message import Quote
from intents.policy.filed_answers import keep_filed
from intents.policy.importing.outcomes import Answered
from storage import policy, questions
from tests.policy.entries import ANSWER, UNKNOWN, entry
from tests.resident import GROUP, World

SOUTH = "南区业主群"
REVIEW = date(2027, 5, 25)


async def file_in(world: World, question: int, answer: str = ANSWER, *, title: str = "", source: str = "") -> bool:
    """As the command line does it, in a process of its own."""
    assistant = world.assistant
    async with assistant.database.transaction() as db:
        filed = Answered("answers.xlsx", 2, question, answer, title, source)
        return await keep_filed(
            db, assistant.settings.community.id, filed, assistant.replies.word, REVIEW, world.clock.now()
        )


async def test_everybody_who_asked_is_told_once(world_on_both: World) -> None:
    world = world_on_both
    wang, chen = world.resident("王阿姨"), world.resident("小陈")
    await wang.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await chen.says(UNKNOWN)
    assert await file_in(world, 1)
    await world.passes(minutes=2)
    assert [line for line in world.heard_in_group() if ANSWER in line] == [world.heard_in_group()[-1]]
    assert "@王阿姨" in world.heard_in_group()[-1]
    assert [ANSWER in line for line in chen.heard] == [False, True]
    assert await file_in(world, 1)  # the same file once more
    await world.passes(minutes=2)
    assert sum(ANSWER in line for line in (*world.heard_in_group(), *chen.heard)) == 2
    [said] = await chen.says(UNKNOWN)
    assert ANSWER in said


async def test_what_else_was_filled_in_is_kept(world: World) -> None:
    await world.resident("小陈").says(UNKNOWN)
    assert await file_in(world, 1, title="养老认证", source="区人社局")
    li = world.staff("李主任")
    [shown] = await li.commands("政策 1")
    assert "养老认证" in shown
    assert "来源：区人社局" in shown
    assert await li.commands("未答") == ["没有等着答的问题。"]


async def test_a_number_that_is_none_is_not_taken(world: World) -> None:
    assert not await file_in(world, 7)


async def test_a_group_reads_a_long_one_short(world: World) -> None:
    zhao, chen = world.resident("赵姐"), world.resident("小陈")
    await zhao.says(f"@小助手 {UNKNOWN}", in_group=GROUP)
    await chen.says(UNKNOWN)
    long = "第一步网上登记，填家庭成员和收入。" * 30
    assert await file_in(world, 1, long)
    await world.passes(minutes=2)
    told = world.heard_in_group()[-1].splitlines()
    assert len(told[1]) <= 120
    assert told[2] == "全文私聊问我。"
    assert long in chen.heard[-1]


async def test_what_was_asked_in_private_is_no_title_there_either(world: World) -> None:
    await world.resident("小陈").says("我刚离了婚没工作，孩子户口怎么迁？")
    assert await file_in(world, 1, "到派出所，您家3-2-501那样的也行。", title="我刚离了婚没工作,孩子户口怎么迁?")
    kept = await entry(world, 1)
    assert "离了婚" not in kept.title
    assert "501" not in str(kept.content)


async def test_it_takes_the_place_of_what_was_overheard(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await li.says("带身份证到社区服务站，刷脸就行", in_group=GROUP, quoting=Quote("王阿姨", UNKNOWN))
    await li.says("1")
    await wang.says("@小助手 火星移民养老金证怎么办？", in_group=GROUP)
    await world.passes(minutes=1)
    assert (await entry(world, 1)).code.startswith("asked-")
    await link(world, question=1, number=1)
    assert await file_in(world, 1, "到街道办。")
    kept = await entry(world, 1)
    assert (kept.content["answer"], kept.version) == ("到街道办。", 2)
    assert len(kept.content["questions"]) == 2


async def link(world: World, question: int, number: int) -> None:
    """The question was answered with that entry."""
    community = world.assistant.settings.community.id
    async with world.assistant.database.transaction() as db:
        row = await policy.by_number(db, community, number)
        asked = await questions.by_number(db, community, question)
        assert row is not None
        assert asked is not None
        await questions.answer(db, asked, row.id, "李主任", world.clock.now())
