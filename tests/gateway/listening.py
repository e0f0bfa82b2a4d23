"""Runs a `WechatyChannel` on a gateway and keeps what it feeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.channels.base import Feed
from bot.channels.wechaty import WechatyChannel, WechatySettings
from bot.message import Connected, Event
from tests.gateway.rig import Gateway, until

E = TypeVar("E")

QUICK = WechatySettings(
    endpoint="127.0.0.1:1",
    token="unset",
    names=("小助手",),
    watchdog_interval_s=1.0,
    call_timeout_s=2.0,
    send_timeout_s=2.0,
    backoff_min_s=0.05,
    backoff_max_s=0.3,
)


class Heard:
    """Events in the order in which they were fed."""

    def __init__(self, channel: WechatyChannel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.tap: Feed | None = None
        """Called with each event once it is kept: to be slow, or to raise."""

    async def feed(self, event: Event) -> None:
        self.events.append(event)
        if self.tap is not None:
            await self.tap(event)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def one(self, kind: type[E], number: int = 1, timeout_s: float = 15.0) -> E:
        """The n-th event of that kind, from 1."""
        await until(lambda: len(self.of(kind)) >= number, timeout_s)
        return self.of(kind)[number - 1]


def channel_to(gateway: Gateway, **options: Any) -> WechatyChannel:
    settings = replace(QUICK, **({"endpoint": gateway.endpoint, "token": gateway.token} | options))
    return WechatyChannel(settings, clock=lambda: datetime.now(UTC), jitter=lambda: 0.5)


@asynccontextmanager
async def listening(gateway: Gateway, *, wait: bool = True, **options: Any) -> AsyncIterator[Heard]:
    """The channel runs inside the block; `options` are fields of `WechatySettings`."""
    heard = Heard(channel_to(gateway, **options))
    running = asyncio.create_task(heard.channel.run(heard.feed))
    try:
        if wait:
            await heard.one(Connected)
        yield heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
