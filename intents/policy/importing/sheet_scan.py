"""An Excel sheet counted as it streams by, before anything holds it: how many rows, which far cells, how much text.

The library that reads the values fills a rectangle from the first cell to the last, writes a shared text anew into each cell and
says nothing of errors; so all of that is known before.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Any, Final
from xml.parsers import expat

from intents.policy.importing.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEET_TEXT
from intents.policy.importing.office import Office
from intents.policy.importing.outcomes import Unreadable

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_FAULTS: Final = 10_000


class SheetScan:
    """Rows and columns count from 0."""

    def __init__(self) -> None:
        self.faults: dict[tuple[int, int], str] = {}
        self._rows = self._cells = self._text = 0
        self._row, self._column = -1, -1
        self._last_filled = -1
        self._type, self._inside = "", ""
        self._formula = self._filled = False
        self._value: list[str] = []
        self._shared = array("L")

    def read(self, office: Office, name: str) -> SheetScan:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        office.scan(name, parser)
        return self

    def check_text(self, lengths: Sequence[int]) -> None:
        """With the lengths of the shared texts: what the cells hold, each with a text of its own."""
        total = self._text + sum(lengths[at] for at in self._shared if at < len(lengths))
        if total > MOST_SHEET_TEXT:
            raise Unreadable("importing.sheet_text", most=MOST_SHEET_TEXT // 10_000)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            self._row = _number(attributes.get("r")) if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "c":
            self._begin_cell(attributes)
        elif tag in {"v", "t", "f"}:
            self._inside = tag
            self._formula = self._formula or tag == "f"

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self._row, self._column = _number(place[2]), _column(place[1])
        self._type = attributes.get("t", "n")
        self._formula = self._filled = False
        self._value.clear()

    def _characters(self, text: str) -> None:
        if self._inside in {"v", "t"}:
            self._filled = True
            self._text += len(text)
            if self._inside == "v" and self._type == "s" and len(self._value) < 4:
                self._value.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "c":
            self._end_cell()
        elif tag == self._inside:
            self._inside = ""

    def _end_cell(self) -> None:
        # a formula may well give an empty text, but not an empty number: nobody has computed that one yet
        if self._type == "e" or (self._formula and not self._filled and self._type != "str"):
            self._fault("importing.error_cell" if self._type == "e" else "importing.formula")
        if not self._filled and not self._formula:
            return
        self._cells += 1
        if self._row != self._last_filled:
            self._rows, self._last_filled = self._rows + 1, self._row
        # a header and what stands above it are no rows
        if self._row > MOST_ROWS + MOST_COLUMNS or self._rows > MOST_ROWS + 1:
            raise Unreadable("importing.too_many_rows", most=MOST_ROWS)
        if self._column >= MOST_COLUMNS or self._cells > MOST_CELLS:
            raise Unreadable("importing.too_many_columns", most=MOST_COLUMNS)
        if self._text > MOST_SHEET_TEXT:
            raise Unreadable("importing.sheet_text", most=MOST_SHEET_TEXT // 10_000)
        if self._type == "s" and (text := "".join(self._value).strip()).isdecimal() and len(text) < 10:
            self._shared.append(int(text))

    def _fault(self, reason: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults[self._row, self._column] = reason


def lengths_of(office: Office, name: str) -> array[int]:
    """How long each shared text is."""
    lengths = array("L")

    def start(tag: str, _: Any) -> None:
        if tag.endswith(" si") or tag == "si":
            lengths.append(0)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    office.scan(name, parser)
    return lengths


def _number(text: str | None) -> int:
    return int(text) - 1 if text and text.isdecimal() and len(text) < 8 else MOST_ROWS * 10


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1
