"""Ranges of buildings as staff type them: `3-7、12栋，除5栋`, `A-C座`, `东区3-5号楼`, `一号楼至五号楼`, `单号楼`, `全部`.

Buildings are named as `address.py` names them: "8", "B", "东区3". A number only counts with 楼, 栋, 幢, 座 or # somewhere
in its list, so dates, times, scores and doors are no ranges. All quantifiers are bounded: cost is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from intents.understanding.lexicon import lexicon, number, numeral_letters, words
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

BUILDINGS_AT_MOST: Final = 200
"""A range that names more is somebody's slip, or somebody trying us."""

_CLAUSES_AT_MOST: Final = 20
_HIGHEST: Final = 999
_SPOKEN_AS_RUN: Final = 3
_COUNTED: Final = re.compile(r"(.*?)([0-9]{1,4})")

Every = Literal["all", "odd", "even"]


class RangeTooLong(ValueError):
    """More than 200 buildings in one range."""


@dataclass(frozen=True, slots=True)
class BuildingRange:
    """What a text names, exclusions taken out. `span` holds its positions in the normalised text."""

    buildings: tuple[str, ...]
    span: tuple[int, int]
    every: Every | None = None
    """All, the odd or the even ones, which only the community's own list of buildings can name: see `among`."""
    excluded: tuple[str, ...] = ()
    area: str = ""

    def among(self, known: Iterable[str]) -> tuple[str, ...]:
        """The buildings meant: those named, whether known or not; with `every`, those of the known ones."""
        if self.every is None:
            return self.buildings
        return tuple(each for each in known if self._takes(each) and each not in self.excluded)

    def _takes(self, building: str) -> bool:
        if not building.startswith(self.area):
            return False
        if self.every == "all":
            return True
        digits = re.search(r"([0-9]+)[A-Z]?$", building)
        return digits is not None and (int(digits[1]) % 2 == 1) == (self.every == "odd")


@dataclass(frozen=True, slots=True)
class _Grammar:
    item: re.Pattern[str]
    many: re.Pattern[str]
    every: re.Pattern[str]
    begin: re.Pattern[str]
    open_end: re.Pattern[str]
    joint: re.Pattern[str]
    exclude: re.Pattern[str]
    outside: re.Pattern[str]
    excluded: re.Pattern[str]
    parity: re.Pattern[str]
    odd: tuple[str, ...]


@cache
def _grammar() -> _Grammar:
    terms: Any = load_yaml(Path(__file__).with_name("buildings.yaml"))
    letters, places = numeral_letters(), lexicon()["address"]
    area = rf"(?:[{''.join(words('address', 'areas'))}A-Za-z]{places['area']}|(?:[0-9]|[{letters}]){places['phase']})"
    name = rf"(?:[A-Za-z]?[0-9]{{1,6}}[A-Za-z]?|[A-Za-z]|[{letters}]{{1,3}})"
    mark = "(?:" + "|".join(str(terms["mark"]).split()) + ")"
    weak, tail = terms["weak_mark"], terms["weak_mark_not_before"]
    door = str(terms["door"]).replace("{n}", letters)
    first, last = (
        rf"{terms['first']}?(?P<{which}>{name})(?:(?P<{which}_mark>{mark}|{weak}(?![{tail}]))(?!{door})|(?![0-9A-Za-z.:_%]))"
        for which in ("first", "last")
    )
    item = rf"(?P<area>{area})?[ ]?{first}(?:{terms['to']}{area}?{last})?"
    plain = re.sub(r"\?P<\w+>", "?:", item)
    one = rf"{plain}(?!-[0-9])"
    every = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in terms["every"].items())
    return _Grammar(
        item=re.compile(item),
        many=re.compile(rf"{one}(?:(?:{terms['joint']})?{one}){{0,{BUILDINGS_AT_MOST}}}"),
        every=re.compile(rf"(?P<area>{area})?(?:{every})"),
        begin=re.compile(
            rf"(?<![{terms['not_before']}])"
            rf"(?=[A-Za-z0-9]|{terms['first']}|{area}|(?<![{terms['numeral_not_before']}])[{letters}])"
        ),
        open_end=re.compile(terms["open_end"]),
        joint=re.compile(rf"[ ]?[()]?(?:{terms['joint']})?[ ]?"),
        exclude=re.compile(terms["except"]),
        outside=re.compile(terms["outside"]),
        excluded=re.compile(terms["excepted"]),
        parity=re.compile(terms["parity_after"]),
        odd=tuple(terms["odd"].split()),
    )


@dataclass(frozen=True, slots=True)
class _List:
    items: tuple[re.Match[str], ...]
    end: int


def building_range(text: str) -> BuildingRange | None:
    """The first range that a text names."""
    return next(iter(building_ranges(text, most=1)), None)


def building_ranges(text: str, most: int = BUILDINGS_AT_MOST) -> list[BuildingRange]:
    """Every range of a text in its order: `1-3号楼8:30，4-6号楼9:30` has two. Raises RangeTooLong."""
    said, found, at = normalise(text), list[BuildingRange](), 0
    while at < len(said) and len(found) < most:
        one = _next(said, at)
        if one is None:
            break
        found.append(one)
        at = one.span[1]
    return found


def spoken(buildings: Iterable[str]) -> tuple[str, ...]:
    """Buildings as people say them, in their order: three and more in a row are said from the first to the last (`7–12`)."""
    runs: list[list[str]] = []
    for one in buildings:
        if runs and _follows(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    said: list[str] = []
    for run in runs:
        said += [f"{run[0]}\u2013{_tail(run[-1])}"] if len(run) >= _SPOKEN_AS_RUN else run
    return tuple(said)


def _follows(one: str, other: str) -> bool:
    before, after = _COUNTED.fullmatch(one), _COUNTED.fullmatch(other)
    return bool(before and after and before[1] == after[1] and int(before[2]) + 1 == int(after[2]))


def _tail(building: str) -> str:
    """Without the area, which was said before the first; a letter belongs to the number."""
    counted = _COUNTED.fullmatch(building)
    return counted[2] if counted and not counted[1].isascii() else building


def _next(text: str, at: int) -> BuildingRange | None:
    """The first range from here on. What was tried as a whole list in vain is not tried again in parts."""
    grammar = _grammar()
    every = grammar.every.search(text, at)
    stop = every.start() if every else len(text)
    for begin in grammar.begin.finditer(text, at, min(len(text), stop + 1)):
        if begin.start() < at:
            continue
        listed = _list(text, begin.start()) or _interrupted(text, begin.start())
        found = _listed(text, listed, begin.start()) if listed else None
        if found is not None:
            return found
        at = _end(grammar.many, text, begin.start())
    return _every(text, every) if every else None


def _list(text: str, at: int, *, marked: bool = True) -> _List | None:
    """A list of buildings at this very place. One of them has to be marked as a building, unless it is told otherwise."""
    grammar = _grammar()
    match = grammar.many.match(text, at)
    if match is None:
        return None
    items = list(grammar.item.finditer(text, at, match.end()))
    while items:
        last = items[-1]
        strong = _is_marked(last)
        if strong or (not (last["last_mark"] or last["first_mark"]) and grammar.open_end.match(text, last.end())):
            break
        items.pop()
    if not items or (marked and not any(map(_is_marked, items))) or _is_count(text, items):
        return None
    return _List(tuple(items), items[-1].end())


def _interrupted(text: str, at: int) -> _List | None:
    """In `3-7(不含5)、12栋` the first numbers are marked by what comes after the brackets."""
    listed = _list(text, at, marked=False)
    if listed is None or not _grammar().exclude.match(text, listed.end):
        return None
    named, taken, _ = _more(text, [], [], listed.end)
    return listed if named and taken else None


def _is_marked(item: re.Match[str]) -> bool:
    mark = item["last_mark"] if item["last"] else item["first_mark"]
    return mark is not None and mark != lexicon()["address"]["number"]


def _is_count(text: str, items: Sequence[re.Match[str]]) -> bool:
    """一栋, 这三栋, 三栋楼都 count buildings and 四座 counts anything: a lone one names none."""
    if len(items) > 1 or items[0]["last"]:
        return False
    terms, mark, name = lexicon()["address"], items[0]["first_mark"], items[0]["first"]
    if mark == terms["tower"]:
        return not name.isalpha() or not name.isascii()
    if name.isascii() or (mark or terms["number"]).startswith(terms["number"]):
        return False
    before, after = text[max(0, items[0].start() - 1) : items[0].start()], text[items[0].end() : items[0].end() + 1]
    counted = name in terms["counted"] or mark not in words("address", "building")
    return (
        counted or (before != "" and before in terms["count_before"]) or (after != "" and after in terms["count_after"])
    )


def _listed(text: str, listed: _List, start: int) -> BuildingRange | None:
    """A list, with what is taken out of it before, within or after. None where none of its numbers can be a building."""
    grammar = _grammar()
    before, at = _before(text, start), listed.end
    kept, out = list(listed.items), list[re.Match[str]]()
    if before is not None:
        start = before
        out, kept = _first_clause(text, listed.items)
        at = _end(grammar.outside, text, at)
    elif last := grammar.excluded.match(text, at):
        (kept, out), at = _last_clause(text, listed.items), last.end()
    named, taken, at = _more(text, _names(kept), _names(out), at)
    every: Every | None = "all" if taken and not named else None
    if parity := grammar.parity.match(text, at) if named else None:
        odd, at = parity["parity"] in grammar.odd, parity.end()
        named = [each for each in named if each[-1:].isdigit() and (int(each[-1]) % 2 == 1) == odd]
    if not named and every is None:
        return None
    meant = tuple(each for each in _each_once(named) if each not in taken)
    return BuildingRange(meant, (start, at), every=every, excluded=_each_once(taken))


def _more(text: str, named: list[str], taken: list[str], at: int) -> tuple[list[str], list[str], int]:
    """What goes on after a list: more buildings, and those that are taken out."""
    grammar = _grammar()
    for _ in range(_CLAUSES_AT_MOST):
        if out := grammar.exclude.match(text, at):
            listed = _list(text, out.end(), marked=False)
            if listed is None:
                break
            taken = [*taken, *_names(listed.items)]
            at = _end(grammar.outside, text, listed.end)
            continue
        listed = _list(text, _end(grammar.joint, text, at))
        if listed is None:
            break
        if out := grammar.excluded.match(text, listed.end):
            kept, gone = _last_clause(text, listed.items)
            named, taken, at = [*named, *_names(kept)], [*taken, *_names(gone)], out.end()
        else:
            named, at = [*named, *_names(listed.items)], listed.end
    return named, taken, at


def _every(text: str, match: re.Match[str]) -> BuildingRange:
    kind: Every = "all" if match["all"] else "odd" if match["odd"] else "even"
    _, taken, at = _more(text, [], [], match.end())
    start = match.start()
    return BuildingRange((), (start, at), every=kind, excluded=_each_once(taken), area=match["area"] or "")


def _before(text: str, start: int) -> int | None:
    """Where 除 begins, if it stands right before."""
    found = [match for match in _grammar().exclude.finditer(text, max(0, start - 8), start) if match.end() == start]
    return found[-1].start() if found else None


def _first_clause(text: str, items: tuple[re.Match[str], ...]) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """In `除5、6栋，3-7栋` all up to the comma is what is excepted."""
    for at in range(1, len(items)):
        if any(mark in text[items[at - 1].end() : items[at].start()] for mark in ",;"):
            return list(items[:at]), list(items[at:])
    return list(items), []


def _last_clause(text: str, items: tuple[re.Match[str], ...]) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """In `3到7栋和12栋，5、6栋除外` the last clause is what is excepted; without a comma the last one named."""
    for at in range(len(items) - 1, 0, -1):
        if any(mark in text[items[at - 1].end() : items[at].start()] for mark in ",;"):
            return list(items[:at]), list(items[at:])
    return list(items[:-1]), [items[-1]]


def _names(items: Iterable[re.Match[str]]) -> list[str]:
    names: list[str] = []
    area = ""
    for item in items:
        area = item["area"] or area
        for name in _between(item["first"], item["last"]):
            names.append(f"{area}{name}")
            if len(names) > BUILDINGS_AT_MOST:
                raise RangeTooLong(names[0], names[-1])
    return names


def _between(first: str, last: str | None) -> Iterable[str]:
    one = _plain(first)
    if last is None:
        return (one,) if _is_name(one) else ()
    other = _plain(last)
    if one.isalpha() and other.isalpha():
        low, high = sorted((ord(one), ord(other)))
        return map(chr, range(low, high + 1))
    before, after = re.fullmatch(r"([A-Z]?)([0-9]+)", one), re.fullmatch(r"([A-Z]?)([0-9]+)", other)
    if before is None or after is None or after[1] not in ("", before[1]):
        return tuple(each for each in (one, other) if _is_name(each))
    start, stop = sorted((int(before[2]), int(after[2])))
    return (f"{before[1]}{each}" for each in range(max(start, 1), stop + 1))


def _is_name(name: str) -> bool:
    digits = re.sub("[A-Z]", "", name)
    return digits == "" or 0 < int(digits) <= _HIGHEST


def _plain(name: str) -> str:
    if not name.isascii():
        return str(number(name))
    return name.upper().lstrip("0") or "0"


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


__all__ = ["BUILDINGS_AT_MOST", "BuildingRange", "Every", "RangeTooLong", "building_range", "building_ranges", "spoken"]


def in_order(building: str) -> tuple[str, int]:
    """To sort by, as people count: 3 before 12, and the letters and areas each by themselves."""
    digits = re.search(r"[0-9]+", building)
    return (re.sub(r"[0-9]+", "", building), int(digits[0]) if digits else 0)
