"""One entry of a group note: `陳太 C座0903 1大2小`, `3-2-501 菜刀1把`, `叶子 14-2-602 来不了了，取消`.

What is read is taken out of the text, the address first; the first words of what is left are the name, the rest is the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.message import Entry
from intents.understanding.address import FLOORS_AT_MOST, Address, Found, addresses, chosen
from intents.understanding.group_note_words import (
    TAKEN,
    Said,
    note_list,
    note_pattern,
    note_patterns,
    note_words,
)
from intents.understanding.lexicon import lexicon, number, numeral_letters, words

PEOPLE_AT_MOST: Final = 99
NAME_AT_MOST: Final = 20
_LONGEST_CALL: Final = 6
_LONGEST_NICKNAME: Final = 8
_LONGEST_FULL_NAME: Final = 4

_DASH: Final = re.compile(r"(?<=[0-9]) ?- ?(?=[0-9])")
_SPACED: Final = re.compile(r"(?<=[0-9]) (?=[1-9] [0-9]{3,4}(?![0-9]))|(?<=[0-9] [1-9]) (?=[0-9]{3,4}(?![0-9]))")
_GLUED: Final = re.compile(r"(?<=[A-Za-z]{2})(?=[0-9]{1,2}-[0-9]{1,2}-[0-9]{3,4})")
_LOOSE: Final = re.compile(
    r"(?<![0-9A-Za-z])[.:/_+|~-]+(?=[0-9A-Za-z])|(?<=[0-9]{3})[.:/_+|~-](?![0-9A-Za-z])"
    r"|(?<=[0-9]{3})[.:/_+|-](?=[0-9]{1,2}(?![0-9-]))"
)
_BEFORE_DIGITS: Final = re.compile(r"[^0-9]{2,8}(?=[0-9])")
_SPACES: Final = re.compile(r"\s+")
_TOKEN: Final = re.compile(r"[^\s,，、;；/|()（）\[\]【】。:：+\"“”!！\x01]+")
_OPEN, _CLOSE = "(（[【", ")）]】"
_EDGES: Final = " \t,，、;；。.:：/|+-—~～!！…"


@dataclass(frozen=True, slots=True)
class Reading:
    entry: Entry
    change: str
    """The words that change a number of people without saying what it was: 改为2人."""


class _Text:
    """An entry of which parts are taken, one after the other."""

    def __init__(self, said: Said) -> None:
        self.shown = said.shown
        self.plain = said.plain

    def take(self, start: int, end: int) -> None:
        self.plain = f"{self.plain[:start]}{TAKEN * (end - start)}{self.plain[end:]}"

    def rest(self) -> str:
        """What nobody took, as it was written."""
        parts, start = list[str](), 0
        for match in re.finditer(f"{TAKEN}+", self.plain):
            parts.append(self.shown[start : match.start()])
            start = match.end()
        parts.append(self.shown[start:])
        trimmed = (_trimmed(part) for part in parts)
        return " ".join(part for part in trimmed if any(letter.isalnum() for letter in part))


def read_entry(place: int, text: str) -> Reading | None:
    """None for a placeholder: nothing, or dots."""
    said = Said.of(_SPACES.sub(" ", text)).edited(_DASH, "-").edited(_SPACED, "-")
    said = said.edited(_GLUED, " ").edited(note_pattern("floor_letter"), "")
    if not any(letter.isalnum() for letter in said.plain):
        return None
    rest = _Text(said)
    for label in note_pattern("labels").finditer(rest.plain):
        rest.take(*label.span())
    rest.plain = _LOOSE.sub(lambda match: " " * len(match[0]), rest.plain)
    address, at = _address(rest)
    people, change, changed_at = _people(rest)
    cancelled = _cancelled(rest, changed_at)
    name = _name(rest, at)
    entry = Entry(
        number=place,
        name=name,
        building=address.building,
        unit=address.unit,
        room=address.room,
        people=people,
        cancelled=cancelled,
        note=rest.rest() or None,
    )
    return Reading(entry, change)


def _address(text: _Text) -> tuple[Address, int | None]:
    """The address, and where it begins. A phone number never holds one."""
    plain = note_pattern("phone").sub(lambda match: TAKEN * len(match[0]), text.plain)
    found = addresses(plain)
    best = chosen(plain, found)
    if best is None:
        return _lone_room(text, plain)
    parts = [each for each in found if _belongs(each, best.address)]
    for each in parts:
        text.take(each.start, each.end)
    return best.address, min((each.start for each in parts), default=best.start)


def _belongs(found: Found, address: Address) -> bool:
    mine, all_ = found.address, address
    return all(
        part is None or part == whole
        for part, whole in ((mine.building, all_.building), (mine.unit, all_.unit), (mine.room, all_.room))
    )


def _lone_room(text: _Text, plain: str) -> tuple[Address, int | None]:
    """`张三 501`: in a note of one building the room is all that people write."""
    match = note_pattern("lone_room").search(plain)
    if match is None or not 0 < int(match["room"]) // 100 <= FLOORS_AT_MOST:
        return Address(), None
    text.take(*match.span("room"))
    return Address(room=match["room"]), match.start()


def _people(text: _Text) -> tuple[int | None, str, int | None]:
    """How many, the words of a bare change, and where a change begins."""
    for name in ("before_now", "changed"):
        match = note_pattern(name).search(text.plain)
        count = _count(match) if match else None
        if match is None or count is None:
            continue
        text.take(*match.span())
        bare = text.shown[match.start() : match.end()].strip() if name == "changed" else ""
        return count, bare, match.start()
    if (fixed := _fixed(text)) is not None:
        return fixed, "", None
    for pattern in note_patterns("people"):
        for match in pattern.finditer(text.plain):
            if (count := _count(match)) is not None:
                text.take(*match.span())
                if "big" in pattern.groupindex:
                    _take_again(text, count)
                return count, "", None
    return None, "", None


def _take_again(text: _Text, count: int) -> None:
    """`2大1小 共3人` says one thing twice."""
    for match in note_pattern("same_again").finditer(text.plain):
        if _count(match) == count:
            text.take(*match.span())


def _count(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    said = [groups[name] for name in ("count", "big", "small") if groups.get(name)]
    count = sum(map(number, said))
    return count if 0 < count <= PEOPLE_AT_MOST else None


def _fixed(text: _Text) -> int | None:
    """老两口, 我和老伴: so many people without a number."""
    for count, phrases in lexicon()["people"]["fixed"].items():
        for phrase in sorted(str(phrases).split(), key=len, reverse=True):
            at = text.plain.find(phrase)
            if at >= 0 and not _counts(text.plain[max(0, at - 1) : at]):
                text.take(at, at + len(phrase))
                return int(count)
    return None


def _counts(letter: str) -> bool:
    return letter != "" and (letter.isdigit() or letter in numeral_letters())


def _cancelled(text: _Text, changed_at: int | None) -> bool:
    """Of a change and a word of cancelling the later counts: `孩子不来了，改2人` cancels nothing, nor does `老伴不去了`."""
    found = False
    for pattern in note_patterns("cancelled"):
        for match in pattern.finditer(text.plain, changed_at or 0):
            if note_pattern("somebody_else").search(text.plain[: match.start()]):
                continue
            text.take(*match.span())
            found = True
    return found


def _name(text: _Text, address_at: int | None) -> str | None:
    """The first words that are not a remark. What stands behind the address has to look like a name."""
    name, open_ = None, True
    for start, end in _tokens(text):
        token = text.plain[start:end]
        if token in note_list("connectors"):
            text.take(start, end)
            continue
        if not open_:
            continue
        behind = address_at is not None and start > address_at
        if not any(map(str.isalnum, token)) or note_pattern("not_a_name").match(token):
            name = None if behind else _before_a_number(text, start, token)
            open_ = not behind and name is None
            continue
        open_ = False
        if end - start <= NAME_AT_MOST and (not behind or _looks_called(token)):
            text.take(start, end)
            name = text.shown[start:end].strip(_EDGES) or None
    return name


def _before_a_number(text: _Text, start: int, token: str) -> str | None:
    """冬冬奶奶82岁 begins with a name all the same."""
    match = _BEFORE_DIGITS.match(token)
    if match is None or not is_called_so(match[0]):
        return None
    text.take(start, start + match.end())
    return text.shown[start : start + match.end()]


def _tokens(text: _Text) -> Iterator[tuple[int, int]]:
    """Where the words stand; Latin words with a space between are one: Mary Wang. 王阿姨住 is 王阿姨."""
    spans = [match.span() for match in _TOKEN.finditer(text.plain)]
    at = 0
    while at < len(spans):
        start, end = spans[at]
        while at + 1 < len(spans) and spans[at + 1][0] == end + 1 and _latin(text.plain, spans[at], spans[at + 1]):
            at += 1
            end = spans[at][1]
        at += 1
        if before := note_pattern("glued_before").match(text.plain, start, end):
            text.take(*before.span())
            start = before.end()
        if after := note_pattern("glued_after").search(text.plain[start:end]):
            text.take(start + after.start(), end)
            end = start + after.start()
        if start < end:
            yield start, end


def _latin(text: str, *spans: tuple[int, int]) -> bool:
    return all(text[start:end].isascii() and text[start:end].isalpha() for start, end in spans) and (
        text[spans[0][1] : spans[-1][0]] == " "
    )


def _looks_called(token: str) -> bool:
    """Also what nobody is christened: 静水流深 behind a door is a name, 晕车坐前排 is not."""
    if is_called_so(token) or token[:2] in words("names", "double_surnames"):
        return True
    plain = not any(letter.isdigit() for letter in token) and note_pattern("remark").search(token) is None
    return plain and len(token) <= _LONGEST_NICKNAME


def is_called_so(text: str) -> bool:
    """Whether a whole text is most likely what somebody is called."""
    names = lexicon()["names"]
    if not text or len(text) > _LONGEST_CALL or any(letter.isdigit() for letter in text):
        return False
    if note_pattern("people_called").search(text):
        return True
    return not note_pattern("remark").search(text) and (
        text[0] in note_words()["nicknames"] or (text[0] in names["surnames"] and len(text) <= _LONGEST_FULL_NAME)
    )


def _trimmed(part: str) -> str:
    """Without punctuation at its ends, and without a bracket whose other half is gone."""
    before = None
    while before != part:
        before = part
        part = part.strip(_EDGES)
        if part and part[0] in _CLOSE:
            part = part[1:]
        elif part and part[-1] in _OPEN:
            part = part[:-1]
        elif part and part[0] in _OPEN and not any(letter in _CLOSE for letter in part[1:-1]):
            part = part[1:-1] if part[-1] in _CLOSE else part[1:]
        elif part and part[-1] in _CLOSE and not any(letter in _OPEN for letter in part):
            part = part[:-1]
    return _SPACES.sub(" ", part)
