"""Case numbers: our own `SQ261125-07`, and whatever else people read off a slip after 工单 or 编号."""

from __future__ import annotations

import re
from functools import cache

from intents.understanding.lexicon import lexicon, one_of, words
from intents.understanding.normalise import normalise


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    own = re.compile(r"(?<![0-9A-Za-z])(?P<date>[Ss][Qq][ ]?[0-9]{6,8})[ ]?-?[ ]?(?P<serial>[0-9]{2,4})(?![0-9])")
    said = one_of(words("case", "said"))
    fillers = rf"[ :#{lexicon()['case']['fillers']}]{{0,3}}"
    other = re.compile(
        rf"{said}{fillers}(?P<number>[A-Za-z]{{0,4}}-?[0-9]{{2,16}}(?:-[0-9]{{1,6}}){{0,2}})(?![0-9A-Za-z-])"
    )
    return own, other


def find_case_number(text: str) -> tuple[str, int, int] | None:
    """The number and where it stands in a normalised text."""
    own, other = _patterns()
    if match := own.search(text):
        return _own(match), match.start(), match.end()
    if match := other.search(text):
        return match["number"].upper(), match.start("number"), match.end("number")
    return None


def _own(match: re.Match[str]) -> str:
    return f"{match['date'].upper().replace(' ', '')}-{match['serial']}"


def case_number(text: str) -> str | None:
    found = find_case_number(normalise(text))
    return found[0] if found else None
