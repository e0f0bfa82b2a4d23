"""The official arrangement of holidays as staff load it: a text of lines such as `2027-02-05至2027-02-11,放假,春节`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from scheduler.yaml_file import load_yaml

MOST_BYTES: Final = 200_000
LONGEST: Final = 31
ENCODINGS: Final = ("utf-8-sig", "gb18030")


@cache
def words() -> Any:
    """What calendar.yaml says."""
    return load_yaml(Path(__file__).with_name("calendar.yaml"))


class CalendarFault(Exception):
    """What is wrong with the arrangement that was loaded; `key` is looked up in `bot/cli/messages.yaml`."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        return " ".join(str(value) for value in self.params.values())


@dataclass(slots=True)
class Arrangement:
    """Days off and days worked that are not as Monday to Friday has them, each with the festival it is for."""

    off: dict[date, str] = field(default_factory=dict)
    working: dict[date, str] = field(default_factory=dict)


def read_arrangement(path: Path) -> Arrangement:
    """Raises `CalendarFault` naming file and line. What Excel saves as CSV is read too, also in its own encoding."""
    found = Arrangement()
    for line, content in enumerate(_text(path).splitlines(), 1):
        row = content.split("#")[0].strip().strip('"')
        if row and not (line == 1 and row.startswith(words()["file"]["header"])):
            try:
                _read_row(found, row)
            except _Bad as bad:
                raise _fault(path, line, bad.reason) from bad
    return found


class _Bad(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _fault(path: Path, line: int, reason: str) -> CalendarFault:
    return CalendarFault("calendar.file", path=str(path), line=line, problem=words()["faults"][reason])


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as bad:
        raise _fault(path, 1, "missing") from bad
    if len(content) > MOST_BYTES:
        raise _fault(path, 1, "large")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _fault(path, 1, "encoding")


def _read_row(found: Arrangement, row: str) -> None:
    cells = [cell.strip().strip('"').strip() for cell in re.split(words()["file"]["separators"], row)]
    cells = [*cells, ""]
    if len(cells) < 3:
        raise _Bad("columns")
    days, kind, name = cells[:3]
    first, last = _days(days)
    if kind in words()["file"]["free"]:
        put, other = found.off, found.working
    elif kind in words()["file"]["worked"]:
        put, other = found.working, found.off
    else:
        raise _Bad("kind")
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if day in other:
            raise _Bad("twice")
        put[day] = name


def _days(text: str) -> tuple[date, date]:
    """`2027-02-05`, `2027年2月5日至11日`: what the second half leaves out is as in the first."""
    parts = [part.strip() for part in re.split(words()["file"]["between"], text)]
    if len(parts) > 2:
        raise _Bad("days")
    first = _day(parts[0], None)
    last = _day(parts[1], first) if len(parts) == 2 else first
    if last < first:
        raise _Bad("days")
    if (last - first).days >= LONGEST:
        raise _Bad("long")
    return first, last


def _day(text: str, after: date | None) -> date:
    match = re.fullmatch(words()["file"]["day"], text)
    if match is None or (after is None and not (match["year"] and match["month"])):
        raise _Bad("days")
    year = int(match["year"]) if match["year"] or after is None else after.year
    month = int(match["month"]) if match["month"] or after is None else after.month
    try:
        return date(year, month, int(match["day"]))
    except ValueError as bad:
        raise _Bad("days") from bad
