"""Staff are told of what could not be sent: a line for each, but one line for all groups of one broadcast."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

from storage import broadcasts
from storage.accounts import Directory
from storage.base import Db
from storage.broadcasts import Broadcast, Fate
from storage.messages import OutboxRow

GATHERED_FOR: Final = timedelta(minutes=2)
"""A broadcast that fails in one group mostly fails in the next."""
MOST_NAMED: Final = 10


class TellStaff(Protocol):
    async def __call__(
        self, db: Db, key: str, *, about: str | None = None, wait: timedelta = timedelta(0), **params: object
    ) -> None:
        """`about`: takes the place of a line about the same that has not gone yet; `wait`: for so long nothing goes."""
        ...


class Unsent:
    def __init__(self, directory: Directory, tell_staff: TellStaff) -> None:
        self._directory = directory
        self._tell_staff = tell_staff

    async def tell(self, db: Db, key: str, row: OutboxRow) -> None:
        """`key` where it is no broadcast's."""
        await db.flush()
        broadcast = await broadcasts.of_row(db, row) if row.group_id is not None else None
        if broadcast is None:
            await self._tell_staff(db, key, number=row.id, text=row.text)
        else:
            await self._tell_of(db, broadcast)

    async def _tell_of(self, db: Db, broadcast: Broadcast) -> None:
        """How it stands in all groups, as of now."""
        groups: dict[Fate, list[str]] = {Fate.FAILED: [], Fate.UNCERTAIN: [], Fate.EXPIRED: []}
        for told in await broadcasts.fates(db, broadcast):
            if told.fate in groups:
                groups[told.fate].append(self._directory.group_name(told.group))
        await self._tell_staff(
            db,
            "system.broadcast",
            about=f"unsent:{broadcast.number}",
            wait=GATHERED_FOR,
            number=broadcast.number,
            failed=groups[Fate.FAILED],
            uncertain=groups[Fate.UNCERTAIN],
            expired=groups[Fate.EXPIRED],
            most=MOST_NAMED,
        )
