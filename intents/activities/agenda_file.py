"""The agenda as a Word file: a table for each office, and empty lines for what is resolved."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from intents.replies import Replies

if TYPE_CHECKING:
    from intents.activities.meeting import Agenda, Overdue
    from storage.problems import Common

EMPTY_LINES: Final = 6
"""For resolutions, to be written by hand."""


class Headings:
    """Words of the file, from replies.yaml."""

    def __init__(self, replies: Replies, community: str) -> None:
        self._replies = replies
        self.community = community

    def word(self, key: str) -> str:
        return self._replies.word(f"activities.agenda.{key}")

    def place(self, place: Any) -> str:
        return self._replies("activities.agenda_place", {"place": place}, public=False)

    def day(self, at: datetime) -> str:
        return self._replies("activities.agenda_day", {"at": at}, public=False)

    def name(self, now: datetime) -> str:
        return self.word("file").format(f"{now:%Y-%m-%d}")


def agenda_file(agenda: Agenda, headings: Headings) -> bytes:
    import docx  # noqa: PLC0415 - once a month, and slow to load

    document: Any = docx.Document()
    word = headings.word
    document.add_heading(word("title").format(headings.community), level=1)
    document.add_paragraph(word("as_of").format(headings.day(agenda.at), agenda.cases, agenda.problems))
    for place, part in enumerate(agenda.parts, start=1):
        unit = part.unit or word("nobody")
        document.add_heading(word("part").format(place, unit, part.items), level=2)
        if part.cases:
            _table(document, word("cases.columns").split(), [_case(one, headings) for one in part.cases])
        if part.problems:
            _table(document, word("problems.columns").split(), [_problem(one, headings) for one in part.problems])
    document.add_heading(word("resolutions"), level=2)
    columns = word("resolutions.columns").split()
    _table(document, columns, [[""] * len(columns) for _ in range(EMPTY_LINES)])
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _case(case: Overdue, headings: Headings) -> list[str]:
    days = headings.word("days").format(case.days) if case.days else headings.word("under_a_day")
    return [case.number, headings.place(case), f"{case.category}·{case.subcategory}", days, ""]


def _problem(problem: Common, headings: Headings) -> list[str]:
    buildings = headings.word("between").join(headings.place({"building": one}) for one in problem.buildings)
    promised = headings.day(problem.promised_by) if problem.promised_by else ""
    return [problem.number, f"{problem.category}·{problem.subcategory}", str(problem.cases), buildings, promised]


def _table(document: Any, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, title in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph()
