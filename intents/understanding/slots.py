"""What a message says of itself, put together from the small grammars."""

from __future__ import annotations

import re
from functools import cache

from bot.message import Slots
from intents.understanding.address import Found, address, addresses, chosen, split_nickname
from intents.understanding.case_number import case_number, find_case_number
from intents.understanding.lexicon import lexicon, numeral_letters, one_of, words
from intents.understanding.names import name, name_at_door
from intents.understanding.people import people
from intents.understanding.phone import phone
from intents.understanding.place import place

__all__ = ["address", "case_number", "read_slots", "split_nickname"]


@cache
def _said() -> tuple[re.Pattern[str], re.Pattern[str]]:
    anonymous = re.compile(one_of(words("anonymous")))
    others = one_of(words("for_other", "others"))
    helping, said = one_of(words("for_other", "helping")), one_of(words("for_other", "said"))
    for_other = re.compile(rf"{helping}[^\s,。]{{0,2}}{others}[^,。]{{0,8}}?{said}")
    return anonymous, for_other


@cache
def _sent() -> tuple[re.Pattern[str], re.Pattern[str]]:
    terms = lexicon()["sent"]
    count = rf"(?:[0-9]|[{numeral_letters()}])[ ]?{lexicon()['people']['piece']}?"
    who = rf"(?:{one_of(words('people', 'self'))}?{one_of(words('people', 'relations'))}"
    dependants = rf"{count}{one_of(words('sent', 'dependants'))}"
    include, wants = one_of(words("sent", "include")), one_of(words("sent", "wants"))
    sent = rf"{include}[ ]?{who}|{dependants})|{who}|{dependants})[ ]?[{terms['fillers'].strip()}]{{0,2}}{wants}"
    return re.compile(sent), re.compile(one_of(words("sent", "along")))


def for_somebody_else(text: str) -> bool:
    """Of a normalised text: whether it speaks for somebody, and not for the writer too."""
    sent, along = _sent()
    if _said()[1].search(text):
        return True
    return sent.search(text) is not None and along.search(text) is None


def read_slots(text: str, *, complaint: bool) -> Slots:
    """Of a normalised text whose mentions are blanked. In a complaint 十几个人 and 老王 are its matter, not who comes."""
    number = find_case_number(text)
    rest = text if number is None else text[: number[1]] + " " * (number[2] - number[1]) + text[number[2] :]
    found = addresses(rest)
    best: Found | None = chosen(rest, found)
    reach = phone(rest)
    anonymous, for_other = _said()
    called = name(rest, bare=not complaint and (best is not None or reach is not None))
    if called is None and best is not None and not complaint:
        called = name_at_door(rest, best.end)
    others = for_other.search(rest) is not None if complaint else for_somebody_else(rest)
    return Slots(
        building=best.address.building if best else None,
        unit=best.address.unit if best else None,
        room=best.address.room if best else None,
        place=place(rest, found),
        people=None if complaint else people(rest),
        phone=reach,
        name=called,
        case=number[0] if number else None,
        anonymous=anonymous.search(rest) is not None,
        for_other=others,
    )
