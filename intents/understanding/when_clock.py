"""Hours: what is read as one, and which of the two halves of the day is meant."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from intents.understanding.days import A_DAY
from intents.understanding.lexicon import number
from intents.understanding.when_pieces import Clock
from intents.understanding.when_words import PartOfDay, when_words

NOON: Final = 12
MIDNIGHT: Final = 24
_MINUTES_OF_AN_HOUR: Final = 60
_LAST_SMALL_HOUR: Final = 5
_LAST_OF_NIGHT: Final = 3
_LAST_OF_AFTERNOON: Final = 6
"""One to six without a word beside them are of the afternoon."""
_LAST_DOUBTFUL: Final = 8
"""Seven and eight of another day are of the morning, or of the evening; nine to eleven hardly of the night."""


def read_spoken(match: re.Match[str]) -> Clock | None:
    """8点, 8点半, 8点一刻, 8点05, 九点差十分, 9时."""
    hour, minute = number(match["hour"]), 0
    if match["half"]:
        minute = 30
    elif match["quarters"]:
        minute = number(match["quarters"]) * int(when_words()["quarter"])
    elif match["lack"] or match["lack_quarter"]:
        return _before(hour, number(match["lack"]) if match["lack"] else int(when_words()["quarter"]))
    elif match["minutes"] or match["minute"]:
        minute = number(match["minutes"] or match["minute"])
    return _clock(hour, minute, match["hour"])


def read_lacking(match: re.Match[str]) -> Clock | None:
    """差十分九点"""
    return _before(
        number(match["hour"]), number(match["minutes"]) if match["minutes"] else int(when_words()["quarter"])
    )


def _before(hour: int, minutes: int) -> Clock | None:
    if not 0 < minutes < _MINUTES_OF_AN_HOUR or hour == 0:
        return None
    return Clock(hour - 1, _MINUTES_OF_AN_HOUR - minutes, plain=0 < hour - 1 <= NOON)


def read_colon(match: re.Match[str]) -> Clock | None:
    return _clock(int(match["hour"]), int(match["minute"]), match["hour"], colon=True)


def read_about(match: re.Match[str]) -> Clock | None:
    """两三点 is from two on."""
    hour = number(match["hour"])
    return _clock(hour, 0, match["hour"]) if number(match["next"]) == hour + 1 else None


def read_first_of_two(match: re.Match[str]) -> Clock | None:
    """8 of 8-10点."""
    return _clock(number(match["hour"]), 0, match["hour"])


def read_english(match: re.Match[str]) -> Clock | None:
    late = match["half"] in "pP"
    return Clock(int(match["hour"]) % NOON + NOON * late, int(match["minute"] or 0), plain=False)


def _clock(hour: int, minute: int, written: str, *, colon: bool = False) -> Clock | None:
    if hour > MIDNIGHT or minute >= _MINUTES_OF_AN_HOUR or (hour == MIDNIGHT and minute):
        return None
    return Clock(hour, minute, 0 < hour <= NOON and not written.startswith("0"), colon)


def moment(day: date, clock: Clock, hour: int, now: datetime) -> datetime:
    """An hour of 24 and more is of the next day."""
    days, rest = divmod(hour, MIDNIGHT)
    return datetime.combine(day + days * A_DAY, time(rest, clock.minute), now.tzinfo)


def hours_of(clock: Clock, part: PartOfDay | None) -> tuple[int, ...]:
    """The hours that it may be, counted from the day's midnight, the likeliest first."""
    if part is not None:
        return _hours_of_part(clock.hour, part)
    if not clock.plain or clock.hour == NOON:
        return (clock.hour,)
    if clock.hour <= _LAST_OF_AFTERNOON:
        return clock.hour + NOON, clock.hour
    return clock.hour, clock.hour + NOON


def _hours_of_part(hour: int, part: PartOfDay) -> tuple[int, ...]:
    if part.after == MIDNIGHT:
        return _hours_of_night(hour)
    if part.first == 0:
        return (0 if hour == NOON else hour,)
    if part.first >= NOON:
        return (hour + NOON if hour < NOON else hour,)
    if part.after > NOON:  # around noon
        return (hour + NOON if hour <= _LAST_SMALL_HOUR else hour,)
    return (hour,)


def _hours_of_night(hour: int) -> tuple[int, ...]:
    """夜里两点 is of the night that begins on this day, or of the one that ends; 晚上12点 is the end of this day."""
    if hour in {0, NOON}:
        return (MIDNIGHT,)
    if hour <= _LAST_OF_NIGHT:
        return MIDNIGHT + hour, hour
    return (hour + NOON if hour < NOON else hour,)


def doubtful(clock: Clock, *, known_day: bool) -> bool:
    """Whether the less likely half of the day may be meant as well."""
    if not clock.plain:
        return False
    if clock.hour <= _LAST_OF_AFTERNOON:
        return True
    return known_day and clock.hour <= _LAST_DOUBTFUL and not clock.colon


def after(begin: datetime, clock: Clock, part: PartOfDay | None, inherited: PartOfDay | None) -> datetime:
    """The end of a range on the same day: the first such hour after its beginning."""
    readings = [part] if part is not None else [inherited, None]
    day = begin.date()
    for each in readings:
        found = [moment(day, clock, hour, begin) for hour in sorted(hours_of(clock, each))]
        later = [end for end in found if end > begin]
        if later and (part is not None or each is None or later[0] - begin < timedelta(hours=NOON)):
            return later[0]
    return moment(day, clock, min(hours_of(clock, part)) % MIDNIGHT, begin) + A_DAY
