"""From the options before the command to settings and an open database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.messages import CommandFault
from bot.settings import ConfigurationFault, Settings, line_of, load_settings
from storage import schema
from storage.database import Database, database_url
from storage.secrets import KEY_BYTES, Vault, load_vault

if TYPE_CHECKING:
    from bot.cli import Options


def settings_of(options: Options) -> Settings:
    """config.yaml, with `--db` in the place of its database."""
    settings = load_settings(options.config)
    _check(settings, options.config)
    if options.db is None:
        return settings
    database_url(options.db)  # a wrong one is refused before anything is opened
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": options.db})})


def _check(settings: Settings, path: Path) -> None:
    """What is typed well and still means nothing. Raises `ConfigurationFault` naming the line."""
    for at, one in enumerate(settings.sessions.appointments):
        if not one.is_bookable:
            where = ("sessions", "appointments", at, "hours")
            params = {"name": one.name, "hours": "/".join(one.hours), "minutes": one.minutes}
            raise ConfigurationFault("config.appointment", path=str(path), line=_line(path, where), **params)
    if not any(fact.buildings for fact in settings.groups):
        return
    from intents.groups import unreadable  # noqa: PLC0415 - the grammar of buildings, where somebody writes some

    place = unreadable(settings.groups)
    if place is not None:
        fact, line = settings.groups[place], _line(path, ("groups", place, "buildings"))
        raise ConfigurationFault("config.buildings", path=str(path), line=line, name=fact.name, said=fact.buildings)


def _line(path: Path, where: tuple[int | str, ...]) -> int:
    return line_of(path.read_text("utf-8"), where)


async def open_vault_and_database(settings: Settings, *, create_key: bool) -> Database:
    """The database of the configuration, not yet looked at; the folder of an SQLite file is made.

    A key is only ever made for a database that is not there yet: for one that is, a missing key is a lost key.
    """
    url = database_url(settings.database.url)
    file = sqlite_file(settings)
    is_new = not settings.database.key_file.exists() and not await _exists(settings)
    vault = load_vault(settings.database.key_file, create=create_key and is_new)
    if file is not None and create_key:
        _make_private(file)
    return Database(url, vault)


async def open_existing(settings: Settings) -> Database:
    """For what only reads: a database that is there, with today's schema. Raises `CommandFault` where there is none."""
    file = sqlite_file(settings)
    if file is not None and not _is_filled(file):
        raise CommandFault("database.not_migrated")
    database = await open_vault_and_database(settings, create_key=False)
    try:
        if await schema.version(database) != schema.HEAD:
            raise CommandFault("database.not_migrated")
    except BaseException:
        await database.close()
        raise
    return database


async def _exists(settings: Settings) -> bool:
    file = sqlite_file(settings)
    if file is not None:
        return _is_filled(file)
    return await _has_schema(Database(settings.database.url, Vault(bytes(KEY_BYTES))))


def _make_private(file: Path) -> None:
    """Nobody else reads it: what is not sealed in it is still no stranger's business."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)


def _is_filled(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


async def _has_schema(database: Database) -> bool:
    try:
        return await schema.version(database) is not None
    finally:
        await database.close()


def sqlite_file(settings: Settings) -> Path | None:
    """The file of an SQLite database; None in memory or on PostgreSQL."""
    url = database_url(settings.database.url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
