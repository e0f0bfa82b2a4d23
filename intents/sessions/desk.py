"""From what somebody said to what is done: which session, which part of it, which of their sign-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Answer, Context, Pass, Said
from bot.dialog import Dialogs
from bot.message import Reply
from intents.errors import DoseTooEarly, NotSignedUp, SessionClosed, SessionFull, SignedUpByFamily
from intents.sessions.board import Board
from intents.sessions.choosing import Choosing
from intents.sessions.signing_up import Offer, SigningUp, Standing, Wish
from intents.sessions.talking import Talking, on_call_list
from intents.sessions.wishes import LONGEST_CHOICE, Heard
from intents.understanding.joining_in import names_signing_up, sign_up_words
from storage import broadcasts, sessions, sign_ups
from storage.accounts import Directory
from storage.base import Db
from storage.session_plan import Kind
from storage.sessions import SessionView
from storage.sign_ups import SignedUp, State, Who, signed_up

WHICH: Final = "sessions.which"
WHICH_SLOT: Final = "sessions.which_slot"
MOST_OFFERED: Final = 6
ABOUT: Final = "session:{}"
"""What a notice of a session is about."""
SPOKEN_OF: Final = timedelta(minutes=30)
"""So long after its notice, or after somebody signed up, a few words may mean it."""
LATELY: Final = timedelta(days=3)
"""So long people still ask for what was called off or is over."""
CALLS: Final = "@"


@dataclass(frozen=True, slots=True)
class Mine:
    """One sign-up of somebody, with its session."""

    session: SessionView
    sign_up: SignedUp


class Desk:
    def __init__(
        self,
        directory: Directory,
        board: Board,
        choosing: Choosing,
        signing_up: SigningUp,
        talking: Talking,
        dialogs: Dialogs,
        wait: timedelta,
    ) -> None:
        self._directory = directory
        self._board = board
        self._choosing = choosing
        self._signing_up = signing_up
        self._talking = talking
        self._dialogs = dialogs
        self._wait = wait

    async def act(self, context: Context, heard: Heard) -> Answer:
        """Do it where it is clear what is meant; ask where several may be; in a group, what fits nothing of ours is talk."""
        if heard.verb == "join":
            return await self._join(context, heard)
        every = await self.mine(context.db, context, context.now)
        found = [one.session for one in every if heard.session in (None, one.session.id)]
        found = [one for one in found if heard.session is not None or not self._choosing.is_other(one, heard.text)]
        meant = {one.id for one in self._choosing.meant(context, found) if not self._is_elsewhere(context, heard, one)}
        mine = [one for one in every if one.session.id in meant]
        if not mine:
            return await self._nothing_of_mine(context, heard)
        if len(meant) > 1:
            return await self._which(context, heard, [one.session for one in mine])
        return await self._of_one(context, heard, mine)

    async def _of_one(self, context: Context, heard: Heard, mine: Sequence[Mine]) -> Answer:
        """Leave or change one of the sign-ups for one session."""
        one = _meant_of(mine, heard)
        if one is None:
            return await self._nothing(context)
        if heard.verb == "leave" and heard.who.for_other and not one.sign_up.for_other:
            return await self._change(context, replace(heard, delta=-(heard.people or 1), people=None), one)
        if heard.verb == "leave":
            still = sum(other.sign_up.people for other in mine if other is not one)
            return await self._leave(context, one, still)
        return await self._change(context, heard, one)

    def _is_elsewhere(self, context: Context, heard: Heard, session: SessionView) -> bool:
        """Another day is named, and it is not the one to change to."""
        if heard.verb == "change" or heard.session is not None:
            return False
        return self._choosing.is_other_day(session, sign_up_words(heard.text).rest, context.now)

    async def named_of(self, context: Context, choices: Sequence[int], session: int | None) -> int | None:
        """Which of the sessions, or of the parts of `session`, that were offered a few words name."""
        if session is None:
            rows = [row for one in choices if (row := await sessions.by_id(context.db, one)) is not None]
            found = await sessions.views(context.db, rows, context.now)
            meant = [one.id for one in self._choosing.meant_by(context.text, found, context.now)]
        else:
            row = await sessions.by_id(context.db, session)
            view = await sessions.view(context.db, row, context.now) if row is not None else None
            slots = self._choosing.slot(context.text, context.now, view) if view is not None else []
            meant = [slot.id for slot in slots if slot.id in choices]
        return meant[0] if len(meant) == 1 < len(choices) else None

    async def mine(self, db: Db, context: Context, now: datetime) -> list[Mine]:
        """What this person has signed up for and is still to come."""
        rows = {row.id: row for row in await sessions.open_ones(db, self._directory.community, now)}
        views = {view.id: view for view in await sessions.views(db, list(rows.values()), now)}
        found = await sign_ups.of_contact(db, list(rows), context.speaker.contact)
        return [Mine(views[one.session_id], signed_up(one)) for one in found]

    async def open_here(self, context: Context) -> list[SessionView]:
        """Sessions of this group, or all for who speaks in private, that people sign up for."""
        here = {one.id for one in self._board.here(context.conversation.group, context.now) if one.sign_up}
        rows = await sessions.open_ones(context.db, self._directory.community, context.now)
        found = await sessions.views(context.db, [row for row in rows if row.id in here], context.now)
        # times that people book one by one are told nowhere, and nobody means them by signing up
        found = [one for one in found if one.groups or one.plan.kind != Kind.APPOINTMENT]
        return [one for one in found if any(slot.starts_at > context.now for slot in one.slots)]

    async def _join(self, context: Context, heard: Heard) -> Answer:
        found = await self.open_here(context)
        if heard.session is not None:
            found = [one for one in found if one.id == heard.session]
        elif found:
            found = [
                one for one in self._choosing.meant(context, found) if not self._choosing.is_other(one, heard.text)
            ]
        if not found:
            return await self._too_late(context) or await self._nothing(context, join=True)
        found = await self._meant_here(context, heard, found)
        if not found:
            return Pass()
        here = [one for one in found if not self._is_elsewhere(context, heard, one)]
        if not here:
            day = self._choosing.day_said(sign_up_words(heard.text).rest, context.now)
            return Reply("sessions.not_that_day", {"session": found[0], "day": day}) if context.is_direct else Pass()
        found = here
        if len(found) > 1:
            return await self._which(context, heard, found)
        return await self._into(context, heard, found[0])

    async def _too_late(self, context: Context) -> Answer:
        """Of a session that is named: that it is off, over or begun, or that nobody needs to sign up."""
        group, community = context.conversation.group, self._directory.community
        rows = await sessions.open_ones(context.db, community, context.now)
        rows += await sessions.past(context.db, community, context.now - LATELY, context.now)
        views = await sessions.views(context.db, rows, context.now)
        named = self._choosing.named(context, [one for one in views if group is None or group in one.groups])
        if not named:
            return None
        if named[0].state == sessions.OPEN and not named[0].plan.sign_up:
            return Reply("sessions.just_come", {"session": named[0]})
        if named[0].state == sessions.OPEN and named[0].plan.ends_at <= context.now:
            return Reply("sessions.is_over", {"session": named[0]})
        raise SessionClosed(session=named[0])

    async def _meant_here(self, context: Context, heard: Heard, found: list[SessionView]) -> list[SessionView]:
        """In a group a few words, such as 我也去, mean a session only under its notice, or where others just signed up."""
        group = context.conversation.group
        if group is None or heard.firm or heard.session is not None or context.is_direct:
            return found
        if (
            context.inbound.quote is not None
            or _calls_another(context.inbound.text)
            or context.text.strip().isdecimal()
        ):
            return self._choosing.quoted(context, found)
        return [one for one in found if await self._was_spoken_of(context, one, group)]

    async def _was_spoken_of(self, context: Context, session: SessionView, group: int) -> bool:
        db, since = context.db, context.now - SPOKEN_OF
        if await sign_ups.entered_since(db, [session.id], group, since):
            return True
        return await broadcasts.told_since(db, self._directory.community, group, [ABOUT.format(session.id)], since)

    async def _into(self, context: Context, heard: Heard, session: SessionView) -> Answer:
        most = largest(session)
        if most is not None and (heard.people or 1) > most:
            return Reply("sessions.too_many_at_once", {"session": session, "most": most})
        slots = [slot for slot in session.slots if heard.slot in (None, slot.id)]
        known = await self._signing_up.known(context.db, session.id, heard.who)
        if heard.slot is None and len(slots) > 1 and known is not None:
            slots = [slot for slot in slots if slot.id == known.slot_id]
        if heard.slot is None and len(slots) > 1:
            slots = [
                slot for slot in self._choosing.slot(heard.text, context.now, session) if slot.starts_at > context.now
            ]
            with_room = [slot for slot in slots if slot.room is None or slot.room >= (heard.people or 1)]
            slots = with_room or slots[:1]
        if len(slots) > 1:
            return await self._which_slot(context, replace(heard, session=session.id), session, slots)
        group = context.conversation.group
        wish = Wish(
            heard.who,
            heard.people,
            slots[0].id if slots else None,
            group=group,
            source="group" if group is not None else "private",
        )
        try:
            standing, offers = await self._signing_up.join(context.db, session.id, wish, context.now)
        except DoseTooEarly as early:
            # who had which dose is nobody else's business, and any door may be typed
            own = bool(early.params["own"])
            return (
                Reply(early.key, early.params, private=True)
                if own
                else Reply("sessions.dose_ask", {"session": session})
            )
        standing, offers = await self._taken_up(context, standing, offers)
        if heard.slot is not None and standing.again and standing.sign_up.slot != heard.slot:
            return await self._move(context, standing.sign_up.id, heard.slot)
        return await self._said(context, standing, [await self._talking.stands(context, standing)], offers)

    async def _leave(self, context: Context, mine: Mine, still: int = 0) -> Answer:
        standing, offers = await self._signing_up.leave(context.db, mine.sign_up.id, context.now)
        left = Reply("sessions.left", left_params(standing, still=still))
        return await self._said(context, standing, [left], offers)

    async def _change(self, context: Context, heard: Heard, mine: Mine) -> Answer:
        people = heard.people if heard.people is not None else mine.sign_up.people + (heard.delta or 0)
        if people != mine.sign_up.people or heard.people is not None:
            if people <= 0:
                return await self._leave(context, mine)
            standing, offers = await self._signing_up.resize(context.db, mine.sign_up.id, people, context.now)
            standing, offers = await self._taken_up(context, standing, offers)
            return await self._said(context, standing, [self._changed(standing)], offers)
        slots = self._choosing.slot(heard.text, context.now, mine.session)
        others = [slot for slot in slots if slot.id != mine.sign_up.slot]
        if len(mine.session.slots) > 1 and (len(slots) == 1 or len(others) == 1):
            return await self._move(context, mine.sign_up.id, slots[0].id if len(slots) == 1 else others[0].id)
        if sign_up_words(heard.text).building is not None and _door(heard.who) != _door(mine.sign_up):
            standing = await self._signing_up.readdress(context.db, mine.sign_up.id, heard.who, context.now)
            return self._changed(standing, door=True)
        if not context.is_direct and context.understanding.intent is None:
            return Pass()
        return Reply("sessions.change_what", {"session": mine.session, "people": mine.sign_up.people})

    async def _taken_up(
        self, context: Context, standing: Standing, offers: list[Offer]
    ) -> tuple[Standing, list[Offer]]:
        """Who waited and now asks for so few that they fit has said yes by that."""
        if standing.sign_up.state != State.OFFERED:
            return standing, offers
        accepted = await self._signing_up.accept(context.db, standing.sign_up.id, context.now)
        others = [one for one in offers if one.sign_up.id != accepted.sign_up.id]
        return replace(accepted, before=standing.before), others

    async def _move(self, context: Context, sign_up: int, slot: int) -> Answer:
        try:
            standing, offers = await self._signing_up.move(context.db, sign_up, slot, context.now)
        except SessionFull:
            return Reply("sessions.slot_full")
        return await self._said(context, standing, [self._changed(standing)], offers)

    def _changed(self, standing: Standing, *, door: bool = False) -> Reply:
        params: dict[str, Any] = {
            "again": standing.again,
            "door": door,
            "session": standing.session,
            "slot": standing.session.slot(standing.sign_up.slot),
            "people": standing.sign_up.people,
            "place": standing.place,
        }
        return Reply("sessions.changed", params)

    async def _said(self, context: Context, standing: Standing, said: list[Said], offers: Sequence[Offer]) -> Answer:
        await on_call_list(context.db, self._directory.community, self._talking.unreachable(offers), context.now)
        return [*said, *self._talking.offered(offers), *await self._talking.recounted(context, standing.session)]

    async def _nothing_of_mine(self, context: Context, heard: Heard) -> Answer:
        """My son is coming too, said by who is on no list, signs up the son. Where somebody of that door signed up, it is said
        that they have to change it."""
        who = heard.who
        if heard.verb == "change" and who.for_other and heard.delta is not None and heard.delta > 0:
            return await self._join(context, replace(heard, verb="join", people=heard.delta, delta=None))
        if context.is_direct and who.building is not None and who.room is not None:
            rows = {row.id: row for row in await sessions.open_ones(context.db, self._directory.community, context.now)}
            for one in await sign_ups.of_door(context.db, list(rows), who.building, who.unit, who.room):
                if one.contact_id != context.speaker.contact:
                    view = await sessions.view(context.db, rows[one.session_id], context.now)
                    raise SignedUpByFamily(people=one.people, session=view)
        return await self._nothing(context)

    def _may_mean_ours(self, context: Context) -> bool:
        """Understood as one of ours while anything of ours is open: 不要了 and the like mean many things."""
        return context.understanding.intent is not None and bool(
            self._board.here(context.conversation.group, context.now)
        )

    async def _nothing(self, context: Context, *, join: bool = False) -> Answer:
        """Said to us, it gets an honest answer; among residents it is their talk."""
        if not context.is_direct or not (names_signing_up(context.text) or self._may_mean_ours(context)):
            return Pass()
        if join:
            return Reply("sessions.none_to_join")
        raise NotSignedUp(session=None)

    async def _which(self, context: Context, heard: Heard, found: Sequence[SessionView]) -> Reply:
        offered = list({one.id: one for one in found}.values())[:MOST_OFFERED]
        data = {"heard": heard.kept(), "choices": [one.id for one in offered]}
        await self._ask(context, WHICH, data)
        return Reply("sessions.which", {"sessions": offered})

    async def _which_slot(self, context: Context, heard: Heard, session: SessionView, slots: Sequence[Any]) -> Reply:
        offered = list(slots)[:MOST_OFFERED]
        await self._ask(context, WHICH_SLOT, {"heard": heard.kept(), "choices": [slot.id for slot in offered]})
        return Reply("sessions.which_slot", {"session": session, "slots": offered})

    async def _ask(self, context: Context, state: str, data: dict[str, Any]) -> None:
        await self._dialogs.ask(
            context.db, context.conversation, state, data, now=context.now, wait=self._wait, longest=LONGEST_CHOICE
        )


def left_params(standing: Standing, *, declined: bool = False, still: int = 0) -> dict[str, Any]:
    """`still`: how many people the same person has signed up besides."""
    session = standing.session
    return {"session": session, "slot": session.slot(standing.sign_up.slot), "declined": declined, "still": still}


def largest(session: SessionView) -> int | None:
    """How many people can be in one part of it at most; None: as many as come."""
    most = [slot.capacity for slot in session.slots]
    return None if None in most else max((one for one in most if one is not None), default=None)


def _calls_another(text: str) -> bool:
    return text.lstrip().startswith(CALLS)


def _meant_of(mine: Sequence[Mine], heard: Heard) -> Mine | None:
    """Which of somebody's sign-ups for one session is meant: that of the door they name, that for whom they speak, their own."""
    who = heard.who
    own = [one for one in mine if not one.sign_up.for_other]
    if who.for_other:
        others = [one for one in mine if one.sign_up.for_other]
        named = [one for one in others if who.name and one.sign_up.name in ("", who.name)]
        if found := named or ([] if who.name else others):
            return found[0]
        several = [one for one in own if one.sign_up.people > 1]
        return next(iter(several if heard.verb == "leave" else own), None)
    if words_door := sign_up_words(heard.text).room:
        at_door = [one for one in mine if one.sign_up.room == words_door]
        own = at_door or own
    return next(iter(own or mine), None)


def _door(who: Who | SignedUp) -> tuple[str | None, str | None, str | None]:
    return who.building, who.unit, who.room
