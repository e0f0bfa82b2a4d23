"""The words of the small grammars, read once from `lexicon.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from intents.understanding.yaml_source import load_yaml

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
"""A regular expression for a Chinese character."""


@cache
def lexicon() -> Any:
    return load_yaml(Path(__file__).with_name("lexicon.yaml"))


def words(*path: str) -> tuple[str, ...]:
    value = lexicon()
    for step in path:
        value = value[step]
    return tuple(str(value).split())


def one_of(choices: Iterable[str]) -> str:
    """A regular expression for one of these words, longer ones first."""
    return "(?:" + "|".join(sorted(map(re.escape, choices), key=len, reverse=True)) + ")"


def numeral_letters() -> str:
    return "".join(lexicon()["numerals"]) + str(lexicon()["ten"])


def written_number() -> str:
    """A regular expression for what `number` reads: up to three digits, or as many numerals."""
    return rf"(?:[0-9]{{1,3}}|[{numeral_letters()}]{{1,3}})"


def number(text: str) -> int:
    """七零四 -> 704, 二十一 -> 21, 12 -> 12. The text holds digits or numerals only."""
    if text.isascii():
        return int(text)
    digits, ten = lexicon()["numerals"], lexicon()["ten"]
    if ten in text:
        tens, _, ones = text.partition(ten)
        return 10 * (digits.get(tens[-1:], 1) if tens else 1) + (digits.get(ones[:1], 0) if ones else 0)
    return int("".join(str(digits[letter]) if letter in digits else letter for letter in text))
