"""How fast one account may send: a gap with jitter, a limit a minute, a cap a day, quiet hours.

Read from the outbox at start, so that a restart does not burst.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.lanes import FIRST, LANES
from bot.message import OutboundKind
from bot.settings import Pacing, QuietHours
from storage import lines, messages
from storage.accounts import Directory
from storage.base import Db
from storage.messages import OutboxRow

MINUTE = timedelta(minutes=1)
TROUBLE_WINDOW = timedelta(minutes=10)
LINES_OF_ONE_TROUBLE = 2
"""What a group hears at most of one trouble within the window."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which kinds may go now, and until when each is held back (now, where it is not)."""

    kinds: tuple[str, ...]
    held_until: Mapping[str, datetime]


class Pacer:
    """`jitter` gives a number from 0 to 1; the community's time zone is that of the moments it is asked with."""

    def __init__(self, directory: Directory, pacing: Pacing, quiet: QuietHours, jitter: Callable[[], float]) -> None:
        self._directory = directory
        self._pacing = pacing
        self._quiet = quiet
        self._jitter = jitter
        self._extra: tuple[datetime | None, float] = (None, 0.0)
        self._sent: list[datetime] | None = None
        self._today: tuple[date, int] | None = None

    async def allowed(self, db: Db, now: datetime) -> Allowed:
        """By quiet hours and the day's cap, as each kind is held by them."""
        quiet_until = end_of_quiet(now, self._quiet.start, self._quiet.end)
        capped_until = now
        if await self._sent_today(db, now) >= self._pacing.a_day:
            capped_until = datetime.combine(now.date(), time(), now.tzinfo) + timedelta(days=1)
        held: dict[str, datetime] = {}
        for kind, lane in LANES.items():
            until = now if lane.passes_caps else capped_until
            if not lane.passes_quiet_hours:
                until = max(quiet_until, end_of_quiet(until, self._quiet.start, self._quiet.end))
            held[str(kind)] = until
        return Allowed(tuple(kind for kind, until in held.items() if until <= now), held)

    async def ready_at(self, db: Db, row: OutboxRow, now: datetime) -> datetime:
        """When this row may go, by what went before it."""
        sent = await self._recent(db, now)
        if not sent:
            return now
        gap = self._pacing.notice_gap_s if row.kind == OutboundKind.NOTICE else self._pacing.gap_s
        ready = sent[-1] + timedelta(seconds=gap + self._pacing.jitter_s * self._jitter_after(sent[-1]))
        if len(sent) >= self._pacing.a_minute and not LANES[OutboundKind(row.kind)].passes_caps:
            ready = max(ready, sent[-self._pacing.a_minute] + MINUTE)
        return ready

    async def heard_enough(self, db: Db, row: OutboxRow, now: datetime) -> datetime | None:
        """Until when this line waits, since its group has heard two lines of the same trouble; an emergency's never does."""
        if row.trouble is None or row.group_id is None or row.lane == FIRST:
            return None
        heard = await lines.gone_of(db, row.group_id, row.trouble, now - TROUBLE_WINDOW)
        return heard[-LINES_OF_ONE_TROUBLE] + TROUBLE_WINDOW if len(heard) >= LINES_OF_ONE_TROUBLE else None

    def note(self, at: datetime) -> None:
        """A message goes now."""
        if self._sent is not None:
            self._sent.append(at)
        if self._today is not None:
            day, count = self._today
            self._today = (day, count + 1)

    async def _recent(self, db: Db, now: datetime) -> list[datetime]:
        """When this account sent lately: from the outbox at first, followed in memory since one process owns it."""
        longest = timedelta(seconds=max(self._pacing.gap_s, self._pacing.notice_gap_s) + self._pacing.jitter_s)
        window = now - max(MINUTE, longest)
        if self._sent is None:
            self._sent = await messages.attempts_since(db, self._directory.account, window)
        while len(self._sent) > 1 and self._sent[0] <= window:
            del self._sent[0]
        return self._sent

    async def _sent_today(self, db: Db, now: datetime) -> int:
        if self._today is None or self._today[0] != now.date():
            midnight = datetime.combine(now.date(), time(), now.tzinfo)
            counted = await messages.count_attempts_since(db, self._directory.account, midnight)
            self._today = (now.date(), counted)
        return self._today[1]

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
