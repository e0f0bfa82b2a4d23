"""A policy as a Word document, or several under their headings of the first level.

The text is read from the XML below python-docx's paragraphs, which pass over what was inserted under revision, content controls
and text boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import docx
from docx.oxml.ns import qn

from intents.policy.importing.cleaning import clean, one_line
from intents.policy.importing.limits import LARGEST_WORD_XML, MOST_NODES, MOST_ROWS
from intents.policy.importing.office import Office, is_xml, opened
from intents.policy.importing.outcomes import Refused, Row, Tell, Unreadable, Warned
from intents.policy.importing.sections import Block, Document, title_of
from intents.policy.importing.word_styles import Styles
from intents.policy.importing.words import field_of, is_chapter, part_of

SUFFIX: Final = ".docx"
CONTENT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W: Final = {
    name: qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "t", "tab", "br", "cr", "noBreakHyphen", "del", "sdt")
}
_BOX: Final = qn("w:txbxContent")
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PASSED_OVER: Final = frozenset({_W["del"], qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), _BOX, _FALLBACK})
_SAID: Final = {_W["tab"]: " ", _W["br"]: "\n", _W["cr"]: "\n", _W["noBreakHyphen"]: "-"}
_AROUND: Final = frozenset(qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))


def read_word(path: Path, file: str, tell: Tell) -> Iterator[Row | Refused | Warned]:
    blocks = [block for block in _blocks(*_read(path)) if block.text or block.pairs]
    if not blocks:
        raise Unreadable("importing.empty_file")
    starts = _starts(blocks)
    if len(starts) > MOST_ROWS:
        raise Unreadable("importing.too_many_rows", most=MOST_ROWS)
    if len(starts) < 2:
        yield _entry(path.stem, file, blocks, {}, title_of(blocks, or_first_line=True))
        tell(1)
        return
    before = blocks[: starts[0]]
    front = Document().read(before, title=title_of(before, or_first_line=True))
    if front.body:
        yield Warned(file, 1, None, "importing.before_first_heading")
    shared = {name: value for name, value in front.values.items() if name not in {"id", "title", "body"}}
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(blocks)], strict=True), start=1):
        yield _entry(f"{path.stem}-{number}", file, blocks[start:end], shared, blocks[start])
        tell(end / len(blocks))


def _starts(blocks: Sequence[Block]) -> list[int]:
    """Where entries begin: none where the headings of the first level are the parts or chapters of one."""
    starts = [at for at, block in enumerate(blocks) if block.level == 1]
    return [] if any(part_of(blocks[at].text) or is_chapter(blocks[at].text) for at in starts) else starts


def _entry(code: str, file: str, blocks: Sequence[Block], shared: Mapping[str, object], title: Block | None) -> Row:
    document = Document().read(blocks, title=title)
    return Row(file, blocks[0].line, {"id": code, **shared, **document.values}, document.names, document.lines)


def _read(path: Path) -> tuple[Any, Styles]:
    with opened(path, SUFFIX, CONTENT, LARGEST_WORD_XML) as office:
        for name in filter(is_xml, office.names):
            _count(office, name)
        copied = office.copy()
    try:
        document = docx.Document(copied)
        body, styles = document.element.body, Styles(document)
    except Exception as fault:  # whatever the library says to a broken file
        raise Unreadable("importing.not_office", suffix=SUFFIX) from fault
    if body is None:
        raise Unreadable("importing.empty_file")
    return body, styles


def _count(office: Office, name: str) -> None:
    left = MOST_NODES

    def start(_: str, attributes: Any) -> None:
        nonlocal left
        left -= 1 + len(attributes)
        if left < 0:
            raise Unreadable("importing.unpacks_too_large", most=LARGEST_WORD_XML // 1_000_000)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    office.scan(name, parser)


def _blocks(body: Any, styles: Styles) -> Iterator[Block]:
    for line, element in enumerate(_paragraphs(body), start=1):
        if element.tag == _W["tbl"]:
            yield from _table(element, line)
            continue
        level = styles.level(element)
        text = clean(_text(element))
        yield Block(line, one_line(text) if level else styles.label(element) + text if text else "", level)
        for box in element.iter(_BOX):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                yield from (Block(line, clean(_text(inner))) for inner in box.iterchildren(_W["p"]))


def _paragraphs(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in their order, those inside content controls too."""
    for child in parent.iterchildren():
        if child.tag in {_W["p"], _W["tbl"]}:
            yield child
        elif child.tag in _AROUND:
            yield from _paragraphs(child)


def _text(element: Any) -> str:
    pieces: list[str] = []
    _collect(element, pieces)
    return "".join(pieces)


def _collect(element: Any, pieces: list[str]) -> None:
    for child in element.iterchildren():
        if child.tag == _W["t"]:
            pieces.append(child.text or "")
        elif child.tag in _SAID:
            pieces.append(_SAID[child.tag])
        elif child.tag not in _PASSED_OVER:
            _collect(child, pieces)
            if child.tag == _W["p"]:
                pieces.append("\n")


def _table(table: Any, line: int) -> Iterator[Block]:
    """Rows of names and values are fields where half of them are known; other rows are text."""
    rows = [[clean(_text(cell)) for cell in _cells(row)] for row in _rows(table)]
    paired = [row for row in rows if len(row) % 2 == 0 and row and all(field_of(name) for name in row[::2])]
    if 2 * len(paired) >= len(rows) and paired:
        for row in rows:
            if len(row) % 2 == 0 and row in paired:
                yield Block(line, "", pairs=tuple(zip(row[::2], row[1::2], strict=True)))
            elif len(row) == 2 and row[0]:
                yield Block(line, "", pairs=((one_line(row[0]), row[1]),))
            else:
                yield Block(line, _joined(row))
        return
    for row in rows:
        yield Block(line, _joined(row))


def _joined(row: Sequence[str]) -> str:
    return " | ".join(cell for cell in (one_line(one) for one in row) if cell)


def _rows(table: Any) -> Iterator[Any]:
    for child in table.iterchildren():
        if child.tag == _W["tr"]:
            yield child
        elif child.tag in _AROUND:
            yield from _rows(child)


def _cells(row: Any) -> Iterator[Any]:
    for child in row.iterchildren():
        if child.tag == _W["tc"]:
            yield child
        elif child.tag in _AROUND:
            yield from _cells(child)
