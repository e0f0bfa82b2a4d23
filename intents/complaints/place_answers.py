"""How people answer "where is it?": an address, a place, yes to the address in their nickname, or never mind."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from bot.context import Context
from bot.message import Slots
from intents.understanding.address import addresses, chosen
from intents.understanding.digits import bare
from intents.understanding.joining_in import names_signing_up
from intents.understanding.place import place
from intents.understanding.yaml_source import load_yaml

LONGEST_PLAIN_ANSWER = 12
MOST_WORDS_BESIDE = 4
TROUBLES = ("complaints.file", "complaints.emergency")
_DOOR = re.compile(r"(?:([0-9]{1,2})\s*[-#/]\s*)?([0-9]{3,4}[A-Za-z]?)")


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in load_yaml(Path(__file__).with_name("answers.yaml")).items()}


def words(name: str) -> frozenset[str]:
    """A list of `answers.yaml`."""
    return _words()[name]


def told_place(context: Context) -> Slots | None:
    """The place in an answer; None where it holds none."""
    text = context.text.strip()
    if names_signing_up(text):
        return None
    found = addresses(text)
    address = chosen(text, found)
    if address is not None and address.address.building:
        told = address.address
        return Slots(building=told.building, unit=told.unit, room=told.room, place=place(text, found))
    if address is not None and address.address.unit and len(bare(text)) <= LONGEST_PLAIN_ANSWER:
        return Slots(unit=address.address.unit, room=address.address.room)
    offered = context.dialog.data.get("offered") if context.dialog else None
    if offered and bare(text) in words("agreed"):
        return Slots(**offered)
    return Slots(place=text) if _is_spot(text) else None


def door_told(context: Context) -> Slots | None:
    """A door number, told in private: as an address, by its digits alone, or as yes to the one in the nickname."""
    text = context.text.strip()
    address = chosen(text, addresses(text))
    if address is not None and address.address.room:
        understood = context.understanding
        trouble = understood.speak and understood.intent in TROUBLES
        if trouble or len(_beside(text)) > MOST_WORDS_BESIDE:
            return None  # it tells of something, and where that is
        told = address.address
        return Slots(building=told.building, unit=told.unit, room=told.room)
    offered = context.dialog.data.get("offered") if context.dialog else None
    if offered and bare(text) in words("agreed"):
        return Slots(**offered)
    plain = _DOOR.fullmatch(bare(text, keep="-#/")) if len(text) <= LONGEST_PLAIN_ANSWER else None
    return Slots(unit=plain[1], room=plain[2]) if plain else None


def tells_place(context: Context) -> bool:
    """An answer, and not a trouble of its own: 3-2 with another fault is another case."""
    told = told_place(context)
    if told is None or _is_other_trouble(context):
        return False
    knows_building = context.dialog is not None and "match" in context.dialog.data
    return bool(told.building or told.place or knows_building)


def is_bare_place(context: Context) -> bool:
    """A place and hardly a word more, whatever else it may sound like."""
    text = context.text.strip()
    said = told_place(context)
    if said is None or not (said.building or said.place):
        return False
    return len(_beside(text)) <= MOST_WORDS_BESIDE


def _beside(text: str) -> str:
    """What is said besides addresses."""
    for one in reversed(addresses(text)):
        text = text[: one.start] + text[one.end :]
    return bare(text)


def is_yes(context: Context) -> bool:
    return bare(context.text) in words("agreed")


def is_no(context: Context) -> bool:
    return bare(context.text) in words("disagreed")


def never_mind(context: Context) -> bool:
    return bare(context.text) in words("never_mind")


def _is_other_trouble(context: Context) -> bool:
    understood = context.understanding
    if not understood.speak or understood.intent not in TROUBLES or is_bare_place(context):
        return False
    asked_about = context.dialog.data.get("category") if context.dialog else None
    return understood.intent != TROUBLES[0] or list(understood.category or ()) != asked_about


def _is_spot(text: str) -> bool:
    """A place without an address, such as a gate: short, and neither a question nor a fault."""
    if len(text) > LONGEST_PLAIN_ANSWER or any(word in text for word in words("no_places")):
        return False
    return any(spot in text for spot in words("spots"))
