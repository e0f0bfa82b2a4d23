"""Rows that fall due: a tick that finds nothing among 100,000; one that finds 10,000 and enqueues a message for each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert

from benchmarks.ground import assistant, on_both, person
from benchmarks.table import Figure, Line
from bot.app import Assistant
from bot.context import Post
from bot.posting import Posting
from scheduler.clock import VirtualClock
from scheduler.ticker import Ticker
from storage.base import Db
from storage.database import Database
from storage.due import Due, DueRow
from tests.assistants import MORNING

WAITING = 100_000
DUE = 10_000
GOAL_TICK_MS = 1.0
GOAL_DUE_S = 3.0
TICKS = 200
TURNS = 3
A_STATEMENT = 5_000
KIND = "bench.remind"


def measure() -> list[Line]:
    return on_both(lambda url, name: asyncio.run(_on(url, name)))


async def _on(url: str, name: str) -> list[Line]:
    async with assistant(url) as ours:
        async with ours.database.transaction() as db:
            await db.execute(delete(DueRow))  # what the house plans for itself is none of this
        await _fill(ours.database, ours.settings.community.id, "waiting", WAITING, MORNING + timedelta(days=1))
        ticker, clock = _ticker(ours)
        ticks = [await _timed(ticker) * 1000 for _ in range(TICKS)]
        seconds = []
        for turn in range(TURNS):
            await _fill(ours.database, ours.settings.community.id, str(turn), DUE, clock.now())
            seconds.append(await _timed(ticker, DUE))
    return [
        Figure(f"{name}: a tick with nothing due among {WAITING:,}", tuple(ticks), "ms", GOAL_TICK_MS, at_most=True),
        Figure(f"{name}: {DUE:,} due, claimed and enqueued", tuple(seconds), "s", GOAL_DUE_S, at_most=True),
    ]


def _ticker(ours: Assistant) -> tuple[Ticker, VirtualClock]:
    """A kind that is served as reminders are, many at once, each said to its own person."""
    clock = VirtualClock(MORNING)
    posting = Posting(ours.directory, ours.replies, str, lambda: None)
    contacts = [ours.directory.contact(person(number)) for number in range(100)]

    async def remind(db: Db, rows: Sequence[Due]) -> None:
        posts = [
            Post("late", {"text": row.subject}, contact=contacts[row.id % len(contacts)], kind="reminder")
            for row in rows
        ]
        await posting.post(db, posts, clock.now())

    async def told(_db: Db, rows: Sequence[Due], outcome: str) -> None:
        raise RuntimeError(f"{len(rows)} rows were {outcome}")

    return Ticker(ours.database, clock, ours.settings.community.id, {}, told, {KIND: remind}), clock


async def _timed(ticker: Ticker, expected: int = 0) -> float:
    began = time.perf_counter()
    done = await ticker.tick()
    took = time.perf_counter() - began
    if done != expected:
        raise RuntimeError(f"{done} of {expected} rows were done")
    return took


async def _fill(database: Database, community: str, mark: str, count: int, at: datetime) -> None:
    rows = [
        {
            "community": community,
            "kind": KIND,
            "subject": f"{mark}-{number}",
            "due_at": at,
            "try_at": at,
            "state": "waiting",
            "attempts": 0,
            "data": {"person": number},
        }
        for number in range(count)
    ]
    async with database.transaction() as db:
        for first in range(0, count, A_STATEMENT):
            await db.execute(insert(DueRow), rows[first : first + A_STATEMENT])
