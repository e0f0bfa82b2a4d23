"""Numbers of notices: `TZ261125-01`."""

from __future__ import annotations

import re
from typing import Final

from intents.understanding.normalise import normalise

_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[Tt][Zz] ?(?P<date>[0-9]{6}) ?-? ?(?P<serial>[0-9]{2,4})(?![0-9])")
_SEPARATORS: Final = " \t\n:：,，、"


def number_in(text: str) -> str | None:
    """A number anywhere in a text."""
    match = _NUMBER.search(normalise(text))
    return f"TZ{match['date']}-{match['serial']}" if match else None


def number_first(text: str) -> tuple[str, str] | None:
    """The number at the beginning of a text, and the rest as typed."""
    said = text.strip()
    normal = normalise(said)
    match = _NUMBER.match(normal)
    if match is None:
        return None
    rest = (said if len(said) == len(normal) else normal)[match.end() :]
    return f"TZ{match['date']}-{match['serial']}", rest.lstrip(_SEPARATORS)
