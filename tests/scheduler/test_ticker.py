"""What falls due is done once, in its time or not at all, and one that fails keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from scheduler.clock import Clock, SystemClock, VirtualClock
from scheduler.ticker import Ticker
from storage import due
from storage.audit import AuditRow, note
from storage.base import Db
from storage.database import Database
from storage.due import Due, DueRow
from storage.secrets import Vault
from tests.assistants import MORNING, ZONE
from tests.resident import World

COMMUNITY = "xingfu"
SOON = timedelta(seconds=0.3)


async def done(db: Db, row: Due) -> None:
    """A handler whose effect can be seen in the tables."""
    await note(db, COMMUNITY, at=MORNING, actor="assistant", verb="tests.done", subject=row.subject)


async def broken(db: Db, row: Due) -> None:
    await done(db, row)
    raise LookupError("a bug")


async def told(db: Db, rows: Sequence[Due], outcome: str) -> None:
    subjects = "+".join(row.subject for row in rows)
    await note(db, COMMUNITY, at=MORNING, actor="assistant", verb=f"tests.{outcome}", subject=subjects)


async def done_together(db: Db, rows: Sequence[Due]) -> None:
    """One of many may be broken."""
    for row in rows:
        await done(db, row)
        if row.subject.startswith("broken"):
            raise LookupError("a bug")


def ticker_on(database: Database, clock: Clock) -> Ticker:
    return Ticker(database, clock, COMMUNITY, {"good": done, "bad": broken}, told, {"many": done_together})


async def plan(
    database: Database, subject: str, at: datetime, kind: str = "good", late: datetime | None = None
) -> None:
    async with database.transaction() as db:
        await due.plan(db, COMMUNITY, kind, subject, at, expires_at=late)


async def happened(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as db:
        rows = await db.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.verb.removeprefix("tests."), row.subject) for row in rows]


async def states(database: Database) -> dict[str, tuple[str, str | None]]:
    async with database.reading() as db:
        return {row.subject: (row.state, row.error) for row in await db.scalars(select(DueRow))}


async def test_everything_due_is_done_in_order_and_nothing_else(database: Database) -> None:
    for minute in (2, 1, 3):
        await plan(database, f"at {minute}", MORNING + timedelta(minutes=minute))
    clock = VirtualClock(MORNING)
    ticker = ticker_on(database, clock)
    assert await ticker.tick() == 0
    clock.move_to(MORNING + timedelta(minutes=2))
    assert await ticker.tick() == 2
    assert await ticker.tick() == 0
    assert await happened(database) == [("done", "at 1"), ("done", "at 2")]
    assert await ticker.next_due() == MORNING + timedelta(minutes=3)


async def test_one_that_fails_is_tried_again_then_marked_and_told_and_the_next_is_served(database: Database) -> None:
    await plan(database, "first", MORNING, "bad")
    await plan(database, "second", MORNING, "nobody knows this kind")
    await plan(database, "third", MORNING)
    clock = VirtualClock(MORNING)
    ticker = ticker_on(database, clock)
    assert await ticker.tick() == 3
    # what the broken one had written before it broke is gone
    assert await happened(database) == [("done", "third")]
    assert (await states(database))["first"] == ("waiting", None)
    for minute in range(1, 6):
        clock.move_to(MORNING + timedelta(minutes=minute))
        await ticker.tick()
    assert await happened(database) == [("done", "third"), ("failed", "first"), ("failed", "second")]
    assert await states(database) == {
        "first": ("failed", "LookupError"),
        "second": ("failed", "KeyError"),
        "third": ("done", None),
    }


async def test_what_comes_too_late_is_skipped_and_told(database: Database) -> None:
    await plan(database, "late", MORNING, late=MORNING + timedelta(hours=1))
    await plan(database, "never too late", MORNING)
    ticker = ticker_on(database, VirtualClock(MORNING + timedelta(hours=1)))
    assert await ticker.tick() == 2
    assert await happened(database) == [("late", "late"), ("done", "never too late")]
    assert (await states(database))["late"] == ("skipped", None)


async def test_all_of_a_kind_that_come_too_late_are_told_in_one_line(database: Database) -> None:
    for number in range(5):
        at = MORNING + timedelta(minutes=number)
        await plan(database, f"late {number}", at, late=at + timedelta(minutes=1))
    await plan(database, "another kind", MORNING, "many", late=MORNING)
    await plan(database, "in time", MORNING + timedelta(minutes=2))
    ticker = ticker_on(database, VirtualClock(MORNING + timedelta(hours=1)))
    assert await ticker.tick() == 7
    assert await happened(database) == [
        ("late", "late 0+late 1+late 2+late 3+late 4"),
        ("late", "another kind"),
        ("done", "in time"),
    ]


async def test_many_of_a_kind_are_served_at_once_and_one_that_is_broken_spoils_none(database: Database) -> None:
    for number in range(300):
        await plan(database, f"{number:03}", MORNING + timedelta(seconds=number), "many")
    await plan(database, "broken", MORNING + timedelta(seconds=150), "many")
    clock = VirtualClock(MORNING + timedelta(hours=1))
    ticker = ticker_on(database, clock)
    assert await ticker.tick() == 301
    assert await happened(database) == [("done", f"{number:03}") for number in range(300)]
    for minute in range(1, 6):
        clock.move_to(MORNING + timedelta(hours=1, minutes=minute))
        await ticker.tick()
    assert (await happened(database))[300:] == [("failed", "broken")]
    assert (await states(database))["broken"] == ("failed", "LookupError")


async def test_two_tickers_on_one_database_do_everything_once(database: Database, vault: Vault) -> None:
    for number in range(20):
        await plan(database, str(number), MORNING)
    other = Database(database.url, vault)
    tickers = [ticker_on(one, VirtualClock(MORNING)) for one in (database, other)]
    assert sum(await asyncio.gather(*(ticker.tick() for ticker in tickers))) == 20
    await other.close()
    assert sorted(await happened(database)) == sorted(("done", str(number)) for number in range(20))


async def test_a_handler_may_plan_what_comes_next(database: Database) -> None:
    async def again(db: Db, row: Due) -> None:
        await done(db, row)
        if int(row.subject) < 3:
            await due.plan(db, COMMUNITY, "again", str(int(row.subject) + 1), row.due_at)

    await plan(database, "1", MORNING, "again")
    ticker = Ticker(database, VirtualClock(MORNING), COMMUNITY, {"again": again}, told)
    assert await ticker.tick() == 3
    assert await happened(database) == [("done", "1"), ("done", "2"), ("done", "3")]


@asynccontextmanager
async def running(ticker: Ticker) -> AsyncIterator[None]:
    task = asyncio.create_task(ticker.run())
    yield
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(question: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await question():
            await asyncio.sleep(0.02)


async def test_the_alarm_rings_when_a_row_falls_due(database: Database) -> None:
    clock = SystemClock(ZONE)
    falls_due = clock.now() + SOON
    await plan(database, "soon", falls_due)
    async with running(ticker_on(database, clock)):
        await until(lambda: _is_done(database))
        assert falls_due <= clock.now() < falls_due + timedelta(seconds=3)


async def test_what_was_missed_while_nothing_ran_is_done_at_the_start(database: Database) -> None:
    clock = SystemClock(ZONE)
    await plan(database, "yesterday", clock.now() - timedelta(days=1))
    async with running(ticker_on(database, clock)):
        await until(lambda: _is_done(database))


async def test_something_planned_meanwhile_is_not_overslept(database: Database) -> None:
    clock = SystemClock(ZONE)
    await plan(database, "tomorrow", clock.now() + timedelta(days=1))
    ticker = ticker_on(database, clock)
    async with running(ticker):
        await asyncio.sleep(0.1)
        await plan(database, "soon", clock.now() + SOON)
        ticker.wake()
        await until(lambda: _is_done(database))
    assert await happened(database) == [("done", "soon")]


async def test_a_database_that_is_away_for_a_moment_stops_nothing(database: Database, vault: Vault) -> None:
    clock = SystemClock(ZONE)
    ticker = ticker_on(database, clock)
    other = Database(database.url, vault)

    async def rename(before: str, after: str) -> None:
        async with other.transaction() as db:
            await db.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    await rename("due", "away")
    async with running(ticker):
        await asyncio.sleep(0.2)
        await rename("away", "due")
        await plan(other, "soon", clock.now())
        ticker.wake()
        await until(lambda: _is_done(database))
    await other.close()


async def _is_done(database: Database) -> bool:
    return bool(await happened(database))


class TestInTheHouse:
    """The same, as staff see it."""

    @pytest.mark.parametrize(("kind", "words"), [("retention", "没能按时做"), ("unheard of", "没做成")])
    async def test_staff_are_told(self, world_on_both: World, kind: str, words: str) -> None:
        li = world_on_both.staff("李主任")
        late = MORNING + timedelta(hours=1) if kind == "retention" else None
        await plan(world_on_both.assistant.database, "1", MORNING, kind, late)
        world_on_both.clock.move_to(MORNING + timedelta(hours=2))
        await world_on_both.passes(minutes=5)  # a failing one is tried a few times first
        assert len(li.heard) == 1
        assert words in li.heard[0]

    async def test_what_is_older_than_its_retention_goes_every_night(self, world_on_both: World) -> None:
        wang = world_on_both.resident("王阿姨")
        await wang.says("你都能干啥")
        kept = "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox)"
        for days, left in ((179, (1, 1)), (2, (0, 0))):
            await world_on_both.passes(days=days)
            async with world_on_both.assistant.database.reading() as db:
                assert (await db.execute(text(kept))).one() == left
        async with world_on_both.assistant.database.reading() as db:
            assert await due.is_waiting(db, COMMUNITY, "retention")

    async def test_a_question_that_nobody_answers_is_closed_and_said_once(self, world_on_both: World) -> None:
        wang = world_on_both.resident("王阿姨")
        await wang.says("楼道灯坏了三天没人管")
        asked = len(wang.heard)
        await world_on_both.passes(minutes=29)
        assert len(wang.heard) == asked
        await world_on_both.passes(minutes=2)
        assert len(wang.heard) == asked + 1
        assert "一直没等到地点" in wang.heard[-1]
        await world_on_both.passes(hours=3)
        assert len(wang.heard) == asked + 1
