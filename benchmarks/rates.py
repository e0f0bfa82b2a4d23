"""The rates of a period over a ledger of 50,000 cases on SQLite, a year and a month of it, asked as the staff command asks."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
from datetime import datetime, timedelta
from typing import Any

from benchmarks.ground import folder
from benchmarks.seeding import COMMUNITY, UNTIL, YEAR, seeded
from benchmarks.table import Figure, Line
from storage.database import Database
from storage.rates import Rates, rates
from storage.secrets import Vault
from tests.databases import KEY

CASES = 50_000
TIMES = 60
GOAL_MS = 300.0
PERIODS: dict[str, Any] = {"a year": YEAR, "a month": timedelta(days=30)}


def measure() -> list[Line]:
    with folder() as place:
        return asyncio.run(_measured(f"sqlite:///{place}/rates.db"))


async def _measured(url: str) -> list[Line]:
    database = Database(url, Vault(KEY))
    try:
        start = time.perf_counter()
        await seeded(database, CASES)
        note = f"{CASES:,} cases written in {time.perf_counter() - start:.0f} s"
        return [await _figure(database, name, UNTIL - length, note) for name, length in PERIODS.items()]
    finally:
        await database.close()


async def _figure(database: Database, name: str, since: datetime, note: str) -> Figure:
    samples, worked = [], []
    for _ in range(TIMES + 1):
        start, before = time.perf_counter(), time.process_time()
        counted = await _rates(database, since)
        samples.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - before) * 1000)
    del samples[0]  # compiles the statements
    p99 = sorted(samples)[math.ceil(len(samples) * 0.99) - 1]
    busy = f"{statistics.median(worked):.0f} ms of the processor"  # what is left where others share the machine
    told = f"{counted.cases:,} cases, {counted.people:,} reporters, {counted.satisfied.whole:,} last words"
    return Figure(
        f"rates of {name}",
        tuple(samples),
        "ms",
        GOAL_MS,
        at_most=True,
        note=f"p99 {p99:.0f} ms; {busy}; {told}; {note}",
    )


async def _rates(database: Database, since: datetime) -> Rates:
    async with database.reading() as db:
        return await rates(db, COMMUNITY, since, UNTIL, UNTIL)
