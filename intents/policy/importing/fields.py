"""From what a row says to an entry, or to the first thing that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from intents.policy.importing.cleaning import clean, one_line
from intents.policy.importing.dates import a_day
from intents.policy.importing.outcomes import Row, Unfit
from intents.policy.importing.words import field_of, is_left_aside, kind_of, words
from storage.policy_entry import (
    LONGEST_ANSWER,
    LONGEST_BODY,
    LONGEST_CATEGORY,
    LONGEST_CODE,
    LONGEST_LABEL,
    LONGEST_LINK,
    LONGEST_PART,
    LONGEST_TITLE,
    MOST_SENTENCES,
    PARTS,
    Draft,
    Kind,
)

MOST_NAMED: Final = 20
_SHOWN: Final = 20


class Gathered:
    """Values by field, from names as people write them. What no field is called is remembered."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.names: dict[str, str] = {}
        self.unknown: list[str] = []

    def take(self, pairs: Iterable[tuple[object, object]]) -> Gathered:
        for key, value in pairs:
            name = one_line(str(key))
            found = field_of(name)
            if found == "parts":
                self._parts(name, value)
            elif found is None or found in self.values:
                if not is_left_aside(name) and len(self.unknown) < MOST_NAMED:
                    self.unknown.append(name[:_SHOWN])
            else:
                self.values[found], self.names[found] = value, name
        return self

    def _parts(self, name: str, value: object) -> None:
        if isinstance(value, Mapping):
            self.take(value.items())
        elif value not in (None, ""):
            self.values["parts"], self.names["parts"] = value, name


def draft_of(row: Row) -> Draft:
    """Raises `Unfit`, with the field as the file calls it."""
    values = row.values
    if "parts" in values:
        raise Unfit("parts", "importing.not_parts")
    code = short(values, "id", LONGEST_CODE)
    title = short(values, "title", LONGEST_TITLE)
    if not title:
        raise Unfit("title", "importing.no_title")
    if not code:
        raise Unfit("id", "importing.no_id")
    parts = {part: said for part in PARTS if (said := long(values, part, LONGEST_PART))}
    effective_from, expires_on = _day(values, "effective_from"), _day(values, "expires_on")
    if effective_from and expires_on and expires_on < effective_from:
        raise Unfit("expires_on", "importing.expires_first", expires=expires_on, effective=effective_from)
    draft = Draft(
        code=code,
        title=title,
        body=long(values, "body", LONGEST_BODY),
        kind=_kind(values, has_parts=bool(parts)),
        category=short(values, "category", LONGEST_CATEGORY),
        region=short(values, "region", LONGEST_LABEL),
        answer=short(values, "answer", LONGEST_ANSWER),
        parts=parts,
        questions=_questions(values),
        source=short(values, "source", LONGEST_LABEL),
        issuer=short(values, "issuer", LONGEST_LABEL),
        document_number=short(values, "document_number", LONGEST_LABEL),
        link=_link(values),
        effective_from=effective_from,
        expires_on=expires_on,
        review_on=_day(values, "review_on"),
    )
    if not draft.body and not draft.answer and not parts:
        raise Unfit("body", "importing.nothing_said")
    return draft


def short(values: Mapping[str, object], name: str, most: int) -> str:
    """One line."""
    return _within(one_line(_text(values.get(name), name)), name, most)


def long(values: Mapping[str, object], name: str, most: int) -> str:
    """Any number of lines."""
    return _within(clean(_text(values.get(name), name)), name, most)


def _within(text: str, name: str, most: int) -> str:
    if len(text) > most:
        raise Unfit(name, "importing.too_long", most=most, found=len(text))
    return text


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_text(one, name) for one in _flat(value, name))
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        raise Unfit(name, "importing.not_a_text")
    if isinstance(value, datetime) and value.time() == value.time().min:
        return value.date().isoformat()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)


def _flat(values: list[object], name: str) -> list[object]:
    if any(isinstance(one, list) for one in values):
        raise Unfit(name, "importing.not_a_text")
    return values


def _day(values: Mapping[str, object], name: str) -> date | None:
    return a_day(values.get(name), name)


def _kind(values: Mapping[str, object], *, has_parts: bool) -> Kind:
    said = one_line(_text(values.get("kind"), "kind"))
    if not said:
        return Kind.GUIDE if has_parts else Kind.POLICY
    kind = kind_of(said)
    if kind is None:
        raise Unfit("kind", "importing.unknown_kind", value=said[:_SHOWN], kinds=" ".join(kinds()))
    return kind


def kinds() -> list[str]:
    """The first word for each kind."""
    return [words()["kinds"][kind][0] for kind in Kind]


def _questions(values: Mapping[str, object]) -> tuple[str, ...]:
    said = clean(_text(values.get("questions"), "questions"))
    lines = said.replace(words()["punctuation"][1], "\n").replace(";", "\n").split("\n")
    found = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(found) > MOST_SENTENCES:
        raise Unfit("questions", "importing.too_many_questions", most=MOST_SENTENCES, found=len(found))
    for one in found:
        _within(one, "questions", LONGEST_LABEL)
    return found


def _link(values: Mapping[str, object]) -> str:
    link = short(values, "link", LONGEST_LINK)
    if link and (" " in link or not link.lower().startswith(("https://", "http://"))):
        raise Unfit("link", "importing.not_a_link", value=link[:_SHOWN])
    return link
