"""The community's calendar: festivals by sun and moon, solar terms, and which days are worked.

Working days are official until the year for which the arrangement is published; after it Monday to Friday, and `is_published`
says so. What staff load from a file wins over the library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from borax.calendars.lunardate import LunarDate, TermUtils  # type: ignore[import-untyped]
from chinese_calendar import constants as library  # type: ignore[import-untyped]

from scheduler.official import Arrangement, CalendarFault, read_arrangement, words

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Calendar", "CalendarDay", "CalendarFault", "Kind"]

FIRST_YEAR: Final = 1901
LAST_YEAR: Final = 2099
SATURDAY: Final = 5
A_DAY: Final = timedelta(days=1)
MOST_WORKING_DAYS: Final = 4000

Kind = Literal["festival", "term", "day_off", "working_weekend", "memorial"]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Something that a day is: a festival, a solar term, a day off by the arrangement."""

    date: date
    kind: Kind
    name: str
    lunar: str = ""


class Calendar:
    def __init__(self, loaded: Arrangement | None = None) -> None:
        loaded = loaded or Arrangement()
        named = words()["holidays"]
        official = {day: str(named.get(name, name)) for day, name in library.holidays.items()}
        worked = {day: str(named.get(name, name)) for day, name in library.workdays.items()}
        self._known = frozenset(day.year for day in official)
        self._off = {day: name for day, name in official.items() if day not in loaded.working} | loaded.off
        self._worked = {day: name for day, name in worked.items() if day not in loaded.off} | loaded.working
        self._published: dict[int, bool] = {}
        self.names: Mapping[str, str] = {
            spelling: name for name, entry in _entries().items() for spelling in (name, *entry.get("also", ()))
        }
        """Every spelling and alias of a festival or memorial day -> its proper name."""

    @classmethod
    def load(cls, path: Path | None) -> Calendar:
        """Raises `CalendarFault` where the file of staff cannot be read, naming its line."""
        return cls(read_arrangement(path) if path is not None else None)

    @property
    def digest(self) -> str:
        """Changes with any day that is worked or not."""
        parts = [
            f"{sign}{day.isoformat()}"
            for sign, days in (("-", self._off), ("+", self._worked))
            for day in sorted(days)
            if (day.weekday() < SATURDAY) == (sign == "-")
        ]
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def is_working(self, day: date) -> bool:
        if day in self._worked:
            return True
        return day.weekday() < SATURDAY and day not in self._off

    def is_published(self, year: int) -> bool:
        """Whether the days off of a year are official; a file of staff counts once it has every statutory holiday."""
        if year not in self._published:
            self._published[year] = year in self._known or all(
                self.festival(str(name), year) in self._off for name in words()["statutory"]
            )
        return self._published[year]

    def working_days_later(self, day: date, count: int) -> date:
        """The `count`th working day after `day`; with a negative count, before it."""
        step = A_DAY if count > 0 else -A_DAY
        left = min(abs(count), MOST_WORKING_DAYS)
        while left > 0:
            day += step
            left -= self.is_working(day)
        return day

    def nth_working_day(self, year: int, month: int, nth: int) -> date | None:
        """Of a month, from 1; -1 is the last. None where the month has not so many."""
        return _nth([day for day in _month(year, month) if self.is_working(day)], nth)

    def off_days(self, year: int) -> Mapping[date, str]:
        """The days off by the arrangement, weekends inside a holiday too, each with its holiday."""
        return {day: name for day, name in sorted(self._off.items()) if day.year == year}

    def working_weekends(self, year: int) -> Mapping[date, str]:
        """Saturdays and Sundays that are worked, each with the holiday it is worked for."""
        return {
            day: name for day, name in sorted(self._worked.items()) if day.year == year and day.weekday() >= SATURDAY
        }

    def working_days(self, year: int) -> int:
        return sum(self.is_working(day) for month in range(1, 13) for day in _month(year, month))

    def kind(self, name: str) -> Kind:
        return "memorial" if _entries()[self.names[name]].get("kind") == "memorial" else "festival"

    def festivals(self, name: str, year: int) -> tuple[date, ...]:
        """All of a year by the sun: 腊八 stood twice in 2022 and not once in 2023."""
        if not FIRST_YEAR <= year <= LAST_YEAR or name not in self.names:
            return ()
        return _dates(self.names[name], year)

    def festival(self, name: str, year: int) -> date | None:
        """The first of a year, by any of its names."""
        return next(iter(self.festivals(name, year)), None)

    def next_festival(self, name: str, on_or_after: date) -> date:
        for year in range(on_or_after.year, on_or_after.year + 3):
            for day in self.festivals(name, year):
                if day >= on_or_after:
                    return day
        raise CalendarFault("calendar.unknown_day", name=name)

    def lunar(self, month: int, day: int, on_or_after: date) -> date:
        """The next such day by the moon, never in a leap month; a 30th only where the month has one."""
        for year in range(on_or_after.year - 1, on_or_after.year + 12):
            found = _lunar(year, month, day)
            if found is not None and found >= on_or_after:
                return found
        raise CalendarFault("calendar.unknown_day", name=f"{month}-{day}")

    def lunar_text(self, day: date) -> str:
        """A day by the moon, as people write it: 五月初五, 闰六月初一."""
        return str(LunarDate.from_solar(day).cn_md)

    def year(self, year: int) -> list[CalendarDay]:
        """All that stands in a year's calendar, in order. Raises `CalendarFault` outside 1901 to 2099."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise CalendarFault("calendar.year", year=year, first=FIRST_YEAR, last=LAST_YEAR)
        days = [
            CalendarDay(day, self.kind(name), name, self.lunar_text(day))
            for name in _entries()
            for day in self.festivals(name, year)
        ]
        days += [CalendarDay(day, "term", name) for name, day in terms(year).items()]
        days += [CalendarDay(day, "day_off", name) for day, name in self.off_days(year).items()]
        days += [CalendarDay(day, "working_weekend", name) for day, name in self.working_weekends(year).items()]
        order = {"festival": 0, "memorial": 1, "term": 2, "day_off": 3, "working_weekend": 4}
        return sorted(days, key=lambda found: (found.date, order[found.kind]))


def weekday_name(day: date) -> str:
    return str(words()["weekdays"][day.weekday()])


@cache
def terms(year: int) -> Mapping[str, date]:
    """The 24 solar terms of a year, from 小寒 to 冬至."""
    return {str(name): TermUtils.nth_term_day(year, index) for index, name in enumerate(words()["terms"])}


@cache
def _lunar(year: int, month: int, day: int) -> date | None:
    try:
        return date.fromordinal(LunarDate(year, month, day).to_solar_date().toordinal())
    except ValueError:  # no such year, or a month of 29 days
        return None


@cache
def _entries() -> Mapping[str, Any]:
    return {str(entry["name"]): entry for entry in words()["days"]}


@cache
def _dates(name: str, year: int) -> tuple[date, ...]:
    entry = _entries()[name]
    if "before" in entry:
        return tuple(day - A_DAY for day in _dates(entry["before"], year))
    if "term" in entry:
        return (terms(year)[entry["term"]],)
    if "lunar" in entry:
        month, day = _numbers(entry["lunar"])
        found = (_lunar(lunar_year, month, day) for lunar_year in (year - 1, year))
        return tuple(each for each in found if each is not None and each.year == year)
    if "weekday" in entry:
        month, nth, weekday = _numbers(entry["weekday"])
        found_day = nth_weekday(year, month, nth, weekday - 1)
        return (found_day,) if found_day else ()
    month, day = _numbers(entry["solar"])
    return (date(year, month, day),)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in str(text).split("-"))


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth such weekday (Monday is 0) of a month; -1 is the last. None where a month has no fifth."""
    return _nth([day for day in _month(year, month) if day.weekday() == weekday], nth)


def _nth(days: Sequence[date], nth: int) -> date | None:
    """From 1; -1 is the last."""
    index = nth - 1 if nth > 0 else nth
    return days[index] if -len(days) <= index < len(days) else None


def _month(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += A_DAY
