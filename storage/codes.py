"""One-time codes that bind somebody to a role: kept as a digest, good for half an hour, once, and for five tries in all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, String, update
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import SealedJson, vault_of

GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5


class Code(Base):
    __tablename__ = "codes"
    __table_args__ = (CheckConstraint(f"tries <= {MOST_TRIES}", name="few_tries"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    grants: Mapped[dict[str, Any]] = mapped_column(SealedJson("codes.grants"))
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


async def issue(db: Db, community: str, code: str, grants: dict[str, Any], now: datetime) -> None:
    db.add(Code(community=community, digest=_digest(db, code), grants=grants, expires_at=now + GOOD_FOR, tries=0))
    await db.flush()


async def redeem(db: Db, community: str, code: str, now: datetime) -> dict[str, Any] | None:
    """What the code grants, once; None for a wrong, used, late or too often guessed one, which counts as a try."""
    still_good = (Code.community == community, Code.used_at.is_(None), Code.expires_at > now, Code.tries < MOST_TRIES)
    taken = update(Code).where(*still_good, Code.digest == _digest(db, code)).values(used_at=now).returning(Code)
    row = (await db.scalars(taken.execution_options(synchronize_session=False))).one_or_none()
    if row is not None:
        return row.grants
    # nobody can tell which code a wrong guess was meant for, so it counts against all that are open
    await db.execute(update(Code).where(*still_good).values(tries=Code.tries + 1))
    return None


def _digest(db: Db, code: str) -> str:
    return vault_of(db.get_bind().dialect).digest("codes.code", code.upper())
