"""Broadcasts: one notice to many groups, a row for each group, and who answered that they have it.

What became of a notice in a group is never copied: its row names the outbox row of the words, and that one is the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.accounts import Membership
from storage.base import Base, Db
from storage.counters import daily_number
from storage.messages import CALLED_OFF, OutboxRow, SendState
from storage.secrets import Sealed

PREFIX: Final = "TZ"


class State(StrEnum):
    """What staff decided. How far it has got stands in its groups' rows."""

    PROPOSED = "proposed"
    """Waits for a second staff member's word."""
    RUNNING = "running"
    PAUSED = "paused"
    CALLED_OFF = "called_off"
    DROPPED = "dropped"
    """Never begun: somebody said no, or nobody said yes in time."""


class Fate(StrEnum):
    """What became of it in one group."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CALLED_OFF = "called_off"
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"
    """Its outbox row has passed its retention."""


class Broadcast(Base):
    __tablename__ = "broadcasts"
    __table_args__ = (UniqueConstraint("community", "number"), Index(None, "community", "about"))
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str | None] = mapped_column(String(96))
    """Which thing it tells of, such as a session."""
    text: Mapped[str] = mapped_column(Sealed("broadcasts.text"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    created_name: Mapped[str] = mapped_column(Sealed("broadcasts.created_name"))
    agreed_by: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    """Whose second word it was."""
    agreed_name: Mapped[str | None] = mapped_column(Sealed("broadcasts.agreed_name"))
    expires_at: Mapped[datetime | None]
    """When it is of no use any more, even where it was not sent yet."""
    receipt_until: Mapped[datetime | None]
    """Until when an answer that somebody has it counts; none is asked for without it."""


class BroadcastGroup(Base):
    __tablename__ = "broadcast_groups"
    __table_args__ = (UniqueConstraint("broadcast_id", "group_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    community: Mapped[str] = mapped_column(String(64))
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), index=True)
    """The row of its words, the last one where it was tried again."""


@dataclass(frozen=True, slots=True)
class Told:
    """One group of a broadcast, joined with the outbox: `words` is the row of its words, where there is one."""

    group: int
    fate: Fate
    words: int | None
    only_file: bool = False
    """The words have gone, what became of the file is what counts."""


async def open_one(
    db: Db,
    community: str,
    *,
    day: str,
    text: str,
    groups: Sequence[int],
    kind: str,
    about: str | None,
    attachment: int | None,
    state: State,
    by: tuple[int, str],
    expires_at: datetime | None,
    receipt_until: datetime | None,
    now: datetime,
) -> Broadcast:
    """`TZ` + yymmdd + `-` + two or more digits, with a row for each group; `by` is a contact and a name."""
    broadcast = Broadcast(
        community=community,
        number=await daily_number(db, community, PREFIX, day),
        kind=kind,
        about=about,
        text=text,
        attachment_id=attachment,
        state=state,
        created_at=now,
        created_by=by[0],
        created_name=by[1],
        expires_at=expires_at,
        receipt_until=receipt_until,
    )
    db.add(broadcast)
    await db.flush()
    db.add_all(
        BroadcastGroup(community=community, broadcast_id=broadcast.id, group_id=group)
        for group in dict.fromkeys(groups)
    )
    await db.flush()
    return broadcast


async def link(db: Db, broadcast: int, rows: Mapping[int, int]) -> None:
    """Which outbox row carries the words to each of these groups."""
    found = select(BroadcastGroup).where(
        BroadcastGroup.broadcast_id == broadcast, BroadcastGroup.group_id.in_(list(rows))
    )
    for row in await db.scalars(found):
        row.outbox_id = rows[row.group_id]
    await db.flush()


async def by_number(db: Db, community: str, number: str) -> Broadcast | None:
    """Held until this transaction ends, so that two who command it do so one after the other."""
    found = select(Broadcast).where(Broadcast.community == community, Broadcast.number == number)
    return (await db.scalars(found.with_for_update().execution_options(populate_existing=True))).one_or_none()


async def latest(db: Db, community: str, most: int) -> list[Broadcast]:
    found = select(Broadcast).where(Broadcast.community == community)
    return list(await db.scalars(found.order_by(Broadcast.id.desc()).limit(most)))


async def of_row(db: Db, row: OutboxRow) -> Broadcast | None:
    """The one whose words, or whose file, this row carries."""
    words = row.follows_id or row.id
    carried = select(BroadcastGroup.broadcast_id).where(BroadcastGroup.outbox_id == words)
    return (await db.scalars(select(Broadcast).where(Broadcast.id.in_(carried)))).one_or_none()


async def telling_of(db: Db, community: str, about: str) -> list[Broadcast]:
    """What is said, or about to be said, of one thing; held until this transaction ends."""
    found = select(Broadcast).where(
        Broadcast.community == community,
        Broadcast.about == about,
        Broadcast.state.in_((State.PROPOSED, State.RUNNING, State.PAUSED)),
    )
    held = found.order_by(Broadcast.id).with_for_update().execution_options(populate_existing=True)
    return list(await db.scalars(held))


async def told_since(db: Db, community: str, group: int, abouts: Sequence[str], since: datetime) -> bool:
    """Whether a group has heard of one of these things since then."""
    told = select(BroadcastGroup.id).join(Broadcast, Broadcast.id == BroadcastGroup.broadcast_id)
    told = told.join(OutboxRow, OutboxRow.id == BroadcastGroup.outbox_id).where(
        Broadcast.community == community,
        Broadcast.about.in_(abouts),
        BroadcastGroup.group_id == group,
        OutboxRow.sent_at > since,
    )
    return (await db.execute(told.limit(1))).first() is not None


async def groups_of(db: Db, broadcast: int) -> list[int]:
    found = select(BroadcastGroup.group_id).where(BroadcastGroup.broadcast_id == broadcast)
    return list(await db.scalars(found.order_by(BroadcastGroup.id)))


async def fates(db: Db, broadcast: Broadcast) -> list[Told]:
    """What became of it in each group, in the order of sending."""
    words, file = aliased(OutboxRow), aliased(OutboxRow)
    found = (
        select(BroadcastGroup.group_id, words.id, words.state, words.error, file.state, file.error)
        .outerjoin(words, words.id == BroadcastGroup.outbox_id)
        .outerjoin(file, file.follows_id == words.id)
        .where(BroadcastGroup.broadcast_id == broadcast.id)
        .order_by(BroadcastGroup.id, file.id)
    )
    told: dict[int, Told] = {}  # of several tries to send the file the last one counts
    for group, words_id, state, error, file_state, file_error in await db.execute(found):
        fate = _fate(state, error) if state is not None else _without_row(broadcast.state)
        only_file = fate == Fate.SENT and file_state is not None
        if only_file:
            fate = _fate(file_state, file_error)
        told[group] = Told(group, fate, words_id, only_file)
    return list(told.values())


def _fate(state: str, error: str | None) -> Fate:
    if state == SendState.EXPIRED:
        return Fate.CALLED_OFF if error == CALLED_OFF else Fate.EXPIRED
    return _FATES[state]


_FATES: Final[Mapping[str, Fate]] = {
    SendState.QUEUED: Fate.WAITING,
    SendState.SENDING: Fate.WAITING,
    SendState.HELD: Fate.HELD,
    SendState.SENT: Fate.SENT,
    SendState.FAILED: Fate.FAILED,
    SendState.UNKNOWN: Fate.UNCERTAIN,
}


def _without_row(state: str) -> Fate:
    if state == State.PROPOSED:
        return Fate.WAITING
    return Fate.CALLED_OFF if state == State.DROPPED else Fate.FORGOTTEN


async def hold(db: Db, broadcast: int) -> int:
    """What is not sent yet waits until `release`; in how many groups."""
    return await _shift(db, broadcast, [SendState.QUEUED], {"state": SendState.HELD})


async def release(db: Db, broadcast: int) -> int:
    return await _shift(db, broadcast, [SendState.HELD], {"state": SendState.QUEUED})


async def call_off(db: Db, broadcast: int) -> int:
    """What is not sent yet is not sent; in how many groups."""
    unsent = [SendState.QUEUED, SendState.HELD]
    return await _shift(db, broadcast, unsent, {"state": SendState.EXPIRED, "error": CALLED_OFF})


async def _shift(db: Db, broadcast: int, before: Sequence[str], after: Mapping[str, Any]) -> int:
    """The words and the files that follow them; what is being sent at this moment goes its way."""
    words = select(BroadcastGroup.outbox_id).where(
        BroadcastGroup.broadcast_id == broadcast, BroadcastGroup.outbox_id.is_not(None)
    )
    theirs = or_(OutboxRow.id.in_(words), OutboxRow.follows_id.in_(words))
    shifted = update(OutboxRow).where(theirs, OutboxRow.state.in_(before)).values(**after)
    return len(set(await db.scalars(shifted.returning(OutboxRow.group_id))))


async def ahead(db: Db, account: int) -> int:
    """How many messages wait to be sent already."""
    waiting = select(func.count()).where(OutboxRow.account_id == account, OutboxRow.state == SendState.QUEUED)
    return (await db.execute(waiting)).scalar_one()


async def people_in(db: Db, groups: Iterable[int]) -> tuple[dict[int, int], int]:
    """How many people are in each of these groups, and how many together, each counted once."""
    theirs = Membership.group_id.in_(list(groups))
    counted = select(Membership.group_id, func.count()).where(theirs).group_by(Membership.group_id)
    each = {group: count for group, count in await db.execute(counted)}  # noqa: C416 - a Row is no tuple to mypy
    people = select(func.count(func.distinct(Membership.contact_id))).where(theirs)
    return each, (await db.execute(people)).scalar_one()
