"""What staff do with entries: look them up, confirm that they hold here, put them out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage import audit
from tests.policy.entries import GUIDE, HOW, OLD_HEATING, RENOVATION, entry, put_in, staffed
from tests.resident import GROUP, World

__all__ = ["staffed"]

LOST = replace(
    GUIDE, code="lost", title="遗失证明", answer="社区不开遗失证明，到派出所办。", questions=("遗失证明在哪开",)
)


async def three_waiting(world: World) -> None:
    """Numbers 1 to 3: two certificates, one of the home."""
    await put_in(world, GUIDE, LOST, RENOVATION, in_force=False, origin="starter")


async def states(world: World, numbers: int = 3) -> list[str]:
    return [(await entry(world, number)).state for number in range(1, numbers + 1)]


async def test_what_waits_is_listed_by_category(world: World) -> None:
    li = world.staff("李主任")
    assert await li.commands("政策") == ["没有等您看的政策条目。查找：政策 关键词。"]
    await three_waiting(world)
    await world.passes(minutes=1)
    [listed] = await li.commands("政策")
    assert listed.splitlines()[:4] == [
        "等您看过才用的政策条目3条：证明2，居家1。",
        "1. 居住证明",
        "2. 遗失证明",
        "3. 装修施工时间规定",
    ]


async def test_one_is_shown_whole_with_what_may_be_done(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    [waiting] = await li.commands("政策 1")
    lines = waiting.splitlines()
    assert lines[0] == "1. 居住证明（等您确认）"
    assert GUIDE.answer in lines
    assert f"【材料】{GUIDE.parts['papers']}" in lines
    assert "来源：街道便民服务手册 幸办〔2026〕3号" in lines
    assert lines[-1] == "本社区算数就发：政策确认 1"
    await li.commands("政策确认 1")
    await world.passes(minutes=1)
    lines = (await li.commands("政策 1"))[0].splitlines()
    assert lines[0] == "1. 居住证明（在用）"
    assert lines[-1] == "李主任11月25日（周三）看过。不再用就发：政策停用 1"
    await li.commands("政策停用 1")
    await world.passes(minutes=1)
    assert "1. 居住证明（已停用）" in (await li.commands("政策 1"))[0]


async def test_what_was_put_out_of_use_unseen_is_shown_too(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    await li.commands("政策停用 2")
    [shown] = await li.commands("政策 2")
    assert shown.startswith("2. 遗失证明（已停用）")


async def test_search_by_words_of_title_or_category(world: World) -> None:
    await three_waiting(world)
    await put_in(world, OLD_HEATING)
    li = world.staff("李主任")
    [found] = await li.commands("政策 证明")
    assert found.splitlines()[:2] == ["1. 居住证明（等您确认）", "2. 遗失证明（等您确认）"]
    [found] = await li.commands("政策 供暖")
    assert found.splitlines()[0] == "4. 供暖报停办法（在用，到2026年10月31日（周六））"
    assert await li.commands("政策 火星") == ["没有题目里带“火星”的条目。"]
    for word in ("%", "_", "' OR 1=1 --", "（"):
        await world.passes(minutes=1)
        assert "没有题目里带" in (await li.commands(f"政策 {word}"))[0]
    assert "没有第9条" in (await li.commands("政策 9"))[0]


@pytest.mark.parametrize("numbers", ["1-3", "1、2，3", "1 2 3", "１～３", "3 2 1"])
async def test_by_numbers_and_ranges_they_hold_at_once(world: World, numbers: str) -> None:
    await three_waiting(world)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    [said] = await li.commands(f"政策确认 {numbers}")
    assert said.startswith("好，3条从现在起可以拿来答：")
    assert await states(world) == ["in_force"] * 3
    assert GUIDE.parts["papers"] in (await wang.says(HOW, in_group=GROUP))[0]
    assert world.sent_to_group()[0].outbound.text != said


async def test_unknown_numbers_change_nothing(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    assert await li.commands("政策确认 1 8 9") == ["没有第8、9条，或者已经停用。发“政策”看看有哪些。"]
    assert await states(world) == ["waiting"] * 3
    assert "还差" in (await li.commands("政策确认"))[0]
    assert await li.commands("政策确认 火星") == ["没有等着确认的“火星”。发“政策”看看有哪些。"]
    assert "没有第8条" in (await li.commands("政策停用 8"))[0]
    assert "还差" in (await li.commands("政策停用"))[0]
    assert await li.commands("政策停用 1 2") == ["一次只能办一条，请一条一条发。"]
    assert await li.commands("政策停用 1-2") == ["一次只能办一条，请一条一条发。"]
    assert await states(world) == ["waiting"] * 3


async def test_a_whole_category_is_shown_before_it_holds(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    [shown] = await li.commands("政策确认 证明")
    assert shown.splitlines()[:3] == ["“证明”有2条，确认后都可以拿来答：", "1. 居住证明", "2. 遗失证明"]
    assert "确认" in shown.splitlines()[-1]
    assert await states(world) == ["waiting"] * 3
    [done] = await li.commands("确认")
    assert "2条" in done
    assert await states(world) == ["in_force", "in_force", "waiting"]


async def test_a_no_or_what_changed_meanwhile_is_not_confirmed(world: World) -> None:
    await three_waiting(world)
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands("政策确认 证明")
    await li.commands("不要")
    assert await states(world) == ["waiting"] * 3
    await world.passes(minutes=1)
    await li.commands("政策确认 证明")
    await zhou.commands("政策停用 2")
    assert "1条" in (await li.commands("确认"))[0]
    assert await states(world) == ["in_force", "withdrawn", "waiting"]


async def test_what_was_put_out_of_use_comes_back_as_was_promised(world: World) -> None:
    await put_in(world, GUIDE)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    [said] = await li.commands("政策停用 1")
    assert said == "第1条“居住证明”不再拿来答了。要再用，发：政策确认 1"
    assert await wang.says(HOW, in_group=GROUP) == []
    await world.passes(minutes=1)
    assert "已经停用" in (await li.commands("政策停用 1"))[0]
    assert "可以拿来答" in (await li.commands("政策确认 1"))[0]
    assert len(await wang.says(HOW, in_group=GROUP)) == 1


async def test_looking_again_moves_the_date_of_the_next_look(world: World) -> None:
    today = date(2026, 11, 25)
    later = today + timedelta(days=400)
    await put_in(
        world,
        replace(GUIDE, review_on=today - timedelta(days=3)),
        LOST,
        replace(RENOVATION, review_on=later),
    )
    await world.staff("李主任").commands("政策确认 1-3")
    for number, expected in ((1, today + timedelta(days=180)), (2, today + timedelta(days=180)), (3, later)):
        row = await entry(world, number)
        assert row.review_on == expected, number
        assert row.content["review_on"] == expected.isoformat()
        assert row.version == 1


async def test_a_residents_answer_says_when_staff_last_looked(world: World) -> None:
    await put_in(world, GUIDE)
    await world.passes(days=40)
    await world.staff("小周").commands("政策确认 1")
    [said] = await world.resident("王阿姨").says("居住证明怎么开")
    assert "截至2027年1月4日（周一）" in said


@pytest.mark.parametrize(
    ("name", "may"),
    [("小周", True), ("孙网格", False), ("马调解", False), ("物业吴", False), ("看看", False)],
)
async def test_roles(staffed: World, name: str, may: bool) -> None:
    await three_waiting(staffed)
    officer = staffed.staff(name)
    assert "居住证明" in (await officer.commands("政策"))[0]  # to look is open to all
    await officer.commands("政策确认 1")
    await officer.commands("政策确认 居家")
    await officer.commands("确认")
    assert await states(staffed) == (["in_force", "waiting", "in_force"] if may else ["waiting"] * 3)
    await officer.commands("政策停用 2")
    assert (await entry(staffed, 2)).state == ("withdrawn" if may else "waiting")


async def test_the_group_hears_none_of_it(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    for command in ("政策", "政策 1", "政策确认 1", "政策停用 1", "未答", "政策确认 居家"):
        await world.passes(minutes=1)
        assert len(await li.commands(f"@小助手 {command}", in_group=GROUP)) == 1
    assert world.heard_in_group() == []


async def test_every_change_is_written_down(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    await li.commands("政策确认 1 2")
    await li.commands("政策停用 2")
    async with world.assistant.database.reading() as db:
        written = [
            (one.verb, one.actor)
            for number in (1, 2)
            for one in await audit.story(db, world.assistant.settings.community.id, f"policy:{number}")
        ]
    assert written == [("policy.confirm", "admin"), ("policy.confirm", "admin"), ("policy.withdraw", "admin")]


async def test_the_communitys_own_facts_stand_in_what_staff_read(staffed: World) -> None:
    await put_in(staffed, replace(GUIDE, answer="{office_hours}到{office_place}办。", parts={}))
    [shown] = await staffed.staff("李主任").commands("政策 1")
    assert "周一至周五8:30-17:00到幸福里小区1号楼东侧办。" in shown
    assert "{" not in shown


async def test_more_numbers_than_are_done_at_once_are_refused_in_words(world: World) -> None:
    await three_waiting(world)
    li = world.staff("李主任")
    assert await li.commands("政策确认 1-99999") == ["一次最多100条，请分几回发。"]
    assert await li.commands("不用答 1-99999") == ["一次最多100条，请分几回发。"]
    assert await li.commands("政策确认 abc") == ["没有等着确认的“abc”。发“政策”看看有哪些。"]
    assert "99999999" in (await li.commands("政策确认 99999999"))[0]
    assert await states(world) == ["waiting"] * 3


async def test_many_numbers_are_shown_before_they_hold(world: World) -> None:
    await put_in(world, *(replace(LOST, code=f"lost-{n}", title=f"遗失证明{n}") for n in range(12)), in_force=False)
    li, zhou = world.staff("李主任"), world.staff("小周")
    [shown] = await li.commands("政策确认 1-12")
    assert shown.splitlines()[:2] == ["一共12条，确认后都可以拿来答：", "1. 遗失证明0"]
    assert await states(world, 12) == ["waiting"] * 12
    await zhou.commands("政策停用 2")
    assert "好，11条从现在起可以拿来答" in (await li.commands("确认"))[0]
    assert await states(world, 12) == ["in_force", "withdrawn", *["in_force"] * 10]
