"""Numbers of common problems: `GX261125-01`."""

from __future__ import annotations

import re
from typing import Final

from intents.understanding.normalise import normalise

_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])(?P<date>[Gg][Xx] ?[0-9]{6}) ?-? ?(?P<serial>[0-9]{2,4})(?![0-9])")


def find_problem_number(text: str) -> tuple[str, str] | None:
    """The number at the beginning of a text, and the rest as typed."""
    normal = normalise(text)
    match = _NUMBER.match(normal)
    # as typed where the positions agree: the rest may be read out to residents
    return (
        (_as_written(match), (text if len(text) == len(normal) else normal)[match.end() :].strip(" :,，："))
        if match
        else None
    )


def problem_number(text: str) -> str | None:
    """A number anywhere in a text."""
    match = _NUMBER.search(normalise(text))
    return _as_written(match) if match else None


def _as_written(match: re.Match[str]) -> str:
    return f"{match['date'].upper().replace(' ', '')}-{match['serial']}"
