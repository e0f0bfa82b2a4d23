"""One spelling for what is typed in many: width, traditional characters, dashes; invisible and broken characters go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from intents.understanding.yaml_source import load_yaml

LENGTH_LIMIT: Final = 4_000
"""So many characters of a message are read, and no more."""

_TABLE_SIZE: Final = 0x1_0000
_DROPPED: Final = (
    (0x0000, 0x0008),
    (0x000B, 0x001F),
    (0x007F, 0x009F),
    (0x00AD, 0x00AD),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFD),
)
_SPACES: Final = (0x00A0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_DASHES: Final = (*range(0x2010, 0x2016), 0x2212, 0x2E3A, 0x2E3B, 0xFE58, 0xFE63)

Table = list[int | None]


def _pairs(text: str) -> Iterable[tuple[int, int]]:
    joined = "".join(text.split())
    return ((ord(joined[i]), ord(joined[i + 1])) for i in range(0, len(joined) - 1, 2))


def _base() -> Table:
    table: Table = []
    table.extend(range(_TABLE_SIZE))
    for first, last in _DROPPED:
        table[first : last + 1] = [None] * (last + 1 - first)
    for code in _SPACES:
        table[code] = ord(" ")
    for code in _DASHES:
        table[code] = ord("-")
    for code in range(0xFF01, 0xFF5F):
        table[code] = code - 0xFEE0
    return table


@cache
def _tables() -> tuple[Table, Table]:
    """What is shown, and what is matched: the second also reads dialect characters as their plain equivalents.

    A list and not a dict: `str.translate` looks every character up, and a miss in a dict costs an exception.
    """
    characters = load_yaml(Path(__file__).with_name("characters.yaml"))
    shown = _base()
    for old, new in _pairs(characters["traditional"]):
        shown[old] = new
    matched: Table = [*shown]
    for old, new in _pairs(characters["dialect"]):
        matched[old] = new
    for upper in range(ord("A"), ord("Z") + 1):
        matched[upper] = upper + 32
    for code, plain in enumerate(shown):
        if plain is not None and plain != code:
            matched[code] = matched[plain]
    return shown, matched


def _translated(text: str, table: Table) -> str:
    return text[:LENGTH_LIMIT].translate(table)


def normalise(text: str) -> str:
    """The text as it is kept and shown: at most 4,000 characters, half width, simplified, nothing invisible."""
    return _translated(text, _tables()[0])


def fold(text: str) -> str:
    """The text as words are looked for in it. As long as `normalise(text)`, so that positions in one hold in the other."""
    return _translated(text, _tables()[1])
