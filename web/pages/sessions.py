"""Sessions: which there are, one of them whole with who signed up, and what staff do with it here: check in, call off.

Doors, telephones and whole names are not shown: codes and buildings are enough at the door.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.context import Said
from bot.message import Reply
from intents.sessions.checking_in import CheckingIn, Door
from intents.sessions.door_words import Typed
from intents.sessions.editing import Editing, Made
from intents.sessions.reaching import TIMED
from intents.sessions.reminding import GRACE
from intents.sessions.talking import Talking, on_call_list
from intents.sessions.turnout import turnout_of
from intents.understanding.address import split_nickname
from intents.understanding.masks import masked, without_doors
from scheduler.clock import Clock
from storage import calls, sessions, sign_ups
from storage.accounts import Officer
from storage.base import Db
from storage.sessions import CANCELLED, OPEN, SessionView
from storage.sign_ups import LIVE, MOST_PEOPLE, SignedUp, signed_up
from web.assistant import Assistant
from web.faults import SessionNotThere, Unfilled
from web.live import Event, Streams
from web.pages.officers import Officers
from web.rendering import Rendering

CREATE, CALL_OFF, CHECK_IN = "sessions.sessions", "sessions.call_off", "sessions.check_in"
"""The commands whose roles these deeds need."""
RECENT: Final = timedelta(days=30)
MOST_LISTED: Final = 100
MOST_SHOWN: Final = 500
LONGEST_REASON: Final = 200
GATHER_S: Final = 0.3
"""Many sign-ups within a second make one look at the database."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign-up as it is shown here."""

    code: str
    name: str
    place: str
    people: int
    state: str
    source: str
    slot: int | None
    """Which part, counted from one, where there are several."""
    arrived: int | None
    note: str


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Who is there, or not after all."""

    code: str
    people: int | None = None
    undo: bool = False


class SessionPages:
    def __init__(
        self, assistant: Assistant, rendering: Rendering, officers: Officers, streams: Streams, clock: Clock
    ) -> None:
        self._assistant = assistant
        self._community = assistant.settings.community.id
        self._rendering = rendering
        self._words = rendering.words["session"]
        self._officers = officers
        self._streams = streams
        self._clock = clock
        self._editing: Editing = assistant.services["session_editing"]
        self._checking_in: CheckingIn = assistant.services["checking_in"]
        self._talking: Talking = assistant.services["talking"]
        self._changed = asyncio.Event()
        self._seen: object = None
        assistant.database.listeners.append(self._changed.set)

    async def list_html(self) -> str:
        now = self._clock.now()
        async with self._assistant.database.reading() as db:
            coming = await sessions.open_ones(db, self._community, now - GRACE)
            past = await sessions.lately(db, self._community, now - RECENT)
            shown = await sessions.views(db, [*coming[:MOST_LISTED], *past[:MOST_LISTED]], now)
        return self._rendering(
            "session_list.html",
            coming=[one for one in shown if one.state == OPEN],
            past=[one for one in shown if one.state != OPEN],
            more=max(0, len(coming) - MOST_LISTED) + max(0, len(past) - MOST_LISTED),
            now=now,
        )

    async def html(self, number: str, officer: int | None) -> str:
        """Raises `SessionNotThere`."""
        now, by = self._clock.now(), self._officers.chosen(officer)
        async with self._assistant.database.reading() as db:
            view = await self._found(db, number, now)
            rows = [signed_up(row) for row in await sign_ups.of_session(db, view.id)]
            counts = await sign_ups.count(db, view.id)
            reminded = await calls.reminded(db, view.id, TIMED)
            turnout = await turnout_of(db, view.id)
        names = self._assistant.directory.groups()
        open_ = view.state == OPEN and now < view.plan.ends_at
        begun = view.state != CANCELLED and view.plan.starts_at.date() <= now.date()
        return self._rendering(
            "session.html",
            session=view,
            entries=[self._entry(row, view) for row in rows[:MOST_SHOWN]],
            more=max(0, len(rows) - MOST_SHOWN),
            turnout=turnout,
            counts={str(state): people for state, (_, people) in counts.items()},
            households={str(state): many for state, (many, _) in counts.items()},
            reminded=reminded,
            groups=[names.get(group, self._words["group_gone"]) for group in view.groups],
            officers=self._officers.all(),
            officer=by,
            may_call_off=by is not None and open_ and self._officers.may(by, CALL_OFF),
            may_check_in=by is not None and begun and self._officers.may(by, CHECK_IN),
            live=sum(counts[state][1] for state in LIVE if state in counts),
            longest_reason=LONGEST_REASON,
            most_people=MOST_PEOPLE,
            now=now,
        )

    async def cancel(self, number: str, officer: Officer, reason: str) -> tuple[str, bool]:
        """One line for whoever acted, and whether it was done. Raises `PageFault`."""
        if not reason:
            raise Unfilled()

        async def deed(db: Db, now: datetime) -> list[Said]:
            self._officers.check(officer, CALL_OFF)
            await self._found(db, number, now)
            made = await self._editing.cancel(db, number, reason[:LONGEST_REASON], officer, now)
            return [Reply("sessions.was_cancelled", told_of(made)), *made.posts]

        done = await self._assistant.acting.do(deed)
        return "\n".join(done.said), not done.refused

    async def check_in(self, number: str, officer: Officer, given: AtDoor) -> tuple[str, bool]:
        """As `cancel`; what is said names nobody."""
        lines: list[str] = []

        async def deed(db: Db, now: datetime) -> list[Said]:
            self._officers.check(officer, CHECK_IN)
            view = await self._found(db, number, now)
            people = [Typed(code=given.code, people=given.people)]
            act = self._checking_in.undo if given.undo else self._checking_in.check_in
            view, door = await act(db, view.id, people, officer, now)
            lines.append(self._said(door, given))
            await on_call_list(db, self._community, self._talking.unreachable(door.offers), now)
            return [*self._talking.offered(door.offers)]

        done = await self._assistant.acting.do(deed)
        return "\n".join(done.said or lines), not done.refused

    def _said(self, door: Door, given: AtDoor) -> str:
        if door.arrived:
            one = door.arrived[0]
            word = "again" if one.again else "waited" if one.how == "waited" else "arrived"
            return self._words[word].format(code=one.sign_up.code, people=one.people)
        if door.no_room:
            return self._words["no_room"].format(code=given.code, room=door.no_room[0].room)
        if door.undone:
            return self._words["undone"].format(code=given.code)
        return self._words["not_on_list"].format(code=given.code)

    async def _found(self, db: Db, number: str, now: datetime) -> SessionView:
        row = await sessions.by_number(db, self._community, number)
        if row is None:
            raise SessionNotThere()
        return await sessions.view(db, row, now)

    def _entry(self, one: SignedUp, view: SessionView) -> Entry:
        several = len(view.slots) > 1
        nth = next((nth for nth, slot in enumerate(view.slots, start=1) if slot.id == one.slot), None)
        return Entry(
            one.code,
            shortened(one.name),
            self._rendering.place(one),
            one.people,
            str(one.state),
            one.source,
            nth if several else None,
            one.arrived,
            masked(without_doors(one.note)) if one.note else "",
        )

    async def run(self) -> None:
        """Follow the database for as long as the server runs: a sign-up changes nothing that the ledger looks at."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._publish()
            except Exception as fault:
                # the database may be away for a moment; the next commit tells of itself again
                log.error("sessions.failed", fault=type(fault).__name__)
            await asyncio.sleep(GATHER_S)

    async def _publish(self) -> None:
        if len(self._streams) == 0:
            return
        seen = await self._look()
        if seen != self._seen:
            self._seen = seen
            self._streams.publish(Event("sessions", {}))

    async def _look(self) -> object:
        """Differs when anything on the pages may; what staff do is seen by the ledger as well."""
        now = self._clock.now()
        async with self._assistant.database.reading() as db:
            views = await sessions.views(db, await sessions.open_ones(db, self._community, now - GRACE), now)
            live = await sign_ups.count_all(db, self._community) if views else 0
        return live, [(one.id, one.sequence, tuple(slot.taken for slot in one.slots)) for one in views]


def told_of(made: Made) -> dict[str, Any]:
    """What the replies about a session that was made or called off need."""
    counts = made.reached.counts if made.reached else {}
    told = {str(way): count for way, count in counts.items()}
    return {"session": made.session, "begun": made.begun, "told": told}


def shortened(name: str) -> str:
    """Only how somebody is called, and of that only the beginning."""
    called = split_nickname(name)[1].strip()
    return f"{called[0]}*" if called else ""
