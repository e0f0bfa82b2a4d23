"""Which sessions are open where: an index in memory of what the tables say, so that a message is screened without I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intents.understanding.group_note import is_group_note
from intents.understanding.joining_in import may_sign_up
from storage import sessions
from storage.base import Db
from storage.database import after_commit
from storage.sessions import OPEN, Session


@dataclass(frozen=True, slots=True)
class Posted:
    """An open session. `groups`: where it was announced."""

    id: int
    title: str
    groups: tuple[int, ...]
    ends_at: datetime
    sign_up: bool


class Board:
    def __init__(self, community: str) -> None:
        self._community = community
        self._posted: tuple[Posted, ...] = ()

    async def refresh(self, db: Db, now: datetime) -> None:
        """At start: read anew."""
        posted = tuple(_posted(row) for row in await sessions.open_ones(db, self._community, now))

        def show() -> None:
            self._posted = posted

        after_commit(db, show)

    def put(self, db: Db, row: Session) -> None:
        """What is changed of one session shows once it is committed. Not all are read anew: whoever makes another at the same
        moment would not see ours, nor we theirs, and the last to show would hide the other."""
        posted = (_posted(row),) if row.state == OPEN else ()

        def show() -> None:
            self._posted = (*(one for one in self._posted if one.id != row.id), *posted)

        after_commit(db, show)

    def here(self, group: int | None, now: datetime) -> list[Posted]:
        """Those open in this group, or anywhere for who speaks in private."""
        return [one for one in self._posted if one.ends_at > now and (group is None or group in one.groups)]

    def may_matter(self, group: int, text: str, now: datetime) -> bool:
        """For the screen: could this be a sign-up, a change or a leaving under an open session of this group?"""
        if not any(one.sign_up for one in self.here(group, now)):
            return False
        return may_sign_up(text) or is_group_note(text)


def _posted(row: Session) -> Posted:
    return Posted(row.id, row.title, tuple(row.groups), row.ends_at, row.sign_up)
