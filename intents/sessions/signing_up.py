"""Signing up, changing, leaving, and the waiting line: places are counted by the database, never crossed, and none stays empty
while somebody waits for it.

Everything about one session happens one after the other: its row is held from the first look to the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.expectations import Expectations
from bot.message import Conversation
from bot.pacing import end_of_quiet
from bot.settings import QuietHours
from intents.errors import (
    NotSignedUp,
    OfferGone,
    PeopleOutOfRange,
    SessionClosed,
    SessionFull,
    SignedUpByFamily,
    SlotUnknown,
)
from intents.sessions.dosing import check_interval
from storage import due, sessions, sign_ups
from storage.accounts import Directory
from storage.base import Db
from storage.database import after_commit
from storage.session_plan import Kind
from storage.sessions import CANCELLED, OPEN, Session, SessionView, Slot
from storage.sign_ups import HOLDING, LIVE, MOST_PEOPLE, SignedUp, SignUp, State, Who, signed_up

OFFER_KIND: Final = "sessions.offer"
OFFER: Final = "sessions.offer"
OFFERED_FOR: Final = timedelta(hours=2)
"""In the daytime; what is offered at night waits for the morning first."""
NO_OFFER_WITHIN: Final = timedelta(minutes=30)
"""So short before it begins nobody is asked any more: who comes, comes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands after what they asked for. `place`: in the waiting line; `before`: how many people it was before;
    `again`: it was so already."""

    session: SessionView
    sign_up: SignedUp
    place: int | None = None
    before: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that has come free, held for somebody who waited."""

    session: SessionView
    sign_up: SignedUp


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. `people`: None where none were said, which is one, or as many as before. `slot`: which, where there
    are several; None: the only one, or the first with room."""

    who: Who
    people: int | None = None
    slot: int | None = None
    group: int | None = None
    source: str = "group"
    note: str | None = None


class SigningUp:
    def __init__(self, directory: Directory, expectations: Expectations, quiet: QuietHours) -> None:
        self._community = directory.community
        self._directory = directory
        self._expectations = expectations
        self._quiet = quiet

    async def rebuild(self, db: Db, now: datetime) -> None:
        """At start: who is asked whether they take a place."""
        for session in await sessions.open_ones(db, self._community, now):
            for row in await sign_ups.of_session(db, session.id, (State.OFFERED,)):
                self._expect(db, row)

    async def join(
        self, db: Db, session: int, wish: Wish, now: datetime, *, late: bool = False
    ) -> tuple[Standing, list[Offer]]:
        """In, or in the waiting line. A household that is in already is not counted twice: another number changes it.

        `late`: also once it has begun or is over, as staff do at the door. Raises `SessionClosed`, `PeopleOutOfRange`,
        `SignedUpByFamily`, and `DoseTooEarly` but for staff.
        """
        people = wish.people if wish.people is not None else 1
        _check_people(people)
        row = await self._held(db, session, now, late=late, afterwards=late)
        live = await sign_ups.known_as(db, session, wish.who)
        if live is not None:
            await self._at_home(db, live, wish.who, now)
            return await self._again(db, row, live, wish, now)
        slot = await self._slot(db, row, wish.slot, people, now if not late else None)
        if not late and row.kind == Kind.VACCINATION:
            view = await self._view(db, row, now)
            await check_interval(db, self._community, view.plan, wish.who, view.slot(slot.id).starts_at.date())
        state = State.CONFIRMED if await sessions.take(db, slot.id, people) else State.WAITING
        entered = await sign_ups.enter(
            db,
            self._community,
            session,
            slot.id,
            wish.who,
            people,
            state,
            group=wish.group,
            source=wish.source,
            now=now,
            note=wish.note,
        )
        return await self._standing(db, row, entered, now), []

    async def known(self, db: Db, session: int, who: Who) -> SignUp | None:
        """The sign-up that another one of theirs would change. The session is held first, always."""
        await sessions.held(db, session)
        return await sign_ups.known_as(db, session, who)

    async def resize(self, db: Db, identity: int, people: int, now: datetime) -> tuple[Standing, list[Offer]]:
        """More or fewer people of a sign-up. Raises `SessionFull` where there is no room for more, and changes nothing."""
        _check_people(people)
        row, sign_up = await self._live(db, identity, now, late=True)
        before, offers = sign_up.people, list[Offer]()
        if sign_up.state in HOLDING and people > before:
            if not await sessions.take(db, sign_up.slot_id, people - before):
                raise SessionFull(room=(await self._view(db, row, now)).slot(sign_up.slot_id).room, people=before)
        elif sign_up.state in HOLDING and people < before:
            await sessions.give_back(db, sign_up.slot_id, before - people)
        sign_up.people, sign_up.changed_at = people, now
        await db.flush()
        if people < before:
            offers = await self.fill(db, row, now)
        return await self._standing(db, row, sign_up, now, before=before), offers

    async def move(self, db: Db, identity: int, slot: int, now: datetime) -> tuple[Standing, list[Offer]]:
        """To another slot of the same session. Raises `SessionFull` where that one is full, `SlotUnknown` where it has begun, and
        changes nothing."""
        row, sign_up = await self._live(db, identity, now)
        if slot == sign_up.slot_id:
            return await self._standing(db, row, sign_up, now, again=True), []
        if all(one.id != slot for one in await self._to_come(db, row, now)):
            raise SlotUnknown()
        if not await sessions.take(db, slot, sign_up.people):
            raise SessionFull(room=(await self._view(db, row, now)).slot(slot).room, people=sign_up.people)
        if sign_up.state in HOLDING:
            await sessions.give_back(db, sign_up.slot_id, sign_up.people)
        if sign_up.state == State.OFFERED:
            await self._settle_offer(db, sign_up)
        sign_up.slot_id, sign_up.state, sign_up.changed_at = slot, State.CONFIRMED, now
        await db.flush()
        return await self._standing(db, row, sign_up, now), await self.fill(db, row, now)

    async def readdress(self, db: Db, identity: int, who: Who, now: datetime) -> Standing:
        """Another door: whoever gave the wrong one. Raises `SignedUpByFamily` where that household is in already."""
        row, sign_up = await self._live(db, identity, now)
        other = await sign_ups.live_of(db, row.id, who)
        if other is not None and other.id != identity:
            raise SignedUpByFamily(people=other.people, session=await self._view(db, row, now))
        sign_up.building, sign_up.unit, sign_up.room = who.building, who.unit, who.room
        sign_up.name = who.name if who.listed and who.name else sign_up.name
        sign_up.person, sign_up.changed_at = sign_ups.digest(db, row.id, who), now
        await db.flush()
        return await self._standing(db, row, sign_up, now)

    async def leave(
        self, db: Db, identity: int, now: datetime, *, afterwards: bool = False
    ) -> tuple[Standing, list[Offer]]:
        """`afterwards`: also once it is over, where staff put right who was there."""
        row, sign_up = await self._live(db, identity, now, late=True, afterwards=afterwards)
        await self._give_up(db, sign_up, State.CANCELLED, now)
        return await self._standing(db, row, sign_up, now), await self.fill(db, row, now)

    async def admit(self, db: Db, identity: int, people: int, now: datetime) -> Standing:
        """Whoever is there, also of those who wait, and more than had signed up: in, if there are places for them. Raises
        `SessionFull`, and changes nothing."""
        _check_people(people)
        row, sign_up = await self._live(db, identity, now, late=True, afterwards=True)
        holds = sign_up.people if sign_up.state in HOLDING else 0
        wanted = max(people, sign_up.people) if holds else people
        slots = [sign_up.slot_id]
        if not holds:
            slots += [slot.id for slot in await sessions.slots_of(db, row.id) if slot.id not in slots]
        for slot in slots if wanted > holds else ():
            if await sessions.take(db, slot, wanted - holds):
                sign_up.slot_id = slot
                break
        else:
            if wanted > holds:
                view = await self._view(db, row, now)
                raise SessionFull(room=view.slot(sign_up.slot_id).room, people=sign_up.people)
        if sign_up.state == State.OFFERED:
            await self._settle_offer(db, sign_up)
        sign_up.state, sign_up.people, sign_up.changed_at = State.CONFIRMED, wanted, now
        await db.flush()
        return await self._standing(db, row, sign_up, now)

    async def accept(self, db: Db, identity: int, now: datetime) -> Standing:
        """Takes the place that was offered. Raises `OfferGone`."""
        try:
            row, sign_up = await self._live(db, identity, now)
        except NotSignedUp as gone:
            raise OfferGone() from gone
        if sign_up.state != State.OFFERED:
            raise OfferGone()
        await self._settle_offer(db, sign_up)
        sign_up.state, sign_up.changed_at = State.CONFIRMED, now
        await db.flush()
        return await self._standing(db, row, sign_up, now)

    async def let_pass(self, db: Db, identity: int, now: datetime) -> tuple[Standing | None, list[Offer]]:
        """Nobody answered the offer in time: the place goes to the next in line."""
        session = await sign_ups.session_of(db, identity)
        if session is None:
            return None, []
        row = await sessions.held(db, session)
        sign_up = await sign_ups.by_id(db, identity)
        if sign_up is None or sign_up.state != State.OFFERED:
            return None, []
        await self._give_up(db, sign_up, State.PASSED, now)
        offers = await self.fill(db, row, now) if row.state == OPEN else []
        return await self._standing(db, row, sign_up, now), offers

    async def regroup(self, db: Db, row: Session, now: datetime) -> list[Offer]:
        """Staff have changed the parts: who waited for one that is gone waits for the first to come; places there are now are
        offered."""
        slots = await sessions.slots_of(db, row.id)
        kept = [slot for slot in slots if slot.capacity != 0]
        first = next((slot for slot in kept if slot.starts_at > now), kept[0])
        for gone in (slot for slot in slots if slot.capacity == 0):
            await sign_ups.move_line(db, gone.id, first.id)
        return await self.fill(db, row, now)

    async def call_off(self, db: Db, row: Session) -> None:
        """Nobody is asked any more whether they take a place."""
        for asked in await sign_ups.of_session(db, row.id, (State.OFFERED,)):
            await self._settle_offer(db, asked)

    async def fill(self, db: Db, row: Session, now: datetime) -> list[Offer]:
        """Offer what places there are to those who wait, the first in line whose people fit first."""
        offers: list[Offer] = []
        for slot in await sessions.slots_of(db, row.id):
            if slot.starts_at - now <= NO_OFFER_WITHIN:
                continue
            for waiting in await sign_ups.line_of(db, slot.id):
                if not await sessions.take(db, slot.id, waiting.people):
                    continue
                waiting.state, waiting.changed_at = State.OFFERED, now
                waiting.offered_until = self._until(slot, now)
                await db.flush()
                await due.plan(db, self._community, OFFER_KIND, str(waiting.id), waiting.offered_until)
                self._expect(db, waiting)
                offers.append(Offer(await self._view(db, row, now), signed_up(waiting)))
        return offers

    def _until(self, slot: Slot, now: datetime) -> datetime:
        morning = end_of_quiet(now, self._quiet.start, self._quiet.end)
        return min(morning + OFFERED_FOR, slot.starts_at.astimezone(now.tzinfo))

    async def _at_home(self, db: Db, live: SignUp, who: Who, now: datetime) -> None:
        """Somebody who had told less of their door tells it now: another of that door is the same household."""
        if who.room is None or (live.room is not None and (live.unit is not None or who.unit is None)):
            return
        live.building, live.unit, live.room = who.building, who.unit, who.room
        live.person, live.changed_at = sign_ups.digest(db, live.session_id, who), now
        await db.flush()

    async def _again(
        self, db: Db, row: Session, live: SignUp, wish: Wish, now: datetime
    ) -> tuple[Standing, list[Offer]]:
        """The same household once more."""
        if wish.who.contact not in (live.contact_id, None) and live.contact_id is not None:
            raise SignedUpByFamily(people=live.people, session=await self._view(db, row, now))
        if live.state == State.OFFERED:
            return await self.accept(db, live.id, now), []
        if wish.people in (live.people, None):
            return await self._standing(db, row, live, now, again=True), []
        return await self.resize(db, live.id, wish.people or live.people, now)

    async def _slot(self, db: Db, row: Session, wanted: int | None, people: int, after: datetime | None) -> Slot:
        """The one that was named, else the first with room for all of them, else the first; only what begins `after`."""
        every = [slot for slot in await sessions.slots_of(db, row.id) if slot.capacity != 0]
        every = [slot for slot in every if after is None or slot.starts_at > after]
        if wanted is not None:
            named = next((slot for slot in every if slot.id == wanted), None)
            if named is None:
                raise SlotUnknown()
            return named
        fitting = (slot for slot in every if slot.capacity is None or slot.taken + people <= slot.capacity)
        return next(fitting, every[0])

    async def _held(
        self, db: Db, session: int, now: datetime, *, late: bool = False, afterwards: bool = False
    ) -> Session:
        row = await sessions.held(db, session)
        if row.state == CANCELLED or (not afterwards and (row.state != OPEN or row.ends_at <= now)):
            raise SessionClosed(session=await self._view(db, row, now))
        if not late and row.starts_at <= now and not await self._to_come(db, row, now):
            raise SessionClosed(session=await self._view(db, row, now))
        return row

    async def _to_come(self, db: Db, row: Session, now: datetime) -> list[Slot]:
        """Its parts that have not begun."""
        return [slot for slot in await sessions.slots_of(db, row.id) if slot.capacity != 0 and slot.starts_at > now]

    async def _live(
        self, db: Db, identity: int, now: datetime, *, late: bool = False, afterwards: bool = False
    ) -> tuple[Session, SignUp]:
        """The session is held first, always: two who hold the one and want the other would wait for ever."""
        session = await sign_ups.session_of(db, identity)
        if session is None:
            raise NotSignedUp(session=None)
        row = await self._held(db, session, now, late=late, afterwards=afterwards)
        sign_up = await sign_ups.by_id(db, identity)
        if sign_up is None or sign_up.state not in LIVE:
            raise NotSignedUp(session=None)
        return row, sign_up

    async def _give_up(self, db: Db, sign_up: SignUp, state: State, now: datetime) -> None:
        if sign_up.state in HOLDING:
            await sessions.give_back(db, sign_up.slot_id, sign_up.people)
        if sign_up.state == State.OFFERED:
            await self._settle_offer(db, sign_up)
        sign_up.state, sign_up.changed_at = state, now
        await db.flush()

    async def _settle_offer(self, db: Db, sign_up: SignUp) -> None:
        await due.cancel(db, self._community, OFFER_KIND, str(sign_up.id), unless_claimed=True)
        for where in self._asked_at(sign_up):
            after_commit(db, lambda where=where: self._expectations.answered(where, OFFER, sign_up.id))  # type: ignore[misc]

    def _expect(self, db: Db, sign_up: SignUp) -> None:
        for where in self._asked_at(sign_up):
            after_commit(db, lambda where=where: self._expectations.ask(where, OFFER, sign_up.id))  # type: ignore[misc]

    def _asked_at(self, sign_up: SignUp) -> Sequence[Conversation]:
        """Whoever is asked may answer where they signed up, and in private."""
        if sign_up.contact_id is None:
            return ()
        account, contact = self._directory.account, sign_up.contact_id
        places = dict.fromkeys((sign_up.group_id, None))
        return [Conversation(account, group, contact) for group in places]

    async def _view(self, db: Db, row: Session, now: datetime) -> SessionView:
        return await sessions.view(db, row, now)

    async def _standing(
        self, db: Db, row: Session, sign_up: SignUp, now: datetime, *, before: int | None = None, again: bool = False
    ) -> Standing:
        place = await sign_ups.place_in_line(db, sign_up) if sign_up.state == State.WAITING else None
        return Standing(await self._view(db, row, now), signed_up(sign_up), place, before, again)


def _check_people(people: int) -> None:
    if not 1 <= people <= MOST_PEOPLE:
        raise PeopleOutOfRange(people=people, most=MOST_PEOPLE)
