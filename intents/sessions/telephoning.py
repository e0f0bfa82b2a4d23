"""What the call list needs of complaints: `bot.app` hands it over; features do not import each other."""

from __future__ import annotations

from typing import Protocol

from storage.accounts import Officer
from storage.base import Db


class ToAsk(Protocol):
    """A case whose result somebody is to be asked about. `theirs`: whether this staff member may do that."""

    @property
    def number(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def result(self) -> str: ...

    @property
    def door(self) -> str: ...

    @property
    def theirs(self) -> bool: ...


class Telephoning(Protocol):
    async def to_ask(self, db: Db, subject: str, person: str, officer: Officer) -> ToAsk | None:
        """None where nobody needs to be asked any more."""
        ...
