"""A sender on a wire that fails as it is told, one resident to write to, and a staff member who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.app import Assistant
from bot.channels.base import Feed, SendRefused
from bot.lanes import LANES
from bot.message import Connected, Member, Outbound, OutboundKind, RosterGroup
from scheduler.clock import VirtualClock
from storage import messages
from storage.database import Database
from storage.messages import OutboxRow
from tests.assistants import MORNING, assembled, small_settings
from tests.storage.rows import COMMUNITY, draft

PACED = {"gap_s": 3, "jitter_s": 0, "a_minute": 15, "a_day": 800, "notice_gap_s": 10}
TONIGHT, NEXT_MORNING = MORNING.replace(hour=22), MORNING.replace(hour=7, minute=30) + timedelta(days=1)


@dataclass
class Wire:
    """A channel that does what it is told and keeps what went over it."""

    clock: VirtualClock
    echoes: bool = False
    faults: list[Exception | None] = field(default_factory=list)
    """What happens to the next sends, in order; nothing where it is used up."""
    tried: list[tuple[datetime, Outbound]] = field(default_factory=list)
    went: list[Outbound] = field(default_factory=list)

    async def run(self, feed: Feed) -> None:
        raise NotImplementedError

    async def send(self, outbound: Outbound) -> str | None:
        self.tried.append((self.clock.now(), outbound))
        fault = self.faults.pop(0) if self.faults else None
        if not isinstance(fault, SendRefused):  # an uncertain one went, only its confirmation is lost
            self.went.append(outbound)
        if fault is not None:
            raise fault
        return f"wire-{len(self.went)}"

    @property
    def texts(self) -> list[str]:
        return [outbound.text for outbound in self.went]

    @property
    def moments(self) -> list[datetime]:
        return [at for at, _ in self.tried]

    @property
    def seconds(self) -> list[float]:
        """When something was tried, counted from the first time."""
        return [(at - self.moments[0]).total_seconds() for at in self.moments]


class Office:
    """A sender on a wire, one resident to write to, and a staff member who is told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = VirtualClock(MORNING)
        self.wire = Wire(self.clock)
        self.assistant: Assistant

    async def start(self, *, at: datetime = MORNING, limits: dict[str, Any] | None = None, **pacing: float) -> None:
        """Start, or start again: on the same tables, with nothing kept in memory."""
        self.clock.move_to(at)
        self.wire = Wire(self.clock, self.wire.echoes)
        staff = [{"contact": "wx_li", "name": "李主任", "role": "admin"}]
        settings = small_settings(pacing={**PACED, **pacing}, staff=staff, limits=limits or {})
        self.assistant = await assembled(self.database, self.wire, self.clock, settings)
        await self.log_in("bot")
        async with self.database.transaction() as db:  # that we were away is another story
            await db.execute(delete(OutboxRow).where(OutboxRow.reply_key == "system.gap"))
        await self.assistant.sender.recover()

    async def log_in(self, account: str) -> None:
        group = RosterGroup("room:3", "3号楼", (Member("w1", "王秀兰", "王阿姨", True),))
        await self.assistant.dispatcher.feed(Connected(account, "小助手", self.clock.now(), (group,)))

    async def queue(self, *texts: str, kind: str = "reply", lane: int | None = None, **changes: Any) -> None:
        directory = self.assistant.directory
        wang = directory.contact("w1")
        now = {"created_at": self.clock.now(), "not_before": self.clock.now()}
        lane = lane or LANES[OutboundKind(kind)].number
        drafts = [draft(wang, text, kind, lane, **{**now, **changes}) for text in texts]
        async with self.database.transaction() as db:
            await messages.enqueue(db, COMMUNITY, directory.account, drafts)

    async def work(self, **time: float) -> None:
        """Send until nothing waits, or until this much time is over."""
        until = self.clock.now() + timedelta(**(time or {"days": 3}))
        while (again := await self.assistant.sender.step()) is not None and again <= until:
            self.clock.move_to(again)
        if time:
            self.clock.move_to(until)
            await self.assistant.sender.step()

    async def rows(self) -> list[OutboxRow]:
        async with self.database.reading() as db:
            return list(await db.scalars(select(OutboxRow).order_by(OutboxRow.id)))

    async def state(self) -> str:
        """Of the first row."""
        return (await self.rows())[0].state

    async def told(self) -> list[str]:
        """What staff were told of, by the keys of their words."""
        return [row.reply_key for row in await self.rows() if row.reply_key.startswith("system.")]
