"""The activity ledger as Excel: its lines, its counts by kind, and the tasks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.command import Linli
from tests.cli.test_export_questions import community_of

COLUMNS = ["序号", "编号", "日期", "类别", "内容", "数量", "单位", "地点", "照片", "记录人", "备注"]
TASKS = ["序号", "编号", "内容", "负责人", "日期", "状态", "来源", "派任务的人", "派出时间", "办完时间", "结果"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Linli:
    linli = Linli(tmp_path_factory.mktemp("activities"))
    assert linli("migrate").code == 0
    asyncio.run(_story(linli))
    return linli


async def _story(linli: Linli) -> None:
    async with community_of(linli) as world:
        li, zhou = world.staff("李主任"), world.staff("小周")
        await zhou.commands("记一笔 走访 3号楼2单元501王奶奶，电话13812345678，1户")
        await zhou.commands("记一笔 昨天 走访 百岁老人2户")
        await li.commands("记一笔 10月8日 巡查 =HYPERLINK(商户) 9处")
        await li.commands("记一笔 会议 停车问题 6人")
        await zhou.commands("撤记 JL261125-02")
        await li.commands("决议 重画车位线 小周 11月26日")
        await li.commands("任务 清理楼道 鑫达物业 11月27日")
        await world.passes(days=1)
        await zhou.commands("完成 RW261125-01 画好了")


def exported(linli: Linli, sheet: int, *arguments: str) -> list[list[Any]]:
    ran = linli("export", "activities", *arguments, "--to", "ledger.xlsx")
    assert ran.code == 0, ran.err
    return CalamineWorkbook.from_path(str(linli.folder / "ledger.xlsx")).get_sheet_by_index(sheet).to_python()


def test_the_lines_masked_with_what_was_taken_back(filled: Linli) -> None:
    heading, *rows = exported(filled, 0)
    assert heading == COLUMNS
    assert [row[:4] for row in rows] == [
        [1, "JL261125-01", "2026-11-25", "走访"],
        [2, "JL261125-02", "2026-11-24", "走访"],
        [3, "JL261125-03", "2026-10-08", "巡查"],
        [4, "JL261125-04", "2026-11-25", "会议"],
    ]
    assert rows[0][5:7] == [1, "户"]
    assert "501" not in f"{rows[0]}"
    assert "138****5678" in rows[0][4]
    assert [row[10] for row in rows] == ["", "记错了，不算", "", ""]
    assert rows[2][4] == "=HYPERLINK(商户) 9处"


def test_the_counts_by_kind_of_a_period(filled: Linli) -> None:
    rows = exported(filled, 1)
    counted = {row[0]: row[1:3] for row in rows[3:]}
    assert counted == {"笔数": [3, ""], "会议": [1, "6人"], "巡查": [1, "9处"], "走访": [1, "1户"]}
    rows = exported(filled, 1, "--from", "2026-11-01", "--until", "2026-11-30")
    assert {row[0] for row in rows[3:]} == {"笔数", "会议", "走访"}


def test_the_tasks(filled: Linli) -> None:
    heading, *rows = exported(filled, 2)
    assert heading == TASKS
    assert rows[0][:5] == [1, "RW261125-01", "重画车位线", "小周", "2026-11-26"]
    assert rows[0][5:8] == ["办完", "会议 JL261125-04", "李主任"]
    assert rows[0][10] == "画好了"
    assert rows[1][2:4] == ["清理楼道", "鑫达物业"]
