"""`办` and `撤办`: services done, one by one, for the yearly report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from storage import services
from tests.assistants import ZONE
from tests.policy.entries import GUIDE, RENOVATION, put_in, staffed
from tests.resident import GROUP, World

__all__ = ["staffed"]

CARD = replace(GUIDE, code="card", title="居住证明变更", questions=("居住证明变更怎么办",))


async def counts(world: World) -> dict[str, int]:
    since, until = (datetime(year, 1, 1, tzinfo=ZONE) for year in (2026, 2028))
    async with world.assistant.database.reading() as db:
        return await services.count(db, world.assistant.settings.community.id, since, until)


async def test_one_done_is_numbered_counted_and_told_to_nobody_else(world_on_both: World) -> None:
    world = world_on_both
    await put_in(world, GUIDE)
    wang, li = world.resident("3-2-501 王阿姨"), world.staff("李主任")
    await wang.says("早上好", in_group=GROUP)
    [said] = await li.commands("办 居住证明 3-2-501")
    assert said == "记下了：居住证明，3号楼2单元501，今年第1件（BL261125-01）。记错了发：撤办 BL261125-01"
    [said] = await li.commands("办 居住证明 5号楼1单元302")
    assert "5号楼1单元302，今年第2件（BL261125-02）" in said
    assert world.heard_in_group() == []
    assert wang.heard == []
    assert await counts(world) == {"居住证明": 2}


async def test_for_one_door_it_counts_once_a_day(world: World) -> None:
    await put_in(world, GUIDE, CARD)
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands("办 居住证明 3-2-501")
    [said] = await zhou.commands("办 居住证明 3号楼2单元501")
    assert "已经记过（BL261125-01）" in said
    await zhou.commands("办 居住证明 3-2-502")
    await zhou.commands("办 居住证明变更 3-2-501")
    assert await counts(world) == {"居住证明": 2, "居住证明变更": 1}
    await world.passes(days=1)
    assert "今年第3件（BL261126-01）" in (await li.commands("办 居住证明 3-2-501"))[0]


async def test_taken_back_it_is_not_counted_and_may_be_entered_again(world: World) -> None:
    await put_in(world, GUIDE)
    li = world.staff("李主任")
    await li.commands("办 居住证明 3-2-501")
    assert await li.commands("撤办 bl261125-01") == ["BL261125-01（居住证明）不算了。"]
    assert await counts(world) == {}
    await world.passes(minutes=1)
    assert await li.commands("撤办 BL261125-01") == ["没有BL261125-01这一件，或者已经撤了。"]
    assert "今年第1件（BL261125-02）" in (await li.commands("办 居住证明 3-2-501"))[0]
    assert await counts(world) == {"居住证明": 1}


async def test_a_new_year_counts_from_one(world: World) -> None:
    await put_in(world, GUIDE)
    li = world.staff("李主任")
    await li.commands("办 居住证明 3-2-501")
    await world.passes(days=40)
    assert "今年第1件（BL270104-01）" in (await li.commands("办 居住证明 3-2-501"))[0]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("办 火星居留证 3-2-501", "没有叫“火星居留证”"),
        ("办 装修施工时间规定 3-2-501", "没有叫“装修施工时间规定”"),
        ("办 居住证明", "还差"),
        ("办 3-2-501", "还差"),
        ("办", "还差"),
        ("撤办", "还差"),
        ("撤办 BL261125-77", "BL261125-77"),
    ],
)
async def test_what_cannot_be_entered_says_why(world: World, typed: str, expected: str) -> None:
    await put_in(world, GUIDE, RENOVATION)
    assert expected in (await world.staff("李主任").commands(typed))[0]
    assert await counts(world) == {}


async def test_only_what_holds_here_is_done_here(world: World) -> None:
    await put_in(world, GUIDE, in_force=False)
    li = world.staff("李主任")
    assert "没有叫“居住证明”" in (await li.commands("办 居住证明 3-2-501"))[0]
    await li.commands("政策确认 1")
    await world.passes(minutes=1)
    assert "今年第1件" in (await li.commands("办 居住证明 3-2-501"))[0]


async def test_two_people_of_a_house_without_doors_are_two(world: World) -> None:
    """Without a door nothing tells whether it is the same household."""
    await put_in(world, GUIDE)
    li = world.staff("李主任")
    assert "今年第1件" in (await li.commands("办 居住证明 3号楼"))[0]
    await world.passes(minutes=1)
    assert "今年第2件" in (await li.commands("办 居住证明 3号楼"))[0]


@pytest.mark.parametrize(
    ("name", "may"), [("小周", True), ("孙网格", True), ("马调解", False), ("物业吴", False), ("看看", False)]
)
async def test_roles(staffed: World, name: str, may: bool) -> None:
    await put_in(staffed, GUIDE)
    officer = staffed.staff(name)
    await officer.commands("办 居住证明 3-2-501")
    assert await counts(staffed) == ({"居住证明": 1} if may else {})
    await officer.commands("撤办 BL261125-01")
    assert await counts(staffed) == {}


async def test_given_in_a_group_it_is_answered_in_private(world: World) -> None:
    await put_in(world, GUIDE)
    [said] = await world.staff("李主任").commands("@小助手 办 居住证明 3-2-501", in_group=GROUP)
    assert "501" in said
    assert world.heard_in_group() == []


async def test_a_resident_enters_nothing(world: World) -> None:
    await put_in(world, GUIDE)
    await world.resident("王阿姨").says("办 居住证明 3-2-501")
    assert await counts(world) == {}


VISIT = replace(GUIDE, code="visit", title="高龄卧床老人养老认证上门服务", questions=("养老认证能上门吗",))
FACE = replace(GUIDE, code="face", title="养老待遇资格认证", questions=("养老认证在哪办",))


async def test_what_is_not_its_name_is_asked_about(world: World) -> None:
    await put_in(world, GUIDE, CARD, VISIT, FACE)
    li = world.staff("李主任")
    [shown] = await li.commands("办 证明 3-2-503")
    assert shown == ("没有正好叫“证明”的，没有记。是这里的哪一件？回数字：\n1. 居住证明\n2. 居住证明变更")
    assert await counts(world) == {}
    await world.passes(minutes=1)
    assert await li.commands("9") == ["请回1到2里的一个数字。"]
    assert "记下了：居住证明变更，3号楼2单元503，今年第1件" in (await li.commands("2"))[0]
    assert await counts(world) == {"居住证明变更": 1}


@pytest.mark.parametrize("name", ["居住证", "养老认证", "认证"])
async def test_nothing_near_is_counted_unseen(world: World, name: str) -> None:
    await put_in(world, GUIDE, CARD, VISIT, FACE)
    [said] = await world.staff("李主任").commands(f"办 {name} 3-2-501")
    assert "没有记" in said
    assert await counts(world) == {}


async def test_a_single_near_one_is_asked_about_too(world: World) -> None:
    await put_in(world, GUIDE)
    [said] = await world.staff("李主任").commands("@小助手 办 居住证 3-2-501", in_group=GROUP)
    assert said.splitlines()[1:] == ["1. 居住证明"]
    assert world.heard_in_group() == []
    assert await counts(world) == {}
    await world.staff("李主任").commands("1")
    assert await counts(world) == {"居住证明": 1}


async def test_what_stands_in_brackets_need_not_be_typed(world: World) -> None:
    await put_in(world, replace(GUIDE, title="居住证明（社区出具）"), CARD)
    assert "记下了：居住证明（社区出具）" in (await world.staff("李主任").commands("办 居住证明 3-2-501"))[0]


async def test_what_is_found_by_other_words_is_offered_too(world: World) -> None:
    await put_in(world, VISIT, FACE)
    [shown] = await world.staff("李主任").commands("办 养老认证 3-2-501")
    assert shown.splitlines()[1:] == ["1. 高龄卧床老人养老认证上门服务", "2. 养老待遇资格认证"]
