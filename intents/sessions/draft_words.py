"""The patterns of `drafting.yaml` and `kinds.yaml`, and a text from which what was understood is taken out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.lexicon import number, numeral_letters, one_of
from intents.understanding.yaml_source import load_yaml
from storage.session_plan import Kind

APART: Final = "\n"
"""Stands where something was taken out: a separator to every pattern, and one character for one."""
_POWERS: Final = {"\u767e": 100, "\u5343": 1_000, "\u4e07": 10_000, "\u4ebf": 100_000_000}
MINUS: Final = ("-", "\u8d1f")
BEYOND: Final = 10**9
"""Whatever is more than that."""


@cache
def grammar() -> Any:
    return load_yaml(Path(__file__).with_name("drafting.yaml"))


@cache
def kinds() -> Any:
    return load_yaml(Path(__file__).with_name("kinds.yaml"))


def of_kind(kind: Kind) -> Any:
    return kinds()[kind.value]


@cache
def label_names() -> dict[str, str]:
    """Every label as it is typed -> the field it is for."""
    return {word: field for field, said in grammar()["labels"].items() for word in str(said).split()}


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """A pattern of drafting.yaml with its names filled in."""
    source: Any = grammar()
    for step in path:
        source = source[step]
    return compiled(str(source))


@cache
def compiled(source: str) -> re.Pattern[str]:
    number_ = rf"(?:[0-9]{{1,3}}|[{numeral_letters()}]{{1,3}})"
    for name, meant in (
        ("person", str(grammar()["person"])),
        ("labels", one_of(label_names())),
        ("labels_word", f"(?P<label>{one_of(label_names())})"),
        ("brands", one_of(str(grammar()["brands"]).split())),
        ("count", str(grammar()["count"])),
        ("n", number_),
    ):
        source = source.replace(f"{{{name}}}", meant)
    return re.compile(source)


class Scrap:
    """A normalised text, less what was taken out of it. Positions stay as they were."""

    def __init__(self, text: str) -> None:
        self.left = text

    def take(self, *path: str) -> re.Match[str] | None:
        """The first place that a pattern fits, taken out."""
        match = pattern(*path).search(self.left)
        if match is not None:
            self.blank(*match.span())
        return match

    def blank(self, start: int, end: int) -> None:
        self.left = self.left[:start] + APART * (end - start) + self.left[end:]


def amount(text: str) -> int:
    """30, 1000万, 两百, 一百二十; below nothing where it is not a whole number of people."""
    plain = text.replace(" ", "")
    if plain[:1] in MINUS or "." in plain:
        return -1
    total = 0
    for letter in sorted(_POWERS, key=_POWERS.__getitem__, reverse=True):
        before, power, after = plain.partition(letter)
        if power:
            total += (_small(before) if before else 1) * _POWERS[letter]
            plain = after
    return min(BEYOND, total + (_small(plain) if plain else 0))


def _small(text: str) -> int:
    letters = [letter for letter in text if letter.isascii() or letter in numeral_letters()]
    return number("".join(letters)) if letters and len(letters) == len(text) else BEYOND


def trimmed(text: str) -> str:
    return text.strip(str(grammar()["edges"]) + APART)
