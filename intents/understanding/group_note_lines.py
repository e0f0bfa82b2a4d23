"""The lines of a group note: where its header stands, which lines carry numbers, and which of those is the first entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from intents.understanding.address import addresses
from intents.understanding.group_note_entry import is_called_so, read_entry
from intents.understanding.group_note_words import Said, note_pattern

NEXT_WITHIN: Final = 20
"""A number may skip so many lines and still be the next."""
_FIRST_WITHIN: Final = 3
_LONGEST_LONE_NAME: Final = 6
_CIRCLED_ONE: Final = ord("\u2460")
_BREAK: Final = re.compile(r"\r\n|[\n\r\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    said: Said
    number: int | None = None
    """Its number as an entry; `said` is then what follows it."""

    @property
    def plain(self) -> str:
        return self.said.plain

    @property
    def blank(self) -> bool:
        return not self.plain.strip()

    @property
    def is_example(self) -> bool:
        return note_pattern("example").match(self.plain.lstrip(" (")) is not None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands under a header. `leads`: the header begins its line, as WeChat writes it."""

    lines: tuple[Line, ...]
    leads: bool


def sheet(text: str) -> Sheet | None:
    """The lines under the header, the rest of its own line first. None without a header."""
    lines = [Line(Said.of(line)) for line in _BREAK.split(text)]
    found: Sheet | None = None
    for at, line in enumerate(lines):
        match = note_pattern("header").match(line.plain)
        if match is None:
            continue
        rest = Line(Said(line.said.shown[match.end() :], line.plain[match.end() :]))
        leads = not match["before"].strip()
        if leads or found is None:
            found = Sheet((rest, *lines[at + 1 :]), leads)
        if leads:
            break
    return found


def numbered(lines: Sequence[Line]) -> list[Line]:
    """The lines, each with the number it begins with."""
    found, last, apart = list[Line](), 0, False
    for line in lines:
        one = _numbered(line, last, apart)
        last = one.number if one.number is not None else last
        apart = one.number is None and (apart or (line.blank and last > 0))
        found.append(one)
    return found


def _numbered(line: Line, last: int, apart: bool) -> Line:
    """After a number may stand a door: `1.3-2-501` is the first line, `8.30` and `7、8号楼` are none."""
    indent = len(line.plain) - len(line.plain.lstrip())
    marked = note_pattern("number").match(line.plain, indent)
    match = marked or note_pattern("number_alone").match(line.plain, indent)
    if match is None:
        return line
    number, rest = _number(match), _after(line, match.end())
    if marked is None and number != last + 1:
        return line
    if rest.plain[:1].isdigit() and not match[0].endswith((")", "]", "】")):
        near = number == 1 or apart or last <= number <= last + (NEXT_WITHIN if last else _FIRST_WITHIN)
        door = "door_ahead" if near else "whole_door"
        if not note_pattern(door).match(rest.plain):
            return line
    return Line(rest.said, number)


def _number(match: re.Match[str]) -> int:
    said = next(group for group in match.groups() if group is not None)
    return int(said) if said.isascii() else ord(said) - _CIRCLED_ONE + 1


def _after(line: Line, at: int) -> Line:
    return Line(Said(line.said.shown[at:], line.plain[at:]))


def split_within(lines: Sequence[Line]) -> Iterator[Line]:
    """For a note whose line breaks were lost: `周六核酸 1. 张三 3-2-501 2. 李四` in its parts."""
    last = 0
    for line in lines:
        cuts: list[tuple[int, int, int]] = []
        for match in note_pattern("number_within").finditer(line.plain):
            number = _number(match)
            if number == last + 1:
                cuts.append((match.start(), match.end(), number))
                last = number
        if not cuts:
            yield line
            continue
        ends = [start for start, _, _ in cuts[1:]] + [len(line.plain)]
        first = cuts[0][0]
        yield Line(Said(line.said.shown[:first], line.plain[:first]))
        for (_, start, number), end in zip(cuts, ends, strict=True):
            yield Line(Said(line.said.shown[start:end], line.plain[start:end]), number)


def first_entry(lines: Sequence[Line]) -> int | None:
    """Where the entries begin: after the example, and after a numbered list that belongs to the matter itself."""
    start = max((at for at, line in enumerate(lines) if line.is_example), default=-1) + 1
    places = [at for at in range(start, len(lines)) if lines[at].number is not None]
    if not places:
        return None
    begin = 0
    for here in range(1, len(places)):
        if _restarts(lines, places[begin:here], places[here]) and _is_heading(lines, places[begin:here], places[here]):
            begin = here
    return places[begin]


def _restarts(lines: Sequence[Line], block: Sequence[int], here: int) -> bool:
    """The numbers begin again: with 1, or no higher than before and with an empty line between."""
    number, last = lines[here].number or 0, lines[block[-1]].number or 0
    apart = any(line.blank for line in lines[block[-1] + 1 : here])
    return number <= last and ((number == 1 and lines[block[0]].number == 1) or apart)


def _is_heading(lines: Sequence[Line], block: Sequence[int], here: int) -> bool:
    """Whether numbered lines before a second 1 are the matter's own list, and no entries: without doors and names."""
    bodies = [_with_more(lines, at, end) for at, end in pairwise((*block, here))]
    doors = sum(any(each.address.room or each.address.unit for each in addresses(body)) for body in bodies)
    called = sum(is_called_so(body.split(" ")[0]) for body in bodies)
    if 2 * doors >= len(bodies) or 2 * called > len(bodies):
        return False
    if len(bodies) > 1 or any(line.blank for line in lines[block[-1] + 1 : here]):
        return True
    reading = read_entry(0, bodies[0])
    said = reading.entry if reading else None
    return len(bodies[0]) > _LONGEST_LONE_NAME and not (said and (said.building or said.people or said.cancelled))


def _with_more(lines: Sequence[Line], at: int, end: int) -> str:
    """A line with those below it that go on with it."""
    parts: list[str] = []
    for line in lines[at:end]:
        if line.blank and parts:
            break
        parts.append(line.plain.strip())
    return " ".join(parts)
