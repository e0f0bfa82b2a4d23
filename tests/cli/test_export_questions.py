"""The ledgers of questions and of services done: one row an asking, masked, of a period, and what it comes to beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from storage import policy, questions
from storage.database import Database
from storage.policy_entry import Draft, Kind
from storage.secrets import load_vault
from tests.assistants import MORNING, ZONE, open_world
from tests.cli.command import Linli
from tests.cli.test_export import exported
from tests.resident import GROUP, World

FORMULA = '@小助手 =HYPERLINK("http://x.example","养老金资格认证在哪办")'
GUIDE = Draft(
    code="residence",
    title="居住证明",
    kind=Kind.GUIDE,
    answer="带身份证和租房合同，到社区服务站当天就能开居住证明。",
    questions=("居住证明怎么开",),
    source="街道便民服务手册",
)
EXPIRED = Draft(
    code="heating",
    title="供暖报停办法",
    body="供暖报停要在十月十五日前申请。",
    source="市供热办",
    expires_on=datetime(2026, 10, 31, tzinfo=ZONE).date(),
)
PENSION = "@小助手 养老金资格认证在哪办？我住3-2-501，电话13812345678"
LATER = timedelta(days=7)


@asynccontextmanager
async def community_of(linli: Linli, start: datetime = MORNING) -> AsyncIterator[World]:
    """The real assistant on the database of the command line."""
    var = linli.folder / "var"
    database = Database(f"sqlite:///{var / 'linli.db'}", load_vault(var / "linli.key", create=False))
    world = await open_world(database, start=start)
    yield world
    await world.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Linli:
    """Questions of every outcome, and services one of which was taken back."""
    linli = Linli(tmp_path_factory.mktemp("questions"))
    assert linli("migrate").code == 0
    asyncio.run(_story(linli))
    return linli


async def _story(linli: Linli) -> None:
    async with community_of(linli) as world:
        async with world.assistant.database.transaction() as db:
            await policy.put_all(
                db, world.assistant.directory.community, [GUIDE, EXPIRED], MORNING, origin="import", in_force=True
            )
        wang, li, zhao = (world.resident(name) for name in ("3-2-501 王阿姨", "3-1-302 李叔", "赵姐"))
        staff = world.staff("小周")
        await wang.says("@小助手 居住证明怎么开？要带啥材料", in_group=GROUP)
        await li.says("@小助手 供暖报停怎么办", in_group=GROUP)
        await wang.says(PENSION, in_group=GROUP)
        await zhao.says("养老金资格认证去哪办？")
        await li.says("@小助手 我这情况打官司能不能赢", in_group=GROUP)
        await world.passes(minutes=30)
        await staff.commands("答 2 带身份证到社区一楼，或者手机上刷脸。")
        await li.says(FORMULA, in_group=GROUP)
        await li.says("@小助手 我家的鹦鹉上户口要哪些材料", in_group=GROUP)
        await staff.commands("不用答 3")
        await staff.commands("办 居住证明 3-2-501")
        await staff.commands("办 居住证明 7-1-101")
        await staff.commands("撤办 BL261125-02")
        await world.passes(days=7)
        await zhao.says("@小助手 居住证明怎么开", in_group=GROUP)
        await staff.commands("办 居住证明 9-1-602")


def _rows(linli: Linli, *arguments: str) -> list[dict[str, Any]]:
    heading, *rows = exported(linli, *arguments)[0]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_an_asking_fills_every_column(filled: Linli) -> None:
    rows = _rows(filled, "questions")
    assert [row["序号"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert rows[2] == {
        "序号": 3,
        "时间": "2026-11-25 10:00",
        "渠道/群": GROUP,
        "提问人": "王*",
        "问题": "养老金资格认证在哪办?我住3-2-***,电话138****5678",
        "结果": "转社区",
        "条目编号": 3,
        "条目": "养老金资格认证在哪办?我住3-2-***",
        "问题编号": 2,
        "答复人": "小周",
        "答复时间": "2026-11-25 10:31",
        "是否已告知": "是",
    }


def test_what_came_of_each(filled: Linli) -> None:
    rows = _rows(filled, "questions")
    came = [(row["结果"], row["条目"][:6], row["问题编号"], row["是否已告知"]) for row in rows]
    assert came == [
        ("答了", "居住证明", "", ""),
        ("条目到期，转社区", "供暖报停办法", 1, "否"),
        ("转社区", "养老金资格认", 2, "是"),
        ("转社区", "", 3, "不用答"),
        ("请问专门机构", "", "", ""),
        ("转社区", "", 3, "不用答"),
        ("转社区", "", 4, "否"),
        ("答了", "居住证明", "", ""),
    ]
    assert (rows[3]["渠道/群"], rows[3]["提问人"], rows[3]["答复人"]) == ("微信私聊", "赵*", "小周")


def test_what_it_comes_to_stands_beside(filled: Linli) -> None:
    heading, *rows = exported(filled, "questions")[1]
    assert heading == ["项目", "次数", "条目编号"]
    counts = {row[0]: row[1] for row in rows}
    assert counts["期间"] == "全部"
    assert counts["提问次数"] == 8
    assert [counts[name] for name in ("答了", "请居民选", "条目到期，转社区", "请问专门机构", "转社区")] == [
        2,
        0,
        1,
        1,
        4,
    ]
    assert next(row for row in rows if row[2]) == ["居住证明", 2, 1]


def test_services_and_what_was_taken_back(filled: Linli) -> None:
    heading, *rows = exported(filled, "services")[0]
    assert heading == ["序号", "日期", "编号", "办件", "楼-单元-室", "经办人", "备注"]
    assert rows[0] == [1, "2026-11-25 10:32", "BL261125-01", "居住证明", "3-2-501", "小周", ""]
    assert [(row[2], row[6]) for row in rows[1:]] == [("BL261125-02", "记错了，不算"), ("BL261202-01", "")]
    counts = {row[0]: row[1] for row in exported(filled, "services")[1]}
    assert (counts["办件件数"], counts["居住证明"]) == (2, 2)


def test_a_period(filled: Linli) -> None:
    day = ("--from", "2026-12-02", "--until", "2026-12-02")
    rows, counts = exported(filled, "questions", *day)
    assert [row[4] for row in rows[1:]] == ["居住证明怎么开"]
    assert {row[0]: row[1] for row in counts}["提问次数"] == 1
    assert counts[1][:2] == ["期间", "2026-12-02 – 2026-12-02"]
    assert [row[2] for row in exported(filled, "services", *day)[0][1:]] == ["BL261202-01"]
    assert exported(filled, "services", "--until", "2026-11-24")[0][1:] == []


def test_what_residents_ask_is_never_a_formula(filled: Linli) -> None:
    rows = _rows(filled, "questions")
    assert rows[5]["问题"].startswith("=HYPERLINK(")
    with ZipFile(filled.folder / "ledger.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_an_asking_counts_when_its_words_are_forgotten(linli: Linli) -> None:
    """What was said is kept as long as messages are; the question that waits stays, masked."""
    assert linli("migrate").code == 0

    async def long_ago() -> None:
        async with community_of(linli) as world:
            wang = world.resident("3-2-501 王阿姨")
            await wang.says(PENSION, in_group=GROUP)
            async with world.assistant.database.transaction() as db:
                await questions.forget_words(db, MORNING + LATER)

    asyncio.run(long_ago())
    [row] = _rows(linli, "questions")
    assert (row["问题"], row["提问人"]) == ("养老金资格认证在哪办?我住3-2-***,电话138****5678", "王*")


def test_a_ledger_of_many_pages_is_whole_and_in_order(linli: Linli) -> None:
    assert linli("migrate").code == 0

    async def many() -> None:
        async with community_of(linli) as world:
            await world.resident("3-2-501 王阿姨").says("@小助手 居住证明怎么开", in_group=GROUP)
            async with world.assistant.database.transaction() as db:
                [asking] = await db.scalars(select(questions.Asking))
                asker = questions.Asker(asking.account_id or 0, None, asking.contact_id or 0, asking.inbox_id or 0, "")
                for number in range(1, 1203):
                    asked = replace(asker, words=f"第{number}问")
                    await questions.note(db, asking.community, asked, questions.Outcome.ANSWERED, MORNING)

    asyncio.run(many())
    rows, counts = exported(linli, "questions")
    assert [row[4] for row in rows[2:]] == [f"第{number}问" for number in range(1, 1203)]
    assert {row[0]: row[1] for row in counts}["提问次数"] == 1203
