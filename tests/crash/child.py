"""The real assistant, to be killed: what is said comes from a file, what is sent goes to a file that is synced line by line.

    python -m tests.crash.child PLAN.json

It says all waves at every start, as a gateway that delivers everything again; does all there is to do; lets time pass where the
plan says so, once in all its lives; does what fell due; and ends by itself. `LINLI_CRASH_AT` kills it before that.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, TypedDict

import structlog
from sqlalchemy import func, select

from bot.app import Assistant, assemble, open_database
from bot.channels.base import Feed
from bot.message import Connected, Inbound, Member, Outbound, RosterGroup
from bot.settings import Settings
from bot.sources import SeededChance
from storage import failpoint
from storage.base import Db
from storage.database import Database
from storage.due import DueRow
from storage.messages import OutboxRow, SendState
from storage.secrets import Vault


class Wave(TypedDict):
    """Messages that are said when what the wave before led to is committed; with `minutes`, when it is also sent, and that
    much later.
    """

    minutes: float
    messages: list[dict[str, Any]]


class Plan(TypedDict):
    """Written by the parent. `start`: where the clock goes on, so that being dead takes no time at all."""

    url: str
    key: str
    start: str
    folder: str
    settings: dict[str, Any]
    roster: dict[str, dict[str, str]]
    """Group to raw id to nickname."""
    waves: list[Wave]
    rhythms: bool


class Clock:
    """Stands still until the assistant runs, then goes like any other; may be moved on."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._running_since: float | None = None

    @property
    def zone(self) -> tzinfo:
        zone = self._start.tzinfo
        assert zone is not None
        return zone

    def now(self) -> datetime:
        elapsed = 0.0 if self._running_since is None else time.monotonic() - self._running_since
        return self._start + timedelta(seconds=elapsed)

    def run(self) -> None:
        self._running_since = time.monotonic()

    def move(self, by: timedelta) -> None:
        self._start += by


class FileChannel:
    echoes = False

    def __init__(self, plan: Plan, clock: Clock, database: Database) -> None:
        self._plan = plan
        self._clock = clock
        self._database = database
        self._wire = os.open(Path(plan["folder"]) / "wire.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.settle: Callable[[], Awaitable[None]]
        self.let_pass: Callable[[int, timedelta], Awaitable[None]]
        self.all_said = asyncio.Event()

    async def run(self, feed: Feed) -> None:
        await feed(self._connected())
        for number, wave in enumerate(self._plan["waves"], start=1):
            if wave["minutes"]:
                await self.let_pass(number, timedelta(minutes=wave["minutes"]))
            for message in wave["messages"]:
                await feed(Inbound(**{**message, "at": datetime.fromisoformat(message["at"])}))
            await self.settle()
        self.all_said.set()
        await asyncio.Event().wait()

    async def send(self, outbound: Outbound) -> str:
        async with self._database.reading() as db:
            attempted_at = await db.scalar(
                select(OutboxRow.attempted_at).where(OutboxRow.id == int(outbound.id.removeprefix("out-")))
            )
        line = {
            "id": outbound.id,
            "kind": outbound.kind,
            "text": outbound.text,
            "to": outbound.group or outbound.contact,
            "attempted_at": attempted_at.isoformat() if attempted_at else None,
        }
        os.write(self._wire, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._wire)
        return f"wire-{outbound.id}"

    def _connected(self) -> Connected:
        groups = tuple(
            RosterGroup(group, group, tuple(Member(raw, raw, alias, friend=True) for raw, alias in members.items()))
            for group, members in self._plan["roster"].items()
        )
        return Connected("bot", "小助手", self._clock.now(), groups)


class Life:
    """From a start to the end of all work."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._clock = Clock(
            datetime.fromisoformat(plan["start"]).astimezone(Settings(**plan["settings"]).community.zone)
        )
        self._database = Database(plan["url"], Vault(bytes.fromhex(plan["key"])))
        self._passed = Path(plan["folder"]) / "passed.json"
        self._assistant: Assistant

    async def live(self) -> None:
        await open_database(self._database)
        await self._catch_up()
        channel = FileChannel(self._plan, self._clock, self._database)
        self._assistant = await assemble(
            Settings(**self._plan["settings"]),
            self._database,
            channel,
            self._clock,
            SeededChance(b"crash"),
            channel_kind="simulator",
            rhythms=self._plan["rhythms"],
        )
        channel.settle = self._assistant.dispatcher.settle
        channel.let_pass = self._let_pass
        self._clock.run()
        running = asyncio.create_task(self._assistant.run())
        working = asyncio.create_task(self._work(channel))
        await asyncio.wait((running, working), return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await working
        await self._assistant.close()

    async def _catch_up(self) -> None:
        """The clock goes on where it was when the last line was written: else that line would be one of the future."""
        async with self._database.reading() as db:
            written_at = await db.scalar(select(func.max(OutboxRow.created_at)))
        if written_at is not None and written_at > self._clock.now():
            self._clock.move(written_at - self._clock.now())

    async def _work(self, channel: FileChannel) -> None:
        await channel.all_said.wait()
        await self._until_idle()

    async def _let_pass(self, wave: int, span: timedelta) -> None:
        """Before this wave, unless it has passed in an earlier life."""
        await self._until_idle()
        passed = json.loads(self._passed.read_text()) if self._passed.exists() else {"wave": 0}
        if wave <= passed["wave"]:
            return
        self._clock.move(span)
        partial = self._passed.with_suffix(".part")
        partial.write_text(json.dumps({"wave": wave, "at": self._clock.now().isoformat()}))
        partial.replace(self._passed)
        self._assistant.ticker.wake()
        self._assistant.sender.wake()
        await self._until_idle()

    async def _until_idle(self) -> None:
        while True:
            await self._assistant.dispatcher.settle()
            async with self._database.reading() as db:
                if await self._is_idle(db):
                    return
            await asyncio.sleep(0.02)

    async def _is_idle(self, db: Db) -> bool:
        held_back = (OutboxRow.state == SendState.QUEUED) & (OutboxRow.not_before > self._clock.now())
        to_send = OutboxRow.state.in_([SendState.QUEUED, SendState.SENDING]) & ~held_back
        is_due = (DueRow.state == "waiting") & (DueRow.due_at <= self._clock.now())
        for table, waits in ((OutboxRow, to_send), (DueRow, is_due)):
            if await db.scalar(select(func.count()).select_from(table).where(waits)):
                return False
        return True


def live(file: str) -> None:
    """A whole life by the plan in this file."""
    importlib.reload(failpoint)  # forked, it was read before anybody knew where to die
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    plan: Plan = json.loads(Path(file).read_text("utf-8"))
    asyncio.run(Life(plan).live())


if __name__ == "__main__":
    live(sys.argv[1])
