"""Rhythms as staff write them, such as `端午节前3天 10:00` or `每月第一个周三 遇休息日顺延 09:00`.

The grammar stands in rhythm.yaml. What cannot be read is refused with what could be: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from scheduler.official import words as calendar_words
from scheduler.rhythm import MONTHS, Days, MonthDay, Rhythm
from scheduler.yaml_file import load_yaml

LONGEST: Final = 100
FURTHEST: Final = 60
QUARTERS: Final = (1, 4, 7, 10)


class RhythmFault(ValueError):
    """What was not understood, and what would be."""


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("rhythm.yaml"))


@cache
def _spellings() -> Mapping[str, str]:
    """Festivals by all their names, and solar terms that are no festival's name."""
    entries = calendar_words()["days"]
    festivals = {spelling: str(day["name"]) for day in entries for spelling in (day["name"], *day.get("also", ()))}
    return {str(term): str(term) for term in calendar_words()["terms"]} | festivals


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern of rhythm.yaml with its parts put in."""
    grammar = _grammar()
    text = str(grammar["patterns"].get(name) or grammar[name])
    day = f"(?:{'|'.join(sorted(map(re.escape, _spellings()), key=len, reverse=True))})"
    parts = {"{weeks}": grammar["weeks"], "{months}": grammar["months"], "{nth}": grammar["nth"], "{n}": grammar["n"]}
    session = f"(?:{'|'.join(sorted(grammar['sessions'], key=len, reverse=True))})"
    for mark, part in (*parts.items(), ("{day}", day), ("{session}", session)):
        text = text.replace(mark, part)
    return re.compile(text)


def fault(name: str, **params: str) -> RhythmFault:
    return RhythmFault(str(_grammar()["faults"][name]).format(**params))


def parse(text: str) -> Rhythm:
    """Raises `RhythmFault` saying what is understood instead."""
    said = " ".join(text.split())
    if not said:
        raise fault("empty")
    if len(said) > LONGEST:
        raise fault("long")
    clock = re.search(rf"(?:{_pattern('time').pattern})$", said)
    if clock is None:
        raise fault("time")
    hour, minute = int(clock["hour"]), int(clock["minute"])
    if hour > 23 or minute > 59:
        raise fault("hour")
    rest = said[: clock.start()].replace(" ", "")
    season, rest = _season(rest)
    dodge, rest = _dodge(rest)
    days, shift = _days(rest, said)
    count, by_working_days = _shift(shift)
    if days.kind == "session" and count > 0:
        raise fault("over")
    return Rhythm(said, days, time(hour, minute), count, by_working_days, dodge, season)


def _season(text: str) -> tuple[tuple[MonthDay, MonthDay] | None, str]:
    match = _pattern("season").match(text)
    if match is None:
        return None, text
    first, last = ((int(match[f"month{i}"]), int(match[f"day{i}"])) for i in (1, 2))
    if not (_exists(first) and _exists(last)):
        raise fault("never")
    return (first, last), text[match.end() :]


def _dodge(text: str) -> tuple[Literal["earlier", "later", "drop"] | None, str]:
    match = re.search(rf"(?:{_pattern('dodge').pattern})$", text)
    if match is None:
        return None, text
    word, rest = match["dodge"], text[: match.start()]
    if word in _grammar()["later"]:
        return "later", rest
    return ("earlier" if word in _grammar()["earlier"] else "drop"), rest


def _days(text: str, said: str) -> tuple[Days, re.Match[str] | None]:
    """The days, and how far from them."""
    for name in _grammar()["patterns"]:
        match = _pattern(name).match(text)
        if match is None:
            continue
        rest = text[match.end() :]
        shift = None if name in _grammar()["no_shift"] else _pattern("shift").fullmatch(rest)
        if not rest or shift is not None:
            return _READERS[name](match), shift
    raise fault("days", text=said)


def _shift(match: re.Match[str] | None) -> tuple[int, bool]:
    if match is None or match["same"]:
        return 0, False
    grammar, unit = _grammar(), match["unit"]
    count = _number(match["count"]) * (7 if unit in grammar["week_unit"] else 1)
    if not 0 < count <= FURTHEST:
        raise fault("shift")
    return (count if match["side"] in grammar["after"] else -count), unit.endswith(grammar["working_unit"])


def _number(text: str) -> int:
    """`12`, `十二`, `廿三`, `初九`, `冬`; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    grammar, number, digit = _grammar(), 0, None
    for letter in text:
        if letter in grammar["tens"]:
            number += grammar["tens"][letter] * (digit or 1)
            digit = None
        else:
            digit = grammar["numerals"][letter]
    return number + (digit or 0)


def _exists(day: MonthDay) -> bool:
    try:
        date(2024, *day)
    except ValueError:
        return False
    return True


def _months(match: re.Match[str]) -> tuple[int, ...]:
    if match["quarter"]:
        return QUARTERS
    if not match["months"]:
        return MONTHS
    months = tuple(sorted({int(number) for number in re.findall("[0-9]+", match["months"])}))
    if not all(month in MONTHS for month in months):
        raise fault("never")
    return months


def _nth(match: re.Match[str], most: int) -> int:
    from_end = _number(match["from_end"]) if match["from_end"] else 1
    nth = -from_end if match["last"] else _number(match["nth"])
    if not 0 < abs(nth) <= most:
        raise fault("never")
    return nth


def _read_weekly(match: re.Match[str]) -> Days:
    known = _grammar()["weekdays"]
    return Days("weekly", weekdays=tuple(sorted({known[letter] for letter in match["list"] if letter in known})))


def _read_nth_working(match: re.Match[str]) -> Days:
    return Days("nth_working", months=_months(match), nth=_nth(match, 20))


def _read_nth_weekday(match: re.Match[str]) -> Days:
    weekday = _grammar()["weekdays"][match["weekday"]]
    return Days("nth_weekday", months=_months(match), nth=_nth(match, 5), weekdays=(weekday,))


def _read_monthly(match: re.Match[str]) -> Days:
    if match["month_end"]:
        return Days("monthly", month_days=(-1,))
    days = tuple(_number(part) for part in _pattern("n").findall(match["days"]))
    if not all(1 <= day <= 31 for day in days):
        raise fault("never")
    return Days("monthly", month_days=days)


def _read_lunar(match: re.Match[str]) -> Days:
    month, day = _number(match["lunar_month"]), _number(match["lunar_day"])
    if month not in MONTHS or not 1 <= day <= 30:
        raise fault("never")
    return Days("lunar", dates=((month, day),))


def _read_solar(match: re.Match[str]) -> Days:
    numbers = [int(number) for number in re.findall("[0-9]+", match["dates"])]
    dates = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    if not all(_exists(day) for day in dates):
        raise fault("never")
    return Days("solar", dates=dates)


def _read_named(match: re.Match[str]) -> Days:
    found = _pattern("one_day").findall(match["names"])
    return Days("named", names=tuple(dict.fromkeys(_spellings()[spelling] for spelling in found)))


def _read_session(match: re.Match[str]) -> Days:
    return Days("session", names=tuple(_grammar()["sessions"][match["session"]]))


_READERS: Final[Mapping[str, Callable[[re.Match[str]], Days]]] = {
    "daily": lambda _: Days("daily"),
    "working": lambda _: Days("working"),
    "weekly": _read_weekly,
    "nth_working": _read_nth_working,
    "nth_weekday": _read_nth_weekday,
    "monthly": _read_monthly,
    "lunar": _read_lunar,
    "solar": _read_solar,
    "named": _read_named,
    "session": _read_session,
}


# What a rhythm says


def check_words(text: str, *, of_sessions: bool = True) -> None:
    """Raises `RhythmFault` where braces hold what is none of ours, or what only a rhythm of sessions could say."""
    fields = _grammar()["fields"] | (_grammar()["session_fields"] if of_sessions else {})
    for field in re.findall(r"\{([^{}]*)\}", text):
        if field not in fields:
            raise fault("field", text=field, fields=" ".join(f"{{{known}}}" for known in fields))


def filled(text: str, **values: str) -> str:
    """The words of a rhythm with `about`, `today`, `festival` and `name` put in; of a session also `title`, `time`, `place` and
    `signed`.
    """
    fields = _grammar()["fields"] | _grammar()["session_fields"]
    return re.sub(r"\{([^{}]*)\}", lambda match: values[fields[match[1]]], text)
