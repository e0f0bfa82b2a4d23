"""A thousand neighbours sign up within the same second for 200 places, through the whole assistant, on both databases.

Timed from the first message fed until all are committed. Each gives a door of its own, in one of eight groups. Exactly 200 must
be in and 800 in line, in the order in which they were counted; a group must hear a few lines, not one for each.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from benchmarks.ground import assistant, on_both, settings
from benchmarks.statements import Statements
from benchmarks.table import Figure, Line
from bot.app import Assistant
from bot.channels.simulator import Simulator
from bot.message import Connected, Inbound, Member, RosterGroup
from scheduler.clock import SystemClock
from storage import messages, sessions, sign_ups
from storage.messages import OutboxRow
from storage.sign_ups import LIVE, State
from tests.assistants import ZONE

PEOPLE = 1_000
PLACES = 200
GROUPS = tuple(f"lecture:{number}" for number in range(8))
STAFF = "wx_li"
NICKNAME = "住户{}"
GOAL_S = 20.0
MOST_LINES = 30
"""In all groups together."""
TURNS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    seconds: float
    statements: int
    lines: int


def measure() -> list[Line]:
    return on_both(_on)


def _on(url: str, name: str) -> list[Line]:
    """A turn needs a database that nobody has signed up in: files as many as wanted, of the server's the one."""
    urls = [f"{url}-{turn}" for turn in range(TURNS)] if name == "SQLite" else [url]
    return _figures(name, [asyncio.run(_one(each)) for each in urls])


def _figures(name: str, turns: list[Turn]) -> list[Line]:
    seconds = tuple(turn.seconds for turn in turns)
    statements = tuple(turn.statements / PEOPLE for turn in turns)
    said = tuple(float(turn.lines) for turn in turns)
    return [
        Figure(f"{PEOPLE:,} for {PLACES} places, {name}", seconds, "s", GOAL_S, at_most=True),
        Figure(f"statements a sign-up, {name}", statements, ""),
        Figure(f"lines that the groups hear, {name}", said, "", MOST_LINES, at_most=True),
    ]


async def _one(url: str) -> Turn:
    clock = SystemClock(ZONE)
    named = [(person, NICKNAME.format(person)) for person in map(_person, range(PEOPLE))]
    everybody = tuple(Member(person, name, name, friend=True) for person, name in named)
    rosters = tuple(RosterGroup(group, group, everybody[number :: len(GROUPS)]) for number, group in enumerate(GROUPS))
    channel = Simulator(Connected("bot", "小助手", clock.now(), rosters, everybody), clock.now)
    async with assistant(url, channel, settings()) as ours:
        await ours.dispatcher.feed(channel.connected)
        await _announced(ours)
        before = await _lines(ours)
        with Statements(ours.database) as asked:
            began = time.perf_counter()
            for number in range(PEOPLE):
                await ours.dispatcher.feed(_inbound(f"in-{number}", _person(number), _words(number), _group(number)))
            await ours.dispatcher.settle()
            seconds = time.perf_counter() - began
        await _check(ours)
        return Turn(seconds, asked.count, await _lines(ours) - before)


async def _announced(ours: Assistant) -> None:
    """By a sentence of staff, as always."""
    for number, text in enumerate((f"活动 大后天上午8:30-11:30活动室健康讲座 名额{PLACES}", "确认")):
        await ours.dispatcher.feed(_inbound(f"staff-{number}", STAFF, text, None))
        await ours.dispatcher.settle()


async def _check(ours: Assistant) -> None:
    async with ours.database.reading() as db:
        now = SystemClock(ZONE).now()
        [session] = await sessions.open_ones(db, ours.settings.community.id, now)
        view = await sessions.view(db, session, now)
        rows = await sign_ups.of_session(db, session.id, LIVE)
        failed = await messages.count_failed(db, ours.directory.account)
    states = Counter(row.state for row in rows)
    if failed or states != {State.CONFIRMED: PLACES, State.WAITING: PEOPLE - PLACES} or view.taken != PLACES:
        raise RuntimeError(f"{dict(states)}, {view.taken} places taken, {failed} messages failed")
    if [row.turn for row in rows] != list(range(1, PEOPLE + 1)) or any(
        row.state != (State.CONFIRMED if row.turn <= PLACES else State.WAITING) for row in rows
    ):
        raise RuntimeError("they are not in order")


async def _lines(ours: Assistant) -> int:
    """How many stand in the outbox."""
    async with ours.database.reading() as db:
        return (await db.execute(select(func.count()).select_from(OutboxRow))).scalar_one()


def _person(number: int) -> str:
    return f"wx_neighbour_{number}"


def _group(number: int) -> str:
    return GROUPS[number % len(GROUPS)]


def _words(number: int) -> str:
    return f"报名 {1 + number // 100}-{1 + number // 25 % 4}-{101 + number % 25}"


def _inbound(identity: str, sender: str, text: str, group: str | None) -> Inbound:
    now = SystemClock(ZONE).now()
    return Inbound(
        id=identity,
        sender=sender,
        text=text,
        at=now,
        group=group,
        group_name=group or "",
        sender_name=NICKNAME.format(sender),
        friend=True,
    )
