"""`名单` and `签到表`: what staff get as files, what stands in them, and what is noted."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from storage import audit
from tests.resident import GROUP, World
from tests.sessions.test_ical import NUMBER, announced

LISTED = ["号", "姓名", "楼-单元-室", "人数", "状态", "渠道", "电话", "备注", "到了几人"]
HEAD = 2
"""Rows above the names of the columns of the list."""


def sheet(content: bytes, at: int = 0) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(at).to_python()


async def signed_up(world: World) -> Any:
    """Three households of two places, one of them waiting, one gone again."""
    wang, zhao, chen = (world.resident(name) for name in ("3-2-501 王阿姨", "12-1-302 赵姐", "8-1-802 小陈"))
    staff = await announced(world)
    await wang.says("报名 两个人 13812345678", in_group=GROUP)
    await zhao.says("报名", in_group=GROUP)
    await chen.says("报名 8-1-802", in_group=GROUP)
    await chen.says("我不去了", in_group=GROUP)
    return staff


async def test_the_list_names_everybody_with_doors_and_masked_telephones(world: World) -> None:
    staff = await signed_up(world)
    words, name = await staff.commands(f"名单 {NUMBER}")
    assert "报上1家2人" in words
    assert name == f"名单 {NUMBER} 健康讲座.xlsx"
    rows = sheet(staff.files[-1].content)
    assert "健康讲座，11月28日（周六）08:30–11:30，活动室" in rows[0][0]
    assert "小周 11月25日（周三）" in rows[1][0]
    assert rows[HEAD] == LISTED
    wang, zhao, chen = rows[HEAD + 1 :]
    assert wang[:6] == ["001", "王阿姨", "3-2-501", 2, "报上了", "群里"]
    assert zhao[:5] == ["002", "赵姐", "12-1-302", 1, "候补"]
    assert chen[4] == "取消了"
    assert "13812345678" not in f"{rows}"


async def test_telephones_in_full_need_a_reason_which_is_noted(world: World) -> None:
    staff = await announced(world)
    wang = world.resident("王阿姨")
    await wang.says("报名 3-2-501 电话13812345678", in_group=GROUP)
    assert "看电话的原因" in (await staff.commands(f"名单 {NUMBER} 电话"))[0]
    await staff.commands(f"名单 {NUMBER}")
    masked = sheet(staff.files[-1].content)[HEAD + 1][LISTED.index("电话")]
    words, _ = await staff.commands(f"名单 {NUMBER} 电话 下雨改期要挨个通知")
    full = sheet(staff.files[-1].content)[HEAD + 1][LISTED.index("电话")]
    assert (masked, full) == ("138****5678", "13812345678")
    assert "查看已记下" in words
    async with world.assistant.database.reading() as db:
        [step] = [one for one in await audit.story(db, "xingfu", NUMBER) if one.verb == "sessions.reveal"]
    assert (step.why, step.actor) == ("下雨改期要挨个通知", "worker")


async def test_turnout_by_building_with_who_stayed_away(world: World) -> None:
    staff = await announced(world, "活动 周六上午8:30-11:30活动室健康讲座 名额30")
    for nickname, words in (
        ("12-1-302 赵姐", "报名 三个人"),
        ("3-2-501 王阿姨", "报名"),
        ("3-1-101 李叔", "报名两个人"),
    ):
        await world.resident(nickname).says(words, in_group=GROUP)
    await world.passes(days=3)
    await staff.commands(f"签到 {NUMBER} 001 2人")
    await staff.commands(f"签到 {NUMBER} 002")
    await staff.commands(f"签到 {NUMBER} 加 孙大爷 9-1-101 2人")
    await world.passes(hours=3)
    words, _ = await staff.commands(f"名单 {NUMBER}")
    assert "到了5人" in words
    _, _, columns, *rows = sheet(staff.files[-1].content, 1)
    assert columns == ["楼号", "报名家数", "报名人数", "到场人数", "缺席人数", "到场率", "没报名来的"]
    assert rows == [
        ["3", 2, 3, 1, 2, "33%", 0],
        ["9", 0, 0, 0, 0, "", 2],
        ["12", 1, 3, 2, 1, "67%", 0],
        ["合计", 3, 6, 3, 3, "50%", 2],
    ]
    listed = sheet(staff.files[-1].content)[HEAD + 1 :]
    assert {row[1]: row[-1] for row in listed} == {"赵姐": 2, "王阿姨": 1, "李叔": "没来", "孙大爷": 2}


async def test_who_was_reminded_how_and_with_what_outcome(world: World) -> None:
    wang, ma = world.resident("3-2-501 王阿姨"), world.resident("6-1-101 老马", friend=False)
    staff = await announced(world, "活动 周六上午8:30-11:30活动室健康讲座 名额30")
    await wang.says("报名", in_group=GROUP)
    await ma.says("报名", in_group=GROUP)
    await world.passes(days=2)
    await staff.commands(f"名单 {NUMBER}")
    _, _, columns, *rows = sheet(staff.files[-1].content, 2)
    assert columns == ["时间", "号", "姓名", "什么事", "方式", "结果", "打过几次"]
    assert {(row[1], row[2], row[3], row[4]) for row in rows} == {
        ("001", "王阿姨", "提前一天提醒", "私聊"),
        ("002", "老马", "提前一天提醒", "群里"),
    }


async def test_the_sheet_to_sign_is_in_order_of_doors_with_rows_for_who_comes_besides(world: World) -> None:
    staff = await signed_up(world)
    words, name = await staff.commands(f"签到表 {NUMBER}")
    assert "linli check-in" in words
    assert name == f"签到表 {NUMBER} 健康讲座.xlsx"
    title, when, _, columns, *rows = sheet(staff.files[-1].content)
    assert title[0] == f"签到表 {NUMBER} 健康讲座"
    assert "11月28日（周六）08:30–11:30，活动室" in when[0]
    assert columns == ["号", "姓名", "楼-单元-室", "人数", "签名", "到了几人", "备注"]
    assert [row[:4] for row in rows[:2]] == [["001", "王阿姨", "3-2-501", 2], ["002", "赵姐", "12-1-302", 1]]
    assert rows[1][-1] == "候补"
    assert "小陈" not in f"{rows}"


async def test_files_are_for_staff_who_may_and_are_never_said_in_a_group(world: World) -> None:
    await signed_up(world)
    sun, li = world.staff("孙网格"), world.staff("李主任")
    assert "还不能用" in (await sun.commands(f"名单 {NUMBER}"))[0]
    heard = len(world.heard_in_group())
    await li.says(f"@小助手 名单 {NUMBER}", in_group=GROUP)
    assert len(li.files) == 1
    assert world.heard_in_group()[heard:] == []
    resident = world.resident("3-2-501 王阿姨", contact="wx_other")
    await resident.says(f"名单 {NUMBER}")
    assert resident.files == []


async def test_what_residents_wrote_stays_text(world: World) -> None:
    staff = await announced(world)
    await world.resident("=HYPERLINK(1)").says("报名", in_group=GROUP)
    await staff.commands(f"名单 {NUMBER}")
    content = staff.files[-1].content
    assert b"<f>" not in b"".join(_parts(content))
    assert sheet(content)[HEAD + 1][1].startswith("=")


def _parts(content: bytes) -> list[bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
