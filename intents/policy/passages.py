"""An entry cut into passages: short enough that one of them is an answer, each with the title in front."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from intents.understanding.normalise import normalise
from storage.policy_entry import PARTS, Draft

LONGEST: Final = 250
"""Characters of a passage without its title: whole documents find half as much, single sentences lose what they are about."""

_ENDS: Final = re.compile(r"(?<=[。！？!?；;\n])\s*")
_PAUSES: Final = re.compile(r"(?<=[，、,：:\s])")


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    """With the title in front."""
    part: str | None
    """Of `PARTS`; None for the answer and the body."""


def passages_of(draft: Draft) -> list[Passage]:
    """The short answer first, then the parts of the guide in their order, then the body. At least one: the title alone."""
    title = normalise(draft.title).strip()
    found: list[Passage] = []
    if draft.answer:
        found += _titled(title, draft.answer, None)
    for part in PARTS:
        if draft.parts.get(part):
            found += _titled(title, draft.parts[part], part)
    found += _titled(title, draft.body, None)
    return found or [Passage(title, None)]


def _titled(title: str, text: str, part: str | None) -> Iterator[Passage]:
    for cut in cuts(text):
        # many documents begin with their own title
        yield Passage(cut if cut.startswith(title) else f"{title}\n{cut}", part)


def cuts(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Whole sentences together, as many as fit; a sentence that is too long is cut at a pause, or anywhere."""
    held = ""
    for piece in _pieces(text, longest):
        if held and len(held) + len(piece) > longest:
            yield held.strip()
            held = ""
        held += piece
    if held.strip():
        yield held.strip()


def _pieces(text: str, longest: int) -> Iterator[str]:
    for sentence in _ENDS.split(text):
        if not sentence.strip():
            continue
        if len(sentence) <= longest:
            yield sentence
        else:
            yield from _shortened(_PAUSES.split(sentence), longest)


def _shortened(clauses: Iterable[str], longest: int) -> Iterator[str]:
    for clause in clauses:
        for start in range(0, len(clause), longest):
            yield clause[start : start + longest]
