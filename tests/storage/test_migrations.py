"""From nothing to today's tables on both databases, all or nothing, and never over a schema that we do not know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

from bot.app import open_database
from storage import schema
from storage.database import Database
from storage.errors import DatabaseUnusable, SchemaUnknown
from storage.secrets import Vault
from storage.tables import Base
from tests.databases import KEY

ON_SQLITE_ONLY = {"ix_complaints_community_state_building_unit_searched"}
"""Alembic compares what SQLAlchemy's `ddl_if` leaves out."""


@pytest.fixture
async def empty(empty_url: str, vault: Vault) -> AsyncIterator[Database]:
    database = Database(empty_url, vault)
    yield database
    await database.close()


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_an_empty_database_gets_all_tables_once(empty: Database) -> None:
    assert await schema.version(empty) is None
    assert await schema.ensure(empty)
    assert await schema.version(empty) == schema.HEAD
    assert await tables(empty) == {*Base.metadata.tables, "alembic_version"}
    assert not await schema.ensure(empty)


async def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    await schema.ensure(empty)

    def differences(connection: Connection) -> list[object]:
        is_sqlite = connection.dialect.name == "sqlite"
        opts = {"compare_type": True, "include_object": lambda _, name, *__: is_sqlite or name not in ON_SQLITE_ONLY}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, Base.metadata))

    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_deleting_behaves_as_the_models_say(empty: Database) -> None:
    """What alembic does not compare: ON DELETE and CHECK."""
    await schema.ensure(empty)

    def found(connection: Connection) -> tuple[set[tuple[str, str, str]], set[str]]:
        inspector = inspect(connection)
        keys = {
            (table, key["constrained_columns"][0], key["options"].get("ondelete", ""))
            for table in Base.metadata.tables
            for key in inspector.get_foreign_keys(table)
        }
        checks = {str(check["name"]) for check in inspector.get_check_constraints("outbox")}
        return keys, checks

    async with empty.engine.connect() as connection:
        keys, checks = await connection.run_sync(found)
    wanted = {
        (table.name, key.parent.name, key.ondelete or "")
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
    }
    assert keys == wanted
    assert checks == {"ck_outbox_one_target"}


def test_the_version_that_is_looked_at_quickly_is_the_last_of_the_steps() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(schema._SCRIPTS))
    steps = ScriptDirectory.from_config(configuration)
    assert steps.get_heads() == [schema.HEAD]
    assert {step.revision for step in steps.walk_revisions()} == set(schema.KNOWN)


async def test_the_way_back_leaves_nothing(empty: Database) -> None:
    await schema.ensure(empty)
    async with empty.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(schema.configuration(sync), "base"))
    assert await tables(empty) == {"alembic_version"}
    assert await schema.ensure(empty)


@pytest.mark.parametrize("statements", [1, 5, 30])
async def test_a_migration_that_fails_half_way_leaves_what_was_before(empty: Database, statements: int) -> None:
    left = statements

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal left
        left -= "CREATE" in statement
        if left == 0:
            raise RuntimeError("the power is gone")

    listening = (empty.engine.sync_engine, "after_cursor_execute", fail)
    event.listen(*listening)
    with pytest.raises(RuntimeError):
        await schema.ensure(empty)
    event.remove(*listening)
    assert await tables(empty) == set()
    assert await schema.ensure(empty)


async def test_two_processes_that_start_at_once_migrate_once(empty: Database, vault: Vault) -> None:
    other = Database(empty.url, vault)
    await asyncio.gather(open_database(empty), open_database(other))
    await other.close()
    assert await schema.version(empty) == schema.HEAD


async def test_a_newer_schema_is_refused_untouched(database: Database) -> None:
    async with database.transaction() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaUnknown) as refused:
        await open_database(database)
    assert (refused.value.key, refused.value.params["found"]) == ("schema.newer", "9999")
    assert await schema.version(database) == "9999"


async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("wrong") / "linli.db"
    path.write_bytes(b"this is a letter to the community office, not a database" * 40)
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}", Vault(KEY))
    with pytest.raises(DatabaseUnusable):
        await open_database(database)
    await database.close()
    assert path.read_bytes() == before


async def test_a_server_that_is_not_there_is_said_in_one_line() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/linli", Vault(KEY))
    with pytest.raises(DatabaseUnusable) as refused:
        await open_database(database)
    await database.close()
    assert refused.value.key == "database.unreachable"
    assert "\n" not in str(refused.value.params["reason"])
