"""What the gateway reports becomes events of `bot.message`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.channels.solitaire import is_structured, unwrapped
from bot.channels.texts import (
    clean,
    mentions_everybody,
    split_mention,
    split_quote,
    without_first_mention,
)
from bot.channels.wechaty.boxes import Unreadable, open_box
from bot.channels.wechaty.directory import Directory, Person
from bot.channels.wechaty.gateway import Gateway, GatewayError, Payload, Refused
from bot.channels.wechaty.logs import hashed
from bot.channels.wechaty.settings import WechatySettings
from bot.message import Echo, Event, FriendRequest, Inbound, Joined, MessageKind, Picture, Recalled

log = structlog.get_logger(__name__)

ATTACHMENT, IMAGE, TEXT, GROUP_NOTE, RECALLED, VIDEO = 1, 6, 7, 10, 13, 15
KINDS: dict[int, MessageKind] = {IMAGE: "image", TEXT: "text", GROUP_NOTE: "group_note"}

FRIENDSHIP_RECEIVED = 2

OLDEST_BELIEVABLE = datetime(2015, 1, 1, tzinfo=UTC)
NEWEST_BELIEVABLE = timedelta(hours=1)


class Receiver:
    """Reads for one logged-in account."""

    def __init__(
        self,
        account: str,
        gateway: Gateway,
        directory: Directory,
        settings: WechatySettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._gateway = gateway
        self._directory = directory
        self._settings = settings
        self._clock = clock

    async def message(self, message: str) -> tuple[Event, ...]:
        payload = await self._payload(message)
        words = unwrapped(payload.text) if is_structured(payload.text) else payload.text
        text = clean(words, max_chars=self._settings.text_max_chars)
        at = self._moment(payload.received_at)
        group = payload.room or None
        if payload.type == RECALLED:
            # Wechaty puts the id of the message that was taken back into the text.
            return (Recalled(id=text, at=at, group=group, sender=payload.talker or None),)
        if payload.talker == self._account:
            return (self._echo(payload, text, at),)
        if not payload.talker:
            log.info("wechaty.message_dropped", id=hashed(message), reason="nobody said it")
            return ()
        inbound = await self._inbound(payload, text, at)
        return (inbound,) if inbound else ()

    def _echo(self, payload: Payload, text: str, at: datetime) -> Echo:
        """Of files only an attachment keeps its name, and what stands in their text is not for people."""
        is_file = payload.type in {ATTACHMENT, IMAGE, VIDEO}
        if is_file:
            text = payload.filename if payload.type == ATTACHMENT else ""
        contact = None if payload.room else payload.listener or None
        return Echo(payload.id, text, at, group=payload.room or None, contact=contact, is_file=is_file)

    async def _payload(self, message: str) -> Payload:
        """Asked at once, since gateways forget; a refusal is asked again once, a silence is not."""
        try:
            return await self._gateway.message(message)
        except Refused:
            return await self._gateway.message(message)

    def _moment(self, reported: datetime) -> datetime:
        """Some gateways mix up seconds and milliseconds: an impossible moment is replaced by now."""
        now = self._clock()
        return reported if OLDEST_BELIEVABLE < reported < now + NEWEST_BELIEVABLE else now

    async def _inbound(self, payload: Payload, text: str, at: datetime) -> Inbound | None:
        person, sender_name, group_name, picture = await asyncio.gather(
            self._directory.person(payload.talker),
            self._alias(payload.room, payload.talker),
            self._topic(payload.room),
            self._picture(payload),
        )
        if person and person.official:
            log.debug("wechaty.message_dropped", id=hashed(payload.id), reason="an official account")
            return None
        quote, words = split_quote(text)
        mentioned, words = await self._mentioned(payload, words)
        return Inbound(
            id=payload.id,
            sender=payload.talker,
            text=words,
            at=at,
            group=payload.room or None,
            group_name=group_name,
            sender_name=sender_name or (person.name if person else ""),
            mentioned=mentioned,
            quote=quote,
            kind=_kind(payload),
            picture=picture,
            friend=_is_friend(person, private=not payload.room),
        )

    async def _alias(self, room: str, contact: str) -> str:
        member = await self._directory.member(room, contact) if room else None
        return (member.alias or member.name) if member else ""

    async def _topic(self, room: str) -> str:
        return await self._directory.topic(room) if room else ""

    async def _mentioned(self, payload: Payload, text: str) -> tuple[bool, str]:
        if not payload.room:
            return False, text
        by_id = self._account in payload.mentions and not mentions_everybody(payload.text, payload.mentions)
        found, rest = split_mention(text, await self._own_names(payload.room))
        if by_id and not found:
            # The account may have got a new name in this group, of which no event tells.
            self._directory.forget_member(payload.room, self._account)
            found, rest = split_mention(text, await self._own_names(payload.room))
            rest = rest if found else without_first_mention(text)
        return by_id or found, rest

    async def _own_names(self, room: str) -> tuple[str, ...]:
        me, member = await self._directory.person(self._account), await self._directory.member(room, self._account)
        own = (me.name if me else "", member.alias if member else "")
        return tuple(dict.fromkeys((*self._settings.names, *filter(None, own))))

    async def _picture(self, payload: Payload) -> Picture | None:
        """An image that cannot be had leaves the message without a picture: that somebody sent one still counts."""
        if payload.type != IMAGE:
            return None
        try:
            async with asyncio.timeout(self._settings.call_timeout_s):
                return await open_box(
                    self._gateway, await self._image_box(payload.id), max_bytes=self._settings.picture_max_bytes
                )
        except (GatewayError, TimeoutError, ValueError) as error:
            reason = str(error) if isinstance(error, Unreadable) else type(error).__name__
            log.warning("wechaty.picture_missing", id=hashed(payload.id), reason=reason)
            return None

    async def _image_box(self, message: str) -> str:
        try:
            return await self._gateway.image(message)
        except Refused:
            # Not every puppet knows images of several sizes; all know files.
            return await self._gateway.file(message)

    async def joined(self, room: str, members: tuple[str, ...]) -> tuple[Event, ...]:
        return (Joined(group=room, members=members, at=self._clock(), group_name=await self._directory.topic(room)),)

    async def friendship(self, friendship: str) -> tuple[Event, ...]:
        request = await self._gateway.friendship(friendship)
        self._directory.forget_person(request.contact)
        if request.type != FRIENDSHIP_RECEIVED:
            log.info("wechaty.friendship", contact=hashed(request.contact), type=request.type)
            return ()
        await self._gateway.accept_friendship(friendship)
        person = await self._directory.person(request.contact)
        hello = clean(request.hello, max_chars=self._settings.text_max_chars)
        return (FriendRequest(request.contact, person.name if person else "", hello, self._clock()),)

    async def invitation(self, invitation: str) -> tuple[Event, ...]:
        if self._settings.accept_invitations:
            await self._gateway.accept_invitation(invitation)
        log.info("wechaty.invited", invitation=hashed(invitation), accepted=self._settings.accept_invitations)
        return ()


def _kind(payload: Payload) -> MessageKind:
    """Some gateways know no group notes and give their XML under the number of a link or of anything else."""
    return "group_note" if is_structured(payload.text) else KINDS.get(payload.type, "other")


def _is_friend(person: Person | None, *, private: bool) -> bool:
    """Whoever is not known can be reached in private if that is where they speak."""
    return person.friend if person else private
