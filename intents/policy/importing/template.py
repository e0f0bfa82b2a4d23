"""The Excel file that staff fill in: a column a field, with what is to be chosen as lists, and a sheet that explains it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from intents.policy.importing.fields import kinds
from intents.policy.importing.limits import MOST_ROWS
from intents.policy.importing.words import words
from intents.understanding.yaml_source import load_yaml

CELLS: Final = {"strings_to_formulas": False, "strings_to_urls": False}
DATES: Final = ("effective_from", "expires_on", "review_on")


@cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(Path(__file__).with_name("template.yaml"))
    return loaded


def write_template(path: Path) -> None:
    """Raises `FileCreateError` of xlsxwriter where the file cannot be written."""
    book = xlsxwriter.Workbook(str(path), CELLS)
    _write_table(book)
    _write_help(book)
    book.close()


def _write_table(book: Any) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top", "border": 1})
    # text and not "general": Excel would make numbers and dates of numbers and telephones
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    sheet = book.add_worksheet(_texts()["sheet"])
    sheet.freeze_panes(1, 2)
    for at, column in enumerate(_texts()["columns"]):
        field = column["field"]
        sheet.set_column(at, at, column["width"], day if field in DATES else text)
        sheet.write_string(0, at, _name(column), head)
        sheet.write_comment(0, at, column["note"])
        if column["example"]:
            sheet.write_string(1, at, column["example"], text)
        if "list" in column:
            choices = kinds() if column["list"] == "kinds" else words()["categories"]
            is_closed = column["list"] == "kinds"
            allowed = {"validate": "list", "source": choices, "error_type": "stop" if is_closed else "information"}
            sheet.data_validation(1, at, MOST_ROWS, at, allowed)


def _write_help(book: Any) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_texts()["help_sheet"])
    sheet.set_column(0, 1, 14, wrapped)
    sheet.set_column(2, 2, 90, wrapped)
    sheet.write_string(0, 0, _texts()["file_hint"])
    for at, name in enumerate(_texts()["help_columns"]):
        sheet.write_string(1, at, name, head)
    for row, column in enumerate(_texts()["columns"], start=2):
        needed = _texts()["required" if column.get("required") else "optional"]
        for at, said in enumerate((_name(column), needed, column["note"])):
            sheet.write_string(row, at, said)


def _name(column: dict[str, Any]) -> str:
    field = column["field"]
    return str({**words()["fields"], **words()["parts"]}[field][0])
