"""What a text is about when no rule of a category holds: every word the rules know votes for the categories that use it.

A word that few categories use says more than one that many use. Nothing is trained; the words are those of the rule files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from intents.understanding.categories import Categories, Category
from intents.understanding.rules import ReadyRule
from intents.understanding.vocabulary import Vocabulary

THING: Final = 2.0
FAULT: Final = 1.0
LIKENESS: Final = 0.3
"""What a step of likeness is worth, in telling words."""
SPREAD_AT_MOST: Final = 8
"""A word of more categories than this says nothing."""

Ballots = Mapping[str, Mapping[Category, float]]


@dataclass(frozen=True, slots=True)
class Vote:
    category: Category
    strength: float
    """0 where nothing votes; about 1 for one telling word."""
    totals: Mapping[Category, float]
    likeness: Mapping[str, float]


def count(words: Iterable[str], ballots: Ballots, default: Category, likeness: Mapping[str, float]) -> Vote:
    """`likeness` of first levels moves whole groups of categories up or down; it makes nobody surer that it is a complaint."""
    totals: dict[Category, float] = {}
    for word in words:
        for category, weight in ballots.get(word, {}).items():
            totals[category] = totals.get(category, 0.0) + weight
    if not totals:
        return Vote(default, 0.0, totals, likeness)
    likely = {category: total + LIKENESS * likeness.get(category[0], 0.0) for category, total in totals.items()}
    best = max(likely, key=lambda category: likely[category])
    return Vote(best, max(totals.values()), totals, likeness)


def ballots(rules: Iterable[ReadyRule], categories: Categories, vocabulary: Vocabulary, silent: int) -> Ballots:
    """`silent`: words that all kinds of trouble share, such as 坏 and 半夜."""
    given: dict[str, dict[Category, float]] = {}

    def add(number: int | None, category: Category, weight: float) -> None:
        for word in vocabulary.members(number) if number is not None else ():
            known = given.setdefault(word, {})
            known[category] = max(known.get(category, 0.0), weight)

    for rule in rules:
        category = rule.rule.category
        if category is None or rule.rule.urgency == "P0":
            continue
        add(rule.any, category, THING)
        for things, faults, _ in rule.pairs:
            add(things, category, THING)
            add(faults, category, FAULT)
    for category, kind in categories.kinds.items():
        add(kind.hints, category, THING)
    mute = vocabulary.members(silent)
    return {
        word: _shared(word, votes) for word, votes in given.items() if len(votes) <= SPREAD_AT_MOST and word not in mute
    }


def _shared(word: str, votes: Mapping[Category, float]) -> Mapping[Category, float]:
    """A vote is split among a word's categories; a single character is half a word."""
    length = 0.5 if len(word) == 1 else 1.0
    return {category: length * weight / THING / len(votes) for category, weight in votes.items()}
