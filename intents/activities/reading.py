"""A line of the activity ledger as staff type it: its day, number, unit and place, cut from free words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.address import addresses
from intents.understanding.days import (
    A_DAY,
    a_date,
    compiled,
    days_of,
    latest,
    latest_of_month,
    relative_words,
    weekday,
)
from intents.understanding.lexicon import number, one_of
from intents.understanding.normalise import normalise
from intents.understanding.place import place
from intents.understanding.yaml_source import load_yaml

LAST_YEARS_AFTER: Final = 183
"""A day without a year that lies farther back is one that is still to come."""

Reader = Callable[[re.Match[str], date], date | None]


@dataclass(frozen=True, slots=True)
class Day:
    """`on` is None where there is no such day, or it is still to come."""

    on: date | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    number: int
    unit: str


@cache
def grammar() -> Any:
    return load_yaml(Path(__file__).with_name("lines.yaml"))


def separators() -> str:
    return str(grammar()["separators"])


def spelled(words: str) -> str:
    """As written, where its plain spelling has no other length and what is found in that is found here; else that."""
    plain = normalise(words)
    return words if len(plain) == len(words) else plain


def day_in(text: str, today: date) -> Day | None:
    """The day of which a normalised text says that it was done then: at the beginning, at the end or for itself."""
    for name, read in _READERS.items():
        for match in compiled(grammar()["days"][name]).finditer(text):
            before, after = _is_edge(text, match.start() - 1), _is_edge(text, match.end())
            on = read(match, today)
            if on is not None and on > today:
                on = None
            # 布置明天核酸 is no day of the line, and a day to come only where it stands for itself
            if (before and after) or (on is not None and (before or after)):
                return Day(on, match.start(), match.end())
    return None


def without(text: str, start: int, end: int) -> str:
    kept = separators()
    return f"{text[:start].rstrip(kept)} {text[end:].lstrip(kept)}".strip(kept)


def amount_in(text: str) -> Amount | None:
    """The first number with a unit."""
    match = _amount().search(text)
    if match is None:
        return None
    unit = match["unit"]
    return Amount(number(match["digits"] or match["letters"]), grammar()["same_unit"].get(unit, unit))


def place_in(text: str) -> str | None:
    found = addresses(text)
    named = place(text, found)
    if named is not None:
        return named
    return text[found[0].start : found[0].end].strip() if found else None


@cache
def _amount() -> re.Pattern[str]:
    return compiled(grammar()["amount"].replace("{unit}", one_of(grammar()["unit"].split())))


def _is_edge(text: str, at: int) -> bool:
    return at < 0 or at >= len(text) or text[at] in separators()


def _full(match: re.Match[str], _: date) -> date | None:
    return a_date(int(match["year"]), int(match["month"]), int(match["day"]))


def _day(match: re.Match[str], today: date) -> date | None:
    found = latest(number(match["month"]), number(match["day"]), today)
    return found if found is not None and today - found <= LAST_YEARS_AFTER * A_DAY else None


def _weekday(match: re.Match[str], today: date) -> date | None:
    """周三 alone is the last one, today's included: what was done today is entered today."""
    day = weekday(match["weekday"])
    offset = relative_words("week").get(match["relative"])
    if offset is None:
        return today - (today.weekday() - day) % 7 * A_DAY
    return days_of("week", offset, today)[0] + day * A_DAY


def _relative(match: re.Match[str], today: date) -> date | None:
    return days_of("day", relative_words("day")[match["word"]], today)[0]


def _day_alone(match: re.Match[str], today: date) -> date | None:
    return latest_of_month(int(match["day"]), today)


_READERS: Final[dict[str, Reader]] = {
    "full": _full,
    "day": _day,
    "dotted": _day,
    "weekday": _weekday,
    "relative": _relative,
    "day_alone": _day_alone,
}


def words_of(text: str) -> Iterator[re.Match[str]]:
    """What stands between blanks and commas."""
    return re.finditer(grammar()["word"], text)
