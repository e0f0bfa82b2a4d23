"""A storm: a hundred residents in eight groups report that the heating is cold, on SQLite with FULL. Every one must be counted.

Once in ten seconds, thirty times as fast as in the five minutes it takes people to type, and once all in the same moment. Timed
for each message from `feed` until its transaction, with what is said of it, is committed.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack

from benchmarks.ground import PEOPLE, assistant, folder, nickname, person
from benchmarks.table import Figure, Line
from benchmarks.words import COLD
from bot.delivery import Delivery
from bot.message import Inbound
from scheduler.clock import SystemClock
from storage import case_lists, messages
from tests.assistants import ZONE

REPORTS = 100
STORM_GROUPS = tuple(f"storm:{number}" for number in range(8))
GOAL_MS = 2000.0
TURNS = 3
APART_S = 0.1


def measure() -> list[Line]:
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        spread = [asyncio.run(_one(f"sqlite:///{place}/spread-{turn}.db", APART_S)) for turn in range(TURNS)]
        at_once = [asyncio.run(_one(f"sqlite:///{place}/storm-{turn}.db", 0)) for turn in range(TURNS)]
    return [
        Figure(f"{REPORTS} reports in 10 s, message to outbox, p99", _p99(spread), "ms", GOAL_MS, at_most=True),
        Figure("all in the same moment, p99", _p99(at_once), "ms"),
    ]


def _p99(turns: list[list[float]]) -> tuple[float, ...]:
    return tuple(sorted(turn)[REPORTS * 99 // 100 - 1] for turn in turns)


async def _one(url: str, apart_s: float) -> list[float]:
    async with assistant(url) as ours:
        began: dict[str, float] = {}
        took: list[float] = []
        handle = ours.dispatcher._handle

        async def timed(delivery: Delivery) -> None:
            await handle(delivery)
            took.append((time.perf_counter() - began[delivery.inbound.id]) * 1000)

        ours.dispatcher._handle = timed
        for number in range(REPORTS):
            inbound = _report(number)
            began[inbound.id] = time.perf_counter()
            await ours.dispatcher.feed(inbound)
            await asyncio.sleep(apart_s)
        await ours.dispatcher.settle()
        async with ours.database.reading() as db:
            _, people = await case_lists.totals(db, ours.settings.community.id)
            failed = await messages.count_failed(db, ours.directory.account)
        if people != REPORTS or failed:
            raise RuntimeError(f"{people} of {REPORTS} were counted, {failed} failed")
        return took


def _report(number: int) -> Inbound:
    group = STORM_GROUPS[number % len(STORM_GROUPS)]
    text = COLD.format(building=number % len(STORM_GROUPS) + 1, degrees=number % 9 + 8)
    return Inbound(
        id=f"storm-{number}",
        sender=person(number % PEOPLE),
        text=text,
        at=SystemClock(ZONE).now(),
        group=group,
        group_name=group,
        sender_name=nickname(number),
    )
