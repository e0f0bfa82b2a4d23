"""One row for every change a person makes: who, what (`feature.verb`), before, after, why. Never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import Sealed, SealedJson


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index(None, "community", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    actor: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any]] = mapped_column(SealedJson("audit.before"))
    after: Mapped[dict[str, Any]] = mapped_column(SealedJson("audit.after"))
    why: Mapped[str] = mapped_column(Sealed("audit.why"))


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    contact: int | None
    actor: str
    verb: str
    after: dict[str, Any]
    why: str


async def note(
    db: Db,
    community: str,
    *,
    at: datetime,
    actor: str,
    verb: str,
    subject: str,
    contact: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """Write one row. `actor` is the role of who did it: resident, a staff role, assistant or operator."""
    db.add(
        AuditRow(
            community=community,
            at=at,
            contact_id=contact,
            actor=actor,
            verb=verb,
            subject=subject,
            before=before or {},
            after=after or {},
            why=why,
        )
    )


async def story(db: Db, community: str, subject: str) -> list[Step]:
    """Every step of one thing, oldest first."""
    rows = await db.scalars(
        select(AuditRow).where(AuditRow.community == community, AuditRow.subject == subject).order_by(AuditRow.id)
    )
    return [Step(row.at, row.contact_id, row.actor, row.verb, row.after, row.why) for row in rows]
