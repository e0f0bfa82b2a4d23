"""The ledgers of sessions, sign-ups and doses as Excel, and what a replay counts."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from storage import doses, sessions, sign_ups
from tests.assistants import MORNING
from tests.cli.command import Linli
from tests.cli.test_export_questions import community_of
from tests.resident import GROUP, World

SESSIONS = [
    "序号",
    "编号",
    "类别",
    "名称",
    "时间",
    "地点",
    "名额",
    "报名",
    "候补",
    "取消",
    "到场",
    "缺席",
    "到场率",
    "状态",
    "经办",
]
SIGN_UPS = ["序号", "活动编号", "活动", "场次", "姓名", "楼-单元-室", "人数", "状态", "渠道", "报名时间", "到场"]
DOSES = ["序号", "日期", "姓名", "楼-单元-室", "疫苗", "针次", "人数", "号条", "下一针", "活动编号"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Linli:
    linli = Linli(tmp_path_factory.mktemp("sessions"))
    assert linli("migrate").code == 0
    asyncio.run(_story(linli))
    return linli


async def _story(linli: Linli) -> None:
    """A lecture that was held, one that was called off, and one that is still to come."""
    async with community_of(linli) as world:
        staff = world.staff("小周")
        wang, zhao, chen = (world.resident(name) for name in ("3-2-501 王阿姨", "12-1-302 赵姐", "8-1-802 小陈"))
        await world.connect(GROUP)
        for sentence in (
            "活动 周六上午8:30-11:30活动室健康讲座 名额4",
            "活动 周日下午2点-4点 活动室 手机课 名额10",
            "活动 12月5日上午9点-10点 东门 扫雪 名额10",
        ):
            await staff.commands(sentence)
            await staff.commands("确认")
            await world.passes(minutes=1)
        await wang.says("报名健康讲座 两个人", in_group=GROUP)
        await zhao.says("报名健康讲座 两个人", in_group=GROUP)
        await chen.says("报名健康讲座", in_group=GROUP)
        await wang.says("报名扫雪", in_group=GROUP)
        await staff.commands("取消活动 HD261125-02 停电")
        await staff.commands("确认")
        await world.passes(days=3)
        await staff.commands("签到 HD261125-01 001 1人")
        await world.passes(hours=8)
        await _dose(world)


async def _dose(world: World) -> None:
    async with world.assistant.database.transaction() as db:
        row = await sessions.by_number(db, "xingfu", "HD261125-01")
        assert row is not None
        first, *_ = await sign_ups.of_session(db, row.id)
        await doses.enter(
            db,
            "xingfu",
            session=row.id,
            sign_up=first.id,
            contact=first.contact_id,
            name=first.name,
            phone="13812345678",
            door=(first.building, first.unit, first.room),
            people=2,
            brand="流感疫苗",
            number=1,
            slip=7,
            given_on=MORNING.date(),
            next_on=MORNING.date() + timedelta(days=28),
        )


def exported(linli: Linli, ledger: str, sheet: int, *arguments: str) -> list[list[Any]]:
    ran = linli("export", ledger, *arguments, "--to", "ledger.xlsx")
    assert ran.code == 0, ran.err
    return CalamineWorkbook.from_path(str(linli.folder / "ledger.xlsx")).get_sheet_by_index(sheet).to_python()


def test_sessions_with_who_signed_up_came_and_stayed_away(filled: Linli) -> None:
    heading, held, off, coming = exported(filled, "sessions", 0)
    assert heading == SESSIONS
    assert held[:7] == [1, "HD261125-01", "讲座", "健康讲座", "2026-11-28 08:30", "活动室", 4]
    assert held[7:] == [4, 1, "", 1, 3, "25%", "已结束", "小周"]
    assert off[7:] == [0, "", "", "", "", "", "已取消", "小周"]
    assert coming[7:] == [1, "", "", "", "", "", "开着", "小周"]


def test_sessions_of_a_period_by_kind(filled: Linli) -> None:
    heading, *rows = exported(filled, "sessions", 1)
    assert heading == ["类别", "办了几场", "取消几场", "到场人数", "到场率", "报名到场", "报名人数"]
    counted = {row[0]: row[1:] for row in rows[2:]}
    assert counted["讲座"] == [1, 1, 1, "25%", 1, 4]
    assert counted["志愿服务"][:6] == [1, 0, 0, "无", 0, 0]
    rows = exported(filled, "sessions", 0, "--from", "2026-12-01", "--until", "2026-12-31")
    assert [row[3] for row in rows[1:]] == ["志愿扫雪"]


def test_sign_ups_with_masked_names(filled: Linli) -> None:
    heading, *rows = exported(filled, "sign-ups", 0)
    assert heading == SIGN_UPS
    assert rows[0][:9] == [1, "HD261125-01", "健康讲座", "2026-11-28 08:30", "王*", "3-2-501", 2, "报上了", "群里"]
    assert [row[4] for row in rows] == ["王*", "赵*", "小*", "王*"]
    assert [row[7] for row in rows] == ["报上了", "报上了", "候补", "报上了"]
    assert rows[0][10] == 1
    counted = {row[0]: row[1:3] for row in exported(filled, "sign-ups", 1)[3:]}
    assert counted == {"报上了": [3, 5], "候补": [1, 1], "渠道：群里": [4, 6]}
    assert len(exported(filled, "sign-ups", 0, "--until", "2026-11-24")) == 1


def test_doses_with_masked_names(filled: Linli) -> None:
    heading, *rows = exported(filled, "doses", 0)
    assert heading == DOSES
    assert rows == [[1, "2026-11-25", "王*", "3-2-501", "流感疫苗", 1, 2, 7, "2026-12-23", "HD261125-01"]]
    assert exported(filled, "doses", 1)[3:] == [["接种人数", "", 2], ["流感疫苗", 1, 2]]
    assert len(exported(filled, "doses", 0, "--from", "2026-11-26")) == 1
    assert len(exported(filled, "doses", 0, "--until", "2026-11-25")) == 2


def test_a_replay_counts_who_is_signed_up(linli: Linli) -> None:
    lines = [
        {
            "at": "2026-11-25T10:00:00+08:00",
            "sender": "wx_zhou",
            "name": "小周",
            "text": "活动 周六上午8:30-11:30活动室健康讲座",
        },
        {"at": "2026-11-25T10:01:00+08:00", "sender": "wx_zhou", "name": "小周", "text": "确认"},
    ]
    said = (
        ("wx_w", "3-2-501 王阿姨", "报名"),
        ("wx_z", "5-1-302 赵姐", "报名两个人"),
        ("wx_z", "5-1-302 赵姐", "我不去了"),
    )
    first = {
        "at": "2026-11-25T09:59:00+08:00",
        "room": GROUP,
        "sender": "wx_w",
        "name": "3-2-501 王阿姨",
        "text": "@小助手 你能干啥",
    }
    for minute, (sender, name, words) in enumerate(said, start=5):
        at = f"2026-11-25T10:{minute:02d}:00+08:00"
        lines.append({"at": at, "room": GROUP, "sender": sender, "name": name, "text": words})
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in [first, *lines])
    ran = linli("replay", str(linli.write("day.jsonl", text)))
    assert ran.code == 0, ran.err
    assert ran.lines[-1]["summary"]["sign_ups"] == 1
