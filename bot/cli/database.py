"""`linli migrate`, `linli backup`, `linli restore`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import open_database
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of, sqlite_file
from bot.settings import Settings
from storage import lock, schema
from storage.backup import backup, restore
from storage.secrets import load_vault

if TYPE_CHECKING:
    from bot.cli import Options


def migrate_database(options: Options) -> None:
    settings = settings_of(options)
    asyncio.run(_migrate(settings))
    say("migrate.done", version=schema.HEAD)


async def _migrate(settings: Settings) -> None:
    database = await open_vault_and_database(settings, create_key=True)
    try:
        await open_database(database)
    finally:
        await database.close()


def backup_database(options: Options, target: Path) -> None:
    settings = settings_of(options)
    source = _file_or_refuse(settings)
    if not target.absolute().parent.is_dir():
        raise CommandFault("backup.folder", path=target.absolute().parent)
    size = backup(source, target)
    say("backup.done", path=target, size=size, key=settings.database.key_file)


def restore_database(options: Options, copy: Path) -> None:
    """Refuses while the assistant runs: it would go on writing into the old file."""
    settings = settings_of(options)
    target = _file_or_refuse(settings)
    vault = load_vault(settings.database.key_file, create=False)
    kept_as = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%d%H%M%S}")
    with lock.take(lock_file(target)):
        kept = restore(copy, target, fingerprint=vault.fingerprint, kept_as=kept_as)
    if kept is None:
        say("restore.done_fresh")
    else:
        say("restore.done", kept=kept)


def lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _file_or_refuse(settings: Settings) -> Path:
    file = sqlite_file(settings)
    if file is None:
        raise CommandFault("backup.postgresql")
    return file
