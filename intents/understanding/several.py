"""Several troubles in one message as several complaints: 3号楼楼道灯坏了, 另外5号楼电梯停了.

Better one case too few than one too many: a trouble and what came of it stay together, and so does whatever is unsure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

from bot.message import Inbound, Slots, Understanding
from intents.understanding.address import addresses, chosen
from intents.understanding.categories import Category
from intents.understanding.lexicon import lexicon
from intents.understanding.normalise import normalise
from intents.understanding.slots import read_slots
from intents.understanding.weighing import COMPLAINT
from intents.understanding.yaml_source import load_yaml

COMPLAINTS_AT_MOST: Final = 5
PIECES_AT_MOST: Final = 14
"""Each is looked at up to three times."""
LETTERS_AT_LEAST: Final = 2
"""Beside the place, no complaint is said in fewer."""
ADDRESS_WITHIN: Final = 3

_SILENCE: Final = Understanding("")

Judging = Callable[[Inbound], Understanding]


class Break(IntEnum):
    """What stands before a piece, from least to most telling."""

    START = 0
    STOP = 1
    ELSEWHERE = 2
    PERHAPS = 3
    ADDED = 4
    LISTED = 5


@dataclass(frozen=True, slots=True)
class _Piece:
    how: Break
    words: str


@dataclass(frozen=True, slots=True)
class _Where:
    """A place that is said, and the words for it."""

    slots: Slots = field(default_factory=Slots)
    words: str = ""


@dataclass(slots=True)
class _Part:
    understanding: Understanding
    category: Category
    where: _Where
    words: list[str]


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("several.yaml"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_grammar()[name])


@cache
def _lists() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each) for each in _grammar()["listed"])


@cache
def _groups(name: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in _grammar()[name])


def several(judge: Judging, inbound: Inbound) -> list[Understanding]:
    """Each complaint of a message that makes two to five of them, in order; nothing where it makes one, or is none."""
    if len(_pieces(normalise(inbound.text))) < 2:
        return []
    whole = judge(inbound)
    if whole.intent != COMPLAINT or not whole.speak:
        return []
    pieces = _pieces(whole.text)
    parts = _Reading(judge, inbound, pieces).parts() if len(pieces) > 1 else None
    if not parts or len(parts) < 2:
        return []
    return [_finished(judge, inbound, part, whole.slots) for part in parts]


def _pieces(said: str) -> list[_Piece]:
    marks = sorted(_marks(said), key=lambda mark: (mark[0], -mark[1]))
    pieces: list[_Piece] = []
    how, begin = Break.START, 0
    for start, end, kind in marks:
        words = _trimmed(said[begin:start]) if start > begin else ""
        if words:
            pieces.append(_Piece(how, words))
            how = kind
        else:
            how = max(how, kind)
        begin = max(begin, end)
        if len(pieces) == PIECES_AT_MOST - 1:
            break
    if last := _trimmed(said[begin:]):
        pieces.append(_Piece(how, last))
    return pieces


def _trimmed(words: str) -> str:
    return words.strip(_grammar()["trimmed"])


def _marks(said: str) -> Iterator[tuple[int, int, Break]]:
    for start, end in _numbers(said):
        yield start, end, Break.LISTED
    for name, kind in (("added", Break.ADDED), ("perhaps", Break.PERHAPS), ("stop", Break.STOP)):
        for match in islice(_pattern(name).finditer(said), 3 * PIECES_AT_MOST):
            yield match.start(), match.end(), kind
    houses = addresses(said)[:PIECES_AT_MOST]
    for one, two in pairwise(houses):
        ours, theirs = one.address.building, two.address.building
        if ours and theirs and ours != theirs:
            joint = _last(_pattern("elsewhere"), said, one.end, two.start + 1)
            if joint is not None and two.start - joint[1] <= ADDRESS_WITHIN:
                yield *joint, Break.ELSEWHERE


def _last(pattern: re.Pattern[str], said: str, start: int, end: int) -> tuple[int, int] | None:
    found = list(islice(pattern.finditer(said, start, end), 3 * PIECES_AT_MOST))
    return (found[-1].start(), found[-1].end()) if found else None


def _numbers(said: str) -> list[tuple[int, int]]:
    """The marks of the first way of counting that counts up from one to two or more."""
    for pattern in _lists():
        counted: list[tuple[int, int]] = []
        for match in islice(pattern.finditer(said), 3 * PIECES_AT_MOST):
            if _digit(match["n"]) == len(counted) + 1:
                counted.append(match.span())
        if len(counted) > 1:
            return counted
    return []


def _digit(letter: str) -> int:
    given = {**lexicon()["numerals"], **_grammar()["digits"]}
    return int(given.get(letter, letter))


class _Reading:
    """The pieces of one message, each with the place it speaks of."""

    def __init__(self, judge: Judging, inbound: Inbound, pieces: Sequence[_Piece]) -> None:
        self._judge = judge
        self._inbound = inbound
        self._pieces = pieces
        self._own = [_where(piece.words) for piece in pieces]

    def parts(self) -> list[_Part] | None:
        """None where something in it is no complaint but a matter of its own, such as an emergency."""
        parts: list[_Part] = []
        before: list[str] = []
        carried = self._closing()
        for piece, own in zip(self._pieces, self._own, strict=True):
            where = _completed(piece.words, own, carried)
            carried = where if own.words else carried
            bare = self._judged(piece.words) if _is_long_enough(_without(piece.words, own)) else _SILENCE
            if _is_other_matter(bare):
                return None
            found = self._complaint(piece, own, where, bare)
            if found is None:
                (parts[-1].words if parts else before).append(piece.words)
                continue
            joined = _part_of(parts, piece, found)
            if joined is not None:
                joined.words.append(piece.words)
                continue
            if (
                before and piece.how is not Break.LISTED
            ):  # 1、 comes after a preamble, anything else after its own words
                found.words[:0] = before
            before.clear()
            parts.append(found)
        return parts

    def _closing(self) -> _Where:
        """The only address of a message, where it stands at the very end."""
        named = [own for own in self._own if own.slots.building]
        last = self._pieces[-1].words
        if len(named) != 1 or named[0] is not self._own[-1] or not named[0].words:
            return _Where()
        after = last[last.rfind(named[0].words) + len(named[0].words) :]
        return named[0] if _pattern("courtesy").search(after) else _Where()

    def _judged(self, words: str) -> Understanding:
        """A lift that merely stopped is no emergency beside another complaint, although it may be one by itself."""
        stopped = _pattern("merely_stopped").search(words)
        plain = f"{stopped['thing']}{_grammar()['stopped']}" if stopped else words
        return self._judge(replace(self._inbound, text=plain, quote=None, picture=None))

    def _complaint(self, piece: _Piece, own: _Where, where: _Where, bare: Understanding) -> _Part | None:
        if bare is _SILENCE:
            return None
        clear = own.words == where.words or (bare.intent == COMPLAINT and bare.speak)
        judged = bare if clear else self._judged(f"{where.words} {_without(piece.words, own)}")
        if judged.intent != COMPLAINT or not judged.speak or judged.category is None:
            return None
        if judged.rule in _grammar()["general"].split() or not self._stands_alone(piece, judged, bare):
            return None
        return _Part(judged, judged.category, where, [piece.words])

    def _stands_alone(self, piece: _Piece, judged: Understanding, bare: Understanding) -> bool:
        if piece.how is Break.LISTED or piece.how is Break.START:
            return True
        if _pattern("consequences").search(piece.words):
            return False
        if piece.how is Break.ADDED:
            return True
        if piece.how is Break.STOP and _pattern("details").search(piece.words):
            return False
        aside = judged.category is not None and judged.category[0] in _grammar()["aside"].split()
        sure = bare.intent == COMPLAINT and (bare.speak or bare.lead)
        return not aside and sure and bare.rule not in _grammar()["general"].split()


def _is_long_enough(words: str) -> bool:
    return sum(letter.isalnum() for letter in words) >= LETTERS_AT_LEAST


def _is_other_matter(bare: Understanding) -> bool:
    return bare.speak and bare.intent != COMPLAINT


def _where(words: str) -> _Where:
    found = addresses(words)
    best, slots = chosen(words, found), read_slots(words, complaint=True)
    told = Slots(building=slots.building, unit=slots.unit, room=slots.room, place=slots.place)
    if best is not None:
        return _Where(told, words[best.start : best.end].strip())
    return _Where(told, slots.place) if slots.place else _Where()


def _without(words: str, own: _Where) -> str:
    return words.replace(own.words, " ", 1).strip() if own.words else words


def _completed(words: str, own: _Where, carried: _Where) -> _Where:
    """The place of a piece: its own, completed by the one before it where it is but a part of a house, or that one."""
    if own.slots.building or not carried.words:
        return own
    if not own.words:  # of the house before, but of no spot beside it
        return _Where(replace(carried.slots, place=None), carried.words) if carried.slots.building else carried
    if own.slots.unit or own.slots.room:
        if not carried.slots.building:
            return own
        slots = replace(own.slots, building=carried.slots.building, unit=own.slots.unit or carried.slots.unit)
        house = re.split(r"[ -]", carried.words)[0]
        return _Where(slots, f"{house} {own.words}" if carried.slots.unit is None else own.words)
    before = words[: max(words.find(own.words), 0)]
    if own.words in _grammar()["of_a_house"].split() or _pattern("beside_a_house").search(before):
        return _Where(replace(carried.slots, place=own.words), carried.words)
    return own


def _part_of(parts: Sequence[_Part], piece: _Piece, found: _Part) -> _Part | None:
    """The complaint that this piece says more of."""
    for part in parts:
        if part.category == found.category and not _other_house(part, found):
            return part
    if not parts or (piece.how is Break.LISTED) or _other_house(parts[-1], found):
        return parts[-1] if len(parts) == COMPLAINTS_AT_MOST else None
    names = ("one_trouble", "perhaps_one_trouble") if piece.how is Break.STOP else ("one_trouble",)
    both = {parts[-1].category[1], found.category[1]}
    kin = any(both <= group for name in names for group in _groups(name))
    return parts[-1] if kin or len(parts) == COMPLAINTS_AT_MOST else None


def _other_house(one: _Part, two: _Part) -> bool:
    ours, theirs = one.where.slots.building, two.where.slots.building
    return ours is not None and theirs is not None and ours != theirs


def _finished(judge: Judging, inbound: Inbound, part: _Part, whole: Slots) -> Understanding:
    """With all its words, and with what is said once for all: the telephone, the name, whether to keep it quiet."""
    words = " ".join(part.words)
    found = part.understanding
    if len(part.words) > 1:
        again = judge(replace(inbound, text=f"{part.where.words} {words}", quote=None, picture=None))
        if again.intent == COMPLAINT and again.speak and again.category == part.category:
            found = again
    told = part.where.slots
    slots = replace(
        found.slots,
        building=told.building,
        unit=told.unit,
        room=told.room,
        place=told.place,
        phone=found.slots.phone or whole.phone,
        name=found.slots.name or whole.name,
        anonymous=whole.anonymous,
        for_other=whole.for_other,
    )
    return replace(found, text=words, slots=slots)
