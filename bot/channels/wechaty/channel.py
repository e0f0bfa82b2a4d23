"""`WechatyChannel`: one link after another, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from grpclib.const import Status

from bot.channels.base import ChannelAway, ChannelRejected, Feed
from bot.channels.wechaty import sending
from bot.channels.wechaty.gateway import GatewayError, Refused
from bot.channels.wechaty.link import Link
from bot.channels.wechaty.login import Clock
from bot.channels.wechaty.logs import where
from bot.channels.wechaty.settings import WechatySettings
from bot.message import Outbound

log = structlog.get_logger(__name__)


class WechatyChannel:
    """One WeChat account behind a Wechaty gateway."""

    def __init__(self, settings: WechatySettings, clock: Clock, jitter: Callable[[], float]) -> None:
        self._settings = settings
        self._trust = settings.tls.context() if settings.tls else None
        self._clock = clock
        self._jitter = jitter
        self._link: Link | None = None
        self._closing = False
        self._lost_since: datetime | None = None

    @property
    def echoes(self) -> bool:
        return True

    @property
    def connected(self) -> bool:
        """Whether an account is logged in at the moment."""
        return self._link is not None and self._link.account is not None

    async def run(self, feed: Feed) -> None:
        """The links live in a task of their own: grpclib may swallow a cancel there, but not the one that ends us."""
        self._closing = False
        links = asyncio.create_task(self._keep_linked(feed))
        try:
            await asyncio.wait({links})
        finally:
            self._closing = True
            links.cancel()
            await asyncio.gather(links, return_exceptions=True)
        await links

    async def _keep_linked(self, feed: Feed) -> None:
        failures = 0
        while not self._closing:
            began = asyncio.get_running_loop().time()
            reason = await self._live(feed)
            if self._closing:
                return
            if isinstance(reason, ChannelRejected):
                raise ChannelRejected(f"{self._settings.endpoint}: {reason}") from None
            lasted_s = asyncio.get_running_loop().time() - began
            failures = 0 if lasted_s > self._settings.backoff_max_s else failures + 1
            delay_s = self._delay_s(failures)
            log.warning("wechaty.link_lost", reason=_worded(reason), retry_in_s=round(delay_s, 2))
            await asyncio.sleep(delay_s)

    async def _live(self, feed: Feed) -> Exception:
        self._link = link = Link(self._settings, self._trust, self._clock, feed, self._lost_since)
        try:
            return await link.live()
        finally:
            self._link = None
            self._lost_since = link.lost_since

    def _delay_s(self, failures: int) -> float:
        low, high = self._settings.backoff_min_s, self._settings.backoff_max_s
        ceiling = min(high, low * 2.0 ** min(failures, 30))
        return low + (ceiling - low) * self._jitter()

    async def send(self, outbound: Outbound) -> str | None:
        link = self._link
        if link is None or link.account is None:
            raise ChannelAway("no account is logged in")
        return await sending.send(link.gateway, outbound)


def _worded(reason: Exception) -> str:
    if isinstance(reason, Refused) and reason.status is Status.ALREADY_EXISTS:
        return "another client holds the gateway (ALREADY_EXISTS)"
    return f"{type(reason).__name__}: {reason}" if isinstance(reason, GatewayError) else where(reason)
