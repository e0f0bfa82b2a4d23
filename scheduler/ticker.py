"""Claims rows that fall due and calls the handler registered for their kind; APScheduler is only the alarm clock.

A claim, what its handler does, and what it says commit together. A handler that raises is called again a few times, later; then
its row is `failed`, and staff are told. The next row is served meanwhile. A row later than its `expires_at` is skipped with all
others of its kind that are, and staff are told once. Kinds that come by the thousand are served many at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
ManyHandler = Callable[[Db, Sequence[Due]], Awaitable[None]]
Aftermath = Callable[[Db, Sequence[Due], str], Awaitable[None]]
"""Told of rows of one kind that were skipped (`late`) or whose handler raised (`failed`), in the transaction that says so."""

LONGEST_SLEEP = timedelta(seconds=30)
"""A clock may be set, a laptop may sleep: look at least this often."""
RETRY = timedelta(seconds=5)
MOST_ATTEMPTS = 5
AT_ONCE = 200
"""Rows served in one transaction: few enough that nobody who writes meanwhile waits for long."""
LATE_AT_ONCE = 10_000


class Ticker:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        community: str,
        handlers: Mapping[str, DueHandler],
        aftermath: Aftermath,
        together: Mapping[str, ManyHandler] | None = None,
    ) -> None:
        """`together`: kinds of which many are handed over at once; one of them that fails is served alone."""
        self._database = database
        self._clock = clock
        self._community = community
        self._handlers = dict(handlers)
        self._together = dict(together or {})
        self._aftermath = aftermath
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something new may be due sooner than planned."""
        self._changed.set()

    async def tick(self) -> int:
        """Do all that is due now; returns how many rows."""
        done = 0
        while await self._is_anything_due() and (count := await self._some()):
            done += count
        return done

    async def _is_anything_due(self) -> bool:
        """A look that keeps nobody from writing: mostly nothing is."""
        soonest = await self.next_due()
        return soonest is not None and soonest <= self._clock.now()

    async def next_due(self) -> datetime | None:
        async with self._database.glancing() as db:
            return await due.next_due(db, self._community)

    async def _some(self) -> int:
        """Serve the earliest row, and with it what may be served together with it; returns how many."""
        rows: list[Due] = []
        try:
            async with self._database.transaction() as db:
                row = await due.claim(db, self._community, self._clock.now())
                if row is None:
                    return 0
                rows = [row]
                reach("tick.claimed")
                rows += await self._more(db, row)
                await self._serve(db, rows)
                reach("tick.before_commit")
        except Exception as fault:
            if not rows:
                raise
            log.exception("tick.failed", kind=rows[0].kind, rows=len(rows))
            await self._after_failure(rows, fault)
        reach("tick.after_commit")
        log.debug("tick.done", kind=rows[0].kind, rows=len(rows))
        return len(rows)

    async def _more(self, db: Db, row: Due) -> list[Due]:
        now = self._clock.now()
        if self._is_late(row):
            return await due.claim_more(db, self._community, row.kind, now, LATE_AT_ONCE, only_late=True)
        if row.kind in self._together:
            return await due.claim_more(db, self._community, row.kind, now, AT_ONCE - 1)
        return []

    async def _after_failure(self, rows: Sequence[Due], fault: Exception) -> None:
        """One of many spoils nothing for the others: all were given back, and each is served alone."""
        if len(rows) == 1:
            async with self._database.transaction() as db:
                await self._try_again(db, rows[0], type(fault).__name__)
            return
        for row in rows:
            await self._alone(row)

    async def _alone(self, row: Due) -> None:
        try:
            async with self._database.transaction() as db:
                if await due.claim_again(db, row.id) is not None:
                    await self._serve(db, [row])
        except Exception as fault:
            log.exception("tick.failed", kind=row.kind, rows=1)
            await self._after_failure([row], fault)

    async def _try_again(self, db: Db, row: Due, fault: str) -> None:
        """Later, a few times: what plans its own next time must not end with one failure. Staff are told at the last."""
        if row.attempts + 1 < MOST_ATTEMPTS:
            await due.postpone(db, row.id, self._clock.now() + RETRY * 2**row.attempts, row.attempts + 1)
        else:
            await due.mark(db, [row.id], "failed", fault)
            await self._aftermath(db, [row], "failed")

    async def _serve(self, db: Db, rows: Sequence[Due]) -> None:
        kind = rows[0].kind
        if self._is_late(rows[0]):
            await due.mark(db, [row.id for row in rows], "skipped")
            await self._aftermath(db, rows, "late")
        elif kind in self._together:
            await self._together[kind](db, rows)
        else:
            await self._handlers[kind](db, rows[0])

    def _is_late(self, row: Due) -> bool:
        return row.expires_at is not None and row.expires_at <= self._clock.now()

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
