"""Dialogues: a question of ours that waits for one person's answer in one place.

They live in the database, so that a restart forgets none; `Expectations` mirrors which are open, so that a message can be
screened without I/O. A dialogue that nobody answers is closed by its due row, and said so once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.expectations import Expectations
from bot.message import Conversation
from storage import dialogs, due
from storage.base import Db
from storage.database import after_commit
from storage.due import Due

TIMEOUT_KIND = "dialog.timeout"
LONGEST = "longest_answer"
"""Kept with a dialogue's data, so that a restart knows it too."""


@dataclass(frozen=True, slots=True)
class Dialog:
    state: str
    data: Mapping[str, Any]
    expires_at: datetime

    @property
    def is_offer(self) -> bool:
        """Something to choose by a digit or a title: who does not choose has not failed to answer."""
        return LONGEST in self.data


class Dialogs:
    """Opens and closes dialogues. One a conversation: a new question takes the place of the old one."""

    def __init__(self, community: str, expectations: Expectations) -> None:
        self._community = community
        self._expectations = expectations
        self.given_up: Callable[[Db, Dialog], Awaitable[object]] | None = None
        """What is done where a question is given up for a new one: the same as where nobody answers it in time."""

    async def rebuild(self, db: Db, account: int) -> None:
        """Fill the index in memory at start."""
        for stored in await dialogs.all_open(db, account):
            self._expectations.open(Conversation(account, stored.group, stored.contact), stored.data.get(LONGEST))

    async def find(self, db: Db, where: Conversation) -> Dialog | None:
        stored = await dialogs.find(db, where.account, where.group, where.contact)
        return None if stored is None else Dialog(stored.state, stored.data, stored.expires_at)

    async def ask(
        self,
        db: Db,
        where: Conversation,
        state: str,
        data: Mapping[str, Any],
        *,
        now: datetime,
        wait: timedelta,
        longest: int | None = None,
    ) -> None:
        """Wait for an answer of this person here until `now + wait`; in a group only texts up to `longest` characters are one."""
        if self.given_up is not None and self._expectations.dialog(where):
            given_up = await self.find(db, where)
            if given_up is not None and (given_up.state, _subject(given_up.data)) != (state, _subject(data)):
                await self.given_up(db, given_up)
        expires_at = now + wait
        identity = await dialogs.put(
            db,
            self._community,
            where.account,
            where.group,
            where.contact,
            state=state,
            data=dict(data) if longest is None else {**data, LONGEST: longest},
            expires_at=expires_at,
        )
        await due.plan(db, self._community, TIMEOUT_KIND, str(identity), expires_at)
        after_commit(db, lambda: self._expectations.open(where, longest))

    async def close(self, db: Db, where: Conversation) -> None:
        await dialogs.close(db, where.account, where.group, where.contact)
        after_commit(db, lambda: self._expectations.close(where))

    async def time_out(self, db: Db, account: int, row: Due) -> tuple[Conversation, Dialog] | None:
        """Close the dialogue that a due row names; None where it was answered in time."""
        stored = await dialogs.by_id(db, int(row.subject))
        if stored is None or stored.expires_at != row.due_at:  # SQLite gives the id of a closed one to the next
            return None
        where = Conversation(account, stored.group, stored.contact)
        if not await dialogs.close_this(db, stored.id):
            return None  # answered at the same moment
        after_commit(db, lambda: self._expectations.close(where))
        return where, Dialog(stored.state, stored.data, stored.expires_at)


def _subject(data: Mapping[str, Any]) -> object:
    """What a question is about: one about something else gives up the one before."""
    return data.get("complaint")
