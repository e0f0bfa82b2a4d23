"""How fast one account may send: a gap with jitter, a limit a minute, a cap a day, quiet hours.

Read from the outbox itself, so that a restart does not burst.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from bot.message import OutboundKind
from bot.settings import Pacing, QuietHours
from storage import messages
from storage.accounts import Directory
from storage.base import Db
from storage.messages import OutboxRow

MINUTE = timedelta(minutes=1)


class Pacer:
    """`jitter` gives a number from 0 to 1; the community's time zone is that of the moments it is asked with."""

    def __init__(self, directory: Directory, pacing: Pacing, quiet: QuietHours, jitter: Callable[[], float]) -> None:
        self._directory = directory
        self._pacing = pacing
        self._quiet = quiet
        self._jitter = jitter
        self._extra: tuple[datetime | None, float] = (None, 0.0)

    async def waits_until(self, db: Db, now: datetime) -> datetime:
        """Until when reminders and notices wait: the end of quiet hours, or tomorrow once the day's cap is reached."""
        quiet_until = end_of_quiet(now, self._quiet.start, self._quiet.end)
        midnight = datetime.combine(now.date(), time(), now.tzinfo)
        if await messages.count_attempts_since(db, self._directory.account, midnight) < self._pacing.a_day:
            return quiet_until
        tomorrow = midnight + timedelta(days=1)
        return max(quiet_until, end_of_quiet(tomorrow, self._quiet.start, self._quiet.end))

    async def ready_at(self, db: Db, row: OutboxRow, now: datetime) -> datetime:
        """When this row may go, by what went before it."""
        gap = self._pacing.notice_gap_s if row.kind == OutboundKind.NOTICE else self._pacing.gap_s
        longest = max(MINUTE, timedelta(seconds=gap + self._pacing.jitter_s))
        sent = await messages.attempts_since(db, self._directory.account, now - longest)
        if not sent:
            return now
        ready = sent[-1] + timedelta(seconds=gap + self._pacing.jitter_s * self._jitter_after(sent[-1]))
        if len(sent) >= self._pacing.a_minute:
            ready = max(ready, sent[-self._pacing.a_minute] + MINUTE)
        return ready

    def _jitter_after(self, last: datetime) -> float:
        """One draw a message sent, however often it is asked."""
        if self._extra[0] != last:
            self._extra = (last, self._jitter())
        return self._extra[1]


def end_of_quiet(now: datetime, start: time, end: time) -> datetime:
    """`now` where it is not quiet, else the moment at which quiet hours end; they may span midnight."""
    at = now.timetz().replace(tzinfo=None)
    quiet = start <= at < end if start <= end else at >= start or at < end
    if not quiet:
        return now
    today = datetime.combine(now.date(), end, now.tzinfo)
    return today if today > now else today + timedelta(days=1)
