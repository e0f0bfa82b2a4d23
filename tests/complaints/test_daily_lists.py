"""The morning list and the evening count: to each their own, and nothing stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.assistants import ZONE, assembled
from tests.complaints.staffed import days, staffed
from tests.resident import GROUP, StaffMember, World

__all__ = ["days", "staffed"]

LAMP = "3号楼2单元楼道灯坏了三天没人管"
DOOR = "7号楼1单元单元门坏了没人管"
NOTHING = "今天没有要办的件。"


def lists(one: StaffMember) -> list[str]:
    return [said for said in one.heard if said.startswith(("【早】", "【晚】")) or said == NOTHING]


async def until(world: World, day: int, hour: int, minute: int = 0) -> None:
    at = datetime(2026, 11, day, hour, minute, tzinfo=ZONE)
    await world.passes(seconds=(at - world.clock.now()).total_seconds())


async def test_an_empty_day_is_told_to_admins_alone(days: World) -> None:
    await until(days, 25, 17, 29)
    assert lists(days.staff("李主任")) == []
    await until(days, 26, 9)
    assert lists(days.staff("李主任")) == [NOTHING, NOTHING]  # the evening's, the morning's
    for name in ("小周", "孙网格", "马调解", "物业吴", "看看"):
        assert lists(days.staff(name)) == [], name


async def test_the_evening_counts_what_the_day_came_to(days: World) -> None:
    wang, li = days.resident("王阿姨"), days.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says(DOOR, in_group=GROUP)
    await li.commands("受理 SQ261125-01")
    await li.commands("办结 SQ261125-01 换了灯泡")
    await days.passes(minutes=15)
    await wang.says("3", in_group=GROUP)
    await until(days, 25, 18)
    assert lists(li) == ["【晚】11月25日（周三）\n今天立案2件，报结果0件，办结0件，重办1件。\n还在办2件。"]
    assert lists(days.staff("孙网格")) == [
        "【晚】11月25日（周三）\n今天立案1件，报结果0件，办结0件，重办1件。\n还在办1件。"
    ]
    assert lists(days.staff("物业吴")) == []
    await until(days, 26, 18)
    assert "今天立案0件" in lists(li)[-1]


async def test_the_morning_says_what_has_to_be_done(days: World) -> None:
    wang, li, wu = days.resident("王阿姨"), days.staff("李主任"), days.staff("物业吴")
    ma = days.resident("老马")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says(DOOR, in_group=GROUP)
    await li.commands("派 SQ261125-02 物业吴")
    await li.commands("延期 SQ261125-02 11月26日 等配件")
    await wang.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("8号楼1单元单元门坏了三天没人管", in_group=GROUP)
    await until(days, 25, 23)
    await wang.says("5号楼3单元有煤气味！", in_group=GROUP)
    await li.commands("受理 SQ261125-03")
    await until(days, 26, 9)
    [morning] = [said for said in lists(li) if said.startswith("【早】")]
    assert morning.startswith("【早】11月26日（周四）要办的\n昨晚以来的紧急 1件\nSQ261125-03 [已受理] 5号楼3单元")
    for part in (
        "今天到期 1件\nSQ261125-02",
        "待受理 1件\nSQ261125-01",
        "等地点 1件",
        "线索 1条（7天内的）。发“线索”一条条看",
    ):
        assert part in morning, part
    assert morning.count("SQ261125-03") == 1
    [own] = [said for said in lists(wu) if said.startswith("【早】")]
    assert "SQ261125-02" in own
    assert "SQ261125-01" not in own
    assert "线索" not in own
    sent = [one for one in days.channel.sent if one.outbound.text == morning]
    assert str(sent[0].outbound.kind) == "reminder"
    assert f"{sent[0].at:%H:%M}" == "08:30"


async def test_the_first_morning_after_a_long_pause_says_nothing_stale(days: World) -> None:
    wang, li = days.resident("王阿姨"), days.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    days.clock.move_to(datetime(2026, 11, 28, 14, 0, tzinfo=ZONE))  # asleep for three days
    await days.passes(minutes=5)
    assert lists(li) == []
    assert sum("早上的清单" in said or "晚上的清点" in said for said in li.heard) == 2  # said so, once each
    await until(days, 28, 18)
    assert [said[:3] for said in lists(li)] == ["【晚】"]  # and the days go on
    await until(days, 29, 9)
    assert [said[:3] for said in lists(li)] == ["【晚】", "【早】"]


async def test_a_little_late_is_still_of_use(days: World) -> None:
    li = days.staff("李主任")
    days.clock.move_to(datetime(2026, 11, 25, 18, 30, tzinfo=ZONE))
    await days.passes(minutes=5)
    assert lists(li) == [NOTHING]


async def test_who_is_on_leave_is_left_alone(days: World) -> None:
    await days.resident("王阿姨").says(LAMP, in_group=GROUP)
    officers = days.assistant.directory.officers
    zhou = next(one for one in officers.values() if one.name == "小周")
    away = replace(zhou, cover=zhou.contact, away_until=datetime(2026, 12, 1, tzinfo=ZONE))
    officers[zhou.contact] = away
    await until(days, 26, 9)
    assert lists(days.staff("小周")) == []
    assert len(lists(days.staff("李主任"))) == 2


async def test_another_start_doubles_nothing(days: World) -> None:
    world = days.assistant
    for hour in (11, 12):
        async with world.database.transaction() as db:
            await world.services["daily_lists"].plan(db, datetime(2026, 11, 25, hour, tzinfo=ZONE))
    await until(days, 26, 9)
    assert lists(days.staff("李主任")) == [NOTHING, NOTHING]


async def test_a_start_without_rhythms_calls_off_what_another_planned(days: World) -> None:
    world = days.assistant
    await assembled(world.database, days.channel, days.clock, world.settings)
    await until(days, 26, 9)
    assert lists(days.staff("李主任")) == []


async def test_nothing_runs_where_rhythms_do_not(staffed: World) -> None:
    await staffed.resident("王阿姨").says(LAMP, in_group=GROUP)
    await staffed.passes(days=2)
    assert lists(staffed.staff("李主任")) == []
