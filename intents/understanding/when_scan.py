"""From a text to the pieces of times that stand in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from intents.understanding.when_clock import (
    read_about,
    read_colon,
    read_english,
    read_first_of_two,
    read_lacking,
    read_spoken,
)
from intents.understanding.when_days import FAULTS, READERS, Said
from intents.understanding.when_pieces import Clock, Day, Moment, Now, Piece
from intents.understanding.when_words import PartOfDay, grammar, parts_of_day, pattern, when_words

PIECES_AT_MOST: Final = 400
_HOURS: Final[dict[str, Callable[[re.Match[str]], Clock | None]]] = {
    "lacking": read_lacking,
    "english": read_english,
    "colon": read_colon,
    "spoken": read_spoken,
    "about": read_about,
    "first_of_two": read_first_of_two,
}


def scan(said: Said) -> list[Piece]:
    """In order, none within another."""
    found: list[Piece] = []
    known, position = grammar(said.calendar), 0
    while len(found) < PIECES_AT_MOST and (hit := known.finder.search(said.text, position)) is not None:
        name = hit.lastgroup or ""
        match = known.patterns[name].match(said.text, hit.start())
        piece = _read(name, match, said, found[-1] if found else None) if match is not None else None
        if match is None or piece is None:
            position = hit.start() + 1
            continue
        found.append(piece)
        position = max(match.end(), hit.start() + 1)
    return found


def _read(name: str, match: re.Match[str], said: Said, before: Piece | None) -> Piece | None:
    what: Day | Clock | Moment | Now | PartOfDay | None
    if name == "part":
        what = parts_of_day()[match[0]]
    elif name == "now":
        what = Now()
    elif name in _HOURS:
        what = _HOURS[name](match)
        if name == "spoken" and not _sure(match, said, before):
            return None
    else:
        try:
            what = READERS[name](match, said)
        except FAULTS:
            return None
    return Piece(match.span(), what, name) if what is not None else None


def _sure(match: re.Match[str], said: Said, before: Piece | None) -> bool:
    """一点 alone is a little of something; after a day or 下午 it is an hour, if what follows allows it."""
    if match[0] not in when_words()["a_little"]:
        return True
    if before is None:
        return False
    between = said.text[before.span[1] : match.start()]
    if pattern("joint").fullmatch(between):
        return isinstance(before.what, Clock | PartOfDay | Day)
    if not pattern("glue").fullmatch(between):
        return False
    if isinstance(before.what, PartOfDay):
        return pattern("hardly_an_hour").match(said.text, match.end()) is None
    return isinstance(before.what, Day) and pattern("one_o_clock").match(said.text, match.end()) is not None
