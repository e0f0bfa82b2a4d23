"""The period of a staff command: this month, last week, the last 30 days, 11.1-11.15 …"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.days import (
    A_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    MONTHS_OF_A_YEAR,
    Days,
    a_date,
    a_year,
    compiled,
    day_words,
    days_of,
    latest,
    latest_of_month,
    midnight,
    months,
    relative_words,
)
from intents.understanding.lexicon import number
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

LONGEST: Final = 40
"""No period takes more characters to name."""
MOST_DAYS: Final = 3660
MOST_DAYS_OVER_NEW_YEAR: Final = 183
"""Farther back to its beginning, a range has its ends the wrong way round."""
_MONTHS_OF_HALF_A_YEAR: Final = 6


@dataclass(frozen=True)
class Period:
    """From the midnight at which it begins up to the midnight at which it is over."""

    start: datetime
    end: datetime


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("period.yaml"))


def _match(name: str, text: str) -> re.Match[str] | None:
    return compiled(_grammar()[name]).search(text)


def period(text: str, now: datetime) -> Period | None:
    """None where the text names no period. Empty text is this month; a month without a year is never in the future."""
    said = normalise(text).strip()
    if len(said) > LONGEST:
        return None
    said = compiled(_grammar()["trimmed_before"]).sub("", said)
    found = _days(compiled(_grammar()["trimmed_after"]).sub("", said), now.date())
    if found is None or found[0] >= found[1]:
        return None
    return Period(midnight(found[0], now), midnight(found[1], now))


def _days(said: str, today: date) -> Days | None:
    if not said:
        return days_of("month", 0, today)
    close = said.replace(" ", "")  # 11 月 1 日
    return _single(said, today) or _single(close, today) or _since(close, today) or _range(said, today)


def _single(said: str, today: date) -> Days | None:
    for unit in day_words()["units"]:
        if said in relative_words(unit):
            return days_of(unit, relative_words(unit)[said], today)
    return _months(said, today) or _part_of_year(said, today) or _one_day(said, today) or _recent(said, today)


def _recent(said: str, today: date) -> Days | None:
    """The last so many days, weeks or months, today included."""
    match = _match("recent", said)
    if match is None:
        return None
    length = int(day_words()["lengths"][match["unit"]])
    half = match["count"] == day_words()["half"]
    days = length // 2 if half else length * number(match["count"])
    return (today - (days - 1) * A_DAY, today + A_DAY) if 0 < days <= MOST_DAYS else None


def _year_of(match: re.Match[str], today: date) -> int | None:
    """The year that is said with a month or a day; None where none is said."""
    if match["year"]:
        return a_year(match["year"])
    relative = match.groupdict().get("relative")
    return today.year + relative_words("year")[relative] if relative else None


def _months(said: str, today: date) -> Days | None:
    if match := _match("year", said):
        return _whole_months(a_year(match["year"] or match["plain"]), 1, MONTHS_OF_A_YEAR)
    if match := _match("month", said) or _match("month_of_digits", said):
        return _months_from(_year_of(match, today), number(match["month"]), 1, today)
    if match := _match("months", said):
        first, last = number(match["first"]), number(match["last"])
        count = (last - first) % MONTHS_OF_A_YEAR + 1
        return _months_from(_year_of(match, today), first, count, today) if last <= MONTHS_OF_A_YEAR else None
    return None


def _months_from(year: int | None, month: int, count: int, today: date) -> Days | None:
    if not 1 <= month <= MONTHS_OF_A_YEAR:
        return None
    future = (month, 1) > (today.month, today.day)
    return _whole_months(today.year - future if year is None else year, month, count)


def _whole_months(year: int, month: int, count: int) -> Days | None:
    return months(year, month, count) if FIRST_YEAR <= year < LAST_YEAR else None


def _part_of_year(said: str, today: date) -> Days | None:
    if match := _match("quarter", said):
        return _months_from(_year_of(match, today), 3 * number(match["quarter"] or match["q"]) - 2, 3, today)
    if match := _match("half", said):
        first = 1 if match["which"] == _grammar()["first_half"] else 1 + _MONTHS_OF_HALF_A_YEAR
        return _months_from(_year_of(match, today), first, _MONTHS_OF_HALF_A_YEAR, today)
    return None


def _one_day(said: str, today: date) -> Days | None:
    found = _day(said, today)
    return (found, found + A_DAY) if found else None


def _day(said: str, today: date) -> date | None:
    if match := _match("day", said) or _match("day_of_digits", said):
        year, month, day = _year_of(match, today), number(match["month"]), number(match["day"])
        return latest(month, day, today) if year is None else a_date(year, month, day)
    match = _match("day_alone", said)
    return latest_of_month(number(match["day"]), today) if match else None


def _since(said: str, today: date) -> Days | None:
    match = _match("since", said)
    start = _single(match["from"], today) if match else None
    return (start[0], today + A_DAY) if start else None


def _range(said: str, today: date) -> Days | None:
    for joint in compiled(_grammar()["joiner"]).finditer(said):
        start = _single(said[: joint.start()], today)
        end = _end(said[joint.end() :], start[0], today) if start else None
        if start and end and start[0] < end:
            return start[0], end
    return None


def _end(said: str, start: date, today: date) -> date | None:
    """The day after the last of a range. What its end leaves out, its beginning has said."""
    if _match("until_now", said):
        return today + A_DAY
    if match := _match("day_bare", said):
        last = a_date(start.year, start.month, number(match["day"]))
        return last + A_DAY if last else None
    match = _match("day", said) or _match("day_of_digits", said)
    if match and _year_of(match, today) is None:
        month, day = number(match["month"]), number(match["day"])
        over = (month, day) < (start.month, start.day)
        last = a_date(start.year + over, month, day)
        fits = last is not None and not (over and last - start > MOST_DAYS_OVER_NEW_YEAR * A_DAY)
        return last + A_DAY if last and fits else None
    found = _single(said, today)
    return found[1] if found else None
