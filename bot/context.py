"""What is known while one message is handled. Handlers and filters ask for any of it by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.dialog import Dialog
from bot.message import Conversation, File, Inbound, Reply, Understanding, kept_words
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
    not_before: datetime | None = None
    trouble: str | None = None
    """The kind of thing it is about: a group hears at most two lines of one in ten minutes."""
    about: str | None = None
    """The thing it tells of: takes the place of a line about the same that still waits to be sent there."""
    adds: bool = False
    """Said together with that line, after it, instead of in its place."""
    names: Mapping[int, str] = field(default_factory=dict)
    """Nicknames of people whom the directory will only know once this is committed."""
    file: File | None = None
    """Goes to the same place once the words have gone."""


class Pass:
    """Returned by a handler that finds, on looking closer, that the message is none of its own: the next route is tried."""


Said = Reply | Post
Answer = Said | list[Said] | Pass | None
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
    asked: frozenset[str] = frozenset()
    """Questions of ours, besides a dialogue, that this person may answer here: see `Expectations.ask`."""
    reported: int | None = None
    """The case that this person reported here within the last hour."""
    limited: bool = False
    """Do it, but say nothing: too much was said here in this minute already."""

    @property
    def words(self) -> str:
        return kept_words(self.inbound.text)

    @property
    def is_direct(self) -> bool:
        """Said to the assistant: in private, or calling it."""
        return self.conversation.group is None or self.inbound.mentioned

    def named(self, name: str) -> Any:
        """For injection: a field, or the whole."""
        return self if name == "context" else getattr(self, name)


CONTEXT_NAMES = frozenset(field.name for field in fields(Context)) | {"context"}
