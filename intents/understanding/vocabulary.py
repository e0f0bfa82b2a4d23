"""All words anybody listens for, in one Aho-Corasick automaton: a message is read once, however many rules there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ahocorasick_rs import AhoCorasick

from intents.understanding.normalise import fold
from intents.understanding.schema import Node, Words

Span = tuple[int, int]
Hits = Mapping[int, list[Span]]
"""Where the words of each set occur, in the order of their ends. Sets are known by number."""
Found = Sequence[tuple[int, int, int]]
"""Every word of a text as it was found: its number, start and end."""

_NO_SPANS: Final[list[Span]] = []


class Vocabulary:
    """Grows while rules are read, then `freeze()`, then only `scan()`."""

    def __init__(self, lists: Mapping[str, Node]) -> None:
        self._lists = lists
        self._expanded: dict[str, frozenset[str]] = {}
        self._numbers: dict[frozenset[str], int] = {}
        self._awaited: set[int] = set()

    def add(self, words: Words, at: Node, *, awaited: bool = False) -> int:
        """The number of this set of words. A message without a word of an *awaited* set is ordinary chatter."""
        members = frozenset().union(*(self._members(word, at, ()) for word in words))
        number = self._numbers.setdefault(members, len(self._numbers))
        if awaited:
            self._awaited.add(number)
        return number

    def _members(self, word: str, at: Node, trail: tuple[str, ...]) -> frozenset[str]:
        if not word.startswith("$"):
            return frozenset((fold(word),)) - {""}
        name = word[1:]
        if name in trail:
            raise at.fault("circular_list", name=name)
        if name not in self._lists:
            raise at.fault("unknown_list", name=name)
        if name not in self._expanded:
            node = self._lists[name]
            parts = (self._members(each, node, (*trail, name)) for each in node.words())
            self._expanded[name] = frozenset().union(*parts)
        return self._expanded[name]

    def freeze(self, idioms: int) -> None:
        sets_of_word: dict[str, list[int]] = {}
        for members, number in self._numbers.items():
            for word in members:
                sets_of_word.setdefault(word, []).append(number)
        words = list(sets_of_word)
        self.words: Sequence[str] = words
        self._by_number = {number: members for members, number in self._numbers.items()}
        self.sets: Sequence[tuple[int, ...]] = [tuple(sets_of_word[word]) for word in words]
        self.awaited = frozenset(self._awaited)
        self._gates = [not self._awaited.isdisjoint(numbers) for numbers in self.sets]
        self.idioms = idioms
        self._automaton = AhoCorasick(words)

    def found(self, folded: str) -> Found:
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        return found

    def scan(self, folded: str) -> Hits | None:
        """None where no awaited word occurs. What lies inside an idiom (no leak in 脑子进水) is not there."""
        found = self.found(folded)
        gates = self._gates
        for word, _, _ in found:
            if gates[word]:
                return self.grouped(found)
        return None

    def words_in(self, folded: str) -> list[str]:
        """Each once, in a fixed order: a set would count tied votes differently from process to process."""
        found = self.found(folded)
        return [self.words[word] for word in dict.fromkeys([word for word, _, _ in found])]

    def members(self, number: int) -> frozenset[str]:
        return self._by_number[number]

    def grouped(self, found: Found) -> Hits:
        hits: dict[int, list[Span]] = {}
        sets = self.sets
        for word, start, end in found:
            span = (start, end)
            for number in sets[word]:
                known = hits.get(number)
                if known is None:
                    hits[number] = [span]
                else:
                    known.append(span)
        return _outside(hits, hits[self.idioms]) if self.idioms in hits else hits


def _outside(hits: Hits, idioms: list[Span]) -> Hits:
    """The hits that no idiom covers. Idioms are few; they are marked character by character, so cost stays linear."""
    ends: dict[int, int] = {}
    for first, last in idioms:
        for position in range(first, last):
            ends[position] = max(ends.get(position, 0), last)
    kept = {number: [span for span in spans if ends.get(span[0], -1) < span[1]] for number, spans in hits.items()}
    return {number: spans for number, spans in kept.items() if spans}


def near(things: list[Span], faults: list[Span], within: int) -> Span | None:
    """The first thing with a fault at most `within` characters before or after it, not inside it. Both in the order of ends.

    Words of a set differ little in length, so walking both once is enough; the walk never goes back, so it is linear.
    """
    first = 0
    for start, end in things:
        while first < len(faults) and faults[first][1] + within < start:
            first += 1
        for fault_start, fault_end in faults[first : first + 8]:
            if fault_start - within > end:
                break
            if fault_start >= end or fault_end <= start:
                return start, max(end, fault_end)
    return None
