"""Signing up, changing, moving, leaving, saying yes, saying nothing, and staff who change the places: anything in any order,
against a line written by hand. SOAK=1 plays longer.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from bot.message import Conversation
from intents.errors import OfferGone, SessionClosed, SessionFull, SessionTooSmall, SignedUpByFamily, SlotUnknown
from intents.sessions.editing import Editing
from intents.sessions.signing_up import OFFER, OFFER_KIND, SigningUp, Wish
from storage import sessions, sign_ups
from storage.base import Db
from storage.calls import Call
from storage.database import Database
from storage.due import DueRow
from storage.secrets import Vault
from storage.session_plan import Kind, Plan, SlotPlan
from storage.sessions import SessionView
from storage.sign_ups import SignUp, Who
from tests.assistants import MORNING, open_world
from tests.databases import KEY, KINDS, Shelf
from tests.policy.entries import start_again
from tests.resident import World
from tests.sessions.line_model import HOLDING, LIVE, OFFERED, WAITING, Entry, Line, Place

T = TypeVar("T")
WishOf = tuple[str, str | None, int | None, int | None]
SOAK = bool(os.environ.get("SOAK"))
EXAMPLES, STEPS = ({"sqlite": 400, "postgresql": 100}, 60) if SOAK else ({"sqlite": 12, "postgresql": 4}, 25)
CONTACTS = ("wang", "zhao", "chen", "liu")
DOORS = ("101", "102", "201", "202", "301", "302", "401", "402", "501", "502")
HOUR = timedelta(hours=1)
SPANS = {"minutes": timedelta(minutes=7), "an offer": timedelta(minutes=121), "a night": timedelta(hours=10)}
NEAR = {"nearly": timedelta(minutes=-35), "soon": timedelta(minutes=-20), "begun": timedelta(minutes=5)}
"""Moments around the begin of the next part."""
OUTCOMES: dict[type[Exception], str] = {
    SessionClosed: "closed",
    SignedUpByFamily: "family",
    SessionFull: "full",
    SlotUnknown: "begun",
    OfferGone: "gone",
    SessionTooSmall: "too small",
}

doors, voices = st.sampled_from(DOORS), st.sampled_from([*CONTACTS, None])
numbers = st.integers(1, 4)
places = st.lists(st.sampled_from([2, 3, 1, 4, None]), min_size=1, max_size=3)
wishes = st.tuples(doors, voices, st.none() | numbers, st.none() | st.integers(0, 2))
"""Which household, who says so, how many, which part."""


class SignUps(RuleBasedStateMachine):
    world: ClassVar[World]
    runner: ClassVar[asyncio.Runner]
    """Both for all examples of a test: each has a day and a session of its own."""
    ended: ClassVar[bool] = True
    """Whether the example before this one went well to its end."""

    @initialize(places=places, crowd=st.lists(wishes, min_size=6, max_size=12))
    def a_session_is_announced(self, places: list[int | None], crowd: list[WishOf]) -> None:
        if not self.ended:
            self.run(self._begun_anew())  # what failed before leaves nothing to what comes after
        type(self).ended = False
        now = self.world.clock.now()
        morning = now.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.run(self.world.passes(seconds=(morning - now).total_seconds()))
        self.begins = morning + timedelta(days=1)
        self.line = Line(morning, self._parts(places), self.begins + len(places) * HOUR)
        officer = next(iter(self.world.assistant.directory.officers.values()))

        async def create(db: Db) -> SessionView:
            return (await self.editing.create(db, self._plan(places), [], officer, morning)).session

        self.number = self.run(self._in_one(create)).number
        for wish in crowd:
            self._join(*wish)

    def teardown(self) -> None:
        if hasattr(self, "number") and self.agrees:
            self.run(self._called_off())
            type(self).ended = True

    async def _begun_anew(self) -> None:
        async with self.world.assistant.database.transaction() as db:
            await db.execute(update(sessions.Session).values(state=sessions.CANCELLED))
            await db.execute(update(DueRow).where(DueRow.state == "waiting").values(state="cancelled"))
        await start_again(self.world)

    async def _called_off(self) -> None:
        """Whoever is in or waits is to hear of it, each once; nobody is asked any more."""
        now = self.world.clock.now()
        if now >= self.line.ends_at:
            return
        officer = next(iter(self.world.assistant.directory.officers.values()))
        async with self.world.assistant.database.transaction() as db:
            made = await self.editing.cancel(db, self.number, "下大雨", officer, now)
            told = Counter(await db.scalars(select(Call.sign_up_id).where(Call.cause == "sessions.cancelled")))
            people = await sign_ups.of_session(db, made.session.id)
            asked = await db.scalars(select(DueRow.subject).where(DueRow.kind == OFFER_KIND, DueRow.state == "waiting"))
        live = [one for one in self.line.entries if one.state in LIVE]
        assert len(people) == len(live)
        # who stood on the call list already is telephoned once
        assert all(told[one.id] <= 1 for one in people)
        assert all(told[one.id] == 1 for one in people if one.contact_id is not None)
        assert list(asked) == []
        assert not any(OFFER in self._asked(contact) for contact in CONTACTS)

    @property
    def signing_up(self) -> SigningUp:
        found: SigningUp = self.world.assistant.services["signing_up"]
        return found

    @property
    def editing(self) -> Editing:
        found: Editing = self.world.assistant.services["session_editing"]
        return found

    # what happens

    @rule(crowd=st.lists(wishes, min_size=1, max_size=4))
    def join(self, crowd: list[WishOf]) -> None:
        """Somebody new, or the same household once more, by the same or another voice."""
        for wish in crowd:
            self._join(*wish)

    def _join(self, door: str, voice: str | None, people: int | None, part: int | None) -> None:
        part = None if part is None else min(part, len(self.line.parts) - 1)
        expected = self.line.join(door, voice, people, part)

        async def join(db: Db, slots: list[int]) -> None:
            who = Who(self._contact(voice), f"住户{door}", "8", "1", door)
            wish = Wish(who, people, None if part is None else slots[part])
            session = await self._session(db)
            await self.signing_up.join(db, session.id, wish, self.world.clock.now())

        self._does(join, expected)

    @rule(people=numbers, data=st.data())
    def resize(self, people: int, data: st.DataObject) -> None:
        if (entry := self._one(data, LIVE)) is not None:
            expected = self.line.resize(entry, people)
            self._of(entry, expected, lambda db, row, _: self.signing_up.resize(db, row, people, self._now))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        if (entry := self._one(data, LIVE)) is not None:
            part = data.draw(st.integers(0, len(self.line.parts) - 1))
            expected = self.line.move(entry, part)
            self._of(entry, expected, lambda db, row, slots: self.signing_up.move(db, row, slots[part], self._now))

    @rule(data=st.data(), count=st.integers(1, 3))
    def leave(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            if (entry := self._one(data, HOLDING) or self._one(data, LIVE)) is not None:
                expected = self.line.leave(entry)
                self._of(entry, expected, lambda db, row, _: self.signing_up.leave(db, row, self._now))

    @precondition(lambda self: any(one.state == OFFERED for one in self.line.entries))
    @rule()
    def nobody_answers(self) -> None:
        self.time_passes("an offer")

    @precondition(lambda self: any(one.state == OFFERED for one in self.line.entries))
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        if (entry := self._one(data, (OFFERED,)) or self._one(data, LIVE)) is not None:
            expected = self.line.accept(entry)
            self._of(entry, expected, lambda db, row, _: self.signing_up.accept(db, row, self._now))

    @rule(places=places)
    def staff_change_the_places(self, places: list[int | None]) -> None:
        expected = self.line.change(self._parts(places), self.begins + len(places) * HOUR)
        officer = next(iter(self.world.assistant.directory.officers.values()))

        async def change(db: Db, _: list[int]) -> None:
            await self.editing.change(db, self.number, self._plan(places), officer, self._now)

        self._does(change, expected)

    @rule(span=st.sampled_from([*SPANS, *NEAR]))
    def passes(self, span: str) -> None:
        self.time_passes(span)

    def time_passes(self, span: str) -> None:
        """Offers lapse, reminders go out, a part begins."""
        begins = min((part.starts_at for part in self.line.parts if part.starts_at > self._now), default=None)
        until = self._now + SPANS[span] if span in SPANS else (begins or self._now) + NEAR[span]
        if self._now < until < self.line.ends_at:
            self.run(self.world.passes(seconds=(until - self._now).total_seconds()))
            self.line.passes(until)

    @precondition(lambda self: any(one.state == OFFERED for one in self.line.entries))
    @rule()
    def another_process_goes_on(self) -> None:
        self.run(start_again(self.world))

    # what holds after every step

    @invariant()
    def the_session_is_as_the_model_says(self) -> None:
        self.agrees = False
        if hasattr(self, "number"):
            self.run(self._compare())
            assert self.line.left_empty() == []
            for contact in CONTACTS:
                asked = any(one.contact == contact and one.state == OFFERED for one in self.line.entries)
                assert (OFFER in self._asked(contact)) == asked
            self.agrees = True

    async def _compare(self) -> None:
        async with self.world.assistant.database.reading() as db:
            session = await self._session(db)
            slots = (await sessions.view(db, session, self._now)).slots
            part = {slot.id: number for number, slot in enumerate(slots)}
            rows = await db.scalars(select(SignUp).where(SignUp.session_id == session.id).order_by(SignUp.turn))
            found = list(rows.all())
            real = [
                (one.room, self._contact_of(one), one.people, part.get(one.slot_id, -1), one.state, one.turn)
                for one in found
                if one.state in LIVE
            ]
            model = [
                (one.door, one.contact, one.people, one.part, one.state, one.turn)
                for one in self.line.entries
                if one.state in LIVE
            ]
            assert real == model
            assert [one.state for one in found] == [one.state for one in self.line.entries]  # nobody is lost
            assert [(one.starts_at, one.capacity) for one in slots] == [
                (one.starts_at, one.capacity) for one in self.line.parts
            ]
            assert [slot.taken for slot in slots] == [self.line.taken(number) for number in range(len(slots))]
            holding = [(part.get(one.slot_id), one.people) for one in found if one.state in HOLDING]
            assert [slot.taken for slot in slots] == [
                sum(people for there, people in holding if there == number) for number in range(len(slots))
            ]
            assert all(slot.capacity is None or slot.taken <= slot.capacity for slot in slots)
            await self._in_order(db, found)
            await self._asked_until(db, found)

    async def _in_order(self, db: Db, found: list[SignUp]) -> None:
        """Whoever came last knows how many are before them."""
        waiting = [both for both in zip(found, self.line.entries, strict=True) if both[1].state == WAITING]
        for row, entry in waiting[-1:]:
            assert await sign_ups.place_in_line(db, row) == self.line.waiting(entry.part).index(entry) + 1

    async def _asked_until(self, db: Db, found: list[SignUp]) -> None:
        """One row for everybody who is asked, until the moment they were told."""
        planned = select(DueRow).where(DueRow.kind == OFFER_KIND, DueRow.state == "waiting")
        rows = sorted((int(row.subject), row.due_at) for row in await db.scalars(planned))
        asked = [(one, entry) for one, entry in zip(found, self.line.entries, strict=True) if one.state == OFFERED]
        assert rows == sorted((one.id, one.offered_until) for one, _ in asked)
        assert [one.offered_until for one, _ in asked] == [entry.until for _, entry in asked]

    # how it is done

    @property
    def _now(self) -> datetime:
        return self.world.clock.now()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _in_one(self, work: Callable[[Db], Awaitable[T]]) -> T:
        async with self.world.assistant.database.transaction() as db:
            return await work(db)

    def _does(self, work: Callable[[Db, list[int]], Awaitable[object]], expected: str) -> None:
        """In one transaction, which a refusal takes back."""

        async def done(db: Db) -> None:
            slots = (await sessions.view(db, await self._session(db), self._now)).slots
            await work(db, [slot.id for slot in slots])

        outcome = ""
        try:
            self.run(self._in_one(done))
        except tuple(OUTCOMES) as refusal:
            outcome = OUTCOMES[type(refusal)]
        assert outcome == ("" if expected in ("done", "again") else expected)

    def _of(self, entry: Entry, expected: str, work: Callable[[Db, int, list[int]], Awaitable[object]]) -> None:
        async def done(db: Db, slots: list[int]) -> None:
            session = await self._session(db)
            found = await db.scalars(
                select(SignUp.id).where(SignUp.session_id == session.id, SignUp.turn == entry.turn)
            )
            await work(db, found.one(), slots)

        self._does(done, expected)

    def _one(self, data: st.DataObject, states: tuple[str, ...]) -> Entry | None:
        found = [one for one in self.line.entries if one.state in states]
        return found[data.draw(st.integers(0, len(found) - 1))] if found else None

    async def _session(self, db: Db) -> sessions.Session:
        found = await sessions.by_number(db, self.world.assistant.settings.community.id, self.number)
        assert found is not None
        return found

    def _parts(self, places: list[int | None]) -> list[Place]:
        return [Place(self.begins + number * HOUR, capacity) for number, capacity in enumerate(places)]

    def _plan(self, places: list[int | None]) -> Plan:
        parts = tuple(
            SlotPlan(self.begins + number * HOUR, self.begins + (number + 1) * HOUR, capacity)
            for number, capacity in enumerate(places)
        )
        whole = Plan(Kind.LECTURE, "健康讲座", "活动室", parts[0].starts_at, parts[-1].ends_at)
        return replace(whole, slots=parts) if len(parts) > 1 else replace(whole, capacity=places[0])

    def _contact(self, voice: str | None) -> int | None:
        return None if voice is None else self.world.assistant.directory.contact(voice)

    def _contact_of(self, row: SignUp) -> str | None:
        return next((one for one in CONTACTS if self._contact(one) == row.contact_id), None)

    def _asked(self, contact: str) -> frozenset[str]:
        directory = self.world.assistant.directory
        identity = directory.contact(contact)
        assert identity is not None
        return self.signing_up._expectations.asked(Conversation(directory.account, None, identity))


@pytest.mark.parametrize("kind", KINDS)
def test_places_and_line_are_as_written_by_hand(kind: str, shelf: Shelf) -> None:
    async def opened() -> World:
        world = await open_world(Database("sqlite://" if kind == "sqlite" else shelf.migrated(kind), Vault(KEY)))
        for contact in CONTACTS:
            world.resident(contact, contact=contact)
        await world.connect("3号楼业主群")
        return world

    with asyncio.Runner() as runner:
        world = runner.run(opened())
        given = {"world": world, "runner": runner}
        run_state_machine_as_test(
            type("SignUpsHere", (SignUps,), given),
            settings=settings(
                max_examples=EXAMPLES[kind],
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=not SOAK,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(world.close())
