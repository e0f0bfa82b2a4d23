"""The working wording of a case: phones 138****1234, identity numbers 370602********1234, names 张*."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intents.understanding.names import said_names, surname
from intents.understanding.phone import IDENTITY, LANDLINE, MOBILE


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Of a normalised text. `names` are those already known, such as the reporter's."""
    text = IDENTITY.sub(_masked_identity, text)
    text = MOBILE.sub(_masked_phone, text)
    text = LANDLINE.sub(_masked_phone, text)
    known = {name for name in names if len(name) > 1} | {name for name, _, _ in said_names(text)}
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, surname(name) + "*")
    return text


def _masked_phone(match: re.Match[str]) -> str:
    digits = re.sub(r"[ -]", "", match[0])
    return f"{digits[:3]}****{digits[-4:]}"


def _masked_identity(match: re.Match[str]) -> str:
    return f"{match[0][:6]}********{match[0][-4:]}"
