"""The words of `when.yaml`, and the one pattern that finds all pieces of times in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.days import day_words, relative_words
from intents.understanding.lexicon import lexicon, numeral_letters, one_of, written_number
from intents.understanding.yaml_source import load_yaml
from scheduler.calendar import Calendar, terms

_NAMED: Final = re.compile(r"\(\?P<\w+>")
_HOLE: Final = re.compile(r"\{([a-z][a-z-]*)\}")
_ANY_YEAR: Final = 2000


@dataclass(frozen=True)
class Grammar:
    """`finder` has one group a pattern, in their order; each pattern alone has the groups that its reader wants."""

    finder: re.Pattern[str]
    patterns: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class PartOfDay:
    first: int
    after: int
    """Hours. At 24 the small hours belong to it too."""


@cache
def when_words() -> Any:
    return load_yaml(Path(__file__).with_name("when.yaml"))


@cache
def relative(unit: str) -> Mapping[str, int]:
    """As `days.relative_words`, and what is said of times to come."""
    words = dict(relative_words(unit))
    for offset, said in when_words()["more"].get(unit, {}).items():
        words.update(dict.fromkeys(str(said).split(), int(offset)))
    return {word: offset for word, offset in words.items() if word not in when_words()["not_ours"].split()}


@cache
def parts_of_day() -> Mapping[str, PartOfDay]:
    return {
        word: PartOfDay(*part["hours"]) for part in when_words()["parts"].values() for word in part["words"].split()
    }


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One that stands alone in `when.yaml`."""
    return re.compile(_filled(when_words()[name], _fillings(())))


def grammar(calendar: Calendar) -> Grammar:
    return _compiled(tuple(calendar.names))


@lru_cache(maxsize=8)
def _compiled(names: tuple[str, ...]) -> Grammar:
    fill = _fillings(names)
    sources = {name: _filled(source, fill) for name, source in when_words()["patterns"].items()}
    finder = "|".join(f"(?P<{name}>{_NAMED.sub('(?:', source)})" for name, source in sources.items())
    letters = re.escape("".join(sorted(_first_letters(names))))
    return Grammar(
        re.compile(f"(?=[{letters}])(?:{finder})"), {name: re.compile(source) for name, source in sources.items()}
    )


def _first_letters(names: tuple[str, ...]) -> set[str]:
    """No time begins with any other: most letters of a text need no second look."""
    words = [*when_words()["begins_with"], *numeral_letters(), *names, *terms(_ANY_YEAR), *parts_of_day()]
    words += [word for unit in ("day", "week", "month", "year") for word in relative(unit)]
    return {word[0] for word in words}


def _fillings(names: tuple[str, ...]) -> dict[str, str]:
    given, own = day_words(), when_words()
    numerals = set(numeral_letters())
    short = own["short_parts"].split()
    doubtful = set(own["terms_said_otherwise"].split())
    return {
        **own["macros"],
        **{unit: one_of(relative(unit)) for unit in ("day", "week", "month", "year")},
        "n": written_number(),
        "weekday": f"[{''.join(given['weekdays'])}]",
        "week-word": given["week"],
        "part": one_of(word for word in parts_of_day() if word not in short),
        "short-part": _short_part(short),
        "festival": _names(name for name in names if not numerals.issuperset(name)),
        "numeral-festival": one_of([name for name in names if numerals.issuperset(name)] or "-"),
        "term": one_of(terms(_ANY_YEAR)),
        "plain-term": one_of(name for name in terms(_ANY_YEAR) if name not in doubtful),
    }


def _names(names: Iterable[str]) -> str:
    """A name that ends in a numeral is no part of a longer one: 二月二 of 二月二十, 八月十五 of 八月十五日."""
    numerals = "".join(lexicon()["numerals"]) + lexicon()["ten"]
    chosen = sorted(names, key=len, reverse=True)
    if not chosen:
        return "(?!)"
    whole = [f"(?<![{numerals}])" * (name[0] in numerals) + re.escape(name) for name in chosen]
    closed = when_words()["closed_after"]
    return "(?:" + "|".join(f"{each}(?!{closed})" if each[-1] in numerals else each for each in whole) + ")"


def _short_part(words: list[str]) -> str:
    return str(when_words()["short_part"]).replace("{short}", one_of(words))


def _filled(source: str, fill: Mapping[str, str]) -> str:
    while _HOLE.search(source) is not None:
        source = _HOLE.sub(lambda match: fill[match[1]], source)
    return source
