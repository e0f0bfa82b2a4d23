"""Finding the passage that answers a question: one index, in memory, changed entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tantivy import Document, Index, Occur, Query, SchemaBuilder, Searcher, TextAnalyzerBuilder, Tokenizer

from intents.policy import evidence
from intents.policy.alike import told_apart
from intents.policy.evidence import Fit, Text, Weighed
from intents.policy.passages import passages_of
from intents.policy.question import LONGEST, Question, name_of, read, thing_of, warm_up
from intents.policy.synonyms import Synonyms
from intents.policy.terms import Rarity, grams
from intents.understanding.normalise import fold, normalise
from storage.policy_entry import Draft, Kind

__all__ = ["Found", "Hit", "Search", "Synonyms", "warm_up"]

ALIKE: Final = 0.87
"""An entry that scores so much of the first is offered beside it."""
MOST_ALIKE: Final = 3

_HEAP: Final = 15_000_000
"""The least that the index takes for what is being written."""
_MOST_GRAMS: Final = 64
_TEXTS: Final = 200
"""Texts taken from the index: an entry with many questions has many texts that name it."""
_MANY_TEXTS: Final = 2_000
"""Taken where all of those hold the same, or chance would choose among them."""
_ENTRIES: Final = 25
"""Entries that are looked at closely,"""
_TEXTS_EACH: Final = 4
"""by so many of their texts."""
_NAMED_OTHERWISE: Final = 0.5
"""What the papers' own term counts when looking for it, beside what was said."""
_CALLED: Final = (Kind.GUIDE, Kind.ANSWER)
"""Kinds whose title is a name."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry, by its best passage."""

    entry: int
    title: str
    passage: str
    part: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    confidence: float
    """0..1 that the first hit answers the question."""
    alike: int
    """How many of the first hits are so close that the person should be asked which: 1 is a clear winner, at most 3."""
    asked_part: str | None
    """Which part of a guide the question asks for, or where alone the first hit speaks of it."""


class Search:
    def __init__(self, synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self._entries: dict[int, Text] = {}
        self._rarity = Rarity()
        self._names = Rarity()
        self._clear()

    def __len__(self) -> int:
        return len(self._entries)

    def fill(self, entries: Iterable[tuple[int, Draft]]) -> None:
        """These entries and no others."""
        self._clear()
        for entry, draft in entries:
            self._forget(entry)
            self._add(entry, draft)
        self._commit()

    def put(self, entry: int, draft: Draft) -> None:
        self._forget(entry)
        self._add(entry, draft)
        self._commit()

    def put_all(self, changed: Iterable[tuple[int, Draft | None]]) -> None:
        """Each as it is now, or taken out where there is none: one commit for all of them."""
        for entry, draft in changed:
            self._forget(entry)
            if draft is not None:
                self._add(entry, draft)
        self._commit()

    def remove(self, entry: int) -> None:
        self._forget(entry)
        self._commit()

    def find(self, question: str, top: int = 5) -> Found:
        self._synonyms.keep_up()
        asked = read(question, self._synonyms)
        weighed = Weighed(asked, self._rarity, self._names)
        ranked = self._ranked(asked, weighed)
        if not ranked or top < 1:
            return Found((), 0.0, 1, asked.part)
        first = ranked[0]
        lead = first.score / ranked[1].score - 1 if len(ranked) > 1 else evidence.CLEAR_LEAD
        text = self._entries[first.entry]
        sure = weighed.confidence(first, text, lead)
        if text.case and all(told_apart(question[:LONGEST], one) for one in text.case):
            sure = min(sure, evidence.SILENT)
        near = [one for one in ranked[1:MOST_ALIKE] if one.score > ALIKE * first.score]
        close = [one for one in near if one.called or not first.called]
        part = asked.part or weighed.told_in(text)
        hits = tuple(self._hit(one, part if one is first else asked.part) for one in ranked[:top])
        return Found(hits, round(sure, 4), 1 + len(close), part)

    def _clear(self) -> None:
        builder = SchemaBuilder()
        builder.add_unsigned_field("entry", indexed=True, fast=True)
        builder.add_unsigned_field("number", fast=True)
        builder.add_text_field("grams", tokenizer_name="spaces", index_option="basic")
        self._schema = builder.build()
        self._index = Index(self._schema)
        self._index.register_tokenizer("spaces", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._writer = self._index.writer(_HEAP, 1)
        self._searcher: Searcher = self._index.searcher()
        self._entries = {}
        self._rarity = Rarity()
        self._names = Rarity()

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _forget(self, entry: int) -> None:
        old = self._entries.pop(entry, None)
        if old is None:
            return
        # by query: `delete_documents_by_term` looks for a signed number and silently deletes nothing
        self._writer.delete_documents_by_query(Query.term_query(self._schema, "entry", entry))
        self._rarity.take(old.searched, {gram for one in old.searched for gram in grams(one)})
        if old.about:
            self._names.take((old.about,), old.about_grams)

    def _add(self, entry: int, draft: Draft) -> None:
        text = _text(draft)
        self._entries[entry] = text
        cut = [grams(one) for one in text.searched]
        self._rarity.add(text.searched, set().union(*cut))
        if text.about:
            self._names.add((text.about,), text.about_grams)
        for number, found in enumerate(cut):
            document = Document()
            document.add_unsigned("entry", entry)
            document.add_unsigned("number", number)
            document.add_text("grams", " ".join(found))
            self._writer.add_document(document)

    def _ranked(self, asked: Question, weighed: Weighed) -> list[Fit]:
        """Entries by their best text, best first; among equals the older entry."""
        texts: dict[int, list[int]] = {}
        for entry, number in self._candidates(asked):
            if entry in texts:
                if len(texts[entry]) < _TEXTS_EACH:
                    texts[entry].append(number)
            elif len(texts) < _ENTRIES:
                texts[entry] = [number]
        fits = [weighed.fit(entry, self._entries[entry], numbers) for entry, numbers in texts.items()]
        return sorted((one for one in fits if one.score > 0), key=lambda one: (-one.score, one.entry))

    def _candidates(self, asked: Question) -> list[tuple[int, int]]:
        """Built term by term: what residents type never meets a query parser. Scored by our own weights: the index's would still
        count for a while what was deleted."""
        weights = {**dict.fromkeys(grams(asked.meant), _NAMED_OTHERWISE), **asked.grams}
        wanted = self._rarity.rarest(weights, _MOST_GRAMS)
        if not wanted:
            return []
        terms = [(Occur.Should, self._term(gram, weights[gram] * self._rarity.of(gram))) for gram in wanted]
        query = Query.boolean_query(terms)
        found = self._searcher.search(query, _TEXTS, count=False).hits
        if len(found) == _TEXTS and found[0][0] == found[-1][0]:
            found = self._searcher.search(query, _MANY_TEXTS, count=False).hits
        addresses = [address for _, address in found]
        entries = self._searcher.fast_field_values("entry", addresses)
        numbers = self._searcher.fast_field_values("number", addresses)
        # rounded: in which order the index adds up is its own business
        scores = [-round(score, 3) for score, _ in found]
        hits = [(score, int(e or 0), int(n or 0)) for score, e, n in zip(scores, entries, numbers, strict=True)]
        # of those that score least it may hold only some, and which is chance
        kept = [hit for hit in hits if hit[0] != scores[-1]] if len(hits) == _TEXTS else hits
        return [(entry, number) for _, entry, number in sorted(kept)]

    def _term(self, gram: str, weight: float) -> Query:
        return Query.const_score_query(Query.term_query(self._schema, "grams", gram, "basic"), weight)

    def _hit(self, found: Fit, part: str | None) -> Hit:
        """The part that was asked for where the entry has it; a question of an entry stands for its first passage."""
        text = self._entries[found.entry]
        shown = next((one for one in text.passages if part is not None and one.part == part), None)
        if shown is None:
            shown = text.passages[found.number if found.number < len(text.passages) else 0]
        return Hit(found.entry, text.title, shown.text, shown.part, round(found.score, 4))


def _text(draft: Draft) -> Text:
    title = normalise(draft.title).strip()
    passages = tuple(passages_of(draft))
    searched = tuple(fold(one) for one in (*(one.text for one in passages), *draft.questions))
    # whatever tells its parts apart was written as a guide
    called = draft.kind in _CALLED or bool(draft.parts)
    name = name_of(title) if called else ""
    about = "\n".join((fold(title), *map(fold, draft.questions))) if called else ""
    whole = "\n".join((fold(draft.region), fold(title), *searched))
    return Text(
        title,
        name,
        tuple(dict.fromkeys(grams(name))),
        tuple(dict.fromkeys(grams(thing_of(name)))),
        passages,
        searched,
        about,
        frozenset(grams(about)),
        whole,
        called and not draft.region,
        (title, *draft.questions) if draft.kind == Kind.ANSWER and draft.questions and not draft.parts else (),
    )
