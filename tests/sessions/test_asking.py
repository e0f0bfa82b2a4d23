"""What residents ask of a session, and what they are told: from its own fields, and nothing that nobody knows."""

from __future__ import annotations

import pytest

from intents.sessions.answering import aspects_of
from tests.resident import World
from tests.sessions.announced import announced
from tests.sessions.neighbours import DUMPLINGS, street

TESTING = "周六上午8:30-11:30东门核酸，7-12号楼9:30开始"
LECTURE = "周日下午2点-4点 活动室 健康讲座 限3人 带老花镜 60岁以上"
WHEN, WHERE = "11月29日（周日）14:00–16:00", "活动室"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("讲座几点开始", [WHEN]),
        ("讲座在几楼", [WHERE]),
        ("讲座到几点结束", ["–16:00"]),
        ("讲座要带啥", ["请带老花镜"]),
        ("讲座谁能参加", ["对象：60岁以上"]),
        ("讲座收费不", ["通知里没提费用", "0531-5550100"]),
        ("讲座还有名额吗", ["还有3个名额"]),
        ("讲座取消了吗", ["没有取消，照常办"]),
        ("讲座我报上没", ["没查到您报过名"]),
        ("讲座是这周六还是周日", [WHEN]),
        ("周六讲座几点开始", ["11月28日（周六）没有健康讲座，是11月29日（周日）14:00"]),
    ],
)
async def test_each_thing_that_is_asked(world: World, text: str, told: list[str]) -> None:
    here = await street(world)
    number = await announced(world, LECTURE)
    said = await here.hears(here.chen, text)
    assert all(one in said for one in told), said
    assert await here.list_of(number) == [], "a question signs nobody up"


@pytest.mark.parametrize(
    ("text", "aspect"),
    [("取消了吗", "called_off"), ("要带啥", "bring"), ("我排第几", "mine"), ("怎么报名", "sign_up"), ("好", "when")],
)
def test_what_is_asked(text: str, aspect: str) -> None:
    assert aspect in aspects_of(text)


async def test_how_one_stands(world: World) -> None:
    here = await street(world)
    await announced(world, LECTURE)
    await here.hears(here.wang, "讲座我报3个人")
    await here.hears(here.zhao, "讲座报一个")
    assert "您报上了，3人" in await here.hears(here.wang, "讲座我报上没")
    assert "您排候补第1位，还不算报上" in await here.hears(here.zhao, "讲座我排第几")
    assert "名额满了，可以排候补" in await here.hears(here.liu, "讲座还有名额吗")


async def test_the_batch_of_their_building(world: World) -> None:
    here = await street(world)
    await announced(world, TESTING)
    assert "您那栋楼09:30开始" in await here.hears(here.chen, "核酸我们楼第几批")
    assert "12号楼09:30开始" in await here.hears(here.wang, "12号楼核酸几点")
    assert "您那栋楼" not in await here.hears(here.zhao, "核酸几点开始")
    assert "不用报名，直接来" in await here.hears(here.fang, "核酸要报名吗")


async def test_several_none_over_and_off(world: World) -> None:
    here = await street(world)
    assert await here.hears(here.chen, "明天核酸几点开始") == "", (
        "among neighbours nothing is said of what is none of ours"
    )
    assert "我这儿现在没有活动的安排，不敢乱说" in await here.hears(here.chen, "@小助手 最近有啥活动")
    lecture = await announced(world, LECTURE)
    await announced(world, DUMPLINGS.format(9))
    asked = await here.hears(here.wang, "@小助手 活动几点开始")
    assert "您问的是哪一个" in asked
    assert "包粽子" in asked
    assert "没有您说的这个活动" in await here.hears(here.ma, "@小助手 剪纸班收费不")
    await here.li.commands(f"取消活动 {lecture} 老师生病")
    await here.li.commands("确认")
    assert "取消了：老师生病" in await here.hears(here.chen, "讲座还办吗")
    await world.passes(days=4, hours=7)
    assert "办过了" in await here.hears(here.fang, "包粽子几点开始")


@pytest.mark.parametrize("text", ["居住证怎么办", "养老认证怎么弄", "核酸报告在哪查", "医院核酸多少钱"])
async def test_what_is_asked_of_others_is_left_to_them(world: World, text: str) -> None:
    here = await street(world)
    await announced(world, TESTING)
    before = await here.hears(here.chen, text)
    assert "核酸检测" not in before
