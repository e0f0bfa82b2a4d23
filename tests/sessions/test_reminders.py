"""Reminders the day before and two hours before: nobody twice, none lost, none after its use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.calls import Way
from tests.policy.entries import start_again
from tests.resident import GROUP, World
from tests.sessions.announced import SOUTH, announced, call_rows, changed, heard_of, people, session

LECTURE = "周六上午9:30-11:30活动室健康讲座 名额4 带身份证"
WORDS = "健康讲座，11月28日（周六）"


async def test_everybody_who_is_in_hears_it_the_day_before_and_two_hours_before(world_on_both: World) -> None:
    world = world_on_both
    wang, zhao, li = await people(world)
    number = await announced(world, LECTURE)
    await wang.says("报名 两个人", in_group=GROUP)
    await zhao.says("报名", in_group=GROUP)
    since = len(world.channel.sent)
    await world.passes(days=2, hours=23)
    reminded = [(at, to) for at, to, _ in heard_of(world, since, WORDS)]
    to = [wang.contact, f"room:{GROUP}", f"room:{SOUTH}"]
    assert reminded == [*(("11-27 09:30", one) for one in to), *(("11-28 07:30", one) for one in to)]
    [_, private, *_] = [one for one in wang.heard if WORDS in one]
    assert private == "提醒您：健康讲座，11月28日（周六）09:30，活动室，您报了2人。请带身份证。来不了就回“取消报名”。"
    aloud = world.heard_in_group()[-1]
    assert aloud == "【温馨提示】健康讲座，11月28日（周六）09:30，活动室。现在报了3人。请带身份证。"
    ways = [(row.cause, row.way) for row in await call_rows(world)]
    both = [Way.PRIVATE, Way.GROUP]
    assert ways == [("sessions.day", way) for way in both] + [("sessions.hours", way) for way in both]
    [whole] = await li.commands(f"活动 {number}")
    assert whole.endswith("提醒：私下1位，群里1位，电话单0位")


async def test_who_waits_is_not_told_to_come(world: World) -> None:
    wang, _, _ = await people(world)
    chen = world.resident("8-1-802 小陈")
    await world.connect(GROUP, SOUTH)
    await announced(world, "周六上午9:30-11:30活动室健康讲座 名额2")
    await chen.says("报名 两个人", in_group=GROUP)
    await wang.says("报名", in_group=GROUP)
    await world.passes(days=3)
    assert [one for one in wang.heard if "提醒您" in one] == []
    assert len([one for one in chen.heard if "提醒您" in one]) == 2
    assert "现在报了2人" in world.heard_in_group()[-1]


@pytest.mark.parametrize(
    ("begins", "day", "hours"),
    [
        ("8:00", "11-27 08:00", "11-27 20:30"),
        ("8:30", "11-27 08:30", "11-28 07:30"),
        ("6:30", "11-27 07:30", "11-27 20:30"),
        ("9:30", "11-27 09:30", "11-28 07:30"),
    ],
)
async def test_nothing_is_due_in_quiet_hours(world: World, begins: str, day: str, hours: str) -> None:
    """An early session is spoken of the evening before, where the morning would be too late."""
    wang, _, _ = await people(world)
    await announced(world, f"周六上午{begins}-11:30活动室健康讲座")
    await wang.says("报名", in_group=GROUP)
    since = len(world.channel.sent)
    await world.passes(days=3)
    assert [at for at, to, _ in heard_of(world, since, "提醒您") if to == wang.contact] == [day, hours]


async def test_a_session_made_late_is_reminded_of_once(world: World) -> None:
    wang, _, _ = await people(world)
    await announced(world, "明天上午9:00-11:00活动室健康讲座")
    await wang.says("报名", in_group=GROUP)
    await world.passes(days=2)
    assert len([one for one in wang.heard if "提醒您" in one]) == 1


async def test_another_time_is_another_reminder(world: World) -> None:
    wang, _, _ = await people(world)
    number = await announced(world, LECTURE)
    await wang.says("报名", in_group=GROUP)
    await world.passes(days=2)
    assert len([one for one in wang.heard if "提醒您" in one]) == 1
    await changed(world, f"改 {number} 改到周日上午9:30")
    since = len(wang.heard)
    await world.passes(days=3)
    assert [one[:24] for one in wang.heard[since:]] == ["提醒您：健康讲座，11月29日（周日）09:30"] * 2


async def test_another_place_is_no_reason_to_say_it_twice(world: World) -> None:
    wang, _, _ = await people(world)
    number = await announced(world, LECTURE)
    await wang.says("报名", in_group=GROUP)
    await world.passes(days=2)
    await changed(world, f"改 {number} 地点改到东门广场")
    await world.passes(days=2)
    assert [one for one in wang.heard if "提醒您" in one][1:] == [
        "提醒您：健康讲座，11月28日（周六）09:30，东门广场，您报了1人。请带身份证。来不了就回“取消报名”。"
    ]


async def test_what_is_off_is_never_reminded_of(world: World) -> None:
    wang, _, _ = await people(world)
    number = await announced(world, LECTURE)
    await wang.says("报名", in_group=GROUP)
    await changed(world, f"取消活动 {number} 下大雨")
    since = len(world.channel.sent)
    await world.passes(days=5)
    assert heard_of(world, since, "健康讲座，") == []


async def test_a_batch_hears_its_own_hour(world: World) -> None:
    wang, _, _ = await people(world)
    chen = world.resident("8-1-802 小陈")
    await world.connect(GROUP, SOUTH)
    await announced(world, "周六上午8:30-11:30东门核酸，要报名，7-12号楼9:30开始")
    await wang.says("报名 3-2-501", in_group=GROUP)
    await chen.says("报名 8-1-802", in_group=GROUP)
    await world.passes(days=3)
    assert "11月28日（周六）08:30，东门" in wang.heard[-1]
    assert "11月28日（周六）09:30，东门" in chen.heard[-1]
    assert "号楼09:30开始" in world.heard_in_group()[-1]
    assert "8-1-802" not in world.heard_in_group()[-1]


async def test_a_group_hears_one_line_of_all_parts_of_a_day(world: World) -> None:
    wang, _, _ = await people(world)
    chen = world.resident("8-1-802 小陈")
    await world.connect(GROUP, SOUTH)
    number = await announced(world, "周六上午9:00-11:00活动室健康讲座 分两场 每场20人")
    assert len((await session(world, number)).slots) == 2
    await wang.says("报名", in_group=GROUP)
    await wang.says("1", in_group=GROUP)
    await chen.says("报名 两个人", in_group=GROUP)
    await chen.says("2", in_group=GROUP)
    since = len(world.heard_in_group())
    await world.passes(days=3)
    lines = [one for one in world.heard_in_group()[since:] if "温馨提示" in one]
    assert (
        lines
        == ["【温馨提示】健康讲座，11月28日（周六）09:00起，活动室。现在报了3人：09:00这场1人，10:00这场2人。"] * 2
    )
    assert ["09:00" in one for one in wang.heard if "提醒您" in one] == [True, True]
    assert ["10:00" in one for one in chen.heard if "提醒您" in one] == [True, True]


async def test_two_days_of_downtime(world: World) -> None:
    """What is late is said while it is of use; of what is not, staff hear."""
    wang, _, li = await people(world)
    await announced(world, LECTURE)
    await announced(world, "周五上午9:30-11:30东门志愿扫雪")
    await wang.says("报名讲座", in_group=GROUP)
    await wang.says("报名扫雪", in_group=GROUP)
    since = len(wang.heard)
    world.clock.move_to(world.clock.now() + timedelta(days=2, hours=22, minutes=30))  # Saturday, 8:30
    await start_again(world)
    await world.passes(minutes=10)
    assert [one[:13] for one in wang.heard[since:] if "提醒您" in one] == ["提醒您：健康讲座，11月2"]
    late = [one for one in li.heard if "提醒" in one]
    assert len(late) == 2, late  # each kind once
    await world.passes(days=1)
    assert len([one for one in wang.heard[since:] if "提醒您" in one]) == 1


async def test_the_clock_jumps_a_day(world: World) -> None:
    wang, _, _ = await people(world)
    await announced(world, LECTURE)
    await wang.says("报名", in_group=GROUP)
    world.clock.move_to(world.clock.now() + timedelta(days=2))
    await world.passes(minutes=5)
    world.clock.move_to(world.clock.now() + timedelta(days=1))
    await world.passes(days=1)
    assert len([one for one in wang.heard if "提醒您" in one]) == 1


async def test_a_restart_forgets_no_reminder_and_says_none_twice(world_on_both: World) -> None:
    world = world_on_both
    wang, _, _ = await people(world)
    await announced(world, LECTURE)
    await wang.says("报名", in_group=GROUP)
    for _ in range(3):
        await start_again(world)
        await world.passes(days=1)
        await start_again(world)
    assert len([one for one in wang.heard if "提醒您" in one]) == 2


@pytest.mark.parametrize(("hour", "at_once"), [(6, True), (4, False)])
async def test_a_cancel_shortly_before_passes_quiet_hours(world: World, hour: int, at_once: bool) -> None:
    wang, _, _ = await people(world)
    number = await announced(world, "周六上午8:00-11:30活动室健康讲座")
    await wang.says("报名", in_group=GROUP)
    await world.passes(days=2, hours=12)
    world.clock.move_to(world.clock.now().replace(day=28, hour=hour, minute=0))
    since = len(world.channel.sent)
    await changed(world, f"取消活动 {number} 下大雨")
    await world.passes(hours=5)
    said = [(at, to) for at, to, _ in heard_of(world, since, "取消了") if to != "wx_li"]
    begins = f"11-28 0{hour}:0" if at_once else "11-28 07:3"
    assert [to for _, to in said] == [wang.contact, f"room:{GROUP}", f"room:{SOUTH}"]
    assert all(at.startswith(begins) for at, _ in said), said
