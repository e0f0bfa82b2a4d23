"""What somebody is called aloud: never where they live, nor by a number."""

from __future__ import annotations

import re

from intents.understanding.address import split_nickname

MOST_ADDRESSES = 3
_LONG_NUMBER = re.compile(r"[0-9]+[A-Za-z]?(?:[ -]+[0-9]+[A-Za-z]?)+|[0-9]{3,}[A-Za-z]?|[0-9]+[A-Za-z]?-")
_NAME_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def shown_name(nickname: str, nobody: str) -> str:
    """What somebody is called in a group: the nickname without addresses, telephones and other long numbers."""
    name = nickname
    for _ in range(MOST_ADDRESSES):
        address, rest = split_nickname(name)
        if address is None:
            break
        name = rest
    return _NAME_EDGES.sub("", _LONG_NUMBER.sub(" ", name)).strip() or nobody
