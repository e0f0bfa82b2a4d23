"""The life of one connection: listen, watch, deliver in the order of arrival, until it is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import aclosing
from datetime import datetime
from ssl import SSLContext
from typing import Any, NamedTuple
from urllib.parse import quote

import structlog

from bot.channels.base import ChannelRejected, Feed
from bot.channels.wechaty.gateway import Gateway, Kind, Lost, Refused, TimedOut
from bot.channels.wechaty.login import Clock, Found, Login
from bot.channels.wechaty.logs import where
from bot.channels.wechaty.settings import WechatySettings
from bot.message import Connected, Event, Gap

log = structlog.get_logger(__name__)

MISSES_MAX = 2
SCAN_PAGE = "https://wechaty.js.org/qrcode/"


class Pending(NamedTuple):
    kind: int
    arrived_at: datetime
    work: asyncio.Task[Found | None]


class Link:
    """`lost_since` tells from when on messages are missing: given by the link before, cleared once the gap is told."""

    def __init__(
        self,
        settings: WechatySettings,
        trust: SSLContext | None,
        clock: Clock,
        feed: Feed,
        lost_since: datetime | None,
    ) -> None:
        self.gateway = Gateway(settings, trust)
        self.account: str | None = None
        self.lost_since = lost_since
        self._settings = settings
        self._clock = clock
        self._feed = feed
        self._pending: asyncio.Queue[Pending | None] = asyncio.Queue(settings.pending_max)
        self._slots = asyncio.Semaphore(settings.workers)
        self._heard = asyncio.Event()
        self._failed = asyncio.Event()
        self._alive_at = clock()
        self._stuck_since: datetime | None = None
        self._dropped_at: datetime | None = None
        self._told = False
        self._tasks: asyncio.TaskGroup
        self._login: Login | None = None

    async def live(self) -> Exception:
        """Returns why it ended. What had arrived whole by then is still delivered."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._tasks.create_task(self._deliver())
                try:
                    reason = await self._hold()
                finally:
                    self.account = None
                    await self.gateway.close()
                await self._pending.put(None)
        finally:
            self.lost_since = self._missing_since()
        return reason

    def _missing_since(self) -> datetime | None:
        """The earliest moment from which a message may have gone unheard."""
        moments = [self.lost_since, self._dropped_at, self._stuck_since, self._alive_at if self._told else None]
        return min(filter(None, moments), default=None)

    async def _hold(self) -> Exception:
        try:
            async with asyncio.TaskGroup() as watch:
                watch.create_task(self._listen())
                watch.create_task(self._start())
                watch.create_task(self._watch())
        except ExceptionGroup as group:
            rejected = group.subgroup(ChannelRejected)
            return (rejected or group).exceptions[0]
        return Lost("nothing left to watch")

    async def _start(self) -> None:
        await self._heard.wait()
        await self.gateway.start()

    async def _watch(self) -> None:
        """A frozen gateway keeps its connection: only an answer proves that it lives."""
        await self._first_event()
        misses = 0
        while misses < MISSES_MAX:
            await self._pause()
            try:
                await self.gateway.version(min(self._settings.watchdog_interval_s, self._settings.call_timeout_s))
            except (TimedOut, Lost) as error:
                misses += 1
                log.warning("wechaty.gateway_silent", misses=misses, reason=type(error).__name__)
            except Refused:
                misses = 0
            else:
                misses, self._dropped_at = 0, None
                self._alive_at = self._clock()
        raise Lost("the gateway does not answer")

    async def _first_event(self) -> None:
        """Every stream begins with a heartbeat."""
        try:
            async with asyncio.timeout(self._settings.call_timeout_s):
                await self._heard.wait()
        except TimeoutError:
            raise TimedOut("the stream stays silent") from None

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._settings.watchdog_interval_s):
                await self._failed.wait()
        except TimeoutError:
            return
        raise Lost("groups and contacts could not be read")

    async def _listen(self) -> None:
        async with aclosing(self.gateway.events()) as events:
            async for kind, payload in events:
                self._alive_at = self._clock()
                self._heard.set()
                work = self._work(kind, payload)
                if work is not None:
                    await self._enqueue(kind, work)
        raise Lost("the stream ended")

    async def _enqueue(self, kind: int, work: Coroutine[Any, Any, Found]) -> None:
        self._stuck_since = self._alive_at
        await self._pending.put(Pending(kind, self._alive_at, self._tasks.create_task(self._settled(kind, work))))
        self._stuck_since = None

    def _work(self, kind: int, payload: str) -> Coroutine[Any, Any, Found] | None:
        """What is to be done about an event, if anything."""
        try:
            fields = json.loads(payload) if payload else {}
            if kind == Kind.SCAN:
                _show_scan(fields)
            elif kind == Kind.LOGIN:
                return self._log_in(str(fields["contactId"]))
            elif kind == Kind.LOGOUT:
                return self._log_out()
            elif self._login is not None:
                return self._login.work(kind, fields)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("wechaty.event_dropped", kind=kind, reason=type(error).__name__)
        return None

    def _log_in(self, account: str) -> Coroutine[Any, Any, Found] | None:
        if account == self.account:
            return None
        self.account = account
        self._login = Login(account, self.gateway, self._settings, self._clock, self._tasks)
        return self._login.connected()

    async def _log_out_later(self) -> Found:
        """Nothing to read, but in its place among the others."""
        return ()

    def _log_out(self) -> Coroutine[Any, Any, Found]:
        log.warning("wechaty.logged_out")
        self.account = self._login = None
        return self._log_out_later()

    async def _settled(self, kind: int, work: Coroutine[Any, Any, Found]) -> Found | None:
        """None where the gateway fell silent: if the link is lost, this belongs into the gap."""
        try:
            if kind in {Kind.LOGIN, Kind.READY}:
                return await work
            async with self._slots:
                return await work
        except (TimedOut, Lost) as error:
            self._give_up(kind, error)
            return None
        except Exception as error:
            self._give_up(kind, error)
            return ()

    def _give_up(self, kind: int, error: Exception) -> None:
        log.warning("wechaty.event_dropped", kind=kind, reason=where(error))
        if kind == Kind.LOGIN:
            self._failed.set()

    async def _deliver(self) -> None:
        while (pending := await self._pending.get()) is not None:
            await asyncio.wait({pending.work})
            found = None if pending.work.cancelled() else pending.work.result()
            if pending.kind in {Kind.LOGIN, Kind.LOGOUT}:
                self._forget_account(pending)
            if found is None or (found and not self._may_hear(found)):
                self._dropped_at = min(self._dropped_at or pending.arrived_at, pending.arrived_at)
                continue
            for event in found:
                await self._tell(event)
            if found and pending.kind == Kind.LOGIN:
                await self._tell_gap(until=pending.arrived_at)

    def _forget_account(self, pending: Pending) -> None:
        if pending.kind == Kind.LOGOUT and self._told:
            self.lost_since = pending.arrived_at
        self._told = False

    def _may_hear(self, found: Found) -> bool:
        """Nothing is passed on before it is known which account hears it."""
        return self._told or isinstance(found[0], Connected)

    async def _tell_gap(self, until: datetime) -> None:
        if self.lost_since is not None:
            await self._tell(Gap(since=self.lost_since, until=until))
            self.lost_since = None

    async def _tell(self, event: Event) -> None:
        self._told = True
        try:
            await self._feed(event)
        except asyncio.CancelledError:
            if _being_cancelled():
                raise
            log.error("wechaty.feed_failed", event_type=type(event).__name__, reason="cancelled by itself")
        except Exception as error:
            log.error("wechaty.feed_failed", event_type=type(event).__name__, reason=where(error))


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _show_scan(fields: dict[str, Any]) -> None:
    code = str(fields.get("qrcode") or "")
    log.warning("wechaty.scan_to_log_in", status=fields.get("status"), link=SCAN_PAGE + quote(code, safe=""))
