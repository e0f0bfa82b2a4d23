"""One process owns one database's account: a lock that the operating system releases when the process dies."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO
from zlib import crc32

from sqlalchemy import text

from storage.database import Database
from storage.errors import DatabaseUnusable

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def take(path: Path) -> IO[str]:
    """Hold `path` until the returned file is closed; raises where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        _try_lock(file)
    except OSError as fault:
        file.close()
        raise DatabaseUnusable("database.in_use", path=str(path)) from fault
    return file


def is_taken(path: Path) -> bool:
    """Whether another process holds it."""
    if not path.exists():
        return False
    try:
        take(path).close()
    except DatabaseUnusable:
        return True
    return False


@asynccontextmanager
async def take_advisory(database: Database, community: str) -> AsyncIterator[None]:
    """The same on PostgreSQL, by a lock that ends with its connection."""
    async with database.engine.connect() as connection:
        key = {"key": crc32(community.encode())}
        if not (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key)).scalar_one():
            raise DatabaseUnusable("database.in_use", path=database.url.render_as_string(hide_password=True))
        await connection.commit()  # the lock is the connection's; a transaction must not stand open as long as we run
        try:
            yield
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
