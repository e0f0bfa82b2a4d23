"""One message of a person in a place at a time: two quick messages must not load the same state of a dialogue."""

from __future__ import annotations

import asyncio

from bot.delivery import Delivery, Next


class Serialize:
    def __init__(self) -> None:
        self._turns: dict[tuple[str | None, str], tuple[asyncio.Lock, int]] = {}

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        key = (delivery.inbound.group, delivery.inbound.sender)
        lock, waiting = self._turns.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._turns[key] = (lock, waiting + 1)
        try:
            async with lock:  # fair: first come, first served
                await proceed(delivery)
        finally:
            _, waiting = self._turns[key]
            if waiting == 1:
                del self._turns[key]
            else:
                self._turns[key] = (lock, waiting - 1)
