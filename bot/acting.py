"""What is done on a page: the same use cases as by message, in one transaction with what is then said to others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.context import Post, Said
from bot.message import Refusal, Reply
from bot.posting import Posting, Render
from scheduler.clock import Clock
from storage.base import Db
from storage.database import Database, savepoint

Deed = Callable[[Db, datetime], Awaitable[list[Said]]]


@dataclass(frozen=True, slots=True)
class Done:
    """`said`: what the one who acted is told; `refused` where a rule said no, and nothing has changed."""

    said: tuple[str, ...]
    refused: bool = False


class Acting:
    def __init__(self, database: Database, posting: Posting, render: Render, clock: Clock) -> None:
        self._database = database
        self._posting = posting
        self._render = render
        self._clock = clock

    async def do(self, deed: Deed) -> Done:
        async with self._database.transaction() as db:
            now = self._clock.now()
            try:
                async with savepoint(db):
                    said = await deed(db, now)
            except Refusal as refusal:
                return Done((self._render(refusal.key, refusal.params, public=False),), refused=True)
            await self._posting.post(db, [one for one in said if isinstance(one, Post)], now)
            replies = [one for one in said if isinstance(one, Reply)]
        return Done(tuple(self._render(one.key, one.params, public=False) for one in replies))
