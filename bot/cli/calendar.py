"""`linli calendar`: a year's festivals, solar terms and working days."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from bot.cli.messages import text
from bot.cli.opening import settings_of
from scheduler.calendar import Calendar, CalendarDay, Kind, weekday_name

if TYPE_CHECKING:
    from bot.cli import Options

SECTIONS: Final[Mapping[Kind, str]] = {
    "festival": "calendar.festival",
    "memorial": "calendar.memorial",
    "term": "calendar.term",
}
DEFAULT_CONFIG: Final = Path("config.yaml")


def print_calendar(options: Options, year: int, *, as_json: bool) -> None:
    calendar = Calendar.load(_file(options))
    days = calendar.year(year)
    lines = _objects(calendar, days, year) if as_json else _table(calendar, days, year)
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _file(options: Options) -> Path | None:
    """A calendar can be looked at before anything is configured."""
    if options.config == DEFAULT_CONFIG and not options.config.exists():
        return None
    return settings_of(options).calendar.file


def _objects(calendar: Calendar, days: list[CalendarDay], year: int) -> Iterator[str]:
    for day in days:
        found = {"date": day.date.isoformat(), "weekday": weekday_name(day.date), "kind": day.kind, "name": day.name}
        yield _json(found | ({"lunar": day.lunar} if day.lunar else {}))
    yield _json({"kind": "summary", "year": year, **_counts(calendar, year), "published": calendar.is_published(year)})


def _counts(calendar: Calendar, year: int) -> dict[str, int]:
    working = calendar.working_days(year)
    length = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return {"working_days": working, "days_off": length - working}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(calendar: Calendar, days: list[CalendarDay], year: int) -> Iterator[str]:
    counts = _counts(calendar, year)
    yield "  ".join(
        (
            text("calendar.title", year=year),
            text("calendar.published" if calendar.is_published(year) else "calendar.unpublished"),
            text("calendar.counts", working=counts["working_days"], off=counts["days_off"]),
        )
    )
    for kind, title in SECTIONS.items():
        yield from _section(title, [(_day(day.date), day.name, day.lunar) for day in days if day.kind == kind])
    yield from _section("calendar.day_off", list(_stretches(calendar.off_days(year))))
    worked = calendar.working_weekends(year)
    yield from _section("calendar.working_weekend", [(_day(day), name) for day, name in worked.items()])


def _section(title: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield text(title)
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _stretches(off: Mapping[date, str]) -> Iterator[tuple[str, ...]]:
    """Days off in a row for the same holiday, as one line."""
    days = list(off)
    while days:
        first, length = days[0], 1
        while length < len(days) and days[length] == first + timedelta(days=length) and off[days[length]] == off[first]:
            length += 1
        last, days = days[length - 1], days[length:]
        yield off[first], text("calendar.until", first=_day(first), last=_day(last), days=length)


def _day(day: date) -> str:
    return text("calendar.date", month=day.month, day=day.day, weekday=weekday_name(day))


def _width(cell: str) -> int:
    """Columns in a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in cell)
