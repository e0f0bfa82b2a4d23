"""Policies out of Word documents, written by python-docx: styles, lines and tables of fields, several entries, broken files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from storage.policy_entry import LONGEST_BODY, Draft, Kind
from tests.policy.importing import only_draft, read, refusals, taken, warned

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def written(path: Path, *blocks: tuple[str, str]) -> Path:
    """A document of paragraphs, each with its style."""
    document = docx.Document()
    for style, text in blocks:
        document.add_paragraph(text, style=style or None)
    document.save(str(path))
    return path


def test_title_fields_parts_lists_and_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("居住证办理指南", 0)
    for line in (
        "文号：鲁公〔2025〕3号",
        "【发布机关】 市公安局",
        "生效日期：2025年1月1日",
        "失效日期: 2030-01-01",
        "来源：便民手册",
    ):
        document.add_paragraph(line)
    document.add_paragraph("住满半年的居民可以申领。")
    document.add_heading("一、申请材料", 2)
    for text in ("身份证", "租房合同"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("照片也行", style="List Bullet")
    table(document, ("咨询电话", "0535-6221234"), ("收费标准", "不收费"), ("备注", "带原件"))
    document.add_heading("附：时间表", 2)
    table(document, ("星期", "上午", "下午"), ("一", "办", "不办"))
    document.save(str(tmp_path / "juzhu.docx"))
    assert only_draft(tmp_path / "juzhu.docx") == Draft(
        code="juzhu",
        title="居住证办理指南",
        body="住满半年的居民可以申领。\n附：时间表\n星期 | 上午 | 下午\n一 | 办 | 不办",
        kind=Kind.GUIDE,
        parts={"papers": "1. 身份证\n2. 租房合同\n• 照片也行\n备注：带原件", "fee": "不收费", "phone": "0535-6221234"},
        source="便民手册",
        issuer="市公安局",
        document_number="鲁公〔2025〕3号",
        effective_from=date(2025, 1, 1),
        expires_on=date(2030, 1, 1),
    )


def table(document: Document, *rows: tuple[str, ...]) -> None:
    cells = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(cells.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def test_several_first_headings_are_several_entries_with_common_fields(tmp_path: Path) -> None:
    path = written(
        tmp_path / "手册.docx",
        ("Title", "便民手册"),
        ("", "来源：2025年便民手册"),
        ("Heading 1", "居住证"),
        ("", "住满半年。"),
        ("Heading 2", "办理地点"),
        ("", "派出所"),
        ("Heading 1", "老年证"),
        ("", "来源：老龄办"),
        ("", "满六十岁。"),
    )
    found = read(path)
    assert [(draft.code, draft.title, draft.body, draft.source) for draft in taken(found)] == [
        ("手册-1", "居住证", "住满半年。", "2025年便民手册"),
        ("手册-2", "老年证", "满六十岁。", "老龄办"),
    ]
    assert taken(found)[0].parts == {"place": "派出所"}


def test_text_before_the_first_of_several_entries_is_said_to_be_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.docx",
        ("Title", "手册"),
        ("", "各位居民："),
        ("Heading 1", "甲"),
        ("", "一"),
        ("Heading 1", "乙"),
        ("", "二"),
    )
    found = read(path)
    assert len(taken(found)) == 2
    assert "没有收" in warned(found)[0]


@pytest.mark.parametrize("headings", [("申请材料", "办理地点"), ("第一章 总则", "第二章 登记")])
def test_parts_and_chapters_as_first_headings_are_one_entry(tmp_path: Path, headings: tuple[str, str]) -> None:
    blocks = [block for heading in headings for block in (("Heading 1", heading), ("", "文字"))]
    assert only_draft(written(tmp_path / "a.docx", ("Title", "犬只登记"), *blocks)).title == "犬只登记"


def test_without_styles_the_first_line_is_the_title(tmp_path: Path) -> None:
    draft = only_draft(
        written(tmp_path / "a.docx", ("", "关于停水的说明"), ("", "文号：水〔2025〕8号"), ("", "周六停水。"))
    )
    assert (draft.title, draft.document_number, draft.body) == ("关于停水的说明", "水〔2025〕8号", "周六停水。")


def test_inserted_text_content_controls_and_boxes_are_read_and_deleted_text_is_not(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("题", 0)
    for xml in (
        "<w:p><w:r><w:t>甲</w:t></w:r><w:ins w:id='1' w:author='x'><w:r><w:t>乙</w:t></w:r></w:ins>"
        "<w:del w:id='2' w:author='x'><w:r><w:delText>丙</w:delText></w:r></w:del></w:p>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>丁</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>戊</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
    ):
        document.element.body.insert(-1, parse_xml(xml.replace(">", f" {nsdecls('w')}>", 1)))
    document.save(str(tmp_path / "a.docx"))
    assert only_draft(tmp_path / "a.docx").body == "甲乙\n丁\n戊"


def test_faults_name_the_paragraph_and_the_field_as_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.docx", ("Title", "题"), ("", "施行日期：2026-02-30"), ("", "文字"))
    assert refusals(read(path)) == [f"{path} 第 2 段 施行日期：没有 2026-02-30 这一天，请改成真实的日期。"]


def test_a_body_that_is_too_long_and_an_empty_document(tmp_path: Path) -> None:
    long = written(tmp_path / "long.docx", ("Title", "题"), *[("", "字" * 1000)] * (LONGEST_BODY // 1000 + 1))
    docx.Document().save(str(tmp_path / "empty.docx"))
    too_long, empty = refusals(read(long, tmp_path / "empty.docx"))
    assert "最多 50000 字" in too_long
    assert "文件是空的" in empty


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy whose members are changed; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def with_body(folder: Path, name: str, xml: str, doctype: str = "") -> Path:
    whole = f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{NAMESPACE}"><w:body>{xml}</w:body></w:document>'
    good = written(folder / "good.docx", ("", "甲"))
    return rewritten(good, folder / name, lambda part, old: whole.encode() if part == "word/document.xml" else old)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:1/evil.dtd">',
        '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path, doctype: str) -> None:
    text = "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>" if "ENTITY" in doctype else "<w:p/>"
    [refused] = refusals(read(with_body(tmp_path, "evil.docx", text, doctype)))
    assert "外部引用" in refused


def test_what_only_says_to_be_word_is_refused(tmp_path: Path) -> None:
    good = written(tmp_path / "good.docx", ("", "甲"))
    files = {
        "jpg.docx": b"\xff\xd8\xff\xe0" + bytes(5000),
        "text.docx": "居住证".encode(),
        "half.docx": good.read_bytes()[: good.stat().st_size // 2],
        "none.docx": b"",
        "pk.docx": b"PK\x03\x04" + bytes(100),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    rewritten(good, tmp_path / "bare.docx", lambda name, old: None if name == "word/document.xml" else old)
    rewritten(good, tmp_path / "broken.docx", lambda name, old: old[:-9] if name == "word/document.xml" else old)
    rewritten(good, tmp_path / "swapped.docx", lambda name, old: b"<a/>" if name == "word/document.xml" else old)
    with zipfile.ZipFile(tmp_path / "zip.docx", "w") as other:
        other.writestr("readme.txt", "x")
    names = [*files, "bare.docx", "broken.docx", "swapped.docx", "zip.docx"]
    for name in names:
        [refused] = refusals(read(tmp_path / name))
        assert ("文件是空的" if name == "none.docx" else "内容不是 .docx 文件") in refused


def test_encrypted_and_old_files_say_what_to_do(tmp_path: Path) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    (tmp_path / "locked.docx").write_bytes(compound + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    (tmp_path / "old.docx").write_bytes(compound + "WordDocument".encode("utf-16-le"))
    locked, old = refusals(read(tmp_path / "locked.docx", tmp_path / "old.docx"))
    assert "去掉密码" in locked
    assert "旧格式" in old
