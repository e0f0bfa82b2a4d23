"""No person and no group is answered without end. What is over the limit is still done, without a word.

Emergencies and staff pass.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

import structlog

from bot.delivery import Delivery, Next
from scheduler.clock import Clock

log = structlog.get_logger()

WINDOW = timedelta(minutes=1)


class Limit:
    """Sliding windows in memory, one a person and one a group; `passes` names the intents that are never held back."""

    def __init__(self, clock: Clock, *, a_person: int, a_group: int, passes: frozenset[str]) -> None:
        self._clock = clock
        self._a_person = a_person
        self._a_group = a_group
        self._passes = passes
        self._answered: dict[tuple[str, int], deque[datetime]] = {}

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        conversation, speaker = delivery.known
        exempt = speaker.officer is not None or delivery.screened.understanding.intent in self._passes
        person = self._is_full(("person", conversation.contact), self._a_person)
        group = conversation.group is not None and self._is_full(("group", conversation.group), self._a_group)
        if (person or group) and not exempt:
            log.info("message.over_limit", of="person" if person else "group")
            delivery.limited = True
        await proceed(delivery)

    def _is_full(self, key: tuple[str, int], limit: int) -> bool:
        now = self._clock.now()
        answered = self._answered.setdefault(key, deque(maxlen=limit))
        while answered and answered[0] <= now - WINDOW:
            answered.popleft()
        if len(answered) >= limit:
            return True
        answered.append(now)
        return False
