"""What a text sounds like, beside the rules: weights of short runs of characters, learned from sentences of our own.

A rule hears only what somebody thought of; the weights also hear what is like it. They never speak alone: see `weighing.py`.
`python -m benchmarks.train` makes the file from tests/understanding/ and the rules; nothing else goes into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ahocorasick_rs import AhoCorasick

from intents.understanding.categories import Category
from intents.understanding.yaml_source import load_yaml

WEIGHTS_FILE: Final = Path(__file__).with_name("weights.yaml")
SESSIONS_FILE: Final = Path(__file__).with_name("weights-sessions.yaml")
"""Apart, so that what is learned of sessions leaves the weights of complaints as they are."""
READ_AT_MOST: Final = 160
"""So many characters are listened to: in long texts every kind of word occurs."""
RUN_AT_MOST: Final = 3
BLANK: Final = "_"
_NUMBERS: Final = re.compile("[0-9]+")
_KIND: Final = re.compile("([A-Za-z])(-?[0-9]+)")

SILENT: Final = -9.0
"""The margin of what was not listened for."""

FIELD: Final = 20
RAISED: Final = 1 << 10
MASK: Final = (1 << FIELD) - 1
"""Where a weight stands in a number that holds one for every intent, so that one sum serves all: raised, to be never negative."""

Likeness = Mapping[str, float]
Hurdle = tuple[int, float]
"""Where the weights of an intent stand, and the least sum of them."""


def prepared(folded: str) -> str:
    """Which number it is says nothing; that there is one does."""
    return _NUMBERS.sub("0", folded[:READ_AT_MOST].replace("\n", " "))


def runs(folded: str) -> set[str]:
    text = prepared(folded)
    return {text[i : i + n] for n in range(1, RUN_AT_MOST + 1) for i in range(len(text) - n + 1)}


@dataclass(slots=True, eq=False)
class Sound:
    """How far a text is on the side of an intent: 0 is the border, 2 is far. Not frozen: one is made for most messages."""

    _runs: frozenset[int]
    _total: int
    """The weights of all runs for all intents, side by side in one number."""
    _ear: Ear | None

    def margin(self, intent: str) -> float:
        return self._ear.margin(self._total, len(self._runs), intent) if self._ear else SILENT

    def clears(self, hurdle: Hurdle) -> bool:
        """As `margin(intent) >= least` of a hurdle, at a fraction of the cost."""
        shift, least = hurdle
        return (self._total >> shift & MASK) - len(self._runs) * RAISED >= least

    def kinds(self) -> Likeness:
        """First-level categories of complaints, by likeness."""
        return self._ear.likeness(self._runs, self._ear.kinds) if self._ear else {}

    def dangers(self) -> Mapping[Category, float]:
        """What kind of emergency, by likeness."""
        found = self._ear.likeness(self._runs, self._ear.dangers) if self._ear else {}
        return {_category(name): likeness for name, likeness in found.items()}


SILENCE: Final = Sound(frozenset(), 0, None)
"""Of what nobody listened to."""


def _category(name: str) -> Category:
    level1, _, level2 = name.partition("/")
    return level1, level2


class Ear:
    def __init__(self, *given: Mapping[str, Any]) -> None:
        """Weights of one scale, as the files hold them. The first knows the kinds too."""
        self.kinds: Mapping[str, str] = given[0]["kinds"]
        self.dangers: Mapping[str, str] = given[0]["dangers"]
        self._scale: float = given[0]["scale"]
        self._biases: dict[str, float] = {}
        packed: dict[str, int] = {}
        kinds: dict[str, str] = {}
        fields = sum(len(each["intents"]) for each in given)
        nothing = sum(RAISED << i * FIELD for i in range(fields))
        for each in given:
            first = len(self._biases)
            self._biases.update(each["intents"])
            for run, row, *likeness in map(str.split, each["runs"].splitlines()):
                packed[run] = packed.get(run, nothing) + _packed(_columns(row), first)
                kinds[run] = kinds.get(run, "") + "".join(likeness)
        self._shifts = {intent: i * FIELD for i, intent in enumerate(self._biases)}
        self._packed = list(packed.values())
        self._likeness = [tuple(_likeness(each)) for each in kinds.values()]
        self._automaton = AhoCorasick([run.replace(BLANK, " ") for run in packed])

    def hear(self, folded: str) -> Sound:
        found = self._automaton.find_matches_as_indexes(prepared(folded), overlapping=True)
        numbers = frozenset([number for number, _, _ in found])
        return Sound(numbers, sum(map(self._packed.__getitem__, numbers)), self)

    def margin(self, total: int, count: int, intent: str) -> float:
        shift = self._shifts.get(intent)
        if shift is None:
            return SILENT
        return self._biases[intent] + ((total >> shift & MASK) - count * RAISED) / self._scale

    def hurdle(self, intent: str, least: float) -> Hurdle:
        """Never higher than the margin itself."""
        if intent not in self._shifts:
            return 0, float("inf")
        return self._shifts[intent], (least - self._biases[intent]) * self._scale - 1e-6

    def likeness(self, numbers: frozenset[int], names: Mapping[str, str]) -> Likeness:
        totals = dict.fromkeys(names, 0)
        for number in numbers:
            for letter, weight in self._likeness[number]:
                if letter in totals:
                    totals[letter] += weight
        return {names[letter]: total / self._scale for letter, total in totals.items()}


DEAF: Final = Ear({"kinds": {}, "dangers": {}, "intents": {}, "scale": 1, "runs": ""})
"""Before anything is learned."""


@cache
def open_ear() -> Ear:
    return Ear(load_yaml(WEIGHTS_FILE), load_yaml(SESSIONS_FILE))


def _columns(row: str) -> list[int]:
    """A minus parts two columns as a comma does: `3-2,,5` is 3, -2, 0, 5."""
    return [int(number or 0) for number in (row[0] + row[1:].replace("-", ",-")).split(",")]


def _packed(row: list[int], first: int) -> int:
    """What the weights of a row add from the field `first` on."""
    return sum(weight << i * FIELD for i, weight in enumerate(row, start=first))


def _likeness(kinds: str) -> Iterator[tuple[str, int]]:
    """`h-11o13`: a letter and what speaks for that kind, side by side."""
    return ((letter, int(weight)) for letter, weight in _KIND.findall(kinds))
