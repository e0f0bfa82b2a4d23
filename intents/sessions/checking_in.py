"""Who is there: checked in by code, door or name, added where they are on no list, taken back where it was a slip.

Everything about one session happens one after the other: its row is held from the first look to the commit. What is typed in
once it is over counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from intents.errors import SessionClosed, SessionFull, SessionNotYet
from intents.sessions.door_words import Typed
from intents.sessions.dosing import DOSE_KIND, Given
from intents.sessions.signing_up import Offer, SigningUp, Wish
from storage import audit, doses, due, sessions, sign_ups
from storage.accounts import Officer
from storage.base import Db
from storage.sessions import CANCELLED, OPEN, Session, SessionView
from storage.sign_ups import LIVE, SignedUp, SignUp, State, Who, signed_up

EARLY: Final = timedelta(minutes=30)
"""So long before a part begins, who comes is taken to come to that one."""
WALK_IN: Final = "walk_in"


class Doses(Protocol):
    """Who is checked in at a vaccination has a dose more."""

    async def given(
        self, db: Db, session: SessionView, sign_up: SignUp, people: int, now: datetime
    ) -> Given | None: ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody who is there. `before`: how many were there before, where that was typed earlier, at `at`; `how` is `listed`,
    `waited` (a place came free) or `walk_in`."""

    sign_up: SignedUp
    people: int
    how: str = "listed"
    before: int | None = None
    at: datetime | None = None
    dose: Given | None = None

    @property
    def again(self) -> bool:
        return self.before == self.people


@dataclass(frozen=True, slots=True)
class NoRoom:
    """More people than there are places. `place`: in the waiting line, where they wait now."""

    sign_up: SignedUp
    people: int
    room: int
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """What was typed fits these."""

    said: Typed
    found: tuple[SignedUp, ...]


@dataclass(slots=True)
class Door:
    """What came of one message at the door."""

    arrived: list[Arrived] = field(default_factory=list)
    no_room: list[NoRoom] = field(default_factory=list)
    several: list[Several] = field(default_factory=list)
    gone: list[SignedUp] = field(default_factory=list)
    """On the list, but called off."""
    unknown: list[Typed] = field(default_factory=list)
    """On no list."""
    undone: list[SignedUp] = field(default_factory=list)
    off: list[SignedUp] = field(default_factory=list)
    """Not coming after all: their places are free."""
    not_there: list[SignedUp] = field(default_factory=list)
    """To be taken back, and never checked in."""
    there: list[SignedUp] = field(default_factory=list)
    """To be taken off the list, and checked in."""
    offers: list[Offer] = field(default_factory=list)


class CheckingIn:
    def __init__(self, community: str, signing_up: SigningUp, doses: Doses | None) -> None:
        self._community = community
        self._signing_up = signing_up
        self._doses = doses

    async def check_in(
        self, db: Db, session: int, people: Sequence[Typed], by: Officer, now: datetime
    ) -> tuple[SessionView, Door]:
        """Raises `SessionClosed` where it is called off, `SessionNotYet` before its day."""
        row, door = await self._held(db, session, now), Door()
        for typed, found in await self._found(db, row, people, door):
            if not found:
                door.unknown.append(typed)
            elif len(found) > 1:
                door.several.append(Several(typed, tuple(signed_up(one) for one in found)))
            else:
                await self._arrive(db, row, found[0], typed.people, now, door)
        await self._note(db, row, "sessions.check_in", by, now, arrived=_codes(door.arrived))
        return await sessions.view(db, row, now), door

    async def add(
        self, db: Db, session: int, people: Sequence[Typed], by: Officer, now: datetime
    ) -> tuple[SessionView, Door]:
        """Who stands at the door and is on no list: in, if there is a place, else waiting. Who is on it is checked in. Raises as
        `check_in` does."""
        row, door = await self._held(db, session, now), Door()
        for typed, found in await self._found(db, row, people, door):
            if len(found) == 1:
                await self._arrive(db, row, found[0], typed.people, now, door)
            elif found:
                door.several.append(Several(typed, tuple(signed_up(one) for one in found)))
            elif not typed.is_somebody:
                door.unknown.append(typed)
            else:
                await self._walk_in(db, row, typed, now, door)
        await self._note(db, row, "sessions.walk_in", by, now, arrived=_codes(door.arrived))
        return await sessions.view(db, row, now), door

    async def undo(
        self, db: Db, session: int, people: Sequence[Typed], by: Officer, now: datetime
    ) -> tuple[SessionView, Door]:
        """Not there after all; who was added at the door is off the list again. Raises as `check_in` does."""
        row, door = await self._held(db, session, now), Door()
        for typed, found in await self._found(db, row, people, door):
            if not found:
                door.unknown.append(typed)
            elif len(found) > 1:
                door.several.append(Several(typed, tuple(signed_up(one) for one in found)))
            elif not found[0].arrived:
                door.not_there.append(signed_up(found[0]))
            else:
                await self._take_back(db, row, found[0], now, door)
        undone = [one.code for one in door.undone]
        await self._note(db, row, "sessions.check_in_undone", by, now, undone=undone)
        return await sessions.view(db, row, now), door

    async def take_off(
        self, db: Db, session: int, people: Sequence[Typed], by: Officer, now: datetime
    ) -> tuple[SessionView, Door]:
        """They do not come, as they told staff; also before its day. Raises `SessionClosed` where it is called off."""
        row, door = await self._held(db, session, now, early=True), Door()
        for typed, found in await self._found(db, row, people, door):
            if not found:
                door.unknown.append(typed)
            elif len(found) > 1:
                door.several.append(Several(typed, tuple(signed_up(one) for one in found)))
            elif found[0].arrived:
                door.there.append(signed_up(found[0]))
            else:
                standing, offers = await self._signing_up.leave(db, found[0].id, now, afterwards=True)
                door.off.append(standing.sign_up)
                door.offers += offers
        await self._note(db, row, "sessions.taken_off", by, now, off=[one.code for one in door.off])
        return await sessions.view(db, row, now), door

    async def _held(self, db: Db, session: int, now: datetime, *, early: bool = False) -> Session:
        row = await sessions.held(db, session)
        if row.state == CANCELLED:
            raise SessionClosed(session=await sessions.view(db, row, now))
        if not early and now.date() < row.starts_at.astimezone(now.tzinfo).date():
            raise SessionNotYet(session=await sessions.view(db, row, now))
        return row

    async def _found(
        self, db: Db, row: Session, people: Sequence[Typed], door: Door
    ) -> list[tuple[Typed, list[SignUp]]]:
        """Each with the sign-ups it may mean; what names the same sign-up twice names it once."""
        live = await sign_ups.of_session(db, row.id)
        met: list[tuple[Typed, list[SignUp]]] = []
        for typed in people:
            if typed.code:
                one = await sign_ups.of_code(db, row.id, typed.code)
                if one is not None and one.state not in LIVE:
                    door.gone.append(signed_up(one))
                    continue
                met.append((typed, [one] if one is not None else []))
            else:
                met += _by_words(typed, live)
        single = {found[0].id for _, found in met if len(found) == 1}
        kept: list[tuple[Typed, list[SignUp]]] = []
        for typed, found in met:
            if len(found) == 1 and any(other[0].id == found[0].id for _, other in kept if len(other) == 1):
                continue
            if len(found) > 1 and any(one.id in single for one in found) and len(people) > 1:
                continue
            kept.append((typed, found))
        return kept

    async def _arrive(
        self, db: Db, row: Session, sign_up: SignUp, people: int | None, now: datetime, door: Door
    ) -> None:
        waited, before = sign_up.state != State.CONFIRMED, sign_up.arrived or None
        count = people if people is not None else before if before is not None else sign_up.people
        if before is not None and before == count:
            at = sign_up.arrived_at.astimezone(now.tzinfo) if sign_up.arrived_at else None
            door.arrived.append(Arrived(signed_up(sign_up), count, before=before, at=at))
            return
        if waited or count > sign_up.people:
            try:
                await self._signing_up.admit(db, sign_up.id, count, now)
            except SessionFull as full:
                door.no_room.append(NoRoom(signed_up(sign_up), count, int(full.params["room"] or 0)))
                return
        await sign_ups.arrive(db, sign_up, count, now)
        dose = await self._dose(db, row, sign_up, count, now)
        how = "waited" if waited else "listed"
        door.arrived.append(Arrived(signed_up(sign_up), count, how, before, dose=dose))

    async def _walk_in(self, db: Db, row: Session, typed: Typed, now: datetime, door: Door) -> None:
        who = Who(None, typed.name, typed.building, typed.unit, typed.room, typed.phone)
        people = typed.people if typed.people is not None else 1
        slot = _slot_now(await sessions.view(db, row, now), people, now)
        wish = Wish(who, people, slot, source=WALK_IN)
        standing, offers = await self._signing_up.join(db, row.id, wish, now, late=True)
        door.offers += offers
        sign_up = await sign_ups.by_id(db, standing.sign_up.id)
        if sign_up is None or sign_up.state == State.WAITING:
            room = standing.session.slot(standing.sign_up.slot).room
            door.no_room.append(NoRoom(standing.sign_up, people, room or 0, standing.place))
            return
        await sign_ups.arrive(db, sign_up, people, now)
        dose = await self._dose(db, row, sign_up, people, now)
        door.arrived.append(Arrived(signed_up(sign_up), people, WALK_IN, dose=dose))

    async def _take_back(self, db: Db, row: Session, sign_up: SignUp, now: datetime, door: Door) -> None:
        await sign_ups.arrive(db, sign_up, None if row.state == OPEN else 0, now)
        dose = await doses.of_sign_up(db, sign_up.id)
        if dose is not None:
            await due.cancel(db, self._community, DOSE_KIND, str(dose.id), unless_claimed=True)
            await doses.take_back(db, dose)
        if sign_up.source == WALK_IN:
            _, offers = await self._signing_up.leave(db, sign_up.id, now, afterwards=True)
            door.offers += offers
        door.undone.append(signed_up(sign_up))

    async def _dose(self, db: Db, row: Session, sign_up: SignUp, people: int, now: datetime) -> Given | None:
        if self._doses is None:
            return None
        return await self._doses.given(db, await sessions.view(db, row, now), sign_up, people, now)

    async def _note(self, db: Db, row: Session, verb: str, by: Officer, now: datetime, **after: Any) -> None:
        if not any(after.values()):
            return
        await audit.note(
            db, self._community, at=now, contact=by.contact, actor=by.role, verb=verb, subject=row.number, after=after
        )


def _by_words(typed: Typed, live: Sequence[SignUp]) -> list[tuple[Typed, list[SignUp]]]:
    """By door and name. Where each of them finds somebody else, two people were typed in a row."""
    at_door = [one for one in live if typed.building is not None and _lives_there(one, typed)]
    called = _called(typed.name, live) if typed.name else []
    if typed.building is None or not typed.name:
        return [(typed, called if typed.name else at_door)]
    both = [one for one in at_door if one in called]
    if both or not called or (at_door and len(at_door) == 1 and not at_door[0].name):
        return [(typed, both or at_door)]
    if not at_door:
        # another of that name is on the list: this one, of this door, is not
        elsewhere = all(one.room is not None for one in called)
        return [(typed, [] if elsewhere else [one for one in called if one.room is None])]
    door, name = replace(typed, name=""), Typed(name=typed.name, people=typed.people)
    if typed.door_last:
        return [(replace(name, people=None), called), (door, at_door)]
    return [(replace(door, people=None), at_door), (name, called)]


def _lives_there(one: SignUp, typed: Typed) -> bool:
    if one.building != typed.building or (typed.unit is not None and one.unit not in (None, typed.unit)):
        return False
    return typed.room is None or one.room == typed.room


def _called(name: str, live: Sequence[SignUp]) -> list[SignUp]:
    """By the whole name; else by a part of it."""
    exact = [one for one in live if one.name == name]
    return exact or [one for one in live if len(name) > 1 and name in one.name]


def _slot_now(session: SessionView, people: int, now: datetime) -> int | None:
    """The part that runs, else the next one, else any; the first of those with room."""
    slots = sorted(
        session.slots,
        key=lambda slot: (not slot.starts_at - EARLY <= now < slot.ends_at, slot.ends_at <= now, slot.starts_at),
    )
    fitting = [slot for slot in slots if slot.room is None or slot.room >= people]
    return next((slot.id for slot in (*fitting, *slots)), None)


def _codes(arrived: Sequence[Arrived]) -> list[list[Any]]:
    return [[one.sign_up.code, one.people] for one in arrived if not one.again]
