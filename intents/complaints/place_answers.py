"""How people answer "where is it?": an address, a place, yes to the address in their nickname, or never mind."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.context import Context
from bot.message import Slots
from intents.understanding.address import addresses, chosen
from intents.understanding.place import place
from intents.understanding.yaml_source import load_yaml

LONGEST_PLAIN_ANSWER = 12


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in load_yaml(Path(__file__).with_name("answers.yaml")).items()}


def told_place(context: Context) -> Slots | None:
    """The place in an answer; None where it holds none."""
    text = context.text.strip()
    found = addresses(text)
    address = chosen(text, found)
    if address is not None and address.address.building:
        told = address.address
        return Slots(building=told.building, unit=told.unit, room=told.room, place=place(text, found))
    offered = context.dialog.data.get("offered") if context.dialog else None
    if offered and _bare(text) in _words()["agreed"]:
        return Slots(**offered)
    somewhere = place(text, found)
    if somewhere is None and len(text) <= LONGEST_PLAIN_ANSWER and any(one in text for one in _words()["spots"]):
        somewhere = text
    return Slots(place=somewhere) if somewhere else None


def tells_place(context: Context) -> bool:
    return told_place(context) is not None


def never_mind(context: Context) -> bool:
    return _bare(context.text) in _words()["never_mind"]


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
