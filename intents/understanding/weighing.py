"""What is added to a rule's score and taken from it, and the word for each in `why`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.message import Slots
from intents.understanding.rules import ReadyRule
from intents.understanding.signals import Signal, Signals, Weight
from intents.understanding.votes import Vote

EMERGENCY: Final = "complaints.emergency"
PLACE: Final = 0.2
DOOR: Final = 0.1
"""On top of the place: who gives a door number speaks of their own home."""
MENTIONED: Final = 0.2
SOMEBODY_ELSE: Final = -0.3
VOTES_WEIGH: Final = 0.1
VOTES_AT_MOST: Final = 0.3
SUPPORT_WEIGHS: Final = 0.05
SUPPORT_AT_MOST: Final = 0.2
"""How much the other words of a text help one rule before another; the score itself stays."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """Everything beside the rule itself that bears on its score."""

    place: Weight
    listener: Weight
    usual: Weight
    alarmed: Weight
    """The signals as they bear on an emergency."""
    vote: Vote | None

    def of(self, rule: ReadyRule) -> float:
        if rule.rule.alone:
            return self.listener.sum
        return self.listener.sum + self.place.sum + self._signals(rule).sum + self._words(rule)

    def why(self, rule: ReadyRule) -> tuple[str, ...]:
        if rule.rule.alone:
            return self.listener.why
        words = self._words(rule)
        voted = (f"{words:+.2g} words of {self.vote.category[1]}",) if words and self.vote else ()
        return (*self.place.why, *self.listener.why, *self._signals(rule).why, *voted)

    def support(self, rule: ReadyRule) -> float:
        if self.vote is None or rule.rule.category is None:
            return 0.0
        return min(SUPPORT_AT_MOST, SUPPORT_WEIGHS * self.vote.totals.get(rule.rule.category, 0.0))

    def _signals(self, rule: ReadyRule) -> Weight:
        return self.alarmed if rule.rule.intent == EMERGENCY else self.usual

    def _words(self, rule: ReadyRule) -> float:
        if self.vote is None or not rule.votes:
            return 0.0
        return round(min(VOTES_AT_MOST, VOTES_WEIGH * self.vote.strength), 2)


def weigh(
    signals: Signals,
    present: tuple[Signal, ...],
    slots: Slots,
    vote: Vote | None,
    *,
    alarm: bool,
    mentioned: bool,
    somebody_else: bool,
) -> Weighing:
    """`alarm`: an emergency is among what was found."""
    addressed = bool(slots.building or slots.unit)
    return Weighing(
        place=_place(slots),
        listener=_LISTENERS[mentioned, somebody_else],
        usual=signals.weigh(present, addressed=addressed, emergency=False),
        alarmed=signals.weigh(present, addressed=addressed, emergency=True) if alarm else NO_WEIGHT,
        vote=vote,
    )


def _given(*parts: tuple[bool, float, str]) -> Weight:
    held = [(weight, word) for holds, weight, word in parts if holds]
    return Weight(sum(weight for weight, _ in held), tuple(f"{weight:+.2g} {word}" for weight, word in held))


NO_WEIGHT: Final = _given()
_AT_A_PLACE: Final = _given((True, PLACE, "place"))
_AT_A_DOOR: Final = _given((True, PLACE, "place"), (True, DOOR, "door"))
_LISTENERS: Final = {
    (mentioned, somebody_else): _given(
        (mentioned, MENTIONED, "mentioned"), (somebody_else, SOMEBODY_ELSE, "somebody_else")
    )
    for mentioned in (False, True)
    for somebody_else in (False, True)
}


def _place(slots: Slots) -> Weight:
    if slots.room is not None:
        return _AT_A_DOOR
    return _AT_A_PLACE if slots.building or slots.unit or slots.place else NO_WEIGHT
