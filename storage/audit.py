"""One row for every change a person makes: who, what (`feature.verb`), before, after, why. Never changed, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.secrets import Sealed, SealedJson

LOOKS = "%.reveal"
"""Verbs of who looked at what is masked: noted, but nothing happened to the thing itself."""


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index(None, "community", "subject"), Index(None, "contact_id", "id"))
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
    id: int
    at: datetime
    contact: int | None
    actor: str
    verb: str
    subject: str
    before: dict[str, Any]
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
    return [_step(row) for row in rows]


async def last_of(db: Db, community: str, contact: int, feature: str) -> Step | None:
    """The last thing this person did with a feature, by the beginning of its verb."""
    found = select(AuditRow).where(
        AuditRow.community == community,
        AuditRow.contact_id == contact,
        AuditRow.verb.startswith(feature),
        AuditRow.verb.not_like(LOOKS),
    )
    row = (await db.scalars(found.order_by(AuditRow.id.desc()).limit(1))).one_or_none()
    return None if row is None else _step(row)


async def subjects_since(db: Db, community: str, verb: str, since: datetime) -> set[str]:
    """The things to which this was done since then."""
    found = select(AuditRow.subject).where(AuditRow.community == community, AuditRow.verb == verb, AuditRow.at >= since)
    return set(await db.scalars(found.distinct()))


async def newest(db: Db) -> int:
    """The last row's id: whether anything was done since one last looked."""
    return (await db.execute(select(func.coalesce(func.max(AuditRow.id), 0)))).scalar_one()


async def is_latest(db: Db, community: str, step: Step) -> bool:
    """Whether nothing has happened to that thing since, but for what the assistant did by itself."""
    later = select(AuditRow.id).where(
        AuditRow.community == community,
        AuditRow.subject == step.subject,
        AuditRow.id > step.id,
        AuditRow.actor != "assistant",
        AuditRow.verb.not_like(LOOKS),
    )
    return (await db.execute(later.limit(1))).first() is None


def _step(row: AuditRow) -> Step:
    return Step(row.id, row.at, row.contact_id, row.actor, row.verb, row.subject, row.before, row.after, row.why)
