"""What is added to a rule's score and taken from it, and the word for each in `why`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.message import Slots
from intents.understanding.rules import ReadyRule
from intents.understanding.signals import Signal, Signals, Weight
from intents.understanding.sounding import Sound
from intents.understanding.votes import Vote

COMPLAINT: Final = "complaints.file"
EMERGENCY: Final = "complaints.emergency"
SUPPORT: Final = "complaints.support"
RATING: Final = "complaints.rate"
WITHDRAWAL: Final = "complaints.withdraw"
MEDIATION: Final = "complaints.mediate"
POLICY: Final = "policy.ask"
ASK: Final = "sessions.ask"
SIGN_UP: Final = "sessions.sign_up"
CANCEL: Final = "sessions.cancel"
CHANGE: Final = "sessions.change"
BOOK: Final = "sessions.book"
NOTE: Final = "sessions.group_note"
RECEIPT: Final = "notices.receipt"
SESSIONS: Final = (ASK, SIGN_UP, CANCEL, CHANGE, BOOK)
"""What is said of sessions in words."""
KEPT: Final = frozenset((COMPLAINT, EMERGENCY, SUPPORT, RATING, WITHDRAWAL, MEDIATION))
"""What is heeded too where it is not sure enough to speak: perhaps there is a case that it is about."""
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
LIKENESS_WEIGHS: Final = 0.03
HEARD_FROM: Final = {
    COMPLAINT: 0.3,
    EMERGENCY: -0.4,
    "complaints.progress": 1.4,
    SUPPORT: 0.3,
    RATING: 0.7,
    WITHDRAWAL: 0.2,
    MEDIATION: -0.3,
}
HEARD_ELSE_FROM: Final = 1.3
"""From here a text that no rule knows is one all the same: an emergency sooner, since staff had better look once too often."""


SPEAK_FROM: Final = 0.75
LEAD_FROM: Final = 0.5


def heard_from(rule: ReadyRule) -> float:
    """The margin from which a rule of sounds holds."""
    if rule.rule.heard_from is not None:
        return rule.rule.heard_from
    return HEARD_FROM.get(rule.rule.intent or "", HEARD_ELSE_FROM)


@dataclass(frozen=True, slots=True)
class Slope:
    """What a step from the border is worth, and the most it may take and give."""

    a_step: float
    loss: float
    gain: float

    def of(self, margin: float) -> Weight:
        return _weight_of(round(max(self.loss, min(self.gain, self.a_step * margin)), 2))


COMPLAINT_SLOPE: Final = Slope(0.2, -0.25, 0.38)
EMERGENCY_SLOPE: Final = Slope(0.13, -0.25, 0.35)
LENIENT_FROM: Final = 0.5


@dataclass(frozen=True, slots=True)
class Weighing:
    """Everything beside the rule itself that bears on its score."""

    place: Weight
    listener: Weight
    usual: Weight
    alarmed: Weight
    """The signals as they bear on an emergency."""
    vote: Vote | None
    sounds: Weight
    alarming: Weight

    def of(self, rule: ReadyRule) -> float:
        if rule.rule.alone:
            return self.listener.sum
        return self.listener.sum + self.place.sum + self._signals(rule).sum + self._sounds(rule).sum + self._words(rule)

    def why(self, rule: ReadyRule) -> tuple[str, ...]:
        if rule.rule.alone:
            return self.listener.why
        words = self._words(rule)
        voted = (f"{words:+.2g} words of {self.vote.category[1]}",) if words and self.vote else ()
        return (*self.place.why, *self.listener.why, *self._signals(rule).why, *self._sounds(rule).why, *voted)

    def support(self, rule: ReadyRule) -> float:
        if self.vote is None or rule.rule.category is None:
            return 0.0
        words = min(SUPPORT_AT_MOST, SUPPORT_WEIGHS * self.vote.totals.get(rule.rule.category, 0.0))
        return words + LIKENESS_WEIGHS * self.vote.likeness.get(rule.rule.category[0], 0.0)

    def _signals(self, rule: ReadyRule) -> Weight:
        return self.alarmed if rule.rule.intent == EMERGENCY else self.usual

    def _sounds(self, rule: ReadyRule) -> Weight:
        if rule.rule.quiet:
            return NO_WEIGHT
        return self.alarming if rule.rule.intent == EMERGENCY else self.sounds

    def _words(self, rule: ReadyRule) -> float:
        if self.vote is None or not rule.votes:
            return 0.0
        return round(min(VOTES_AT_MOST, VOTES_WEIGH * self.vote.strength), 2)


def weigh(
    signals: Signals,
    present: tuple[Signal, ...],
    slots: Slots,
    vote: Vote | None,
    sound: Sound,
    *,
    alarm: bool,
    mentioned: bool,
    somebody_else: bool,
) -> Weighing:
    """`alarm`: an emergency is among what was found."""
    addressed = bool(slots.building or slots.unit)
    margin = sound.margin(COMPLAINT)
    return Weighing(
        place=_place(slots),
        listener=_LISTENERS[mentioned, somebody_else],
        usual=signals.weigh(present, addressed=addressed, emergency=False, lenient=margin > LENIENT_FROM),
        alarmed=signals.weigh(present, addressed=addressed, emergency=True) if alarm else NO_WEIGHT,
        vote=vote,
        sounds=COMPLAINT_SLOPE.of(margin),
        alarming=EMERGENCY_SLOPE.of(sound.margin(EMERGENCY)) if alarm else NO_WEIGHT,
    )


def session_likeness(sound: Sound, intent: str | None) -> float:
    """To come, to stay away and to change are said in the same words: which it is, the whole text says best."""
    return LIKENESS_WEIGHS * sound.margin(intent) if intent in SESSIONS else 0.0


def _given(*parts: tuple[bool, float, str]) -> Weight:
    held = [(weight, word) for holds, weight, word in parts if holds]
    return Weight(sum(weight for weight, _ in held), tuple(f"{weight:+.2g} {word}" for weight, word in held))


@cache
def _weight_of(sum_: float) -> Weight:
    return _given((sum_ > 0, sum_, "sounds_like"), (sum_ < 0, sum_, "sounds_unlike"))


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
