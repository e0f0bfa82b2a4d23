"""Driving an assistant on a virtual clock: time jumps to whatever happens next, and nothing happens out of order."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.app import Assistant
from bot.message import Connected, Inbound
from scheduler.clock import VirtualClock

LONGEST_WAIT = timedelta(days=2)
"""After the last line: quiet hours and a day's cap end within this."""


class Player:
    """Moves the clock to whatever comes first: a row falls due, a message may go, the next line is said."""

    def __init__(self, assistant: Assistant, clock: VirtualClock) -> None:
        self._assistant = assistant
        self._clock = clock

    async def begin(self, connected: Connected) -> None:
        await self._assistant.sender.recover()
        await self._assistant.dispatcher.feed(connected)

    async def say(self, inbound: Inbound) -> None:
        """Somebody speaks now; returns once it is committed."""
        await self._assistant.dispatcher.feed(inbound)
        await self._assistant.dispatcher.settle()

    async def pass_time(self, until: datetime) -> None:
        """Let time pass up to `until`, doing what falls due and sending what may go on the way."""
        while True:
            await self._assistant.ticker.tick()
            again = await self._assistant.sender.step()
            if again is not None and again <= self._clock.now():
                continue
            moments = (again, await self._assistant.ticker.next_due())
            nearest = min((moment for moment in moments if moment is not None), default=None)
            if nearest is None or nearest > until:
                break
            self._clock.move_to(nearest)
        self._clock.move_to(until)

    async def drain(self) -> None:
        """Only what is already to be sent still goes; nothing more falls due."""
        end = self._clock.now() + LONGEST_WAIT
        while (again := await self._assistant.sender.step()) is not None and again <= end:
            self._clock.move_to(again)
