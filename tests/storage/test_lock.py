"""One process owns one database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import lock
from storage.database import Database
from storage.errors import DatabaseUnusable


def test_a_file_is_held_by_one_until_let_go(tmp_path: Path) -> None:
    path = tmp_path / "linli.db.lock"
    with lock.take(path), pytest.raises(DatabaseUnusable, match=r"database.in_use"):
        lock.take(path)
    lock.take(path).close()


async def test_a_community_on_postgresql_is_held_by_one_until_let_go(database: Database, other: Database) -> None:
    if database.is_sqlite:
        return  # there a file is locked
    async with lock.take_advisory(database, "xingfu"):
        with pytest.raises(DatabaseUnusable, match=r"database.in_use"):
            async with lock.take_advisory(other, "xingfu"):
                pass
        async with lock.take_advisory(other, "another"):
            pass
    async with lock.take_advisory(other, "xingfu"):
        pass


async def test_holding_it_keeps_no_transaction_open(database: Database, other: Database) -> None:
    """One that stands open for weeks keeps PostgreSQL from cleaning up, and is ended by a server that forbids it."""
    if database.is_sqlite:
        return
    async with lock.take_advisory(database, "xingfu"):
        await asyncio.sleep(0.05)
        async with other.reading() as db:
            states = (
                await db.execute(
                    text(
                        "SELECT state FROM pg_stat_activity WHERE datname = current_database() "
                        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                )
            ).scalars()
            assert list(states) == ["idle"]
