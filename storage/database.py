"""Engines and transactions.

SQLite: one writing connection behind a lock (BEGIN IMMEDIATE; a deferred BEGIN loses updates or fails with "database is
locked"), and a second engine for reading. PostgreSQL: a pool. Work that must follow a commit is left with `after_commit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import StaticPool

from storage.base import Db
from storage.errors import DatabaseUnusable
from storage.secrets import Vault, attach_vault

POSTGRESQL_POOL = 8
BUSY_TIMEOUT_MS = 10_000
AWAY_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)

log = structlog.get_logger()


def database_url(text: str) -> URL:
    """The URL with the driver we use. `sqlite:///file.db` and `postgresql://…` are what people write."""
    try:
        url = make_url(text)
    except ArgumentError as fault:
        raise DatabaseUnusable("database.url", url=text) from fault
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    backend = url.drivername.split("+")[0]
    if backend not in drivers:
        raise DatabaseUnusable("database.backend", backend=backend)
    return url.set(drivername=drivers[backend])


class Database:
    """A community's database: `transaction()` to change it, `reading()` to look."""

    def __init__(self, url: str | URL, vault: Vault) -> None:
        self.url = database_url(url) if isinstance(url, str) else url
        self.vault = vault
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        self._writer = self._engine(writing=True)
        self._reader = self._writer if not self.is_sqlite or self.in_memory else self._engine(writing=False)
        self._glancer = self._reader if self.is_sqlite else self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._turn = asyncio.Lock()
        self.listeners: list[Callable[[], None]] = []
        """Told after every commit of this process, so that a page can follow what changes without asking."""

    def _engine(self, *, writing: bool) -> AsyncEngine:
        if not self.is_sqlite:
            engine = create_async_engine(
                self.url, pool_size=POSTGRESQL_POOL, max_overflow=0, pool_pre_ping=True, hide_parameters=True
            )
        elif self.in_memory:
            engine = create_async_engine(self.url, poolclass=StaticPool, hide_parameters=True)
        else:
            engine = create_async_engine(self.url, pool_size=1 if writing else 3, max_overflow=0, hide_parameters=True)
        attach_vault(engine.dialect, self.vault)
        if self.is_sqlite:
            _prepare_sqlite(engine, begin="BEGIN IMMEDIATE" if writing else "BEGIN")
        return engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Db]:
        """One transaction: committed at the end, rolled back by any exception; then what `after_commit` left is done."""
        if not self.is_sqlite:
            async with self._session(self._writer) as db:
                yield db
        else:
            # one writer at a time, in the order of asking: SQLite's own waiting is neither fair nor cheap
            async with self._turn, self._session(self._writer) as db:
                yield db
        for listener in self.listeners:
            listener()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[Db]:
        async with AsyncSession(engine, expire_on_commit=False) as db:
            async with db.begin():
                yield db
            for work in db.info.pop("after_commit", ()):
                work()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Db]:
        """A look at the database that keeps nobody from writing."""
        if self.in_memory:
            async with self._turn, self._session(self._writer) as db:
                yield db
        else:
            async with AsyncSession(self._reader, expire_on_commit=False) as db:
                yield db

    @asynccontextmanager
    async def glancing(self) -> AsyncIterator[Db]:
        """For a single look that comes again and again: on PostgreSQL it begins and ends no transaction."""
        if self.in_memory:
            async with self.reading() as db:
                yield db
        else:
            async with AsyncSession(self._glancer, expire_on_commit=False) as db:
                yield db

    @property
    def engine(self) -> AsyncEngine:
        return self._writer

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def while_database_is_away(work: Callable[[], Awaitable[None]]) -> None:
    """Do `work`, and again after a while where only the connection was lost; what it did before was rolled back."""
    for pause in AWAY_PAUSES_S:
        try:
            return await work()
        except DBAPIError as fault:
            if not _is_away(fault):
                raise
            log.warning("database.away", again_in_s=pause)
            await asyncio.sleep(pause)
    return await work()


def _is_away(fault: DBAPIError) -> bool:
    return fault.connection_invalidated or isinstance(fault, OperationalError | InterfaceError)


@asynccontextmanager
async def savepoint(db: Db) -> AsyncIterator[None]:
    """Part of a transaction that may fail by itself: what it left to be done after the commit is then not done either."""
    work: list[Callable[[], None]] = db.info.setdefault("after_commit", [])
    before = len(work)
    try:
        async with db.begin_nested():
            yield
    except BaseException:
        del work[before:]
        raise


def after_commit(db: Db, work: Callable[[], None]) -> None:
    """Do `work` once this transaction is committed, and never if it is not: indexes in memory follow the tables."""
    db.info.setdefault("after_commit", []).append(work)


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
