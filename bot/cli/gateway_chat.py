"""The demo's groups on a local Wechaty gateway: what is typed in the page is said on the gateway, and what really left on
the wire is shown. Everything between the two is the real path.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from bot.channels.base import Channel, Feed
from bot.channels.cast import Cast
from bot.channels.simulator import Sent, SimulatedChat
from bot.channels.wechaty import WechatyChannel, WechatySettings
from bot.cli.local_gateway import Contact, LocalGateway, Room, Unavailable, World
from bot.cli.messages import CommandFault, say
from bot.cli.serving import OpenChannel
from bot.message import Inbound, Outbound
from bot.settings import Settings
from bot.sources import SystemChance
from scheduler.clock import Clock

AFTER_NAME = "\u2005"


class GatewayChat:
    """The channel to the gateway, and a chat that we hold ourselves at its other end."""

    def __init__(self, gateway: LocalGateway, channel: WechatyChannel, cast: Cast, clock: Clock) -> None:
        self._gateway = gateway
        self._channel = channel
        self._cast = cast
        self._clock = clock
        self._numbers = itertools.count(1)
        self.listeners: list[Callable[[Sent], None]] = []

    @property
    def echoes(self) -> bool:
        return self._channel.echoes

    async def run(self, feed: Feed) -> None:
        await self._channel.run(feed)

    async def send(self, outbound: Outbound) -> str | None:
        """Shown in the page once the gateway has confirmed it."""
        message = await self._channel.send(outbound)
        sent = Sent(message or f"sent-{next(self._numbers)}", self._clock.now(), outbound)
        for listener in self.listeners:
            listener(sent)
        return message

    async def say(self, event: Inbound) -> None:
        """Somebody types it in WeChat, which puts mentions and quotes into the text."""
        if event.picture is not None:
            photo = partial(self._gateway.send_file, event.sender, event.picture.content, "photo.jpg", room=event.group)
            await asyncio.to_thread(photo)
            return
        text = f"@{self._cast.name}{AFTER_NAME}{event.text}" if event.mentioned else event.text
        if event.quote is not None:
            text = quoting(event.quote.sender, event.quote.text, text)
        mentions = (self._cast.account,) if event.mentioned else ()
        say_it = partial(self._gateway.say, event.sender, text, room=event.group, mentions=mentions, id=event.id)
        await asyncio.to_thread(say_it)


def quoting(sender: str, quoted: str, text: str) -> str:
    """As WeChat writes a quote into the text itself."""
    return f"\u300c{sender}\uff1a{quoted}\u300d\n- - - - - - - - - - - - - - -\n{text}"


@contextmanager
def on_gateway(settings: Settings, cast: Cast) -> Iterator[OpenChannel]:
    """Start a gateway with the cast's people and groups; yields how to open the channel to it."""
    token = secrets.token_hex(16)
    say("demo.installing")
    gateway = LocalGateway(_world(cast), token=token)
    try:
        gateway.start()
    except Unavailable as missing:
        raise CommandFault("demo.install_failed", reason=missing) from missing

    def open_channel(clock: Clock) -> tuple[Channel, SimulatedChat | None, Cast | None]:
        facts = WechatySettings(endpoint=gateway.endpoint, token=token, names=settings.channel.names)
        chat = GatewayChat(gateway, WechatyChannel(facts, clock.now, SystemChance().jitter), cast, clock)
        return chat, chat, cast

    try:
        yield open_channel
    finally:
        gateway.stop()


def _world(cast: Cast) -> World:
    people = tuple(Contact(contact, person.name) for contact, person in cast.people.items())
    rooms = tuple(
        Room(group.id, group.name, (cast.account, *group.members), dict(group.members))
        for group in cast.groups.values()
    )
    return World(cast.account, (Contact(cast.account, cast.name), *people), rooms)
