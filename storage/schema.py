"""The schema's version: looked at quickly at start, raised by alembic in one transaction, refused where it is newer.

DDL is transactional on both databases (SQLite too, since we begin ourselves), so a migration that dies half-way leaves the
version it started from. On PostgreSQL an advisory lock keeps two processes from migrating at once; on SQLite the write lock does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.errors import DatabaseUnusable, SchemaUnknown
from storage.failpoint import reach

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_266_001  # any number, the same in every process


async def version(database: Database) -> str | None:
    """The database's schema version; None for an empty one."""
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_version)
    except (DBAPIError, OSError) as fault:
        raise DatabaseUnusable("database.unreachable", reason=_first_line(fault)) from fault


async def ensure(database: Database) -> bool:
    """Bring the schema to today's; whether anything was to do. Raises `SchemaUnknown` for one we do not know."""
    found = await version(database)
    if found == HEAD:
        return False
    refuse_unknown(found)
    async with database.engine.begin() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        await connection.run_sync(_upgrade)
        reach("migrate.before_commit")
    return True


def refuse_unknown(found: str | None) -> None:
    if found is not None and found not in KNOWN:
        raise SchemaUnknown("schema.newer", found=found, known=HEAD)


def configuration(connection: Connection) -> Config:
    # imported when it is needed: most commands never are
    from alembic.config import Config  # noqa: PLC0415

    configured = Config()
    configured.set_main_option("script_location", str(_SCRIPTS))
    configured.attributes["connection"] = connection
    return configured


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    reach("migrate.begun")
    event.listen(connection, "after_cursor_execute", lambda *_: reach("migrate.half"))
    command.upgrade(configuration(connection), "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _first_line(fault: BaseException) -> str:
    cause: Any = getattr(fault, "orig", None) or fault
    return str(cause).strip().splitlines()[0][:200] if str(cause).strip() else type(cause).__name__
