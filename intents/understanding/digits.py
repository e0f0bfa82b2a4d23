"""Short answers: a single digit, a list of numbers, and what is left of a text without its punctuation."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from intents.understanding.lexicon import number, numeral_letters, one_of, words
from intents.understanding.normalise import normalise

_NUMBERS: Final = re.compile(r"([0-9]+)(?:\s*[-~]\s*([0-9]+))?")
_LONGEST_NUMBER: Final = 6
_BETWEEN: Final = re.compile(r"[0-9\s,.;~\u3001\u3002-]*")


def bare(text: str, keep: str = "") -> str:
    """Only letters and digits of it."""
    return "".join(character for character in text if character.isalnum() or character in keep)


def digit_of(text: str) -> int | None:
    """A single digit and nothing else."""
    digits = bare(normalise(text))
    return int(digits) if len(digits) == 1 and digits.isascii() and digits.isdigit() else None


def ordinal_of(text: str) -> int | None:
    """`第二个`, `第2个` and nothing else."""
    found = _ordinal().fullmatch(bare(normalise(text)))
    return number(found[1]) if found else None


@cache
def _ordinal() -> re.Pattern[str]:
    first, last = words("ordinal", "before"), words("ordinal", "after")
    return re.compile(f"{one_of(first)}([0-9{numeral_letters()}]{{1,2}}){one_of(last)}?")


def numbers_of(text: str, most: int) -> list[int] | None:
    """Numbers and ranges and nothing else, `3、5 8-12`, each once; None for anything else, or for more than `most`."""
    found: dict[int, None] = {}
    for first, last in _ranges(text):
        if max(len(first), len(last)) > _LONGEST_NUMBER or int(last) - int(first) >= most:
            return None
        found.update(dict.fromkeys(range(int(first), int(last) + 1)))
    return list(found) if 0 < len(found) <= most else None


def names_more_than(text: str, most: int) -> bool:
    """Whether it is numbers and ranges and nothing else, and too many of them."""
    return sum(max(0, int(last) - int(first) + 1) for first, last in _ranges(text)) > most


def _ranges(text: str) -> list[tuple[str, str]]:
    plain = normalise(text)
    if not _BETWEEN.fullmatch(plain):
        return []
    return [(match[1], match[2] or match[1]) for match in _NUMBERS.finditer(plain)]
