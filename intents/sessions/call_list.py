"""电话单: whoever no message reaches is telephoned by staff, one person at a time: number, what to say, and what came of it.

Two staff members never have the same person before them: a row is held while it is shown. Offers of a free place stand here too,
reminders of the next dose, and reporters who are to be asked about the result of their case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.context import Context, Said
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from intents.confirming import in_private
from intents.errors import NotSignedUp, OfferGone, SessionClosed
from intents.sessions.reaching import CANCELLED
from intents.sessions.signing_up import OFFER_KIND, Offer, SigningUp
from intents.sessions.talking import Talking, on_call_list
from intents.sessions.telephoning import Telephoning, ToAsk
from intents.understanding.digits import bare
from intents.understanding.normalise import normalise
from intents.understanding.when import when
from intents.understanding.yaml_source import load_yaml
from scheduler.calendar import Calendar
from storage import audit, calls, sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.calls import TO_CALL, Call, Outcome, ToCall
from storage.database import savepoint
from storage.sessions import SessionView
from storage.sign_ups import LIVE, SignedUp, State, signed_up

CALLING: Final = "sessions.calling"
DOSE: Final = "sessions.dose"
FOLLOW_UP: Final = "complaints.follow_up"
HELD_FOR: Final = timedelta(minutes=30)
"""A talk on the telephone, and a cup of tea."""
ANSWERED_WITHIN: Final = timedelta(hours=4)
"""A late word on a call still counts, where no colleague has taken it over; a digit must not mean something else meanwhile."""
AGAIN_AFTER: Final = timedelta(hours=2)
LATER: Final = timedelta(hours=1)
"""再打 without an hour."""
MOST_TRIES: Final = 3
DAYTIME: Final = (8, 20)
MORNING: Final = timedelta(hours=9)
"""再打 on a day without an hour."""


@dataclass(frozen=True, slots=True)
class Card:
    """One person of the list, and what it is about as things stand now."""

    call: ToCall
    door: str
    session: SessionView | None = None
    sign_up: SignedUp | None = None
    case: ToAsk | None = None

    @property
    def asks(self) -> str:
        """Which words may answer: those on an offer are others than those on a session that is off."""
        if self.case is not None:
            return "case"
        kinds = {OFFER_KIND: "offer", CANCELLED: "plain", DOSE: "plain"}
        return kinds.get(self.call.cause, "coming")

    @property
    def next_on(self) -> date | None:
        """From when the next dose may be given."""
        said = self.call.say.get("next_on")
        return date.fromisoformat(said) if said else None

    @property
    def offered_at(self) -> datetime | None:
        """When the session begins that gives it."""
        said = self.call.say.get("at")
        return datetime.fromisoformat(said) if said else None

    @property
    def at(self) -> datetime | None:
        """When this person is to come."""
        if self.session is None or self.sign_up is None:
            return None
        batch = self.session.plan.batch_of(self.sign_up.building)
        return batch.starts_at if batch is not None else self.session.slot(self.sign_up.slot).starts_at


@dataclass(frozen=True, slots=True)
class _About:
    """What a call is about, as things stand now. `theirs`: whether this staff member may make it."""

    door: str = ""
    session: SessionView | None = None
    sign_up: SignedUp | None = None
    case: ToAsk | None = None
    theirs: bool = True


class CallList:
    def __init__(
        self,
        directory: Directory,
        dialogs: Dialogs,
        signing_up: SigningUp,
        talking: Talking,
        calendar: Calendar,
        telephoning: Telephoning,
    ) -> None:
        self._community = directory.community
        self._dialogs = dialogs
        self._signing_up = signing_up
        self._talking = talking
        self._calendar = calendar
        self._telephoning = telephoning

    async def show(self, context: Context, officer: Officer) -> dict[str, Any]:
        """The next person, and the question what came of it; how many may be called now, and later."""
        db, now, passed = context.db, context.now, list[int]()
        await calls.release(db, self._community, officer.contact)
        until = now + HELD_FOR
        while call := await calls.next_to_call(db, self._community, officer.contact, now, until, passed):
            about = await self._about(db, call, officer, now)
            if about is None:
                await calls.settle(db, call.id, Outcome.TOO_LATE, now)
                continue
            if not about.theirs:
                passed.append(call.id)
                continue
            await self._release(db, officer, passed, call.id, until)
            where = in_private(context)
            await self._dialogs.ask(db, where, CALLING, {"call": call.id}, now=now, wait=ANSWERED_WITHIN)
            card = Card(call, about.door, about.session, about.sign_up, about.case)
            return {"card": card, **await self._left(db, now)}
        await self.stop(context, officer)
        return {"card": None, **await self._left(db, now)}

    async def _left(self, db: Db, now: datetime) -> dict[str, int]:
        ready, later = await calls.count_to_call(db, self._community, now)
        return {"ready": ready, "later": later}

    async def _release(self, db: Db, officer: Officer, passed: Sequence[int], call: int, until: datetime) -> None:
        """Only the one that is shown stays held."""
        if passed:
            await calls.release(db, self._community, officer.contact)
            await calls.hold(db, call, officer.contact, until)

    async def stop(self, context: Context, officer: Officer) -> None:
        await calls.release(context.db, self._community, officer.contact)
        dialog = await self._dialogs.find(context.db, in_private(context))
        if dialog is not None and dialog.state == CALLING:
            await self._dialogs.close(context.db, in_private(context))

    async def decide(self, context: Context, officer: Officer, dialog: Dialog, verb: str) -> list[Said]:
        """What came of the call that was shown; then the next one."""
        row = await self._held(context.db, int(dialog.data["call"]))
        if row is None or row.outcome not in TO_CALL or row.held_by != officer.contact:
            return [Reply("sessions.called", {"done": "gone", **await self.show(context, officer)}, private=True)]
        if row.cause == FOLLOW_UP and verb != "again":
            number = row.subject.partition("/")[0]
            return [Reply("sessions.call_follow_up", {"number": number}, private=True)]
        if verb == "again":
            at = self._when(context)
            if at <= context.now or (row.until is not None and at >= row.until):
                until = row.until.astimezone(context.now.tzinfo) if row.until is not None else None
                return [Reply("sessions.call_at_another_time", {"until": until}, private=True)]
            await self._settle(context, officer, row, Outcome.AGAIN, not_before=at)
            return await self._next(context, officer, {"done": "again", "at": at})
        if verb == "no_answer":
            return await self._no_answer(context, officer, row)
        return await self._spoken(context, officer, row, coming=verb != "not_coming")

    async def _held(self, db: Db, identity: int) -> Call | None:
        """The session first, as everywhere."""
        session = await calls.session_of(db, identity)
        if session is not None:
            await sessions.held(db, session)
        return await calls.by_id(db, identity)

    async def _no_answer(self, context: Context, officer: Officer, row: Call) -> list[Said]:
        """Again in a while; the third time it is counted as not reached."""
        if row.tries + 1 >= MOST_TRIES:
            await self._settle(context, officer, row, Outcome.NO_ANSWER, tried=True)
            return await self._next(context, officer, {"done": "not_reached"})
        at = context.now + AGAIN_AFTER
        if row.until is not None and at >= row.until:
            at = context.now + (row.until - context.now) / 2
        await self._settle(context, officer, row, Outcome.AGAIN, tried=True, not_before=at)
        return await self._next(context, officer, {"done": "no_answer", "at": at})

    async def _spoken(self, context: Context, officer: Officer, row: Call, *, coming: bool) -> list[Said]:
        done, offers = "told", list[Offer]()
        try:
            async with savepoint(context.db):
                done, offers = await self._took(context, row, coming=coming)
        except OfferGone:
            done = "offer_gone"
        except (SessionClosed, NotSignedUp):
            done = "told" if coming else "was_over"
        outcome = Outcome.TOLD if coming else Outcome.NOT_COMING
        await self._settle(context, officer, row, outcome, tried=True)
        await on_call_list(context.db, self._community, self._talking.unreachable(offers), context.now)
        return [*await self._next(context, officer, {"done": done}), *self._talking.offered(offers)]

    async def _took(self, context: Context, row: Call, *, coming: bool) -> tuple[str, list[Offer]]:
        """What the person's word changes: an offer is taken or left, a sign-up called off."""
        if row.sign_up_id is None or row.cause in (CANCELLED, DOSE):
            return "told", []
        if not coming:
            _, offers = await self._signing_up.leave(context.db, row.sign_up_id, context.now)
            return "declined" if row.cause == OFFER_KIND else "left", offers
        if row.cause == OFFER_KIND:
            await self._signing_up.accept(context.db, row.sign_up_id, context.now)
            return "accepted", []
        return "told", []

    async def _next(self, context: Context, officer: Officer, said: dict[str, Any]) -> list[Said]:
        return [Reply("sessions.called", {**said, **await self.show(context, officer)}, private=True)]

    async def _settle(
        self,
        context: Context,
        officer: Officer,
        row: Call,
        outcome: Outcome,
        *,
        tried: bool = False,
        not_before: datetime | None = None,
    ) -> None:
        await calls.settle(
            context.db, row.id, outcome, context.now, by=officer.contact, tried=tried, not_before=not_before
        )
        await audit.note(
            context.db,
            self._community,
            at=context.now,
            contact=officer.contact,
            actor=officer.role,
            verb="sessions.call",
            subject=f"call:{row.id}",
            before={"outcome": row.outcome, "tries": row.tries},
            after={"outcome": outcome, "cause": row.cause, "about": row.subject, "person": row.person},
        )

    async def _about(self, db: Db, call: ToCall, officer: Officer, now: datetime) -> _About | None:
        """None where there is nothing to call about any more: they left, it is off, the place is gone."""
        if call.cause == FOLLOW_UP:
            case = await self._telephoning.to_ask(db, call.subject, call.person, officer)
            return _About(case.door, case=case, theirs=case.theirs) if case is not None else None
        row = await sign_ups.look(db, call.sign_up) if call.sign_up is not None else None
        session = await sessions.by_id(db, call.session) if call.session is not None else None
        if row is None or session is None:
            return None
        sign_up, view = signed_up(row), await sessions.view(db, session, now)
        wanted = (State.OFFERED,) if call.cause == OFFER_KIND else LIVE
        if call.cause != DOSE and sign_up.state not in wanted:
            return None
        if call.cause not in (DOSE, CANCELLED) and view.state != sessions.OPEN:
            return None
        theirs = officer.role != "grid" or sign_up.building is None or sign_up.building in officer.buildings
        door = "-".join(part for part in (sign_up.building, sign_up.unit, sign_up.room) if part)
        return _About(door, view, sign_up, theirs=theirs)

    def _when(self, context: Context) -> datetime:
        """再打 9点, said in the morning, is tomorrow's nine rather than tonight's: nobody is telephoned at night."""
        said = when(context.text, context.now, self._calendar)
        if said is None:
            return context.now + LATER
        if not said.timed:
            return said.start + MORNING
        by_day = (at for at in (said.start, *said.others) if at > context.now and DAYTIME[0] <= at.hour < DAYTIME[1])
        return next(by_day, said.start)


@cache
def _words() -> dict[str, frozenset[str]]:
    loaded = load_yaml(Path(__file__).with_name("call_words.yaml"))
    return {verb: frozenset(str(words).split()) for verb, words in loaded.items()}


def verb_of(text: str) -> str | None:
    """What staff say came of a call; only `again` may go on, with an hour."""
    said = bare(normalise(text))
    found = next((verb for verb, words in _words().items() if said in words), None)
    if found is not None:
        return found
    longer = (word for word in _words()["again"] if len(word) > 1)
    return "again" if any(said.startswith(word) for word in longer) else None
