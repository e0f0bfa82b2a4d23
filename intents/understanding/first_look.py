"""A cheap first look at what is said to nobody in particular: most of it is ordinary chatter, and this says so at once.

It says no only where the judge would neither speak nor keep a lead: every sum here is an upper bound of the judge's, first
by which words there are, then with what takes longer. `tests/understanding/test_first_look.py` holds it to that.
Which sets of words a text holds is one whole number, a bit a set: to join and to compare those costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from intents.understanding.categories import Category
from intents.understanding.lexicon import lexicon, words
from intents.understanding.normalise import fold
from intents.understanding.rules import QUOTING_AT_MOST, ReadyRule
from intents.understanding.signals import LENIENCE, Signal, Signals
from intents.understanding.sounding import Ear, Hurdle
from intents.understanding.vocabulary import Found, Vocabulary
from intents.understanding.votes import Ballots, count
from intents.understanding.weighing import (
    COMPLAINT,
    COMPLAINT_SLOPE,
    DOOR,
    EMERGENCY,
    EMERGENCY_SLOPE,
    KEPT,
    LEAD_FROM,
    LENIENT_FROM,
    PLACE,
    SPEAK_FROM,
    VOTES_AT_MOST,
    VOTES_WEIGH,
    heard_from,
)

ROUNDING: Final = 0.01
"""Scores are rounded to two digits, bounds are not."""
_NO_CATEGORY: Final[Category] = ("", "")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rule that may hold in a group; its sets as bits."""

    ready: ReadyRule
    triggers: tuple[int, ...]
    """The sets of which one must have occurred; none where sounds are enough."""
    base: float
    needed: float
    any: int
    all: int
    none: int
    pairs: tuple[int, ...]
    alone: bool
    sounds: bool
    emergency: bool
    votes: bool
    quiet: bool
    needs_address: bool
    hurdle: Hurdle

    def may_hold(self, sets: int) -> bool:
        """By which words there are, wherever they stand."""
        if sets & self.none or sets & self.all != self.all or (self.any and not sets & self.any):
            return False
        return not self.pairs or any(sets & pair == pair for pair in self.pairs)


@dataclass(slots=True)
class _Look:
    """What is known of a text once a rule may hold."""

    folded: str
    found: Found
    sets: int
    place: float
    addressed: bool
    """It may hold an address."""
    margins: dict[str, float]

    @property
    def place_at_most(self) -> float:
        return PLACE + DOOR if self.addressed else self.place

    @property
    def lenient(self) -> bool:
        return self.margins[COMPLAINT] > LENIENT_FROM


class FirstLook:
    def __init__(
        self,
        rules: Iterable[ReadyRule],
        vocabulary: Vocabulary,
        signals: Signals,
        ballots: Ballots,
        ear: Ear,
        places: int,
    ) -> None:
        """`places`: the set of words without one of which no place is named."""
        self._vocabulary = vocabulary
        self._signals = signals
        self._ballots = ballots
        self._hear = ear.hear
        rules = tuple(rules)
        self._quoting = tuple(rule for rule in rules if rule.rule.needs_quote)
        candidates = [_candidate(rule, ear) for rule in rules if _is_for_groups(rule)]
        self._candidates = [each for each in candidates if each.triggers]
        self._sounding = [each for each in candidates if not each.triggers]
        """Those that need no words."""
        rules_of = _by_set(self._candidates)
        self._sets_of = [_bits(sets) for sets in vocabulary.sets]
        self._shift = 1 + max((number for sets in vocabulary.sets for number in sets), default=0)
        self._marks = [
            _joined(1 << number | rules_of.get(number, 0) << self._shift for number in sets) for sets in vocabulary.sets
        ]
        """The sets of a word and, above them, the rules that these trigger."""
        self._votes_of = [max(ballots.get(word, {}).values(), default=0.0) for word in vocabulary.words]
        self._awaited = _bits(vocabulary.awaited)
        self._idioms = 1 << vocabulary.idioms
        self._places = 1 << places
        self._usual = _Weights(signals, emergency=False)
        self._alarmed = _Weights(signals, emergency=True)
        self._address = _address_sign()

    def may_answer(self, folded: str) -> bool:
        """Of a text that quotes a message: whether a rule holds that listens to nothing else. Most are too long for any."""
        if len(folded) > QUOTING_AT_MOST:
            return False
        hits = self._vocabulary.scan(folded)
        return hits is not None and any(rule.evidence(hits, folded, quoting=True) for rule in self._quoting)

    def may_matter(self, folded: str) -> bool:
        """Of a text without mentions, said in a group to nobody in particular."""
        found = self._vocabulary.found(folded)
        marks = self._marks
        sets = 0
        for word, _, _ in found:
            sets |= marks[word]
        if not sets & self._awaited:
            return False
        rules = sets >> self._shift
        place = PLACE if sets & self._places else 0.0
        if sets & self._idioms:
            sets = self._outside_idioms(found)
        sound = self._hear(folded)
        clears = sound.clears
        holding = [each for each in self._sounding if clears(each.hurdle) and each.may_hold(sets)]
        while rules:
            lowest = rules & -rules
            rules ^= lowest
            candidate = self._candidates[lowest.bit_length() - 1]
            if candidate.may_hold(sets) and (not candidate.sounds or clears(candidate.hurdle)):
                holding.append(candidate)
        if not holding:
            return False
        margins = {COMPLAINT: sound.margin(COMPLAINT), EMERGENCY: sound.margin(EMERGENCY)}
        look = _Look(folded, found, sets, place, self._address.search(folded) is not None, margins)
        left = self._left(look, holding)
        return bool(left) and self._reaches(look, left)

    def _outside_idioms(self, found: Found) -> int:
        """What lies inside an idiom is not there: as `vocabulary.grouped`, without the spans."""
        sets_of, idioms = self._sets_of, self._idioms
        ends: dict[int, int] = {}
        for word, start, end in found:
            if sets_of[word] & idioms:
                for position in range(start, end):
                    ends[position] = max(ends.get(position, 0), end)
        return _joined([sets_of[word] for word, start, end in found if ends.get(start, -1) < end])

    def _left(self, look: _Look, holding: Sequence[_Candidate]) -> list[tuple[_Candidate, float]]:
        """Those that may reach what they need by the words alone, with what is known of them for certain."""
        usual = look.place_at_most + self._usual.at_best(look.sets, addressed=look.addressed, lenient=look.lenient)
        usual_sounds = COMPLAINT_SLOPE.of(look.margins[COMPLAINT]).sum
        vote = -1.0
        left: list[tuple[_Candidate, float]] = []
        for each in holding:
            if each.needs_address and not look.addressed:
                continue
            if each.alone:
                left.append((each, each.base))
                continue
            sounds, gain = usual_sounds, usual
            if each.emergency:
                sounds = EMERGENCY_SLOPE.of(look.margins[EMERGENCY]).sum
                alarmed = self._alarmed.at_best(look.sets, addressed=look.addressed, lenient=False)
                gain = look.place_at_most + alarmed
            known = each.base if each.quiet else each.base + sounds
            if each.votes:
                if vote < 0:
                    vote = self._votes_at_most(look.found)
                gain += vote
            if known + gain >= each.needed:
                left.append((each, known + look.place_at_most))
        return left

    def _votes_at_most(self, found: Found) -> float:
        """As if all words voted for the same."""
        votes = self._votes_of
        strength = sum([votes[word] for word in {word for word, _, _ in found}])
        return min(VOTES_AT_MOST, VOTES_WEIGH * strength + ROUNDING)

    def _reaches(self, look: _Look, left: Sequence[tuple[_Candidate, float]]) -> bool:
        """With what takes longer, only for the rules that are left: where words stand, patterns, votes by category."""
        hits = self._vocabulary.grouped(look.found)
        left = [each for each in left if each[0].ready.evidence(hits, look.folded)]
        if not left:
            return False
        if any(each.alone for each, _ in left):
            return True
        present = self._signals.present(hits, look.folded)
        vote = self._vote(look.found) if any(each.votes for each, _ in left) else 0.0
        return any(
            known + self._weighed(look, each, present) + (vote if each.votes else 0.0) >= each.needed
            for each, known in left
        )

    def _weighed(self, look: _Look, candidate: _Candidate, present: tuple[Signal, ...]) -> float:
        """What looks like an address may be none."""
        emergency = candidate.emergency
        lenient = look.lenient and not emergency
        return max(
            self._signals.weigh(present, addressed=addressed, emergency=emergency, lenient=lenient).sum
            for addressed in {False, look.addressed}
        )

    def _vote(self, found: Found) -> float:
        known = self._vocabulary.words
        voting = dict.fromkeys([known[word] for word, _, _ in found])
        return min(VOTES_AT_MOST, VOTES_WEIGH * count(voting, self._ballots, _NO_CATEGORY, {}).strength + ROUNDING)


class _Weights:
    """What the signals can add at best, by the words alone: a pattern that would add is taken to match, one that would
    take away is not, and neither is a signal that an address would silence where there may be one."""

    def __init__(self, signals: Signals, *, emergency: bool) -> None:
        self._limit = signals.limit
        self._patterns = 0.0
        self._gains: dict[int, float] = {}
        self._losses: dict[int, float] = {}
        self._losses_nowhere: dict[int, float] = {}
        for signal in signals.all:
            if not signal.counts(addressed=False, emergency=emergency):
                continue
            if signal.weight > 0 and signal.pattern is not None:
                self._patterns += signal.weight
            elif signal.words is not None:
                table = self._losses_nowhere if signal.without_address else self._losses
                _add(self._gains if signal.weight > 0 else table, 1 << signal.words, signal.weight)
        self._numbers = _joined((*self._gains, *self._losses, *self._losses_nowhere))

    def at_best(self, sets: int, *, addressed: bool, lenient: bool) -> float:
        gain, loss = self._patterns, 0.0
        bits = sets & self._numbers
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            gain += self._gains.get(lowest, 0.0)
            loss += self._losses.get(lowest, 0.0)
            if not addressed:
                loss += self._losses_nowhere.get(lowest, 0.0)
        return min(self._limit, gain) + (loss * LENIENCE if lenient else loss)


def _is_for_groups(ready: ReadyRule) -> bool:
    """Also said to nobody in particular, and able to matter there."""
    rule = ready.rule
    if rule.needs_mention or rule.needs_quote or rule.where == "private" or not (ready.triggers or rule.sounds):
        return False
    return not rule.alone or rule.score >= _needed(ready)


def _needed(ready: ReadyRule) -> float:
    """A lead is kept of complaints only, and of what is told quietly."""
    rule = ready.rule
    return (LEAD_FROM if rule.quiet or rule.intent in KEPT else SPEAK_FROM) - ROUNDING


def _candidate(ready: ReadyRule, ear: Ear) -> _Candidate:
    return _Candidate(
        ready=ready,
        triggers=ready.triggers if ready.any is None or not ready.rule.sounds else (ready.any,),
        base=ready.rule.score,
        needed=_needed(ready),
        any=0 if ready.any is None else 1 << ready.any,
        all=_bits(ready.all),
        none=0 if ready.none is None else 1 << ready.none,
        pairs=tuple(1 << things | 1 << faults for things, faults, _ in ready.pairs),
        alone=ready.rule.alone,
        sounds=ready.rule.sounds,
        emergency=ready.rule.intent == EMERGENCY,
        votes=ready.votes,
        quiet=ready.rule.quiet,
        needs_address=ready.rule.needs_address,
        hurdle=ear.hurdle(ready.rule.intent or "", heard_from(ready)),
    )


def _by_set(candidates: Sequence[_Candidate]) -> dict[int, int]:
    table: dict[int, int] = {}
    for index, each in enumerate(candidates):
        for number in each.triggers:
            table[number] = table.get(number, 0) | 1 << index
    return table


def _bits(numbers: Iterable[int]) -> int:
    return _joined(1 << number for number in numbers)


def _joined(parts: Iterable[int]) -> int:
    whole = 0
    for part in parts:
        whole |= part
    return whole


def _add(table: dict[int, float], key: int, weight: float) -> None:
    table[key] = table.get(key, 0.0) + weight


def _address_sign() -> re.Pattern[str]:
    """In a folded text: what no address of `address.py` is without, a mark or two parts joined by a dash or the like."""
    terms = lexicon()["address"]
    marks = (*words("address", "building"), terms["tower"], terms["number"], terms["unit"], terms["room"])
    heads = {fold(mark)[0] for mark in marks}
    return re.compile(rf"[#{re.escape(''.join(sorted(heads)))}]|[0-9a-z][-_~/.][0-9]")
