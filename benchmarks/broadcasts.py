"""A notice to 200 groups with 100 people each: which groups are meant, planned, begun, and shown with what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.ground import assistant, on_both
from benchmarks.table import Figure, Line
from bot.app import Assistant
from intents.notices.broadcasting import Broadcasting
from storage import accounts
from storage.accounts import Officer
from storage.base import Db
from tests.assistants import MORNING

GROUPS = 200
PEOPLE = 100
"""In each group; half of them are also in the next one."""
TURNS = 7
GOAL_MS = 200
CHOICE = f"1-{GROUPS}栋 明天上午停水"
TEXT = "明天上午八点到下午五点停水，请提前接水。"


def measure() -> list[Line]:
    return on_both(lambda url, name: asyncio.run(_on(url, name)))


async def _on(url: str, name: str) -> list[Line]:
    async with assistant(url) as ours:
        groups = await _people(ours)
        broadcasting: Broadcasting = ours.services["broadcasting"]
        by = Officer(await _officer(ours), "李主任", "admin")
        numbers: list[str] = []

        async def choose(_db: Db) -> None:
            chosen = ours.services["groups"].choose(CHOICE)
            if len(chosen.groups) != GROUPS:
                raise LookupError(f"{len(chosen.groups)} groups were found, not {GROUPS}")

        async def plan(db: Db) -> None:
            await broadcasting.plan(db, groups, MORNING)

        async def begin(db: Db) -> None:
            begun = await broadcasting.begin(db, TEXT, groups, by=by, now=MORNING, alone=True)
            numbers.append(begun.number)

        async def show(db: Db) -> None:
            await broadcasting.shown(db, numbers[-1])

        async def hold(db: Db) -> None:
            await broadcasting.pause(db, numbers.pop(), by, MORNING)

        return [
            Figure(
                f"{name}: groups named by {GROUPS} buildings", await _timed(ours, choose), "ms", GOAL_MS, at_most=True
            ),
            Figure(f"{name}: planned for {GROUPS} groups", await _timed(ours, plan), "ms", GOAL_MS, at_most=True),
            Figure(f"{name}: begun in {GROUPS} groups", await _timed(ours, begin), "ms"),
            Figure(f"{name}: shown with {GROUPS} groups", await _timed(ours, show), "ms"),
            Figure(f"{name}: held in {GROUPS} groups", await _timed(ours, hold), "ms"),
        ]


async def _timed(ours: Assistant, work: Callable[[Db], Awaitable[None]]) -> tuple[float, ...]:
    """Each with its transaction, to the commit."""
    spent = []
    for _ in range(TURNS):
        start = time.perf_counter()
        async with ours.database.transaction() as db:
            await work(db)
        spent.append((time.perf_counter() - start) * 1000)
    return tuple(spent)


async def _people(ours: Assistant) -> Sequence[int]:
    groups = []
    async with ours.database.transaction() as db:
        members = [
            await accounts.ensure_contact(db, ours.directory, f"wx_{number}", name=f"邻居{number}")
            for number in range((GROUPS + 1) * PEOPLE // 2)
        ]
        for number in range(GROUPS):
            group = await accounts.ensure_group(db, ours.directory, f"room:{number}", f"{number + 1}号楼业主群")
            groups.append(group)
            for contact in members[number * PEOPLE // 2 : number * PEOPLE // 2 + PEOPLE]:
                await accounts.ensure_member(db, ours.directory, group, contact, "")
    return groups


async def _officer(ours: Assistant) -> int:
    async with ours.database.transaction() as db:
        return await accounts.ensure_contact(db, ours.directory, "wx_li", name="李主任")
