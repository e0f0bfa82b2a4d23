"""From the options before the command to settings and an open database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings, load_settings
from storage.database import Database, database_url
from storage.secrets import load_vault

if TYPE_CHECKING:
    from bot.cli import Options


def settings_of(options: Options) -> Settings:
    """config.yaml, with `--db` in the place of its database."""
    settings = load_settings(options.config)
    if options.db is None:
        return settings
    database_url(options.db)  # a wrong one is refused before anything is opened
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": options.db})})


def open_vault_and_database(settings: Settings, *, create_key: bool) -> Database:
    """The database of the configuration, not yet looked at; the folder of an SQLite file is made."""
    url = database_url(settings.database.url)
    file = sqlite_file(settings)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    return Database(url, load_vault(settings.database.key_file, create=create_key))


def sqlite_file(settings: Settings) -> Path | None:
    """The file of an SQLite database; None in memory or on PostgreSQL."""
    url = database_url(settings.database.url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))
