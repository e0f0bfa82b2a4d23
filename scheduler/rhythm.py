"""Rhythms, such as three days before a festival at 10:00 or the first Wednesday of a month, and their next dates: pure.

`rhythm_text.parse` reads them as staff write them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final, Literal, NamedTuple

from scheduler.calendar import A_DAY, LAST_YEAR, Calendar, nth_weekday, terms

YEARS_AHEAD: Final = 12
"""The 29th of February may be eight years away, a 30th by the moon some."""
MONTHS: Final = tuple(range(1, 13))

MonthDay = tuple[int, int]


class Occasion(NamedTuple):
    """A day that something is on: of what name, where it has one."""

    day: date
    name: str = ""


class Moment(NamedTuple):
    """When a rhythm comes round, and the day it is about: 端午节 itself, three days before which it speaks."""

    at: datetime
    about: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Which days, before anything is moved: `kind` is a pattern of rhythm.yaml."""

    kind: str
    months: tuple[int, ...] = MONTHS
    nth: int = 0
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    """Of each month; -1 is the last."""
    dates: tuple[MonthDay, ...] = ()
    names: tuple[str, ...] = ()
    """Of festivals; of sessions: their kinds."""

    def of(self, year: int, calendar: Calendar) -> Iterator[Occasion]:
        yield from _FINDERS[self.kind](self, year, calendar)


@dataclass(frozen=True, slots=True)
class Rhythm:
    text: str
    days: Days
    at: time
    shift: int = 0
    by_working_days: bool = False
    dodge: Literal["earlier", "later", "drop"] | None = None
    """What becomes of a day that is off."""
    season: tuple[MonthDay, MonthDay] | None = None

    @property
    def is_of_sessions(self) -> bool:
        """Its days are those of what the community holds, which no calendar knows: see `moment_about`."""
        return self.days.kind == "session"

    @property
    def rests_on_working_days(self) -> bool:
        return self.by_working_days or self.dodge is not None or self.days.kind in ("working", "nth_working")

    def is_certain(self, moment: Moment, calendar: Calendar) -> bool:
        """Whether it may not move any more once the days off of its year are published."""
        years = {moment.at.year, moment.about.year}
        return not self.rests_on_working_days or all(calendar.is_published(year) for year in years)


def next_dates(rhythm: Rhythm, after: datetime, calendar: Calendar, count: int) -> list[datetime]:
    return [moment.at for moment in next_moments(rhythm, after, calendar, count)]


def next_moments(rhythm: Rhythm, after: datetime, calendar: Calendar, count: int) -> list[Moment]:
    """The next `count` of them, later than `after` and in order; fewer where the calendar ends."""
    found: dict[datetime, Moment] = {}
    for year in range(after.year - 1, min(after.year + YEARS_AHEAD, LAST_YEAR) + 1):
        # what is moved may reach into the year before: one more year is looked at before it is settled
        if sum(at.year < year - 1 for at in found) >= count:
            break
        for occasion in rhythm.days.of(year, calendar):
            day = _moved(rhythm, occasion.day, calendar)
            if day is not None and _in_season(day, rhythm.season):
                at = datetime.combine(day, rhythm.at, after.tzinfo)
                about = occasion.day if rhythm.shift else day
                if at > after:
                    found.setdefault(at, Moment(at, about, occasion.name))
    return [found[at] for at in sorted(found)][:count]


def moment_about(rhythm: Rhythm, day: date, calendar: Calendar, zone: tzinfo | None) -> datetime | None:
    """When it speaks of what is held on that day."""
    moved = _moved(rhythm, day, calendar)
    if moved is None or not _in_season(moved, rhythm.season):
        return None
    return datetime.combine(moved, rhythm.at, zone)


def _moved(rhythm: Rhythm, day: date, calendar: Calendar) -> date | None:
    if rhythm.by_working_days:
        day = calendar.working_days_later(day, rhythm.shift)
    else:
        day += rhythm.shift * A_DAY
    if rhythm.dodge is None or calendar.is_working(day):
        return day
    return None if rhythm.dodge == "drop" else calendar.working_days_later(day, 1 if rhythm.dodge == "later" else -1)


def _in_season(day: date, season: tuple[MonthDay, MonthDay] | None) -> bool:
    if season is None:
        return True
    first, last = season
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


# Days of a year


def _all(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += A_DAY


def _daily(_: Days, year: int, _calendar: Calendar) -> Iterator[Occasion]:
    return (Occasion(day) for day in _all(year))


def _working(_: Days, year: int, calendar: Calendar) -> Iterator[Occasion]:
    return (Occasion(day) for day in _all(year) if calendar.is_working(day))


def _weekly(days: Days, year: int, _: Calendar) -> Iterator[Occasion]:
    return (Occasion(day) for day in _all(year) if day.weekday() in days.weekdays)


def _nth_working(days: Days, year: int, calendar: Calendar) -> Iterator[Occasion]:
    found = (calendar.nth_working_day(year, month, days.nth) for month in days.months)
    return (Occasion(day) for day in found if day)


def _nth_weekday(days: Days, year: int, _: Calendar) -> Iterator[Occasion]:
    found = (nth_weekday(year, month, days.nth, days.weekdays[0]) for month in days.months)
    return (Occasion(day) for day in found if day)


def _monthly(days: Days, year: int, _: Calendar) -> Iterator[Occasion]:
    for day in _all(year):
        if day.day in days.month_days or (-1 in days.month_days and (day + A_DAY).day == 1):
            yield Occasion(day)


def _lunar(days: Days, year: int, calendar: Calendar) -> Iterator[Occasion]:
    month, number = days.dates[0]
    day = calendar.lunar(month, number, date(year, 1, 1))
    while day.year == year:
        yield Occasion(day)
        day = calendar.lunar(month, number, day + A_DAY)


def _solar(days: Days, year: int, _: Calendar) -> Iterator[Occasion]:
    for month, number in days.dates:
        try:
            yield Occasion(date(year, month, number))
        except ValueError:  # the 29th of February
            continue


def _named(days: Days, year: int, calendar: Calendar) -> Iterator[Occasion]:
    for name in days.names:
        found = calendar.festivals(name, year) if name in calendar.names else (terms(year)[name],)
        yield from (Occasion(day, name) for day in found)


def _of_sessions(_: Days, _year: int, _calendar: Calendar) -> Iterator[Occasion]:
    return iter(())


_FINDERS: Final[Mapping[str, Callable[[Days, int, Calendar], Iterator[Occasion]]]] = {
    "daily": _daily,
    "working": _working,
    "weekly": _weekly,
    "nth_working": _nth_working,
    "nth_weekday": _nth_weekday,
    "monthly": _monthly,
    "lunar": _lunar,
    "solar": _solar,
    "named": _named,
    "session": _of_sessions,
}
