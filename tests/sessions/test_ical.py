"""Sessions as calendar files: what residents and staff get, and what a calendar reads in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar

from bot.app import load_replies
from intents.sessions.ical import Calendars
from storage import sessions
from storage.database import Database
from tests.assistants import MORNING, ZONE, small_settings
from tests.resident import GROUP, Resident, StaffMember, World
from tests.sessions.offices import SATURDAY, made, plan

LECTURE = "活动 周六上午8:30-11:30活动室健康讲座 名额2 带身份证"
NUMBER = "HD261125-01"


async def announced(world: World, sentence: str = LECTURE) -> StaffMember:
    staff = world.staff("小周")
    await world.connect(GROUP)
    await staff.commands(sentence)
    await staff.commands("确认")
    await world.passes(minutes=1)
    return staff


def events(content: bytes) -> tuple[Any, list[Any]]:
    calendar = Calendar.from_ical(content)
    return calendar, list(calendar.walk("VEVENT"))


async def test_who_is_signed_up_gets_their_calendar_file_in_private(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    await announced(world)
    await wang.says("报名 两个人", in_group=GROUP)
    assert wang.files == []
    words, name = await wang.says("日历")
    assert "健康讲座，11月28日（周六）08:30，活动室" in words
    assert name == "健康讲座.ics"
    calendar, [event] = events(wang.files[-1].content)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert event["UID"] == f"{NUMBER}@xingfu.linli"
    assert event["DTSTART"].dt == SATURDAY
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["DTEND"].dt == SATURDAY + timedelta(hours=3)
    assert (event["SEQUENCE"], event["STATUS"], event["SUMMARY"]) == (0, "CONFIRMED", "健康讲座")
    assert event["LOCATION"] == "活动室"
    assert "报了2人" in event["DESCRIPTION"]
    assert "请带身份证" in event["DESCRIPTION"]
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-2)
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert SATURDAY.astimezone(zone.to_tz()).utcoffset() == timedelta(hours=8)


async def test_the_word_means_nothing_of_who_is_not_signed_up_and_nothing_in_a_group(world: World) -> None:
    wang, zhao = world.resident("3-2-501 王阿姨"), world.resident("5-1-302 赵姐")
    await announced(world)
    await wang.says("报名", in_group=GROUP)
    await zhao.says("日历")
    assert zhao.files == []
    assert await wang.says("日历", in_group=GROUP) == []
    await wang.says("@小助手 日历", in_group=GROUP)
    assert wang.files == []


async def test_who_waits_for_a_place_gets_no_file_yet(world: World) -> None:
    wang, zhao = world.resident("3-2-501 王阿姨"), world.resident("5-1-302 赵姐")
    await announced(world)
    await wang.says("报名 两个人", in_group=GROUP)
    await zhao.says("报名", in_group=GROUP)
    [words] = await zhao.says("日历")
    assert "还在候补" in words
    assert zhao.files == []


async def test_a_change_raises_the_sequence_and_keeps_the_uid_and_a_cancel_takes_it_out(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    staff = await announced(world)
    await wang.says("报名", in_group=GROUP)
    await staff.commands(f"改 {NUMBER} 改到周日上午9点")
    await staff.commands("确认")
    await wang.says("日历")
    calendar, [moved] = events(wang.files[-1].content)
    assert (moved["UID"], moved["SEQUENCE"], moved["STATUS"]) == (f"{NUMBER}@xingfu.linli", 1, "CONFIRMED")
    assert moved["DTSTART"].dt == datetime(2026, 11, 29, 9, tzinfo=ZONE)
    assert moved["LAST-MODIFIED"].dt > moved["CREATED"].dt
    await staff.commands(f"取消活动 {NUMBER} 下大雨")
    await staff.commands("确认")
    words, _ = await wang.says("日历")
    assert "取消了" in words
    calendar, [off] = events(wang.files[-1].content)
    assert calendar["METHOD"] == "CANCEL"
    assert (off["UID"], off["SEQUENCE"], off["STATUS"]) == (f"{NUMBER}@xingfu.linli", 2, "CANCELLED")
    assert "下大雨" in off["DESCRIPTION"]
    assert off.walk("VALARM") == []


async def test_staff_get_any_session_by_its_number(world: World) -> None:
    staff = await announced(world)
    await staff.commands(f"日历 {NUMBER}")
    _, [event] = events(staff.files[-1].content)
    assert event["UID"] == f"{NUMBER}@xingfu.linli"
    assert "没有HD261125-09" in (await staff.commands("日历 HD261125-09"))[0]


async def test_an_event_a_part_whose_uids_stay_when_parts_are_added(database: Database) -> None:
    calendars = Calendars("xingfu", load_replies(small_settings()))
    async with database.transaction() as db:
        alone = await made(db, plan(slots=1, bring="水杯；毛巾,帽子\n雨伞"))
        row = await sessions.by_number(db, "xingfu", alone.number)
        assert row is not None
        await sessions.change(db, row, plan(slots=3), MORNING + timedelta(hours=1))
        parted = await sessions.view(db, row, MORNING)
    _, [before] = events(calendars.whole(alone, MORNING))
    calendar, after = events(calendars.whole(parted, MORNING))
    uids = [event["UID"] for event in after]
    assert uids == [f"{NUMBER}@xingfu.linli", f"{NUMBER}-2@xingfu.linli", f"{NUMBER}-3@xingfu.linli"]
    assert before["UID"] == uids[0]
    assert [event["DTSTART"].dt for event in after] == [SATURDAY + timedelta(hours=hours) for hours in range(3)]
    assert {event["SEQUENCE"] for event in after} == {1}
    assert {event["DTSTAMP"].dt for event in after} == {MORNING}
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert "水杯；毛巾,帽子\n雨伞" in before["DESCRIPTION"]


async def test_one_file_for_all_somebody_goes_to(world: World) -> None:
    wang: Resident = world.resident("3-2-501 王阿姨")
    staff = await announced(world)
    await staff.commands("活动 周日下午2点-4点 活动室 手机课 名额10")
    await staff.commands("确认")
    await world.passes(minutes=1)
    await wang.says("报名健康讲座", in_group=GROUP)
    await wang.says("报名手机课", in_group=GROUP)
    await wang.says("日历")
    _, found = events(wang.files[-1].content)
    assert [event["SUMMARY"] for event in found] == ["健康讲座", "手机课"]
