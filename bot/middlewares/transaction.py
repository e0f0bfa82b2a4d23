"""One transaction a message: inbox row, business change, dialogue and outbox rows commit together, or nothing does.

A crash rolls everything back; the message is then recorded as failed, and staff are told, in a second small transaction. While
the database is away the message waits in memory: a gateway does not deliver it again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.delivery import Delivery, Next
from storage.base import Db
from storage.database import Database, while_database_is_away
from storage.failpoint import reach

log = structlog.get_logger()

OnCrash = Callable[[Db, Delivery, Exception], Awaitable[None]]


class Transaction:
    def __init__(self, database: Database, on_crash: OnCrash) -> None:
        self._database = database
        self._on_crash = on_crash

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        try:
            # all of it is rolled back, so all of it can be done again
            await while_database_is_away(partial(self._handled, delivery, proceed))
        except Exception as fault:
            log.exception("message.failed", fault=type(fault).__name__)
            await while_database_is_away(partial(self._recorded, delivery, fault))

    async def _handled(self, delivery: Delivery, proceed: Next) -> None:
        async with self._database.transaction() as db:
            delivery.db = db
            await proceed(delivery)
            reach("receive.before_commit")
        reach("receive.after_commit")

    async def _recorded(self, delivery: Delivery, fault: Exception) -> None:
        async with self._database.transaction() as db:
            delivery.db = db
            await self._on_crash(db, delivery, fault)
