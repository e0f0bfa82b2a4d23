"""The command line contract: what goes to stdout, exit codes, and faults in one line that names what is wrong."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from intents.understanding.errors import RuleError
from intents.understanding.judge import Judge
from scheduler.calendar import Calendar
from tests.cli.command import Linli

NOT_YET = (["report", "--from", "2026-01-01"],)


def test_classify_reads_plain_lines_and_objects(linli: Linli) -> None:
    lines = [
        "3号楼2单元楼道灯坏了三天没人管",
        "今天天气真好",
        json.dumps({"text": "你能干啥", "mentioned": True}, ensure_ascii=False),
        "楼道灯坏了\\n5号楼1单元 没人管",
        "{不是 JSON",
    ]
    ran = linli.anew("classify", "--json", stdin="\n".join(lines) + "\n")
    assert ran.code == 0
    first, second, third, fourth, fifth = ran.lines
    assert first["intent"] == "complaints.file"
    assert first["speak"] is True
    assert first["category"] == ["公共设施", "楼道灯"]
    assert first["slots"]["building"] == "3"
    assert first["slots"]["unit"] == "2"
    assert set(first) == {"text", "intent", "score", "speak", "urgency", "category", "slots", "rule"}
    assert second["intent"] is None
    assert second["speak"] is False
    assert third["intent"] == "help.show"
    assert fourth["text"] == "楼道灯坏了\n5号楼1单元 没人管"
    assert fifth["text"] == "{不是 JSON"


def test_classify_survives_bytes_that_are_no_text(linli: Linli) -> None:
    ran = linli("classify", stdin=b"\xff\xfe\x00 \xf0\x28\n5\xe5\x8f\xb7\xe6\xa5\xbc\n")
    assert ran.code == 0
    assert len(ran.lines) == 2


def test_classify_names_the_line_without_a_text(linli: Linli) -> None:
    ran = linli("classify", stdin='你好\n{"mentioned": true}\n')
    assert ran.code == 1
    assert "第 2 行" in ran.complaint


def test_unknown_parts_say_so(linli: Linli) -> None:
    for arguments in NOT_YET:
        ran = linli(*arguments)
        assert ran.code == 1
        assert "还没有" in ran.complaint


def test_a_wrongly_typed_command_exits_with_2(linli: Linli) -> None:
    assert linli.anew("nonsense").code == 2
    assert linli("export", "complaints").code == 2


def test_a_wrong_configuration_names_file_line_and_field(linli: Linli) -> None:
    good = (linli.folder / "config.yaml").read_text("utf-8")
    for before, after, parts in (
        ("time_zone: Asia/Shanghai", "time_zone: Mars/Olympus", ["config.yaml", "time_zone"]),
        ("  port: 8000", "  port: 8000\n  colour: red", ["第", "web.colour"]),
        ("kind: simulator", "kind: pigeon", ["channel.kind"]),
        ("community:", "community: [", ["格式不对"]),
        ("  name: 幸福里社区\n", "", ["community.name"]),
    ):
        assert before in good
        linli.write("config.yaml", good.replace(before, after, 1))
        ran = linli("doctor")
        assert ran.code == 1
        assert all(part in ran.out for part in parts), ran.out
        ran = linli("classify")
        assert ran.code == 1
        assert all(part in ran.complaint for part in parts), ran.err
    assert "找不到配置文件" in linli("--config", "elsewhere.yaml", "run").complaint


def test_a_wrong_database_url(linli: Linli) -> None:
    assert "数据库地址" in linli("--db", "nonsense", "migrate").complaint
    assert "mysql" in linli("--db", "mysql://x/y", "migrate").complaint
    ran = linli("--db", "postgresql://nobody@127.0.0.1:1/none", "migrate")
    assert ran.code == 1
    assert "连不上数据库" in ran.complaint


def test_the_key_is_made_once_and_missed_when_it_is_gone(linli: Linli) -> None:
    assert linli("migrate").code == 0
    key = linli.folder / "var" / "linli.key"
    assert key.stat().st_mode & 0o777 == 0o600
    saved = key.read_bytes()
    key.write_text("not a key")
    assert "base64" in linli("migrate").complaint
    key.write_text("A" * 43 + "=")
    assert "对不上" in linli("migrate").complaint  # a key, but not this database's
    key.write_bytes(saved)
    key.chmod(0o644)
    assert "chmod 600" in linli("migrate").complaint
    key.chmod(0o600)
    assert linli("migrate").code == 0


def test_a_newer_schema_is_refused(linli: Linli) -> None:
    linli("migrate")
    with sqlite3.connect(linli.folder / "var" / "linli.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["migrate"], ["run"]):
        ran = linli(*command)
        assert ran.code == 1
        assert "9999" in ran.err


def test_backup_and_restore(linli: Linli) -> None:
    linli.anew("migrate")
    assert linli.anew("backup", "copy.db").code == 0
    assert "已经存在" in linli("backup", "copy.db").complaint
    key = (linli.folder / "var" / "linli.key").read_text().strip()
    assert key.encode() not in (linli.folder / "copy.db").read_bytes()
    (linli.folder / "broken.db").write_bytes(b"not a database at all" * 100)
    assert "损坏" in linli("restore", "broken.db").complaint
    ran = linli.anew("restore", "copy.db")
    assert ran.code == 0
    assert list((linli.folder / "var").glob("linli.db.before-restore-*"))
    assert "pg_dump" in linli("--db", "postgresql://x@127.0.0.1:1/y", "backup", "x.dump").complaint


def test_export_writes_the_columns_of_the_ledger(linli: Linli) -> None:
    linli("migrate")
    ran = linli.anew("export", "complaints", "--to", "ledger.xlsx")
    assert ran.code == 0, ran.err
    assert ran.out == ""
    rows = _rows(linli.folder / "ledger.xlsx")
    assert rows[0][:5] == ["序号", "编号", "受理时间", "渠道", "诉求人"]
    assert len(rows[0]) == 20
    assert "还没有" in linli("export", "points", "--to", "x.xlsx").complaint


def test_doctor_says_what_is_fine(linli: Linli) -> None:
    ran = linli.anew("doctor", "--json")
    parts = ["config", "rules", "calendar", "appointments", "key", "database", "web"]
    assert [one["part"] for one in ran.lines] == parts
    assert all(one["fine"] for one in ran.lines if one["part"] != "web")


def test_doctor_names_the_bad_line_of_a_calendar_and_hints_at_years_to_come(linli: Linli) -> None:
    _configure(linli, ("calendar: {}", "calendar: {file: free.csv}"))
    assert "free.csv" in _found(linli, "calendar", fine=False)
    linli.write("free.csv", "2020-10-01,放假,国庆节\n2020-10-02,上班,国庆节\n2020-10-03\n")
    assert "第 3 行" in _found(linli, "calendar", fine=False)
    linli.write("free.csv", "2020-10-01,放假,国庆节\n")
    this_year = datetime.now(UTC).year
    unpublished = [year for year in (this_year, this_year + 1) if not Calendar().is_published(year)]
    said = _found(linli, "calendar", fine=True)
    assert all(f"{year}年" in said for year in unpublished)
    assert ("放假安排还没有" in said) == bool(unpublished)


def test_doctor_hints_at_what_nobody_can_book(linli: Linli) -> None:
    assert _found(linli, "appointments", fine=True) == "正常"
    far = datetime.now(UTC) + timedelta(days=100)
    _configure(linli, ("words: [书记, 接待日], days: 每月第一个周三", f"words: [书记], days: {far.month}月{far.day}日"))
    assert "没有能约的日子：书记接待" in _found(linli, "appointments", fine=True)


def test_what_is_typed_well_and_means_nothing_is_refused_at_start(linli: Linli) -> None:
    groups = "groups:\n  - {name: 团购群, listen: false}\n  - {name: 东区大群, buildings: 3-7、东边}\n"
    _configure(linli, ("groups: []", groups))
    for command in ("run", "classify"):
        assert "群“东区大群”管哪几栋（buildings: 3-7、东边）没看懂" in linli(command).complaint
        assert "第 35 行" in linli(command).complaint
    _configure(linli, ("3-7、东边", "3-7、12"), ("minutes: 60", "minutes: 240"))
    assert "预约“上门服务”的每段时间（14:00-17:00）都放不下一位（240分钟）" in linli("classify").complaint


def _configure(linli: Linli, *changes: tuple[str, str]) -> None:
    facts = (linli.folder / "config.yaml").read_text("utf-8")
    for before, after in changes:
        assert before in facts
        facts = facts.replace(before, after, 1)
    linli.write("config.yaml", facts)


def _found(linli: Linli, part: str, *, fine: bool) -> str:
    [one] = [one for one in linli("doctor", "--json").lines if one["part"] == part]
    assert one["fine"] == fine, one
    return str(one["message"])


def test_a_gateway_without_a_token_is_named(linli: Linli) -> None:
    ran = linli.anew("run", LINLI_CHANNEL__KIND="wechaty", LINLI_WEB__PORT="0")
    assert ran.code == 1
    assert "LINLI_CHANNEL__WECHATY__TOKEN" in ran.err


def test_a_wrong_rule_file_names_file_and_line(tmp_path: Path) -> None:
    """The rules are the program's own; a broken one stops every start with one line."""
    broken = tmp_path / "rules.yaml"
    broken.write_text("- name: complaints.file.x\n  intent: complaints.file\n  nonsense: 1\n", "utf-8")
    with pytest.raises(RuleError) as fault:
        Judge.load([broken], assistant_names=["x"])
    assert str(broken) in str(fault.value)
    assert "第 3 行" in str(fault.value)


def _rows(path: Path) -> list[list[object]]:
    return [list(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()]


def test_a_recovery_code_is_printed_for_whom_the_configuration_names(linli: Linli) -> None:
    linli("migrate")
    ran = linli.anew("recover")
    assert ran.code == 0
    assert len(ran.out.strip()) == 8
    assert "李主任" in ran.err
    assert "没有叫“无此人”的人" in linli("recover", "无此人").complaint


def test_a_lost_key_is_a_fault_and_never_replaced(linli: Linli) -> None:
    linli("migrate")
    key = linli.folder / "var" / "linli.key"
    key.unlink()
    for command in (["migrate"], ["run"]):
        assert "找不到密钥文件" in linli(*command, LINLI_WEB__PORT="0").err
    assert any(one["part"] == "key" and not one["fine"] for one in linli("doctor", "--json").lines)
    assert not key.exists()
    assert (linli.folder / "var" / "linli.db").stat().st_mode & 0o777 == 0o600
