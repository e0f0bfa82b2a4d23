"""Follow-ups 回访: what reporters answered to "are you content?", in WeChat or by telephone; a failed attempt is a row too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Db
from storage.complaints import Complaint
from storage.secrets import Sealed

NO_ANSWER = "no_answer"


class FollowUpRow(Base):
    __tablename__ = "follow_ups"
    __table_args__ = (Index(None, "community", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("reporters.id"))
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(16))
    """`wechat` or `telephone`."""
    by_contact: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """The staff member who telephoned; None where the assistant asked."""
    by_name: Mapped[str | None] = mapped_column(Sealed("follow_ups.by_name"))
    outcome: Mapped[str] = mapped_column(String(16))
    """`satisfied`, `mostly`, `dissatisfied` or `no_answer`."""
    words: Mapped[str | None] = mapped_column(Sealed("follow_ups.words"))


@dataclass(frozen=True, slots=True)
class FollowUp:
    id: int
    complaint: int
    number: str | None
    reporter: int | None
    at: datetime
    channel: str
    by_name: str | None
    outcome: str
    words: str | None
    state: str


async def add(db: Db, complaint: Complaint, at: datetime, **values: object) -> None:
    db.add(FollowUpRow(community=complaint.community, complaint_id=complaint.id, at=at, **values))
    await db.flush()


async def failed_attempts(db: Db, complaint: int) -> int:
    """Telephone calls that nobody took since the case last had an answer."""
    answered = select(func.max(FollowUpRow.id)).where(
        FollowUpRow.complaint_id == complaint, FollowUpRow.outcome != NO_ANSWER
    )
    last = (await db.execute(answered)).scalar_one() or 0
    counted = select(func.count()).where(
        FollowUpRow.complaint_id == complaint,
        FollowUpRow.outcome == NO_ANSWER,
        FollowUpRow.channel == "telephone",
        FollowUpRow.id > last,
    )
    return (await db.execute(counted)).scalar_one()


async def everything(
    db: Db,
    community: str,
    after: int,
    limit: int = 500,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[FollowUp]:
    """A page of the ledger in order, of a period where one is given, for exports; `after` is the last id seen."""
    since = [FollowUpRow.at >= start] if start is not None else []
    until = [FollowUpRow.at < end] if end is not None else []
    found = (
        select(FollowUpRow, Complaint.number, Complaint.state)
        .join(Complaint, Complaint.id == FollowUpRow.complaint_id)
        .where(FollowUpRow.community == community, FollowUpRow.id > after, *since, *until)
        .order_by(FollowUpRow.id)
        .limit(limit)
    )
    return [
        FollowUp(
            row.id,
            row.complaint_id,
            number,
            row.reporter_id,
            row.at,
            row.channel,
            row.by_name,
            row.outcome,
            row.words,
            state,
        )
        for row, number, state in await db.execute(found)
    ]
