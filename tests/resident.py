"""Conversations that anybody can read.

    wang = world.resident("3-2-501 王阿姨")
    li = world.staff("李主任")

    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP)
    assert "SQ261125-01" in world.heard_in_group()[-1]
    await li.commands("受理 SQ261125-01")
    assert "已受理" in li.heard[-1]

The clock stands still but for `world.passes(minutes=3)` and for the seconds that pacing takes until everything that may be said
is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.app import Assistant
from bot.channels.simulator import Sent, Simulator
from bot.channels.texts import split_mention
from bot.message import Connected, Event, File, Inbound, Member, Picture, Quote, RosterGroup
from scheduler.clock import VirtualClock
from storage import messages

GROUP = "3号楼业主群"
ACCOUNT = "bot"
PATIENCE = timedelta(minutes=2)
"""How long a test waits for pacing. What waits longer, waits for the end of quiet hours or for tomorrow."""


@dataclass
class Resident:
    """Somebody in the chat. `nickname` is used in every group, `name` in private."""

    world: World
    contact: str
    name: str
    nickname: str
    friend: bool = True

    async def says(
        self,
        text: str,
        *,
        in_group: str | None = None,
        quoting: Sent | Inbound | Quote | None = None,
        picture: bytes | None = None,
        id: str | None = None,  # noqa: A002
    ) -> list[str]:
        """Say it, in private where no group is named; returns what was then heard in the same place."""
        self.world.said += 1
        mentioned, text = split_mention(text, self.world.names)
        inbound = Inbound(
            id=id or f"in-{self.world.said}",
            sender=self.contact,
            text=text,
            at=self.world.clock.now(),
            group=_group_id(in_group) if in_group else None,
            group_name=in_group or "",
            sender_name=self.nickname if in_group else self.name,
            mentioned=mentioned,
            quote=self.world.quote(quoting),
            kind="image" if picture else "text",
            picture=Picture(picture) if picture else None,
            friend=self.friend,
        )
        heard = len(self._hears(in_group))
        await self.world.happens(inbound)
        self.last = inbound
        return self._hears(in_group)[heard:]

    @property
    def heard(self) -> list[str]:
        """What the assistant told this person in private, so far."""
        return [sent.outbound.text for sent in self.world.channel.sent if sent.outbound.contact == self.contact]

    @property
    def files(self) -> list[File]:
        """What files the assistant sent this person in private, so far; their names are among what was heard."""
        sent = [one.outbound for one in self.world.channel.sent if one.outbound.contact == self.contact]
        return [outbound.file for outbound in sent if outbound.file is not None]

    def _hears(self, group: str | None) -> list[str]:
        return self.world.heard_in_group(group) if group else self.heard


@dataclass
class StaffMember(Resident):
    async def commands(
        self, text: str, *, quoting: Sent | Inbound | Quote | None = None, in_group: str | None = None
    ) -> list[str]:
        """Give a command; returns what this person is told in private."""
        heard = len(self.heard)
        await self.says(text, in_group=in_group, quoting=quoting)
        return self.heard[heard:]


@dataclass
class World:
    """A chat that exists in memory only, with the real assistant in it."""

    start: datetime
    names: tuple[str, ...] = ("小助手", "社区小助手")
    said: int = 0
    expects_failures: bool = False
    """Set where a handler is meant to raise: else a message that failed fails the test at its end."""
    people: dict[str, Resident] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = VirtualClock(self.start)
        self.channel = Simulator(Connected(ACCOUNT, self.names[0], self.start), self.clock.now, echoes=False)
        self.assistant: Assistant

    def resident(self, nickname: str, *, contact: str | None = None, name: str = "", friend: bool = True) -> Resident:
        contact = contact or f"wx_{len(self.people)}_{nickname}"
        return self._known(Resident(self, contact, name or nickname, nickname, friend))

    def staff(self, name: str) -> StaffMember:
        """The staff member whom the settings name so."""
        facts = next(one for one in self.assistant.settings.staff if one.name == name)
        found = self.people.get(facts.contact)
        if isinstance(found, StaffMember):
            return found
        member = StaffMember(self, facts.contact, facts.name, facts.name)
        self.people[facts.contact] = member
        return member

    def _known(self, person: Resident) -> Resident:
        self.people[person.contact] = person
        return person

    async def connect(self, *groups: str, account: str = ACCOUNT) -> None:
        """The account logs in (again); everybody named so far is in these groups."""
        members = tuple(Member(one.contact, one.name, one.nickname, one.friend) for one in self.people.values())
        roster = tuple(RosterGroup(_group_id(group), group, members) for group in groups)
        friends = tuple(member for member in members if member.friend)
        await self.happens(Connected(account, self.names[0], self.clock.now(), roster, friends))

    async def happens(self, event: Event) -> None:
        """Anything a channel may tell; returns when all is said that may be said within `PATIENCE`."""
        await self.assistant.dispatcher.feed(event)
        await self.assistant.dispatcher.settle()
        await self._proceed(self.clock.now() + PATIENCE, only_to_speak=True)

    async def passes(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Time passes: what falls due is done, what may be said is said."""
        until = self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        await self._proceed(until)
        self.clock.move_to(until)

    async def _proceed(self, until: datetime, *, only_to_speak: bool = False) -> None:
        sender, ticker = self.assistant.sender, self.assistant.ticker
        while True:
            await ticker.tick()
            again = await sender.step()
            if again is not None and again <= self.clock.now():
                continue
            falls_due = await ticker.next_due()
            nearest = min((moment for moment in (again, falls_due) if moment), default=None)
            if nearest is None or nearest > until or (only_to_speak and (again is None or again > until)):
                return
            self.clock.move_to(nearest)

    def heard_in_group(self, group: str = GROUP) -> list[str]:
        """What the assistant said in a group, so far."""
        return [sent.outbound.text for sent in self.sent_to_group(group)]

    def sent_to_group(self, group: str = GROUP) -> list[Sent]:
        """The same as messages, with their kind, mentions and moment; one may be quoted."""
        return [sent for sent in self.channel.sent if sent.outbound.group == _group_id(group)]

    def quote(self, of: Sent | Inbound | Quote | None) -> Quote | None:
        match of:
            case Sent():
                return Quote(self.names[0], of.outbound.text, of.id)
            case Inbound():
                return Quote(of.sender_name, of.text, of.id)
            case _:
                return of

    async def failures(self) -> int:
        async with self.assistant.database.reading() as db:
            return await messages.count_failed(db, self.assistant.directory.account)

    async def close(self) -> None:
        failed = await self.failures()
        await self.assistant.close()
        assert failed == 0 or self.expects_failures, f"{failed} messages failed; see the log above"


def _group_id(group: str) -> str:
    return f"room:{group}"
