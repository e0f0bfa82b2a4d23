"""What a question holds: its words and what the papers call them, the places it names, the part it asks for."""

from __future__ import annotations

import logging
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.policy.synonyms import Pair, Synonyms
from intents.policy.terms import grams
from intents.understanding.lexicon import one_of
from intents.understanding.normalise import fold
from intents.understanding.yaml_source import load_yaml

LONGEST: Final = 300
"""Characters of a question that are read: nobody asks in more, and jieba takes ten microseconds for each."""
MOST_WORDS: Final = 40
_SHORTEST_NUMBER: Final = 3
"""Digits: shorter numbers stand in everything."""
_COMMON: Final = 5.0
_RARE: Final = 11.5
"""Of one in e**5 words, everybody says it (what, have, can); of one in e**11.5 it is the language of offices or of a trade."""
_LEAST: Final = 0.1
"""What the commonest word still counts."""
_BETWEEN: Final = 0.5
"""What two characters count that belong to two words."""

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Word:
    names: tuple[str, ...]
    """As it was said, then what the papers call it."""
    weight: float
    """0..1, how far it is from what everybody says every day."""


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    """Folded, its typos mended, without the words that only ask."""
    words: tuple[Word, ...]
    grams: Mapping[str, float]
    """Of the text, each with the weight of the word that it stands in."""
    meant: str
    """What the papers call what it says, all together."""
    places: tuple[str, ...]
    part: str | None
    things: tuple[tuple[str, ...], ...]
    """What must be spoken of where it is answered: each as it was said, then what the papers call it."""
    topic: Word | None
    """What it begins with, which most often is what it is about."""


@cache
def _lists() -> Any:
    return load_yaml(Path(__file__).with_name("asked.yaml"))


@cache
def _parts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((part, tuple(words.split())) for part, words in _lists()["parts"].items())


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(one_of(_lists()["plain"].split()))


@cache
def _doing() -> re.Pattern[str]:
    doing = one_of(_lists()["doing"].split())
    return re.compile(rf"\([^()]*\)|^{doing}|{doing}$")


def name_of(title: str) -> str:
    """The thing that a guide's title names, without what is done with it and what stands in brackets."""
    return _doing().sub("", fold(title)) or fold(title)


@cache
def _deeds() -> re.Pattern[str]:
    return re.compile(one_of(_lists()["deeds"].split()))


def thing_of(name: str) -> str:
    """What a name is about, whatever is done with it."""
    return _deeds().sub(" ", name) if _deeds().sub("", name).strip() else name


@cache
def _places() -> tuple[frozenset[str], re.Pattern[str], frozenset[str]]:
    endings = one_of(_lists()["place_endings"].split())
    return frozenset(_lists()["places"].split()), re.compile(f"{endings}$"), frozenset(_lists()["not_places"].split())


@cache
def _not_topics() -> frozenset[str]:
    return frozenset(_lists()["not_topics"].split())


@cache
def _things() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    endings = one_of(_lists()["thing_endings"].split())
    return (
        re.compile(one_of(_lists()["things"].split())),
        re.compile(f"{endings}$"),
        frozenset(_lists()["not_things"].split()),
    )


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own source warns on newer Pythons
        import jieba  # noqa: PLC0415 - 80 MB and a second
    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    return jieba


def warm_up() -> None:
    """Loads what is slow to load, so that the first question need not wait for it."""
    for load in (_parts, _plain, _doing, _places, _things, _jieba):
        load()


@cache
def _no_fee() -> tuple[str, ...]:
    return tuple(_lists()["no_fee"].split())


def asked_part(question: str) -> str | None:
    """Which part of a guide a question asks for."""
    text = fold(question)
    part = next((part for part, words in _parts() if any(word in text for word in words)), None)
    return None if part == "fee" and any(word in text for word in _no_fee()) else part


def read(question: str, synonyms: Synonyms) -> Question:
    said = synonyms.mended(fold(question)[:LONGEST])
    text = _plain().sub(" ", said)
    pairs = synonyms.meant(said)
    words = _words(text, pairs, synonyms.terms(text))
    weights = dict.fromkeys(grams(text), _BETWEEN)
    for word in reversed(words):  # of two words that share a gram, the first said counts
        if _WORD.fullmatch(word.names[0]):
            weights.update(dict.fromkeys(grams(word.names[0]), word.weight))
    places = tuple(stem for word in words if (stem := _place(word.names[0])))
    meant = " ".join(dict.fromkeys(pair.meant for pair in pairs))
    topic = words[0] if words and words[0].names[0] not in _not_topics() else None
    return Question(text, words, weights, meant, places, asked_part(said), _things_in(said, words), topic)


def _things_in(said: str, words: tuple[Word, ...]) -> tuple[tuple[str, ...], ...]:
    listed, endings, others = _things()
    found = {
        word.names[0]: word.names for word in words if endings.search(word.names[0]) and word.names[0] not in others
    }
    left = said
    for word in words:
        if len(word.names) > 1:
            left = left.replace(word.names[0], " ")
    found.update({one: (one,) for one in listed.findall(left) if not any(one in name for name in found)})
    return tuple(found.values())


def _words(text: str, pairs: list[Pair], terms: list[str]) -> tuple[Word, ...]:
    meant: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        meant[pair.said] = (*meant.get(pair.said, ()), pair.meant)
    found: dict[str, Word] = {}
    for word in _segmented(text, (*meant, *terms)):
        if len(word) >= (_SHORTEST_NUMBER if word.isdigit() else 2) and _WORD.fullmatch(word):
            weight = 1.0 if word in terms else _uncommon(word)
            found.setdefault(word, Word((word, *meant.get(word, ())), weight))
    # what was said across words that only ask is not in what is left of the text
    for said, names in meant.items():
        found.setdefault(said, Word((said, *names), 1.0))
    return tuple(found.values())[:MOST_WORDS]


def _segmented(text: str, whole: tuple[str, ...]) -> Iterator[str]:
    """By jieba, but a name that the lists know stays whole."""
    names = re.compile(f"({one_of(whole)})") if whole else None
    for piece in names.split(text) if names else (text,):
        if piece in whole:
            yield piece
        else:
            yield from _jieba().lcut(piece)


def _uncommon(word: str) -> float:
    """By how often it stands in jieba's dictionary, which was counted over everyday text; what it does not know is rare."""
    times = _jieba().dt.FREQ.get(word) or 1
    rare = math.log(_jieba().dt.total / times)
    return max(_LEAST, min(1.0, (rare - _COMMON) / (_RARE - _COMMON)))


def _place(word: str) -> str | None:
    """The name alone: a text that speaks of the place may leave out what kind of place it is."""
    known, ending, others = _places()
    if word in known:
        return word
    stem = ending.sub("", word)
    if len(stem) < 2 or stem == word or word in others:
        return None
    return stem
