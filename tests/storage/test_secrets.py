"""What is sealed lies sealed on the disk, and a key that does not fit is refused in words."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from bot.app import open_database
from storage import attachments
from storage.accounts import Contact, Directory
from storage.base import Base
from storage.database import Database
from storage.errors import KeyUnusable
from storage.secrets import KEY_VARIABLE, SealedBytes, Vault, load_vault
from tests.assistants import MORNING, open_world
from tests.resident import GROUP
from tests.storage.rows import somebody

WORDS = "我叫王秀兰，电话13812345678，3号楼2单元501门口楼道灯坏了三天没人管"
NEVER_PLAIN = [WORDS, "王秀兰", "13812345678", "李主任", "王阿姨", "老王家的"]
RESULT = "换了灯泡，王秀兰在场"


async def talk(database: Database) -> None:
    """Every sealed column gets something to seal."""
    world = await open_world(database)
    wang = world.resident("3-2-501 王阿姨", contact="wx_wang", name="老王家的")
    li = world.staff("李主任")
    await wang.says("你好")
    await wang.says(WORDS, in_group=GROUP)
    await wang.says("楼道灯又坏了", in_group=GROUP)
    await li.commands("派 SQ261125-01 小周")
    await li.commands(f"办结 SQ261125-01 {RESULT}")
    async with database.transaction() as db:
        await attachments.keep(db, "xingfu", name="王秀兰.txt", content=WORDS.encode(), now=MORNING)


async def everything_on_disk(database: Database) -> bytes:
    """The raw bytes of the file, its write-ahead log included; or every row as PostgreSQL gives it without our types."""
    if database.is_sqlite:
        path = str(make_url(str(database.url)).database)
        return b"".join(Path(path + suffix).read_bytes() for suffix in ("", "-wal") if Path(path + suffix).exists())
    found: list[bytes] = []
    async with database.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in await db.execute(text(f'SELECT * FROM "{table.name}"')):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


async def test_what_people_said_and_are_called_is_nowhere_to_be_read(database: Database) -> None:
    await talk(database)
    disk = await everything_on_disk(database)
    assert b"SQ261125-01" in disk  # the bytes are the right ones
    assert [secret for secret in [*NEVER_PLAIN, RESULT] if secret.encode() in disk] == []


async def test_after_the_log_is_folded_into_the_file_it_is_still_sealed(shelf_url: str, vault: Vault) -> None:
    database = Database(shelf_url, vault)
    await talk(database)
    await database.close()  # the last connection folds the log into the file
    disk = await everything_on_disk(Database(shelf_url, vault))
    assert b"SQ261125-01" in disk
    assert [secret for secret in NEVER_PLAIN if secret.encode() in disk] == []


def test_every_sealed_column_is_bound_to_its_own_place() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedBytes):
                assert column.type.column == f"{table.name}.{column.name}"


def test_a_sealed_value_cannot_be_moved_to_another_column(vault: Vault) -> None:
    sealed = vault.seal("王秀兰".encode(), "contacts.name")
    assert vault.open(sealed, "contacts.name").decode() == "王秀兰"
    with pytest.raises(KeyUnusable, match="wrong_or_damaged"):
        vault.open(sealed, "staff.name")


def test_the_same_words_are_sealed_differently_each_time_and_found_by_their_digest(vault: Vault) -> None:
    assert vault.seal(b"x", "a.b") != vault.seal(b"x", "a.b")
    assert vault.digest("inbox.text", "灯坏了") == vault.digest("inbox.text", "灯坏了")
    assert vault.digest("inbox.text", "灯坏了") != vault.digest("other", "灯坏了")
    assert vault.digest("inbox.text", "灯坏了") != Vault(bytes(32)).digest("inbox.text", "灯坏了")


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(64)])
def test_a_damaged_field_is_a_clear_refusal(vault: Vault, damaged: bytes) -> None:
    with pytest.raises(KeyUnusable, match="wrong_or_damaged"):
        vault.open(damaged, "contacts.name")


async def test_another_key_is_refused_before_anything_is_read(database: Database) -> None:
    await open_database(database)
    stranger = Database(database.url, Vault(bytes(32)))
    with pytest.raises(KeyUnusable, match=r"key.does_not_fit"):
        await open_database(stranger)
    await stranger.close()
    await open_database(database)  # and the right one still fits


async def test_what_no_database_can_hold_is_replaced_and_the_rest_is_kept(
    database: Database, directory: Directory
) -> None:
    await somebody(database, directory, "wx_1", "王\ud800阿姨")
    async with database.reading() as db:
        assert list(await db.scalars(select(Contact.name))) == ["王?阿姨"]


class TestKeyFile:
    def test_it_is_made_at_the_first_start_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "var" / "linli.key"
        first = load_vault(path, create=True)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(base64.b64decode(path.read_text())) == 32
        assert load_vault(path, create=True).fingerprint == first.fingerprint

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(KeyUnusable, match=r"key.missing"):
            load_vault(tmp_path / "linli.key", create=False)
        assert not (tmp_path / "linli.key").exists()

    def test_readable_by_others(self, tmp_path: Path) -> None:
        path = tmp_path / "linli.key"
        load_vault(path, create=True)
        for mode in (0o640, 0o604, 0o666):
            path.chmod(mode)
            with pytest.raises(KeyUnusable, match=r"key.readable_by_others"):
                load_vault(path, create=True)

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            ("not base64!", "key.not_base64"),
            ("", "key.length"),
            (base64.b64encode(bytes(31)).decode(), "key.length"),
            ("\xff\xfe", "key.not_base64"),
        ],
        ids=["not base64", "empty", "cut off", "not even text"],
    )
    def test_damaged(self, tmp_path: Path, content: str, fault: str) -> None:
        path = tmp_path / "linli.key"
        path.write_text(content, "latin-1")
        path.chmod(0o600)
        with pytest.raises(KeyUnusable, match=fault):
            load_vault(path, create=True)

    def test_the_environment_goes_before_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(KEY_VARIABLE, base64.b64encode(bytes(range(32))).decode())
        assert load_vault(tmp_path / "linli.key", create=True).fingerprint == Vault(bytes(range(32))).fingerprint
        assert not (tmp_path / "linli.key").exists()

    def test_a_damaged_key_in_the_environment_does_not_show_itself(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(KEY_VARIABLE, "geheim, not base64")
        with pytest.raises(KeyUnusable) as refused:
            load_vault(tmp_path / "linli.key", create=True)
        assert "geheim" not in str(refused.value)
        assert os.environ[KEY_VARIABLE]
