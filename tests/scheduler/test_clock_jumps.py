"""The clock jumps by a day, forward or back, or two look at one database at once, as two processes do: no reminder is
said twice, none is lost, none is said when it is of no use any more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from intents.sessions.editing import Editing
from intents.sessions.signing_up import SigningUp, Wish
from storage.base import Db
from storage.calls import Call
from storage.database import Database
from storage.due import DueRow
from storage.messages import OutboxRow
from storage.session_plan import Kind, Plan
from storage.sign_ups import Who
from tests.assistants import MORNING, assembled, open_world
from tests.resident import GROUP, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGINS = MORNING + 3 * DAY + 4 * HOUR
"""A Saturday, 14:00."""
REMINDED = ("sessions.reminder", "sessions.group_reminder")
SESSIONS = 12


@pytest.fixture
async def town(database: Database) -> AsyncIterator[World]:
    """A group with three in it: a friend of ours, one who is none, and one who will telephone."""
    world = await open_world(database)
    world.resident("3-2-501 王阿姨", contact="wang")
    world.resident("5-1-302 赵姐", contact="zhao", friend=False)
    await world.connect(GROUP)
    yield world
    await world.close()


async def _session(world: World, begins: datetime = BEGINS) -> int:
    """A lecture with all three of them."""
    assistant, now = world.assistant, world.clock.now()
    editing: Editing = assistant.services["session_editing"]
    signing_up: SigningUp = assistant.services["signing_up"]
    directory = assistant.directory
    group = directory.group(f"room:{GROUP}")
    assert group is not None
    officer = next(iter(directory.officers.values()))
    plan = Plan(Kind.LECTURE, "健康讲座", "活动室", begins, begins + 2 * HOUR, capacity=20)
    async with assistant.database.transaction() as db:
        made = await editing.create(db, plan, [group], officer, now)
        for contact, name in (("wang", "王阿姨"), ("zhao", "赵姐"), (None, "老马")):
            who = Who(None if contact is None else directory.contact(contact), name, phone="13800000000")
            await signing_up.join(db, made.session.id, Wish(who, group=group), now)
    return made.session.id


async def _reminders(db: Db, key: str) -> list[datetime]:
    found = select(OutboxRow.created_at).where(OutboxRow.reply_key == key).order_by(OutboxRow.id)
    return list(await db.scalars(found))


async def test_a_day_forward_and_back_nobody_is_reminded_twice(town: World) -> None:
    """Set wrong by a day, the clock is put right: what was said early is not said again, what was not comes in its time."""
    session = await _session(town)
    await town.passes(days=1)
    town.clock._now = BEGINS - 3 * HOUR  # nearly a day ahead
    await town.passes(minutes=1)
    town.clock._now -= DAY
    restarted = await assembled(town.assistant.database, town.channel, town.clock, town.assistant.settings)
    town.assistant = restarted
    await town.passes(hours=22)
    await town.passes(hours=8)
    async with town.assistant.database.reading() as db:
        private, group = [await _reminders(db, key) for key in REMINDED]
        causes = Counter((await db.execute(select(Call.cause, Call.way).where(Call.session_id == session))).all())
    assert len(private) == len(group) == 2
    assert all(at < BEGINS for at in (*private, *group))
    assert causes == {
        ("sessions.day", "private"): 1,
        ("sessions.day", "group"): 1,
        ("sessions.hours", "private"): 1,
        ("sessions.hours", "group"): 1,
        ("sessions.day", "call"): 1,
    }


@pytest.mark.parametrize(
    ("hours_before", "reminded"), [(3, 1), (1, 1), (-1, 0)], ids=["in time", "after the last step", "once it has begun"]
)
async def test_over_a_jump_forward_is_said_what_is_still_of_use(town: World, hours_before: int, reminded: int) -> None:
    """From before the first reminder to shortly before or after the begin."""
    await _session(town)
    town.clock.move_to(BEGINS - hours_before * HOUR)
    await town.passes(minutes=1)
    async with town.assistant.database.reading() as db:
        private, group = [await _reminders(db, key) for key in REMINDED]
        states = Counter(
            await db.scalars(select(DueRow.state).where(DueRow.kind.in_(["sessions.day", "sessions.hours"])))
        )
    assert len(private) == len(group) == reminded
    assert states["done"] == reminded
    skipped = {3: 0, 1: 1, -1: 2}[hours_before]
    assert states["skipped"] == skipped
    assert (skipped > 0) == any("没能按时做" in text for text in town.staff("李主任").heard)


async def test_two_who_look_at_once_remind_of_each_session_once(town: World) -> None:
    """Both look at the same moment, with the sessions of a busy Saturday."""
    for number in range(SESSIONS):
        await _session(town, BEGINS + number * timedelta(minutes=10))
    town.clock.move_to(BEGINS - DAY + 3 * HOUR)
    settings, database = town.assistant.settings, town.assistant.database
    url = database.url.render_as_string(hide_password=False)
    others = [await assembled(Database(url, database.vault), town.channel, town.clock, settings) for _ in range(2)]
    counts = await asyncio.gather(*(one.ticker.tick() for one in others))
    async with database.reading() as db:
        private, group = [await _reminders(db, key) for key in REMINDED]
        people = select(Call.person, func.count()).where(Call.cause == "sessions.day").group_by(Call.person)
        told = [count for _, count in await db.execute(people)]
        waiting = select(func.count()).where(DueRow.kind == "sessions.day", DueRow.state == "waiting")
        assert (await db.execute(waiting)).scalar_one() == 0
    assert sum(counts) >= SESSIONS
    assert len(private) == len(group) == SESSIONS
    assert told == [1] * 3 * SESSIONS
    for one in others:
        await one.close()
