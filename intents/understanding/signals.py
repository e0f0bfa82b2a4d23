"""The second opinion beside the rules: words that make a complaint likelier or less likely, whatever it is about.

Each signal counts once, with the weight that `signals.yaml` gives it, so that an answer can always say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import re2

from intents.understanding.schema import Node, read_source
from intents.understanding.vocabulary import Hits, Vocabulary

SIGNALS_FILE = Path(__file__).with_name("signals.yaml")
LENIENCE: Final = 0.6
KEYS: Final = (
    *("weight", "words", "pattern"),
    *("without_address", "emergency_only", "spares_emergency", "hides_slots"),
)


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    weight: float
    reason: str
    words: int | None
    pattern: str | None
    without_address: bool
    """Somebody who names a door is not telling of elsewhere or long ago: then it does not count."""
    emergency_only: bool
    spares_emergency: bool
    """It does not hold back an emergency: who cries for help may well ask 谁家有车."""
    hides_slots: bool
    """An advert's address is nobody's home."""

    def counts(self, *, addressed: bool, emergency: bool) -> bool:
        if addressed and self.without_address:
            return False
        return not (self.spares_emergency if emergency else self.emergency_only)


@dataclass(frozen=True, slots=True)
class Weight:
    sum: float
    why: tuple[str, ...]


class Signals:
    def __init__(self, signals: Sequence[Signal], limit: float) -> None:
        self.all = tuple(signals)
        self._worded = tuple(signal for signal in signals if signal.words is not None)
        self._patterned = tuple(
            (signal, re2.compile(signal.pattern)) for signal in signals if signal.pattern is not None
        )
        self.limit = limit
        self.patterns_gain = sum(signal.weight for signal, _ in self._patterned if signal.weight > 0)
        """What patterns can add at most: where that would not make a lead, they need not be tried."""

    def worded(self, hits: Hits) -> tuple[Signal, ...]:
        return tuple(signal for signal in self._worded if signal.words in hits)

    def present(self, hits: Hits, folded: str) -> tuple[Signal, ...]:
        """Those that the text holds, by a word or by a pattern."""
        worded = self.worded(hits)
        return (*worded, *(each for each, pattern in self._patterned if each not in worded and pattern.search(folded)))

    def weigh(self, present: Iterable[Signal], *, addressed: bool, emergency: bool, lenient: bool = False) -> Weight:
        """The sum, its gains limited, and what it is made of. `lenient`: what all else speaks for is doubted less."""
        counted = [signal for signal in present if signal.counts(addressed=addressed, emergency=emergency)]
        gain = min(self.limit, sum(signal.weight for signal in counted if signal.weight > 0))
        loss = sum(signal.weight for signal in counted if signal.weight < 0) * (LENIENCE if lenient else 1)
        return Weight(gain + loss, tuple(signal.reason for signal in counted))


def hide_slots(present: Iterable[Signal]) -> bool:
    return any(signal.hides_slots for signal in present)


def read_signals(root: Node, vocabulary: Vocabulary) -> Signals:
    signals = root["signals"]
    names: Iterable[str] = signals.typed(dict)
    return Signals([_signal(signals[name], name, vocabulary) for name in names], float(root["limit"].value))


def _signal(node: Node, name: str, vocabulary: Vocabulary) -> Signal:
    given = node.mapping(KEYS)
    weight = float(node["weight"].typed((int, float)))
    return Signal(
        name=name,
        weight=weight,
        reason=f"{weight:+.2g} {name}",
        words=vocabulary.add(node["words"].words(), node["words"]) if "words" in given else None,
        pattern=node["pattern"].pattern() if "pattern" in given else None,
        without_address=bool(given.get("without_address", False)),
        emergency_only=bool(given.get("emergency_only", False)),
        spares_emergency=bool(given.get("spares_emergency", False)),
        hides_slots=bool(given.get("hides_slots", False)),
    )


def signals_source() -> Node:
    return read_source(SIGNALS_FILE)
