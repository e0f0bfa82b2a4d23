"""The pieces of a time, as they are read from a text: a day, a part of the day, an hour, a moment, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intents.understanding.when_words import PartOfDay

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Day:
    first: date
    last: date | None = None
    """Of several days."""
    others: tuple[date, ...] = ()
    """Other days that may be meant: somebody has to be asked."""
    again: date | None = None
    """The next such day, where this one is today: it counts once the hour is over."""
    asks: bool = False
    """Whether the next such day may be meant already while today's hour is still to come."""
    every: bool = False
    """Of something that comes back: then nothing has to be asked."""
    daily: bool = False
    past: bool = False
    weekday: bool = False
    needs_range: bool = False
    """A day only as the end of a range: 8-2号."""


@dataclass(frozen=True, slots=True)
class Clock:
    hour: int
    minute: int
    plain: bool
    """Without morning or evening: the other half of the day may be meant."""
    colon: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime


@dataclass(frozen=True, slots=True)
class Now:
    pass


@dataclass(frozen=True, slots=True)
class Piece:
    span: Span
    what: Day | Clock | Moment | Now | PartOfDay
    pattern: str
