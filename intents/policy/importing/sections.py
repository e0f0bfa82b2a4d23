"""From a document's headings, lines and tables to the fields and parts of an entry; the rest is its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from intents.policy.importing.cleaning import clean, one_line
from intents.policy.importing.words import field_line, field_of, part_of, words
from storage.policy_entry import LONGEST_PART, LONGEST_TITLE, PARTS

TEXT: Final = 0
TITLE: Final = -1
FIELDS: Final = frozenset(words()["document_fields"])
HEADING: Final = "title"
"""What a title is called that nothing but its place says to be one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: `level` is 1 and more of a heading, `TEXT`, or `TITLE`. `pairs`: a table of names and values."""

    line: int
    text: str
    level: int = TEXT
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def is_heading(self) -> bool:
        return self.level != TEXT


@dataclass(slots=True)
class Document:
    """What blocks add up to. What is said twice of one field or part is joined."""

    values: dict[str, object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    _above: str = ""
    """A heading that turned out not to be the title."""
    _part: str | None = None
    _heading: Block | None = None
    _texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def read(self, blocks: Iterable[Block], *, title: Block | None) -> Document:
        for block in blocks:
            if block is title:
                self.put("title", block.text, HEADING, block.line)
            elif block.pairs:
                self._take_pairs(block)
            elif block.is_heading:
                self._take_heading(block)
            elif block.text:
                self._take_text(block)
            elif self.body or self._part is not None:
                self._write("")
        self._settle()
        return self

    def put(self, name: str, value: str, written: str, line: int) -> None:
        self.values[name], self.names[name], self.lines[name] = value, written, line

    def _put_once(self, name: str, value: str, written: str, line: int) -> bool:
        """A title that is called so is better than a heading."""
        if name in self.values and self.names[name] != HEADING:
            return False
        if name in self.values:
            self._above = str(self.values[name])
        self.put(name, value, written, line)
        return True

    def _take_pairs(self, block: Block) -> None:
        for name, value in block.pairs:
            if value and not self._take_field(field_of(name), name, value, block):
                self._write(f"{name}{words()['separator']}{value}")

    def _take_heading(self, block: Block) -> None:
        part = part_of(block.text)
        if part is not None:
            self._part, self._heading = part, block
            self._texts.setdefault(part, []).append((block.text, ""))
            self.names.setdefault(part, one_line(block.text))
            self.lines.setdefault(part, block.line)
        elif self._heading is not None and block.level > self._heading.level:
            self._write(block.text)
        else:
            self._part = self._heading = None
            self._write(block.text)

    def _take_text(self, block: Block) -> None:
        said = field_line(block.text) if self._is_beginning() and "\n" not in block.text else None
        if said is None or not self._take_field(*said, block):
            self._write(block.text)

    def _take_field(self, found: str | None, name: str, value: str, block: Block) -> bool:
        if found in PARTS:
            self._texts.setdefault(found, []).append(("", value))
            self.names.setdefault(found, one_line(name))
            self.lines.setdefault(found, block.line)
            return True
        return found is not None and found in FIELDS and self._put_once(found, value, one_line(name), block.line)

    def _is_beginning(self) -> bool:
        return not self.body and self._part is None

    def _write(self, text: str) -> None:
        if self._part is None:
            self.body.append(text)
        else:
            self._texts[self._part].append(("", text))

    def _settle(self) -> None:
        """A part that is longer than a part may be stays in the text, under its heading."""
        for part, pieces in self._texts.items():
            said = clean("\n".join(text for _, text in pieces if text))
            if len(said) <= LONGEST_PART:
                self.values[part] = said
            else:
                self.body += [one for piece in pieces for one in piece if one]
        text = clean("\n".join([self._above, *self.body]))
        if text:
            self.values["body"] = text


def title_of(blocks: Sequence[Block], *, or_first_line: bool) -> Block | None:
    """What is styled as title, or else the first heading that names no part, or else, where asked for, the first line."""
    headings = [block for block in blocks if block.is_heading and block.text and part_of(block.text) is None]
    if headings:
        return next((block for block in headings if block.level == TITLE), headings[0])
    if or_first_line:
        for block in blocks:
            if block.text and not block.is_heading and field_line(block.text) is None:
                return block if len(block.text) <= LONGEST_TITLE else None
    return None
