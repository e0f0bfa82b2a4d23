"""A question that no session answers and policies do: with and without sessions, with and without an entry in force."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.policy.entries import GUIDE, put_in
from tests.resident import GROUP, Resident, World
from tests.sessions.announced import announced

LECTURE = "周六上午9:00-11:00社区大厅健康讲座，20人"
NONE, NOT_THAT, HANDED_OVER = "现在没有活动的安排", "我手上没有您说的这个活动", "我手上没有核实过的答案"
JABS = replace(
    GUIDE,
    code="jabs",
    title="儿童疫苗接种",
    answer="每周二、周四上午，带接种本到社区卫生站打。",
    parts={},
    questions=("儿童疫苗哪天打", "儿童疫苗什么时候能打"),
)


@pytest.fixture
async def wang(world: World) -> Resident:
    wang = world.resident("3-2-501 王阿姨")
    await world.connect(GROUP)
    return wang


@pytest.mark.parametrize("with_session", [False, True])
async def test_what_an_entry_tells_is_told(world: World, wang: Resident, with_session: bool) -> None:
    await put_in(world, GUIDE, JABS)
    if with_session:
        await announced(world, LECTURE)
    for question in ("居住证明哪天能办", "居住证明几点能办"):
        [said] = await wang.says(f"@小助手 {question}", in_group=GROUP)
        assert "到社区服务站当天就能开居住证明" in said
        await world.passes(minutes=2)
    [said] = await wang.says("@小助手 儿童疫苗哪天打", in_group=GROUP)
    assert "带接种本到社区卫生站打" in said
    [said] = await wang.says("儿童疫苗什么时候打")
    assert "带接种本到社区卫生站打" in said


@pytest.mark.parametrize(("with_session", "answer"), [(False, NONE), (True, NOT_THAT)])
async def test_without_an_entry_in_force_it_is_said_that_there_is_none(
    world: World, wang: Resident, with_session: bool, answer: str
) -> None:
    await put_in(world, GUIDE, JABS, in_force=False)
    if with_session:
        await announced(world, LECTURE)
    [said] = await wang.says("@小助手 儿童疫苗哪天打", in_group=GROUP)
    assert answer in said
    [said] = await wang.says("@小助手 居住证明哪天能办", in_group=GROUP)
    assert HANDED_OVER in said


async def test_a_session_goes_before_what_is_known_of_its_like(world: World, wang: Resident) -> None:
    await put_in(world, JABS)
    await announced(world, "周六上午9:00-11:00社区卫生站儿童疫苗接种，20人")
    [said] = await wang.says("@小助手 儿童疫苗哪天打", in_group=GROUP)
    assert "11月28日（周六）" in said


async def test_who_asks_nobody_hears_nothing_of_what_is_not_there(world: World, wang: Resident) -> None:
    await announced(world, LECTURE)
    assert await wang.says("儿童疫苗哪天打", in_group=GROUP) == []
