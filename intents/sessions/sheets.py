"""Sessions as Excel: the list of who signed up, who came and who was reminded; and the sheet to sign at the door, which can be
typed back.

Working papers of staff: names and doors in full; telephone numbers masked where nobody gave a reason to see them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from intents.replies import Replies
from intents.understanding.masks import masked
from intents.understanding.normalise import normalise
from storage.calls import Call
from storage.rates import Share
from storage.session_ledgers import UNASKED
from storage.sessions import SessionView, SlotView
from storage.sign_ups import SignedUp, SignUp, State

CELLS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""What residents wrote must never become a formula or a link."""
RISKY: Final = ("=", "+", "-", "@")
"""What begins so would become a formula once somebody edits the cell, were it not marked as text."""
TYPE: Final = ".xlsx"
A4: Final = 9
MASKED_FROM: Final = 7
"""A telephone number in a form that nobody knows is masked too, from so many characters on."""
BLANK: Final = 12
MOST_BLANK: Final = 100
"""Empty rows for who comes without having signed up: a tenth of the rows, at least and at most so many."""
ROW_HEIGHT: Final = 26
"""Points: enough to sign in."""
HEADER_ROW: Final = 3
"""Of the sheet to sign, counted from 0; above it what it is of."""
_WIDTHS: Final = {
    "code": 7, "slot": 13, "name": 14, "door": 14, "people": 7, "state": 12, "source": 9, "phone": 15, "note": 22,
    "arrived": 10, "sign": 20, "at": 17, "cause": 18, "way": 9, "outcome": 13, "tries": 9, "building": 10,
}  # fmt: skip

Cell = str | int
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Made:
    """Who asked for a file, and when: it says so itself."""

    by: str
    at: datetime


class Sheets:
    """Writes the files; every word is from replies.yaml."""

    def __init__(self, replies: Replies, community: str) -> None:
        self._replies = replies
        self._community = community

    def name(self, key: str, session: SessionView) -> str:
        return file_name(self.word(f"{key}.file").format(session.number, session.plan.title), TYPE)

    def word(self, key: str) -> str:
        return self._replies.word(f"sessions.sheet.{key}")

    def sign_ups(
        self, session: SessionView, rows: Sequence[SignUp], reminded: Sequence[Call], made: Made, *, phones: bool
    ) -> bytes:
        """Three sheets: the sign-ups, the turnout by building, and who was reminded. `phones`: in full."""
        import xlsxwriter  # noqa: PLC0415 - ten megabytes, and seldom

        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, CELLS)
        heading = [self._of(session), self.word("made").format(made.by, self._moment(made.at))]
        columns = [name for name in self._list_columns() if name != "slot" or len(session.slots) > 1]
        listed = sorted(rows, key=lambda row: (row.state in (State.CANCELLED, State.PASSED), row.turn, row.id))
        lines = [self._line(session, row, made.at, phones=phones) for row in listed]
        self._sheet(book, "list", columns, [[line[name] for name in columns] for line in lines], heading)
        turnout = ["building", "households", "signed", "came", "absent", "rate", "besides"]
        self._sheet(book, "turnout", turnout, self._turnout(session, rows, made.at), heading)
        told = ["at", "code", "name", "cause", "way", "outcome", "tries"]
        codes = {row.id: row.code for row in rows}
        self._sheet(book, "reminded", told, [self._reminded(call, codes) for call in reminded], heading)
        book.close()
        return target.getvalue()

    def to_sign(self, session: SessionView, rows: Sequence[SignUp], made: Made) -> bytes:
        """One sheet for A4, by part, building and door, those who wait at the end, with empty rows for who comes besides."""
        import xlsxwriter  # noqa: PLC0415

        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, CELLS)
        several = len(session.slots) > 1
        columns = ["code", *(["slot"] if several else []), "name", "door", "people", "sign", "arrived", "note"]
        part = {slot.id: place for place, slot in enumerate(session.slots)}
        ordered = sorted(rows, key=lambda row: (row.state != State.CONFIRMED, part.get(row.slot_id, 0), *_by_door(row)))
        lines: list[dict[str, Cell]] = [self._to_sign(session, row) for row in ordered]
        blank = min(max(BLANK, len(lines) // 10), MOST_BLANK)
        lines += [dict.fromkeys(columns, "")] * blank
        _Paper(book, self.word("sign"), _styles(book)).write(
            [
                self.word("sign.title").format(session.number, session.plan.title),
                self._of(session),
                self.word("sign.how"),
            ],
            [self.word(f"column.{name}") for name in columns],
            [[line[name] for name in columns] for line in lines],
            [_WIDTHS[name] for name in columns],
            f"&L{self._community} {made.by} {made.at:%Y-%m-%d %H:%M}".replace("&", "&&").replace("&&L", "&L", 1)
            + "&R&P/&N",
        )
        book.close()
        return target.getvalue()

    def _list_columns(self) -> list[str]:
        return ["code", "slot", "name", "door", "people", "state", "source", "phone", "note", "arrived"]

    def _of(self, session: SessionView) -> str:
        return self._replies("sessions.sheet_of", {"session": session}, public=False)

    def _moment(self, at: datetime) -> str:
        return self._replies("sessions.sheet_moment", {"at": at}, public=False)

    def part(self, session: SessionView, slot: SlotView) -> str:
        place = session.slots.index(slot) + 1
        return self.word("part").format(place, f"{slot.starts_at:%H:%M}")

    def _line(self, session: SessionView, row: SignUp, now: datetime, *, phones: bool) -> dict[str, Cell]:
        known = next((slot for slot in session.slots if slot.id == row.slot_id), None)
        phone = row.phone or ""
        return {
            "code": row.code,
            "slot": self.part(session, known) if known is not None else "",
            "name": row.name,
            "door": door_of(row),
            "people": row.people,
            "state": self._replies.word(f"sign_up.{row.state}"),
            "source": self._replies.word(f"sign_up.source.{row.source}"),
            "phone": phone if phones else masked_phone(phone),
            "note": row.note or "",
            "arrived": self._arrived(session, row, now),
        }

    def _arrived(self, session: SessionView, row: SignUp, now: datetime) -> Cell:
        if row.arrived:
            return row.arrived
        missing = row.arrived == 0 or (row.state == State.CONFIRMED and session.plan.ends_at <= now)
        return self.word("absent") if missing else ""

    def _to_sign(self, session: SessionView, row: SignUp) -> dict[str, Cell]:
        known = next((slot for slot in session.slots if slot.id == row.slot_id), None)
        state = "" if row.state == State.CONFIRMED else self._replies.word(f"sign_up.{row.state}")
        return {
            "code": row.code,
            "slot": self.part(session, known) if known is not None else "",
            "name": row.name,
            "door": door_of(row),
            "people": row.people,
            "sign": "",
            "arrived": "" if row.arrived is None else row.arrived,
            "note": " ".join(part for part in (state, row.note) if part),
        }

    def _turnout(self, session: SessionView, rows: Sequence[SignUp], now: datetime) -> list[Row]:
        """Who is missing is known once somebody was counted at the door."""
        signed = [row for row in rows if row.state == State.CONFIRMED and row.source not in UNASKED]
        had_signed = {row.id for row in signed}
        others = [row for row in rows if row.id not in had_signed and row.arrived]
        buildings = sorted({row.building or "" for row in (*signed, *others)}, key=_natural)
        counted = any(row.arrived is not None for row in rows)
        lines = [
            self._turnout_of(
                one or self.word("no_building"), _of_building(signed, one), _of_building(others, one), counted
            )
            for one in buildings
        ]
        return [*lines, self._turnout_of(self.word("all"), signed, others, counted)]

    def _turnout_of(self, name: str, signed: Sequence[SignUp], others: Sequence[SignUp], counted: bool) -> Row:
        people = sum(row.people for row in signed)
        households = {(row.building, row.unit, row.room) if row.room else row.id for row in signed}
        if not counted:
            return [name, len(households), people, "", "", "", ""]
        came = sum(min(row.arrived or 0, row.people) for row in signed)
        more = sum(row.arrived or 0 for row in (*signed, *others)) - came
        percent = Share(came, people).percent
        return [name, len(households), people, came, people - came, "" if percent is None else f"{percent}%", more]

    def _reminded(self, call: Call, codes: Mapping[int, str]) -> Row:
        return [
            self._moment(call.settled_at or call.created_at),
            codes.get(call.sign_up_id or 0, ""),
            call.name,
            self._replies.word(f"sessions.sheet.cause.{call.cause}"),
            self._replies.word(f"sessions.sheet.way.{call.way}"),
            self._replies.word(f"sessions.sheet.outcome.{call.outcome}"),
            call.tries or "",
        ]

    def _sheet(self, book: Any, name: str, columns: Sequence[str], rows: Sequence[Row], heading: Sequence[str]) -> None:
        styles = _styles(book)
        sheet = book.add_worksheet(self.word(name))
        for at, line in enumerate(heading):
            sheet.write_string(at, 0, line, styles["plain"])
        head = len(heading)
        for column, title in enumerate(columns):
            sheet.set_column(column, column, _WIDTHS.get(title, 10))
            sheet.write_string(head, column, self.word(f"column.{title}"), styles["head"])
        sheet.freeze_panes(head + 1, 0)
        for at, row in enumerate(rows, start=head + 1):
            for column, cell in enumerate(row):
                _write(sheet, at, column, cell, styles)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)


class _Paper:
    """A sheet for the printer."""

    def __init__(self, book: Any, name: str, styles: Mapping[str, Any]) -> None:
        self._sheet = book.add_worksheet(name)
        self._styles = styles

    def write(
        self, heading: Sequence[str], columns: Sequence[str], rows: Sequence[Row], widths: Sequence[int], footer: str
    ) -> None:
        sheet, styles = self._sheet, self._styles
        for at, (line, style) in enumerate(zip(heading, ("title", "plain", "hint"), strict=True)):
            sheet.merge_range(at, 0, at, len(columns) - 1, line, styles[style])
        for column, (title, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(HEADER_ROW, column, title, styles["head"])
        for at, row in enumerate(rows, start=HEADER_ROW + 1):
            sheet.set_row(at, ROW_HEIGHT)
            for column, cell in enumerate(row):
                _write(sheet, at, column, cell, styles, boxed=True)
        sheet.set_row(0, ROW_HEIGHT)
        sheet.set_paper(A4)
        sheet.set_portrait()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.print_area(0, 0, HEADER_ROW + len(rows), len(columns) - 1)
        sheet.set_footer(footer)
        sheet.freeze_panes(HEADER_ROW + 1, 0)


def file_name(name: str, ending: str) -> str:
    """Without what no file's name may hold."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*\u2028\u2029]', " ", name)[:80].strip() + ending


def door_of(row: SignUp | SignedUp) -> str:
    return "-".join(part for part in (row.building, row.unit, row.room) if part)


def masked_phone(phone: str) -> str:
    hidden = masked(normalise(phone))
    if hidden != normalise(phone) or len(phone) < MASKED_FROM:
        return hidden
    return f"{phone[:3]}****{phone[-2:]}"


def _styles(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "hint": book.add_format({"font_size": 9, "text_wrap": True, "valign": "top"}),
        "plain": book.add_format({}),
        "head": book.add_format({"bold": True, "bg_color": "#F2EFE9", "border": 1, "valign": "vcenter"}),
        "cell": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "risky": book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
        "boxed": book.add_format({"num_format": "@", "border": 1, "valign": "vcenter", "shrink": True}),
        "boxed_risky": book.add_format({"quote_prefix": True, "border": 1, "valign": "vcenter", "shrink": True}),
        "boxed_number": book.add_format({"border": 1, "valign": "vcenter"}),
    }


def _write(sheet: Any, row: int, column: int, cell: Cell, styles: Mapping[str, Any], *, boxed: bool = False) -> None:
    """A text stays a text, also a code such as 003."""
    if isinstance(cell, int):
        sheet.write_number(row, column, cell, styles["boxed_number" if boxed else "number"])
        return
    if not cell:
        sheet.write_blank(row, column, None, styles["boxed_number" if boxed else "number"])
        return
    risky = cell.startswith(RISKY)
    plain = "boxed" if boxed else "cell"
    sheet.write_string(row, column, cell, styles[("boxed_risky" if boxed else "risky") if risky else plain])


def _of_building(rows: Iterable[SignUp], building: str) -> list[SignUp]:
    return [row for row in rows if (row.building or "") == building]


def _by_door(row: SignUp) -> tuple[Any, ...]:
    return (row.building is None, _natural(row.building), _natural(row.unit), _natural(row.room), row.name, row.turn)


def _natural(text: str | None) -> tuple[bool, int, str]:
    """3 before 12, and letters after numbers."""
    said = text or ""
    digits = re.match(r"\d+", said)
    return (digits is None, int(digits[0]) if digits else 0, said)
