"""The second opinion beside the rules: words that make a complaint likelier or less likely, whatever it is about.

Each signal counts once, with the weight that `signals.yaml` gives it, so that an answer can always say why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import re2

from intents.understanding.schema import Node, read_source
from intents.understanding.vocabulary import Hits, Vocabulary

SIGNALS_FILE = Path(__file__).with_name("signals.yaml")


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    weight: float
    words: int | None
    pattern: Any
    without_address: bool
    """Somebody who names a door is not telling of elsewhere or long ago: then it does not count."""
    emergency_only: bool
    spares_emergency: bool
    """It does not hold back an emergency: who cries for help may well ask 谁家有车."""
    hides_slots: bool
    """An advert's address is nobody's home."""

    def present(self, hits: Hits, folded: str) -> bool:
        if self.words is not None and self.words in hits:
            return True
        return self.pattern is not None and self.pattern.search(folded) is not None


@dataclass(frozen=True, slots=True)
class Signals:
    signals: tuple[Signal, ...]
    limit: float

    def weigh(self, hits: Hits, folded: str, *, addressed: bool, emergency: bool) -> tuple[float, tuple[str, ...]]:
        """The sum, its gains limited, and what it is made of."""
        present = [
            signal
            for signal in self.signals
            if not (addressed and signal.without_address)
            and not (signal.spares_emergency if emergency else signal.emergency_only)
            and signal.present(hits, folded)
        ]
        gain = min(self.limit, sum(signal.weight for signal in present if signal.weight > 0))
        loss = sum(signal.weight for signal in present if signal.weight < 0)
        return gain + loss, tuple(f"{signal.weight:+.2g} {signal.name}" for signal in present)

    def hides_slots(self, hits: Hits, folded: str) -> bool:
        return any(signal.hides_slots and signal.present(hits, folded) for signal in self.signals)


def read_signals(root: Node, vocabulary: Vocabulary) -> Signals:
    signals = root["signals"]
    names: Iterable[str] = signals.typed(dict)
    return Signals(tuple(_signal(signals[name], name, vocabulary) for name in names), float(root["limit"].value))


def _signal(node: Node, name: str, vocabulary: Vocabulary) -> Signal:
    given = node.mapping(("weight", "words", "pattern", "without_address", "emergency_only", "spares_emergency", "hides_slots"))
    return Signal(
        name=name,
        weight=float(node["weight"].typed((int, float))),
        words=vocabulary.add(node["words"].words(), node["words"]) if "words" in given else None,
        pattern=re2.compile(given["pattern"]) if "pattern" in given else None,
        without_address=bool(given.get("without_address", False)),
        emergency_only=bool(given.get("emergency_only", False)),
        spares_emergency=bool(given.get("spares_emergency", False)),
        hides_slots=bool(given.get("hides_slots", False)),
    )


def signals_source() -> Node:
    return read_source(SIGNALS_FILE)
