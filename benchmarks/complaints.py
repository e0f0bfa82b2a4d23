"""A complaint from `feed` to commit: inbox, case, audit and outbox rows, on SQLite with FULL and a PostgreSQL that syncs.

Fed as a channel feeds: in order, without waiting for each; the clock stops once all of them are committed. The sender does not
run. Beside it, the same number of rows written by the bare driver, so that a slow disk is told from slow code.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import words
from benchmarks.ground import PEOPLE, assistant, folder, group_message, postgresql
from benchmarks.statements import Statements
from benchmarks.table import Absent, Line, per_second
from bot.app import Assistant
from scheduler.clock import SystemClock
from storage import audit, case_lists
from tests.assistants import ZONE

COMPLAINTS = 200
TURNS = 5
GOALS = {"SQLite": 100.0, "PostgreSQL": 80.0}
ROWS_EACH = 5
"""Inbox, case, reporter, audit, outbox."""


def measure() -> list[Line]:
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        urls = {"SQLite": f"sqlite:///{place}/complaints.db"}
        lines: list[Line] = []
        try:
            urls["PostgreSQL"] = stack.enter_context(postgresql(place))
        except (ImportError, OSError, RuntimeError) as fault:
            lines.append(Absent("complaints on PostgreSQL", f"{type(fault).__name__}: {fault}"))
        return [*asyncio.run(_measured(urls, place)), *lines]


async def _measured(urls: dict[str, str], place: Path) -> list[Line]:
    ours: dict[str, list[float]] = {name: [] for name in urls}
    bare: dict[str, list[float]] = {name: [] for name in urls}
    notes: dict[str, str] = {}
    for turn in range(TURNS + 1):
        for name, url in urls.items():
            seconds, note = await _filed(url, turn)
            floor = await asyncio.to_thread(bare_sqlite if name == "SQLite" else _bare_postgresql, place, url)
            if turn:  # the first is to warm up
                ours[name].append(seconds)
                bare[name].append(floor)
            notes[name] = note
    lines: list[Line] = []
    for name in urls:
        lines += [
            per_second(f"complaints, {name}", COMPLAINTS, ours[name], GOALS[name], notes[name]),
            per_second(f"{name}: {ROWS_EACH} rows and a commit, bare driver", COMPLAINTS, bare[name]),
        ]
    return lines


async def _filed(url: str, turn: int) -> tuple[float, str]:
    async with assistant(url) as ours:
        before = await _counted(ours)
        texts = words.complaints(COMPLAINTS, start=turn * COMPLAINTS)
        now = SystemClock(ZONE).now()
        inbounds = [group_message(turn * COMPLAINTS + number, text, now) for number, text in enumerate(texts)]
        with Statements(ours.database) as statements:
            start = time.perf_counter()
            for inbound in inbounds:
                await ours.dispatcher.feed(inbound)
            await ours.dispatcher.settle()
            seconds = time.perf_counter() - start
        if await _counted(ours) - before != COMPLAINTS:
            raise RuntimeError(f"{await _counted(ours) - before} of {COMPLAINTS} complaints were counted")
        return seconds, f"{statements.count / COMPLAINTS:.1f} SQL statements a complaint, BEGIN and COMMIT not counted"


async def _counted(ours: Assistant) -> int:
    """Reports of numbered cases; some of them join others. Each case must have its story."""
    async with ours.database.reading() as db:
        _, people = await case_lists.totals(db, ours.settings.community.id)
        newest = await case_lists.latest(db, ours.settings.community.id, 1)
        if newest and not await audit.story(db, ours.settings.community.id, f"complaint:{newest[0].id}"):
            raise RuntimeError("a case without an audit row")
    return people


_TEXT = "x" * 300


def bare_sqlite(place: Path, _url: str) -> float:
    with closing(sqlite3.connect(place / "bare.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return _bare(connection, "BEGIN IMMEDIATE", "INTEGER PRIMARY KEY", "?")


def _bare_postgresql(_place: Path, url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        return _bare(connection, "BEGIN", "SERIAL PRIMARY KEY", "%s")


def _bare(connection: Any, begin: str, key: str, mark: str) -> float:
    tables: Sequence[str] = [f"bare_{number}" for number in range(ROWS_EACH)]
    for table in tables:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id {key}, number INTEGER, text TEXT)")
    start = time.perf_counter()
    for number in range(COMPLAINTS):
        connection.execute(begin)
        for table in tables:
            connection.execute(f"INSERT INTO {table} (number, text) VALUES ({mark}, {mark})", (number % PEOPLE, _TEXT))
        connection.execute("COMMIT")
    return time.perf_counter() - start
