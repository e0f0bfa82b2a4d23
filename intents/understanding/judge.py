"""The word on one message: what it means, how sure, whether to speak, and why. Pure: no I/O, no clock, no memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.message import Inbound, Slots, Understanding
from intents.understanding.categories import Categories, Category, find_categories, hint_words, read_categories
from intents.understanding.first_look import FirstLook
from intents.understanding.lexicon import words
from intents.understanding.mentions import Mentions
from intents.understanding.normalise import fold, normalise
from intents.understanding.of_sessions import may_be_note, slots_of_session, understood_note
from intents.understanding.rules import ReadyRule, by_trigger, prepare
from intents.understanding.schema import Node, Rule, RuleFile, read_lists, read_rules
from intents.understanding.signals import Signal, Signals, hide_slots, read_signals, signals_source
from intents.understanding.slots import read_slots
from intents.understanding.sounding import SILENCE, Ear, Sound, open_ear
from intents.understanding.vocabulary import Hits, Span, Vocabulary
from intents.understanding.votes import Ballots, Vote, ballots, count
from intents.understanding.weighing import (
    ASK,
    BOOK,
    COMPLAINT,
    EMERGENCY,
    KEPT,
    LEAD_FROM,
    MEDIATION,
    PLACE,
    POLICY,
    SESSIONS,
    SPEAK_FROM,
    SUPPORT,
    VOTES_AT_MOST,
    Weighing,
    heard_from,
    session_likeness,
    weigh,
)

SPEAK_DIRECTLY_FROM: Final = 0.55
"""When mentioned or in the private chat, silence is the worse mistake."""

MEANT_FROM: Final = 0.5
SURE: Final = 1.0
"""A question of policy that is beyond doubt: who asks whether hens may be kept has none to complain of."""
_CLAUSES: Final = " ,;!?\n\u3002"
_NOWHERE: Final = Slots()
_SOMEWHERE: Final = Slots(building="1", room="1")
NOTHING: Final = Understanding("", slots=_NOWHERE)
"""Ordinary chatter: one value for all of it, since most messages end here."""


@dataclass(slots=True)
class _Case:
    """A message as the rules see it; its sound only once it is worth listening to."""

    text: str
    folded: str
    hits: Hits
    mentioned: bool
    private: bool
    quoting: bool
    somebody_else: bool
    sound: Sound = SILENCE

    @property
    def direct(self) -> bool:
        return self.mentioned or self.private

    @property
    def threshold(self) -> float:
        return SPEAK_DIRECTLY_FROM if self.direct else SPEAK_FROM

    def evidence(self, rule: ReadyRule) -> Span | None:
        return rule.evidence(
            self.hits, self.folded, mentioned=self.mentioned, private=self.private, quoting=self.quoting
        )


@dataclass(frozen=True, slots=True)
class _Finding:
    rule: ReadyRule
    span: Span
    score: float


class Judge:
    def __init__(
        self,
        rules: tuple[ReadyRule, ...],
        vocabulary: Vocabulary,
        categories: Categories,
        signals: Signals,
        mentions: Mentions,
        cues: int,
        urgent: int,
        votes: Ballots,
        ear: Ear,
        first_look: FirstLook,
    ) -> None:
        self.rules = rules
        self.vocabulary = vocabulary
        self._words_in = vocabulary.words_in
        self._ballots = votes
        self.categories = categories
        self._scan = vocabulary.scan
        self._rules_of = by_trigger(rules)
        self._direct_rules = tuple(rule for rule in rules if not rule.triggers and not rule.rule.sounds)
        self._sound_rules = tuple(
            (rule, ear.hurdle(rule.rule.intent or "", heard_from(rule))) for rule in rules if rule.rule.sounds
        )
        self._hear = ear.hear
        self._signals = signals
        self._mentions = mentions
        self._cues = cues
        self._urgent = urgent
        self._first_look = first_look

    @classmethod
    def load(cls, rule_files: Sequence[Path], *, assistant_names: Sequence[str] = (), ear: Ear | None = None) -> Judge:
        """Raises RuleError, which names file, line and fault."""
        return _load(rule_files, assistant_names, ear or open_ear())

    def __call__(self, inbound: Inbound) -> Understanding:
        direct = inbound.mentioned or inbound.group is None
        if may_be_note(inbound) and (note := self._note(inbound)) is not None:
            return note
        folded = fold(inbound.text)
        hits = self._scan(folded)
        if hits is None:
            if not direct:
                return NOTHING
            hits = {}
        return self._judged(inbound, folded, hits)

    def heeds(self, inbound: Inbound) -> bool:
        """A cheap first look at what is said to nobody in particular: it says no only where the whole word on the message,
        `judge(inbound)`, would neither speak nor keep a lead."""
        if inbound.mentioned or inbound.group is None or may_be_note(inbound):
            return True
        folded = fold(inbound.text)
        if "@" in folded:  # whoever is meant instead only makes it less likely
            folded = fold(self._mentions.read(normalise(inbound.text)).text)
        if inbound.quote is not None and self._first_look.may_answer(folded):
            return True
        return self._first_look.may_matter(folded)

    def _note(self, inbound: Inbound) -> Understanding | None:
        return understood_note(inbound, self._mentions.read(normalise(inbound.text)).text)

    def speaks_of(self, text: str, category: Category) -> bool:
        """Whether the words of a text point to this category as much as to any other: which of one's cases somebody means."""
        folded = fold(text)
        totals = count(self._words_in(folded), self._ballots, self.categories.default, {}).totals
        most = max(totals.values(), default=0.0)
        return fold(category[1]) in folded or (most > 0 and totals.get(category, 0.0) >= most * MEANT_FROM)

    def _judged(self, inbound: Inbound, folded: str, hits: Hits) -> Understanding:
        addressed = self._mentions.read(normalise(inbound.text))
        if "@" in folded:
            folded = fold(addressed.text)
            without_names = self._scan(folded)
            if without_names is None and not (inbound.mentioned or inbound.group is None):
                return NOTHING
            hits = without_names or {}
        listeners = inbound.mentioned, inbound.group is None, inbound.quote is not None
        case = _Case(addressed.text, folded, hits, *listeners, addressed.somebody_else)
        findings = self._findings(case)
        case.sound = self._hear(folded)
        findings += self._overheard(case)
        if not findings:
            return self._unclaimed(case)
        if self._is_hopeless(case, findings):
            return self._unclaimed(case)
        slots = read_slots(case.text, complaint=True)
        if slots.building is None:
            findings = [each for each in findings if not each.rule.rule.needs_address]
        return self._weighed(case, findings, slots) if findings else self._unclaimed(case)

    def _findings(self, case: _Case) -> list[_Finding]:
        candidates: dict[int, ReadyRule] = {}
        for number in case.hits:
            for rule in self._rules_of.get(number, ()):
                candidates[id(rule)] = rule
        if case.direct:
            candidates.update((id(rule), rule) for rule in self._direct_rules)
        findings = []
        for rule in candidates.values():
            span = case.evidence(rule)
            if span is not None:
                findings.append(_Finding(rule, span, rule.rule.score))
        return findings

    def _overheard(self, case: _Case) -> list[_Finding]:
        """What no words are known for."""
        hits, clears = case.hits, case.sound.clears
        heard = [
            rule for rule, hurdle in self._sound_rules if (rule.any is None or rule.any in hits) and clears(hurdle)
        ]
        spans = ((rule, case.evidence(rule)) for rule in heard)
        return [_Finding(rule, span, rule.rule.score) for rule, span in spans if span is not None]

    def _unclaimed(self, case: _Case) -> Understanding:
        """No rule holds; what it says of addresses and the like may still serve a dialogue or a later feature."""
        if self._cues not in case.hits:
            return NOTHING if not case.direct else Understanding(case.text.strip())
        present = self._signals.present(case.hits, case.folded)
        return Understanding(case.text.strip(), slots=_slots_of_others(case, present))

    def _weighed(self, case: _Case, findings: list[_Finding], slots: Slots) -> Understanding:
        vote = self._vote(case) if _undecided(findings) else None
        present = self._signals.present(case.hits, case.folded)
        alarm = _is_alarm(findings)
        weighing = self._weighing(case, present, slots, vote, alarm)
        weighed = [_Finding(each.rule, each.span, each.score + weighing.of(each.rule)) for each in findings]
        best = _best(case, weighed, weighing)
        if best.rule.rule.intent == EMERGENCY:
            slots = _beside(case.text, best.span, slots)
        return self._understanding(case, best, slots, weighing, present)

    def _weighing(
        self, case: _Case, present: tuple[Signal, ...], slots: Slots, vote: Vote | None, alarm: bool
    ) -> Weighing:
        listener = {"mentioned": case.mentioned, "somebody_else": case.somebody_else}
        return weigh(self._signals, present, slots, vote, case.sound, alarm=alarm, **listener)

    def _is_hopeless(self, case: _Case, findings: list[_Finding]) -> bool:
        """Most chatter that holds a word or two ends here, before addresses, votes and patterns: they cost more than all
        before them, and could not make a lead of it."""
        if case.direct:
            return False
        where = _SOMEWHERE if self._cues in case.hits else _NOWHERE
        weighing = self._weighing(case, self._signals.worded(case.hits), where, None, _is_alarm(findings))
        most = max(
            each.score + weighing.of(each.rule) + (VOTES_AT_MOST if each.rule.votes else 0.0) for each in findings
        )
        return most + (PLACE if where is _NOWHERE else 0.0) + self._signals.patterns_gain < LEAD_FROM

    def _vote(self, case: _Case) -> Vote:
        return count(self._words_in(case.folded), self._ballots, self.categories.default, case.sound.kinds())

    def _understanding(
        self, case: _Case, best: _Finding, slots: Slots, weighing: Weighing, present: tuple[Signal, ...]
    ) -> Understanding:
        rule, score = best.rule.rule, _clamped(best.score)
        speak = rule.may_speak and score >= case.threshold
        lead = not speak and score >= LEAD_FROM and (rule.intent in KEPT or rule.quiet)
        text, why = case.text.strip(), (f"rule:{rule.name}", f"base {rule.score:.2g}", *weighing.why(best.rule))
        if not speak and not lead:
            others = _slots_of_others(case, present)
            return Understanding(text, score=score, rule=rule.name, slots=others, why=why)
        if rule.intent in SESSIONS:
            slots = slots_of_session(case.text, rule.intent)
        category = self._category(case, rule, weighing)
        return Understanding(
            text,
            intent=rule.intent,
            score=score,
            speak=speak,
            lead=lead,
            rule=rule.name,
            category=category,
            urgency=self._urgency(rule.urgency, category, case.hits),
            slots=slots,
            why=why,
        )

    def _category(self, case: _Case, rule: Rule, weighing: Weighing) -> Category | None:
        if rule.intent == MEDIATION and rule.category is not None:
            return self._quarrel(case, rule.category)
        if rule.category is not None:
            return rule.category
        if rule.intent == EMERGENCY:
            dangers = case.sound.dangers()
            return max(dangers, key=lambda category: dangers[category])
        vote = weighing.vote or self._vote(case)
        if rule.intent == SUPPORT:
            return vote.category if vote.totals else None  # who only seconds need not say what
        return vote.category if rule.intent == COMPLAINT or rule.quiet else None

    def _quarrel(self, case: _Case, kind: Category) -> Category:
        """What two households quarrel about, of the kinds beside the one that the rule names."""
        totals = self._vote(case).totals
        alike = [category for category in totals if category[0] == kind[0]]
        return max(alike, key=lambda category: totals[category], default=kind)

    def _urgency(self, given: str | None, category: tuple[str, str] | None, hits: Hits) -> str | None:
        if category is None or given is not None:
            return given
        urgency = self.categories[category].urgency if category in self.categories else "P2"
        return "P1" if urgency == "P2" and self._urgent in hits else urgency


def _is_alarm(findings: list[_Finding]) -> bool:
    return any(each.rule.rule.intent == EMERGENCY for each in findings)


def _best(case: _Case, findings: list[_Finding], weighing: Weighing) -> _Finding:
    """An emergency that would speak goes before all else, then an appointment and what is asked of a session beyond doubt;
    a new complaint after what is said of an old one or to us, and after a question beyond doubt; then the surest rule,
    helped by what the other words speak of, then the one said first.
    """

    def rank(finding: _Finding) -> tuple[int, float, int]:
        rule, order = finding.rule.rule, 0
        if rule.may_speak and finding.score >= case.threshold:
            sure = rule.score >= SURE
            usual = {EMERGENCY: 5, BOOK: 4, ASK: 4 if sure else 2, COMPLAINT: 2, POLICY: 3 if sure else 2}
            order = usual.get(rule.intent or "", 3)
        elif rule.alone and rule.intent in KEPT and finding.score >= LEAD_FROM:
            order = 1
        likeness = session_likeness(case.sound, rule.intent)
        return order, finding.score + weighing.support(finding.rule) + likeness, -finding.span[0]

    return max(findings, key=rank)


def _beside(text: str, danger: Span, slots: Slots) -> Slots:
    """Of several houses that a text names, the one in whose clause the danger is told: nobody should run to another."""
    start = max(text.rfind(mark, 0, danger[0]) for mark in _CLAUSES) + 1
    ends = [end for end in (text.find(mark, danger[1]) for mark in _CLAUSES) if end >= 0]
    here = read_slots(text[start : min(ends, default=len(text))], complaint=True)
    if here.building is None or here.building == slots.building:
        return slots
    return replace(slots, building=here.building, unit=here.unit, room=here.room, place=here.place)


def _slots_of_others(case: _Case, present: tuple[Signal, ...]) -> Slots:
    """Of a message that is no complaint: a sign-up's address counts, an advert's and another person's do not."""
    return Slots() if case.somebody_else or hide_slots(present) else read_slots(case.text, complaint=False)


def _undecided(findings: list[_Finding]) -> bool:
    """Several categories, or a rule that names none."""
    return len({each.rule.rule.category for each in findings}) > 1 or any(each.rule.votes for each in findings)


def _clamped(score: float) -> float:
    return round(min(1.0, max(0.0, score)), 2)


def find_rule_files(features: Path) -> list[Path]:
    """Every `rules*.yaml` of every feature under this folder, in a fixed order."""
    return sorted(features.glob("*/rules*.yaml"))


def _load(rule_files: Sequence[Path], assistant_names: Sequence[str], ear: Ear) -> Judge:
    files = {file: read_rules(file) for file in rule_files}
    common = signals_source()
    sources = find_categories(rule_files)
    lists = _all_lists(common, files)
    if hints := hint_words(sources):
        lists["hints"] = Node(sources[0].file, (), list(hints))
    vocabulary = Vocabulary(lists)
    categories = read_categories(sources, vocabulary)
    rules = tuple(_prepared(files, categories, vocabulary))
    signals = read_signals(common, vocabulary)
    cues = vocabulary.add(common["cues"].words(), common["cues"], awaited=True)
    urgent = vocabulary.add(common["urgent"].words(), common["urgent"])
    silent = vocabulary.add(common["no_vote"].words(), common["no_vote"])
    gates_and_heads = (*words("place", "gates"), *words("place", "heads"))
    places = vocabulary.add(gates_and_heads, common["cues"])
    vocabulary.freeze(vocabulary.add(common["idioms"].words(), common["idioms"]))
    votes = ballots(rules, categories, vocabulary, silent)
    mentions = Mentions(assistant_names)
    first_look = FirstLook(rules, vocabulary, signals, votes, ear, places)
    return Judge(rules, vocabulary, categories, signals, mentions, cues, urgent, votes, ear, first_look)


def _all_lists(common: Node, files: dict[Path, RuleFile]) -> dict[str, Node]:
    lists = dict(read_lists(common))
    for file in files.values():
        for name, node in file.lists.items():
            if name in lists:
                raise node.fault("duplicate", name=name)
            lists[name] = node
    return lists


def _prepared(files: dict[Path, RuleFile], categories: Categories, vocabulary: Vocabulary) -> list[ReadyRule]:
    names: set[str] = set()
    ready = []
    for file in files.values():
        for rule in file.rules:
            at = file.node[rule.index]
            if rule.name in names:
                raise at["name"].fault("duplicate", name=rule.name)
            if rule.category and rule.category not in categories:
                raise at["category"].fault("unknown_category", name="/".join(rule.category))
            names.add(rule.name)
            ready.append(prepare(rule, at, vocabulary))
    return ready
