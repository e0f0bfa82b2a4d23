"""Load the dialogue that is open with this person here, and gather what handlers may ask for."""

from __future__ import annotations

from bot.context import Context
from bot.delivery import Delivery, Next
from bot.dialog import Dialogs
from bot.expectations import REMEMBERED, Expectations
from bot.memory import GroupMemory
from scheduler.clock import Clock


class Understand:
    def __init__(self, dialogs: Dialogs, expectations: Expectations, memory: GroupMemory, clock: Clock) -> None:
        self._dialogs = dialogs
        self._expectations = expectations
        self._memory = memory
        self._clock = clock

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        conversation, speaker = delivery.known
        db = delivery.open_db
        delivery.context = Context(
            db=db,
            now=self._clock.now(),
            inbound=delivery.inbound,
            text=delivery.text,
            understanding=delivery.screened.understanding,
            conversation=conversation,
            speaker=speaker,
            dialog=await self._dialogs.find(db, conversation) if self._expectations.dialog(conversation) else None,
            command=delivery.screened.command,
            inbox=delivery.inbox or 0,
            earlier=self._memory.before(delivery.inbound),
            staff_word=self._expectations.staff_word,
            asked=self._expectations.asked(conversation),
            reported=self._expectations.reported_within(conversation, delivery.inbound.at, REMEMBERED),
            quiet=delivery.quiet,
            limited=delivery.limited,
        )
        await proceed(delivery)
