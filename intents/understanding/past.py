"""When something was reported, as people say it in passing: 上周三报的, 前几天, 半个月前. As wide as it is loosely said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from intents.understanding.days import (
    A_DAY,
    Days,
    a_date,
    compiled,
    day_words,
    days_of,
    latest,
    latest_of_month,
    midnight,
    months,
    relative_words,
    weekday,
)
from intents.understanding.lexicon import lexicon, number, one_of
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

LONGEST: Final = 600
"""Nobody says when later in a message than this."""
MATCHES_AT_MOST: Final = 20
"""Of one pattern."""
_SMALL_HOURS: Final = timedelta(hours=6)
"""After midnight, 刚才 may be the day before, and 昨晚 today."""
_SLACK_IN_TENTHS: Final = 3
_MORE_IN_TENTHS: Final = 9
_WEEKEND: Final = 5

Reader = Callable[[re.Match[str], date], Days | None]


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    days: Days
    told: bool
    """Beside a word of reporting."""

    def rank(self, today: date) -> tuple[bool, bool, int]:
        """今天还没人来, 昨天报的 is about yesterday."""
        return not self.told, self.days[0] == today, self.start


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("past.yaml"))


@cache
def _loose_words() -> tuple[re.Pattern[str], dict[str, tuple[int, int]]]:
    spans: dict[str, tuple[int, int]] = {}
    for span, said in _grammar()["loosely"].items():
        newest, oldest = str(span).split("-")
        spans.update({word: (int(oldest), int(newest)) for word in said.split()})
    return re.compile(one_of(spans)), spans


@cache
def _fixed_words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    grammar = _grammar()
    just_now = re.compile(one_of(grammar["just_now"].split()) + "|" + grammar["moments_ago"])
    told_after = re.compile(grammar["told_within"] + grammar["told"])
    return re.compile(one_of(grammar["holidays"])), just_now, told_after


def told_past(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From the midnight before to the midnight after the days that are meant; None where the text names none."""
    said = normalise(text)[:LONGEST]
    today = now.date()
    found = _apart(_all(said, now))
    if not found:
        return None
    first, after = min(found, key=lambda each: each.rank(today)).days
    if first > today or first >= after:
        return None
    return midnight(first, now), midnight(min(after, today + A_DAY), now)


def _all(said: str, now: datetime) -> Iterator[_Said]:
    today, (holiday, just_now, told_after) = now.date(), _fixed_words()
    loose, spans = _loose_words()

    def one(match: re.Match[str], days: Days, *, told: bool = False) -> _Said:
        told = told or told_after.match(said, match.end()) is not None
        return _Said(match.start(), match.end(), days, told)

    for match in _some(loose, said):
        yield one(match, _days_ago(today, *spans[match[0]]))
    for name, read in _READERS.items():
        for match in _some(compiled(_grammar()["patterns"][name]), said):
            days = read(match, today)
            if days is not None and days[0] <= today:
                yield one(match, days, told=name == "days_since")
    for match in _some(holiday, said):
        days = _holiday(match[0], today)
        if days is not None:
            yield one(match, days)
    for match in _some(just_now, said):
        yield one(match, ((now - _SMALL_HOURS).date(), today + A_DAY))


def _some(pattern: re.Pattern[str], said: str) -> Iterator[re.Match[str]]:
    return islice(pattern.finditer(said), MATCHES_AT_MOST)


def _apart(found: Iterator[_Said]) -> list[_Said]:
    """Without those inside a longer one that came before: 11月20号 is no 20号."""
    kept: list[_Said] = []
    for each in found:
        if all(each.end <= one.start or each.start >= one.end for one in kept):
            kept.append(each)
    return kept


def _days_ago(today: date, oldest: int, newest: int) -> Days:
    return today - oldest * A_DAY, today - (newest - 1) * A_DAY


def _one(day: date | None) -> Days | None:
    return (day, day + A_DAY) if day else None


def _full(match: re.Match[str], _: date) -> Days | None:
    return _one(a_date(int(match["year"]), int(match["month"]), int(match["day"])))


def _day(match: re.Match[str], today: date) -> Days | None:
    month, day = number(match["month"]), number(match["day"])
    relative = match.groupdict().get("relative")
    if relative:
        return _one(a_date(today.year + relative_words("year")[relative], month, day))
    return _one(latest(month, day, today))


def _day_of_month(match: re.Match[str], today: date) -> Days | None:
    first, _ = days_of("month", relative_words("month")[match["relative"]], today)
    return _one(a_date(first.year, first.month, number(match["day"])))


def _day_alone(match: re.Match[str], today: date) -> Days | None:
    return _one(latest_of_month(number(match["day"]), today))


def _part_of(first: date, part: str) -> Days:
    """The beginning, the middle or the end of the month that begins on this day."""
    from_day, to_day = _grammar()["parts_of_month"][part]
    after = months(first.year, first.month)[1]
    return first + (from_day - 1) * A_DAY, min(first + to_day * A_DAY, after)


def _part_of_month(match: re.Match[str], today: date) -> Days | None:
    """月底 before the end of this month is that of the last."""
    relative = match["relative"]
    first, _ = days_of("month", relative_words("month")[relative] if relative else 0, today)
    days = _part_of(first, match["part"])
    if relative is None and days[0] > today:
        return _part_of(days_of("month", -1, today)[0], match["part"])
    return days


def _part_of_named_month(match: re.Match[str], today: date) -> Days | None:
    days = _month_of(match["relative"], number(match["month"]), today)
    return _part_of(days[0], match["part"]) if days else None


def _month(match: re.Match[str], today: date) -> Days | None:
    return _month_of(match["relative"] or match["relative2"], number(match["month"] or match["month2"]), today)


def _month_of(relative: str | None, month: int, today: date) -> Days | None:
    if not 1 <= month <= 12:
        return None
    if relative:
        return months(today.year + relative_words("year")[relative], month)
    return months(today.year - (month > today.month), month)


def _part_of_year(match: re.Match[str], today: date) -> Days | None:
    relative = match["relative"]
    first, last = _grammar()["parts_of_year"][match["part"]]
    year = today.year + (relative_words("year")[relative] if relative else 0)
    year -= relative is None and first > today.month
    return months(year, first, last - first + 1)


def _weekday(match: re.Match[str], today: date) -> Days | None:
    """周一 alone is the last one before today: of today people say 今天."""
    day = weekday(match["weekday"])
    offset = relative_words("week").get(match["relative"])
    if offset is not None:
        return _one(days_of("week", offset, today)[0] + day * A_DAY)
    return _one(today - ((today.weekday() - day - 1) % 7 + 1) * A_DAY)


def _weekend(match: re.Match[str], today: date) -> Days | None:
    offset = relative_words("week").get(match["relative"])
    monday = days_of("week", -1 if offset is None and today.weekday() < _WEEKEND else offset or 0, today)[0]
    return monday + _WEEKEND * A_DAY, monday + 7 * A_DAY


def _relative(unit: str) -> Reader:
    return lambda match, today: days_of(unit, relative_words(unit)[match["word"]], today)


def _ago(match: re.Match[str], today: date) -> Days | None:
    """三天前 is two to four days ago, 一个多月前 up to two: the longer ago, the looser."""
    length = int(day_words()["lengths"][match["unit"]])
    fewest, most = _counts(match["count"])
    if not most:
        return None
    middle = fewest * length
    more = length * _MORE_IN_TENTHS // 10 if match["more"] or match["more2"] or match["more3"] else 0
    if match["more"] and number(match["count"]) >= 10 and length == 1:
        more = _MORE_IN_TENTHS
    slack = -(-middle * _SLACK_IN_TENTHS // 10) if middle > 1 else 0
    return _days_ago(today, min(most * length + slack + more, 9999), max(middle - slack, 0))


def _counts(said: str) -> tuple[int, int]:
    """三四天 is three to four."""
    letters = lexicon()["numerals"]
    if len(said) == 2 and all(letter in letters for letter in said):
        first, second = int(letters[said[0]]), int(letters[said[1]])
        if second == first + 1:
            return first, second
    return number(said), number(said)


def _long(match: re.Match[str], today: date) -> Days | None:
    """都三天了: since then or later."""
    days = _ago(match, today)
    return (days[0], today + A_DAY) if days else None


def _half_ago(match: re.Match[str], today: date) -> Days | None:
    middle = int(day_words()["lengths"][match["unit"]]) // 2
    slack = -(-middle * _SLACK_IN_TENTHS // 10)
    return _days_ago(today, middle + slack, max(middle - slack, 0))


def _hours_ago(_: re.Match[str], today: date) -> Days | None:
    return today - A_DAY, today + A_DAY


def _holiday(word: str, today: date) -> Days | None:
    month, first, last = _grammar()["holidays"][word]
    start = latest(month, first, today)
    return (start, start + (last - first + 1) * A_DAY) if start else None


def _night(_: re.Match[str], today: date) -> Days | None:
    return today - A_DAY, today + A_DAY


_READERS: Final[dict[str, Reader]] = {
    "full": _full,
    "day": _day,
    "day_of_month": _day_of_month,
    "part_of_named_month": _part_of_named_month,
    "part_of_month": _part_of_month,
    "month": _month,
    "part_of_year": _part_of_year,
    "weekday": _weekday,
    "weekend": _weekend,
    "half_ago": _half_ago,
    "hours_ago": _hours_ago,
    "days_ago": _ago,
    "days_since": _ago,
    "days_long": _long,
    "dotted": _day,
    "dashed": _day,
    "day_alone": _day_alone,
    "night": _night,
    "week": _relative("week"),
    "relative_day": _relative("day"),
    "month_word": _relative("month"),
    "year_word": _relative("year"),
}
