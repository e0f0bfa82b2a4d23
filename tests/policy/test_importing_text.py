"""Policies out of lines of JSON and out of Markdown: names, dates as people write them, and what is refused and why."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intents.policy.importing.limits import LARGEST_TEXT, LONGEST_LINE, MOST_ROWS
from storage.policy_entry import LONGEST_BODY, Draft, Kind
from tests.policy.importing import only_draft, read, refusals, taken, warned


def lines(path: Path, *rows: Any) -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(text + "\n", "utf-8")
    return path


def row(**more: Any) -> dict[str, Any]:
    return {"id": "a", "title": "居住证办理", "body": "住满半年可以申领。", **more}


def test_a_line_has_every_field_of_an_entry(tmp_path: Path) -> None:
    given = row(
        id=7,
        kind="guide",
        answer="到派出所办。",
        issuer="市公安局",
        source="《居住证暂行条例》",
        document_number="国务院令第663号",
        link="https://example.org/663",
        category="证件户籍",
        region="全国",
        effective_from="2016-01-01",
        expires_on="2030/12/31",
        review_on="2027年3月1日",
        questions=["居住证怎么办", "租房能办吗", "居住证怎么办"],
        papers=["身份证", "租房合同"],
        parts={"place": "派出所", "咨询电话": "6221234"},
    )
    assert only_draft(lines(tmp_path / "a.jsonl", given)) == Draft(
        code="7",
        title="居住证办理",
        body="住满半年可以申领。",
        kind=Kind.GUIDE,
        category="证件户籍",
        region="全国",
        answer="到派出所办。",
        parts={"papers": "身份证\n租房合同", "place": "派出所", "phone": "6221234"},
        questions=("居住证怎么办", "租房能办吗"),
        source="《居住证暂行条例》",
        issuer="市公安局",
        document_number="国务院令第663号",
        link="https://example.org/663",
        effective_from=date(2016, 1, 1),
        expires_on=date(2030, 12, 31),
        review_on=date(2027, 3, 1),
    )


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-25",
        "2026/11/25",
        "2026.11.25",
        "2026年11月25日",
        "２０２６年１１月２５日",
        "20261125",
        "2026-11-25T08:00:00+08:00",
    ],
)
def test_dates_are_understood_as_people_write_them(tmp_path: Path, written: str) -> None:
    assert only_draft(lines(tmp_path / "a.jsonl", row(effective_from=written))).effective_from == date(2026, 11, 25)


def test_no_date_is_said_in_words(tmp_path: Path) -> None:
    assert only_draft(lines(tmp_path / "a.jsonl", row(expires_on="长期有效"))).expires_on is None


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"title": ""}, "title", "没有标题"),
        ({"title": "长" * 121}, "title", "121 字"),
        ({"id": None}, "id", "没有编号"),
        ({"id": "x" * 65}, "id", "65 字"),
        ({"body": " \u3000\n"}, "body", "没有内容"),
        ({"body": "长" * (LONGEST_BODY + 1)}, "body", "50001 字"),
        ({"body": {"a": 1}}, "body", "应当是文字"),
        ({"body": True}, "body", "应当是文字"),
        ({"effective_from": "2026-02-30"}, "effective_from", "没有 2026-02-30 这一天"),
        ({"effective_from": "明年"}, "effective_from", "不是日期"),
        ({"生效日期": "2026-13-01"}, "生效日期", "没有 2026-13-01 这一天"),
        ({"effective_from": "2026-05-01", "expires_on": "2026-04-30"}, "expires_on", "比生效日期 2026-05-01 早"),
        ({"kind": "小说"}, "kind", "办事指南 政策 问答 官方通报"),
        ({"link": "javascript:alert(1)"}, "link", "http://"),
        ({"questions": [f"问{at}" for at in range(51)]}, "questions", "51 句"),
        ({"papers": "长" * 2001}, "papers", "2001 字"),
        ({"parts": "材料"}, "parts", "分项"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_line_and_field(
    tmp_path: Path, wrong: dict[str, Any], field: str, said: str
) -> None:
    path = lines(tmp_path / "a.jsonl", row(id="good"), "", row(**wrong))
    found = read(path)
    assert [draft.code for draft in taken(found)] == ["good"]
    [refused] = refusals(found)
    assert refused.startswith(f"{path} 第 3 行 {field}：")
    assert said in refused


def test_the_same_id_twice_names_the_first_line(tmp_path: Path) -> None:
    first = lines(tmp_path / "a.jsonl", row(id=1), row(id="1", title="另一条"))
    second = lines(tmp_path / "b.jsonl", row(id="1"), row(id="2"))
    found = read(first, second)
    assert [draft.code for draft in taken(found)] == ["1", "2"]
    assert [f"{first} 第 1 行" in refused for refused in refusals(found)] == [True, True]


def test_a_row_that_was_refused_does_not_take_the_id(tmp_path: Path) -> None:
    found = read(lines(tmp_path / "a.jsonl", row(title=""), row()))
    assert [draft.title for draft in taken(found)] == ["居住证办理"]


def test_an_unknown_key_is_named_once_and_the_row_is_taken(tmp_path: Path) -> None:
    found = read(lines(tmp_path / "a.jsonl", row(id=1, colour="red"), row(id=2, colour="blue")))
    assert len(taken(found)) == 2
    [warning] = warned(found)
    assert "第 1 行 colour" in warning


@pytest.mark.parametrize(
    "broken", ["not json", '{"id": 1', "[1]", "null", "[" * 5000, '{"id":' + "[" * 5000, '{"title": "\x01"}']
)
def test_a_line_that_is_no_object_is_refused_alone(tmp_path: Path, broken: str) -> None:
    found = read(lines(tmp_path / "a.jsonl", broken, row()))
    assert len(taken(found)) == 1
    assert "第 1 行：不是一个完整的 JSON 对象" in refusals(found)[0]


def test_what_nobody_sees_is_left_out(tmp_path: Path) -> None:
    line = '{"id":"a","title":"甲\\u0000乙\\ud800\\ufeff","body":"一\\u202e二\\r\\n\\r\\n\\r\\n\\r\\n三 \\u2028四"}'
    draft = only_draft(lines(tmp_path / "a.jsonl", line))
    assert draft.title == "甲乙"
    assert draft.body == "一二\n\n三\n四"


def test_a_body_of_two_megabytes_is_refused_by_its_row(tmp_path: Path) -> None:
    found = read(lines(tmp_path / "a.jsonl", row(body="字" * 700_000), row(id="b")))
    assert [draft.code for draft in taken(found)] == ["b"]
    assert "第 1 行 body：有 700000 字，最多 50000 字" in refusals(found)[0]


def test_a_line_beyond_all_limits_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "' + "x" * (2 * LONGEST_LINE + 10) + '"}\n' + json.dumps(row()) + "\n", "utf-8")
    found = read(path)
    assert len(taken(found)) == 1
    assert "第 1 行：这一行超过 4 MB" in refusals(found)[0]


def test_more_rows_than_the_limit_are_refused_before_any_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": {at}, "title": "t", "body": "b"}}\n' for at in range(MOST_ROWS + 1)), "utf-8")
    found = read(path)
    assert taken(found) == []
    assert "超过 20000 行" in refusals(found)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_encodings_of_chinese_windows_are_read(tmp_path: Path, encoding: str, ending: str) -> None:
    jsonl, markdown = tmp_path / "a.jsonl", tmp_path / "b.md"
    jsonl.write_bytes((json.dumps(row(), ensure_ascii=False) + ending).encode(encoding))
    markdown.write_bytes(f"---{ending}title: 犬只登记{ending}---{ending}养犬要登记。{ending}".encode(encoding))
    assert [(draft.title, draft.body) for draft in taken(read(jsonl, markdown))] == [
        ("居住证办理", "住满半年可以申领。"),
        ("犬只登记", "养犬要登记。"),
    ]


def test_one_broken_line_of_utf_8_does_not_turn_the_rest_into_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(row(), ensure_ascii=False).encode()
    path.write_bytes(good + b"\n" + good[:20] + b"\xff\xff" + good[20:] + b"\n")
    found = read(path)
    assert [draft.title for draft in taken(found)] == ["居住证办理"]
    assert "第 2 行：这一行有不是 UTF-8 的字节" in refusals(found)[0]


@pytest.mark.parametrize("name", ["a.jsonl", "a.md"])
def test_a_picture_under_another_name_is_no_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20)
    [refused] = refusals(read(path))
    assert "另存为 UTF-8" in refused


@pytest.mark.parametrize("name", ["a.jsonl", "a.md"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\n \n")
    [refused] = refusals(read(tmp_path / name))
    assert "文件是空的" in refused


GUIDE = """---
id: dog-01
文号: 鲁公〔2025〕1号
生效日期: 2025-05-01
questions:
- 狗证怎么办
- 养狗要登记吗
---
# 犬只登记

养犬人应当**及时**登记，见[公安网站](https://example.org)。

- 小区内要牵绳
- 烈性犬不得饲养

## 二、申请材料（原件）
1. 身份证
2. 免疫证明
### 照片
近期 `正面` 照

## 咨询电话：
0535-6221234

## 其他
<!-- 内部
备注 -->
| 项目 | 金额 |
|------|------|
| 登记 | 免费 |
"""


def test_markdown_gives_fields_parts_and_readable_text(tmp_path: Path) -> None:
    (tmp_path / "dog.md").write_text(GUIDE, "utf-8")
    assert only_draft(tmp_path / "dog.md") == Draft(
        code="dog-01",
        title="犬只登记",
        body="养犬人应当及时登记，见公安网站。\n\n- 小区内要牵绳\n- 烈性犬不得饲养\n\n其他\n\n项目 | 金额\n登记 | 免费",
        kind=Kind.GUIDE,
        parts={"papers": "1. 身份证\n2. 免疫证明\n照片\n近期 正面 照", "phone": "0535-6221234"},
        questions=("狗证怎么办", "养狗要登记吗"),
        document_number="鲁公〔2025〕1号",
        effective_from=date(2025, 5, 1),
    )


def test_markdown_without_front_matter_takes_file_name_and_first_heading(tmp_path: Path) -> None:
    (tmp_path / "垃圾分类.md").write_text(
        "垃圾分四类\n======\n文号：环〔2025〕2号\n厨余、可回收、有害、其他。\n", "utf-8"
    )
    draft = only_draft(tmp_path / "垃圾分类.md")
    assert (draft.code, draft.title) == ("垃圾分类", "垃圾分四类")
    assert (draft.document_number, draft.body) == ("环〔2025〕2号", "厨余、可回收、有害、其他。")


def test_a_part_that_is_too_long_stays_in_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 题\n## 申请材料\n" + "长" * 2001 + "\n## 办理地点\n大厅\n", "utf-8")
    draft = only_draft(tmp_path / "a.md")
    assert draft.parts == {"place": "大厅"}
    assert draft.body == "申请材料\n" + "长" * 2001


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("---\ntitle: 题\neffective_from: 2026-02-30\n---\n正文", 3, "没有 2026-02-30 这一天"),
        ("\n---\n\ntitle: 题\nexpires_on: 明天\n---\n正文", 5, "不是日期"),
        ("---\ntitle: [甲\n---\n正文", 3, "两行 --- 之间"),
        ("---\ntitle: &a [x]\nbody: *a\n---\n正文", 3, "两行 --- 之间"),
        ("---\ntitle: " + "[" * 30_000 + "\n---\n正文", 2, "两行 --- 之间"),
        ("---\ntitle: 题\n正文", 1, "没有结束的 ---"),
        ("只有正文，没有标题。", 1, "没有标题"),
        ("# 题\n\n<!-- 什么都没有 -->\n", 1, "没有内容"),
        ("# 题\n" + "长" * 60_000, 1, "60000 字"),
        ("# 题\n" + "\n" * 60_000, 1, "超过 50000 行"),
        ("# 题\n" + "字" * (LARGEST_TEXT // 2), 1, "太长"),
    ],
)
def test_what_is_wrong_with_a_markdown_file(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "a.md").write_text(text, "utf-8")
    [refused] = refusals(read(tmp_path / "a.md"))
    assert f"第 {line} 行" in refused
    assert said in refused


@pytest.mark.parametrize(
    ("piece", "times"),
    [("*", 3_000_000), ("|-", 1_000_000), ("<!--", 900_000), (" ", 3_000_000), ("[", 3_000_000), ("# a\n", 45_000)],
    ids=["stars", "table", "comments", "blanks", "brackets", "headings"],
)
def test_no_text_takes_long_to_read(tmp_path: Path, piece: str, times: int) -> None:
    """Each of them was slow, or large in memory, with a pattern that looks back."""
    (tmp_path / "a.md").write_text("# 题\n# a" + piece * times + "b", "utf-8")
    [refused] = refusals(read(tmp_path / "a.md"))
    assert "最多 50000 字" in refused


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("x")
    (tmp_path / "folder.md").mkdir()
    found = read(tmp_path / "a.pdf", tmp_path / "folder.md", tmp_path / "none.md", Path("/dev/zero"))
    pdf, folder, missing, device = refusals(found)
    assert "不认识“.pdf”" in pdf
    assert "文件夹" in folder
    assert "找不到" in missing
    assert "不是一个普通的文件" in device
