"""What changed between two copies of a group note, and two copies made at once joined into one list.

Every post is a full copy. A line is known by its person and door, then by either alone where only one has it; its number
says little, since numbers move when somebody's line comes between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.message import Entry
from intents.understanding.normalise import normalise

Key = Callable[[Entry], Hashable | None]


@dataclass(frozen=True, slots=True)
class Changes:
    """Of a line that says 退出 and nothing else, `cancelled` names who stood there before.

    `vanished`: a line that stood there and stands no more. That is a question to somebody, and no cancellation.
    """

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[Entry, Entry], ...] = ()
    cancelled: tuple[Entry, ...] = ()
    vanished: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.cancelled or self.vanished)


def compare(before: Sequence[Entry], after: Sequence[Entry]) -> Changes:
    """What the second copy says that the first did not. A line that only moved to another number has not changed."""
    pairs, gone, new = _paired(before, after)
    changed, cancelled = list[tuple[Entry, Entry]](), list[Entry]()
    for old, now in pairs:
        if now.cancelled and not old.cancelled:
            cancelled.append(now if _is_somebody(now) else replace(old, number=now.number, cancelled=True))
        elif _content(old) != _content(now):
            changed.append((old, now))
    cancelled += [entry for entry in new if entry.cancelled and _is_somebody(entry)]
    return Changes(
        added=tuple(entry for entry in new if not entry.cancelled),
        changed=tuple(changed),
        cancelled=tuple(cancelled),
        vanished=tuple(entry for entry in gone if not entry.cancelled and _is_somebody(entry)),
    )


def join(copies: Sequence[Sequence[Entry]], base: Sequence[Entry]) -> tuple[Entry, ...]:
    """One list of copies that were made from the same one, in the order they came, numbered anew.

    A line of the base is gone only if a copy lacks it and none changed it; a line that one copy added stays, whether or not
    another one knows it. Of two changes to one line the later counts.
    """
    lines: list[Entry | None] = [*base]
    added: list[Entry] = []
    for copy in copies:
        pairs, gone, new = _places(base, copy)
        for place, at in pairs:
            if _content(copy[at]) != _content(base[place]):
                lines[place] = copy[at]
        for place in gone:
            if lines[place] is base[place]:
                lines[place] = None
        _add(added, [copy[at] for at in new])
    kept = [line for line in (*lines, *added) if line is not None]
    return tuple(replace(line, number=number) for number, line in enumerate(kept, start=1))


def _add(added: list[Entry], new: Sequence[Entry]) -> None:
    """Those not added by an earlier copy already; what a later one says of them counts."""
    pairs, _, more = _places(added, new)
    for place, at in pairs:
        added[place] = new[at]
    added.extend(new[at] for at in more)


def _paired(
    before: Sequence[Entry], after: Sequence[Entry]
) -> tuple[list[tuple[Entry, Entry]], list[Entry], list[Entry]]:
    pairs, gone, new = _places(before, after)
    return [(before[old], after[now]) for old, now in pairs], [before[at] for at in gone], [after[at] for at in new]


def _places(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Which line became which, which are gone and which are new, by their places."""
    old, new = list(range(len(before))), list(range(len(after)))
    pairs: list[tuple[int, int]] = []
    for key, in_order, may_be in _KEYS:
        mine, theirs = _grouped(before, old, key), _grouped(after, new, key)
        for value in mine.keys() & theirs.keys():
            lines, now = mine[value], theirs[value]
            if in_order or (len(lines) == 1 and len(now) == 1):
                pairs += [(a, b) for a, b in zip(lines, now, strict=False) if may_be(before[a], after[b])]
        taken, found = {a for a, _ in pairs}, {b for _, b in pairs}
        old, new = [at for at in old if at not in taken], [at for at in new if at not in found]
    return sorted(pairs), old, new


def _grouped(entries: Sequence[Entry], places: Iterable[int], key: Key) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for at in places:
        if (value := key(entries[at])) is not None:
            groups[value].append(at)
    return groups


def _surely(_: Entry, __: Entry) -> bool:
    return True


def _may_be_one(old: Entry, new: Entry) -> bool:
    """Under one number: not where both say a name, or both a door, that differ. Then somebody else took the number."""
    return not _differ(_name(old), _name(new)) and not _differ(_door(old), _door(new))


def _differ(old: object, new: object) -> bool:
    return old is not None and new is not None and old != new


def _name(entry: Entry) -> str | None:
    return normalise(entry.name).casefold() if entry.name else None


def _door(entry: Entry) -> tuple[str | None, ...] | None:
    """A building alone is no door: a hundred live in it."""
    return (entry.building, entry.unit, entry.room) if entry.room else None


def _name_and_door(entry: Entry) -> Hashable | None:
    name, door = _name(entry), _door(entry)
    return (name, door) if name and door else None


def _number(entry: Entry) -> int | None:
    return entry.number


def _whole(entry: Entry) -> Hashable:
    return (entry.number, *_content(entry))


def _content(entry: Entry) -> tuple[Hashable, ...]:
    return (
        _name(entry),
        entry.building,
        entry.unit,
        entry.room,
        entry.people,
        entry.cancelled,
        normalise(entry.note or ""),
    )


def _is_somebody(entry: Entry) -> bool:
    return entry.name is not None or entry.building is not None or entry.room is not None


_KEYS: tuple[tuple[Key, bool, Callable[[Entry, Entry], bool]], ...] = (
    (_whole, True, _surely),
    (_content, True, _surely),
    (_name_and_door, True, _surely),
    (_name, False, _surely),
    (_door, False, _surely),
    (_number, False, _may_be_one),
)
"""From the surest to the least; the second says whether several with the same key are paired in their order."""
