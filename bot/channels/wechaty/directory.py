"""What people and groups are called, as the gateway knows it: read whole at login, then refreshed by events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

import structlog

from bot.channels.base import ChannelRejected
from bot.channels.wechaty.cache import SharedCache
from bot.channels.wechaty.gateway import Gateway, GatewayError
from bot.channels.wechaty.logs import hashed
from bot.channels.wechaty.settings import WechatySettings
from bot.message import Member, RosterGroup

log = structlog.get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")


class Person(NamedTuple):
    name: str
    friend: bool
    official: bool


class GroupName(NamedTuple):
    name: str
    alias: str


class Roster(NamedTuple):
    groups: tuple[RosterGroup, ...]
    friends: tuple[Member, ...]


class Directory:
    def __init__(self, gateway: Gateway, settings: WechatySettings, tasks: asyncio.TaskGroup) -> None:
        self._gateway = gateway
        self._tasks = tasks
        self._slots = asyncio.Semaphore(settings.workers)
        size, ttl_s = settings.cache_max, settings.cache_ttl_s
        self._people = SharedCache(tasks, self._load_person, max_size=size, ttl_s=ttl_s)
        self._members = SharedCache(tasks, self._load_member, max_size=size, ttl_s=ttl_s)
        self._topics = SharedCache(tasks, self._load_topic, max_size=size, ttl_s=ttl_s)

    async def person(self, contact: str) -> Person | None:
        return await self._people.get(contact)

    async def member(self, room: str, contact: str) -> GroupName | None:
        return await self._members.get((room, contact))

    async def topic(self, room: str) -> str:
        return await self._topics.get(room) or ""

    def forget_member(self, room: str, contact: str) -> None:
        self._members.forget((room, contact))

    def forget_person(self, contact: str) -> None:
        self._people.forget(contact)

    def forget_room(self, room: str) -> None:
        self._topics.forget(room)
        self._members.forget_where(lambda key: key[0] == room)

    def rename_room(self, room: str, topic: str) -> None:
        """A new topic comes with its event; the gateway's own cache may still hold the old one."""
        self._topics.forget(room)
        self._topics.put(room, topic)

    async def _load_person(self, contact: str) -> Person | None:
        return await self._asked(lambda: self._person_of(contact), "contact", contact)

    async def _person_of(self, contact: str) -> Person:
        return Person(*await self._gateway.contact(contact))

    async def _load_member(self, key: tuple[str, str]) -> GroupName | None:
        return await self._asked(lambda: self._group_name_of(*key), "member", key[1])

    async def _group_name_of(self, room: str, contact: str) -> GroupName:
        return GroupName(*await self._gateway.member(room, contact))

    async def _load_topic(self, room: str) -> str | None:
        return await self._asked(lambda: self._gateway.topic(room), "room", room)

    async def _asked(self, ask: Callable[[], Awaitable[T]], what: str, raw_id: str) -> T | None:
        """A name we cannot learn must not cost the message that needed it."""
        try:
            async with self._slots:
                return await ask()
        except (GatewayError, ChannelRejected, ValueError) as error:
            log.warning("wechaty.name_unknown", what=what, id=hashed(raw_id), reason=type(error).__name__)
            return None

    async def ids(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of all groups and contacts: enough to see whether a roster is still the whole one."""
        return frozenset(await self._gateway.rooms()), frozenset(await self._gateway.contacts())

    async def roster(self, rooms: Iterable[str], contacts: Iterable[str]) -> Roster:
        people = dict(await self._each(contacts, self.person))
        groups = await self._each(rooms, self._group)
        friends = (Member(contact, person.name, friend=True) for contact, person in people.items() if person.friend)
        return Roster(tuple(group for _, group in groups), tuple(friends))

    async def _group(self, room: str) -> RosterGroup | None:
        try:
            contacts = await self._gateway.members(room)
        except (GatewayError, ValueError) as error:
            log.warning("wechaty.members_unknown", group=hashed(room), reason=type(error).__name__)
            return None
        names = dict(await self._each(contacts, lambda contact: self.member(room, contact)))
        members = [
            Member(contact, name.name, name.alias, friend=self._is_friend(contact)) for contact, name in names.items()
        ]
        return RosterGroup(room, await self.topic(room), tuple(members))

    def _is_friend(self, contact: str) -> bool:
        person = self._people.held(contact)
        return person is not None and person.friend

    async def _each(self, keys: Iterable[str], get: Callable[[str], Awaitable[R | None]]) -> list[tuple[str, R]]:
        """`get` for all keys at once (the gateway is asked by `workers` at a time), without those it does not know."""
        wanted = tuple(dict.fromkeys(keys))
        values = await asyncio.gather(*(get(key) for key in wanted))
        return [(key, value) for key, value in zip(wanted, values, strict=True) if value is not None]
