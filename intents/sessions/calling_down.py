"""Calling a batch: whose turn it is hears it at once, in the groups of their buildings, and in private who has signed up and is a
friend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Post
from bot.pacing import end_of_quiet
from bot.settings import QuietHours
from intents.errors import CalledAtNight, CommandIncomplete, NoSuchBatch, SessionClosed, SessionNotYet, TooManyBuildings
from intents.groups import Groups
from intents.sessions.door_words import nth_in
from intents.understanding.buildings import BUILDINGS_AT_MOST, RangeTooLong, building_range
from storage import audit, sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.sessions import OPEN, SessionView
from storage.sign_ups import SignedUp, State, signed_up

VERB: Final = "sessions.called_down"
AGAIN_AFTER: Final = timedelta(minutes=10)
USEFUL_FOR: Final = timedelta(minutes=30)
"""Whoever hears it later comes when others are called."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose turn it is: these buildings, or everybody of one part, counted from one."""

    buildings: tuple[str, ...] = ()
    nth: int | None = None
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class CalledDown:
    """`batch`: who is called now; `lately`: buildings that were called a moment ago, and when the last of them."""

    session: SessionView
    batch: Batch
    lately: tuple[str, ...]
    lately_at: datetime | None
    groups: tuple[int, ...]
    private: tuple[SignedUp, ...]
    signed_up: tuple[SignedUp, ...]
    """All of them who have signed up and are not there yet."""
    until: datetime

    @property
    def is_called(self) -> bool:
        return bool(self.batch.buildings) or self.batch.slot is not None

    @property
    def params(self) -> dict[str, Any]:
        slot = self.session.slot(self.batch.slot) if self.batch.slot is not None else None
        doors = [{"building": one} for one in self.batch.buildings]
        return {"session": self.session, "slot": slot, "nth": self.batch.nth, "buildings": doors}

    @property
    def posts(self) -> list[Post]:
        """A group hears it like an answer, before what waits there; so does whoever signed up, after the groups."""
        if not self.is_called:
            return []
        said = {**self.params, "sign_up": None}
        aloud = [
            Post("sessions.call_down", said, group=one, kind="reply", expires_at=self.until) for one in self.groups
        ]
        alone = [
            Post(
                "sessions.call_down",
                {**said, "sign_up": one},
                contact=one.contact,
                kind="reminder",
                expires_at=self.until,
            )
            for one in self.private
        ]
        return [*aloud, *alone]


class CallingDown:
    def __init__(self, directory: Directory, groups: Groups, quiet: QuietHours) -> None:
        self._directory = directory
        self._groups = groups
        self._quiet = quiet

    async def call(self, db: Db, session: SessionView, text: str, by: Officer, now: datetime) -> CalledDown:
        """Raises `CommandIncomplete` where nobody is named, `NoSuchBatch`, `TooManyBuildings`, `SessionClosed`,
        `SessionNotYet`, and `CalledAtNight` in quiet hours: said in the morning it would be of no use."""
        row = await sessions.held(db, session.id)
        view = await sessions.view(db, row, now)
        if view.state != OPEN or view.plan.ends_at <= now:
            raise SessionClosed(session=view)
        if now.date() < view.plan.starts_at.date():
            raise SessionNotYet(session=view)
        morning = end_of_quiet(now, self._quiet.start, self._quiet.end)
        if morning > now:
            raise CalledAtNight(until=morning)
        batch, lately, lately_at = await self._fresh(db, view, self._read(view, text), now)
        people = [signed_up(one) for one in await sign_ups.of_session(db, view.id, (State.CONFIRMED,))]
        theirs = tuple(one for one in people if one.arrived is None and _is_of(one, batch))
        groups = self._concerned(view, batch)
        private = tuple(one for one in theirs if one.contact is not None and self._directory.is_friend(one.contact))
        until = min(now + USEFUL_FOR, view.plan.ends_at)
        called = CalledDown(view, batch, lately, lately_at, groups, private, theirs, until)
        if called.is_called:
            await self._note(db, called, by, now)
        return called

    def _read(self, session: SessionView, text: str) -> Batch:
        nth = nth_in(text)
        if nth is not None:
            most = len(session.slots if nth.is_slot else session.plan.batches)
            if not 1 <= nth.number <= most:
                raise NoSuchBatch(is_slot=nth.is_slot, most=most)
            if nth.is_slot:
                return Batch(nth=nth.number, slot=session.slots[nth.number - 1].id)
            return Batch(session.plan.batches[nth.number - 1].buildings, nth.number)
        try:
            found = building_range(text) or building_range(f"{text}#")
        except RangeTooLong:
            raise TooManyBuildings(most=BUILDINGS_AT_MOST) from None
        buildings = found.among(self._known(session)) if found is not None else ()
        if not buildings:
            raise CommandIncomplete(missing="batch", usage="sessions.call_down")
        return Batch(buildings)

    def _known(self, session: SessionView) -> Sequence[str]:
        """The buildings that are known to have to do with it: for `全部` and `单号楼`."""
        named = [building for batch in session.plan.batches for building in batch.buildings]
        return list(
            dict.fromkeys([*named, *(one for note in self._groups.of(session.groups) for one in note.buildings)])
        )

    async def _fresh(
        self, db: Db, session: SessionView, batch: Batch, now: datetime
    ) -> tuple[Batch, tuple[str, ...], datetime | None]:
        """Without what was called within the last minutes."""
        calls = [one for one in await audit.story(db, self._directory.community, session.number) if one.verb == VERB]
        calls = [one for one in calls if now - one.at < AGAIN_AFTER]
        if batch.slot is not None:
            again = [one.at for one in calls if one.after.get("slot") == batch.slot]
            return (Batch(), (), again[-1].astimezone(now.tzinfo)) if again else (batch, (), None)
        called = {building: one.at for one in calls for building in one.after.get("buildings", ())}
        lately = tuple(one for one in batch.buildings if one in called)
        left = tuple(one for one in batch.buildings if one not in called)
        last = max((called[one] for one in lately), default=None)
        return Batch(left, batch.nth), lately, last.astimezone(now.tzinfo) if last else None

    def _concerned(self, session: SessionView, batch: Batch) -> tuple[int, ...]:
        """The groups of these buildings; where one has none of its own, all that were told of the session."""
        notes = self._groups.of(one for one in session.groups if self._directory.raw_group(one) is not None)
        housed = {building for note in notes for building in note.buildings}
        if not batch.buildings or not set(batch.buildings) <= housed:
            return tuple(note.id for note in notes)
        return tuple(note.id for note in notes if set(note.buildings) & set(batch.buildings))

    async def _note(self, db: Db, called: CalledDown, by: Officer, now: datetime) -> None:
        after: dict[str, Any] = {"groups": list(called.groups), "sign_ups": [one.id for one in called.private]}
        if called.batch.slot is not None:
            after["slot"] = called.batch.slot
        else:
            after["buildings"] = list(called.batch.buildings)
        await audit.note(
            db,
            self._directory.community,
            at=now,
            contact=by.contact,
            actor=by.role,
            verb=VERB,
            subject=called.session.number,
            after=after,
        )


def _is_of(sign_up: SignedUp, batch: Batch) -> bool:
    return sign_up.slot == batch.slot if batch.slot is not None else sign_up.building in batch.buildings
