"""Through a real Wechaty gateway with pacing off: what is received and screened, and what is answered with everything durable.

The gateway is a Node process on this machine and shares its cores; what it does counts in these figures.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import words
from benchmarks.complaints import COMPLAINTS as BARE_COMMITS
from benchmarks.complaints import bare_sqlite
from benchmarks.ground import GROUPS, PEOPLE, assistant, folder, nickname, person
from benchmarks.statements import Statements
from benchmarks.table import Absent, Line, per_second
from bot.app import Assistant
from bot.channels.base import Feed
from bot.channels.wechaty import WechatyChannel
from bot.cli.local_gateway.install import Unavailable, install
from bot.message import Event, Inbound, Outbound
from storage import messages
from tests.gateway.listening import channel_to
from tests.gateway.rig import Contact, Gateway, Room, World, until

CHATTER = 1500
COMPLAINTS = 150
TURNS = 3
GOAL_SCREENED = 400.0
GOAL_ANSWERED = 60.0
CHATTER_TEXT = "晚上谁去广场跳舞呀"
PATIENCE_S = 120
QUICK_LINK = {"watchdog_interval_s": 5.0, "call_timeout_s": 10.0, "send_timeout_s": 10.0}


def measure() -> list[Line]:
    try:
        install()
    except Unavailable as missing:
        return [Absent("through the real gateway", str(missing))]
    with folder() as place:
        gateway = Gateway(_world()).start()
        try:
            return asyncio.run(_measured(gateway, place))
        finally:
            gateway.stop()


def _world() -> World:
    people = tuple(Contact(person(number), nickname(number)) for number in range(PEOPLE))
    members = ("bot", *(one.id for one in people))
    aliases = {person(number): nickname(number) for number in range(PEOPLE)}
    rooms = tuple(Room(group, group, members, aliases) for group in GROUPS)
    return World("bot", (Contact("bot", "小助手"), *people), rooms)


@dataclass
class Counting:
    """The channel, with a count of the messages that the assistant has taken."""

    channel: WechatyChannel
    screened: int = 0
    echoes: bool = True

    async def run(self, feed: Feed) -> None:
        async def counted(event: Event) -> None:
            await feed(event)
            self.screened += isinstance(event, Inbound)

        await self.channel.run(counted)

    async def send(self, outbound: Outbound) -> str | None:
        return await self.channel.send(outbound)


@dataclass
class Times:
    screened: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    statements: float = 0.0
    screened_calls: str = ""
    answered_calls: str = ""


async def _measured(gateway: Gateway, place: Path) -> list[Line]:
    times = Times()
    channel = Counting(channel_to(gateway, **QUICK_LINK))
    async with _serving(gateway, channel, place) as serving:
        for turn in range(TURNS + 1):
            screened, screened_calls = await _screened(gateway, channel)
            answered, answered_calls = await _answered(gateway, serving, turn, times)
            bare = await asyncio.to_thread(bare_sqlite, place, "")
            if turn:  # the first is to warm up: names are read once
                times.bare.append(bare)
                times.screened.append(screened)
                times.answered.append(answered)
            times.screened_calls, times.answered_calls = screened_calls, answered_calls
    note = f"{times.answered_calls}; {times.statements:.1f} SQL statements each, with the sender's"
    return [
        per_second("received and screened", CHATTER, times.screened, GOAL_SCREENED, times.screened_calls),
        per_second("answered on the wire, rows settled", COMPLAINTS, times.answered, GOAL_ANSWERED, note),
        per_second("SQLite: 5 rows and a commit, bare driver", BARE_COMMITS, times.bare),
    ]


@asynccontextmanager
async def _serving(gateway: Gateway, channel: Counting, place: Path) -> AsyncIterator[Assistant]:
    async with assistant(f"sqlite:///{place}/gateway.db", channel, kind="wechaty") as serving:
        running = asyncio.create_task(serving.run())
        try:
            await until(lambda: serving.directory.self_raw_id is not None and channel.channel.connected, PATIENCE_S)
            yield serving
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _screened(gateway: Gateway, channel: Counting) -> tuple[float, str]:
    calls, wanted = gateway.counters(), channel.screened + CHATTER
    start = time.perf_counter()
    await asyncio.to_thread(gateway.say_many, person(0), CHATTER_TEXT, CHATTER, room=GROUPS[0])
    await until(lambda: channel.screened >= wanted, PATIENCE_S)
    return time.perf_counter() - start, _calls(calls, gateway.counters(), CHATTER)


async def _answered(gateway: Gateway, serving: Assistant, turn: int, times: Times) -> tuple[float, str]:
    """Until every answer has left on the wire and every row says so."""
    calls, left = gateway.counters(), _left(gateway) + COMPLAINTS
    texts = words.complaints(COMPLAINTS, start=turn * COMPLAINTS)
    with Statements(serving.database) as statements:
        start = time.perf_counter()
        await asyncio.to_thread(_say, gateway, turn, texts)
        await until(lambda: _left(gateway) >= left, PATIENCE_S)
        while await _unsettled(serving):
            await asyncio.sleep(0.01)
        seconds = time.perf_counter() - start
    times.statements = statements.count / COMPLAINTS
    return seconds, _calls(calls, gateway.counters(), COMPLAINTS)


def _say(gateway: Gateway, turn: int, texts: Sequence[str]) -> None:
    for number, text in enumerate(texts, start=turn * COMPLAINTS):
        gateway.say(person(number % PEOPLE), text, room=GROUPS[number % len(GROUPS)])


def _left(gateway: Gateway) -> int:
    return sum(record["ev"] == "sent" and "SQ" in record.get("text", "") for record in gateway.records)


async def _unsettled(serving: Assistant) -> bool:
    account = serving.directory.account
    async with serving.database.reading() as db:
        waiting = await messages.next_moment(db, account, ("reply",))
        return waiting is not None or bool(await messages.interrupted(db, account))


def _calls(before: dict[str, int], after: dict[str, int], count: int) -> str:
    made = {name: (calls - before.get(name, 0)) / count for name, calls in after.items()}
    return "gRPC calls a message: " + ", ".join(f"{name} {each:.2f}" for name, each in made.items() if each >= 0.01)
