"""Calendar days as people name them, for the small grammars of `past.py`, `period.py`, `until.py` and `when.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.lexicon import number, one_of, written_number
from intents.understanding.yaml_source import load_yaml

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
A_DAY: Final = timedelta(days=1)
MONTHS_OF_A_YEAR: Final = 12
MONTHS_OF_A_QUARTER: Final = 3
_CENTURY: Final = 2000
_MONTHS_AHEAD: Final = 3
"""Of any three months in a row one has a 31st."""

Days = tuple[date, date]
"""From the first day up to the day after the last."""


@cache
def day_words() -> Any:
    return load_yaml(Path(__file__).with_name("days.yaml"))


@cache
def relative_words(unit: str) -> Mapping[str, int]:
    """Each word for a day, week, month … of this unit, and how many of them away it is."""
    return {word: int(offset) for offset, said in day_words()["units"][unit].items() for word in str(said).split()}


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a grammar's YAML. `{n}` stands for a number, `{day}` … `{year}` for the words of `days.yaml`."""
    given = day_words()
    pattern = pattern.replace("{n}", written_number())
    pattern = pattern.replace("{weekday}", f"[{''.join(given['weekdays'])}]").replace("{week-word}", given["week"])
    pattern = pattern.replace("{length}", one_of(given["lengths"]))
    for unit in given["units"]:
        pattern = pattern.replace(f"{{{unit}}}", one_of(relative_words(unit)))
    return re.compile(pattern)


def midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, now.tzinfo)


def a_date(year: int, month: int, day: int) -> date | None:
    """None where there is no such day, or not in this century."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def a_year(text: str) -> int:
    """2026, and 26 for it."""
    year = number(text)
    return year if year >= 100 else year + _CENTURY


def days_of(unit: str, offset: int, today: date) -> Days:
    """The whole of the day, week, month, quarter or year that lies `offset` of them away."""
    if unit == "day":
        return today + offset * A_DAY, today + (offset + 1) * A_DAY
    if unit == "week":
        monday = today - today.weekday() * A_DAY + 7 * offset * A_DAY
        return monday, monday + 7 * A_DAY
    if unit == "month":
        return months(today.year, today.month + offset)
    if unit == "quarter":
        first = (today.month - 1) // MONTHS_OF_A_QUARTER * MONTHS_OF_A_QUARTER + 1
        return months(today.year, first + MONTHS_OF_A_QUARTER * offset, MONTHS_OF_A_QUARTER)
    return months(today.year + offset, 1, MONTHS_OF_A_YEAR)


def months(year: int, month: int, count: int = 1) -> Days:
    """`count` whole months. The month may lie beyond either end of its year."""
    return _first_of(year, month), _first_of(year, month + count)


def _first_of(year: int, month: int) -> date:
    years, rest = divmod(month - 1, MONTHS_OF_A_YEAR)
    return date(year + years, rest + 1, 1)


def weekday(letter: str) -> int:
    return int(day_words()["weekdays"][letter])


def latest(month: int, day: int, today: date) -> date | None:
    """The last time that there was this day of this month, today included. The 29th of February may be long ago."""
    years = (today.year - back for back in range(9))
    found = (each for year in years if (each := a_date(year, month, day)) is not None and each <= today)
    return next(found, None)


def latest_of_month(day: int, today: date) -> date | None:
    """The last time that a month had this day."""
    for back in range(MONTHS_OF_A_YEAR):
        first, _ = months(today.year, today.month - back)
        found = a_date(first.year, first.month, day)
        if found is not None and found <= today:
            return found
    return None


def coming_of_month(day: int, today: date, skip: int = 0) -> date | None:
    """The next such day: in this month, or in the first that has one. `skip`: not in so many months."""
    for ahead in range(skip, skip + _MONTHS_AHEAD):
        first, _ = months(today.year, today.month + ahead)
        found = a_date(first.year, first.month, day)
        if found is not None and found >= today:
            return found
    return None


def months_later(day: date, count: int) -> date:
    """The same day of a later month, or that month's last."""
    first, after = months(day.year, day.month + count)
    return min(first + (day.day - 1) * A_DAY, after - A_DAY)
