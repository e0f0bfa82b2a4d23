"""How people call what the papers call otherwise: our own list, and one that staff may add."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import structlog
import yaml

from intents.understanding.errors import RuleError
from intents.understanding.normalise import fold
from intents.understanding.yaml_source import Step, line_of, load_yaml

log = structlog.get_logger(__name__)

OWN: Final = Path(__file__).with_name("synonyms.yaml")
_FAULTS: Final = Path(__file__).with_name("synonyms-faults.yaml")
_SHORTEST: Final = 2
"""Characters of a name: a single one stands in too many words."""
_SHORTEST_TERM: Final = 3
"""Characters of a term that is kept whole; shorter ones are words that jieba knows."""
_SECTIONS: Final = ("typos", "groups")


@dataclass(frozen=True, slots=True)
class Pair:
    said: str
    meant: str


class Synonyms:
    """`staff` need not exist; it is read again whenever it has changed."""

    def __init__(self, staff: Path | None = None, own: Path = OWN) -> None:
        self._staff = staff
        self._own = _read_once(own)
        self._stamp: int | None = None
        self._typos: dict[str, list[Pair]] = {}
        self._groups: dict[str, list[Pair]] = {}
        self._terms: dict[str, list[Pair]] = {}
        self._join({})
        self.refresh()

    def refresh(self) -> None:
        """Raises `RuleError` with file, line and fault, once; what was read before then stays in force."""
        stamp = self._now()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._join(_read(self._staff) if self._staff is not None and stamp is not None else {})

    def keep_up(self) -> None:
        """Read again what has changed. A file that has gone bad is logged: people go on being answered by what it said before."""
        try:
            self.refresh()
        except RuleError as fault:
            log.warning("synonyms_faulty", fault=str(fault))

    def _now(self) -> int | None:
        try:
            return self._staff.stat().st_mtime_ns if self._staff is not None else None
        except FileNotFoundError:
            return None

    def _join(self, added: Mapping[str, tuple[Pair, ...]]) -> None:
        typos, groups = ({*self._own.get(each, ()), *added.get(each, ())} for each in _SECTIONS)
        self._typos = _by_start(typos)
        self._groups = _by_start(groups)
        terms = {pair.meant for pair in groups if len(pair.meant) >= _SHORTEST_TERM}
        self._terms = _by_start(Pair(term, term) for term in terms)

    def terms(self, folded: str) -> list[str]:
        """The papers' own terms that are said in it, longer ones first."""
        return [pair.said for pair in _said(folded, self._terms)]

    def mended(self, folded: str) -> str:
        for pair in _said(folded, self._typos):
            folded = folded.replace(pair.said, pair.meant)
        return folded

    def meant(self, folded: str) -> list[Pair]:
        """What is said in it under another name, longer names first; a name inside a longer one does not count."""
        found: list[Pair] = []
        terms = self.terms(folded)
        for pair in _said(folded, self._groups):
            inside = any(pair.said != one.said and pair.said in one.said for one in found)
            if pair.meant not in folded and not inside and not _torn(pair.said, terms, folded):
                found.append(pair)
        return found


def _by_start(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """By the first two characters, so that a question is not held against every name there is."""
    found: dict[str, list[Pair]] = {}
    for pair in sorted(pairs, key=_longer_first):
        found.setdefault(pair.said[:2], []).append(pair)
    return found


def _said(folded: str, by_start: Mapping[str, list[Pair]]) -> list[Pair]:
    starts = {folded[at : at + 2] for at in range(len(folded) - 1)}
    found = [pair for start in starts for pair in by_start.get(start, ()) if pair.said in folded]
    return sorted(found, key=_longer_first)


def _torn(said: str, terms: Iterable[str], folded: str) -> bool:
    """Whether its characters only meet by chance where a verb runs into a longer term."""
    longer = [found.span() for term in terms if len(term) > len(said) for found in re.finditer(re.escape(term), folded)]
    spans = [found.span() for found in re.finditer(re.escape(said), folded)]
    return bool(longer) and all(
        any(start < begin < end < close or begin < start < close < end for begin, close in longer)
        for start, end in spans
    )


def _longer_first(pair: Pair) -> tuple[int, str, str]:
    return -len(pair.said), pair.said, pair.meant


def _expected(what: str) -> str:
    """What should have stood there, in the words of the person who writes the file."""
    return str(load_yaml(_FAULTS)[what])


def _read(path: Path) -> dict[str, tuple[Pair, ...]]:
    try:
        given = load_yaml(path)
    except (OSError, UnicodeDecodeError) as fault:
        raise RuleError(path, 1, "unreadable", reason=str(fault)) from fault
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise RuleError(
            path, mark.line + 1 if mark else 1, "unreadable", reason=getattr(fault, "problem", fault)
        ) from fault
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RuleError(path, 1, "wrong_type", name=path.name, expected=_expected("pairs"))
    if given.keys() <= set(_SECTIONS):
        return {each: tuple(_pairs(path, [each], given.get(each) or {})) for each in _SECTIONS}
    return {"groups": tuple(_pairs(path, [], given))}


@cache
def _read_once(path: Path) -> dict[str, tuple[Pair, ...]]:
    """Our own list does not change while we run."""
    return _read(path)


def _pairs(path: Path, above: list[Step], given: Any) -> Iterator[Pair]:
    if not isinstance(given, dict):
        raise RuleError(path, line_of(path, above), "wrong_type", name=above[-1], expected=_expected("pairs"))
    for meant, said in given.items():
        words = said.split() if isinstance(said, str) else said
        at = line_of(path, [*above, meant]) if not words or not isinstance(words, list) else 0
        if not isinstance(words, list):
            raise RuleError(path, at, "wrong_type", name=meant, expected=_expected("words"))
        if not words:
            raise RuleError(path, at, "empty", name=meant)
        for one in words:
            if len(said_so := fold(str(one)).strip()) < _SHORTEST:
                raise RuleError(
                    path, line_of(path, [*above, meant]), "wrong_type", name=one, expected=_expected("long")
                )
            yield Pair(said_so, fold(str(meant)).strip())
