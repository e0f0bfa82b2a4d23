"""What people put right just after they have said it: 不是3号楼是13号楼, 打错了 应该是2单元, and 刚才那条撤回."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.message import Slots
from intents.understanding.address import Address, Found, addresses
from intents.understanding.lexicon import one_of
from intents.understanding.normalise import normalise
from intents.understanding.place import place
from intents.understanding.yaml_source import load_yaml

LONGEST: Final = 60
LONGEST_TAKING_BACK: Final = 24
"""Who takes something back says little else."""
_WEAKLY: Final = ("mistaken", "changed")
"""What may announce other things as well: nothing else may follow."""


@cache
def _grammar() -> Any:
    return load_yaml(Path(__file__).with_name("correction.yaml"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_grammar()[name])


@cache
def _instead() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each) for each in (*_grammar()["instead"], *_grammar()["reversed"]))


def correction(text: str) -> Slots | None:
    """Only what an address or a place is corrected to. None where nothing of the kind is corrected."""
    said = normalise(text).strip()
    if not said or len(said) > LONGEST:
        return None
    if _pattern("questions").search(said) or _pattern("not_corrections").search(said):
        return None
    return _instead_of(said) or _announced(said)


def _instead_of(said: str) -> Slots | None:
    """Something is denied and another thing put in its place: both must be of one kind."""
    for pattern in _instead():
        match = pattern.search(said)
        if match is None:
            continue
        wrong, right = _read(match["wrong"], like=None), None
        if wrong is not None and _pattern("wrong_after").search(wrong[1]):
            right = _read(match["right"], like=wrong[0])
        if wrong is not None and right is not None and _pattern("after").search(right[1]):
            return right[0] if _differ(wrong[0], right[0]) else None
    return None


def _announced(said: str) -> Slots | None:
    """说错了, 更正 and the like, and then what is right, with nothing much after it."""
    for name in ("after_all", "wrong_part", "amended", "slip", "mistaken", "changed"):
        match = _pattern(name).search(said)
        if match is None:
            continue
        part = match.groupdict().get("part") or _part_before(said[: match.start("right")])
        read = _read(match["right"], like=_like(part))
        if read is not None and (name not in _WEAKLY or _pattern("after").search(read[1])):
            return read[0]
    return None


def _part_before(before: str) -> str:
    """The part of an address that is said to be wrong: 楼号 of 楼号写错了."""
    parts = [word for name in ("rooms", "units", "buildings") for word in _grammar()[name].split()]
    return next((word for word in parts if word in before), "")


def _like(part: str) -> Slots | None:
    """Something with that part, for a bare number to be like."""
    for name, like in (("rooms", Slots(room="1")), ("units", Slots(unit="1")), ("buildings", Slots(building="1"))):
        if part and part in _grammar()[name].split():
            return like
    return None


def _read(text: str, *, like: Slots | None) -> tuple[Slots, str] | None:
    """The address or place at the beginning of a text, and what comes after it."""
    text = text[_end_of_lead_in(text) :]
    found = addresses(text)
    first = found[0] if found and found[0].start == 0 else None
    if first is not None:
        return _with_place(text, first)
    spot = place(text, ())
    if spot is not None and text.startswith(spot):
        return Slots(place=spot), text[len(spot) :]
    return _bare(text, like)


def _end_of_lead_in(text: str) -> int:
    match = _pattern("lead_in").match(text)
    return match.end() if match else 0


def _with_place(text: str, first: Found) -> tuple[Slots, str]:
    told: Address = first.address
    spot, end = place(text, [first]), first.end
    if spot is not None and text.startswith(spot):
        end = max(end, len(spot))
    else:
        spot = None
    return Slots(building=told.building, unit=told.unit, room=told.room, place=spot), text[end:]


def _bare(text: str, like: Slots | None) -> tuple[Slots, str] | None:
    """A number alone is the part of which the other number was: 不是501是502, 房号错了 502, 不是3号楼是13号."""
    match = _pattern("bare_number").match(text)
    if match is None:
        return None
    number, rest = match["number"], text[match.end() :].removeprefix(_grammar()["number_suffix"])
    three_digits = len(number) >= 3 and number.isdigit()
    if like is None:
        return (Slots(room=number), rest) if three_digits and rest == text[match.end() :] else None
    if like.room and not like.building and not like.unit:
        return Slots(room=number.lstrip("0")), rest
    parts = addresses(number + _marks(like))
    return (_of(parts[0].address), rest) if parts else None


def _marks(like: Slots) -> str:
    marks = _grammar()["units"].split()[0] if like.unit and not like.building else _grammar()["buildings_mark"]
    return str(marks)


def _of(address: Address) -> Slots:
    return Slots(building=address.building, unit=address.unit, room=address.room)


def _differ(wrong: Slots, right: Slots) -> bool:
    """不是3号楼的, 是3号楼的 puts nothing right; a place beside the same house does."""
    return replace(wrong, place=right.place) != right or wrong.place != right.place


def takes_back(text: str) -> bool:
    """刚才那条撤回: what was just said does not count."""
    said = normalise(text).strip()
    if not said or len(said) > LONGEST_TAKING_BACK or _pattern("questions").search(said):
        return False
    if _pattern("takes_back_first").search(said):
        return True
    whole, pointed = _taking_back()
    return whole.search(said) is not None and pointed.search(said) is not None


@cache
def _taking_back() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_grammar()["takes_back"], re.VERBOSE), re.compile(one_of(_grammar()["pointed"].split()))
