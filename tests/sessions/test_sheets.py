"""The sheets themselves: paper, order, parts, and limits."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

from bot.app import load_replies
from intents.sessions.sheets import Made, Sheets, file_name
from storage import sign_ups
from storage.database import Database
from storage.sign_ups import State, Who
from tests.assistants import MORNING, small_settings
from tests.sessions.offices import made, plan
from tests.sessions.test_papers import HEAD, sheet

BY = Made("小周", MORNING)
DOORS = (("12", "1", "101"), ("3", "2", "1101"), ("3", "2", "501"), ("A", "1", "202"), (None, None, None))


def sheets() -> Sheets:
    return Sheets(load_replies(small_settings()), "幸福里社区 A&B")


async def test_for_the_printer_it_is_a4_with_the_header_on_every_page(database: Database) -> None:
    async with database.transaction() as db:
        session = await made(db, plan(capacity=None))
    content = sheets().to_sign(session, [], BY)
    with ZipFile(BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert 'paperSize="9"' in xml
    assert 'fitToHeight="0"' in xml
    assert "fitToPage" in xml
    assert "Print_Titles" in book
    assert "$4:$4" in book
    assert "A&amp;&amp;B" in xml


async def test_by_part_then_building_then_door_and_without_one_last(database: Database) -> None:
    async with database.transaction() as db:
        session = await made(db, plan(capacity=10, slots=2))
        for turn, door in enumerate(DOORS):
            slot = session.slots[0 if turn else 1]
            who = Who(None, f"住户{turn}", *door)
            await sign_ups.enter(
                db, "xingfu", session.id, slot.id, who, 1, State.CONFIRMED, group=None, source="staff", now=MORNING
            )
        rows = await sign_ups.of_session(db, session.id)
    _, _, _, columns, *lines = sheet(sheets().to_sign(session, rows, BY))
    assert columns[:4] == ["号", "场次", "姓名", "楼-单元-室"]
    assert [(line[1], line[3]) for line in lines[:5]] == [
        ("第1场08:30", "3-2-501"),
        ("第1场08:30", "3-2-1101"),
        ("第1场08:30", "A-1-202"),
        ("第1场08:30", ""),
        ("第2场09:30", "12-1-101"),
    ]


async def test_thousands_of_people_fit_into_a_file(database: Database) -> None:
    async with database.transaction() as db:
        session = await made(db, plan(capacity=None))
        slot = session.slots[0].id
        for number in range(60):
            who = Who(None, f"住户{number}", str(number % 20 + 1), "1", str(number))
            await sign_ups.enter(
                db, "xingfu", session.id, slot, who, 2, State.CONFIRMED, group=None, source="staff", now=MORNING
            )
        rows = await sign_ups.of_session(db, session.id) * 50
    content = sheets().sign_ups(session, rows, [], Made("小周", MORNING + timedelta(days=9)), phones=False)
    assert len(sheet(content)) == 3000 + HEAD + 1
    assert len(content) < 1_000_000
    assert len(sheet(sheets().to_sign(session, rows, BY))) == 3000 + 4


def test_a_title_that_is_no_name_of_a_file() -> None:
    assert file_name('健康/讲座: "血压" <上>\n', ".ics") == "健康 讲座   血压   上.ics"
    assert len(file_name("长" * 200, ".xlsx")) < 100
