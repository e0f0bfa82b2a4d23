"""A session's places and its waiting line in memory, written by hand from what residents are promised.

It knows nothing of `intents.sessions`: who is in, who waits, who is asked and for how long is spelled out here once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

IN, WAITING, OFFERED, LEFT, PASSED = "confirmed", "waiting", "offered", "cancelled", "passed"
LIVE, HOLDING = (IN, WAITING, OFFERED), (IN, OFFERED)
ASKED_FOR = timedelta(hours=2)
NOT_ASKED_WITHIN = timedelta(minutes=30)
MORNING, NIGHT = time(7, 30), time(21, 30)


@dataclass(eq=False)
class Place:
    """One part of the session. `capacity`: None is as many as come."""

    starts_at: datetime
    capacity: int | None


@dataclass(eq=False)
class Entry:
    """One sign-up; `contact`: who said it, nobody where somebody telephoned. `part` is the number of the part."""

    door: str
    contact: str | None
    people: int
    part: int
    state: str
    turn: int
    until: datetime | None = None
    asked: int = 0
    """Which of all offers theirs was: of two that lapse at once the earlier goes first."""


@dataclass
class Line:
    now: datetime
    parts: list[Place]
    ends_at: datetime
    entries: list[Entry] = field(default_factory=list)
    offers: int = 0

    def passes(self, until: datetime) -> None:
        """Offers that nobody answered lapse one after the other, each at its own moment."""
        while lapsing := [one for one in self.entries if one.state == OFFERED and one.until and one.until <= until]:
            first = min(lapsing, key=lambda one: (one.until, one.asked))
            assert first.until is not None
            self.now = max(self.now, first.until)
            first.state = PASSED
            self._fill()
        self.now = until

    # what people do; each says whether it is done, or why not

    def join(self, door: str, contact: str | None, people: int | None, part: int | None) -> str:
        if not self._open():
            return "closed"
        entry = self.of(door)
        if entry is None:
            return self._enter(door, contact, people or 1, part)
        if contact is not None and entry.contact not in (contact, None):
            return "family"
        if entry.state == OFFERED:
            return self.accept(entry)
        if people in (entry.people, None):
            return "again"
        return self.resize(entry, people or 1)

    def resize(self, entry: Entry, people: int) -> str:
        more = people - entry.people
        if self.now >= self.ends_at:
            return "closed"
        if entry.state in HOLDING and more > 0 and not self._fits(entry.part, more):
            return "full"
        entry.people = people
        if more < 0:
            self._fill()
        return "done"

    def move(self, entry: Entry, part: int) -> str:
        if not self._open():
            return "closed"
        if part == entry.part:
            return "again"
        if self.parts[part].starts_at <= self.now:
            return "begun"
        if not self._fits(part, entry.people):
            return "full"
        entry.part, entry.state = part, IN
        self._fill()
        return "done"

    def leave(self, entry: Entry) -> str:
        if self.now >= self.ends_at:
            return "closed"
        entry.state = LEFT
        self._fill()
        return "done"

    def accept(self, entry: Entry) -> str:
        if not self._open():
            return "closed"
        if entry.state != OFFERED:
            return "gone"
        entry.state = IN
        return "done"

    def change(self, parts: list[Place], ends_at: datetime) -> str:
        """Staff give the parts other numbers of places, or make fewer or more parts: who waited for one that goes waits for the
        first."""
        if self.now >= self.ends_at:
            return "closed"
        kept = [place.capacity for place in parts] + [0] * (len(self.parts) - len(parts))
        if any(places is not None and places < self.taken(part) for part, places in enumerate(kept)):
            return "too small"
        for one in self.entries:
            if one.state == WAITING and one.part >= len(parts):
                one.part = 0
        self.parts, self.ends_at = parts, ends_at
        self._fill()
        return "done"

    # how it stands

    def of(self, door: str) -> Entry | None:
        return next((one for one in self.entries if one.door == door and one.state in LIVE), None)

    def taken(self, part: int) -> int:
        return sum(one.people for one in self.entries if one.part == part and one.state in HOLDING)

    def waiting(self, part: int) -> list[Entry]:
        return [one for one in self.entries if one.part == part and one.state == WAITING]

    def left_empty(self) -> list[Entry]:
        """Who waits though there is room for them, and time enough to ask."""
        return [
            one
            for part, place in enumerate(self.parts)
            for one in self.waiting(part)
            if self._fits(part, one.people) and place.starts_at - self.now > NOT_ASKED_WITHIN
        ]

    def _enter(self, door: str, contact: str | None, people: int, part: int | None) -> str:
        to_come = [number for number, place in enumerate(self.parts) if place.starts_at > self.now]
        if part is None:
            part = next((number for number in to_come if self._fits(number, people)), to_come[0])
        elif part not in to_come:
            return "begun"
        state = IN if self._fits(part, people) else WAITING
        self.entries.append(Entry(door, contact, people, part, state, len(self.entries) + 1))
        return "done"

    def _fill(self) -> None:
        for part, place in enumerate(self.parts):
            for one in self.waiting(part):
                if place.starts_at - self.now > NOT_ASKED_WITHIN and self._fits(part, one.people):
                    self.offers += 1
                    one.state, one.asked = OFFERED, self.offers
                    one.until = min(_awake(self.now) + ASKED_FOR, place.starts_at)

    def _fits(self, part: int, people: int) -> bool:
        capacity = self.parts[part].capacity
        return capacity is None or self.taken(part) + people <= capacity

    def _open(self) -> bool:
        return any(place.starts_at > self.now for place in self.parts)


def _awake(now: datetime) -> datetime:
    """Now, or the end of the night."""
    if MORNING <= now.time() < NIGHT:
        return now
    day = now.date() + timedelta(days=now.time() >= NIGHT)
    return datetime.combine(day, MORNING, now.tzinfo)
