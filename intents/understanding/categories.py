"""What appeals are about, in two levels, and what follows from that: how urgent, whether a place is needed, whose trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from intents.understanding.schema import URGENCIES, Node, Words, read_source
from intents.understanding.vocabulary import Vocabulary

FILE_NAME: Final = "categories.yaml"
KEYS: Final = ("urgency", "place", "reach", "visit", "discreet", "hints")
REACHES: Final = ("home", "unit", "building", "area")

Category = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A second level. `place`: no one can act without it. `reach`: how far such a trouble goes. One of a `home` is never
    joined with another's; one of a `unit` (a lamp, a lift) is not that of the next unit; one of an `area` (heating, water)
    shows in many buildings at once.
    """

    urgency: str
    place: bool
    reach: str
    visit: bool
    """Somebody has to come in: the door number is needed."""
    discreet: bool
    """Nothing for neighbours: told in private only."""
    hints: int | None


class Categories:
    def __init__(self, kinds: Mapping[Category, Kind], default: Category) -> None:
        self.kinds = kinds
        self.default = default

    def __contains__(self, category: object) -> bool:
        return category in self.kinds

    def __getitem__(self, category: Category) -> Kind:
        return self.kinds[category]


def find_categories(rule_files: Sequence[Path]) -> list[Node]:
    folders = dict.fromkeys(file.parent for file in rule_files)
    return [read_source(folder / FILE_NAME) for folder in folders if (folder / FILE_NAME).exists()]


def hint_words(sources: Sequence[Node]) -> Words:
    """All hints together: usable in rules as `$hints`."""
    return tuple(
        word
        for source in sources
        for level1 in source.typed(dict)
        for level2 in source[level1].typed(dict)
        if "hints" in source[level1][level2].typed(dict)
        for word in source[level1][level2]["hints"].words()
    )


def read_categories(sources: Sequence[Node], vocabulary: Vocabulary) -> Categories:
    kinds: dict[Category, Kind] = {}
    for source in sources:
        for level1 in source.typed(dict):
            for level2 in source[level1].typed(dict):
                kinds[level1, level2] = _kind(source[level1][level2], vocabulary)
    return Categories(kinds, list(kinds)[-1] if kinds else ("", ""))


def _kind(node: Node, vocabulary: Vocabulary) -> Kind:
    given: Mapping[str, Any] = node.mapping(KEYS)
    urgency = given.get("urgency", "P2")
    if urgency not in URGENCIES:
        raise node["urgency"].fault("wrong_type", name="urgency", expected="/".join(URGENCIES))
    reach = given.get("reach", "building")
    if reach not in REACHES:
        raise node["reach"].fault("wrong_type", name="reach", expected="/".join(REACHES))
    return Kind(
        urgency=urgency,
        place=bool(given.get("place", True)),
        reach=reach,
        visit=bool(given.get("visit", False)),
        discreet=bool(given.get("discreet", False)),
        hints=vocabulary.add(node["hints"].words(), node["hints"]) if "hints" in given else None,
    )
