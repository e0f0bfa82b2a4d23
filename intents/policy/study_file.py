"""The study page as Excel: the unanswered questions have a column for the answer, and the file can be imported again."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from storage.policy import Policy

if TYPE_CHECKING:
    from intents.policy.study import Week

CELLS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""What residents wrote must never become a formula or a link."""
_WIDTHS: Final = (10, 48, 12, 60, 24, 16)


class Sheets:
    """Names and headings, from replies.yaml."""

    def __init__(self, word: Callable[[str], str]) -> None:
        self._word = word

    def title(self, sheet: str) -> str:
        return self._word(f"policy.sheet.{sheet}")

    def columns(self, sheet: str) -> list[str]:
        return self._word(f"policy.sheet.{sheet}.columns").split()

    def name(self, until: datetime) -> str:
        return self._word("policy.study_file").format(f"{until:%Y-%m-%d}")


def study_file(week: Week, sheets: Sheets) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - once a week, and ten megabytes

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, CELLS)
    _sheet(book, sheets, "asked", [[one.number, one.title, one.count] for one in week.asked])
    _sheet(
        book,
        sheets,
        "unanswered",
        [[one.number, one.text, one.asked, "", "", ""] for one in week.unanswered],
    )
    _sheet(book, sheets, "running_out", [_entry(row, row.expires_on) for row in week.running_out])
    _sheet(book, sheets, "past_review", [_entry(row, row.review_on) for row in week.past_review])
    book.close()
    return target.getvalue()


def _entry(row: Policy, day: date | None) -> list[Any]:
    return [row.number, row.title, row.category, day.isoformat() if day else ""]


def _sheet(book: Any, sheets: Sheets, name: str, rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(sheets.title(name))
    heading = book.add_format({"bold": True, "bg_color": "#F2EFE9", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    columns = sheets.columns(name)
    for column, title in enumerate(columns):
        sheet.set_column(column, column, _WIDTHS[column])
        sheet.write_string(0, column, title, heading)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, wrapped)
            else:
                sheet.write_string(at, column, str(cell), wrapped)
