"""When what is put into the outbox now will have been said: by gap, limits and quiet hours, with the jitter at its mean."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.pacing import MINUTE, end_of_quiet
from bot.settings import Pacing, QuietHours

A_DAY = timedelta(days=1)


def forecast(
    pacing: Pacing, quiet: QuietHours, now: datetime, *, recent: Sequence[datetime], sent_today: int, count: int
) -> list[datetime]:
    """The moments of so many notices. `recent`: when this account spoke within the last minute, oldest first."""
    gap = timedelta(seconds=pacing.notice_gap_s + pacing.jitter_s / 2)
    sent = deque(recent, maxlen=pacing.a_minute)
    day, today = now.date(), sent_today
    moments: list[datetime] = []
    for _ in range(count):
        at = max(now, sent[-1] + gap) if sent else now
        if len(sent) == pacing.a_minute:
            at = max(at, sent[0] + MINUTE)
        at = end_of_quiet(at, quiet.start, quiet.end)
        if at.date() == day and today >= pacing.a_day:
            midnight = datetime.combine(day + A_DAY, time(), now.tzinfo)
            at = end_of_quiet(midnight, quiet.start, quiet.end)
        day, today = at.date(), 1 if at.date() != day else today + 1
        sent.append(at)
        moments.append(at)
    return moments
