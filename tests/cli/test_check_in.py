"""`linli check-in`: the sheet from the door, filled in by hand, typed back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from storage import audit, sessions, sign_ups
from storage.session_ledgers import doses
from storage.sign_ups import State
from tests.assistants import ZONE
from tests.cli.command import Linli
from tests.cli.test_export_questions import community_of
from tests.resident import GROUP, World

THEN = datetime(2025, 11, 26, 10, 0, tzinfo=ZONE)
"""A Wednesday that is long over."""
NUMBER = "HD251126-01"
LECTURE = "活动 周六上午8:30-11:30活动室健康讲座 名额6"
COUNT, NAME, DOOR = "到了几人", "姓名", "楼-单元-室"
Rows = list[list[Any]]


def story(linli: Linli, sentence: str = LECTURE, people: tuple[tuple[str, str], ...] = ()) -> Rows:
    """A session with sign-ups; returns its sheet as it came from the printer."""
    assert linli("migrate").code == 0

    async def tell(world: World) -> bytes:
        staff = world.staff("小周")
        residents = [(world.resident(nickname, contact=nickname), words) for nickname, words in people]
        await world.connect(GROUP)
        await staff.commands(sentence)
        await staff.commands("确认")
        await world.passes(minutes=1)
        for resident, words in residents:
            await resident.says(words, in_group=GROUP)
        await staff.commands(f"签到表 {NUMBER}")
        return staff.files[-1].content

    content = within(linli, tell)
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def within(linli: Linli, tell: Callable[[World], Coroutine[Any, Any, Any]], at: datetime = THEN) -> Any:
    async def run() -> Any:
        async with community_of(linli, at) as world:
            return await tell(world)

    return asyncio.run(run())


def filled(linli: Linli, rows: Rows, counts: dict[str, Any], besides: list[dict[str, Any]] | None = None) -> Path:
    """The sheet as somebody saved it from a spreadsheet: counts by code, and who wrote themselves below."""
    header = next(at for at, row in enumerate(rows) if row[0] == "号")
    columns = {name: at for at, name in enumerate(rows[header])}
    path = linli.folder / "sheet.xlsx"
    below = [[one.get(name, "") for name in columns] for one in besides or []]
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate([*rows, *below]):
        cells = list(row)
        if at > header and cells[0] in counts:
            cells[columns[COUNT]] = counts[cells[0]]
        for column, cell in enumerate(cells):
            if cell != "":
                sheet.write(at, column, cell)
    book.close()
    return path


def arrived(linli: Linli) -> dict[str, tuple[int | None, str]]:
    """By name: how many came, and the state."""

    async def look(world: World) -> dict[str, tuple[int | None, str]]:
        async with world.assistant.database.reading() as db:
            row = await sessions.by_number(db, "xingfu", NUMBER)
            assert row is not None
            found = await sign_ups.of_session(db, row.id, tuple(State))
            return {one.name: (one.arrived, one.state) for one in found}

    found: dict[str, tuple[int | None, str]] = within(linli, look)
    return found


PEOPLE = (("3-2-501 王阿姨", "报名 两个人"), ("12-1-302 赵姐", "报名"), ("8-1-802 小陈", "报名两个人"))


def test_what_was_written_at_the_door_is_there_and_twice_is_once(linli: Linli) -> None:
    rows = story(linli, people=PEOPLE)
    path = filled(linli, rows, {"001": 2, "002": "√", "003": 0}, [{NAME: "孙大爷", DOOR: "9-1-101", COUNT: "1人"}])
    ran = linli.anew("check-in", str(path))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip() == f"{NUMBER}：记了 3 家到场情况，现场新添 1 家，共 4 人到场；0 家早已记过，0 行没录"
    known = {
        "王阿姨": (2, "confirmed"),
        "赵姐": (1, "confirmed"),
        "小陈": (0, "confirmed"),
        "孙大爷": (1, "confirmed"),
    }
    assert arrived(linli) == known
    again = linli("check-in", str(path))
    assert "记了 0 家到场情况，现场新添 0 家，共 0 人到场；4 家早已记过" in again.out
    assert arrived(linli) == known

    async def noted(world: World) -> list[tuple[str, dict[str, Any]]]:
        async with world.assistant.database.reading() as db:
            story = await audit.story(db, "xingfu", NUMBER)
        return [(one.actor, one.after) for one in story if one.verb == "sessions.check_in"]

    whom = [["001", 2], ["003", 0], ["002", 1], ["004", 1]]  # by building
    assert within(linli, noted) == [("operator", {"paper": True, "arrived": whom})]


def test_a_dry_run_says_the_same_and_keeps_nothing(linli: Linli) -> None:
    path = filled(linli, story(linli, people=PEOPLE), {"001": 1}, [{NAME: "孙大爷", COUNT: 1}])
    ran = linli("check-in", str(path), "--dry-run")
    assert "试录" in ran.out
    assert "会记 1 家到场情况，现场新添 1 家，共 2 人到场" in ran.out
    assert set(arrived(linli).values()) == {(None, "confirmed")}


def test_bad_rows_are_named_by_their_line_and_the_others_are_taken(linli: Linli) -> None:
    rows = story(linli, people=PEOPLE)
    first = next(at for at, row in enumerate(rows) if row[0] == "001") + 1
    rows[first] = ["077", *rows[first][1:]]  # the row of 003, the second in order
    besides: list[dict[str, Any]] = [
        {NAME: "孙大爷", DOOR: "那边那栋", COUNT: 1},
        {NAME: "孙大娘"},
        {COUNT: 2},
        {NAME: "老李", COUNT: 1},
        {NAME: "老李", COUNT: 2},
        {NAME: "王阿姨的老伴", DOOR: "3-2-501", COUNT: 1},
    ]
    counts = {"001": 2, "077": 1, "002": "好几个"}
    ran = linli("check-in", str(filled(linli, rows, counts, besides)))
    assert ran.code == 0
    *faults, summary = ran.out.splitlines()
    blank = len(rows) + 1
    for line, expected in (
        (first + 1, "这场没有 077 号"),
        (first + 2, "好几个"),
        (blank, "门牌“那边那栋”看不懂"),
        (blank + 1, "没写“到了几人”"),
        (blank + 2, "不知道是谁"),
        (blank + 4, f"和第 {blank + 3} 行是同一家"),
        (blank + 5, f"和第 {first} 行是同一家"),
    ):
        assert any(f"sheet.xlsx 第 {line} 行" in fault and expected in fault for fault in faults), (line, faults)
    assert len(faults) == 7
    assert "记了 1 家到场情况，现场新添 1 家，共 3 人到场；0 家早已记过，7 行没录" in summary
    assert arrived(linli)["王阿姨"] == (2, "confirmed")


def test_who_came_is_kept_also_where_the_places_had_run_out(linli: Linli) -> None:
    people = (*PEOPLE, ("5-1-101 老马", "报名两个人"))
    rows = story(linli, "活动 周六上午8:30-11:30活动室健康讲座 名额5", people)
    path = filled(linli, rows, {"001": 5, "004": 2}, [{NAME: "孙大爷", COUNT: 3}])
    ran = linli("check-in", str(path))
    assert "共 10 人到场" in ran.out
    assert arrived(linli) == {
        "王阿姨": (5, "confirmed"),
        "赵姐": (None, "confirmed"),
        "小陈": (None, "confirmed"),
        "老马": (2, "waiting"),
        "孙大爷": (3, "waiting"),
    }
    assert "4 家早已记过" not in linli("check-in", str(path)).out
    assert "记了 0 家到场情况，现场新添 0 家" in linli("check-in", str(path)).out


def test_who_had_called_off_and_came_is_there_once(linli: Linli) -> None:
    rows = story(linli, people=PEOPLE)

    async def off(world: World) -> None:
        await world.connect(GROUP)
        chen = world.resident("8-1-802 小陈", contact="8-1-802 小陈")
        await chen.says("我不去了", in_group=GROUP, id="off")

    within(linli, off)
    path = filled(linli, rows, {"003": 2})
    linli("check-in", str(path))
    linli("check-in", str(path))

    async def rows_of(world: World) -> list[tuple[str, str, int | None]]:
        async with world.assistant.database.reading() as db:
            row = await sessions.by_number(db, "xingfu", NUMBER)
            assert row is not None
            found = await sign_ups.of_session(db, row.id, tuple(State))
            return [(one.code, one.state, one.arrived) for one in found if one.name == "小陈"]

    assert within(linli, rows_of) == [("003", "cancelled", None), ("004", "confirmed", 2)]


def test_a_name_beside_another_code_is_a_slip(linli: Linli) -> None:
    rows = story(linli, people=PEOPLE)
    column = rows[3].index(NAME)
    at = next(at for at, row in enumerate(rows) if row[0] == "001")
    rows[at][column], rows[at + 1][column] = rows[at + 1][column], rows[at][column]
    ran = linli("check-in", str(filled(linli, rows, {"001": 1, "002": 1})))
    assert "是不是串行了" in ran.out
    assert "共 1 人到场" in ran.out


def test_parts_of_a_session(linli: Linli) -> None:
    rows = story(linli, "活动 周六上午9点、10点两场 活动室 剪纸课 每场2人", (("3-2-501 王阿姨", "报名9点那场"),))
    slots = {"孙大爷": "第2场10:00", "老李": 2, "老周": "10:00", "老吴": "第9场"}
    besides = [{NAME: name, "场次": slot, COUNT: 1} for name, slot in slots.items()]
    ran = linli("check-in", str(filled(linli, rows, {"001": 1}, besides)))
    assert "没有“第9场”这一场" in ran.out
    assert "现场新添 3 家" in ran.out

    async def taken(world: World) -> list[int]:
        async with world.assistant.database.reading() as db:
            row = await sessions.by_number(db, "xingfu", NUMBER)
            assert row is not None
            return [slot.taken for slot in await sessions.slots_of(db, row.id)]

    assert within(linli, taken) == [1, 2]


def test_a_dose_is_of_the_day_of_the_session(linli: Linli) -> None:
    rows = story(
        linli, "活动 周六上午8:30-11:30 活动室 流感疫苗第一针 间隔28天 要报名", (("3-2-501 王阿姨", "报名 3-2-501"),)
    )
    assert "记了 1 家" in linli("check-in", str(filled(linli, rows, {"001": 1}))).out

    async def given(world: World) -> list[tuple[date, int]]:
        async with world.assistant.database.reading() as db:
            return [(one.given_on, one.people) for one in await doses(db, "xingfu", 0)]

    assert within(linli, given) == [(date(2025, 11, 29), 1)]


@pytest.mark.parametrize(
    ("number", "expected"), [("HD251126-09", "没有 HD251126-09 这场活动"), ("签到", "没有找到签到表")]
)
def test_a_sheet_of_nothing_that_is_known(linli: Linli, number: str, expected: str) -> None:
    rows = story(linli, people=PEOPLE)
    rows = [[cell.replace(NUMBER, number) if isinstance(cell, str) else cell for cell in row] for row in rows]
    ran = linli("check-in", str(filled(linli, rows, {"001": 1})))
    assert (ran.code, ran.out) == (1, "")
    assert expected in ran.complaint


def test_what_is_no_sheet_or_not_its_time_is_said_in_one_line(linli: Linli) -> None:
    rows = story(linli, people=PEOPLE)
    path = filled(linli, rows, {"001": "x9"})
    ran = linli("check-in", str(path))
    assert ran.code == 1
    assert "一行都没录进去" in ran.complaint
    assert "找不到这个文件" in linli("check-in", "nowhere.xlsx").complaint
    linli.write("words.xlsx", "这不是表格")
    assert "不是 .xlsx 文件" in linli("check-in", "words.xlsx").complaint
    book = xlsxwriter.Workbook(str(linli.folder / "far.xlsx"))
    book.add_worksheet().write(1_000_000, 16_000, "x")
    book.close()
    assert "列" in linli("check-in", "far.xlsx").complaint or "行" in linli("check-in", "far.xlsx").complaint

    async def off(world: World) -> None:
        staff = world.staff("小周")
        await staff.says(f"取消活动 {NUMBER} 下大雨", id="off-1")
        await staff.says("确认", id="off-2")

    within(linli, off)
    assert "取消了" in linli("check-in", str(filled(linli, rows, {"001": 1}))).complaint


def test_not_before_its_day(linli: Linli) -> None:
    assert linli("migrate").code == 0

    async def tell(world: World) -> bytes:
        staff = world.staff("小周")
        await world.connect(GROUP)
        await staff.commands("活动 2030年3月2日上午8:30-11:30活动室健康讲座 名额6")
        await staff.commands("确认")
        await staff.commands("签到表")
        return staff.files[-1].content

    content = within(linli, tell, datetime(2030, 2, 27, 10, 0, tzinfo=ZONE))
    (linli.folder / "early.xlsx").write_bytes(content)
    assert "还没到那天" in linli("check-in", "early.xlsx").complaint
