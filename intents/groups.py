"""Choosing groups by name, tag or building range: `3-7、12栋，除5栋`, `物业群、3号楼业主群`, `所有群 除团购群`.

A group says in the configuration whose it is (`buildings`) and what it is called together with others (`tags`); without that
its name tells which building it is of, where it names one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.settings import GroupFact
from intents.understanding.buildings import BuildingRange, RangeTooLong, building_range, in_order
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml
from storage.accounts import Directory

LONGEST: Final = 600
"""So many characters are read in search of groups."""
MOST_PLACES: Final = 60
MOST_TRIES: Final = 20
SHORTEST_PART: Final = 2
"""A part of a name, such as the middle of it, names a group only from so many characters."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody named, in the order of naming, and what was not understood of it. `rest` is what they said after it."""

    groups: tuple[int, ...]
    rest: str = ""
    unknown: tuple[str, ...] = ()
    """No group, no tag and no building is called so."""
    unclear: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """A part of several groups' names, with those."""
    uncovered: tuple[str, ...] = ()
    """Buildings that were named and that no group is for."""
    beyond: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Groups that are also for buildings which were not named."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """What is known of a group besides its members."""

    id: int
    name: str
    silent: bool
    tags: tuple[str, ...]
    buildings: tuple[str, ...]


@cache
def _grammar() -> dict[str, Any]:
    terms = load_yaml(Path(__file__).with_suffix(".yaml"))
    return {name: term if name == "separators" else re.compile(term) for name, term in terms.items()}


def buildings_of(fact: GroupFact | None, name: str) -> tuple[str, ...]:
    """Whose group it is. A range is read with or without the word for a building."""
    try:
        if fact is not None and fact.buildings:
            found = building_range(fact.buildings) or building_range(f"{fact.buildings}#")
        else:
            found = building_range(name)
    except RangeTooLong:
        return ()
    return found.buildings if found is not None else ()


def unreadable(facts: Sequence[GroupFact]) -> int | None:
    """The first whose buildings the configuration names in a way that is no range; which one."""
    return next((at for at, fact in enumerate(facts) if fact.buildings and not buildings_of(fact, "")), None)


class Groups:
    """The groups of this account, as staff speak of them."""

    def __init__(self, directory: Directory, facts: Sequence[GroupFact]) -> None:
        self._directory = directory
        self._facts = {fact.name: fact for fact in facts}
        self._read: dict[str, tuple[str, ...]] = {}

    def all(self) -> list[KnownGroup]:
        """Every group of today, in the order in which they became known."""
        return [self._known(group, name) for group, name in sorted(self._directory.groups().items())]

    def of(self, groups: Iterable[int]) -> list[KnownGroup]:
        """These; one that is none of this account's any more has no name."""
        return [self._known(group, self._directory.group_name(group)) for group in groups]

    def choose(self, text: str) -> Chosen:
        """The groups that a text names from its beginning on; raises `RangeTooLong`."""
        return _Reading(text[:LONGEST], self.all()).chosen(text)

    def _known(self, group: int, name: str) -> KnownGroup:
        fact = self._facts.get(name)
        if name not in self._read:
            self._read[name] = buildings_of(fact, name)
        silent = fact is not None and not fact.listen
        return KnownGroup(group, name, silent, fact.tags if fact is not None else (), self._read[name])


@dataclass
class _Reading:
    """One pass over what somebody typed, place by place."""

    text: str
    groups: list[KnownGroup]
    at: int = 0
    taken: dict[int, None] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    """Buildings, of every range."""
    by_building: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    unclear: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def chosen(self, whole: str) -> Chosen:
        self._skip("space")
        excluding, begin = False, None
        for _ in range(MOST_PLACES):
            excluding = self._skip("except") or excluding
            if not self._place(excluding, after=begin):
                break
            if excluding:
                self._skip("outside")
            if _grammar()["except"].match(self.text, self.at):
                continue
            begin = self.at
            if not self._skip("joint"):
                break
        covered = {building for one in self.groups for building in one.buildings}
        groups = tuple(group for group in self.taken if group not in self.left_out)
        return Chosen(
            groups,
            whole[self.at :].lstrip(_grammar()["separators"]).rstrip(),
            tuple(self.unknown),
            tuple(self.unclear),
            tuple(building for building in sorted(self.named, key=in_order) if building not in covered),
            tuple(
                (one.id, tuple(building for building in one.buildings if building not in self.named))
                for one in self.groups
                if one.id in self.by_building & set(groups) and not set(one.buildings) <= self.named
            ),
        )

    def _skip(self, name: str) -> bool:
        match = _grammar()[name].match(self.text, self.at)
        if match is None or match.end() == match.start():
            return False
        self.at = match.end()
        return True

    def _place(self, excluding: bool, after: int | None) -> bool:
        """One group, one tag, one range or all of them; False where the list ends. What is no group after a comma is what is
        to be said already: the list ended at `after`."""
        found = self._by_name() or self._all() or self._range(excluding)
        if found is None:
            word = _grammar()["word"].match(self.text, self.at)
            if word is None:
                return False
            fitting = self._fitting(word[0])
            if not fitting and after is not None and _grammar()["comma"].fullmatch(self.text, after, self.at):
                self.at = after
                return False
            self.at = word.end()
            found = self._one_of(word[0], fitting)
        if excluding:
            self.left_out.update(found)
        else:
            self.taken.update(dict.fromkeys(found))
        return True

    def _by_name(self) -> list[int] | None:
        """The longest name or tag that stands here whole."""
        said = normalise(self.text[self.at :])
        if len(said) != len(self.text) - self.at:
            said = self.text[self.at :]
        names = {normalise(one.name) for one in self.groups if one.name}
        names |= {normalise(tag) for one in self.groups for tag in one.tags}
        for name in sorted(names, key=len, reverse=True):
            if said.startswith(name) and any(_grammar()[after].match(said, len(name)) for after in ("end", "joint")):
                self.at += len(name)
                return [
                    one.id for one in self.groups if normalise(one.name) == name or name in map(normalise, one.tags)
                ]
        return None

    def _all(self) -> list[int] | None:
        return [one.id for one in self.groups] if self._skip("all") else None

    def _range(self, excluding: bool) -> list[int] | None:
        found = self._longest_range()
        if found is None:
            return None
        meant = set(self._meant(found))
        if not excluding:
            self.named |= meant
        theirs = [one.id for one in self.groups if meant & set(one.buildings)]
        if not excluding:
            self.by_building.update(theirs)
        return theirs

    def _longest_range(self) -> BuildingRange | None:
        """The range that stands here, and nothing of what is said after it: `3栋，5栋前的车位` is one of building 3."""
        chunk = _grammar()["chunk"].match(self.text, self.at)
        if chunk is None or len(normalise(chunk[0])) != len(chunk[0]):
            return None
        breaks = [match.start() for match in _grammar()["breaks"].finditer(chunk[0])]
        for end in (len(chunk[0]), *breaks[: -MOST_TRIES - 1 : -1]):
            piece = chunk[0][:end]
            found = building_range(piece)
            if found is None or found.span[0] != 0:
                continue
            after = _grammar()["suffix"].match(piece, len(piece[: found.span[1]].rstrip())).end()
            if after == end or (end == len(chunk[0]) and _grammar()["end"].match(piece, after)):
                self.at += after
                return found
        return None

    def _meant(self, found: BuildingRange) -> tuple[str, ...]:
        return found.among(dict.fromkeys(building for one in self.groups for building in one.buildings))

    def _fitting(self, word: str) -> list[KnownGroup]:
        said = normalise(word)
        return [one for one in self.groups if len(said) >= SHORTEST_PART and said in normalise(one.name)]

    def _one_of(self, word: str, fitting: Sequence[KnownGroup]) -> list[int]:
        """A part of one group's name names it; what fits several, or none, is said so."""
        if len(fitting) == 1:
            return [fitting[0].id]
        if fitting:
            self.unclear.append((word, tuple(one.name for one in fitting)))
        else:
            self.unknown.append(word)
        return []
