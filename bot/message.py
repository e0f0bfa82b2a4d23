"""What comes in, what goes out, and what was understood: frozen values, with no channel's or database's type behind them.

Two kinds of ids never mix: a *raw* id (`str`) is what a channel calls a contact, a group or a message; it may change at
every login and is translated in `storage/accounts.py`. An internal id (`int`) is ours and stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

MessageKind = Literal["text", "image", "group_note", "other"]


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that somebody answers. Channels that only show it as text leave `message` empty."""

    sender: str
    text: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of an image as the channel gave them; `bot/pictures.py` checks and strips them before they are kept."""

    content: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of ours to send; WeChat shows it by its name's ending. What is in it is masked by nobody but its maker."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message of a person. `sender` and `group` are raw ids; `group` is None in the private chat."""

    id: str
    sender: str
    text: str
    at: datetime
    group: str | None = None
    group_name: str = ""
    sender_name: str = ""
    mentioned: bool = False
    quote: Quote | None = None
    kind: MessageKind = "text"
    picture: Picture | None = None
    friend: bool = True


LONGEST_TEXT = 4000
LONGEST_NOTE = 40_000
"""Of a group note, which is one list of many people."""
LONGEST_NAME = 100
_NOTE_BEGINS = ("#", "\uff03")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def kept_words(text: str, longest: int = LONGEST_TEXT) -> str:
    """What is kept of a text: its first 4,000 characters as written, without what no database can hold."""
    return _UNKEEPABLE.sub("\ufffd", text[:longest])


def longest_kept(inbound: Inbound) -> int:
    """How much is kept of a message: what may be a group note is kept whole, so that nobody's line is lost."""
    may_be_note = inbound.kind == "group_note" or inbound.text.lstrip().startswith(_NOTE_BEGINS)
    return LONGEST_NOTE if may_be_note else LONGEST_TEXT


def kept_name(name: str) -> str:
    """What is kept of a person's or a group's name."""
    return kept_words(name)[:LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class Echo:
    """The account's own message, seen coming back: it settles what was sent.

    The `text` of a file is its name; empty where the channel does not tell it.
    """

    id: str
    text: str
    at: datetime
    group: str | None = None
    contact: str | None = None
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Recalled:
    """A person took a message back within the two minutes that WeChat allows. `id` is the message's, where known."""

    id: str
    at: datetime
    group: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    group: str
    members: tuple[str, ...]
    at: datetime
    group_name: str = ""


@dataclass(frozen=True, slots=True)
class FriendRequest:
    """Somebody asks to become a contact. The channel has accepted it by the time this event is fed."""

    contact: str
    name: str
    hello: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    contact: str
    name: str
    alias: str = ""
    friend: bool = False


@dataclass(frozen=True, slots=True)
class RosterGroup:
    group: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """The channel is up. `account` is the account's own raw id; the roster is read afresh at every connection."""

    account: str
    name: str
    at: datetime
    groups: tuple[RosterGroup, ...] = ()
    friends: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """The channel was away: what was said between `since` and `until` never arrived."""

    since: datetime
    until: datetime


Event = Inbound | Echo | Recalled | Joined | FriendRequest | Connected | Gap


class OutboundKind(StrEnum):
    ALERT = "alert"
    REPLY = "reply"
    REMINDER = "reminder"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send, with raw ids, as a channel is given it. Exactly one of `group` and `contact` is set.

    Words or a file: with a `file`, the text is its name and is not said besides.
    """

    id: str
    kind: OutboundKind
    text: str
    group: str | None = None
    contact: str | None = None
    mentions: tuple[str, ...] = ()
    file: File | None = None
    in_reply_to: str | None = None
    """The channel's id of the message it answers, for channels that can show it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where somebody speaks, in internal ids: a dialogue, an expectation and a lock belong to one of these."""

    account: int
    group: int | None
    contact: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler returns: a key of `replies.yaml` and its parameters, and who is to hear it."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False
    mention: bool = True
    numbered: bool = False
    """It carries a case number: worth sending late (24 hours instead of 30 minutes)."""
    urgent: bool = False
    """An emergency's instruction: it goes before everything else."""
    trouble: str | None = None
    """As in `Post`."""
    about: str | None = None
    """As in `Post`: said together with an answer about the same that still waits there."""
    file: File | None = None
    """As in `Post`."""


class Refusal(Exception):
    """A rule that says no. What was changed goes back to a savepoint; the words (a key of `replies.yaml`) still go out.

    The tree of refusals stands in `intents/errors.py`.
    """

    key = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(self.key, params)
        self.params = params


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a group note 接龙."""

    number: int
    name: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    people: int | None = None
    cancelled: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """What a message says of itself; each only where it is said. `when` and `until` are ISO 8601."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None
    place: str | None = None
    people: int | None = None
    phone: str | None = None
    name: str | None = None
    when: str | None = None
    until: str | None = None
    origin: str | None = None
    items: tuple[tuple[str, int | None], ...] = ()
    points: int | None = None
    case: str | None = None
    anonymous: bool = False
    for_other: bool = False
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means, and why: the judge's word on one message alone.

    `speak`: would be answered in a group on this message alone. `lead`: sounds like a complaint, kept quietly for staff.
    `why` holds short codes for `为什么` and the trace, such as `rule:complaints.file.broken-thing` or `+0.2 place`.
    """

    text: str
    intent: str | None = None
    score: float = 0.0
    speak: bool = False
    lead: bool = False
    rule: str | None = None
    category: tuple[str, str] | None = None
    urgency: str | None = None
    slots: Slots = field(default_factory=Slots)
    why: tuple[str, ...] = ()
