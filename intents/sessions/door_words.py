"""What staff type at the door: `003 005 8-2-301`, `张三 2人`, `加 张三 8-2-301 2人`, `撤 003`; and whom they call down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.address import addresses
from intents.understanding.lexicon import number, numeral_letters
from intents.understanding.normalise import normalise
from intents.understanding.phone import MOBILE
from intents.understanding.yaml_source import load_yaml

IN, ADD, OFF, UNDO = "in", "add", "off", "undo"
"""There; there and on no list; not coming after all; not there, and typed by mistake."""
MOST_TYPED: Final = 60
"""So many people in one message."""
CODE_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Typed:
    """One person or household as typed: only what was said of it."""

    code: str = ""
    name: str = ""
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    phone: str | None = None
    people: int | None = None
    door_last: bool = False
    """Said after the name: what was counted then is who came from there."""

    @property
    def is_somebody(self) -> bool:
        """Whether this is enough to put somebody on the list: a name, or a whole door."""
        return bool(self.name) or self.room is not None


@dataclass(frozen=True, slots=True)
class AtDoor:
    deed: str
    people: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Nth:
    """第2场 or 第2批, counted from one."""

    number: int
    is_slot: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Grammar:
    add: re.Pattern[str]
    away: re.Pattern[str]
    undo: re.Pattern[str]
    tokens: re.Pattern[str]
    nth: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    terms = load_yaml(Path(__file__).with_suffix(".yaml"))
    count, nth = (str(terms[name]).replace("{letters}", numeral_letters()) for name in ("count", "nth"))
    bare_count = count.replace("?P<count>", "?:")
    name = rf"(?:(?!{bare_count}){terms['name']}){{1,{terms['longest_name']}}}"
    return _Grammar(
        re.compile(terms["add"]),
        re.compile(terms["away"]),
        re.compile(terms["undo"]),
        re.compile(rf"{count}|{terms['code']}|(?P<name>{name})|(?P<break>{terms['break']})"),
        re.compile(nth),
    )


def at_door(rest: str) -> AtDoor:
    """`rest`: what follows the command's word and the number."""
    text = normalise(rest).strip()
    for deed, pattern in ((ADD, _grammar().add), (OFF, _grammar().away), (UNDO, _grammar().undo)):
        if match := pattern.match(text):
            return AtDoor(deed, tuple(_people(text[match.end() :], together=deed == ADD)))
    return AtDoor(IN, tuple(_people(text, together=False)))


def nth_in(text: str) -> Nth | None:
    match = _grammar().nth.search(normalise(text))
    return Nth(number(match["nth"]), match["slot"] is not None) if match else None


def _people(text: str, *, together: bool) -> Iterator[Typed]:
    """`together`: name, door and number in any order are one person until a comma or the line's end."""
    found, closed, yielded = Typed(), False, 0
    for token in _tokens(text):
        if token.kind == "break":
            closed = True
            continue
        belongs = _belongs(found, token, together=together) and (not closed or token.kind == "count")
        if found != Typed() and not belongs:
            yield found
            found, yielded = Typed(), yielded + 1
            if yielded > MOST_TYPED:
                return
        found, closed = replace(found, **token.said), False
        if token.kind == "door" and found.name:
            found = replace(found, door_last=True)
    if found != Typed():
        yield found


def _belongs(found: Typed, token: _Token, *, together: bool) -> bool:
    """Whether this is said of the same person."""
    if token.kind == "count":
        return found.people is None
    if token.kind == "phone":
        return found.phone is None
    if token.kind == "code" or found.code or (found.people is not None and not together):
        return False
    return not found.name if token.kind == "name" else found.building is None


def _tokens(text: str) -> Iterator[_Token]:
    """In the order of the text; where telephones and doors stand, nothing else is read."""
    whole: dict[int, tuple[int, _Token]] = {}
    for match in MOBILE.finditer(text):
        digits = "".join(letter for letter in match[0] if letter.isdigit())
        whole[match.start()] = (match.end(), _Token("phone", {"phone": digits}))
    for one in addresses(text):
        address = one.address
        if address.building is not None and not any(
            start < one.end and one.start < end for start, (end, _) in whole.items()
        ):
            said = {"building": address.building, "unit": address.unit, "room": address.room}
            whole[one.start] = (one.end, _Token("door", said))
    at = 0
    for start in [*sorted(whole), len(text)]:
        yield from _plain(text[at:start])
        if start in whole:
            at = whole[start][0]
            yield whole[start][1]


def _plain(text: str) -> Iterator[_Token]:
    for match in _grammar().tokens.finditer(text):
        if match["break"]:
            yield _Token("break", {})
        elif match["count"]:
            yield _Token("count", {"people": number(match["count"])})
        elif match["code"]:
            yield _Token("code", {"code": str(int(match["code"])).zfill(CODE_DIGITS)})
        else:
            yield _Token("name", {"name": match["name"]})
