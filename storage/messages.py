"""Inbox and outbox: what was said to us and acted on, and what we say; both sealed, both forgotten after their retention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column
from sqlalchemy.sql import ColumnElement, insert

from storage.attachments import Attachment
from storage.base import Base, Db, insert_once
from storage.secrets import Sealed, SealedJson, vault_of

MOST_ALIKE = 50
CALLED_OFF = "called off"
SHOWN = "uncertain, shown to staff"


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("account_id", "message"), Index(None, "contact_id", "fingerprint", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    message: Mapped[str] = mapped_column(String(256))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    text: Mapped[str] = mapped_column(Sealed("inbox.text"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="done")
    intent: Mapped[str | None] = mapped_column(String(48))
    rule: Mapped[str | None] = mapped_column(String(96))
    score: Mapped[float] = mapped_column(default=0.0)
    why: Mapped[list[str]]


class SendState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"
    EXPIRED = "expired"


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(group_id IS NULL) <> (contact_id IS NULL)", name="one_target"),
        Index(None, "account_id", "state", "lane", "id"),
        Index(None, "trouble", "group_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    kind: Mapped[str] = mapped_column(String(16))
    lane: Mapped[int]
    text: Mapped[str] = mapped_column(Sealed("outbox.text"))
    mentions: Mapped[list[int]] = mapped_column(SealedJson("outbox.mentions"))
    reply_key: Mapped[str] = mapped_column(String(64))
    trouble: Mapped[str | None] = mapped_column(String(96))
    """What kind of thing it is about, where a group must not hear too many lines of one."""
    about: Mapped[str | None] = mapped_column(String(96), index=True)
    """Which thing it tells of: a later word on it takes the place of one that still waits."""
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="SET NULL"), index=True)
    in_reply_to: Mapped[str | None] = mapped_column(String(256))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), index=True)
    """The file that this row sends; its text is the file's name."""
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    """The words that go before it, or it does not go at all."""
    state: Mapped[str] = mapped_column(String(16), default=SendState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    message: Mapped[str | None] = mapped_column(String(256))
    error: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True, slots=True)
class Received:
    """What the inbox keeps of a message. `said` is all that tells it from another: text, quote and mention."""

    message: str
    contact: int
    group: int | None
    text: str
    said: str
    at: datetime
    received_at: datetime
    intent: str | None
    rule: str | None
    score: float
    why: tuple[str, ...]
    state: str = "done"


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered message on its way to the outbox, with internal ids."""

    kind: str
    lane: int
    text: str
    reply_key: str
    group: int | None
    contact: int | None
    mentions: tuple[int, ...]
    inbox: int | None
    in_reply_to: str | None
    created_at: datetime
    not_before: datetime
    expires_at: datetime | None
    trouble: str | None = None
    about: str | None = None
    attachment: int | None = None
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a message was or was not answered."""

    inbox: int
    intent: str | None
    rule: str | None
    score: float
    why: tuple[str, ...]
    contact: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the inbox keeps of a message: who said what, where and when."""

    inbox: int
    contact: int
    group: int | None
    text: str
    at: datetime
    intent: str | None


async def receive(db: Db, community: str, account: int, received: Received) -> int | None:
    """Insert the inbox row; None where this message was received before. A second delivery ends here."""
    return await insert_once(
        db,
        InboxRow,
        community=community,
        account_id=account,
        message=received.message,
        contact_id=received.contact,
        group_id=received.group,
        text=received.text,
        digest=_digest(db, received.text),
        fingerprint=_digest(db, received.said),
        at=received.at,
        received_at=received.received_at,
        state=received.state,
        intent=received.intent,
        rule=received.rule,
        score=received.score,
        why=list(received.why),
    )


async def said_just_before(db: Db, received: Received, inbox: int, window: timedelta) -> Trace | None:
    """The same said by the same person in the same place within `window`: gateways repeat under a new id."""
    earlier = select(InboxRow).where(
        InboxRow.contact_id == received.contact,
        InboxRow.fingerprint == _digest(db, received.said),
        InboxRow.group_id == received.group,
        InboxRow.at >= received.at - window,
        InboxRow.at <= received.at + window,
        InboxRow.id != inbox,
    )
    row = (await db.scalars(earlier.order_by(InboxRow.id.desc()).limit(1))).one_or_none()
    return None if row is None else _trace(row)


def _digest(db: Db, text: str) -> str:
    return vault_of(db.get_bind().dialect).digest("inbox.text", text)


async def trace_of(db: Db, account: int, message: str) -> Trace | None:
    row = (
        await db.scalars(select(InboxRow).where(InboxRow.account_id == account, InboxRow.message == message))
    ).one_or_none()
    return None if row is None else _trace(row)


async def traces_of_text(db: Db, group: int | None, contact: int, text: str) -> list[Trace]:
    """The latest message with this text of each person in a group, or of `contact` in the private chat."""
    found = select(InboxRow).where(InboxRow.group_id == group, InboxRow.digest == _digest(db, text))
    if group is None:
        found = found.where(InboxRow.contact_id == contact)
    rows = list(await db.scalars(found.order_by(InboxRow.id).limit(MOST_ALIKE)))
    return [_trace(row) for row in {row.contact_id: row for row in rows}.values()]


async def trace_by_id(db: Db, inbox: int) -> Trace | None:
    row = await db.get(InboxRow, inbox)
    return None if row is None else _trace(row)


async def kept(db: Db, inbox: int) -> Kept | None:
    row = await db.get(InboxRow, inbox)
    return None if row is None else Kept(row.id, row.contact_id, row.group_id, row.text, row.at, row.intent)


def _trace(row: InboxRow) -> Trace:
    return Trace(row.id, row.intent, row.rule, row.score, tuple(row.why), row.contact_id)


async def answered_by(db: Db, account: int, message: str) -> int | None:
    """The inbox row that a message of ours answered, by the channel's id of our message."""
    found = select(OutboxRow.inbox_id).where(OutboxRow.account_id == account, OutboxRow.message == message)
    return (await db.execute(found.limit(1))).scalar_one_or_none()


async def was_answered(db: Db, inbox: int) -> bool:
    return (await db.execute(select(OutboxRow.id).where(OutboxRow.inbox_id == inbox).limit(1))).first() is not None


async def enqueue(db: Db, community: str, account: int, drafts: Sequence[Draft]) -> list[OutboxRow]:
    rows = [OutboxRow(**_values(community, account, draft)) for draft in drafts]
    for row in rows:  # one by one, so that the ids follow the order of sending
        db.add(row)
        await db.flush()
    return rows


async def enqueue_many(db: Db, community: str, account: int, drafts: Sequence[Draft]) -> None:
    """The same where nobody needs the rows: one statement for hundreds, in this order."""
    if drafts:
        await db.execute(insert(OutboxRow), [_values(community, account, draft) for draft in drafts])


_BY_ID = {name: f"{name}_id" for name in ("group", "contact", "inbox", "attachment", "follows")}


def _values(community: str, account: int, draft: Draft) -> dict[str, Any]:
    values = {_BY_ID.get(name, name): getattr(draft, name) for name in Draft.__slots__}
    fresh = {"community": community, "account_id": account, "state": SendState.QUEUED, "attempts": 0}
    return values | fresh | {"mentions": list(draft.mentions)}


async def next_to_send(db: Db, account: int, now: datetime, kinds: Sequence[str]) -> OutboxRow | None:
    """The first row of the most urgent lane among `kinds` that may go now."""
    ready = select(OutboxRow).where(
        OutboxRow.account_id == account,
        OutboxRow.state == SendState.QUEUED,
        OutboxRow.not_before <= now,
        OutboxRow.kind.in_(kinds),
        _has_its_turn(),
    )
    return (await db.scalars(ready.order_by(OutboxRow.lane, OutboxRow.id).limit(1))).one_or_none()


async def next_moment(db: Db, account: int, kinds: Sequence[str]) -> datetime | None:
    """When the next queued row of these kinds may go."""
    waiting = select(func.min(OutboxRow.not_before)).where(
        OutboxRow.account_id == account, OutboxRow.state == SendState.QUEUED, OutboxRow.kind.in_(kinds), _has_its_turn()
    )
    return (await db.execute(waiting)).scalar_one_or_none()


@cache  # the sender asks at every step
def _has_its_turn() -> ColumnElement[bool]:
    """It follows no other, or one that has gone, or may have and is not tried again."""
    before = aliased(OutboxRow)
    gone = (before.state == SendState.SENT) | ((before.state == SendState.UNKNOWN) & (before.error == SHOWN))
    return OutboxRow.follows_id.is_(None) | select(before.id).where(before.id == OutboxRow.follows_id, gone).exists()


async def outbox_row(db: Db, identity: int) -> OutboxRow:
    return (await db.scalars(select(OutboxRow).where(OutboxRow.id == identity).with_for_update())).one()


async def said_of(db: Db, group: int, trouble: str, since: datetime) -> list[datetime]:
    """When a group heard, or will at once hear, of one thing; oldest first."""
    gone = (SendState.SENT, SendState.SENDING, SendState.UNKNOWN)
    heard = select(OutboxRow.attempted_at, OutboxRow.not_before, OutboxRow.state).where(
        OutboxRow.trouble == trouble, OutboxRow.group_id == group, OutboxRow.state.in_((*gone, SendState.QUEUED))
    )
    moments = [
        attempted if state in gone and attempted is not None else not_before
        for attempted, not_before, state in await db.execute(heard)
    ]
    return sorted(moment for moment in moments if moment > since)


async def waiting_line(db: Db, about: str, group: int | None, contact: int | None) -> OutboxRow | None:
    """What is still to be said of one thing there, held until this transaction ends: it may be said better meanwhile."""
    found = select(OutboxRow).where(
        OutboxRow.about == about,
        OutboxRow.group_id == group,
        OutboxRow.contact_id == contact,
        OutboxRow.state == SendState.QUEUED,
    )
    return (await db.scalars(found.order_by(OutboxRow.id.desc()).limit(1).with_for_update())).one_or_none()


async def count_said(db: Db, contact: int, intents: Sequence[str], since: datetime) -> int:
    """How many messages of these intents this person sent lately, the present one with them."""
    counted = select(func.count()).select_from(InboxRow)
    lately = counted.where(InboxRow.contact_id == contact, InboxRow.at >= since, InboxRow.intent.in_(intents))
    return (await db.execute(lately)).scalar_one()


async def sent_as(db: Db, account: int, message: str) -> OutboxRow | None:
    """The row that the channel knows under this id; None until its sending is settled."""
    found = select(OutboxRow).where(OutboxRow.account_id == account, OutboxRow.message == message)
    return (await db.scalars(found.order_by(OutboxRow.id.desc()).limit(1))).one_or_none()


async def attempts_since(db: Db, account: int, since: datetime) -> list[datetime]:
    """When this account sent, oldest first: pacing reads it here, so that a restart does not burst."""
    recent = select(OutboxRow.attempted_at).where(OutboxRow.account_id == account, OutboxRow.attempted_at > since)
    return [at for at in (await db.scalars(recent.order_by(OutboxRow.attempted_at))) if at is not None]


async def count_attempts_since(db: Db, account: int, since: datetime) -> int:
    counted = select(func.count()).where(OutboxRow.account_id == account, OutboxRow.attempted_at >= since)
    return (await db.execute(counted)).scalar_one()


async def expire(db: Db, account: int, now: datetime) -> list[OutboxRow]:
    """Queued rows that have become too late to be of use: they are marked, not sent."""
    late = select(OutboxRow).where(
        OutboxRow.account_id == account, OutboxRow.state == SendState.QUEUED, OutboxRow.expires_at <= now
    )
    rows = list(await db.scalars(late))
    for row in rows:
        row.state = SendState.EXPIRED
    return rows


async def interrupted(db: Db, account: int) -> list[OutboxRow]:
    """Rows found in `sending` when nobody is sending: it is not known whether they went."""
    return await _in_state(db, account, SendState.SENDING)


async def uncertain(db: Db, account: int) -> list[OutboxRow]:
    """Rows whose fate is unknown."""
    return await _in_state(db, account, SendState.UNKNOWN)


async def _in_state(db: Db, account: int, state: SendState) -> list[OutboxRow]:
    found = select(OutboxRow).where(OutboxRow.account_id == account, OutboxRow.state == state)
    return list(await db.scalars(found.order_by(OutboxRow.id)))


async def forget_messages(db: Db, before: datetime) -> tuple[int, int]:
    """Retention: delete what is older with its files, return how many of inbox and outbox. What is still to be sent stays."""
    inbox = await db.execute(delete(InboxRow).where(InboxRow.received_at < before).returning(InboxRow.id))
    settled = [SendState.SENT, SendState.FAILED, SendState.EXPIRED, SendState.UNKNOWN]
    after = aliased(OutboxRow)
    stays = (after.created_at >= before) | after.state.not_in(settled)
    old = delete(OutboxRow).where(
        OutboxRow.created_at < before,
        OutboxRow.state.in_(settled),
        ~select(after.id).where(after.follows_id == OutboxRow.id, stays).exists(),
    )
    outbox = await db.execute(old.returning(OutboxRow.id))
    needed = select(OutboxRow.id).where(OutboxRow.attachment_id == Attachment.id)
    await db.execute(delete(Attachment).where(Attachment.created_at < before, ~needed.exists()))
    return len(inbox.all()), len(outbox.all())


async def relabel(db: Db, inbox: int, intent: str) -> None:
    """A message turned out to mean something by what was asked before it."""
    await db.execute(update(InboxRow).where(InboxRow.id == inbox).values(intent=intent))


async def count_failed(db: Db, account: int) -> int:
    counted = select(func.count()).where(InboxRow.account_id == account, InboxRow.state == "failed")
    return (await db.execute(counted)).scalar_one()
