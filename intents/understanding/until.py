"""Until when: a day at the beginning of a text, such as `3天 等配件`, `11月30日`, `下周五 师傅来`, and what comes after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from intents.understanding.days import (
    A_DAY,
    MONTHS_OF_A_YEAR,
    a_date,
    coming_of_month,
    compiled,
    day_words,
    days_of,
    months,
    months_later,
    relative_words,
    weekday,
)
from intents.understanding.lexicon import number
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

END_OF_BUSINESS: Final = time(18, 0)
FRIDAY: Final = 4
MOST_DAYS: Final = 400
NEXT_YEAR_WITHIN: Final = 200
"""A date without a year that is past means next year's only so far ahead: 1月5日 said in December, but not last week's day."""

Reader = Callable[[re.Match[str], date], date | None]


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("until.yaml"))


def until(
    text: str, now: datetime, is_working: Callable[[date], bool] = lambda day: day.weekday() <= FRIDAY
) -> tuple[datetime, str] | None:
    """The end of business of the day that a text begins with, and the rest of it. None where it begins with none that is
    still to come within 400 days. `is_working`: which days count where working days are said."""
    said = normalise(text).strip()
    grammar = _grammar()
    start = compiled(grammar["before"]).match(said)
    begin = start.end() if start else 0
    readers: dict[str, Reader] = {"working_days": partial(_working_days, is_working), **_READERS}
    for name, read in readers.items():
        match = compiled(grammar[name]).match(said, begin)
        day = read(match, now.date()) if match else None
        if match is None or day is None:
            continue
        moment = datetime.combine(day, END_OF_BUSINESS, now.tzinfo)
        if moment <= now or day - now.date() > MOST_DAYS * A_DAY:
            return None
        after = compiled(grammar["after"]).match(said, match.end())
        return moment, said[after.end() if after else match.end() :].strip(grammar["separators"])
    return None


def _working_days(is_working: Callable[[date], bool], match: re.Match[str], today: date) -> date | None:
    left, day = min(number(match["count"]), MOST_DAYS), today
    while left > 0:
        day += A_DAY
        left -= is_working(day)
    return day if day > today else None


def _span(match: re.Match[str], today: date) -> date | None:
    unit, half = match["unit"], bool(match["half"])
    months_each = day_words()["months"].get(unit)
    if not half and number(match["count"]) == 0:
        return None
    if months_each and not half:
        return months_later(today, months_each * number(match["count"]))
    length = int(day_words()["lengths"][unit])
    return today + (length // 2 if half else length * number(match["count"])) * A_DAY


def _full(match: re.Match[str], _: date) -> date | None:
    return a_date(int(match["year"]), int(match["month"]), int(match["day"]))


def _day(match: re.Match[str], today: date) -> date | None:
    month, day = number(match["month"]), number(match["day"])
    this_year, next_year = a_date(today.year, month, day), a_date(today.year + 1, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    return next_year if next_year and next_year - today <= NEXT_YEAR_WITHIN * A_DAY else this_year


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    first, _ = days_of("month", relative_words("month")[match["relative"]], today)
    return a_date(first.year, first.month, number(match["day"]))


def _month_end(match: re.Match[str], today: date) -> date | None:
    relative, month = match["relative"], match["month"]
    if month is None:
        return days_of("month", relative_words("month")[relative] if relative else 0, today)[1] - A_DAY
    number_of_month = number(month)
    if not 1 <= number_of_month <= MONTHS_OF_A_YEAR:
        return None
    return months(today.year + (number_of_month < today.month), number_of_month)[1] - A_DAY


def _year_end(_: re.Match[str], today: date) -> date | None:
    return date(today.year, MONTHS_OF_A_YEAR, 31)


def _day_alone(match: re.Match[str], today: date) -> date | None:
    return coming_of_month(number(match["day"]), today)


def _weekday(match: re.Match[str], today: date) -> date | None:
    """下周五 is of next week; 周五 alone is the next one."""
    offset = relative_words("week").get(match["relative"])
    day = days_of("week", offset or 0, today)[0] + weekday(match["weekday"]) * A_DAY
    return day if offset is not None or day >= today else day + 7 * A_DAY


def _relative_day(match: re.Match[str], today: date) -> date | None:
    return today + relative_words("day")[match["word"]] * A_DAY


def _relative_week(match: re.Match[str], today: date) -> date | None:
    return days_of("week", relative_words("week")[match["word"]], today)[0] + FRIDAY * A_DAY


_READERS: Final[dict[str, Reader]] = {
    "within": _span,
    "full": _full,
    "day_of_month": _day_of_month,
    "day": _day,
    "digits": _day,
    "weekday": _weekday,
    "relative_day": _relative_day,
    "relative_week": _relative_week,
    "month_end": _month_end,
    "year_end": _year_end,
    "day_alone": _day_alone,
    "span": _span,
}
