"""`linli policy import`: what it says of each row, its exit codes, and what is in the database afterwards."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage import questions
from storage.database import Database
from storage.secrets import load_vault
from tests.cli.command import PROJECT, Linli

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
GOOD = {"id": "a", "title": "居住证办理", "body": "住满半年可以申领。", "effective_from": "2026-01-01"}
OTHER = {"id": "b", "title": "犬只登记", "body": "养犬要登记。"}
WRONG = {"id": "c", "title": "垃圾分类", "body": "分四类。", "effective_from": "2026-02-30"}
REASON = "rows.jsonl 第 2 行 effective_from：没有 2026-02-30 这一天，请改成真实的日期。"


@pytest.fixture
def linli(tmp_path: Path) -> Linli:
    return Linli(tmp_path)


def rows(linli: Linli, *given: dict[str, Any], name: str = "rows.jsonl") -> str:
    linli.write(name, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in given))
    return name


def kept(linli: Linli) -> list[tuple[Any, ...]]:
    with sqlite3.connect(linli.folder / "var" / "linli.db") as database:
        return database.execute("SELECT code, title, state, origin, version FROM policies ORDER BY code").fetchall()


def test_rows_are_taken_replaced_or_the_same(linli: Linli) -> None:
    ran = linli.anew("policy", "import", rows(linli, GOOD, OTHER))
    assert (ran.code, ran.out, ran.err) == (0, "新增 2 条，替换 0 条，没变 0 条，没收下 0 行\n", "")
    assert kept(linli) == [
        ("a", "居住证办理", "in_force", "import", 1),
        ("b", "犬只登记", "in_force", "import", 1),
    ]
    changed = {**OTHER, "title": "养犬登记"}
    ran = linli("policy", "import", rows(linli, GOOD, changed))
    assert (ran.code, ran.out) == (0, "新增 0 条，替换 1 条，没变 1 条，没收下 0 行\n")
    assert kept(linli)[1] == ("b", "养犬登记", "in_force", "import", 2)


def test_refused_rows_are_named_and_the_rest_is_taken(linli: Linli) -> None:
    ran = linli("policy", "import", rows(linli, GOOD, WRONG, OTHER))
    assert ran.code == 0
    assert ran.out == f"{REASON}\n新增 2 条，替换 0 条，没变 0 条，没收下 1 行\n"
    assert ran.err == ""


def test_all_or_nothing(linli: Linli) -> None:
    linli("policy", "import", rows(linli, GOOD))
    ran = linli("policy", "import", rows(linli, OTHER, WRONG), "--all-or-nothing")
    assert ran.code == 1
    assert ran.complaint == f"有 1 处不对，按 --all-or-nothing 一条都没存。{REASON}"
    assert [row[0] for row in kept(linli)] == ["a"]
    ran = linli("policy", "import", rows(linli, OTHER), "--all-or-nothing")
    assert ran.code == 0
    assert [row[0] for row in kept(linli)] == ["a", "b"]


def test_a_dry_run_keeps_nothing(linli: Linli) -> None:
    ran = linli("policy", "import", rows(linli, GOOD, WRONG), "--dry-run")
    assert ran.code == 0
    assert "试导入，什么都没存：会新增 1 条" in ran.out
    assert not (linli.folder / "var").exists()
    linli("policy", "import", rows(linli, GOOD))
    for more in ([], ["--all-or-nothing"]):
        ran = linli("policy", "import", rows(linli, {**GOOD, "title": "新题"}, OTHER), "--dry-run", *more)
        assert "会新增 1 条，替换 1 条，没变 0 条" in ran.out
    assert kept(linli) == [("a", "居住证办理", "in_force", "import", 1)]


def test_a_line_of_json_for_each_row(linli: Linli) -> None:
    linli("policy", "import", rows(linli, OTHER))
    ran = linli("policy", "import", rows(linli, GOOD, WRONG, OTHER), "--json")
    assert ran.code == 0
    assert ran.lines == [
        {"file": "rows.jsonl", "line": 1, "policy": "a", "result": "new", "reason": None},
        {"file": "rows.jsonl", "line": 2, "policy": None, "result": "refused", "reason": REASON},
        {"file": "rows.jsonl", "line": 3, "policy": "b", "result": "same", "reason": None},
    ]


def test_nothing_taken_is_exit_1_with_the_first_reason(linli: Linli) -> None:
    ran = linli("policy", "import", rows(linli, {**WRONG, "id": "x"}, WRONG), "nowhere.docx")
    assert ran.code == 1
    assert ran.complaint.startswith("一条都没收下（3 处不对）。rows.jsonl 第 1 行 effective_from：")
    assert "nowhere.docx：找不到这个文件" in ran.out
    assert linli("policy", "import").code == 2


def test_an_unknown_column_is_told_on_stderr(linli: Linli) -> None:
    ran = linli("policy", "import", rows(linli, {**GOOD, "colour": "red"}))
    assert ran.code == 0
    assert ran.complaint == "rows.jsonl 第 1 行 colour：不认识这一项，没有用它，其余照收。"


def test_many_rows_of_several_files_in_batches(linli: Linli) -> None:
    first = rows(linli, *({**GOOD, "id": at} for at in range(450)), name="1.jsonl")
    linli.write("水.md", "# 停水通知\n周六停水。\n")
    ran = linli("policy", "import", first, "水.md", first)
    assert ran.out.splitlines()[-1] == "新增 451 条，替换 0 条，没变 0 条，没收下 450 行"
    assert "编号“0”和 1.jsonl 第 1 行 重复了" in ran.out.splitlines()[0]
    assert len(kept(linli)) == 451


def test_the_template_is_written_once_and_imported(linli: Linli) -> None:
    ran = linli("policy", "template", "政策.xlsx")
    assert ran.code == 0
    assert "政策.xlsx" in ran.complaint
    assert "已经存在" in linli("policy", "template", "政策.xlsx").complaint
    assert linli("policy", "import", "政策.xlsx").out == "新增 0 条，替换 0 条，没变 0 条，没收下 0 行\n"
    book = openpyxl.load_workbook(linli.folder / "政策.xlsx")
    book["政策"].cell(3, 2, "犬只登记")
    book["政策"].cell(3, 5, "带狗到派出所登记。")
    book.save(linli.folder / "政策.xlsx")
    assert linli("policy", "import", "政策.xlsx").out.startswith("新增 1 条")


def answers(linli: Linli) -> Path:
    book = openpyxl.Workbook()
    for row in (
        ["问题编号", "问题", "答案"],
        [3, "狗能进电梯吗", "抱着可以。"],
        [4, "几点关大门", None],
        [9, "哪里修鞋", "南门。"],
    ):
        book.worksheets[0].append(row)
    path = linli.folder / "answers.xlsx"
    book.save(path)
    return path


async def waiting(linli: Linli, *texts: str) -> None:
    """Questions that nobody could answer, in the order of their numbers."""
    file = linli.folder / "var" / "linli.db"
    database = Database(f"sqlite:///{file}", load_vault(linli.folder / "var" / "linli.key", create=False))
    async with database.transaction() as db:
        for text in texts:
            await questions.queue(db, "xingfu", text, NOW)
    await database.close()


async def test_answers_in_the_file_of_questions_become_entries(linli: Linli) -> None:
    assert linli("migrate").code == 0
    await waiting(linli, "哪里配钥匙", "哪里修伞", "狗能进电梯吗", "几点关大门")
    answers(linli)
    whole = linli("policy", "import", "--all-or-nothing", "answers.xlsx")
    assert (whole.code, kept(linli)) == (1, [])
    assert "没有问题 9" in whole.err
    ran = linli("policy", "import", "answers.xlsx")
    assert ran.code == 0
    assert "answers.xlsx 第 4 行：没有问题 9。" in ran.out
    assert "没收下 1 行，答了 1 个问题" in ran.out
    assert kept(linli) == [("question-3", "狗能进电梯吗", "in_force", "import", 1)]
    with sqlite3.connect(linli.folder / "var" / "linli.db") as database:
        states = database.execute("SELECT number, state FROM questions ORDER BY number").fetchall()
        assert states == [(1, "open"), (2, "open"), (3, "answered"), (4, "open")]
        assert database.execute("SELECT kind, state FROM due").fetchall() == [("policy.tell", "waiting")]


def test_it_imports_while_the_assistant_runs(linli: Linli) -> None:
    assert linli("migrate").code == 0
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=linli.folder,
        env={**environment, "PYTHONPATH": str(PROJECT), "LINLI_WEB__PORT": "0"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        assert any("网页" in line for line in running.stderr)
        ran = linli("policy", "import", rows(linli, *({**GOOD, "id": at} for at in range(500))))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("新增 500 条")
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    assert running.returncode == 0
