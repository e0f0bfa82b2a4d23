"""What becomes of each row of a file, and what a row is on its way there. No more than one fault is told of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as of
from datetime import date
from typing import Any

from storage.policy_entry import Draft

Tell = Callable[[float], None]
"""Told how much of the file is read, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry, whole and checked."""

    file: str
    line: int | None
    draft: Draft


@dataclass(frozen=True, slots=True)
class Answered:
    """What staff wrote in the file beside a question that nobody could answer."""

    file: str
    line: int | None
    question: int
    answer: str
    title: str = ""
    source: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """Something to say of a row, or of a whole file where `line` is None. `reason` is a key of the messages."""

    file: str
    line: int | None
    field: str | None
    reason: str
    params: Mapping[str, Any] = of(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused(_Said):
    """A row that is not taken."""


@dataclass(frozen=True, slots=True)
class Warned(_Said):
    """Something was left aside, the row is taken all the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a reader found for one entry: values by field, and the names and lines under which they were written."""

    file: str
    line: int | None
    values: Mapping[str, object]
    names: Mapping[str, str] = of(default_factory=dict)
    lines: Mapping[str, int] = of(default_factory=dict)
    unknown: tuple[str, ...] = ()


class Unreadable(Exception):
    """A file that cannot be read at all; `key` of the messages says why."""

    def __init__(self, key: str, line: int | None = None, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.line = line
        self.params = params


class Unfit(Exception):
    """A value that does not do."""

    def __init__(self, name: str | None, key: str, **params: object) -> None:
        super().__init__(name, key, params)
        self.name = name
        self.key = key
        self.params = params
