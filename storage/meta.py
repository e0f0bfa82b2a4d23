"""A few facts about the database itself, such as which key it was sealed with."""

from __future__ import annotations

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db, insert_once
from storage.errors import KeyUnusable
from storage.secrets import Vault


class Fact(Base):
    __tablename__ = "facts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    value: Mapped[str] = mapped_column(String(128))


async def check_key(db: Db, vault: Vault) -> None:
    """Remember the key's fingerprint at first use; a key that does not fit later is refused before anything is read."""
    await insert_once(db, Fact, name="key", value=vault.fingerprint)
    await compare_key(db, vault)


async def compare_key(db: Db, vault: Vault) -> None:
    """Raises `KeyUnusable` where the database was sealed with another key."""
    if await fact(db, "key") not in (None, vault.fingerprint):
        raise KeyUnusable("key.does_not_fit")


async def fact(db: Db, name: str) -> str | None:
    return (await db.execute(select(Fact.value).where(Fact.name == name))).scalar_one_or_none()


async def put_fact(db: Db, name: str, value: str) -> None:
    if await insert_once(db, Fact, name=name, value=value) is None:
        await db.execute(update(Fact).where(Fact.name == name).values(value=value))
