"""The port every channel implements.

ChannelError
├── SendRefused       the other side said no: nothing was sent; `retryable` tells whether trying again can help
│   └── ChannelAway   nobody is connected or logged in: tried again until it expires
├── SendUncertain     the call broke off: it may or may not have been sent
└── ChannelRejected   the token or the address is wrong: stop, and tell a person
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.message import Event, Outbound

Feed = Callable[[Event], Awaitable[None]]
"""Takes one event. Returns once the event is screened and, where it matters, handed to an owned task: a channel feeds
events in the order in which they arrived and need not wait for their answers."""


class ChannelError(Exception):
    """Something between us and the chat. The text is for logs; it never holds a token or what people wrote."""


class SendRefused(ChannelError):
    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


class ChannelAway(SendRefused):
    """Nobody is connected or logged in: nothing was tried, so it counts as no attempt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, retryable=True)


class SendUncertain(ChannelError):
    pass


class ChannelRejected(ChannelError):
    pass


class Channel(Protocol):
    """One account on one chat system."""

    @property
    def echoes(self) -> bool:
        """Whether the account's own messages come back as `Echo`."""
        ...

    async def run(self, feed: Feed) -> None:
        """Yield events to `feed` until cancelled; reconnect for ever. Raises `ChannelRejected` only."""
        ...

    async def send(self, outbound: Outbound) -> str | None:
        """Send, return the channel's message id where it gives one. Raises `SendRefused` or `SendUncertain`."""
        ...
