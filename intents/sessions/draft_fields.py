"""What a sentence says of a session besides when, where and what: who, how many, what to bring, which vaccine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from intents.errors import CapacityImpossible, DraftTooLong
from intents.sessions.draft_words import Scrap, amount, grammar, label_names, pattern, trimmed
from intents.understanding.lexicon import number
from intents.understanding.phone import LANDLINE, MOBILE
from storage.session_plan import LONGEST_DETAIL, MOST_PLACES

KEPT: Final = frozenset(
    {"title", "place", "for_whom", "bring", "not_for", "phone", "groups", "helpers", "assistance", "note"}
)
"""Labels whose value is taken as it stands; the others only mark what the grammars read anyway."""
JOINED: Final = frozenset({"bring", "note", "not_for", "for_whom", "groups"})
"""Labels that may stand twice."""


@dataclass(slots=True)
class Fields:
    """What was said, by the name of the field of a plan; what was not said is not there."""

    said: dict[str, Any] = field(default_factory=dict)
    groups: str = ""
    receipt: bool = False
    every: int | None = None
    """Minutes from one slot to the next."""
    minutes: int | None = None
    """How long it takes."""
    total: int | None = None
    """Places of all slots together."""

    def keep(self, name: str, value: str) -> None:
        value = trimmed(value)
        if value and name in JOINED and self.said.get(name):
            value = f"{self.said[name]}\uff0c{value}"
        if len(value) > LONGEST_DETAIL:
            raise DraftTooLong(field=name, most=LONGEST_DETAIL)
        if value:
            self.said[name] = value


def take_fields(scrap: Scrap) -> Fields:
    """Everything but times, title and place."""
    fields = Fields()
    _labels(scrap, fields)
    fields.receipt |= scrap.take("receipt") is not None
    if match := scrap.take("groups"):
        fields.keep("groups", match["value"])
    fields.groups = fields.said.pop("groups", "")
    for take in _TAKERS:
        take(scrap, fields)
    return fields


def _labels(scrap: Scrap, fields: Fields) -> None:
    text = scrap.left
    found = list(pattern("label").finditer(text))
    for at, match in enumerate(found):
        name = label_names()[match["label"]]
        stop = found[at + 1].start() if at + 1 < len(found) else len(text)
        line = text.find("\n", match.end(), stop)
        stop = line if line >= 0 else stop
        value = text[match.end() : stop]
        if name in KEPT:
            fields.keep(name, value)
            scrap.blank(match.start(), stop)
        elif name in ("sign_up", "slip", "receipt") and (answer := _yes_or_no(value)) is not None:
            if name == "receipt":
                fields.receipt = answer
            else:
                fields.said[name] = answer
            scrap.blank(match.start(), stop)
        elif name == "end":
            scrap.blank(match.end("label"), match.end())
        elif name not in ("capacity", "interval"):  # their words belong to the number
            scrap.blank(match.start(), match.end())


def _yes_or_no(value: str) -> bool | None:
    value = trimmed(value)
    if pattern("answer_no").match(value):
        return False
    return True if pattern("answer_yes").match(value) else None


def _phone(scrap: Scrap, fields: Fields) -> None:
    match = MOBILE.search(scrap.left) or LANDLINE.search(scrap.left)
    if match is None:
        return
    start = scrap.left.rfind("\n", 0, match.start()) + 1
    before = pattern("phone").search(scrap.left, start, match.start())
    who = trimmed(before["who"]) if before else ""
    fields.said.setdefault("phone", f"{who} {match[0]}".strip())
    scrap.blank(before.start() if before else match.start(), match.end())


def _capacity(scrap: Scrap, fields: Fields) -> None:
    if scrap.take("capacity", "none"):
        fields.said["capacity"] = None
    if match := scrap.take("capacity", "every"):
        fields.every = minutes_of(match["every"])
        fields.said["capacity"] = places(match["count"])
    if match := scrap.take("capacity", "per_person"):
        fields.every = minutes_of(match["every"])
        fields.said["capacity"] = 1
    for name in ("each", "total", "named", "first", "places", "people"):
        if "capacity" in fields.said or fields.total is not None:
            return
        if match := scrap.take("capacity", name):
            if name == "total":
                fields.total = places(match["count"])
            else:
                fields.said["capacity"] = places(match["count"])


def _length(scrap: Scrap, fields: Fields) -> None:
    if match := scrap.take("length"):
        fields.minutes = minutes_of(match["length"]) + (30 if match["and"] else 0)


def places(count: str) -> int:
    """Raises CapacityImpossible where nobody fits in, or more than a community has people."""
    found = amount(count)
    if not 0 < found <= MOST_PLACES:
        raise CapacityImpossible(most=MOST_PLACES)
    return found


def minutes_of(text: str) -> int:
    """Of a piece of time such as half an hour, a quarter, 20 minutes, two hours."""
    if pattern("half_hour").fullmatch(text):
        return 30
    if match := pattern("minutes").fullmatch(text):
        return max(1, number(match["n"]))
    if match := pattern("hours").fullmatch(text):
        return 60 * (number(match["n"]) if match["n"] else 1) + (30 if match["half"] else 0)
    digits = re.match(r"[0-9]{1,2}", text)
    return 15 * (int(digits[0]) if digits else 1)


def take_vaccine(scrap: Scrap, fields: Fields, *, certain: bool) -> bool:
    """Whether it is a vaccination: a brand alone tells, too."""
    brand = pattern("brand").search(scrap.left)
    if not certain and brand is None:
        return False
    if brand is not None:
        fields.said["brand"] = brand[0]
        scrap.blank(*brand.span())
    if match := scrap.take("interval"):
        fields.said["interval_days"] = _days(match["count"] or match["count2"], match["unit"] or match["unit2"])
    if match := pattern("dose").search(scrap.left):
        fields.said["dose"] = number(match["n"])
    elif pattern("first_dose").search(scrap.left):
        fields.said["dose"] = 1
    elif pattern("booster").search(scrap.left):
        fields.said["dose"] = grammar()["booster_dose"]
    return True


def _days(count: str, unit: str) -> int:
    days = int(grammar()["interval_days"][unit])
    return days * number(count) if count != grammar()["half"] else _half(days)


def _half(days: int) -> int:
    """Half a year is six months, as people count them."""
    return 180 if days == 365 else max(1, days // 2)


def _sign_up(scrap: Scrap, fields: Fields) -> None:
    if scrap.take("no_sign_up"):
        fields.said["sign_up"] = False
    elif scrap.take("sign_up"):
        fields.said.setdefault("sign_up", True)
    if scrap.take("no_slip"):
        fields.said["slip"] = False
    elif scrap.take("slip"):
        fields.said.setdefault("slip", True)


def _clauses(scrap: Scrap, fields: Fields) -> None:
    """Who need not come, who is helped: each a clause as it stands."""
    for name, kept in (("deadline", "note"), ("assistance", "assistance"), ("not_for", "not_for")):
        for _ in range(3):
            match = scrap.take(name)
            if match is None:
                break
            fields.keep(kept, pattern("said_by_label").sub("", match[0]) if name == "not_for" else match[0])


def _for_whom(scrap: Scrap, fields: Fields) -> None:
    if match := scrap.take("for_whom"):
        fields.keep("for_whom", match["named"] or match[0])


def _bring(scrap: Scrap, fields: Fields) -> None:
    match = pattern("bring").search(scrap.left)
    if match is None or pattern("not_bring").match(scrap.left, match.start("value") - 1):
        return
    scrap.blank(*match.span())
    fields.keep("bring", match["value"])
    end = match.end()
    while more := pattern("bring_more").match(scrap.left, end):
        fields.keep("bring", more["value"])
        scrap.blank(*more.span())
        end = more.end()


def _note(scrap: Scrap, fields: Fields) -> None:
    for _ in range(3):
        match = scrap.take("note")
        if match is None:
            break
        fields.keep("note", match[0])


Taker = Callable[[Scrap, Fields], None]
_TAKERS: Final[tuple[Taker, ...]] = (
    *(_phone, _clauses, _sign_up, _for_whom),
    *(_length, _capacity, _bring, _note),
)
