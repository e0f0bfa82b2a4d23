"""What a message says of itself, put together from the small grammars."""

from __future__ import annotations

import re
from functools import cache

from bot.message import Slots
from intents.understanding.address import Found, address, addresses, chosen, split_nickname
from intents.understanding.case_number import case_number, find_case_number
from intents.understanding.lexicon import one_of, words
from intents.understanding.names import name
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


def read_slots(text: str, *, complaint: bool) -> Slots:
    """Of a normalised text whose mentions are blanked. In a complaint 十几个人 and 老王 are its matter, not who comes."""
    number = find_case_number(text)
    rest = text if number is None else text[: number[1]] + " " * (number[2] - number[1]) + text[number[2] :]
    found = addresses(rest)
    best: Found | None = chosen(rest, found)
    reach = phone(rest)
    anonymous, for_other = _said()
    return Slots(
        building=best.address.building if best else None,
        unit=best.address.unit if best else None,
        room=best.address.room if best else None,
        place=place(rest, found),
        people=None if complaint else people(rest),
        phone=reach,
        name=name(rest, bare=not complaint and (best is not None or reach is not None)),
        case=number[0] if number else None,
        anonymous=anonymous.search(rest) is not None,
        for_other=for_other.search(rest) is not None,
    )
