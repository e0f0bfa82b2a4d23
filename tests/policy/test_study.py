"""The weekly study page: one message and one file, on the virtual clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from storage.database import Database
from storage.policy_entry import Draft
from storage.secrets import Vault
from tests.assistants import MORNING, ZONE, assembled, open_world, small_settings
from tests.databases import Shelf
from tests.policy.entries import ANSWER, EVERYBODY, GUIDE, OLD_HEATING, RENOVATION, UNKNOWN, put_in
from tests.resident import GROUP, StaffMember, World

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=ZONE)
DOG = "养犬证年检要带啥材料？"


@pytest.fixture
async def weeks(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """From Wednesday at ten on, with the rhythms of the configuration: Mondays at nine."""
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault), small_settings(staff=EVERYBODY), MORNING, rhythms=True)
    yield world
    await world.close()
    shelf.clear(url)


async def until(world: World, at: datetime) -> None:
    await world.passes(seconds=(at - world.clock.now()).total_seconds())


def pages(one: StaffMember) -> list[str]:
    return [said for said in one.heard if said.startswith("这一周")]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def named(code: str, *, expires_on: date | None = None, review_on: date | None = None) -> Draft:
    return replace(OLD_HEATING, code=code, title=code, expires_on=expires_on, review_on=review_on)


async def busy_week(world: World) -> None:
    """Three askings that were answered, two questions of three people that were not."""
    await put_in(world, GUIDE, RENOVATION)
    people = [world.resident(f"邻居{n}") for n in range(3)]
    for one in people[:2]:
        await one.says("居住证明怎么开")
    await people[2].says("装修施工时间怎么规定的")
    await people[0].says(f"@小助手 {DOG}", in_group=GROUP)
    for one in people[1:]:
        await one.says(UNKNOWN)


async def test_staff_get_one_message_and_one_file_on_monday(weeks: World) -> None:
    await busy_week(weeks)
    await until(weeks, MONDAY - timedelta(minutes=1))
    assert pages(weeks.staff("李主任")) == []
    await until(weeks, MONDAY + timedelta(minutes=5))
    li = weeks.staff("李主任")
    [page] = pages(li)
    assert page.splitlines() == [
        "这一周（11月23日（周一）到11月30日（周一））居民问政策6次。",
        "问得最多的：居住证明2次，装修施工时间规定1次。",
        "没答上的2个，问得多的：",
        "2. 养老金资格认证在哪办?（2人）",
        "1. 养犬证年检要带啥材料?（1人）",
        "全部在下面的表里。未答那页填上答案，交给管电脑的同事导入，问过的人我去告诉。",
    ]
    [file] = li.files
    assert file.name == "政策学习页2026-11-30.xlsx"
    content = sheets(file.content)
    assert list(content) == ["问得最多", "未答", "两周内到期", "该复核"]
    assert content["问得最多"] == [["编号", "条目", "次数"], [1, "居住证明", 2], [2, "装修施工时间规定", 1]]
    assert [row[:3] for row in content["未答"]] == [
        ["问题编号", "问题", "人数"],
        [2, "养老金资格认证在哪办?", 2],
        [1, "养犬证年检要带啥材料?", 1],
    ]
    assert content["未答"][0][3:] == ["答案", "来源", "复核日期"]
    assert [len(content["两周内到期"]), len(content["该复核"])] == [1, 1]
    assert weeks.heard_in_group()[1:] == []


async def test_who_reads_it(weeks: World) -> None:
    await busy_week(weeks)
    await until(weeks, MONDAY + timedelta(minutes=5))
    read = {str(one["name"]): len(pages(weeks.staff(str(one["name"])))) for one in EVERYBODY}
    assert read == {"李主任": 1, "小周": 1, "孙网格": 1, "马调解": 0, "物业吴": 0, "看看": 0}
    sent = [one.outbound for one in weeks.channel.sent if one.outbound.text.startswith("这一周")]
    assert {str(one.kind) for one in sent} == {"reminder"}


async def test_a_week_without_anything_is_not_told(weeks: World) -> None:
    await until(weeks, MONDAY + timedelta(hours=1))
    assert pages(weeks.staff("李主任")) == []
    await busy_week(weeks)
    await until(weeks, MONDAY + timedelta(days=7, hours=1))  # and yet the weeks went on
    assert len(pages(weeks.staff("李主任"))) == 1


async def test_each_week_counts_its_own_and_what_still_waits(weeks: World) -> None:
    await busy_week(weeks)
    await until(weeks, MONDAY + timedelta(hours=1))
    li = weeks.staff("李主任")
    await li.commands(f"答 2 {ANSWER}")
    await weeks.resident("钱大姐").says("居住证明怎么开")
    await until(weeks, MONDAY + timedelta(days=7, hours=1))
    lines = pages(li)[1].splitlines()
    assert lines[0].endswith("居民问政策1次。")
    assert lines[1] == "问得最多的：居住证明1次。"
    assert lines[2:4] == ["没答上的1个，问得多的：", "1. 养犬证年检要带啥材料?（1人）"]


async def test_what_runs_out_within_fourteen_days_and_what_is_past_its_look(weeks: World) -> None:
    today = MONDAY.date()
    await put_in(
        weeks,
        named("yesterday", expires_on=today - timedelta(days=1)),
        named("today", expires_on=today),
        named("last", expires_on=today + timedelta(days=14)),
        named("later", expires_on=today + timedelta(days=15)),
        named("looked", review_on=today),
        named("unlooked", review_on=today - timedelta(days=1)),
        named("gone", review_on=today - timedelta(days=9), expires_on=today - timedelta(days=5)),
    )
    await put_in(weeks, named("unconfirmed", expires_on=today), in_force=False)
    await until(weeks, MONDAY + timedelta(minutes=5))
    [page] = pages(weeks.staff("李主任"))
    assert page.splitlines()[:3] == [
        "这一周（11月23日（周一）到11月30日（周一））居民问政策0次。",
        "两周内到期：第2条today（2026年11月30日（周一）），第3条last（2026年12月14日（周一））。",
        "该再看一眼的：第6条unlooked。还算数就发：政策确认 编号",
    ]
    content = sheets(weeks.staff("李主任").files[0].content)
    assert [row[1:] for row in content["两周内到期"][1:]] == [
        ["today", "居家", "2026-11-30"],
        ["last", "居家", "2026-12-14"],
    ]
    assert [row[1:] for row in content["该复核"][1:]] == [["unlooked", "居家", "2026-11-29"]]


async def test_what_residents_typed_becomes_no_formula(weeks: World) -> None:
    words = '=HYPERLINK("http://x.example","养老金资格认证在哪办")'
    await weeks.resident("王阿姨").says(f"@小助手 {words}", in_group=GROUP)
    await until(weeks, MONDAY + timedelta(minutes=5))
    rows = sheets(weeks.staff("李主任").files[0].content)["未答"]
    assert str(rows[1][1]).startswith("=HYPERLINK")


async def test_the_plan_survives_a_restart_and_is_not_doubled(weeks: World) -> None:
    await busy_week(weeks)
    before = weeks.assistant
    for _ in range(2):
        weeks.assistant = await assembled(before.database, weeks.channel, weeks.clock, before.settings, rhythms=True)
    await until(weeks, MONDAY + timedelta(minutes=5))
    assert len(pages(weeks.staff("李主任"))) == 1


async def test_a_start_without_rhythms_calls_it_off(weeks: World) -> None:
    await busy_week(weeks)
    before = weeks.assistant
    weeks.assistant = await assembled(before.database, weeks.channel, weeks.clock, before.settings)
    await until(weeks, MONDAY + timedelta(days=8))
    assert pages(weeks.staff("李主任")) == []


async def test_who_is_on_leave_is_left_alone(weeks: World) -> None:
    await busy_week(weeks)
    officers = weeks.assistant.directory.officers
    zhou = next(one for one in officers.values() if one.name == "小周")
    officers[zhou.contact] = replace(zhou, cover=zhou.contact, away_until=MONDAY + timedelta(days=1))
    await until(weeks, MONDAY + timedelta(minutes=5))
    assert pages(weeks.staff("小周")) == []
    assert len(pages(weeks.staff("李主任"))) == 1


async def test_a_little_late_it_is_still_of_use(weeks: World) -> None:
    await busy_week(weeks)
    weeks.clock.move_to(MONDAY + timedelta(hours=5))
    await weeks.passes(minutes=5)
    assert len(pages(weeks.staff("李主任"))) == 1


async def test_much_too_late_it_waits_for_the_next_week(weeks: World) -> None:
    await busy_week(weeks)
    weeks.clock.move_to(MONDAY + timedelta(days=2))  # asleep over Monday
    await weeks.passes(minutes=5)
    li = weeks.staff("李主任")
    assert pages(li) == []
    await until(weeks, MONDAY + timedelta(days=7, minutes=5))
    assert len(pages(li)) == 1


async def test_the_day_and_time_are_the_configurations(shelf: Shelf, vault: Vault) -> None:
    url = shelf.migrated("sqlite")
    settings = small_settings(staff=EVERYBODY, policy={"study": {"weekday": "fri", "at": "16:30"}})
    world = await open_world(Database(url, vault), settings, MORNING, rhythms=True)
    await busy_week(world)
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=ZONE)
    await until(world, friday - timedelta(minutes=1))
    assert pages(world.staff("李主任")) == []
    await until(world, friday + timedelta(minutes=5))
    assert len(pages(world.staff("李主任"))) == 1
    await world.close()
    shelf.clear(url)


async def test_a_choice_counts_as_one_asking(weeks: World) -> None:
    two = [replace(GUIDE, code=place, title=f"老年公交卡办理（{place}）", questions=(), parts={}) for place in "东西"]
    await put_in(weeks, *two)
    wang = weeks.resident("王阿姨")
    assert "回数字" in (await wang.says("老年公交卡怎么办理"))[0]
    await wang.says("1")
    await until(weeks, MONDAY + timedelta(minutes=5))
    [page] = pages(weeks.staff("李主任"))
    assert "居民问政策1次" in page
