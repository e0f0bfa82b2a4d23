"""The working wording of a case: phones 138****1234, identity numbers 370602********1234, names 张*."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intents.understanding.address import addresses
from intents.understanding.names import said_names, surname
from intents.understanding.normalise import normalise
from intents.understanding.phone import IDENTITY, LANDLINE, MOBILE


def masked_strictly(text: str) -> str:
    """Only what is nobody's but a person's own: mobile and identity numbers."""
    return MOBILE.sub(_masked_phone, IDENTITY.sub(_masked_identity, text))


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Of a normalised text. `names` are those already known, such as the reporter's."""
    text = masked_strictly(text)
    text = LANDLINE.sub(_masked_phone, text)
    known = {name for name in names if len(name) > 1} | {name for name, _, _ in said_names(text)}
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, surname(name) + "*")
    return text


def without_doors(text: str) -> str:
    """The same with the door of every address hidden: building and unit may be said in a group, a door may not."""
    normal = normalise(text)
    kept = text if len(normal) == len(text) else normal  # only then do positions agree
    for found in reversed(addresses(normal)):
        door = _DOOR.search(kept, found.start, found.end) if found.address.room else None
        if door is not None:
            kept = kept[: door.start()] + HIDDEN + kept[door.end() :]
    return _DOOR_ALONE.sub(HIDDEN, kept)


# digits, letters or Chinese numerals at the end of an address, before the word for a room
_DOOR = re.compile(
    "[0-9\uff10-\uff19A-Za-z\u96f6\u3007\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5e7a]{2,}"
    "(?=[\u5ba4\u623f\u6237\u53f7]?$)"
)
# a door said without its building: before the words for room, home, household and doorway, or after above, below, opposite
_DOOR_ALONE = re.compile(
    "(?<![0-9])[0-9]{3,4}(?=[\u5ba4\u6237\u5bb6\u623f\u95e8])"
    "|(?<=\u697c\u4e0a)[0-9]{3,4}(?![0-9])|(?<=\u697c\u4e0b)[0-9]{3,4}(?![0-9])"
    "|(?<=\u5bf9\u95e8)[0-9]{3,4}(?![0-9])|(?<=\u9694\u58c1)[0-9]{3,4}(?![0-9])"
)
HIDDEN = "***"


def _masked_phone(match: re.Match[str]) -> str:
    digits = re.sub(r"[ -]", "", match[0])
    return f"{digits[:3]}****{digits[-4:]}"


def _masked_identity(match: re.Match[str]) -> str:
    return f"{match[0][:6]}********{match[0][-4:]}"
