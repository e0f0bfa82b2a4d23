"""What staff enter for somebody: `王大爷 3-2-501 厕所漏水 电话`, typed in a hurry and not always in that order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from bot.message import Slots
from intents.understanding.address import addresses, chosen
from intents.understanding.lexicon import HAN, one_of, words
from intents.understanding.normalise import normalise
from intents.understanding.phone import LANDLINE, MOBILE
from intents.understanding.place import place
from intents.understanding.yaml_source import load_yaml

Channel = Literal["telephone", "visit"]
Missing = Literal["name", "address", "content", ""]

LETTERS_OF_A_NAME: Final = 6
LETTERS_OF_A_SPOT: Final = 10
LETTERS_OF_CONTENT: Final = 1
_EDGES: Final = " \t\n,.;:!?~-/|\u3001\u3002\uff0c()[]"
"""What separates the parts, on their outsides."""
_COLONS: Final = re.compile("(?<![0-9]):|:(?![0-9])")
"""All but those of a time of day."""


@dataclass(frozen=True)
class OnBehalf:
    """A case told to staff. `address` is empty where none could be made out; `words` are the content alone."""

    name: str
    address: Slots
    words: str
    channel: Channel
    phone: str | None


@dataclass(frozen=True)
class _Parts:
    name: str | None
    address: Slots
    words: str
    channel: Channel
    phone: str | None


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("on_behalf.yaml"))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    given = _grammar()
    surname = rf"(?:{one_of(words('names', 'double_surnames'))}|[{''.join(words('names', 'surnames'))}])"
    titles, prefixes = one_of(given["titles"].split()), given["prefixes"]
    not_names = rf"(?!{one_of((*given['not_names'].split(), *words('names', 'common_words')))})"
    titled = rf"(?:[{prefixes}]?{surname}{HAN}{{0,2}}?{titles}|[{prefixes}]{surname})"
    telephone, visit = one_of(given["telephone"].split()), one_of(given["visit"].split())
    return {
        "name": re.compile(rf"(?:{titled}|{not_names}{surname}{HAN}{{0,2}}|{one_of(given['plain'].split())})"),
        "titled": re.compile(titled),
        "channel": re.compile(rf"(?:^|[{re.escape(_EDGES)}])(?:(?P<telephone>{telephone})|(?P<visit>{visit}))$", re.I),
        "phone_word": re.compile(rf"{one_of(given['phone_words'].split())}[ :]{{0,2}}$", re.I),
        "fault": re.compile(rf"[{given['fault_letters']}]"),
        "foreign_name": re.compile(rf"(?:{HAN}|[A-Za-z\u00b7]){{1,{LETTERS_OF_A_NAME}}}"),
        "spot": re.compile(rf"{HAN}{{1,{LETTERS_OF_A_SPOT - 1}}}[{given['spot_ends']}]"),
    }


def on_behalf(text: str) -> OnBehalf | None:
    """None where a name or what it is about cannot be made out; `missing` says which."""
    parts = _read(text)
    if parts.name is None or not _is_content(parts.words):
        return None
    return OnBehalf(parts.name, parts.address, parts.words, parts.channel, parts.phone)


def missing(text: str) -> Missing:
    """The first part that is not there; empty where all are."""
    parts = _read(text)
    if parts.name is None:
        return "name"
    if parts.address == Slots():
        return "address"
    return "" if _is_content(parts.words) else "content"


def _is_content(said: str) -> bool:
    return sum(letter.isalnum() for letter in said) >= LETTERS_OF_CONTENT


def _read(text: str) -> _Parts:
    said, phone = _without_phone(_COLONS.sub(" ", normalise(text)))
    said, channel = _without_channel(said)
    name, rest = _name(said)
    address, content = _address(rest)
    if name is None:
        name, content = _name(content)
    if name is not None and address == Slots():
        address, content = _spot(content)
    return _Parts(name, address, content.strip(_EDGES), channel, phone)


def _without_phone(said: str) -> tuple[str, str | None]:
    """A number and the word before it: at the end of the line that word says as well how it was told, and stays."""
    match = MOBILE.search(said) or LANDLINE.search(said)
    if match is None:
        return said, None
    number = re.sub(r"[ -]", "", match[0])
    before, after = said[: match.start()], said[match.end() :]
    if word := _patterns()["phone_word"].search(before):
        before = before[: word.start()]
    return f"{before.rstrip(_EDGES)} {after.lstrip(_EDGES)}".strip(_EDGES), number


def _without_channel(said: str) -> tuple[str, Channel]:
    said = said.strip(_EDGES)
    match = _patterns()["channel"].search(said)
    if match is None:
        return said, "telephone"
    return said[: match.start()].rstrip(_EDGES), "visit" if match["visit"] else "telephone"


def _name(said: str) -> tuple[str | None, str]:
    """The name at the beginning, and the rest. It may stand close to the address: 王大爷3-2-501."""
    said = said.lstrip(_EDGES)
    head = re.split(rf"[{re.escape(_EDGES)}]", said, maxsplit=1)[0]
    first = next((each.start for each in addresses(said)[:1] if each.start < len(head)), len(head))
    head = head[:first]
    titled = _patterns()["titled"].match(head)
    if titled is not None and head[titled.end() :] in _grammar()["home"].split():
        return titled[0], said[len(head) :]
    if head and _is_name(head, with_address_next=_address_next(said[len(head) :])):
        return head, said[len(head) :]
    return (titled[0], said[titled.end() :]) if titled else (None, said)


def _address_next(rest: str) -> bool:
    rest = rest.lstrip(_EDGES)
    return any(each.start == 0 for each in addresses(rest)[:1])


def _is_name(head: str, *, with_address_next: bool) -> bool:
    patterns = _patterns()
    if patterns["name"].fullmatch(head):
        return place(head, ()) is None
    usual = patterns["foreign_name"].fullmatch(head) and not patterns["fault"].search(head)
    return bool(usual) and with_address_next and place(head, ()) is None


def _address(rest: str) -> tuple[Slots, str]:
    """The address or the known place, and the rest without it where it stands apart at either end."""
    rest = rest.strip(_EDGES)
    found = addresses(rest)
    best = chosen(rest, found)
    spot = place(rest, found)
    if best is None:
        return _known_spot(rest, spot) if spot else (Slots(), rest)
    told = best.address
    slots = Slots(building=told.building, unit=told.unit, room=told.room, place=spot)
    end = best.start + len(spot) if spot and rest.startswith(spot, best.start) else best.end
    return slots, _cut(rest, best.start, end if _is_edge(rest[end : end + 1]) else best.end)


def _cut(rest: str, start: int, end: int) -> str:
    before, after = rest[:start], rest[end:]
    if before.strip(_EDGES) and after.strip(_EDGES):
        return rest
    if after[:1] and after[0] in _grammar()["part_of_a_house"]:  # 3单元门坏了 is about that door
        return rest
    return f"{before} {after}"


def _is_edge(letter: str) -> bool:
    return letter == "" or letter in _EDGES


def _known_spot(rest: str, spot: str) -> tuple[Slots, str]:
    """A place in a word of its own goes, one within the content stays: 东门口 路灯不亮, but 东门口路灯不亮."""
    tokens = rest.split()
    alone = next((token for token in tokens if token.startswith(spot) and len(token) <= len(spot) + 1), None)
    if alone is None or len(tokens) == 1:
        return Slots(place=spot), rest
    tokens.remove(alone)
    return Slots(place=alone.strip(_EDGES)), " ".join(tokens)


def _spot(content: str) -> tuple[Slots, str]:
    """A place that no list knows, in the word between name and content: 小月季坛 灯不亮."""
    tokens = content.split()
    if len(tokens) < 2:
        return Slots(), content
    first = tokens[0].strip(_EDGES)
    patterns = _patterns()
    if patterns["spot"].fullmatch(first) and not patterns["fault"].search(first):
        return Slots(place=first), " ".join(tokens[1:])
    return Slots(), content
