"""What a session is called, of which kind it is, and where it is held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from intents.sessions.draft_words import Scrap, compiled, grammar, kinds, of_kind, pattern, trimmed
from intents.understanding.lexicon import one_of
from storage.session_plan import Kind

SHORTEST_TITLE: Final = 2
_LETTERS: Final = re.compile("[\u4e00-\u9fffA-Za-z0-9]")
_CLAUSE: Final = re.compile("[^\n,，。;；！!? \t]+")


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def kind_of(*texts: str) -> Kind:
    """By the first of the texts that names a kind; a vaccination before the lecture that is about it only where that is
    said first."""
    for text in texts:
        found = [
            (text.find(word), order, kind)
            for order, kind in enumerate(kinds())
            for word in str(kinds()[kind]["words"]).split()
            if word in text
        ]
        if any(kind == Kind.LECTURE for _, _, kind in found):
            return Kind.LECTURE
        if found:
            return Kind(min(found)[2])
    return Kind.EVENT


def take_place(scrap: Scrap, known: Sequence[str]) -> str:
    """The place, taken out; empty where none is named."""
    best: tuple[int, int, int, int] | None = None
    for clause in _clauses(scrap.left):
        for start, end in _places(clause.text, tuple(known)):
            rank = _rank(clause.text, start, end)
            if rank and (best is None or rank > best[0]):
                best = (rank, clause.start + start, clause.start + end, clause.end)
    if best is not None:
        _, start, end, last = best
        place = scrap.left[start:end]
        begin = start - _led(scrap.left[:start])
        after = pattern("place", "meeting").match(scrap.left, end, last)
        scrap.blank(begin, after.end() if after else end)
        return place
    return _unknown_place(scrap)


def _unknown_place(scrap: Scrap) -> str:
    """A place of no list, known by the words around it."""
    match = pattern("place", "verb").search(scrap.left)
    if match is None:
        return ""
    scrap.blank(match.start(), match.end("value"))
    return trimmed(match["value"])


def _led(before: str) -> int:
    return 1 if before and before[-1] in str(grammar()["place"]["led_by"]) else 0


def _rank(text: str, start: int, end: int) -> int:
    """How surely this is where it is held: a clause of its own, after a word for being there, at the edge of a clause."""
    led = _led(text[:start])
    rest = text[: start - led], pattern("place", "meeting").sub("", text[end:])
    if not any(rest):
        return 4
    if led:
        return 3
    if pattern("place", "meeting").match(text, end):
        return 3
    return 2 if not rest[0] else 1 if not rest[1] else 0


def _places(text: str, known: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for match in _place_pattern(known).finditer(text):
        if match.end() - match.start() <= int(grammar()["place"]["longest"]):
            yield match.span()


@cache
def _place_pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    terms = grammar()["place"]
    weak = str(terms["weak"]).split()
    heads = [word for word in str(terms["heads"]).split() if word not in weak]
    before = rf"(?:{one_of(str(terms['before']).split())}|{terms['numbered']}){{0,4}}"
    tails = terms["tails"]
    named = one_of([*known, *heads]) if known else one_of(heads)
    building = str(terms["building"])
    return compiled(rf"{before}(?:{named}{tails}{{0,2}}|(?:{one_of(weak)}|{building}){tails}{{1,2}})")


def take_title(scrap: Scrap, kind: Kind) -> str:
    """The clause that says what it is, taken out; empty where none does."""
    if match := scrap.take("title", "named"):
        return trimmed(match["title"])
    told = [(clause, title) for clause in _clauses(scrap.left) if (title := plain_title(clause.text))]
    named = [one for one in told if kind != Kind.EVENT and kind_of(one[1]) == kind]
    for clause, title in [*named, *told]:
        scrap.blank(clause.start, clause.end)
        return title
    return ""


def plain_title(text: str) -> str:
    """Without the words around it; empty where nothing is left that could be a title."""
    title = trimmed(text)
    before = pattern("title", "before").match(title)
    title = trimmed(title[before.end() :]) if before else title
    title = trimmed(pattern("title", "after").sub("", title))
    if len(_LETTERS.findall(title)) < SHORTEST_TITLE or pattern("filler").match(title) or title.isdigit():
        return ""
    return title


def proper_title(title: str, kind: Kind, dose: int | None) -> str:
    """As it stands in a notice: what was said in two letters is said in full."""
    terms = of_kind(kind)
    ordinal = grammar()["ordinals"].get(dose)
    if kind == Kind.VACCINATION and ordinal and only_dose(title) and not pattern("booster").search(title):
        return str(grammar()["dose_titles"]).format(ordinal=ordinal)
    return str(terms["titles"].get(title, title)) or (str(terms["title"]) if kind != Kind.EVENT else "")


def only_dose(text: str) -> bool:
    return pattern("dose_alone").match(text) is not None


def leftovers(scrap: Scrap) -> list[str]:
    """What nothing else took: said in the notice as it stands."""
    kept = [trimmed(clause.text) for clause in _clauses(scrap.left)]
    return [text for text in kept if _says_something(text)]


def _says_something(text: str) -> bool:
    return len(_LETTERS.findall(text)) >= SHORTEST_TITLE and not pattern("filler").match(text) and not only_dose(text)


def _clauses(text: str) -> Iterator[_Clause]:
    for match in _CLAUSE.finditer(text):
        yield _Clause(match.start(), match[0])
