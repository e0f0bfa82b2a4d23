"""One of two processes on one database: when told to begin, it does what is due, writes a line for each row,
and prints how many.

python ticking_child.py URL KEY
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import insert
from sqlalchemy.engine import make_url

sys.path.insert(0, str(Path(__file__).parents[2]))

from scheduler.clock import VirtualClock
from scheduler.ticker import Ticker
from storage.audit import AuditRow
from storage.base import Db
from storage.database import Database
from storage.due import Due
from storage.secrets import Vault
from tests.assistants import MORNING


async def many(db: Db, rows: Sequence[Due]) -> None:
    await db.execute(
        insert(AuditRow),
        [
            {
                "community": "xingfu",
                "at": MORNING,
                "actor": "assistant",
                "verb": "tests.done",
                "subject": row.subject,
                "before": {},
                "after": {},
                "why": "",
            }
            for row in rows
        ],
    )


async def alone(db: Db, row: Due) -> None:
    await many(db, [row])


async def told(_db: Db, rows: Sequence[Due], outcome: str) -> None:
    raise RuntimeError(f"{len(rows)} rows were {outcome}")


async def tick(url: str, key: str) -> int:
    database = Database(make_url(url), Vault(bytes.fromhex(key)))
    clock = VirtualClock(MORNING + timedelta(minutes=1))
    ticker = Ticker(database, clock, "xingfu", {"alone": alone}, told, {"many": many})
    done = 0
    try:
        # what the other holds just now may yet be given back: look until nothing waits
        while await ticker.next_due() is not None:
            done += await ticker.tick()
            await asyncio.sleep(0.05)
    finally:
        await database.close()
    return done


structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
print("ready", flush=True)  # noqa: T201
sys.stdin.readline()
print(asyncio.run(tick(*sys.argv[1:])))  # noqa: T201
