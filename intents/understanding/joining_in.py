"""Words that mean something only where a session is open: +1, 我去, 两个人 8-2-301, 改成一个, 名额让给别人.

Pure and cheap. Whether a session is open there, and whether the writer is on its list, only the caller knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from intents.understanding.address import addresses
from intents.understanding.lexicon import number, one_of, words
from intents.understanding.names import signed_up_name
from intents.understanding.normalise import fold, normalise
from intents.understanding.people import find_people, people
from intents.understanding.phone import MOBILE
from intents.understanding.slots import read_slots
from intents.understanding.yaml_source import load_yaml

Verb = Literal["join", "leave", "change"]
READ_AT_MOST: Final = 200
_MENTION: Final = re.compile(r"@[^\s@]{1,40}(?=\s)")
_BLANKS: Final = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class SignUpWords:
    """`people` is how many come in all, `people_delta` how many more or fewer than before; each only where it is said."""

    verb: Verb | None
    people: int | None = None
    people_delta: int | None = None
    for_other: bool = False
    name: str | None = None
    phone: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    firm: bool = False
    """Whether it can hardly mean anything else; 来 or 我家四口 may answer anything that was said before."""
    rest: str = ""
    """The text without address, telephone and name: which session or slot is meant, and when, is read from it."""


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("joining_in.yaml"))


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {name: part.replace("{relations}", _relations()) for name, part in _grammar()["parts"].items()}
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return re.compile(pattern)


def _relations() -> str:
    return one_of(map(fold, words("people", "relations")))


@cache
def _one(name: str) -> re.Pattern[str]:
    return _compiled(_grammar()[name])


@cache
def _any(name: str) -> re.Pattern[str]:
    return _compiled("|".join(f"(?:{each})" for each in _grammar()[name]))


def may_sign_up(text: str) -> bool:
    """Whether this could be a sign-up, a leaving or a change where a session is open: for the screen, so it errs to yes."""
    if len(text) > READ_AT_MOST:
        return False
    said = _MENTION.sub(" ", fold(text)).strip()
    return len(said) <= _grammar()["longest"] and _verb(said) is not None


def sign_up_words(text: str) -> SignUpWords:
    """What a text says of coming or not coming."""
    said = _MENTION.sub(" ", normalise(text[:READ_AT_MOST]))
    folded = fold(said)
    verb = _verb(folded)
    slots = read_slots(said, complaint=False)
    count, delta = _count(folded, verb, slots.people)
    helped = signed_up_name(said)
    return SignUpWords(
        verb,
        people=count,
        people_delta=delta,
        for_other=slots.for_other
        or helped is not None
        or (verb == "leave" and _one("relation_leaves").search(folded) is not None),
        name=slots.name or helped,
        phone=slots.phone,
        building=slots.building,
        unit=slots.unit,
        room=slots.room,
        firm=slots.building is not None or slots.phone is not None or _any("join").search(folded) is not None,
        rest=_rest(said, slots.name),
    )


def names_signing_up(text: str) -> bool:
    """Whether it speaks of signing up by that word, whatever else it tells."""
    return _one("named").search(fold(text[:READ_AT_MOST])) is not None


def asks_about_it(text: str) -> bool:
    """Whether it is a question about signing up, and no sign-up: 谁能参加, 我报上没."""
    return _one("ask").search(fold(text[:READ_AT_MOST])) is not None


def count_after_change(text: str) -> int | None:
    """How many come after all, in a text that changes it: 刚才报的是两个 写错了 是3个."""
    return _count(fold(text), "change", people(text))[0]


def _verb(folded: str) -> Verb | None:
    if _one("talk").search(folded):
        return None
    leaves, changes = _any("leave").search(folded) is not None, _any("change").search(folded) is not None
    joins = _one("ask").search(folded) is None and _joins(folded)
    if changes and not (leaves and _one("myself_leaves").search(folded)):
        return "join" if joins and _one("with_me").search(folded) else "change"
    if leaves:
        some_stay = _one("alone").search(folded) or _one("fewer_of").search(folded)
        return "change" if some_stay else "leave"
    return "join" if joins else None


def _joins(folded: str) -> bool:
    if _any("join").search(folded) or _any("bare").search(folded):
        return True
    return len(folded.strip()) <= _grammar()["weak_longest"] and _any("weak").search(folded) is not None


def _count(folded: str, verb: Verb | None, said: int | None) -> tuple[int | None, int | None]:
    """How many in all, and how many more or fewer."""
    if verb == "join" and said is None:
        seats = _one("seats").search(folded)
        return number(seats["count"]) if seats else _bare_count(folded), None
    if verb != "change":
        return said, None
    delta = _delta(folded)
    announced = list(_one("new_count").finditer(folded))
    if announced:
        return number(announced[-1]["count"]), delta
    if _one("alone").search(folded):
        return 1, delta
    return (None if delta is not None else said), delta


def _bare_count(folded: str) -> int | None:
    """Without a word for people: +1, 算我三个."""
    if _one("one").search(folded):
        return 1
    match = _one("join_count").search(folded)
    return number(match["count"]) if match else None


def _delta(folded: str) -> int | None:
    if match := _one("more").search(folded):
        return number(match["count"])
    if _one("more_of").search(folded):
        return len(_one("more_of").findall(folded))
    if match := _one("fewer").search(folded):
        return -number(match["count"])
    return -1 if _one("fewer_of").search(folded) else None


def _rest(said: str, name: str | None) -> str:
    spans = [(each.start, each.end) for each in addresses(said)]
    spans += [match.span() for match in MOBILE.finditer(said)]
    if name is not None and (at := said.find(name)) >= 0:
        spans.append((at, at + len(name)))
    if found := find_people(said):
        spans.append(found[1:])
    for start, end in spans:
        said = said[:start] + " " * (end - start) + said[end:]
    return _BLANKS.sub(" ", said).strip()
