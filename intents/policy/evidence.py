"""How well an entry fits a question, and how sure it is that it answers it. A few constants set by hand, each with its reason;
nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from intents.policy.passages import Passage
from intents.policy.question import Question
from intents.policy.terms import Rarity
from intents.understanding.normalise import fold

BY_WORDS: Final = 0.5
"""Whole words beside bigrams: they tell texts apart that share only pieces of words."""
BY_TITLE: Final = 0.6
"""A guide is called what it is about: what is asked stands in its title, and the title in what is asked. A document's heading is
a sentence and says no more than its other sentences."""
ELSEWHERE: Final = 0.7
"""A text that does not name the place asked about is about somewhere else, however alike it reads."""
AHEAD: Final = 0.15
"""A clear lead before the next entry: an answer that is there stands out, the nearest of many wrong ones does not."""
CLEAR_LEAD: Final = 1.0
"""The first scores twice the second: a greater lead says no more."""
NAMED: Final = 0.4
"""A guide called by its whole name is meant, however little else is said."""
ENOUGH: Final = 1.6
"""So much must be found, where a word that stands in one entry only and that nobody says every day is 1: less is chatter that
happens to share a word with an entry."""

ASIDE: Final = 0.5
"""What a guide loses that is about something else than what the question calls by its name: every paper expires and gets lost."""
DOUBT: Final = 0.3
"""What its certainty loses by it."""
SAME: Final = 0.2
"""So much of the thing that a guide is about must be said for its name to count whole."""
SILENT: Final = 0.4
"""Where a wage, a tax or a certificate is asked for that an entry never mentions, it does not answer, whatever else it shares.
Below the threshold of every community."""
TOPIC: Final = 0.7
"""A question begins with what it is about, if that is a word that few entries hold: it must be spoken of,"""
HALF: Final = 0.5
"""unless the guide is called by half of its name."""
TELLING: Final = 0.6
"""A word so rare in the base and in general is what the question is about."""
BY_NAME: Final = 0.3
"""Less is enough where a guide is called by its whole name."""


@dataclass(frozen=True, slots=True)
class Text:
    """An entry as it is searched."""

    title: str
    name: str
    """Its folded title, without what stands in brackets, where it is called what it is about; else empty."""
    name_grams: tuple[str, ...]
    thing_grams: tuple[str, ...]
    """Of the name without what is done with it everywhere: losing, expiring, moving."""
    passages: tuple[Passage, ...]
    searched: tuple[str, ...]
    """The passages folded, then the questions."""
    about: str
    """Its title and its questions, where it is called what it is about; else empty."""
    about_grams: frozenset[str]
    whole: str
    anywhere: bool
    """Says of no place that it holds there, and so holds here."""
    case: tuple[str, ...]
    """The questions that staff answered with it: an answer to one case says nothing about another part, building or number."""


@dataclass(frozen=True, slots=True)
class Fit:
    entry: int
    number: int
    """Of the text that fits best."""
    share: float
    words: float
    in_name: float
    """How much of the question stands in the name."""
    named: float
    """How much of the name stands in the question."""
    aside: float
    """How much of what the question calls by the name of some guide is not what this one is about."""
    called: bool
    """Whether the question holds its whole name."""

    @property
    def score(self) -> float:
        score = self.share + BY_WORDS * self.words + BY_TITLE * (self.in_name + self.named)
        return score * (1 - ASIDE * self.aside)


class Weighed:
    """A question with its words weighed against one base."""

    def __init__(self, question: Question, rarity: Rarity, names: Rarity) -> None:
        """`names`: of the guides, by their titles and questions."""
        self._subjects = [
            (word.names, word.weight * names.of_word(word.names[0]))
            for word in question.words
            if any(names.knows(one) for one in word.names)
        ]
        self._question = question
        self._rarity = rarity
        self._grams = {gram: weight * rarity.of(gram) for gram, weight in question.grams.items()}
        self._words = [(word.names, word.weight * rarity.of_word(word.names[0])) for word in question.words]
        first = question.topic
        rare = first is not None and first.weight * rarity.of_word(first.names[0]) >= TOPIC
        self._topic = first.names if first is not None and rare else None
        self._total = sum(weight for _, weight in self._words)
        self._said = f"{question.text} {question.meant}"

    def coverage(self, text: str) -> float:
        """The share of the words that stand in the text under one of their names."""
        if not self._total:
            return 0.0
        held = 0.0
        for names, weight in self._words:
            for name in names:
                if name in text:
                    held += weight
                    break
        return held / self._total

    def fit(self, entry: int, text: Text, numbers: Sequence[int]) -> Fit:
        # who asks for a lost passport is not asking for a lost book, though half the name is said
        same = min(1.0, self._rarity.held(text.thing_grams, self._said) / SAME)
        in_name = same * self.coverage(text.name) if text.name else 0.0
        named = same * self._rarity.held(text.name_grams, self._said)
        aside = self._aside(text)
        called = bool(text.name) and text.name in self._said
        found = [
            Fit(entry, number, self._rarity.share(self._grams, one), self.coverage(one), in_name, named, aside, called)
            for number in numbers
            for one in (text.searched[number],)
        ]
        return max(found, key=lambda one: (one.score, -one.number))

    def _aside(self, text: Text) -> float:
        if not text.about:
            return 0.0
        total = sum(weight for _, weight in self._subjects)
        missing = sum(weight for names, weight in self._subjects if not any(name in text.about for name in names))
        return missing / total if total else 0.0

    def _silent(self, fit: Fit, text: Text) -> bool:
        """Whether something that the question is about is not spoken of. Of guides alone: a document may call it otherwise."""
        if not text.about:
            return False
        must = list(self._question.things)
        if self._topic is not None and fit.named < HALF:
            must.append(self._topic)
        return any(not any(name in text.whole for name in names) for names in must)

    def told_in(self, text: Text) -> str | None:
        """The part that alone speaks of something asked about which the short answer leaves out."""
        if not text.about or text.passages[0].part is not None:
            return None
        answer = fold(text.passages[0].text)
        for names, weight in sorted(self._words, key=lambda word: -word[1]):
            if weight < TELLING or any(name in answer for name in names):
                continue
            return next(
                (one.part for one in text.passages if one.part and any(n in fold(one.text) for n in names)), None
            )
        return None

    def confidence(self, fit: Fit, text: Text, lead: float) -> float:
        """`lead`: how far it is before the next entry."""
        whole = self.coverage(text.whole)
        sure = (fit.share + (fit.words + whole) / 2) / 2
        if not text.anywhere and not all(place in text.whole for place in self._question.places):
            sure *= ELSEWHERE
        sure += AHEAD * min(lead, CLEAR_LEAD) + NAMED * fit.named
        sure *= 1 - DOUBT * fit.aside
        found = self._total * (whole + fit.in_name) / ENOUGH + BY_NAME * fit.named
        sure = min(1.0, sure * min(1.0, found))
        return min(sure, SILENT) if self._silent(fit, text) else sure
