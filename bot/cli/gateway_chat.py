"""The demo's groups on a local Wechaty gateway: what is typed in the page is said on the gateway, and what really left on
the wire is shown. Everything between the two is the real path.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.channels.base import Channel
from bot.channels.cast import Cast
from bot.channels.simulator import Sent, SimulatedChat
from bot.channels.wechaty import WechatyChannel, WechatySettings
from bot.cli.local_gateway import Contact, LocalGateway, Record, Room, Unavailable, World
from bot.cli.messages import CommandFault, say
from bot.cli.serving import OpenChannel
from bot.message import Inbound, Outbound, OutboundKind
from bot.settings import Settings
from bot.sources import SystemChance
from scheduler.clock import Clock

AFTER_NAME = "\u2005"


class GatewayChat:
    """A `SimulatedChat` on a gateway."""

    def __init__(self, gateway: LocalGateway, cast: Cast, me: str, clock: Clock) -> None:
        self._gateway = gateway
        self._cast = cast
        self._me = me
        self._clock = clock
        self._numbers = itertools.count(1)
        self._loop = asyncio.get_running_loop()
        self.listeners: list[Callable[[Sent], None]] = []
        gateway.on_record = self._on_record

    async def say(self, event: Inbound) -> None:
        text = f"@{self._me}{AFTER_NAME}{event.text}" if event.mentioned else event.text
        if event.quote is not None:
            text = quoting(event.quote.sender, event.quote.text, text)
        mentions = (self._cast.account,) if event.mentioned else ()
        await asyncio.to_thread(self._gateway.say, event.sender, text, room=event.group, mentions=mentions, id=event.id)

    def _on_record(self, record: Record) -> None:
        """Called in the gateway's own thread."""
        if record["ev"] == "sent" and record.get("kind") == "text":
            self._loop.call_soon_threadsafe(self._show, record, self._clock.now())

    def _show(self, record: Record, at: datetime) -> None:
        target = record["conversation"]
        group = target if target in self._cast.groups else None
        outbound = Outbound(
            id=record["id"],
            kind=OutboundKind.REPLY,
            text=record["text"],
            group=group,
            contact=None if group else target,
            mentions=tuple(record["mentions"]),
        )
        sent = Sent(next(self._numbers), at, outbound)
        for listener in self.listeners:
            listener(sent)


def quoting(sender: str, quoted: str, text: str) -> str:
    """As WeChat writes a quote into the text itself."""
    return f"\u300c{sender}\uff1a{quoted}\u300d\n- - - - - - - - - - - - - - -\n{text}"


@contextmanager
def on_gateway(settings: Settings, cast: Cast) -> Iterator[OpenChannel]:
    """Start a gateway with the cast's people and groups; yields how to open the channel to it."""
    me = settings.channel.names[0]
    token = secrets.token_hex(16)
    say("demo.installing")
    gateway = LocalGateway(_world(cast, me), token=token)
    try:
        gateway.start()
    except Unavailable as missing:
        raise CommandFault("demo.install_failed", reason=missing) from missing

    def open_channel(clock: Clock) -> tuple[Channel, SimulatedChat | None, Cast | None]:
        facts = WechatySettings(endpoint=gateway.endpoint, token=token, names=settings.channel.names)
        channel = WechatyChannel(facts, clock.now, SystemChance().jitter)
        return channel, GatewayChat(gateway, cast, me, clock), cast

    try:
        yield open_channel
    finally:
        gateway.stop()


def _world(cast: Cast, me: str) -> World:
    people = tuple(Contact(contact, person.name) for contact, person in cast.people.items())
    rooms = tuple(
        Room(group.id, group.name, (cast.account, *group.members), dict(group.members))
        for group in cast.groups.values()
    )
    return World(cast.account, (Contact(cast.account, me), *people), rooms)
