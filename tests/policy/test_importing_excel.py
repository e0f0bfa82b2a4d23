"""Policies out of Excel files, written by openpyxl and xlsxwriter; the template; answers to the queue of questions."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from intents.policy.importing.outcomes import Answered
from intents.policy.importing.template import write_template
from storage.policy_entry import Draft, Kind
from tests.policy.importing import only_draft, read, refusals, taken, warned

HEAD = ("编号", "标题", "正文")


def book(path: Path, *sheets: Sequence[Sequence[Any]]) -> Path:
    written = openpyxl.Workbook()
    for at, rows in enumerate(sheets):
        sheet = written.worksheets[0] if at == 0 else written.create_sheet(f"表{at + 1}")
        for row in rows:
            sheet.append(list(row))
    written.save(path)
    return path


def test_the_template_is_filled_in_and_imported(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path)
    assert taken(read(path)) == []  # the example is none
    assert refusals(read(path)) == []
    written = openpyxl.load_workbook(path)
    sheet = written["政策"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    lists = {one.formula1 for one in sheet.data_validations.dataValidation}
    assert '"办事指南,政策,问答,官方通报"' in lists
    assert any("社保养老" in str(one) for one in lists)
    assert [row[0].value for row in written["填写说明"].iter_rows(min_row=3)] == list(columns)
    filled = {
        "编号": "dog",
        "标题": "犬只登记",
        "类型": "办事指南",
        "类别": "小区生活",
        "简答": "带狗到派出所登记。",
        "常见问法": "狗证怎么办；养狗要登记吗\n遛狗要牵绳吗",
        "申请材料": "身份证\n免疫证明",
        "咨询电话": 6221234,
        "生效日期": date(2025, 5, 1),
        "失效日期": "2030年5月1日",
        "复查日期": datetime(2026, 5, 1),  # noqa: DTZ001 - as Excel has it
    }
    for name, value in filled.items():
        sheet.cell(3, columns[name], value)
    written.save(path)
    assert only_draft(path) == Draft(
        code="dog",
        title="犬只登记",
        kind=Kind.GUIDE,
        category="小区生活",
        answer="带狗到派出所登记。",
        parts={"papers": "身份证\n免疫证明", "phone": "6221234"},
        questions=("狗证怎么办", "养狗要登记吗", "遛狗要牵绳吗"),
        effective_from=date(2025, 5, 1),
        expires_on=date(2030, 5, 1),
        review_on=date(2026, 5, 1),
    )


def test_columns_in_any_order_and_language_below_a_heading(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        [
            ["社区政策一览"],
            [],
            ["body", "颜色", "标题（必填）", " 文 号 "],
            ["正文一", "红", "甲", "一号"],
            [],
            ["正文二", "", "乙", 2],
        ],
    )
    found = read(path)
    assert [(draft.code, draft.title, draft.body, draft.document_number) for draft in taken(found)] == [
        ("甲", "甲", "正文一", "一号"),
        ("乙", "乙", "正文二", "2"),
    ]
    [warning] = warned(found)
    assert "第 4 行 颜色" in warning


def test_rows_are_refused_with_line_and_column_and_the_rest_is_taken(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        [
            [*HEAD, "生效日期", "失效日期"],
            ["1", "甲", "一", "2026/02/30"],
            [1.0, "乙", "二", date(2026, 5, 1), "2026.4.1"],
            ["1", "丙", "三"],
            [1, "丁", "四"],
            ["2", "", "五"],
            ["3", "戊", "=1/0"],
            ["4", "己", "#REF!"],
            ["5", "庚", "正文", 46351],
        ],
    )
    found = read(path)
    assert [(draft.code, draft.effective_from) for draft in taken(found)] == [("1", None), ("5", date(2026, 11, 25))]
    no_day, first, twice, untitled, formula, error = refusals(found)
    assert "第 2 行 生效日期：没有 2026/02/30 这一天" in no_day
    assert "第 3 行 失效日期" in first
    assert f"第 5 行 编号：编号“1”和 {path} 第 4 行 重复了" in twice
    assert "第 6 行 标题：没有标题" in untitled
    assert "第 7 行 正文：C7 这一格是没有算出结果的公式" in formula
    assert "第 8 行 正文：C8 这一格是错误值" in error


def test_formulas_are_read_as_what_excel_computed(tmp_path: Path) -> None:
    written = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = written.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ["1", "甲"])
    sheet.write_formula(1, 2, '="正"&"文"', None, "正文")
    sheet.write_row(2, 0, ["2", "乙"])
    sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    written.close()
    found = read(tmp_path / "a.xlsx")
    assert [draft.body for draft in taken(found)] == ["正文"]
    assert "C3 这一格是错误值" in refusals(found)[0]


def test_hidden_and_explaining_sheets_are_passed_over_and_others_are_named(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        [HEAD, ["1", "甲", "一"]],
        [HEAD, ["2", "", "二"]],
        [HEAD, ["3", "丙", ""]],
        [["随便", "写"]],
    )
    written = openpyxl.load_workbook(path)
    written["表3"].sheet_state = "hidden"
    written["表4"].title = "填写说明"
    written.save(path)
    found = read(path)
    assert [draft.code for draft in taken(found)] == ["1"]
    assert refusals(found) == [f"{path}[表2] 第 2 行 标题：没有标题，请补上。"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "文件是空的"),
        ([["随便写的"], ["第二行"]], "没有找到表头"),
        ([["编号", "正文"], ["1", "一"]], "第 1 行：表头里没有“标题”"),
    ],
)
def test_a_sheet_without_names(tmp_path: Path, rows: Sequence[Sequence[Any]], said: str) -> None:
    [refused] = refusals(read(book(tmp_path / "a.xlsx", rows)))
    assert said in refused


def test_answers_to_the_queue_come_in_the_file(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        [["编号", "条目", "类别"], [1, "甲", "其他"]],
        [
            ["问题编号", "问题", "人数", "答案", "来源", "复核日期"],
            [3, "狗能进电梯吗", 5, "可以，要抱着或戴嘴套。", "楼规", "2027-01-01"],
            [4, "几点关大门", 2, "", "", ""],
            ["5号", "哪里修鞋", 1, "南门。", "", ""],
            [3, "狗能进电梯吗", 5, "不可以。", "", ""],
            [6, "何时停暖", 1, "按通知。", "", "2027-02-30"],
        ],
    )
    found = read(path)
    assert [row for row in found if isinstance(row, Answered)] == [
        Answered(str(path), 2, 3, "可以，要抱着或戴嘴套。", "狗能进电梯吗", "楼规", date(2027, 1, 1))
    ]
    number, twice, day = refusals(found)
    assert "第 4 行 问题编号：问题编号“5号”不对" in number
    assert "第 5 行 问题编号：编号“3”和" in twice
    assert "第 6 行 复核日期：没有 2027-02-30 这一天" in day


def test_what_only_says_to_be_excel_is_refused(tmp_path: Path) -> None:
    good = book(tmp_path / "good.xlsx", [HEAD, ["1", "甲", "一"]])
    (tmp_path / "picture.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(999))
    (tmp_path / "half.xlsx").write_bytes(good.read_bytes()[:900])
    (tmp_path / "text.xlsx").write_text("编号,标题\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as other:
        other.writestr("word/document.xml", "<a/>")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "broken.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[:-20] if "sheet1" in name else old.read(name))
    for name in ("picture.xlsx", "half.xlsx", "text.xlsx", "zip.xlsx", "broken.xlsx"):
        [refused] = refusals(read(tmp_path / name))
        assert "内容不是 .xlsx 文件" in refused


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    good = book(tmp_path / "good.xlsx", [HEAD, ["1", "甲", "一"]])
    declared = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for member in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, declared + re.sub(rb"^<\?.*?\?>", b"", content) if name == member else content)
        [refused] = refusals(read(tmp_path / "evil.xlsx"))
        assert "外部引用" in refused
