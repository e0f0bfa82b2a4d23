"""`议题`: what is overdue and what is common, by who has to see to it, and nothing of anybody in it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta

import docx
import pytest

from storage import complaints, problems
from storage.complaints import Complaint
from tests.assistants import MORNING
from tests.complaints.staffed import staffed
from tests.resident import World
from tests.storage.rows import a_case

__all__ = ["staffed"]
PERSONAL = ("王秀兰", "13800001234", "501", "2单元", "楼道灯坏了")


async def cases(world: World, *changes: Mapping[str, object]) -> list[Complaint]:
    directory = world.assistant.directory
    async with world.assistant.database.transaction() as db:
        made = []
        for place, change in enumerate(changes, start=1):
            late = {"number": f"SQ261110-{place:02d}", "due_by": MORNING - timedelta(days=place)}
            made.append(await a_case(db, directory, **{**late, **change}))
        return made


@pytest.fixture
async def overdue(staffed: World) -> World:
    await cases(
        staffed,
        {"state": "assigned", "handler": "物业吴"},
        {"state": "working", "handler": "物业吴", "building": "5", "subcategory": "电梯"},
        {"state": "transferred", "handler": "小周", "passed_to": "热力公司", "category": "供暖", "subcategory": "不热"},
        {"state": "filed", "building": None, "unit": None, "room": None, "place": "北门"},
        {"state": "suspended", "handler": "小周"},
        {"state": "closed", "handler": "小周"},
        {"state": "working", "handler": "小周", "due_by": MORNING + timedelta(days=1)},
        {"state": "working", "handler": "马调解", "category": "邻里纠纷", "mediation": True},
    )
    return staffed


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


async def test_overdue_cases_stand_by_who_has_to_see_to_them(overdue: World) -> None:
    li = overdue.staff("李主任")
    answer = (await li.commands("议题"))[0]
    assert "超期诉求4件，共性诉求0个" in answer
    assert answer.index("1. 物业吴，2项") < answer.index("热力公司，1项") < answer.index("还没有承办的，1项")
    assert "SQ261110-02 5号楼 电梯，超期2天\nSQ261110-01 3号楼 楼道灯，超期1天" in answer
    assert "SQ261110-04 北门 楼道灯，超期4天" in answer
    assert [word for word in PERSONAL if word in answer] == []
    assert "马调解" not in answer


async def test_the_file_says_the_same_and_has_room_for_resolutions(overdue: World) -> None:
    li = overdue.staff("李主任")
    await li.commands("议题")
    [file] = li.files
    assert file.name == "会议议题2026-11-25.docx"
    text = text_of(file.content)
    assert "幸福里社区会议议题" in text
    assert "截至2026年11月25日（周三）：超期诉求4件" in text
    for told in ("1. 物业吴（2项）", "SQ261110-03", "供暖·不热", "3天", "怎么办", "决议"):
        assert told in text
    assert [word for word in PERSONAL if word in text] == []


async def test_common_problems_stand_with_their_owners(overdue: World) -> None:
    rows = await cases(overdue, *({"number": f"SQ261111-0{n}", "building": f"{n}", "due_by": None} for n in (7, 8)))
    async with overdue.assistant.database.transaction() as db:
        problem = await problems.open_one(db, "xingfu", ("公共设施", "楼道灯"), "261120", MORNING)
        problem.owner, problem.promised_by, problem.measure = "物业吴", MORNING + timedelta(days=5), "王秀兰家先换"
        await problems.gather(db, problem, [row.id for row in rows])
    li = overdue.staff("李主任")
    answer = (await li.commands("议题"))[0]
    assert "1. 物业吴，3项" in answer
    assert "GX261120-01 共性：楼道灯，2件，7、8号楼，答应11月30日（周一）前" in answer
    assert "王秀兰" not in answer
    assert "7号楼、8号楼" in text_of(li.files[-1].content)


async def test_of_a_period_only_what_fell_overdue_in_it(overdue: World) -> None:
    li = overdue.staff("李主任")
    answer = (await li.commands("议题 昨天"))[0]
    assert "超期诉求1件" in answer
    assert "没有要上会的" in (await li.commands("议题 10月"))[0]
    assert "还差看得懂的周期" in (await li.commands("议题 停车"))[0]


async def test_a_long_agenda_is_cut_in_the_chat_and_whole_in_the_file(staffed: World) -> None:
    await cases(
        staffed, *({"number": f"SQ261101-{n:02d}", "state": "assigned", "handler": "物业吴"} for n in range(30))
    )
    li = staffed.staff("李主任")
    answer = (await li.commands("议题"))[0]
    assert "物业吴，30项" in answer
    assert "另有10项，见文件" in answer
    assert text_of(li.files[-1].content).count("SQ261101-") == 30


async def test_of_an_hour_it_is_less_than_a_day(staffed: World) -> None:
    await cases(staffed, {"state": "assigned", "handler": "物业吴", "due_by": MORNING - timedelta(hours=1)})
    assert "超期不到1天" in (await staffed.staff("小周").commands("议题"))[0]


async def test_nothing_to_talk_about(staffed: World) -> None:
    li = staffed.staff("李主任")
    assert "没有要上会的" in (await li.commands("议题"))[0]
    assert li.files == []


async def test_who_may_ask_for_it(overdue: World) -> None:
    for name in ("孙网格", "马调解", "物业吴", "看看"):
        assert "您的角色还不能用“议题”" in (await overdue.staff(name).commands("议题"))[0]
    async with overdue.assistant.database.reading() as db:
        assert await complaints.by_number(db, "xingfu", "SQ261110-01") is not None
