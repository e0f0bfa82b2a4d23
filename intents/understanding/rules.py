"""Rules ready to run: their words are sets of the vocabulary, their patterns compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import re2

from intents.understanding.schema import Node, Rule
from intents.understanding.vocabulary import Hits, Span, Vocabulary, near

QUOTING_AT_MOST: Final = 24
"""Who only says "that too" of what is quoted needs few characters; a longer text names its matter itself."""


@dataclass(frozen=True, slots=True)
class ReadyRule:
    rule: Rule
    any: int | None
    all: tuple[int, ...]
    none: int | None
    pairs: tuple[tuple[int, int, int], ...]
    pattern: Any
    unless: Any

    @property
    def votes(self) -> bool:
        """A complaint rule that names no category asks all the words of the text what it is about, and how surely.

        Not one of emergencies: a thing being known makes it no more urgent.
        """
        rule = self.rule
        return rule.category is None and rule.intent is not None and not rule.alone and rule.urgency != "P0"

    @property
    def triggers(self) -> tuple[int, ...]:
        """The sets of which one must have occurred: nobody looks at the rule otherwise."""
        if self.rule.sounds:
            return ()
        if self.pairs:
            return tuple(things for things, _, _ in self.pairs)
        if self.all:
            return self.all[:1]
        return () if self.any is None else (self.any,)

    def evidence(
        self, hits: Hits, folded: str, *, mentioned: bool = False, private: bool = False, quoting: bool = False
    ) -> Span | None:
        """Where the rule holds, or None."""
        if not self._applies(mentioned, private) or (self.rule.needs_quote and not _is_aside(folded, quoting)):
            return None
        if self.none is not None and self.none in hits:
            return None
        span = self._words(hits)
        if span is None or (self.unless is not None and self.unless.search(folded)):
            return None
        if self.pattern is None:
            return span
        match = self.pattern.search(folded)
        return match.span() if match else None

    def _applies(self, mentioned: bool, private: bool) -> bool:
        if self.rule.needs_mention and not (mentioned or private):
            return False
        return self.rule.where is None or (self.rule.where == "private") == private

    def _words(self, hits: Hits) -> Span | None:
        span: Span | None = (0, 0)
        if self.any is not None:
            if self.any not in hits:
                return None
            span = hits[self.any][0]
        for number in self.all:
            if number not in hits:
                return None
        if self.pairs:
            spans = (
                near(hits[things], hits[faults], within)
                for things, faults, within in self.pairs
                if things in hits and faults in hits
            )
            span = next((found for found in spans if found), None)
        return span


def _is_aside(folded: str, quoting: bool) -> bool:
    return quoting and len(folded) <= QUOTING_AT_MOST


def prepare(rule: Rule, at: Node, vocabulary: Vocabulary) -> ReadyRule:
    def words(key: str) -> int | None:
        given = getattr(rule, key)
        return vocabulary.add(given, at[key], awaited=key != "none") if given else None

    def pair(index: int) -> tuple[int, int, int]:
        one = rule.pairs[index]
        node = at["pairs"] if isinstance(at["pairs"].value, dict) else at["pairs"][index]
        things = vocabulary.add(one.things, node["things"], awaited=True)
        return things, vocabulary.add(one.faults, node["faults"]), one.within

    return ReadyRule(
        rule=rule,
        any=words("any"),
        all=tuple(vocabulary.add((word,), at["all"], awaited=True) for word in rule.all),
        none=words("none"),
        pairs=tuple(pair(i) for i in range(len(rule.pairs))),
        pattern=re2.compile(rule.pattern) if rule.pattern else None,
        unless=re2.compile(rule.unless) if rule.unless else None,
    )


def by_trigger(rules: tuple[ReadyRule, ...]) -> Mapping[int, tuple[ReadyRule, ...]]:
    table: dict[int, list[ReadyRule]] = {}
    for rule in rules:
        for number in rule.triggers:
            table.setdefault(number, []).append(rule)
    return {number: tuple(rules) for number, rules in table.items()}
