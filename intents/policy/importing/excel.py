"""Policies in an Excel file, one a row under a row of names. Answers to the queue of questions come in the same way."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from intents.policy.importing.cleaning import one_line
from intents.policy.importing.limits import LARGEST_EXCEL_XML, MOST_SHEETS
from intents.policy.importing.office import Office, is_xml, opened
from intents.policy.importing.outcomes import Refused, Row, Tell, Unreadable
from intents.policy.importing.sheet_scan import SheetScan, lengths_of
from intents.policy.importing.words import field_of, is_left_aside, plain, words
from storage.policy_entry import LONGEST_CODE

SUFFIX: Final = ".xlsx"
CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
STRINGS: Final = "xl/sharedStrings.xml"
WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
HEADER_WITHIN: Final = 10
"""Rows above the row of names: a title, a remark."""

Cells = Mapping[tuple[int, int], str]


def read_excel(path: Path, file: str, tell: Tell) -> Iterator[Row | Refused]:
    book, scans = _read(path)
    with book:
        names = _sheets(book)
        filled = False
        for at, name in enumerate(names):
            sheet = _sheet(book, name)
            if sheet.total_height == 0 or sheet.end is None:
                continue
            label = file if len(names) == 1 else f"{file}[{name}]"
            filled = True
            for row in _Sheet(sheet, label, scans.get(name, {})).rows():
                tell((at + (row.line or 0) / (sheet.end[0] + 1)) / len(names))
                yield row
        if not filled:
            raise Unreadable("importing.empty_file")


def _sheets(book: CalamineWorkbook) -> list[str]:
    """Those that are read. In a book with the queue of questions the others are about entries that are there already."""
    names = [
        one.name
        for one in book.sheets_metadata
        if one.visible == SheetVisibleEnum.Visible
        and one.typ == SheetTypeEnum.WorkSheet
        and plain(one.name) not in words()["sheets_left_aside"]
    ]
    if len(names) > 1:
        queues = [name for name in names if _Sheet(_sheet(book, name), name, {}).has_questions()]
        return queues or names
    return names


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as fault:
        raise Unreadable("importing.not_office", suffix=SUFFIX) from fault


def _read(path: Path) -> tuple[CalamineWorkbook, dict[str, Cells]]:
    """The book, and by sheet what is wrong with its cells."""
    with opened(path, SUFFIX, CONTENT, LARGEST_EXCEL_XML) as office:
        scans = scanned(office)
        parts, copied = _parts(office), office.copy()
    try:
        book = CalamineWorkbook.from_filelike(copied)
    except Exception as fault:  # whatever the library says to a broken file
        raise Unreadable("importing.not_office", suffix=SUFFIX) from fault
    if len(book.sheet_names) > MOST_SHEETS:
        raise Unreadable("importing.too_many_sheets", most=MOST_SHEETS)
    return book, {name: scans[part].faults for name, part in parts.items() if part in scans}


def scanned(office: Office) -> dict[str, SheetScan]:
    """What stands in each member. Every one is counted, whatever the book says it is."""
    scans = {name: SheetScan().read(office, name) for name in office.names if is_xml(name) and name != STRINGS}
    lengths = lengths_of(office, STRINGS) if STRINGS in office.names else array("L")
    for scan in scans.values():
        scan.check_text(lengths)
    return scans


def _parts(office: Office) -> dict[str, str]:
    """In which member each sheet lies."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(_: str, attributes: dict[str, str]) -> None:
        if "Id" in attributes:
            targets[attributes["Id"]] = attributes.get("Target", "")

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.endswith(" sheet"):
            identity = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            found[attributes.get("name", "")] = identity

    for member, start in ((RELATIONS, relation), (WORKBOOK, sheet)):
        if member in office.names:
            parser = expat.ParserCreate(namespace_separator=" ")
            parser.StartElementHandler = start
            office.scan(member, parser)
    paths = {name: targets.get(identity, "") for name, identity in found.items()}
    return {name: path[1:] if path.startswith("/") else f"xl/{path}" for name, path in paths.items()}


@dataclass(frozen=True, slots=True)
class _Header:
    """Field and name by column; which columns have a name at all; which names mean no field; and whether a title or the number
    of a question is among them."""

    fields: Mapping[int, tuple[str, str]]
    named: frozenset[int]
    unknown: tuple[str, ...]
    is_enough: bool


class _Sheet:
    def __init__(self, sheet: CalamineSheet, file: str, faults: Cells) -> None:
        self._sheet = sheet
        self._file = file
        self._faults = faults
        self._first = sheet.start[1] if sheet.start else 0

    def rows(self) -> Iterator[Row | Refused]:
        header: _Header | None = None
        seen = 0
        for at, cells in enumerate(self._sheet.iter_rows()):
            by_column = {self._first + column: cell for column, cell in enumerate(cells)}
            if header is not None:
                row = self._row(at, by_column, header)
                if row is not None:
                    yield row
                continue
            seen += any(not _is_blank(cell) for cell in cells)
            header = _header(by_column)
            if header is not None and not header.is_enough:
                yield Refused(self._file, at + 1, None, "importing.no_title_column")
                return
            if header is None and seen > HEADER_WITHIN:
                break
        if header is None:
            yield Refused(self._file, None, None, "importing.no_header")

    def has_questions(self) -> bool:
        for at, cells in enumerate(self._sheet.iter_rows()):
            header = _header(dict(enumerate(cells)))
            if header is not None or at > HEADER_WITHIN:
                return header is not None and "question_number" in {field for field, _ in header.fields.values()}
        return False

    def _row(self, at: int, cells: Mapping[int, Any], header: _Header) -> Row | Refused | None:
        for column, (_, name) in header.fields.items():
            if (at, column) in self._faults:
                return Refused(
                    self._file, at + 1, name, self._faults[at, column], {"cell": f"{_letters(column)}{at + 1}"}
                )
        values = {field: cells.get(column, "") for column, (field, _) in header.fields.items()}
        if all(_is_blank(value) for value in values.values()):
            return None
        if one_line(str(values.get("id", ""))).startswith(words()["example"]):
            return None
        if _is_blank(values.get("id", "")) and len(title := one_line(str(values.get("title", "")))) <= LONGEST_CODE:
            values["id"] = title
        unnamed = tuple(_letters(one) for one, cell in cells.items() if one not in header.named and not _is_blank(cell))
        names = dict(header.fields.values())
        return Row(self._file, at + 1, values, names, unknown=(*header.unknown, *unnamed))


def _header(cells: Mapping[int, Any]) -> _Header | None:
    """None for a row that names fewer than two fields."""
    fields: dict[int, tuple[str, str]] = {}
    unknown: list[str] = []
    for column, cell in cells.items():
        name = one_line(cell) if isinstance(cell, str) else ""
        field = field_of(name) if name else None
        if field and field not in {known for known, _ in fields.values()}:
            fields[column] = (field, name)
        elif name and not is_left_aside(name):
            unknown.append(name)
    found = {field for field, _ in fields.values()}
    if len(found) < 2:
        return None
    named = frozenset(column for column, cell in cells.items() if not _is_blank(cell))
    return _Header(fields, named, tuple(unknown), bool(found & {"title", "question_number"}))


def _is_blank(cell: object) -> bool:
    return isinstance(cell, str) and not one_line(cell)


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
