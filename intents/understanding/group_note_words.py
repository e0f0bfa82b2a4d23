"""The words of `group_note.yaml`, compiled; and a text as it was written beside its normalised form, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.lexicon import lexicon, one_of, written_number
from intents.understanding.normalise import LENGTH_LIMIT, normalise
from intents.understanding.yaml_source import load_yaml

TAKEN: Final = "\x01"
"""Stands where something was read already. No normalised text holds it."""


@cache
def note_words() -> Any:
    return load_yaml(Path(__file__).with_name("group_note.yaml"))


def _compiled(pattern: str) -> re.Pattern[str]:
    terms = note_words()
    for name, value in (
        ("{not_after}", terms["not_after"]),
        ("{u}", one_of(terms["units"].split())),
        ("{n}", written_number()),
        ("{measures}", lexicon()["address"]["measures"]),
        ("{goods}", one_of(terms["goods"].split())),
    ):
        pattern = pattern.replace(name, value)
    return re.compile(pattern, re.IGNORECASE)


@cache
def note_pattern(name: str) -> re.Pattern[str]:
    return _compiled(str(note_words()[name]))


@cache
def note_patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_compiled(str(each)) for each in note_words()[name])


@cache
def note_list(name: str) -> frozenset[str]:
    return frozenset(str(note_words()[name]).split())


@dataclass(frozen=True, slots=True)
class Said:
    """`shown` is for people (in its own script, digits and letters in half width), `plain` for grammars; equally long."""

    shown: str
    plain: str

    @classmethod
    def of(cls, text: str) -> Said:
        text = text[:LENGTH_LIMIT]
        plain = normalise(text)
        if plain == text:
            return cls(text, plain)
        if len(plain) != len(text):
            text = "".join(letter for letter in text if normalise(letter))
        pairs = zip(text, plain, strict=True)
        return cls(
            "".join(new if new.isascii() and (new.isalnum() or new == " ") else old for old, new in pairs), plain
        )

    def edited(self, pattern: re.Pattern[str], new: str) -> Said:
        """With `new` in place of each match, in both."""
        if not (matches := list(pattern.finditer(self.plain))):
            return self
        return Said(*(_replaced(text, matches, new) for text in (self.shown, self.plain)))


def _replaced(text: str, matches: Iterable[re.Match[str]], new: str) -> str:
    parts, at = list[str](), 0
    for match in matches:
        parts += (text[at : match.start()], new)
        at = match.end()
    return "".join((*parts, text[at:]))
