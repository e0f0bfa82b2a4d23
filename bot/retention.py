"""What is older than its retention is deleted, every night; each night plans the next."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from scheduler.clock import Clock
from storage import codes, due, messages, photos, questions, sign_ups
from storage.base import Db
from storage.due import Due

RETENTION_KIND: Final = "retention"
AT: Final = time(3, 30)
COPIES_KEPT: Final = timedelta(days=30)
"""Names and doors that stand in copies of group notes, after the session is over."""


class Retention:
    def __init__(self, community: str, kept: timedelta, clock: Clock) -> None:
        self._community = community
        self._kept = kept
        self._clock = clock

    async def plan(self, db: Db) -> None:
        """At start: the coming night, unless one is planned."""
        if not await due.is_waiting(db, self._community, RETENTION_KIND):
            now = self._clock.now()
            tonight = datetime.combine(now.date(), AT, now.tzinfo)
            await self._plan(db, tonight if tonight > now else tonight + timedelta(days=1))

    async def forget(self, db: Db, row: Due) -> None:
        before = self._clock.now() - self._kept
        await photos.forget_homeless(db, before)
        await messages.forget_messages(db, before)
        await due.forget_due(db, before)
        await codes.forget_codes(db, before)
        await questions.forget_words(db, before)
        await sign_ups.forget_copies(db, self._clock.now() - min(COPIES_KEPT, self._kept))
        await self._plan(db, row.due_at.astimezone(self._clock.zone) + timedelta(days=1))

    async def _plan(self, db: Db, at: datetime) -> None:
        await due.plan(db, self._community, RETENTION_KIND, "messages", at)
