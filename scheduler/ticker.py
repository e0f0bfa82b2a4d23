"""Claims rows that fall due and calls the handler registered for their kind; APScheduler is only the alarm clock.

A claim, what its handler does, and what it says commit together. A handler that raises is called again a few times, later; then
its row is `failed`, and staff are told. The next row is served meanwhile. A row later than its `expires_at` is skipped, and
staff are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from scheduler.clock import Clock
from storage import due
from storage.base import Db
from storage.database import Database
from storage.due import Due
from storage.failpoint import reach

log = structlog.get_logger()

DueHandler = Callable[[Db, Due], Awaitable[None]]
Aftermath = Callable[[Db, Due, str], Awaitable[None]]
"""Told of a row that was skipped (`late`) or whose handler raised (`failed`), in the transaction that marks it so."""

LONGEST_SLEEP = timedelta(seconds=30)
"""A clock may be set, a laptop may sleep: look at least this often."""
RETRY = timedelta(seconds=5)
MOST_ATTEMPTS = 5


class Ticker:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        community: str,
        handlers: Mapping[str, DueHandler],
        aftermath: Aftermath,
    ) -> None:
        self._database = database
        self._clock = clock
        self._community = community
        self._handlers = dict(handlers)
        self._aftermath = aftermath
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something new may be due sooner than planned."""
        self._changed.set()

    async def tick(self) -> int:
        """Do all that is due now; returns how many rows."""
        done = 0
        while (row := await self._one()) is not None:
            done += 1
            log.debug("tick.done", kind=row.kind)
        return done

    async def next_due(self) -> datetime | None:
        async with self._database.reading() as db:
            return await due.next_due(db, self._community)

    async def _one(self) -> Due | None:
        row: Due | None = None
        try:
            async with self._database.transaction() as db:
                row = await due.claim(db, self._community, self._clock.now())
                if row is None:
                    return None
                reach("tick.claimed")
                await self._serve(db, row)
                reach("tick.before_commit")
        except Exception as fault:
            if row is None:
                raise
            log.exception("tick.failed", kind=row.kind)
            async with self._database.transaction() as db:
                await self._try_again(db, row, type(fault).__name__)
        reach("tick.after_commit")
        return row

    async def _try_again(self, db: Db, row: Due, fault: str) -> None:
        """Later, a few times: what plans its own next time must not end with one failure. Staff are told at the last."""
        if row.attempts + 1 < MOST_ATTEMPTS:
            await due.postpone(db, row.id, self._clock.now() + RETRY * 2**row.attempts, row.attempts + 1)
        else:
            await due.mark(db, row.id, "failed", fault)
            await self._aftermath(db, row, "failed")

    async def _serve(self, db: Db, row: Due) -> None:
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            await due.mark(db, row.id, "skipped")
            await self._aftermath(db, row, "late")
        else:
            await self._handlers[row.kind](db, row)

    async def _round(self) -> datetime:
        """Tick; returns when to look again."""
        try:
            await self.tick()
            soonest = await self.next_due()
        except Exception:
            # the database may be away for a moment; the rows wait in it
            log.exception("tick.broken")
            return self._clock.now() + RETRY
        latest = self._clock.now() + LONGEST_SLEEP
        return min(soonest or latest, latest)

    async def run(self) -> None:
        """Tick whenever something is due, until cancelled."""
        # imported when it is needed: the command line's other commands start faster without it
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

        alarm = AsyncIOScheduler(timezone=self._clock.zone)
        alarm.start()
        try:
            while True:
                self._changed.clear()
                at = await self._round()
                # a late alarm must still ring, so no misfire limit
                alarm.add_job(
                    self._changed.set, "date", run_date=at, id="wake", replace_existing=True, misfire_grace_time=None
                )
                await self._changed.wait()
        finally:
            with suppress(Exception):
                alarm.shutdown(wait=False)
