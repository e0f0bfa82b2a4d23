"""Working days in deadlines are those of the calendar, and deadlines follow it when it changes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from intents.complaints.deadlines import contact_by, due_by
from intents.understanding.until import until
from scheduler.calendar import Calendar
from storage.complaints import Complaint
from storage.database import Database
from storage.due import DueRow
from tests.assistants import ZONE, open_world, small_settings
from tests.resident import GROUP, World

CALENDAR = Calendar.load(None)
NATIONAL_DAY = datetime(2026, 9, 28, 10, 0, tzinfo=ZONE)
"""A Monday, three days before seven days off."""


def test_five_working_days_go_around_the_holiday() -> None:
    assert due_by("P2", NATIONAL_DAY, CALENDAR) == datetime(2026, 10, 10, 18, 0, tzinfo=ZONE)
    assert contact_by("P2", NATIONAL_DAY, CALENDAR) == datetime(2026, 9, 29, 18, 0, tzinfo=ZONE)
    assert due_by("P1", NATIONAL_DAY, CALENDAR) == datetime(2026, 9, 29, 10, 0, tzinfo=ZONE)


def test_a_worked_saturday_counts() -> None:
    before = datetime(2026, 10, 8, 10, 0, tzinfo=ZONE)
    assert due_by("P2", before, CALENDAR) == datetime(2026, 10, 14, 18, 0, tzinfo=ZONE)


def test_working_days_as_staff_say_them() -> None:
    assert until("3个工作日 等配件", NATIONAL_DAY, CALENDAR.is_working) == (
        datetime(2026, 10, 8, 18, 0, tzinfo=ZONE),
        "等配件",
    )
    assert until("3个工作日", NATIONAL_DAY) == (datetime(2026, 10, 1, 18, 0, tzinfo=ZONE), "")


async def deadlines(world: World) -> dict[str, datetime]:
    async with world.assistant.database.reading() as db:
        rows = await db.scalars(select(Complaint).where(Complaint.number.is_not(None)))
        return {str(row.number): row.due_by.astimezone(ZONE) for row in rows if row.due_by}


async def clocks(world: World) -> list[datetime]:
    async with world.assistant.database.reading() as db:
        rows = await db.scalars(select(DueRow).where(DueRow.kind == "complaints.clock", DueRow.state == "waiting"))
        return sorted(row.due_at for row in rows)


async def again(world: World, database: Database, file: Path | None) -> World:
    """The process starts anew, with this arrangement of holidays."""
    settings = small_settings(calendar={"file": str(file)} if file else {})
    return await open_world(database, settings, world.clock.now())


async def test_open_cases_follow_the_calendar_and_staff_are_told_once(database: Database, tmp_path: Path) -> None:
    world = await open_world(database)
    wang = world.resident("3-2-501 王阿姨")
    li = world.staff("李主任")
    await wang.says("@小助手 3号楼2单元楼道灯坏了", in_group=GROUP)
    await wang.says("@小助手 5号楼1单元门禁坏了刷不开", in_group=GROUP)
    first, second = (await deadlines(world)).keys()
    await li.commands(f"受理 {first}")
    await li.commands(f"受理 {second}")
    await li.commands(f"延期 {second} 12月20日 等配件")
    before = await deadlines(world)
    before_clocks = await clocks(world)
    assert before[first] == datetime(2026, 12, 2, 18, 0, tzinfo=ZONE)
    assert before[second].date() == date(2026, 12, 20)

    file = tmp_path / "放假.csv"
    file.write_text("2026-11-30,放假,临时安排\n", "utf-8")
    changed = await again(world, database, file)
    told = changed.staff("李主任")
    await changed.passes(minutes=5)
    assert await deadlines(changed) == before | {first: datetime(2026, 12, 3, 18, 0, tzinfo=ZONE)}
    assert await clocks(changed) != before_clocks
    [line] = [text for text in told.heard if "放假安排有变" in text]
    assert "1件" in line
    assert f"{first} 12月3日（周四）18:00" in line
    assert second not in line

    unchanged = await again(changed, database, file)
    await unchanged.passes(minutes=5)
    assert not [text for text in unchanged.staff("李主任").heard if "放假安排有变" in text]

    back = await again(unchanged, database, None)
    assert await deadlines(back) == before
    await back.close()


async def test_nothing_is_said_where_nothing_was_open(database: Database, tmp_path: Path) -> None:
    world = await open_world(database)
    file = tmp_path / "放假.csv"
    file.write_text("2026-11-30,放假,临时安排\n", "utf-8")
    changed = await again(world, database, file)
    await changed.passes(minutes=5)
    assert not changed.staff("李主任").heard
    await changed.close()
