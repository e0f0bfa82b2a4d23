"""The reception day: a sheet a visitor, and promises that become tasks with a date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO

import docx
import pytest

from storage import audit, tasks
from storage.database import Database
from storage.secrets import Vault
from storage.tasks import VISIT
from tests.assistants import ZONE, open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, Resident, StaffMember, World

WEDNESDAY = datetime(2026, 12, 2, 9, 0, tzinfo=ZONE)
"""A reception day; the one before was November 4th."""
NOVEMBER = datetime(2026, 11, 4, 9, 0, tzinfo=ZONE)
APPOINTMENTS = [
    {
        "name": "书记接待",
        "words": ["书记"],
        "days": "每月第一个周三",
        "hours": ["14:00-17:00"],
        "minutes": 20,
        "place": "社区服务大厅",
    },
    {
        "name": "居住证明",
        "words": ["居住证明"],
        "days": "每个工作日",
        "hours": ["09:00-11:30"],
        "minutes": 15,
        "place": "大厅",
    },
]


@pytest.fixture
async def hall(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """A community with a reception day, on the morning of one."""
    url = shelf.migrated("sqlite")
    settings = small_settings(sessions={"appointments": APPOINTMENTS})
    world = await open_world(Database(url, vault), settings, NOVEMBER)
    yield world
    await world.close()
    shelf.clear(url)


async def booked(world: World, hour: str = "14点", day: str = "今天") -> tuple[Resident, StaffMember, str]:
    wang, li = world.resident("3-2-501 王阿姨"), world.staff("李主任")
    await world.connect(GROUP)
    await wang.says(f"{day}下午{hour}约书记接待，3-2-501")
    assert "约好了" in wang.heard[-1], wang.heard
    number = next(word for word in (await li.commands("活动"))[0].split() if word.startswith("HD"))
    return wang, li, number


def text_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


async def test_who_comes_today_with_their_cases_in_private_and_as_a_file(hall: World) -> None:
    wang, li, number = await booked(hall)
    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP)
    await li.commands("代报 王叔 3-2-501 家里水管漏水")
    heard = len(hall.heard_in_group())
    words, name = await li.commands("接待")
    assert f"{number} 书记接待" in words
    assert "14:00 001 王阿姨 3-2-501" in words
    assert "在办：SQ261104-01 楼道灯" in words
    assert name == f"接待单 {number} 2026-11-04.docx"
    assert hall.heard_in_group()[heard:] == []
    sheet = text_of(li.files[-1].content)
    assert "SQ261104-01" in sheet
    assert "SQ261104-02" in sheet
    assert "2026年11月4日（周三）" in sheet
    assert "以前来过\n无" in sheet
    async with hall.assistant.database.reading() as db:
        [step] = [one for one in await audit.story(db, "xingfu", f"{number}/001") if one.verb == "sessions.reveal"]
    assert step.after == {"what": "history", "cases": 2}


async def test_a_promise_is_a_task_with_a_date_and_the_visitor_hears_of_it(hall: World) -> None:
    wang, li, number = await booked(hall)
    before = len(wang.heard)
    [said] = await li.commands(f"答应 {number} 001 给3号楼换路灯 小周 11月20日")
    assert "任务RW261104-01：给3号楼换路灯，2026年11月20日（周五）前，小周" in said
    assert "这就私下告诉王阿姨" in said
    [told] = wang.heard[before:]
    assert "我们答应：给3号楼换路灯，2026年11月20日（周五）前" in told
    assert "RW261104-01" in hall.staff("小周").heard[-1]
    async with hall.assistant.database.reading() as db:
        [task] = await tasks.of_source(db, "xingfu", VISIT, f"{number}/001")
    assert (task.text, f"{task.due_on}", task.officer_name) == ("给3号楼换路灯", "2026-11-20", "小周")


async def test_next_time_it_says_what_was_promised_until_when_and_that_it_is_late(hall: World) -> None:
    wang, li, number = await booked(hall)
    await li.commands(f"答应 {number} 001：换路灯，11月20日")
    await hall.passes(days=28)
    await wang.says("今天下午2点约书记接待，3-2-501")
    words, _ = await li.commands("接待")
    assert "11月4日（周三）来过，答应：换路灯（2026年11月20日（周五）前，在办【超期】）" in words
    sheet = text_of(li.files[-1].content)
    assert "换路灯" in sheet
    assert "在办【超期】" in sheet
    await li.commands("完成 RW261104-01 新灯装好了")
    await li.commands("接待")
    assert "办完：新灯装好了" in text_of(li.files[-1].content)


async def test_of_who_wants_no_name_nothing_is_told_nor_of_another_door(hall: World) -> None:
    wang, li, _ = await booked(hall)
    await wang.says("匿名反映一下，3号楼2单元有人在楼道里堆杂物，别说是我说的")
    await li.commands("代报 赵姐 3-2-502 家里水管漏水")
    [cases] = await li.commands("诉求")
    assert "SQ261104-01" in cases
    assert "SQ261104-02" in cases
    words, _ = await li.commands("接待")
    assert "头一回来，没有诉求记录" in words


async def test_who_cannot_be_told_in_private_is_named_to_staff(hall: World) -> None:
    _, li, number = await booked(hall)
    ma = hall.resident("6-1-101 老马", friend=False)
    await ma.says("@小助手 今天下午15点约书记接待", in_group=GROUP)
    heard = len(hall.heard_in_group())
    [said] = await li.commands(f"答应 {number} 002 修单元门 11月20日")
    assert "请当面说一声" in said
    assert hall.heard_in_group()[heard:] == []


async def test_what_is_missing_or_unknown_is_said_in_one_line(hall: World) -> None:
    _, li, number = await booked(hall)
    for command, expected in (
        (f"答应 {number} 换路灯 11月20日", "哪一位"),
        (f"答应 {number} 009 换路灯 11月20日", "没有009号"),
        (f"答应 {number} 001 换路灯", "还差"),
        ("接待 HD261104-77", "HD261104-77不是预约接待的场次"),
        (f"接待 {number} 009", "没有009号"),
    ):
        [said] = await li.commands(command)
        assert expected in said, said
    assert li.files == []
    assert "还不能用" in (await hall.staff("孙网格").commands("接待"))[0]


async def test_the_reception_is_told_from_other_appointments_of_the_day(hall: World) -> None:
    _, li, number = await booked(hall)
    chen = hall.resident("8-1-802 小陈")
    await chen.says("今天上午10点去办居住证明行不")
    words, _ = await li.commands("接待")
    assert words.startswith(number)
    await hall.passes(days=1)
    await chen.says("明天上午10点去办居住证明行不")
    [said] = await li.commands("接待")
    assert "今天没有约好的接待" in said
    assert "11月6日（周五）" in said
