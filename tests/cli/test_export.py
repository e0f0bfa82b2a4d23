"""The ledgers as Excel: every column, masked, of a period, with the rates beside; and nothing that Excel would run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from storage import accounts, follow_ups, problems, reporters
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database
from storage.secrets import load_vault
from tests.assistants import MORNING
from tests.cli.command import Linli
from tests.storage.rows import a_case

FORMULA = "=cmd|' /C calc'!A0"
COLUMNS = 20


def hours(count: float) -> Any:
    return MORNING + timedelta(hours=count)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Linli:
    """A ledger with one of everything."""
    linli = Linli(tmp_path_factory.mktemp("ledger"))
    assert linli("migrate").code == 0
    asyncio.run(written(linli, everything))
    return linli


async def written(linli: Linli, work: Callable[[Db, Directory], Awaitable[None]]) -> None:
    var = linli.folder / "var"
    database = Database(f"sqlite:///{var / 'linli.db'}", load_vault(var / "linli.key", create=False))
    try:
        async with database.transaction() as db:
            directory = await accounts.open_directory(db, community(linli), "simulator")
            await accounts.start_epoch(db, directory, "bot", "first login", MORNING)
            await work(db, directory)
            # names must be found in whatever epoch they were used
            await accounts.start_epoch(db, directory, "bot-2", "another login", MORNING)
    finally:
        await database.close()


def community(linli: Linli) -> str:
    text = (linli.folder / "config.yaml").read_text("utf-8")
    return text.partition("\n  id: ")[2].split()[0]


async def everything(db: Db, directory: Directory) -> None:
    wang = await accounts.ensure_contact(db, directory, "wx_wang", name="王秀兰", friend=True)
    li = await accounts.ensure_contact(db, directory, "wx_li", name="李叔", friend=True)
    group = await accounts.ensure_group(db, directory, "room:3", "3号楼")
    await accounts.ensure_member(db, directory, group, wang, "3-2-501 王阿姨")
    common = await problems.open_one(db, directory.community, ("公共设施", "楼道灯"), "261125", MORNING)
    lamp = await case(
        db,
        directory,
        "01",
        state="closed",
        group_id=group,
        handler="小周",
        closing="unreached",
        reopened=2,
        assigned_at=hours(1),
        received_at=hours(2),
        resolved_at=hours(3),
        closed_at=hours(4),
        result="换了灯，找13812345678",
        took_s=3 * 3600,
        contacted_at=hours(1),
        problem_id=common.id,
    )
    first = await reporters.add(db, lamp, wang, MORNING, group_id=group)
    await reporters.add(db, lamp, li, MORNING, channel="private")
    merged = await case(db, directory, "02", state="merged", merged_into=lamp.id, wording=FORMULA)
    await reporters.add(db, merged, None, MORNING, channel="telephone", name="赵姐")
    unnamed = await case(
        db, directory, "03", state="suspended", anonymous=True, suspended_at=hours(1), source="private"
    )
    await reporters.add(db, unnamed, wang, MORNING, channel="private", anonymous=True)
    entered = await case(db, directory, "04", source="telephone", phone=None, passed_to="12345", state="transferred")
    await reporters.add(db, entered, None, MORNING, channel="telephone", name="孙大爷", phone="5550123")
    late = await case(
        db, directory, "05", filed_at=hours(-24 * 900), due_by=hours(-24 * 890), state="working", source="visit"
    )
    for who, outcome, words, by in (
        (first, "dissatisfied", f"{FORMULA} 我是王秀兰，电话13812345678", None),
        (None, "no_answer", "没打通", "小周"),
    ):
        channel = "wechat" if by is None else "telephone"
        values = {"reporter_id": who, "channel": channel, "by_name": by, "outcome": outcome, "words": words}
        await follow_ups.add(db, lamp, hours(5), **values)
    await follow_ups.add(db, late, hours(50), channel="telephone", by_name="李主任", outcome="mostly", words="基本满意")


async def case(db: Db, directory: Directory, serial: str, **changes: Any) -> Any:
    usual: dict[str, Any] = {"contact_by": hours(24), "due_by": hours(24 * 7), "community": directory.community}
    return await a_case(db, directory, **{**usual, "number": f"SQ261125-{serial}", **changes})


def exported(linli: Linli, *arguments: str) -> list[list[list[Any]]]:
    """The rows of both sheets."""
    ran = linli("export", *arguments, "--to", "ledger.xlsx")
    assert ran.code == 0, ran.err
    book = CalamineWorkbook.from_path(str(linli.folder / "ledger.xlsx"))
    return [book.get_sheet_by_index(at).to_python() for at in range(2)]


def by_column(rows: list[list[Any]], serial: str) -> dict[str, Any]:
    [row] = [row for row in rows[1:] if str(row[1]).endswith(serial)]
    return dict(zip(rows[0], row, strict=True))


def test_a_case_fills_every_column(filled: Linli) -> None:
    rows, _ = exported(filled, "complaints")
    assert len(rows) == 6
    assert len(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == [1, 2, 3, 4, 5]
    assert by_column(rows, "01") == {
        "序号": 1,
        "编号": "SQ261125-01",
        "受理时间": "2026-11-25 10:00",
        "渠道": "微信群",
        "诉求人": "王*",
        "电话": "138****1234",
        "楼-单元-室": "3-2-501",
        "一级": "公共设施",
        "二级": "楼道灯",
        "紧急程度": "P2",
        "内容": "楼道灯坏了",
        "承办": "小周",
        "派单": "2026-11-25 11:00",
        "签收": "2026-11-25 12:00",
        "时限": "2026-12-02 10:00",
        "办理情况": "换了灯，找138****5678",
        "办结": "2026-11-25 14:00",
        "是否超期": "否",
        "并案号": "",
        "备注": "3人次；重办2次；未回访到；共性诉求GX261125-01",
    }


def test_what_is_joined_passed_on_suspended_or_without_a_name(filled: Linli) -> None:
    rows, _ = exported(filled, "complaints")
    merged, unnamed = by_column(rows, "02"), by_column(rows, "03")
    assert (merged["并案号"], merged["办理情况"], merged["是否超期"]) == ("SQ261125-01", "并案", "")
    assert merged["诉求人"] == "赵*"
    assert (unnamed["诉求人"], unnamed["电话"], unnamed["楼-单元-室"]) == ("不透露", "不透露", "3-2")
    assert (unnamed["渠道"], unnamed["办理情况"], unnamed["备注"]) == ("微信私聊", "挂起", "匿名；挂起")
    entered, late = by_column(rows, "04"), by_column(rows, "05")
    assert (entered["渠道"], entered["诉求人"], entered["电话"]) == ("电话", "孙*", "555****23")
    assert (entered["办理情况"], entered["备注"]) == ("转办", "转办12345")
    assert (late["渠道"], late["是否超期"], late["诉求人"], late["办结"]) == ("上门", "是", "", "")


def test_follow_ups(filled: Linli) -> None:
    rows, rates = exported(filled, "follow-ups")
    assert rows[0] == [
        "序号",
        "编号",
        "回访时间",
        "方式",
        "回访人",
        "诉求人",
        "一级",
        "二级",
        "评价",
        "是否解决",
        "意见",
        "处理",
    ]
    kind = ["公共设施", "楼道灯"]
    assert rows[1] == [
        *(1, "SQ261125-01", "2026-11-25 15:00", "微信", "小助手", "王*", *kind),
        *("不满意", "否", "=cmd|' /C calc'!A0 我是王*,电话138****5678", "重办"),
    ]
    assert rows[2][3:] == ["电话", "小周", "", *kind, "没打通", "", "没打通", "办结"]
    assert rows[3][4:] == ["李主任", "", *kind, "基本满意", "是", "基本满意", "办理中"]
    assert rates[0] == ["指标", "结果", "分子", "分母"]


def test_the_rates_stand_beside_with_their_parts(filled: Linli) -> None:
    _, rows = exported(filled, "complaints")
    found = {row[0]: row[1:] for row in rows[1:]}
    assert found["期间"][0] == "全部"
    assert found["诉求件数"][0] == 4
    assert found["人次"][0] == 5
    assert found["按时办结率"] == ["50%", 1, 2]
    assert found["重办率"] == ["100%", 1, 1]
    assert found["解决率"] == ["50%", 1, 2]
    assert found["办理小时数（中位）"] == [3, "", 1]
    assert found["未回访到"][0] == 1
    assert found["转办"][0] == 1
    assert found["共性诉求"][0] == 1


def test_a_period(filled: Linli) -> None:
    rows, rates = exported(filled, "complaints", "--from", "2026-11-25", "--until", "2026-11-25")
    assert [row[1][-2:] for row in rows[1:]] == ["01", "02", "03", "04"]
    assert rates[1][:2] == ["期间", "2026-11-25 – 2026-11-25"]
    assert {row[0]: row[1] for row in rates}["诉求件数"] == 3
    assert len(exported(filled, "complaints", "--until", "2026-11-24")[0]) == 2
    assert len(exported(filled, "follow-ups", "--from", "2026-11-26")[0]) == 2
    empty, nothing = exported(filled, "follow-ups", "--from", "2027-01-01")
    assert len(empty) == 1
    assert {row[0]: row[1:] for row in nothing}["响应率"] == ["无", 0, 0]


def test_what_residents_wrote_is_never_a_formula(filled: Linli) -> None:
    rows, _ = exported(filled, "complaints")
    assert by_column(rows, "02")["内容"] == FORMULA
    with ZipFile(filled.folder / "ledger.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        styles = book.read("xl/styles.xml").decode()
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert 'quotePrefix="1"' in styles  # nor once somebody edits the cell


def test_wrong_days_are_refused_and_leave_nothing(filled: Linli) -> None:
    before = set(filled.folder.iterdir())
    ran = filled("export", "complaints", "--to", "x.xlsx", "--from", "2026-12-01", "--until", "2026-11-01")
    assert (ran.code, "比 --until 2026-11-01 晚" in ran.complaint) == (1, True)
    assert filled("export", "complaints", "--to", "x.xlsx", "--from", "昨天").code == 2
    assert "写不进去" in filled("export", "complaints", "--to", "nowhere/x.xlsx").complaint
    assert set(filled.folder.iterdir()) == before


def test_the_file_is_for_its_owner_alone_and_other_ledgers_are_not_there_yet(linli: Linli) -> None:
    assert linli("migrate").code == 0
    assert linli("export", "follow-ups", "--to", "x.xlsx").code == 0
    assert (linli.folder / "x.xlsx").stat().st_mode & 0o777 == 0o600
    for ledger in ("points", "residents"):
        assert "还没有" in linli("export", ledger, "--to", "x.xlsx").complaint


def test_a_ledger_of_many_pages_is_whole_and_in_order(linli: Linli) -> None:
    assert linli("migrate").code == 0

    async def many(db: Db, directory: Directory) -> None:
        for serial in range(1, 1203):
            await case(db, directory, f"{serial:04d}")

    asyncio.run(written(linli, many))
    rows, rates = exported(linli, "complaints")
    assert [row[1] for row in rows[1:]] == [f"SQ261125-{serial:04d}" for serial in range(1, 1203)]
    assert {row[0]: row[1] for row in rates}["诉求件数"] == 1202
