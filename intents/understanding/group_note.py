"""Group notes 接龙: WeChat's numbered lists, in which everybody copies the whole and adds a line.

A note is a header line, words about the matter (which may hold a numbered list of their own and an example line) and the
entries. Pure, and linear in the text. Group buying and games with words are no notes of ours: None.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from bot.channels.solitaire import unwrapped
from bot.message import Entry
from intents.understanding.address import addresses
from intents.understanding.group_note_changes import Changes, compare, join
from intents.understanding.group_note_entry import read_entry
from intents.understanding.group_note_lines import Line, first_entry, numbered, sheet, split_within
from intents.understanding.group_note_words import note_list, note_pattern
from intents.understanding.normalise import normalise

__all__ = ["NOTE_AT_MOST", "Changes", "GroupNote", "compare", "group_note", "is_group_note", "join"]

NOTE_AT_MOST: Final = 40_000
"""So many characters of a note are read: 500 entries of 80."""
ENTRIES_AT_MOST: Final = 1_000
_SHORTEST_CHAIN: Final = 3
_LONGEST_LINK: Final = 8
_MARKS: Final = "#\uff03"


@dataclass(frozen=True, slots=True)
class GroupNote:
    title: str
    entries: tuple[Entry, ...]


def is_group_note(text: str) -> bool:
    """Whether a group note's header stands in it, ours or not: cheap, and most messages end at the first letter."""
    if not any(mark in text for mark in _MARKS):
        return False
    return any(note_pattern("header").match(normalise(line)) for line in unwrapped(text)[:NOTE_AT_MOST].splitlines())


def group_note(text: str) -> GroupNote | None:
    """What a group note holds. None for what is none, and for buying together and games."""
    if not any(mark in text for mark in _MARKS):
        return None
    found = sheet(unwrapped(text)[:NOTE_AT_MOST])
    if found is None:
        return None
    lines = numbered(found.lines)
    if all(line.number is None for line in lines):
        lines = list(split_within(found.lines))
    first = first_entry(lines)
    if first is None and not found.leads:
        return None
    head, tail = (lines, []) if first is None else (lines[:first], lines[first:])
    title = "\n".join(line.said.shown.strip() for line in head if not line.blank and not line.is_example)
    entries = tuple(_entries(tail))
    return None if _is_buying(title, entries) or _is_game(title, entries) else GroupNote(title, entries)


def _entries(lines: Sequence[Line]) -> Iterator[Entry]:
    """Each entry with the words on its further lines; a second line of one person keeps the words of its change."""
    seen: set[tuple[str | None, ...]] = set()
    for number, text in _texts(lines):
        reading = read_entry(number, text)
        if reading is None:
            continue
        entry = reading.entry
        person = (entry.name, entry.building, entry.unit, entry.room)
        if reading.change and person in seen and any(person):
            entry = replace(entry, note=" ".join(filter(None, (reading.change, entry.note))))
        seen.add(person)
        yield entry


def _texts(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    last = max((at for at, line in enumerate(lines) if line.number is not None), default=-1)
    number, parts, apart = 0, list[str](), False
    count = 0
    for at, line in enumerate(lines):
        if line.number is not None:
            if parts:
                yield number, " ".join(parts)
            if (count := count + 1) > ENTRIES_AT_MOST:
                return
            number, parts, apart = line.number, [line.said.shown], False
        elif line.blank or note_pattern("unnumbered").fullmatch(line.plain.strip()):
            apart = True
        elif not apart or (at < last and addresses(line.plain)):
            parts.append(line.said.shown)
    if parts:
        yield number, " ".join(parts)


def _is_buying(title: str, entries: Sequence[Entry]) -> bool:
    """Buying together: its words, a price for a box, or mostly boxes and pounds in the entries."""
    plain = normalise(title)
    if any(word in plain for word in note_list("buying")):
        return True
    if any(word in plain for word in note_list("community")):
        return False
    if note_pattern("price").search(plain):
        return True
    goods = sum(note_pattern("hard_goods").search(normalise(entry.note or "")) is not None for entry in entries)
    return goods > 0 and 2 * goods >= len(entries) and all(entry.people is None for entry in entries)


def _is_game(title: str, entries: Sequence[Entry]) -> bool:
    """A chain of idioms: nobody says how many and where from, and each begins as the last one ended."""
    if any(entry.building or entry.room or entry.people for entry in entries):
        return False
    links = [normalise(" ".join(filter(None, (entry.name, entry.note)))) for entry in entries]
    if any(word in normalise(title) for word in note_list("games")):
        return True
    if len(links) < _SHORTEST_CHAIN or any(not 0 < len(link) <= _LONGEST_LINK for link in links):
        return False
    joined = sum(before[-1] == after[0] for before, after in pairwise(links))
    return 2 * joined > len(links) - 1
