"""Days to come, as people name them: a reader for each pattern of `when.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from intents.understanding.days import (
    A_DAY,
    MONTHS_OF_A_YEAR,
    a_date,
    a_year,
    coming_of_month,
    day_words,
    days_of,
    months,
    months_later,
    weekday,
)
from intents.understanding.lexicon import number
from intents.understanding.when_pieces import Day, Moment
from intents.understanding.when_words import relative, when_words
from scheduler.calendar import FIRST_YEAR, LAST_YEAR, Calendar, CalendarFault, terms

SATURDAY: Final = 5
SUNDAY: Final = 6
MOST_DAYS: Final = 3660
LATELY: Final = 92
"""A day without a year that is past by no more than this may be meant itself, and not next year's."""
_YEARS_AHEAD: Final = 9


@dataclass(frozen=True)
class Said:
    """Where and when something is said."""

    text: str
    now: datetime
    calendar: Calendar

    @property
    def today(self) -> date:
        return self.now.date()


Reader = Callable[[re.Match[str], Said], Day | Moment | None]


def _full(match: re.Match[str], _: Said) -> Day | None:
    found = a_date(a_year(match["year"]), number(match["month"]), number(match["day"]))
    return Day(found) if found else None


def _day(match: re.Match[str], said: Said) -> Day | None:
    groups, today = match.groupdict(), said.today
    month, day = number(match["month"]), number(match["day"])
    year = _named_year(groups, today)
    if year is not None:
        found = a_date(year, month, day)
        return Day(found) if found else None
    return month_day(month, day, today)


def _named_year(groups: dict[str, str | None], today: date) -> int | None:
    named, word = groups.get("year"), groups.get("relative")
    if named:
        return a_year(named)
    return today.year + relative("year")[word] if word else None


def month_day(month: int, day: int, today: date) -> Day | None:
    """The next such day; the last one may be meant if it was lately."""
    years = range(today.year, today.year + _YEARS_AHEAD)
    coming = next((each for year in years if (each := a_date(year, month, day)) and each >= today), None)
    if coming is None:
        return None
    before = a_date(coming.year - 1, month, day)
    lately = before is not None and coming > today and today - before <= LATELY * A_DAY
    return Day(coming, others=(before,) if before and lately else ())


def _digits(match: re.Match[str], said: Said) -> Day | None:
    groups = match.groupdict()
    month = next(value for name, value in groups.items() if name.startswith("month") and value)
    day = next(value for name, value in groups.items() if name.startswith("day") and value)
    return month_day(int(month), int(day), said.today)


def _day_of_month(match: re.Match[str], said: Said) -> Day | None:
    offset = relative("month")[match["relative"]]
    first, _ = days_of("month", offset, said.today)
    found = a_date(first.year, first.month, number(match["day"]))
    return Day(found, past=offset < 0) if found else None


def _every_month(match: re.Match[str], said: Said) -> Day | None:
    return _in_a_month(number(match["day"]), said.today, every=True)


def _in_a_month(day: int, today: date, *, every: bool = False, needs_range: bool = False) -> Day | None:
    found = coming_of_month(day, today)
    if found is None:
        return None
    again = coming_of_month(day, today, skip=1) if found == today else None
    return Day(found, again=again, every=every, needs_range=needs_range)


def _day_alone(match: re.Match[str], said: Said) -> Day | None:
    begin = match.start()
    needs_range = begin > 0 and said.text[begin - 1] in "-~"
    return _in_a_month(number(match["day"]), said.today, needs_range=needs_range)


def _first_of_range(match: re.Match[str], said: Said) -> Day | None:
    return _in_a_month(number(match["first"]), said.today)


def _festival(match: re.Match[str], said: Said) -> Day | None:
    offset = _offset(match)
    term = match["term"] or match["plain_term"]
    name = match["name"] or match["numeral"]
    if term and term in said.calendar.names:
        name, term = term, None
    year = _named_year(match.groupdict(), said.today)
    if year is not None:
        if not FIRST_YEAR <= year < LAST_YEAR:
            return None
        day = terms(year)[term] if term else said.calendar.festival(name, year)
        return Day(day + offset) if day else None
    since = said.today - offset
    day = _next_term(term, since) if term else said.calendar.next_festival(name, since)
    return Day(day + offset, others=_after_holidays(match, day, day + offset, said))


def _offset(match: re.Match[str]) -> timedelta:
    if match["count"]:
        days = number(match["count"]) * int(day_words()["lengths"][match["unit"]])
        return -days * A_DAY if when_words()["before"] in match["side"] else days * A_DAY
    return -A_DAY if match["eve"] else A_DAY if match["next"] else timedelta(0)


def _next_term(term: str, since: date) -> date:
    found = terms(since.year)[term]
    return found if found >= since else terms(since.year + 1)[term]


def _after_holidays(match: re.Match[str], festival: date, found: date, said: Said) -> tuple[date, ...]:
    """国庆后第一天 may be the first day of work after all days off."""
    if not match["nth"] or found <= festival:
        return ()
    working = said.calendar.working_days_later(festival, number(match["count"]))
    return (working,) if working != found else ()


def _lunar_number(text: str) -> int:
    tens = when_words()["lunar_tens"]
    if text[0] in tens and len(text) > 1:
        return int(tens[text[0]]) + number(text[1:])
    return int(tens[text]) if text in tens else number(text)


def _lunar(match: re.Match[str], said: Said) -> Day | None:
    """十月初五 is by the moon, 十月十五 by the sun."""
    written = match["month"]
    month = int(when_words()["lunar_months"].get(written, 0)) or number(written)
    day = _lunar_number(match["day"])
    marked = match["said"] or written in when_words()["lunar_months"] or match["day"][0] in when_words()["lunar_marks"]
    return _next_lunar(month, day, said) if marked else month_day(month, day, said.today)


def _next_lunar(month: int, day: int, said: Said) -> Day | None:
    if not (1 <= month <= MONTHS_OF_A_YEAR and 1 <= day <= 30):
        return None
    if (month, day) == (MONTHS_OF_A_YEAR, 30):
        return Day(said.calendar.lunar(1, 1, said.today + A_DAY) - A_DAY)
    return Day(said.calendar.lunar(month, day, said.today))


def _lunar_numerals(match: re.Match[str], said: Said) -> Day | None:
    return _next_lunar(number(match["month"]), number(match["day"]), said)


def _new_year(match: re.Match[str], said: Said) -> Day | None:
    return _next_lunar(1, _lunar_number(match["day"]), said)


def _lunar_day(match: re.Match[str], said: Said) -> Day | None:
    """Of the nearest month by the moon, or of the new year."""
    day = _lunar_number(match["day"])
    coming = sorted({said.calendar.lunar(month, day, said.today) for month in range(1, 13)})
    new_year = said.calendar.lunar(1, day, said.today)
    return Day(coming[0], others=(new_year,) if new_year != coming[0] and day <= 10 else ())


def _every_week(match: re.Match[str], said: Said) -> Day:
    return _coming_weekday(weekday(match["weekday"]), said.today, every=True)


def _coming_weekday(day: int, today: date, *, every: bool = False) -> Day:
    found = today + ((day - today.weekday()) % 7) * A_DAY
    again = found + 7 * A_DAY if found == today else None
    return Day(found, again=again, asks=again is not None and not every, every=every, weekday=True)


def _weekday(match: re.Match[str], said: Said) -> Day:
    """下周五 is of next week; 周五 alone is the next one. On a Sunday 下周五 is this coming one, or the one after it."""
    offset, day = relative("week").get(match["relative"]), weekday(match["weekday"])
    today = said.today
    if offset is None:
        found = _coming_weekday(day, today)
    else:
        first = days_of("week", offset, today)[0] + day * A_DAY
        doubt = offset == 1 and today.weekday() == SUNDAY
        found = Day(first, others=(first + 7 * A_DAY,) if doubt else (), past=offset < 0, weekday=True)
    if match["more"]:
        last = found.first + (SUNDAY - day) * A_DAY
        return Day(found.first, last=last, past=found.past)
    return found


def _weekend(match: re.Match[str], said: Said) -> Day:
    offset, today = relative("week").get(match["relative"]), said.today
    if offset is None and today.weekday() >= SATURDAY:
        saturday = today + (SATURDAY - today.weekday()) * A_DAY
        others = (saturday + A_DAY,) if today == saturday else (saturday + 7 * A_DAY,)
        return Day(today, others=others)
    saturday = days_of("week", offset or 0, today)[0] + SATURDAY * A_DAY
    return Day(saturday, others=(saturday + A_DAY,), past=(offset or 0) < 0)


def _of_unit(unit: str) -> Reader:
    def read(match: re.Match[str], said: Said) -> Day:
        offset = relative(unit)[match["word"]]
        first, after = days_of(unit, offset, said.today)
        return Day(max(first, said.today) if offset == 0 else first, last=after - A_DAY, past=offset < 0)

    return read


def _relative_day(match: re.Match[str], said: Said) -> Day:
    offset = relative("day")[match["word"]]
    return Day(said.today + offset * A_DAY, past=offset < 0)


def _stem(match: re.Match[str], said: Said) -> Day:
    offset = int(when_words()["stems"][match["word"]])
    return Day(said.today + offset * A_DAY, past=offset < 0)


def _every_day(_: re.Match[str], said: Said) -> Day:
    return Day(said.today, again=said.today + A_DAY, every=True, daily=True)


def _part_of_month(match: re.Match[str], said: Said) -> Day:
    word, today = match["relative"], said.today
    offset = relative("month")[word] if word else 0
    day = _in_part(*days_of("month", offset, today), match["part"])
    if word is None and day < today:
        day = _in_part(*days_of("month", 1, today), match["part"])
    return Day(day, past=offset < 0)


def _in_part(first: date, after: date, part: str) -> date:
    day = int(when_words()["parts_of_month"][part])
    return after - A_DAY if day < 0 else first + (day - 1) * A_DAY


def _part_of_named_month(match: re.Match[str], said: Said) -> Day | None:
    found = _month(match, said)
    return Day(_in_part(*found, match["part"])) if found else None


def _month(match: re.Match[str], said: Said) -> tuple[date, date] | None:
    month, today = number(match["month"]), said.today
    year = _named_year(match.groupdict(), today)
    if not 1 <= month <= MONTHS_OF_A_YEAR:
        return None
    return months(today.year + (month < today.month) if year is None else year, month)


def _whole_month(match: re.Match[str], said: Said) -> Day | None:
    found = _month(match, said)
    return Day(found[0], last=found[1] - A_DAY) if found else None


def _year_end(match: re.Match[str], said: Said) -> Day | None:
    word, today = match["relative"], said.today
    month, day = when_words()["parts_of_year"][match["part"]]
    offset = relative("year")[word] if word else 0
    found = date(today.year + offset, month, day)
    if word is None and found < today:
        found = date(today.year + 1, month, day)
    return Day(found, past=offset < 0)


def _offset_days(match: re.Match[str], said: Said) -> Day | None:
    groups, unit = match.groupdict(), match["unit"]
    back = when_words()["before"] in (groups.get("side") or "")
    if groups.get("half"):
        days = int(day_words()["lengths"][unit]) // 2
        if days == 0:
            return None
    else:
        count = number(match["count"])
        each = day_words()["months"].get(unit)
        days = count * int(day_words()["lengths"][unit])
        if not 0 < days <= MOST_DAYS:
            return None
        if each:
            return Day(months_later(said.today, -count * int(each) if back else count * int(each)), past=back)
    return Day(said.today + (-days if back else days) * A_DAY, past=back)


def _offset_minutes(match: re.Match[str], said: Said) -> Moment | None:
    groups, each = match.groupdict(), int(when_words()["minutes_of"][match["unit"]])
    more = each // 2 if match["and_half"] or groups.get("and_half2") else 0
    minutes = each // 2 if match["half"] else number(match["count"]) * each + more
    if not 0 < minutes <= MOST_DAYS:
        return None
    back = when_words()["before"] in (groups.get("side") or "")
    at = said.now.replace(second=0, microsecond=0)
    return Moment(at + timedelta(minutes=-minutes if back else minutes))


READERS: Final[dict[str, Reader]] = {
    "full": _full,
    "short_year": _full,
    "festival": _festival,
    "lunar": _lunar,
    "lunar_numerals": _lunar_numerals,
    "new_year": _new_year,
    "lunar_day": _lunar_day,
    "day_numbers": _day,
    "day": _day,
    "day_of_month": _day_of_month,
    "every_month": _every_month,
    "every_week": _every_week,
    "every_day": _every_day,
    "year_end": _year_end,
    "part_of_month": _part_of_month,
    "part_of_named_month": _part_of_named_month,
    "whole_month": _whole_month,
    "offset_days": _offset_days,
    "offset_minutes": _offset_minutes,
    "through_days": _offset_days,
    "through_minutes": _offset_minutes,
    "stem": _stem,
    "relative_day": _relative_day,
    "weekend": _weekend,
    "weekday": _weekday,
    "week": _of_unit("week"),
    "month_word": _of_unit("month"),
    "day_range": _first_of_range,
    "slashed": _digits,
    "dotted": _digits,
    "dashed": _digits,
    "day_alone": _day_alone,
}
FAULTS: Final = (CalendarFault, OverflowError)
