"""The same path without WeChat: driven by the web page, by transcripts and by tests.

What is said goes in through the same `feed` as a gateway's events; what is sent comes out in `sent`, and back as an echo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.channels.base import Feed
from bot.message import Connected, Echo, Event, Inbound, Outbound

KEPT_SENT = 2000
KEPT_FILES = 30


class SimulatedChat(Protocol):
    """What a page needs to speak in a chat that we hold ourselves, and to see what the assistant sends there."""

    listeners: list[Callable[[Sent], None]]

    async def say(self, event: Inbound) -> None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that left; `id` is how it may be quoted."""

    id: str
    at: datetime
    outbound: Outbound


class Simulator:
    """One account in a chat that exists in memory only. `connected` is what a gateway would tell at login.

    `series` keeps the ids of one start apart from another's on the same database.
    """

    def __init__(
        self, connected: Connected, now: Callable[[], datetime], *, echoes: bool = True, series: str = ""
    ) -> None:
        self._series = series
        self.connected = connected
        self.echoes = echoes
        self._now = now
        self._count = 0
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(maxsize=1000)
        self.sent: list[Sent] = []
        self.listeners: list[Callable[[Sent], None]] = []

    async def run(self, feed: Feed) -> None:
        await feed(self.connected)
        while True:
            await feed(await self._inbox.get())

    async def say(self, event: Event) -> None:
        """What somebody does in the chat. Waits while the assistant has too much to read."""
        await self._inbox.put(event)

    async def send(self, outbound: Outbound) -> str | None:
        self._count += 1
        sent = Sent(f"out-{self._series}{self._count}", self._now(), outbound)
        self.sent.append(sent)
        del self.sent[:-KEPT_SENT]
        if outbound.file is not None:
            self._let_go_of_files()
        for listener in self.listeners:
            listener(sent)
        if self.echoes and not self._inbox.full():
            is_file = outbound.file is not None
            self._inbox.put_nowait(
                Echo(sent.id, outbound.text, sent.at, outbound.group, outbound.contact, is_file=is_file)
            )
        return sent.id

    def _let_go_of_files(self) -> None:
        """Of what was sent long ago the name is enough."""
        with_files = [at for at, sent in enumerate(self.sent) if sent.outbound.file is not None]
        for at in with_files[:-KEPT_FILES]:
            self.sent[at] = replace(self.sent[at], outbound=replace(self.sent[at].outbound, file=None))
