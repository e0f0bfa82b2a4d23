"""Booking a time: the secretary's reception day, a certificate, somebody who comes home. One person a slot.

The times of one kind on one day are one session, made when the first person asks for that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from bot.settings import Appointment, SessionFacts
from intents.sessions.board import Board
from intents.sessions.reminding import Reminding
from intents.sessions.signing_up import SigningUp, Wish
from intents.sessions.wishes import LONGEST_CHOICE, whose
from intents.understanding.digits import digit_of
from intents.understanding.joining_in import sign_up_words
from intents.understanding.normalise import fold
from intents.understanding.when import When, whens
from scheduler.calendar import Calendar
from scheduler.rhythm import next_dates
from scheduler.rhythm_text import parse
from storage import sessions
from storage.base import Db
from storage.session_plan import MOST_SLOTS, Kind, Plan, SlotPlan
from storage.sessions import SessionView, SlotView

BOOK: Final = "sessions.book"
OFFERED: Final = 6
DAYS_SHOWN: Final = 3


class Booking:
    def __init__(
        self,
        community: str,
        facts: SessionFacts,
        calendar: Calendar,
        board: Board,
        signing_up: SigningUp,
        reminding: Reminding,
        dialogs: Dialogs,
        wait: timedelta,
    ) -> None:
        self._community = community
        self._facts = facts
        self._calendar = calendar
        self._board = board
        self._signing_up = signing_up
        self._reminding = reminding
        self._dialogs = dialogs
        self._wait = wait

    async def ask(self, context: Context) -> Answer:
        """A time where one was said and is free; else free times to choose from."""
        kind = self._kind(context.text)
        if kind is None:
            names = [one.name for one in self._facts.appointments]
            return Reply("sessions.book_what", {"names": names}) if context.is_direct else Pass()
        return await self._at(context, kind, whens(context.text, context.now, self._calendar))

    async def chosen(self, context: Context, dialog: Dialog) -> Answer:
        """The answer to what was offered: a digit, or another time."""
        kind = next((one for one in self._facts.appointments if one.name == dialog.data["kind"]), None)
        if kind is None:
            return Pass()
        digit, offered = digit_of(context.text), dialog.data["slots"]
        if digit is not None and 1 <= digit <= len(offered):
            await self._dialogs.close(context.db, context.conversation)
            return await self._take(context, int(dialog.data["session"]), int(offered[digit - 1]))
        said = whens(context.text, context.now, self._calendar)
        if not said:
            return Reply("sessions.which_digit", {"most": len(offered)}) if digit is not None else Pass()
        return await self._at(context, kind, said, day=date.fromisoformat(dialog.data["day"]))

    async def _at(self, context: Context, kind: Appointment, said: Sequence[When], day: date | None = None) -> Answer:
        dated = next((one.start.date() for one in said if one.dated), day)
        open_days = list(self._days(kind, context.now))
        if not open_days:
            return Reply("sessions.book_none", {"name": kind.name})
        last = context.now.date() + timedelta(days=self._facts.book_days_ahead)
        if dated is not None and dated > last:
            [at] = _moments([last], context.now)
            return Reply("sessions.book_too_far", {"name": kind.name, "last": at})
        if dated is not None and dated not in open_days:
            return Reply("sessions.book_other_day", {"name": kind.name, "days": _moments(open_days, context.now)})
        for one in [dated] if dated is not None else open_days[:DAYS_SHOWN]:
            view = await self._session(context.db, kind, one, context.now)
            free = [slot for slot in view.slots if slot.room and slot.starts_at > context.now]
            hour = next((each.start.time() for each in said if each.timed), None)
            exact = [slot for slot in free if slot.starts_at.time() == hour]
            if exact:
                await self._dialogs.close(context.db, context.conversation)
                return await self._take(context, view.id, exact[0].id)
            if free:
                within = _within(free, said)
                return await self._offer(context, kind, view, _nearest(within or free, hour), _why(view, hour, within))
        others = [one for one in open_days if one != dated] if dated is not None else open_days[DAYS_SHOWN:]
        days = _moments(others, context.now)
        return Reply("sessions.book_full", {"name": kind.name, "days": days, "dated": dated is not None})

    async def _offer(
        self, context: Context, kind: Appointment, view: SessionView, free: Sequence[SlotView], why: str
    ) -> Reply:
        offered = list(free)[:OFFERED]
        data = {
            "kind": kind.name,
            "session": view.id,
            "slots": [slot.id for slot in offered],
            "day": view.plan.starts_at.date().isoformat(),
        }
        where = context.conversation
        await self._dialogs.ask(context.db, where, BOOK, data, now=context.now, wait=self._wait, longest=LONGEST_CHOICE)
        return Reply("sessions.book_when", {"session": view, "slots": offered, "why": why})

    async def _take(self, context: Context, session: int, slot: int) -> Reply:
        who = whose(context, sign_up_words(context.text))
        source = "group" if context.conversation.group is not None else "private"
        wish = Wish(who, None, slot, group=context.conversation.group, source=source)
        standing, _ = await self._signing_up.join(context.db, session, wish, context.now)
        await self._reminding.plan(context.db, standing.session, context.now)
        if standing.again and standing.sign_up.slot != slot:
            moved, _ = await self._signing_up.move(context.db, standing.sign_up.id, slot, context.now)
            standing = moved
        params: dict[str, Any] = {"session": standing.session, "slot": standing.session.slot(standing.sign_up.slot)}
        return Reply("sessions.booked", {**params, "waiting": standing.place})

    def _kind(self, text: str) -> Appointment | None:
        folded = fold(text)
        return next((one for one in self._facts.appointments if any(fold(word) in folded for word in one.words)), None)

    def _days(self, kind: Appointment, now: datetime) -> Iterator[date]:
        """Its days from today on, as far ahead as may be booked."""
        rhythm, midnight = parse(f"{kind.days} 23:59"), datetime.combine(now.date(), time(), now.tzinfo)
        last = now.date() + timedelta(days=self._facts.book_days_ahead)
        for at in next_dates(rhythm, midnight, self._calendar, self._facts.book_days_ahead + 1):
            if at.date() > last:
                return
            if at.date() > now.date() or any(slot.starts_at > now for slot in _slots(kind, at.date(), now)):
                yield at.date()

    async def _session(self, db: Db, kind: Appointment, day: date, now: datetime) -> SessionView:
        slots = _slots(kind, day, now)
        midnight = datetime.combine(day, time(), now.tzinfo)
        # whoever else asks for the same day at this moment waits: two would make two
        await sessions.hold_day(db, self._community, f"{day:%y%m%d}")
        known = await sessions.of_kind_on(
            db, self._community, Kind.APPOINTMENT, kind.name, midnight, midnight + timedelta(days=1)
        )
        if known is None:
            plan = Plan(
                Kind.APPOINTMENT,
                kind.name,
                kind.place,
                slots[0].starts_at,
                slots[-1].ends_at,
                capacity=1,
                slots=tuple(slots),
                bring=kind.bring,
            )
            known = await sessions.create(
                db, self._community, plan, [], day=f"{now:%y%m%d}", now=now, by=None, name=kind.name
            )
            self._board.put(db, known)
        return await sessions.view(db, known, now)


def _slots(kind: Appointment, day: date, now: datetime) -> list[SlotPlan]:
    step = timedelta(minutes=kind.minutes)
    found: list[SlotPlan] = []
    for hours in kind.hours:
        begin, _, end = hours.partition("-")
        at, until = (
            datetime.combine(day, time.fromisoformat(one.strip().zfill(5)), now.tzinfo) for one in (begin, end)
        )
        while at + step <= until and len(found) < MOST_SLOTS:
            found.append(SlotPlan(at, at + step, 1))
            at += step
    return found


def _within(free: Sequence[SlotView], said: Sequence[When]) -> Sequence[SlotView]:
    """Those in the part of the day that was said: a morning, an afternoon."""
    part = next((one.part for one in said if one.part is not None), None)
    if part is None:
        return free
    return [slot for slot in free if part[0] <= slot.starts_at.hour < part[1]]


def _why(view: SessionView, hour: time | None, within: Sequence[SlotView]) -> str:
    """Why what was said is not to be had: another has it, or nobody is there then."""
    if hour is not None:
        return "taken" if any(slot.starts_at.time() == hour for slot in view.slots) else "closed"
    return "" if within else "closed"


def _nearest(free: Sequence[SlotView], hour: time | None) -> list[SlotView]:
    """The free ones around that hour, in order; the first of the day where none was said."""
    if hour is None:
        return list(free)[:OFFERED]
    wanted = hour.hour * 60 + hour.minute
    near = sorted(free, key=lambda slot: abs(slot.starts_at.hour * 60 + slot.starts_at.minute - wanted))[:OFFERED]
    return sorted(near, key=lambda slot: slot.starts_at)


def _moments(days: Sequence[date], now: datetime) -> list[datetime]:
    return [datetime.combine(day, time(), now.tzinfo) for day in days[:DAYS_SHOWN]]
