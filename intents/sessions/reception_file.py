"""The sheets of a reception day as a Word file: a page a visitor, with room to write down what is said and promised."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from intents.replies import Replies
from intents.sessions.sheets import door_of, file_name

if TYPE_CHECKING:
    from intents.sessions.reception import Before, Known, Visitor
    from storage.sessions import SessionView
    from storage.tasks import Task

TYPE: Final = ".docx"
EMPTY_LINES: Final = 3
"""For promises, to be written by hand."""
LONGEST_WORDING: Final = 120


class ReceptionFile:
    """Writes the file; every word is from replies.yaml."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def name(self, session: SessionView) -> str:
        return file_name(self._word("file").format(session.number, f"{session.plan.starts_at:%Y-%m-%d}"), TYPE)

    def content(self, session: SessionView, visitors: Sequence[Visitor], by: str, now: datetime) -> bytes:
        import docx  # noqa: PLC0415 - once a month, and slow to load

        document: Any = docx.Document()
        for at, one in enumerate(visitors):
            if at:
                document.add_page_break()
            self._page(document, session, one, now.date())
            document.add_paragraph(self._word("made").format(by, self._moment(now)))
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()

    def _page(self, document: Any, session: SessionView, one: Visitor, today: date) -> None:
        word, who = self._word, one.sign_up
        document.add_heading(word("title").format(session.plan.title), level=1)
        door = door_of(who) or word("no_door")
        document.add_paragraph(
            word("who").format(self._moment(one.at), who.code, who.name or word("no_name"), door, who.people)
        )
        if who.note:
            document.add_paragraph(word("note").format(who.note))
        document.add_heading(word("cases"), level=2)
        self._table(document, "cases", [self._case(known) for known in one.cases])
        document.add_heading(word("visits"), level=2)
        self._table(document, "visits", [row for before in one.visits for row in self._visit(before, today)])
        document.add_heading(word("promises"), level=2)
        made = [[task.text, self._day(task.due_on), task.officer_name] for task in one.promises]
        self._table(document, "promises", [*made, *[["", "", ""]] * EMPTY_LINES])

    def _case(self, known: Known) -> list[str]:
        case = known.case
        state = self._replies.word(f"state.{case.state}") + (self._word("late") if known.late else "")
        said = case.wording if len(case.wording) <= LONGEST_WORDING else f"{case.wording[:LONGEST_WORDING]}…"
        filed = self._day(case.filed_at) if case.filed_at else ""
        return [case.number or "", filed, f"{case.category}·{case.subcategory}", said, state]

    def _visit(self, before: Before, today: date) -> list[list[str]]:
        """A row a promise, else one that says that nothing was promised."""
        visit = before.visit
        first = [self._day(visit.at), visit.title]
        if not before.promises:
            return [[*first, self._word("nothing"), "", ""]]
        return [[*first, task.text, self._day(task.due_on), self._state(task, today)] for task in before.promises]

    def _state(self, task: Task, today: date) -> str:
        state = self._word("late") if task.is_overdue(today) else ""
        result = f"：{task.result}" if task.result else ""
        return self._replies.word(f"task.state.{task.state}") + state + result

    def _table(self, document: Any, name: str, rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            document.add_paragraph(self._word("none"))
            return
        columns = self._word(f"{name}.columns").split()
        table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
        for cell, title in zip(table.rows[0].cells, columns, strict=True):
            cell.paragraphs[0].add_run(title).bold = True
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    def _word(self, key: str) -> str:
        return self._replies.word(f"sessions.reception.{key}")

    def _day(self, day: date) -> str:
        return self._replies("sessions.reception_day", {"day": day}, public=False)

    def _moment(self, at: datetime) -> str:
        return self._replies("sessions.sheet_moment", {"at": at}, public=False)
