"""A consistent copy of a running SQLite database, and the way back. The key is never in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.errors import DatabaseUnusable, SchemaUnknown
from storage.schema import KNOWN, refuse_unknown

_SUFFIXES = ("", "-wal", "-shm")


def backup(source: Path, target: Path) -> int:
    """Copy the database while it is in use; returns bytes. An existing file is never overwritten."""
    if target.exists():
        raise DatabaseUnusable("backup.exists", path=str(target))
    if not source.exists():
        raise DatabaseUnusable("database.missing", path=str(source))
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    partial.replace(target)
    return target.stat().st_size


def restore(copy: Path, target: Path, *, fingerprint: str, kept_as: Path) -> Path | None:
    """Put a checked copy in the place of the database; the old one is kept as `kept_as` (returned, None if there was none)."""
    check(copy, fingerprint)
    fresh = target.with_name(target.name + ".restoring")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(copy, fresh)
    fresh.chmod(0o600)
    kept = None
    if target.exists():
        for suffix in _SUFFIXES:
            part = target.with_name(target.name + suffix)
            if part.exists():
                part.replace(kept_as.with_name(kept_as.name + suffix))
        kept = kept_as
    fresh.replace(target)
    return kept


def check(copy: Path, fingerprint: str) -> None:
    """Refuse a copy that is missing, damaged, of a newer version, or sealed with another key."""
    if not copy.exists():
        raise DatabaseUnusable("backup.missing", path=str(copy))
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as database:
            if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise DatabaseUnusable("backup.damaged", path=str(copy))
            version = database.execute("SELECT version_num FROM alembic_version").fetchone()
            key = database.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
    except sqlite3.DatabaseError as fault:
        raise DatabaseUnusable("backup.damaged", path=str(copy)) from fault
    refuse_unknown(version[0] if version else None)
    if version is None or version[0] not in KNOWN:
        raise SchemaUnknown("schema.none", path=str(copy))
    if key is not None and key[0] != fingerprint:
        raise DatabaseUnusable("backup.other_key", path=str(copy))
