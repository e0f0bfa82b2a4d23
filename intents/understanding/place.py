"""Places that have no door number: 北门外面人行道, 3号楼东边那条道, 池塘边上. Free text, cut from the message as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from intents.understanding.address import Found
from intents.understanding.lexicon import one_of, words

_TAILS_AT_MOST = 3


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    tails = rf"(?:{one_of(words('place', 'tails'))}){{0,{_TAILS_AT_MOST}}}"
    gates, heads = words("place", "gates"), words("place", "heads")
    ends = one_of((*gates, *heads))
    named = re.compile(rf"{one_of((*gates, *heads))}(?:{one_of(words('place', 'joints'))}?{ends})?{tails}")
    after_address = re.compile(rf"\s?(?:{ends}|{one_of(words('place', 'tails'))}){tails}")
    return named, after_address


def place(text: str, found: Sequence[Found]) -> str | None:
    """Of a normalised text with its addresses: beside a building first (4号楼西头), else a named place."""
    named, after_address = _patterns()
    for each in found:
        if not each.bare and (match := after_address.match(text, each.end)):
            return text[each.start : match.end()].strip()
    match = named.search(text)
    return match[0].strip() if match else None
