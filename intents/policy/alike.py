"""Whether two questions ask the same. A wrong join tells people the answer to something else, a missed one costs staff a second
look: so whatever may tell them apart does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from intents.policy.question import Question, read
from intents.policy.synonyms import Synonyms
from intents.policy.terms import grams
from intents.understanding.lexicon import number, numeral_letters, one_of
from intents.understanding.normalise import fold
from intents.understanding.yaml_source import load_yaml

ALIKE_FROM: Final = 0.65
"""Of `likeness`: from here two questions are one."""
BETWEEN_WORDS: Final = 0.1
"""What a gram counts that stands in no word."""
_READ: Final = 2_048
"""Texts whose reading is kept: a new question is held against 500 that wait."""
_HOW: Final = "steps"
_MONEY: Final = "money"
"""How much of nothing else."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What must be the same."""

    numbers: frozenset[int]
    places: frozenset[str]
    turns: frozenset[str]
    counted: frozenset[str]
    part: str
    tails: frozenset[str]
    """Left out by some who mean the same: these must only not contradict."""


@cache
def _lists() -> Any:
    return load_yaml(Path(__file__).with_name("alike.yaml"))


@cache
def _turns() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    turns = tuple((name, re.compile(one_of(words.split()))) for name, words in _lists()["turns"].items())
    return re.compile(one_of(_lists()["not_turns"].split())), turns


@cache
def _measure() -> re.Pattern[str]:
    counted = one_of(word for words in _lists()["counted"].values() for word in words.split())
    return re.compile(rf"{one_of(_lists()['measures'].split())}({counted}|\w?)")


@cache
def _counted() -> dict[str, str]:
    return {word: name for name, words in _lists()["counted"].items() for word in words.split()}


@cache
def _tails() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(one_of(_lists()["not_tails"].split())), re.compile(rf"(?<=\w){one_of(_lists()['tails'].split())}")


@cache
def _numerals() -> re.Pattern[str]:
    return re.compile(rf"[0-9]+|[{numeral_letters()}]+")


@cache
def _own_synonyms() -> Synonyms:
    return Synonyms()


@lru_cache(maxsize=_READ)
def _read(text: str) -> tuple[_Asked, tuple[dict[str, float], ...]]:
    """With the weights of its grams, a long word weighing no more than a short one: as it was said, and as the papers may say."""
    asked = read(text, _own_synonyms())
    ways = []
    for way in range(max((len(word.names) for word in asked.words), default=1)):
        weights: dict[str, float] = {}
        for word in asked.words:
            called = grams(word.names[min(way, len(word.names) - 1)])
            weights.update(dict.fromkeys(called, word.weight / len(called)))
        within = {gram for word in asked.words for gram in grams(word.names[0])}
        weights.update({gram: BETWEEN_WORDS for gram in asked.grams if gram not in within})
        ways.append(weights)
    return _told_apart(_own_synonyms().mended(fold(text)), asked), tuple(ways)


def _told_apart(folded: str, asked: Question) -> _Asked:
    not_turns, turns = _turns()
    turning = not_turns.sub(" ", folded)
    not_tails, tails = _tails()
    counted = {_counted().get(found or _MONEY, found or _MONEY) for found in _measure().findall(folded)}
    return _Asked(
        # a lone "one" says no more than "a"
        frozenset(number(one) for one in _numerals().findall(folded)) - ({1} if "1" not in folded else set()),
        frozenset(asked.places),
        frozenset(name for name, words in turns if words.search(turning)),
        frozenset(counted),
        # whoever asks how much of it asks for that, whichever part it stands in
        _HOW if counted or asked.part is None else asked.part,
        frozenset(tails.findall(not_tails.sub(" ", folded))),
    )


def told_apart(one: str, other: str) -> bool:
    """Whether they ask for other parts, numbers, places or turns of a thing."""
    first, second = _read(one)[0], _read(other)[0]
    same = (first.numbers, first.places, first.turns, first.counted, first.part)
    contradict = bool(first.tails and second.tails and not first.tails & second.tails)
    return contradict or same != (second.numbers, second.places, second.turns, second.counted, second.part)


def likeness(one: str, other: str) -> float:
    """0..1, whether two questions ask the same. The same both ways."""
    ways, others = _read(one)[1], _read(other)[1]
    if not any(ways[0].values()) and not any(others[0].values()):
        return float(fold(one).strip() == fold(other).strip())
    if told_apart(one, other):
        return 0.0
    return max(_overlap(way, its) for way in ways for its in others)


def _overlap(one: dict[str, float], other: dict[str, float]) -> float:
    total = sum(sorted(one.values())) + sum(sorted(other.values()))
    shared = sum(sorted(min(weight, other[gram]) for gram, weight in one.items() if gram in other))
    return min(1.0, 2 * shared / total) if total else 0.0
