"""One-time codes that bind somebody to a role: kept as a digest, good for half an hour, once; five tries a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import SealedJson, vault_of

GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5


class Code(Base):
    __tablename__ = "codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    grants: Mapped[dict[str, Any]] = mapped_column(SealedJson("codes.grants"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CodeTry(Base):
    """A wrong guess. They count against the person: a stranger's guesses must not spoil another's code."""

    __tablename__ = "code_tries"
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[datetime]


async def issue(db: Db, community: str, code: str, grants: dict[str, Any], now: datetime) -> None:
    db.add(Code(community=community, digest=_digest(db, code), grants=grants, expires_at=now + GOOD_FOR))
    await db.flush()


async def redeem(db: Db, community: str, code: str, contact: int, now: datetime) -> dict[str, Any] | None:
    """What the code grants, once; None for a wrong, used or late one, and for whoever has guessed too often."""
    tried = select(func.count()).where(CodeTry.contact_id == contact, CodeTry.at > now - GOOD_FOR)
    if (await db.execute(tried)).scalar_one() >= MOST_TRIES:
        return None
    fits = (Code.community == community, Code.digest == _digest(db, code))
    taken = update(Code).where(*fits, Code.used_at.is_(None), Code.expires_at > now).values(used_at=now)
    row = (await db.scalars(taken.returning(Code).execution_options(synchronize_session=False))).one_or_none()
    if row is None:
        db.add(CodeTry(community=community, contact_id=contact, at=now))
        return None
    return row.grants


async def forget_codes(db: Db, before: datetime) -> None:
    await db.execute(delete(CodeTry).where(CodeTry.at < before))
    await db.execute(delete(Code).where(Code.expires_at < before))


def _digest(db: Db, code: str) -> str:
    return vault_of(db.get_bind().dialect).digest("codes.code", code.upper())
