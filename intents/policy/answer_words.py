"""The words of a staff member's answer: whose matter they tell of, what of them is an answer at all, and a title for them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from intents.understanding.address import addresses
from intents.understanding.digits import bare
from intents.understanding.lexicon import one_of
from intents.understanding.masks import without_doors
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

LONGEST_GIVEN: Final = 2_000
LONGEST_NAME: Final = 30
"""Of the title of what staff answered: it is offered beside others, under a digit."""
SHORTEST_NAME: Final = 4
SHORTEST: Final = 4
"""Characters: two or three of them answer nothing that could be kept."""
_ENDS: Final = "?\uff1f!\uff01\u3002 .~\uff5e,\uff0c;\uff1b:\uff1a\u3001\n"
_PAUSE: Final = re.compile("[?\uff1f!\uff01\u3002;\uff1b,\uff0c\u3001\n]")
_PLACEHOLDERS: Final = re.compile(r"(?:\s*\[[^\[\]\n]{1,12}\])+\s*")
"""`[图片]`, and the little faces of the chat: nothing was said in words."""


@cache
def words(name: str) -> frozenset[str]:
    return frozenset(load_yaml(Path(__file__).with_name("words.yaml"))[name].split())


def says_nothing(text: str) -> bool:
    return not text.strip() or _PLACEHOLDERS.fullmatch(text) is not None


def name_of(text: str) -> str:
    """A title out of a question or an answer: whole clauses, as many as there is room for."""
    plain = text.strip().strip(_ENDS)
    if len(plain) <= LONGEST_NAME:
        return plain or text.strip()[:LONGEST_NAME]
    pauses = [found.start() for found in _PAUSE.finditer(plain) if SHORTEST_NAME <= found.start() <= LONGEST_NAME]
    return plain[: pauses[-1] if pauses else LONGEST_NAME].strip(_ENDS)


def titled(text: str) -> tuple[str, str]:
    """The title that a staff member gives at the start of a line, and the answer without it."""
    found = _title().search(text)
    if found is None:
        return "", text
    return name_of(without_doors(found[1])), f"{text[: found.start()]}{text[found.end() :]}".strip()


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"^\s*{one_of(sorted(words('title')))}\s*[:\uff1a]\s*(\S+)(?:\s+|$)", re.MULTILINE)


def doorless(text: str) -> str:
    """Without the door of a household. An office may stand in a building and on a floor, or behind a door without a building."""
    return without_doors(text) if _has_door(text) else text


def _has_door(text: str) -> bool:
    return any(found.address.building and found.address.room for found in addresses(normalise(text)))


def of_one_case(text: str) -> bool:
    """Whether it seems to tell of one household's own matter, not of the rule."""
    return _has_door(text) or _one_case().search(text) is not None


@cache
def _one_case() -> re.Pattern[str]:
    you = "[\u60a8\u4f60]"
    return re.compile(rf"{one_of(sorted(words('one_case')))}|{one_of(sorted(words('called')))}[\s,\uff0c:\uff1a]*{you}")


def answers_something(text: str) -> bool:
    """Whether it is more than a word that it was read, or that an answer will come."""
    plain = bare(text)
    if says_nothing(text) or any(word in plain for word in words("put_off")):
        return False
    return len(_besides().sub("", plain)) >= SHORTEST


@cache
def _besides() -> re.Pattern[str]:
    return re.compile(one_of(sorted(words("besides"), key=len, reverse=True)))
