"""The sheet from the door read back after an outage: each filled row is somebody who came.

The same file twice changes nothing. A row that cannot be understood is named by its line and the others are taken. Nobody who was
there is lost because the places had run out: that they came is kept, whatever place they had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

from intents.errors import SessionFull
from intents.sessions.checking_in import Doses
from intents.sessions.signing_up import SigningUp, Wish
from intents.understanding.address import address
from intents.understanding.lexicon import number, numeral_letters
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml
from storage import audit, sessions, sign_ups
from storage.base import Db
from storage.sessions import CANCELLED, SessionView
from storage.sign_ups import LIVE, MOST_PEOPLE, SignUp, State, Who

SOURCE: Final = "paper"
LONGEST_NAME: Final = 20


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row as it was typed; the line counts from 1, as Excel shows it."""

    line: int
    code: str = ""
    slot: str = ""
    name: str = ""
    door: str = ""
    arrived: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    number: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken. `reason` is a key of the command line's messages."""

    line: int
    reason: str
    params: dict[str, Any]


@dataclass(slots=True)
class Entered:
    """What came of a sheet. In households: those marked now, those added, and those of whom the same was known; `people`: of the
    first two."""

    session: SessionView
    marked: int = 0
    added: int = 0
    same: int = 0
    people: int = 0
    refused: list[Refused] = field(default_factory=list)
    arrived: list[list[Any]] = field(default_factory=list)
    """Codes and numbers, for the audit."""

    @property
    def is_empty_handed(self) -> bool:
        return bool(self.refused) and not (self.marked or self.added or self.same)


class SheetRefused(Exception):
    """The whole sheet cannot be taken; `key` of the command line's messages says why."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


class _Row(Exception):
    """Why one row is not taken."""

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


class TypingBack:
    """`doses`: who was there at a vaccination had a dose."""

    def __init__(self, community: str, signing_up: SigningUp, doses: Doses) -> None:
        self._community = community
        self._signing_up = signing_up
        self._doses = doses

    async def enter(self, db: Db, paper: Paper, now: datetime) -> Entered:
        """Raises `SheetRefused` where there is no such session, or it has not begun or was called off."""
        row = await sessions.by_number(db, self._community, paper.number)
        if row is None:
            raise SheetRefused("check_in.unknown", number=paper.number)
        row = await sessions.held(db, row.id)
        view = await sessions.view(db, row, now)
        if view.state == CANCELLED:
            raise SheetRefused("check_in.cancelled", number=paper.number)
        if now.date() < view.plan.starts_at.date():
            raise SheetRefused("check_in.not_begun", number=paper.number, day=f"{view.plan.starts_at:%Y-%m-%d}")
        known = {one.code: one for one in await sign_ups.of_session(db, view.id, tuple(State))}
        entry = _Entry(db, view, known, self._signing_up, self._doses, now)
        for typed in paper.rows:
            await entry.take(typed)
        if entry.entered.arrived:
            await audit.note(
                db,
                self._community,
                at=now,
                actor="operator",
                verb="sessions.check_in",
                subject=view.number,
                after={"paper": True, "arrived": entry.entered.arrived},
            )
        return entry.entered


class _Entry:
    """One sheet on its way in. The session is held; `known` are its sign-ups by code, whatever became of them."""

    def __init__(
        self,
        db: Db,
        view: SessionView,
        known: Mapping[str, SignUp],
        signing_up: SigningUp,
        doses: Doses,
        now: datetime,
    ) -> None:
        self._db = db
        self._view = view
        self._known = known
        self._signing_up = signing_up
        self._doses = doses
        self._now = now
        self._lines: dict[int, int] = {}
        """In which line a sign-up was met first."""
        self.entered = Entered(view)

    async def take(self, typed: PaperRow) -> None:
        try:
            await self._take(typed)
        except _Row as why:
            self.entered.refused.append(Refused(typed.line, why.reason, why.params))

    async def _take(self, typed: PaperRow) -> None:
        if not typed.arrived:
            if not typed.code and (typed.name or typed.door):
                raise _Row("check_in.no_count")
            return
        if typed.code:
            found = self._of_code(typed)
            people = _count(typed.arrived, found.people)
            live: SignUp | None = found if found.state in LIVE or not people else await self._again(found)
        else:
            people = _count(typed.arrived, 1)
            live = await self._walk_in(typed) if people else None
        if live is not None:
            self._once(live, typed)
            await self._mark(live, people, typed)
        elif people:
            await self._add(typed, people)

    def _of_code(self, typed: PaperRow) -> SignUp:
        found = self._known.get(typed.code)
        if found is None:
            raise _Row("check_in.unknown_code", code=typed.code)
        if typed.name and found.name and _plain(typed.name) != _plain(found.name):
            raise _Row("check_in.other_name", code=typed.code, known=found.name, name=typed.name)
        return found

    async def _again(self, gone: SignUp) -> SignUp:
        """Who had called it off and came all the same: their household's other sign-up, else a new one."""
        who = Who(gone.contact_id, gone.name, gone.building, gone.unit, gone.room, gone.phone, gone.for_other)
        live = await sign_ups.live_of(self._db, self._view.id, who)
        return live or await self._join(who, gone.people, gone.slot_id)

    async def _walk_in(self, typed: PaperRow) -> SignUp | None:
        """The sign-up of who wrote themselves into an empty row, where there is one: of their door, or from the sheet before."""
        who = _who(typed)
        if who.building is not None and who.room is not None:
            found = await sign_ups.of_door(self._db, [self._view.id], who.building, who.unit, who.room)
            if len(found) > 1 and who.name:
                found = [one for one in found if _plain(one.name) == _plain(who.name)]
            if len(found) > 1:
                raise _Row("check_in.several", door=typed.door)
            return found[0] if found else None
        return await sign_ups.live_of(self._db, self._view.id, who)

    async def _add(self, typed: PaperRow, people: int) -> None:
        row = await self._join(_who(typed), people, self._slot(typed.slot))
        self._once(row, typed)
        await self._arrive(row, people)
        self.entered.added += 1
        self.entered.people += people

    async def _mark(self, row: SignUp, people: int, typed: PaperRow) -> None:
        if row.arrived == people:
            self.entered.same += 1
            return
        if row.arrived and not people:
            raise _Row("check_in.came_already", arrived=row.arrived, number=self._view.number, code=row.code)
        if people and (row.state != State.CONFIRMED or people > row.people):
            with suppress(SessionFull):  # they were there all the same
                await self._signing_up.admit(self._db, row.id, people, self._now)
        await self._arrive(row, people)
        self.entered.marked += 1
        self.entered.people += people

    async def _arrive(self, row: SignUp, people: int) -> None:
        slot = self._view.slot(row.slot_id)
        at = min(max(self._now, slot.starts_at), slot.ends_at)
        await sign_ups.arrive(self._db, row, people, at)
        if people:
            await self._doses.given(self._db, self._view, row, people, at)
        self.entered.arrived.append([row.code, people])

    async def _join(self, who: Who, people: int, slot: int | None) -> SignUp:
        wish = Wish(who, people, slot, source=SOURCE)
        standing, _ = await self._signing_up.join(self._db, self._view.id, wish, self._now, late=True)
        row = await sign_ups.by_id(self._db, standing.sign_up.id)
        if row is None:  # it was written a moment ago, and the session is held
            raise LookupError(standing.sign_up.id)
        return row

    def _slot(self, text: str) -> int | None:
        """The part that is written there; without one the first with room."""
        said = normalise(text).strip()
        if not said or len(self._view.slots) == 1:
            return None
        if match := _words().slot_at.search(said):
            hour, minute = int(match["hour"]), int(match["minute"])
            at = time(hour, minute) if hour < 24 and minute < 60 else None
            found = [slot.id for slot in self._view.slots if slot.starts_at.time() == at]
        elif match := _words().slot_nth.fullmatch(said):
            found = [slot.id for place, slot in enumerate(self._view.slots, start=1) if place == int(match["nth"])]
        else:
            found = []
        if len(found) != 1:
            raise _Row("check_in.slot", slot=text)
        return found[0]

    def _once(self, row: SignUp, typed: PaperRow) -> None:
        first = self._lines.setdefault(row.id, typed.line)
        if first != typed.line:
            raise _Row("check_in.twice", first=first)


def _who(typed: PaperRow) -> Who:
    place = address(normalise(typed.door)) if typed.door else None
    if typed.door and (place is None or place.building is None):
        raise _Row("check_in.door", door=typed.door)
    if not typed.name and (place is None or place.room is None):
        raise _Row("check_in.nobody")
    if len(typed.name) > LONGEST_NAME:
        raise _Row("check_in.name", most=LONGEST_NAME)
    if place is None:
        return Who(None, typed.name)
    return Who(None, typed.name, place.building, place.unit, place.room)


def _count(text: str, all_of_them: int) -> int:
    """Raises `_Row` where it is no number of people."""
    said = normalise(text).strip()
    if said in _words().all:
        return all_of_them
    if said in _words().none:
        return 0
    match = _words().count.fullmatch(said)
    people = number(match["count"]) if match else None
    if people is None or people > MOST_PEOPLE:
        raise _Row("check_in.people", said=text, most=MOST_PEOPLE)
    return people


def _plain(name: str) -> str:
    return "".join(normalise(name).split())


@dataclass(frozen=True, slots=True)
class _Words:
    count: re.Pattern[str]
    all: Sequence[str]
    none: Sequence[str]
    slot_at: re.Pattern[str]
    slot_nth: re.Pattern[str]


@cache
def _words() -> _Words:
    terms = load_yaml(Path(__file__).with_suffix(".yaml"))
    return _Words(
        re.compile(terms["count"].replace("{letters}", numeral_letters())),
        [normalise(word) for word in terms["all"].split()],
        [normalise(word) for word in terms["none"].split()],
        re.compile(terms["slot_at"]),
        re.compile(terms["slot_nth"]),
    )
