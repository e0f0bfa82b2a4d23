"""Addresses in the styles people type: 8-2-301, 3号楼2单元501, 2#1-502, B座12A, 三栋二单元七零四, 7-1 …

A bare `3-2` is a score, a parcel code or a date as often as an address, so the bare forms look around themselves first.
All quantifiers are bounded: cost is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Final

from intents.understanding.lexicon import lexicon, number, numeral_letters, one_of, words
from intents.understanding.normalise import normalise

BUILDINGS_AT_MOST: Final = 199
UNITS_AT_MOST: Final = 12
FLOORS_AT_MOST: Final = 45
ADDRESSES_AT_MOST: Final = 200
"""A long list of a whole street names fewer; more is somebody trying us."""
_LOOK_BACK: Final = 8
_LOOK_AHEAD: Final = 10


@dataclass(frozen=True, slots=True)
class Address:
    building: str | None = None
    unit: str | None = None
    room: str | None = None

    @property
    def completeness(self) -> int:
        return sum(part is not None for part in (self.building, self.unit, self.room))


@dataclass(frozen=True, slots=True)
class Found:
    address: Address
    start: int
    end: int
    bare: bool = False
    """Digits and dashes only: what stands around it decides whether it is an address at all."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    marked: re.Pattern[str]
    dashed: re.Pattern[str]
    partial: re.Pattern[str]
    score: re.Pattern[str]
    parcel: re.Pattern[str]
    denied: re.Pattern[str]
    counted: re.Pattern[str]
    lone_room: re.Pattern[str]
    count_before: str
    count_after: str


@cache
def _grammar() -> _Grammar:
    terms = lexicon()["address"]
    letters = numeral_letters()
    numeral = rf"(?:[0-9]{{1,2}}|[{letters}]{{1,3}})"
    room = (
        rf"(?:[A-Za-z]?[0-9]{{3,4}}[A-Za-z]?|[0-9]{{1,2}}[A-Za-z]|[{letters}]{{3,4}})(?![0-9A-Za-z{terms['measures']}])"
    )
    unit_word = rf"(?:{terms['unit']}|{terms['unit_door']}(?![{terms['not_unit_door']}]))"
    gap = rf"[ {terms['joints']}-]{{0,2}}"
    floor = rf"(?:{numeral}[{terms['floor']}]{gap})?"
    room_word = rf"[{terms['room']}]?"
    area = rf"(?:[{''.join(words('address', 'areas'))}A-Za-z]{terms['area']}|{numeral}{terms['phase']})"
    building = rf"(?:[A-Za-z]?[0-9]{{1,3}}[A-Za-z]?|[A-Za-z]|[{letters}]{{1,3}})"
    inner = (
        rf"(?:{gap}(?P<unit>{numeral}|[A-Za-z]){unit_word}(?:{gap}{floor}(?P<room>{room}){room_word})?"
        rf"|{gap}(?P<unit2>[0-9]{{1,2}})-(?P<room2>{room}){room_word}"
        rf"|(?<=#)(?P<unit3>[0-9])(?![0-9{terms['measures']}-])"
        rf"|{gap}{floor}(?P<room3>{room}){room_word})"
    )
    mark = rf"(?P<mark>#{terms['tail']}?|{one_of(words('address', 'building'))}|{terms['tower']}|{terms['number']})"
    marked = rf"(?<![0-9A-Za-z.])(?P<area>{area})?[ ]?(?P<building>{building})[ ]?{mark}{inner}?"
    edge = r"[0-9A-Za-z.:/_-]"
    dashed = (
        rf"(?<!{edge})(?:(?P<b3>[A-Za-z]?[0-9]{{1,3}}|[A-Za-z])(?P<sep>[-_~/.])(?P<u3>[0-9]{{1,2}})(?P=sep)(?P<r3>{room})"
        rf"|(?P<b2>[0-9]{{1,2}}|[A-Za-z][0-9]?)-(?P<r2>[0-9]{{3,4}})(?![{terms['measures']}])"
        rf"|(?P<b1>[0-9]{{1,2}}|[A-Za-z])-(?P<u1>[1-9])(?![{terms['measures']}]))(?!{edge}){room_word}"
    )
    partial = (
        rf"(?P<unit>{numeral}){terms['unit']}(?:{gap}{floor}(?P<room>{room}){room_word})?"
        rf"|(?<![0-9A-Za-z-])(?P<only>[0-9]{{3,4}}){terms['room'][0]}"
    )
    return _Grammar(
        marked=re.compile(marked),
        dashed=re.compile(dashed),
        partial=re.compile(partial),
        score=re.compile(one_of(words("scores"))),
        parcel=re.compile(one_of(words("parcel"))),
        denied=re.compile(one_of(words("address", "denied")) + r"\s?$"),
        counted=re.compile(rf"[{terms['counted']}]"),
        lone_room=re.compile(
            rf"(?:^(?=[0-9]+[^0-9{terms['measures']}])|(?<![0-9A-Za-z.-])(?=[0-9]{{3,4}}{terms['that_home']}))"
            r"(?P<room>[1-9][0-9]{2,3})(?![0-9A-Za-z.:-])"
        ),
        count_before=terms["count_before"],
        count_after=terms["count_after"],
    )


def _plain(text: str | None) -> str | None:
    """Without leading zeros, in digits and capitals: 0903 -> 903, 七零四 -> 704, 12a -> 12A."""
    if text is None:
        return None
    if all(letter in numeral_letters() for letter in text):
        return str(number(text))
    return text.upper().lstrip("0") or "0"


def _marked(text: str) -> Iterator[Found]:
    terms = lexicon()["address"]
    for match in _grammar().marked.finditer(text):
        unit, room = (
            match["unit"] or match["unit2"] or match["unit3"],
            match["room"] or match["room2"] or match["room3"],
        )
        mark, raw = match["mark"], match["building"]
        inner = unit is not None or room is not None
        if mark == terms["number"] and not (match["area"] or unit or (room and _closed(text, match.end()))):
            inside = text[match.end() : match.end() + 1]
            if room or inside == "" or inside not in terms["inside"]:
                continue
        if mark == terms["tower"] and not inner and not raw.isalpha():
            continue
        if not inner and not raw.isascii() and not mark.startswith(terms["number"]) and _is_count(text, match):
            continue
        building = _plain(raw)
        if building == "0" or (building and building.isdigit() and int(building) > BUILDINGS_AT_MOST):
            continue
        yield Found(Address(f"{match['area'] or ''}{building}", _plain(unit), _plain(room)), match.start(), match.end())


def _closed(text: str, end: int) -> bool:
    """After 12号301 nothing may follow that makes the number an amount or a time."""
    return end >= len(text) or text[end - 1] in lexicon()["address"]["room"] or not text[end].isalnum()


def _is_count(text: str, match: re.Match[str]) -> bool:
    """一栋, 这三栋, 三栋楼都 count buildings and name none."""
    grammar = _grammar()
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    counts = grammar.counted.fullmatch(match["building"]) is not None
    return counts or (before != "" and before in grammar.count_before) or (after != "" and after in grammar.count_after)


def _plausible(building: str, unit: str, room: str) -> bool:
    digits = "".join(letter for letter in room if letter.isdigit())
    floor = int(digits[:-2] or 0) if len(digits) > 2 else int(digits or 0)
    number_of_building = int("".join(letter for letter in building if letter.isdigit()) or 1)
    return 0 < number_of_building <= BUILDINGS_AT_MOST and 0 < int(unit) <= UNITS_AT_MOST and floor <= FLOORS_AT_MOST


def _dashed(text: str) -> Iterator[Found]:
    grammar = _grammar()
    matches = list(grammar.dashed.finditer(text))
    pairs = sum(match["b1"] is not None for match in matches)
    for match in matches:
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        if grammar.parcel.search(before) or grammar.parcel.search(text[match.end() : match.end() + _LOOK_AHEAD]):
            continue
        if match["b3"]:
            if _plausible(match["b3"], match["u3"], match["r3"]):
                address = Address(_plain(match["b3"]), _plain(match["u3"]), _plain(match["r3"]))
                yield Found(address, match.start(), match.end(), bare=True)
        elif match["b2"]:
            if _plausible(match["b2"], "1", match["r2"]) and int(match["r2"]) > 100:
                yield Found(
                    Address(_plain(match["b2"]), None, _plain(match["r2"])), match.start(), match.end(), bare=True
                )
        elif pairs == 1 and not _is_score(text, match):
            yield Found(Address(_plain(match["b1"]), match["u1"]), match.start(), match.end(), bare=True)


def _is_score(text: str, match: re.Match[str]) -> bool:
    return text[match.end() : match.end() + 1] == "!" or _grammar().score.search(text) is not None


def _partial(text: str) -> Iterator[Found]:
    for match in _grammar().partial.finditer(text):
        yield Found(
            Address(None, _plain(match["unit"]), _plain(match["room"] or match["only"])), match.start(), match.end()
        )


def _apart(found: Iterable[Found]) -> list[Found]:
    """In the order of the text, without those inside an earlier form's."""
    kept: list[Found] = []
    taken: set[int] = set()
    for each in found:
        if not taken.intersection(range(each.start, each.end)):
            taken.update(range(each.start, each.end))
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def addresses(text: str) -> list[Found]:
    """Every address of a normalised text, in order."""
    return _apart(islice(chain(_marked(text), _dashed(text), _partial(text)), ADDRESSES_AT_MOST))


def chosen(text: str, found: list[Found]) -> Found | None:
    """The address that is meant: not the one that is denied (不是12栋 是13栋), the most complete, the first of those."""
    meant = found
    if len(found) > 1:
        meant = [
            each for each in found if not _grammar().denied.search(text[max(0, each.start - 4) : each.start])
        ] or found
    if not meant:
        return None
    best = max(meant, key=lambda each: each.address.completeness)
    if best.address.building is None:
        return _completed(best, meant)
    rest = next((each for each in meant if each.address.building is None), None)
    if rest is not None and best.address.unit is None:
        best = _completed(rest, [best])
    return best if best.address.room else _with_lone_room(text, best)


def _with_lone_room(text: str, found: Found) -> Found:
    """102又往外扩阳台 … 24号楼: a number at the head of the text, or before 那家, where a building is named as well."""
    match = _grammar().lone_room.search(text)
    if match is None or int(match["room"]) // 100 > FLOORS_AT_MOST or found.start <= match.start() < found.end:
        return found
    known = found.address
    return Found(Address(known.building, known.unit, match["room"]), found.start, found.end, found.bare)


def _completed(part: Found, others: list[Found]) -> Found:
    """A unit or room that stands apart from its building: 7号楼的都停了 我在3单元."""
    whole = next((each for each in others if each.address.building is not None), None)
    if whole is None:
        return part
    unit, room = part.address.unit or whole.address.unit, part.address.room or whole.address.room
    return Found(Address(whole.address.building, unit, room), whole.start, whole.end)


def address(text: str) -> Address | None:
    normal = normalise(text)
    found = chosen(normal, addresses(normal))
    return found.address if found else None


def split_nickname(name: str) -> tuple[Address | None, str]:
    """`3-2-501 王阿姨` -> its address and 王阿姨: what somebody is called without saying where they live."""
    normal = normalise(name)
    found = chosen(normal, addresses(normal))
    if found is None:
        return None, normal.strip()
    rest = normal[: found.start] + " " + normal[found.end :]
    return found.address, _EDGES.sub("", rest)


_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
