"""Whether the writer says to be far away, with nobody at home: a leak below an empty flat is another matter than one at home."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.understanding.lexicon import one_of
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml

LONGEST: Final = 500


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    given: Any = load_yaml(Path(__file__).with_name("absence.yaml"))
    parts = {"self": given["self"], "with": given["with"], "far": one_of(given["far"].split())}

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, part in parts.items():
            pattern = pattern.replace(f"{{{name}}}", part)
        return re.compile(pattern)

    return tuple(map(compiled, given["patterns"])), tuple(map(compiled, given["never"]))


def is_away(text: str) -> bool:
    """我在外地 家里没人 … of oneself and of now; not of a neighbour, of next week or of the working hours."""
    said = normalise(text)[:LONGEST]
    away, never = _grammar()
    return any(each.search(said) for each in away) and not any(each.search(said) for each in never)
