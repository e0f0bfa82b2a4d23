"""What people ask of a session, answered from its own fields: when, where, what to bring, is there room, is it off."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from intents.sessions.board import Board
from intents.sessions.choosing import Choosing
from intents.sessions.desk import Desk
from intents.sessions.wishes import LONGEST_CHOICE
from intents.understanding.address import split_nickname
from intents.understanding.digits import digit_of
from intents.understanding.joining_in import sign_up_words
from intents.understanding.normalise import fold
from intents.understanding.when import whens
from intents.understanding.yaml_source import load_yaml
from scheduler.calendar import Calendar
from storage import sessions, sign_ups
from storage.accounts import Directory
from storage.sessions import CANCELLED, OPEN, SessionView
from storage.sign_ups import SignUp, State

LATELY: Final = timedelta(days=3)
"""So long after it was called off or over, people still ask."""
MOST_LISTED: Final = 5
DEFAULT: Final = ("when", "where")
ASK: Final = "sessions.ask"
ASKED: Final = "sessions.asked_which"
WAIT: Final = timedelta(minutes=10)
"""Whoever was asked which one they mean tells so at once, or not at all."""
MOST_NAMED: Final = 10
IN: Final = (State.CONFIRMED,)

Knows = Callable[[Context], Awaitable[bool]]
ELSEWHERE: Final = "elsewhere"
ALL_MINE: Final = "all_mine"


@cache
def _aspects() -> dict[str, re.Pattern[str]]:
    words = load_yaml(Path(__file__).with_name("asked.yaml"))
    return {aspect: re.compile(str(pattern)) for aspect, pattern in words.items()}


def aspects_of(text: str) -> tuple[str, ...]:
    """What is asked, in the order of an answer; when and where, where nothing tells."""
    folded = fold(text)
    found = (
        aspect
        for aspect, pattern in _aspects().items()
        if aspect not in (ELSEWHERE, ALL_MINE) and pattern.search(folded)
    )
    return tuple(found) or DEFAULT


def is_elsewhere(text: str) -> bool:
    """Whether it asks for what no session tells, such as a result."""
    return _aspects()[ELSEWHERE].search(fold(text)) is not None


class SessionAnswers:
    """`knows`: whether policies have an answer to what no session tells."""

    def __init__(
        self,
        directory: Directory,
        board: Board,
        choosing: Choosing,
        sign_up_desk: Desk,
        calendar: Calendar,
        dialogs: Dialogs,
        knows: Knows,
    ) -> None:
        self._dialogs = dialogs
        self._knows = knows
        self._directory = directory
        self._board = board
        self._choosing = choosing
        self._desk = sign_up_desk
        self._calendar = calendar

    async def answer(self, context: Context) -> Answer:
        """Of one session; which of several is asked back; among residents nothing is said of what is none of ours."""
        if is_elsewhere(context.text):
            return Pass()
        if _aspects()[ALL_MINE].search(fold(context.text)):
            return await self._all_mine(context)
        found = await self._known(context)
        if not context.is_direct:
            found = [one for one in found if not self._choosing.is_other(one, context.text)]
        if not found:
            return await self._none(context, Reply("sessions.none_known"))
        meant = self._choosing.meant(context, found)
        if all(self._choosing.is_other(one, context.text) for one in meant):
            return await self._none(context, Reply("sessions.none_of_that", {"sessions": found[:MOST_LISTED]}))
        meant = _still_open(meant, context.now)
        if len(meant) > 1 and "batch" in aspects_of(context.text):
            meant = [one for one in meant if one.plan.batches] or meant
        if len(meant) > 1 and "mine" in aspects_of(context.text):
            mine = {one.session.id for one in await self._desk.mine(context.db, context, context.now)}
            meant = [one for one in meant if one.id in mine] or meant
        if len(meant) > 1:
            return await self._which(context, meant[:MOST_LISTED])
        return await self._of(context, meant[0], context.text)

    async def _all_mine(self, context: Context) -> Reply:
        mine = await self._desk.mine(context.db, context, context.now)
        shown = [
            {
                "title": one.session.plan.title,
                "slot": one.session.slot(one.sign_up.slot),
                "place": one.session.plan.place,
            }
            | {"people": one.sign_up.people, "state": one.sign_up.state}
            for one in mine
        ]
        return Reply("sessions.all_mine", {"mine": shown})

    async def _which(self, context: Context, found: Sequence[SessionView]) -> Reply:
        """To be answered by a digit or a name, unless something of more weight is awaited of this person here."""
        if context.dialog is None or context.dialog.state == ASKED:
            building = context.understanding.slots.building
            data = {"choices": [one.id for one in found], "text": context.text, "building": building}
            where = context.conversation
            await self._dialogs.ask(context.db, where, ASKED, data, now=context.now, wait=WAIT, longest=LONGEST_CHOICE)
        return Reply("sessions.several", {"sessions": found})

    async def chosen(self, context: Context, dialog: Dialog) -> Answer:
        """What was asked before, of the one that a digit or a few words tell."""
        choices, digit = dialog.data["choices"], digit_of(context.text)
        if digit is None and context.understanding.intent == ASK:
            return Pass()  # another question, which names what it is about itself
        if digit is not None and not 1 <= digit <= len(choices):
            return Reply("sessions.which_digit", {"most": len(choices)})
        meant = choices[digit - 1] if digit is not None else await self._desk.named_of(context, choices, None)
        row = await sessions.by_id(context.db, meant) if meant is not None else None
        if row is None:
            return Pass()
        await self._dialogs.close(context.db, context.conversation)
        view = await sessions.view(context.db, row, context.now)
        return await self._of(context, view, dialog.data["text"], dialog.data["building"])

    async def _none(self, context: Context, said: Reply) -> Answer:
        """Nothing of the kind here: said to who asked us, unless somebody else knows."""
        if not context.is_direct:
            return Pass()
        return Pass() if context.understanding.intent == ASK and await self._knows(context) else said

    async def _known(self, context: Context) -> list[SessionView]:
        """Those of this group that are still to come, or are over or off since a few days."""
        group, community = context.conversation.group, self._directory.community
        rows = await sessions.open_ones(context.db, community, context.now)
        rows += await sessions.past(context.db, community, context.now - LATELY, context.now)
        views = await sessions.views(context.db, rows, context.now)
        return [one for one in views if group is None or group in one.groups]

    async def _of(self, context: Context, session: SessionView, text: str, building: str | None = None) -> Answer:
        """`building`: which the question named, where it was said before."""
        day = self._day_asked(text, context.now)
        is_to_come = _is_to_come(session, context.now)
        if is_to_come and day is not None and not any(slot.starts_at.date() == day for slot in session.slots):
            return Reply("sessions.not_that_day", {"session": session, "day": _at(day, context.now)})
        params: dict[str, Any] = {"session": session, "asked": aspects_of(text), "mine": None, "place": None}
        if "mine" in params["asked"]:
            params |= await self._mine(context, session, text)
        if "who" in params["asked"]:
            params["names"] = await self._who_said_so_here(context, session)
        params |= _batch(context, session, building or context.understanding.slots.building)
        key = "sessions.is_off" if session.state == CANCELLED else "sessions.is_over"
        return Reply("sessions.answer" if is_to_come else key, params)

    async def _mine(self, context: Context, session: SessionView, text: str) -> dict[str, Any]:
        """This person's sign-up, or that of whom they speak of; and their place in line."""
        every = await self._desk.mine(context.db, context, context.now)
        mine = [one.sign_up for one in every if one.session.id == session.id]
        for_other = sign_up_words(text).for_other
        mine = [one for one in mine if one.for_other == for_other] or mine
        if not mine:
            return {"mine": False}
        row = await sign_ups.by_id(context.db, mine[0].id) if mine[0].state == State.WAITING else None
        place = await sign_ups.place_in_line(context.db, row) if row is not None else None
        return {"mine": mine[0], "place": place}

    async def _who_said_so_here(self, context: Context, session: SessionView) -> list[str]:
        """Those who told this group themselves that they come: who comes besides is not said to anybody."""
        group = context.conversation.group
        if group is None:
            return []
        said = [one for one in await sign_ups.of_session(context.db, session.id, IN) if _told(one, group)]
        names = [self._directory.name_in(group, one.contact_id) for one in said if one.contact_id is not None]
        return list(dict.fromkeys(split_nickname(name)[1] or name for name in names))[:MOST_NAMED]

    def _day_asked(self, text: str, now: datetime) -> date | None:
        """A single day that the question names."""
        days = {said.start.date() for said in whens(text, now, self._calendar) if said.dated}
        return days.pop() if len(days) == 1 else None


def _told(row: SignUp, group: int) -> bool:
    return row.group_id == group and not row.for_other and row.source in ("group", "note")


def _batch(context: Context, session: SessionView, building: str | None) -> dict[str, Any]:
    """When that building's people come; without one, those of who asks."""
    if not session.plan.batches:
        return {"batch": None, "building": None}
    known, _ = split_nickname(context.speaker.name)
    own = known.building if known else None
    return {"batch": session.plan.batch_of(building or own), "building": building}


def _at(day: date, now: datetime) -> datetime:
    return datetime.combine(day, datetime.min.time(), now.tzinfo)


def _is_to_come(session: SessionView, now: datetime) -> bool:
    return session.state == OPEN and session.plan.ends_at > now


def _still_open(found: Sequence[SessionView], now: datetime) -> list[SessionView]:
    """Those still to come, where there are any: who asks means the next one."""
    return [one for one in found if _is_to_come(one, now)] or list(found[:1])
