"""A copy of a running database is whole and holds no key; the way back refuses what does not fit and keeps the old one."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import open_database
from storage.backup import backup, restore
from storage.base import insert_once
from storage.counters import Counter
from storage.database import Database
from storage.errors import DatabaseUnusable, SchemaUnknown, StorageFault
from storage.secrets import Vault
from tests.databases import KEY


@pytest.fixture
async def running(sqlite_path: Path, vault: Vault) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{sqlite_path}", vault)
    await open_database(database)
    yield database
    await database.close()


async def put(database: Database, day: str, kinds: tuple[str, ...] = ("left", "right")) -> None:
    async with database.transaction() as db:
        for kind in kinds:
            await insert_once(db, Counter, community="c", kind=kind, day=day, value=1)
            await asyncio.sleep(0)


def days(path: Path, kind: str = "left") -> list[str]:
    with closing(sqlite3.connect(path)) as copy:
        return [day for (day,) in copy.execute("SELECT day FROM counters WHERE kind = ? ORDER BY day", (kind,))]


async def test_a_copy_made_while_writing_holds_whole_transactions_only(
    running: Database, sqlite_path: Path, tmp_path: Path
) -> None:
    writing = asyncio.Event()

    async def write() -> None:
        for number in range(150):
            await put(running, f"{number:03}")
            if number == 20:
                writing.set()

    writer = asyncio.create_task(write())
    await writing.wait()
    copies = [tmp_path / f"copy-{number}.db" for number in range(5)]
    for copy in copies:
        await asyncio.to_thread(backup, sqlite_path, copy)
    assert not writer.done(), "the copies were made before the writing ended"
    await writer
    counts = [len(days(copy)) for copy in copies]
    assert counts == sorted(counts)
    for copy in copies:
        assert days(copy, "left") == days(copy, "right") == [f"{number:03}" for number in range(len(days(copy)))]
        assert len(days(copy)) > 20


async def test_a_copy_is_for_its_owner_only_and_holds_no_key(
    running: Database, sqlite_path: Path, tmp_path: Path
) -> None:
    await put(running, "1")
    copy = tmp_path / "copy.db"
    assert backup(sqlite_path, copy) == copy.stat().st_size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    content = copy.read_bytes()
    assert KEY not in content
    assert base64.b64encode(KEY) not in content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db"]  # whole in one file


async def test_a_copy_never_overwrites(running: Database, sqlite_path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"something dear")
    with pytest.raises(DatabaseUnusable, match=r"backup.exists"):
        backup(sqlite_path, copy)
    assert copy.read_bytes() == b"something dear"
    assert await asyncio.to_thread(list, tmp_path.iterdir()) == [copy]


def test_what_is_not_there_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"database.missing"):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


async def saved(running: Database, sqlite_path: Path, tmp_path: Path) -> Path:
    """A copy with day 1 in it; the database goes on to day 2 and is closed."""
    await put(running, "1")
    copy = tmp_path / "copy.db"
    await asyncio.to_thread(backup, sqlite_path, copy)
    await put(running, "2")
    await running.close()
    return copy


async def test_the_way_back_brings_what_was_copied_and_keeps_what_was_there(
    running: Database, sqlite_path: Path, tmp_path: Path, vault: Vault
) -> None:
    copy = await saved(running, sqlite_path, tmp_path)
    kept = restore(copy, sqlite_path, fingerprint=vault.fingerprint, kept_as=tmp_path / "kept.db")
    assert kept == tmp_path / "kept.db"
    assert days(sqlite_path) == ["1"]
    assert days(kept) == ["1", "2"]
    assert stat.S_IMODE(sqlite_path.stat().st_mode) == 0o600
    again = Database(f"sqlite:///{sqlite_path}", vault)
    await open_database(again)
    await put(again, "3")
    await again.close()
    assert days(sqlite_path) == ["1", "3"]


async def test_the_way_back_after_a_crash_does_not_mix_in_the_old_log(
    running: Database, sqlite_path: Path, tmp_path: Path, vault: Vault
) -> None:
    await put(running, "1")
    copy = tmp_path / "copy.db"
    backup(sqlite_path, copy)
    await put(running, "2")
    log = sqlite_path.with_name(sqlite_path.name + "-wal")
    left_behind = log.read_bytes()
    await running.close()
    log.write_bytes(left_behind)  # as SIGKILL leaves it
    restore(copy, sqlite_path, fingerprint=vault.fingerprint, kept_as=tmp_path / "kept.db")
    assert days(sqlite_path) == ["1"]
    assert (tmp_path / "kept.db-wal").read_bytes() == left_behind


async def test_where_there_was_nothing_the_copy_is_simply_put(
    running: Database, sqlite_path: Path, tmp_path: Path, vault: Vault
) -> None:
    copy = await saved(running, sqlite_path, tmp_path)
    target = tmp_path / "new" / "linli.db"
    assert restore(copy, target, fingerprint=vault.fingerprint, kept_as=tmp_path / "kept.db") is None
    assert days(target) == ["1"]


def damage(copy: Path, how: str) -> None:
    match how:
        case "cut off":
            copy.write_bytes(copy.read_bytes()[:8000])
        case "overwritten":
            content = bytearray(copy.read_bytes())
            content[4096:40000] = bytes(40000 - 4096)
            copy.write_bytes(content)
        case "not a database":
            copy.write_bytes(b"hello" * 500)
        case "empty":
            copy.write_bytes(b"")
        case "missing":
            copy.unlink()
        case statements:
            with closing(sqlite3.connect(copy)) as changed:
                changed.executescript(statements)


FAULTS = [
    ("cut off", "backup.damaged"),
    ("overwritten", "backup.damaged"),
    ("not a database", "backup.damaged"),
    ("empty", "backup.damaged"),
    ("missing", "backup.missing"),
    ("UPDATE alembic_version SET version_num = '9999'", "schema.newer"),
    ("DELETE FROM alembic_version", "schema.none"),
    ("UPDATE facts SET value = 'other' WHERE name = 'key'", "backup.other_key"),
]


@pytest.mark.parametrize(("how", "fault"), FAULTS, ids=[f"{fault} {at}" for at, (_, fault) in enumerate(FAULTS)])
async def test_what_does_not_fit_is_refused_and_the_old_one_stays(
    running: Database, sqlite_path: Path, tmp_path: Path, vault: Vault, how: str, fault: str
) -> None:
    copy = await saved(running, sqlite_path, tmp_path)
    damage(copy, how)
    with pytest.raises(StorageFault) as refused:
        restore(copy, sqlite_path, fingerprint=vault.fingerprint, kept_as=tmp_path / "kept.db")
    assert isinstance(refused.value, DatabaseUnusable | SchemaUnknown)
    assert refused.value.key == fault
    assert days(sqlite_path) == ["1", "2"]
    assert not (tmp_path / "kept.db").exists()
    assert list(sqlite_path.parent.glob("*.restoring")) == []
