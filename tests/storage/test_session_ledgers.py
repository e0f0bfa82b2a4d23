"""Ledgers of sessions and what is known of a visitor, on both databases."""

from __future__ import annotations

from datetime import timedelta

from intents.sessions.dosing import Dosing
from intents.sessions.signing_up import Wish
from intents.sessions.typed_back import Paper, PaperRow, TypingBack
from storage import accounts, doses, session_ledgers, sessions, sign_ups, visitors
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database
from storage.session_ledgers import Turnout
from storage.session_plan import Kind, Plan, SlotPlan
from storage.sign_ups import Who
from storage.visitors import Household
from tests.assistants import MORNING
from tests.sessions.offices import SATURDAY, made, office, plan

AFTER = SATURDAY + timedelta(days=1)


async def test_who_came_of_those_who_had_signed_up_and_besides(database: Database) -> None:
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        lecture = await made(db, plan(capacity=5))
        other = await made(db, plan(capacity=None))
        ids = []
        for number, people in enumerate((2, 2, 1, 3)):
            wish = Wish(Who(None, f"住户{number}", "8", "1", str(100 + number)), people)
            ids.append((await signing_up.join(db, lecture.id, wish, MORNING))[0].sign_up.id)
        await signing_up.leave(db, ids[2], MORNING)
        walked_in = await signing_up.join(
            db, lecture.id, Wish(Who(None, "孙大爷"), 1, source="walk_in"), SATURDAY, late=True
        )
        for identity in (ids[0], walked_in[0].sign_up.id):
            row = await sign_ups.by_id(db, identity)
            assert row is not None
            await sign_ups.arrive(db, row, 1, SATURDAY)
        called_off = await sessions.by_number(db, "xingfu", other.number)
        assert called_off is not None
        await sessions.end(db, called_off, sessions.CANCELLED, MORNING)
    async with database.reading() as db:
        first, second = await session_ledgers.sessions(db, "xingfu", 0)
        [kind] = await session_ledgers.by_kind(db, "xingfu", MORNING, AFTER)
        counted = await session_ledgers.count_sign_ups(db, "xingfu", None, AFTER)
        lines = await session_ledgers.sign_ups(db, "xingfu", 0)
        none = await session_ledgers.sessions(db, "xingfu", 0, AFTER)
    assert first.turnout == Turnout(signed=4, waiting=3, cancelled=1, came=2, came_of_them=1, counted=True)
    assert (first.turnout.absent, first.turnout.share.percent, first.capacity) == (3, 25, 5)
    assert (second.turnout, second.capacity, second.state) == (Turnout(), None, "cancelled")
    assert (kind.kind, kind.held, kind.called_off, kind.turnout.came) == ("lecture", 1, 1, 2)
    assert counted["state"] == {"cancelled": (1, 1), "confirmed": (3, 5), "waiting": (1, 3)}
    assert [line.name for line in lines] == ["住户0", "住户1", "住户2", "住户3", "孙大爷"]
    assert none == []


async def test_doses_by_day_and_brand(database: Database) -> None:
    signing_up, directory = await office(database)
    async with database.transaction() as db:
        vaccination = Plan(
            Kind.VACCINATION, "接种", "门口", SATURDAY, SATURDAY + timedelta(hours=3), brand="流感", dose=1, slip=True
        )
        view = await made(db, vaccination)
        for number in range(3):
            await signing_up.join(db, view.id, Wish(Who(None, f"住户{number}", "8", "1", str(number)), 1), MORNING)
        rows = tuple(PaperRow(5 + at, code=f"{at + 1:03d}", arrived="1") for at in range(3))
        back = TypingBack("xingfu", signing_up, Dosing(directory))
        entered = await back.enter(db, Paper(view.number, rows), AFTER)
        again = await back.enter(db, Paper(view.number, rows), AFTER + timedelta(days=1))
    assert (entered.marked, entered.people, again.marked, again.same) == (3, 3, 0, 3)
    async with database.reading() as db:
        lines = await session_ledgers.doses(
            db, "xingfu", 0, SATURDAY.replace(hour=0, minute=0), AFTER.replace(hour=0, minute=0)
        )
        assert await session_ledgers.count_doses(db, "xingfu", None, None) == [("流感", 1, 3)]
        assert await doses.count(db, "xingfu", SATURDAY.date(), AFTER.date()) == 3
    assert [(line.number, line.slip, line.given_on) for line in lines] == [
        (view.number, slip, SATURDAY.date()) for slip in (1, 2, 3)
    ]


async def test_a_visitor_is_known_by_contact_or_door_and_not_by_who_called_for_them(database: Database) -> None:
    signing_up, directory = await office(database)
    async with database.transaction() as db:
        contacts = [await _contact(db, directory, name) for name in ("wx_a", "wx_b")]
        hour = timedelta(hours=1)
        slots = tuple(SlotPlan(SATURDAY + n * hour, SATURDAY + (n + 1) * hour, 1) for n in range(4))
        view = await made(db, Plan(Kind.APPOINTMENT, "书记接待", "大厅", SATURDAY, SATURDAY + 4 * hour, slots=slots))
        people = (
            Who(contacts[0], "王阿姨", "3", "2", "501"),
            Who(contacts[0], "李大爷", "9", "1", "101", for_other=True),
        )
        for at, who in enumerate(people):
            await signing_up.join(db, view.id, Wish(who, 1, view.slots[at].id), MORNING)
    async with database.reading() as db:

        async def of(who: Household) -> list[str]:
            return [one.code for one in await visitors.visits_of(db, "xingfu", who, AFTER)]

        assert await of(Household(contacts[0], None, None, None)) == ["001"]
        assert await of(Household(None, "9", "1", "101")) == ["002"]
        assert await of(Household(contacts[1], "3", None, "501")) == ["001"]
        assert await of(Household(contacts[1], "3", "1", "501")) == []
        assert await of(Household(None, None, None, None)) == []
        assert await visitors.visits_of(db, "xingfu", Household(contacts[0], None, None, None), MORNING) == []
        assert await visitors.cases_of(db, "xingfu", Household(contacts[0], "3", "2", "501")) == []


async def _contact(db: Db, directory: Directory, raw: str) -> int:
    return await accounts.ensure_contact(db, directory, raw, name=raw, friend=True)
