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
MOST_WORDS_BESIDE = 4
TROUBLES = ("complaints.file", "complaints.emergency")


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
    return Slots(place=text) if _is_spot(text) else None


def tells_place(context: Context) -> bool:
    """An answer, and not a trouble of its own: 3-2 with another fault is another case."""
    return told_place(context) is not None and not _is_other_trouble(context)


def is_bare_place(context: Context) -> bool:
    """A place and hardly a word more, whatever else it may sound like."""
    text = context.text.strip()
    said = told_place(context)
    if said is None:
        return False
    rest = text
    for one in reversed(addresses(text)):
        rest = rest[: one.start] + rest[one.end :]
    return len(_bare(rest)) <= MOST_WORDS_BESIDE


def _is_other_trouble(context: Context) -> bool:
    understood = context.understanding
    if not understood.speak or understood.intent not in TROUBLES or is_bare_place(context):
        return False
    asked_about = context.dialog.data.get("category") if context.dialog else None
    return understood.intent != TROUBLES[0] or list(understood.category or ()) != asked_about


def _is_spot(text: str) -> bool:
    """A place without an address, such as a gate: short, and neither a question nor a fault."""
    if len(text) > LONGEST_PLAIN_ANSWER or any(word in text for word in _words()["no_places"]):
        return False
    return any(spot in text for spot in _words()["spots"])


def never_mind(context: Context) -> bool:
    return _bare(context.text) in _words()["never_mind"]


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
