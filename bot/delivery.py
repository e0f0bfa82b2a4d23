"""One message on its way through the middlewares: what the screen found, then what each of them adds."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot.context import Command, Context, Speaker
from bot.message import Conversation, Inbound, Understanding
from storage.base import Db


@dataclass(frozen=True, slots=True)
class Screened:
    """Why a message is worth a task. `quiet`: keep it, but say nothing (a muted person's complaint)."""

    understanding: Understanding
    command: Command | None = None
    quiet: bool = False


@dataclass(slots=True)
class Delivery:
    inbound: Inbound
    text: str
    """Normalised, for reading; what is kept are the words as written."""
    screened: Screened
    quiet: bool = False
    limited: bool = False
    db: Db | None = None
    conversation: Conversation | None = None
    speaker: Speaker | None = None
    inbox: int | None = None
    context: Context | None = None

    @property
    def open_db(self) -> Db:
        if self.db is None:
            raise LookupError("no transaction is open: the middlewares are in the wrong order")
        return self.db

    @property
    def known(self) -> tuple[Conversation, Speaker]:
        if self.conversation is None or self.speaker is None:
            raise LookupError("nobody was identified: the middlewares are in the wrong order")
        return self.conversation, self.speaker


Next = Callable[[Delivery], Coroutine[Any, Any, None]]


class Middleware(Protocol):
    async def __call__(self, delivery: Delivery, proceed: Next) -> None: ...
