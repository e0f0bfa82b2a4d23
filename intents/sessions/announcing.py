"""What sessions need of notices: to tell many groups at the right pace. `bot.app` hands it over: features are apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.context import Post
from storage.accounts import Officer
from storage.base import Db


class Begun(Protocol):
    """A notice on its way. `posts`: what others are to be told now, such as who must agree first."""

    @property
    def number(self) -> str: ...

    @property
    def waits_for_second(self) -> bool: ...

    @property
    def posts(self) -> tuple[Post, ...]: ...


class Broadcasts(Protocol):
    async def plan(self, db: Db, groups: Sequence[int], now: datetime) -> Any:
        """The dry run: which groups, from when to when."""
        ...

    async def begin(
        self,
        db: Db,
        text: str,
        groups: Sequence[int],
        *,
        by: Officer,
        now: datetime,
        about: str | None = None,
        receipt: bool = False,
        expires_at: datetime | None = None,
        alone: bool = False,
    ) -> Begun: ...

    async def call_off(self, db: Db, about: str) -> int:
        """What is not yet said of a thing is not said; in how many groups."""
        ...
