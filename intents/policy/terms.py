"""What a text is found by, bigrams of characters with numbers and Latin words whole, and how rare each of them is."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Final

_RUNS: Final = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?|[^\W_a-z0-9]+")
_EVENNESS: Final = 1.2
"""How soon a repetition stops counting, as usual in BM25."""
_BY_LENGTH: Final = 0.4
"""How much a long text is held against it: less than usual, since passages are of one length and questions all short."""
_SMALLEST_BASE: Final = 100
"""Of a handful of entries nobody can tell what is rare: a smaller base is read as if it had so many."""


def grams(folded: str) -> list[str]:
    """Of a folded text, in order, with repetitions. A character that stands alone is its own gram."""
    found: list[str] = []
    for run in _RUNS.findall(folded):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


class Rarity:
    """In how many entries each gram stands: of entries, not of passages, or an entry's own name would count as common.

    Kept here and not asked of the index, which counts what was deleted for a while: the same base must give the same
    score, byte for byte.
    """

    def __init__(self) -> None:
        self._entries = 0
        self._texts = 0
        self._length = 0
        self._holding: Counter[str] = Counter()

    def add(self, texts: Iterable[str], distinct: Set[str]) -> None:
        """An entry by its texts and the grams that stand in any of them."""
        self._count(texts, 1)
        self._holding.update(distinct)

    def take(self, texts: Iterable[str], distinct: Set[str]) -> None:
        self._count(texts, -1)
        self._holding.subtract(distinct)
        for gram in distinct:
            if not self._holding[gram]:
                del self._holding[gram]

    def _count(self, texts: Iterable[str], by: int) -> None:
        self._entries += by
        for text in texts:
            self._texts += by
            self._length += by * len(text)

    def knows(self, word: str) -> bool:
        """Whether all of its grams stand somewhere."""
        return all(gram in self._holding for gram in grams(word))

    def of(self, gram: str) -> float:
        """1 for what stands in a single entry, hardly more for what stands nowhere, towards 0 for what stands everywhere."""
        entries = max(self._entries, _SMALLEST_BASE)
        holding = self._holding.get(gram, 0)
        return math.log(1 + (entries - holding + 0.5) / (holding + 0.5)) / math.log(entries + 1.5)

    def of_word(self, word: str) -> float:
        """As rare as its rarest gram: an estimate, since words themselves are not counted."""
        return max(map(self.of, grams(word)), default=0.0)

    def rarest(self, wanted: Iterable[str], most: int) -> list[str]:
        """Of those that stand somewhere, the ones worth looking for, the rarest first."""
        known = [gram for gram in dict.fromkeys(wanted) if gram in self._holding]
        return sorted(known, key=lambda gram: (self._holding[gram], gram))[:most]

    def share(self, weights: Mapping[str, float], text: str) -> float:
        """BM25 of one text, as a share of the most that any text could get: 0..1."""
        slowness = _EVENNESS * (1 - _BY_LENGTH + _BY_LENGTH * len(text) * self._texts / (self._length or 1))
        held = 0.0
        for gram, weight in weights.items():
            times = text.count(gram)
            if times:
                held += weight * times / (times + slowness)
        return held / (sum(weights.values()) or 1.0)

    def held(self, wanted: Iterable[str], text: str | Set[str]) -> float:
        """The share of these grams, weighed by how rare they are, that stand in the text."""
        total = held = 0.0
        for gram in wanted:
            weight = self.of(gram)
            total += weight
            if gram in text:
                held += weight
        return held / total if total else 0.0
