"""What a group has heard, and is about to hear, of one trouble: besides `storage.messages`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import aliased

from storage.base import Db
from storage.messages import CALLED_OFF, OutboxRow, SendState

GONE = (SendState.SENT, SendState.SENDING, SendState.UNKNOWN)


async def said_of_any(db: Db, group: int, begins: str, since: datetime) -> int:
    """How many lines a group heard, or will at once hear, of any trouble whose key begins so."""
    heard = select(OutboxRow.id).where(
        OutboxRow.group_id == group,
        OutboxRow.trouble.startswith(begins, autoescape=True),
        or_(
            OutboxRow.state.in_(GONE) & (OutboxRow.attempted_at > since),
            (OutboxRow.state == SendState.QUEUED) & (OutboxRow.not_before > since),
        ),
    )
    return len((await db.execute(heard)).all())


async def gone_of(db: Db, group: int, trouble: str, since: datetime) -> list[datetime]:
    """When a group heard of one thing, oldest first: only what has gone, or may have."""
    gone = (SendState.SENT, SendState.SENDING, SendState.UNKNOWN)
    heard = select(OutboxRow.attempted_at).where(
        OutboxRow.trouble == trouble,
        OutboxRow.group_id == group,
        OutboxRow.state.in_(gone),
        OutboxRow.attempted_at > since,
    )
    return [at for at in await db.scalars(heard.order_by(OutboxRow.attempted_at)) if at is not None]


async def update_waiting(db: Db, row: OutboxRow, now: datetime, kinds: Sequence[str]) -> OutboxRow | None:
    """What is new of a trouble and may go now: said before answers about it that waited."""
    found = select(OutboxRow).where(
        OutboxRow.account_id == row.account_id,
        OutboxRow.group_id == row.group_id,
        OutboxRow.trouble == row.trouble,
        OutboxRow.state == SendState.QUEUED,
        OutboxRow.not_before <= now,
        OutboxRow.kind != row.kind,
        OutboxRow.kind.in_(kinds),
    )
    return (await db.scalars(found.order_by(OutboxRow.lane, OutboxRow.id).limit(1))).one_or_none()


async def call_off(db: Db, about: str, key: str | None = None) -> int:
    """What still waits to be said of a thing (in these words) is not said; how many lines that were."""
    stopped = update(OutboxRow).where(OutboxRow.about == about, OutboxRow.state == SendState.QUEUED)
    stopped = stopped if key is None else stopped.where(OutboxRow.reply_key == key)
    gone = await db.execute(stopped.values(state=SendState.EXPIRED, error=CALLED_OFF).returning(OutboxRow.id))
    return len(gone.all())


async def call_off_files(db: Db, words: int) -> None:
    """What still waits to go after these words is not sent."""
    stopped = update(OutboxRow).where(OutboxRow.follows_id == words, OutboxRow.state == SendState.QUEUED)
    await db.execute(stopped.values(state=SendState.EXPIRED, error=CALLED_OFF))


async def call_off_followers(db: Db, account: int) -> None:
    """Whose words will not go any more, does not go either."""
    words = aliased(OutboxRow)
    lost = select(words.id).where(
        words.id == OutboxRow.follows_id, words.state.in_((SendState.FAILED, SendState.EXPIRED))
    )
    stopped = update(OutboxRow).where(
        OutboxRow.account_id == account,
        OutboxRow.state == SendState.QUEUED,
        OutboxRow.follows_id.is_not(None),
        lost.exists(),
    )
    await db.execute(stopped.values(state=SendState.EXPIRED, error=CALLED_OFF))


async def is_told(db: Db, about: str, since: datetime) -> bool:
    """Whether something was said of a thing since then, or is about to be."""
    found = select(OutboxRow.id).where(OutboxRow.about == about, OutboxRow.created_at > since)
    return (await db.execute(found.limit(1))).first() is not None


async def was_said(db: Db, about: str, since: datetime) -> bool:
    found = select(OutboxRow.id).where(
        OutboxRow.about == about, OutboxRow.created_at >= since, OutboxRow.attempted_at.is_not(None)
    )
    return (await db.execute(found.limit(1))).first() is not None
