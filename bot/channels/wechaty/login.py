"""One account logged in on a link: reads its roster and turns each of its events into work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog

from bot.channels.wechaty.directory import Directory
from bot.channels.wechaty.gateway import Gateway, Kind
from bot.channels.wechaty.logs import hashed
from bot.channels.wechaty.receiving import Receiver
from bot.channels.wechaty.settings import WechatySettings
from bot.message import Connected, Event

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Found = tuple[Event, ...]
Ids = tuple[frozenset[str], frozenset[str]]

DIRTY_CONTACT, DIRTY_ROOM, DIRTY_MEMBER = 2, 3, 4


class Login:
    def __init__(
        self, account: str, gateway: Gateway, settings: WechatySettings, clock: Clock, tasks: asyncio.TaskGroup
    ) -> None:
        self._account = account
        self._clock = clock
        self._directory = Directory(gateway, settings, tasks)
        self._receiver = Receiver(account, gateway, self._directory, settings, clock)
        self._tried = asyncio.Event()
        self._known: Ids | None = None

    async def connected(self) -> Found:
        """The roster, whole: without it nobody can be told from anybody else."""
        try:
            ids = await self._directory.ids()
            found = (await self._roster(ids),)
            self._known = ids
        finally:
            self._tried.set()
        return found

    async def _roster(self, ids: Ids) -> Connected:
        rooms, contacts = ids
        me = await self._directory.person(self._account)
        roster = await self._directory.roster(sorted(rooms), sorted(contacts - {self._account}))
        log.info("wechaty.connected", account=hashed(self._account), groups=len(rooms), contacts=len(contacts))
        return Connected(self._account, me.name if me else "", self._clock(), roster.groups, roster.friends)

    async def ready(self) -> Found:
        """The gateway has everything now. What it had not at login makes a second, fuller roster."""
        await self._tried.wait()
        if self._known is None:
            return ()
        ids = await self._directory.ids()
        if ids == self._known:
            return ()
        self._known = ids
        return (await self._roster(ids),)

    def work(self, kind: int, fields: dict[str, Any]) -> Coroutine[Any, Any, Found] | None:
        match kind:
            case Kind.MESSAGE:
                return self._receiver.message(str(fields["messageId"]))
            case Kind.FRIENDSHIP:
                return self._receiver.friendship(str(fields["friendshipId"]))
            case Kind.ROOM_INVITE:
                return self._receiver.invitation(str(fields["roomInvitationId"]))
            case Kind.ROOM_JOIN:
                return self._joined(str(fields["roomId"]), tuple(map(str, fields["inviteeIdList"])))
            case Kind.READY:
                return self.ready()
            case _:
                self._refresh(kind, fields)
                return None

    def _joined(self, room: str, members: tuple[str, ...]) -> Coroutine[Any, Any, Found]:
        for member in members:
            self._directory.forget_member(room, member)
        return self._receiver.joined(room, members)

    def _refresh(self, kind: int, fields: dict[str, Any]) -> None:
        if kind == Kind.ROOM_TOPIC:
            self._directory.rename_room(str(fields["roomId"]), str(fields["newTopic"]))
        elif kind == Kind.ROOM_LEAVE:
            for member in fields["removeeIdList"]:
                self._directory.forget_member(str(fields["roomId"]), str(member))
        elif kind == Kind.DIRTY:
            self._refresh_one(fields.get("payloadType"), str(fields.get("payloadId", "")))

    def _refresh_one(self, what: object, raw_id: str) -> None:
        if what == DIRTY_CONTACT:
            self._directory.forget_person(raw_id)
        elif what in {DIRTY_ROOM, DIRTY_MEMBER}:
            self._directory.forget_room(raw_id)
