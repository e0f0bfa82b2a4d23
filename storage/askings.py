"""Of one asking: what a message asked and what came of it, and which line of ours somebody quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from storage.base import Db
from storage.messages import OutboxRow, SendState, sent_as
from storage.questions import Asking

LATELY: Final = 200
"""Lines of ours in one place among which a quoted text is looked for."""
SHORTEST_QUOTED: Final = 6


@dataclass(frozen=True, slots=True)
class Line:
    """Something we said: the message it answered, and what it tells of."""

    inbox: int | None
    about: str | None


async def asked_privately(db: Db, question: int) -> bool:
    """Whether anybody asked this queued question where nobody else reads it."""
    alone = select(Asking.id).where(Asking.question_id == question, Asking.group_id.is_(None))
    return (await db.execute(alone.limit(1))).first() is not None


async def of_inbox(db: Db, inbox: int) -> Asking | None:
    found = select(Asking).where(Asking.inbox_id == inbox)
    return (await db.scalars(found.order_by(Asking.id.desc()).limit(1))).one_or_none()


async def line_of_ours(
    db: Db, account: int, group: int | None, contact: int, message: str | None, text: str
) -> Line | None:
    """The line that is quoted: by the channel's id where there is one, else by its words, the latest first."""
    row = await sent_as(db, account, message) if message is not None else None
    if row is None and message is None and len(text.strip()) >= SHORTEST_QUOTED:
        row = await _with_words(db, account, group, contact, text.strip())
    return Line(row.inbox_id, row.about) if row is not None else None


async def _with_words(db: Db, account: int, group: int | None, contact: int, text: str) -> OutboxRow | None:
    """A quote may show the name that is called before our words, or only how they begin. What stands in the middle of them may be
    what somebody else had said."""
    here = OutboxRow.group_id == group if group is not None else OutboxRow.contact_id == contact
    sent = select(OutboxRow).where(OutboxRow.account_id == account, here, OutboxRow.state == SendState.SENT)
    rows = await db.scalars(sent.order_by(OutboxRow.id.desc()).limit(LATELY))
    return next((row for row in rows if _is_quoted(text, row.text.strip())), None)


def _is_quoted(text: str, said: str) -> bool:
    return said.startswith(text) or said.endswith(text) or (len(said) >= SHORTEST_QUOTED and text.endswith(said))
