"""What is known while one message is handled. Handlers and filters ask for any of it by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.dialog import Dialog
from bot.message import Conversation, Inbound, Reply, Understanding, kept_words
from storage.accounts import Officer
from storage.base import Db


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, in internal ids. `name` is the nickname used in that group."""

    contact: int
    name: str
    friend: bool
    officer: Officer | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A staff command as typed: its name, `feature.verb`, and what followed the word that decides."""

    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message to somebody else than the speaker, or one that nobody asked for; internal ids, one of the two set."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    group: int | None = None
    contact: int | None = None
    mentions: tuple[int, ...] = ()
    kind: str = "notice"
    numbered: bool = False
    expires_at: datetime | None = None


Said = Reply | Post
Answer = Said | list[Said] | None
"""What a handler returns. It never sends by itself."""


@dataclass(slots=True)
class Context:
    db: Db
    now: datetime
    inbound: Inbound
    text: str
    """Normalised, for reading; `words` are as written."""
    understanding: Understanding
    conversation: Conversation
    speaker: Speaker
    dialog: Dialog | None = None
    command: Command | None = None
    inbox: int = 0
    earlier: tuple[str, ...] = ()
    """The few messages said in that group just before, from memory."""
    staff_word: bool = False
    """An emergency is being called out, until any staff member says anything."""
    quiet: bool = False
    """Keep it, but say nothing: the person is muted."""
    limited: bool = False
    """Do it, but say nothing: too much was said here in this minute already."""

    @property
    def words(self) -> str:
        return kept_words(self.inbound.text)

    def named(self, name: str) -> Any:
        """For injection: a field, or the whole."""
        return self if name == "context" else getattr(self, name)


CONTEXT_NAMES = frozenset(field.name for field in fields(Context)) | {"context"}
