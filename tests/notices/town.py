"""A community with several groups, and a chat that can be made to refuse or to break off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.channels.base import SendRefused, SendUncertain
from bot.channels.simulator import Sent, Simulator
from bot.message import Connected, Outbound
from storage.broadcasts import Broadcast, Fate, fates
from storage.database import Database
from storage.messages import OutboxRow
from tests.assistants import MORNING, assembled, small_settings
from tests.resident import ACCOUNT, Resident, StaffMember, World

GROUPS = ("3号楼业主群", "4号楼业主群", "5号楼业主群", "12号楼邻里", "东区大群", "团购群")
FACTS: list[dict[str, Any]] = [
    {"name": "团购群", "listen": False},
    {"name": "东区大群", "buildings": "20-22", "tags": ["业主"]},
    {"name": "12号楼邻里", "tags": ["业主"]},
]


class Chat(Simulator):
    """`refuses` and `loses` name groups: nothing goes there, or nobody knows whether it did. Files only, with `files`."""

    def __init__(self, connected: Connected, world: World) -> None:
        super().__init__(connected, world.clock.now, echoes=False)
        self.refuses: set[str] = set()
        self.loses: set[str] = set()
        self.files = False

    async def send(self, outbound: Outbound) -> str | None:
        group = (outbound.group or "").removeprefix("room:")
        if not self.files or outbound.file is not None:
            if group in self.refuses:
                raise SendRefused("the group is gone", retryable=False)
            if group in self.loses:
                raise SendUncertain("the line broke")
        return await super().send(outbound)


class Town(World):
    chat: Chat

    @property
    def li(self) -> StaffMember:
        return self.staff("李主任")

    @property
    def zhou(self) -> StaffMember:
        return self.staff("小周")

    async def rows(self) -> list[OutboxRow]:
        async with self.assistant.database.reading() as db:
            found = select(OutboxRow).where(OutboxRow.group_id.is_not(None)).order_by(OutboxRow.id)
            return list(await db.scalars(found))

    async def fates(self, number: str = "TZ261125-01") -> dict[str, Fate]:
        async with self.assistant.database.reading() as db:
            broadcast = (await db.scalars(select(Broadcast).where(Broadcast.number == number))).one()
            told = await fates(db, broadcast)
        return {self.assistant.directory.group_name(one.group): one.fate for one in told}

    def notices(self) -> list[Sent]:
        """What groups were told, in the order of sending."""
        return [one for one in self.channel.sent if one.outbound.group is not None]

    async def begins(self, text: str, by: Resident | None = None) -> str:
        """Commanded and confirmed; what was said to the confirmation."""
        officer = by or self.li
        await officer.says(text)
        return (await officer.says("确认"))[0]


async def open_town(
    database: Database, *groups: str, start: datetime = MORNING, restarted: Town | None = None, **changes: Any
) -> Town:
    """Two residents and all of the staff are in every group. `restarted`: the same chat on a new assistant."""
    town = restarted or Town(start)
    if restarted is None:
        town.chat = town.channel = Chat(Connected(ACCOUNT, town.names[0], start), town)
    settings = small_settings(**{"groups": FACTS, "pacing": {"jitter_s": 0}, **changes})
    town.assistant = await assembled(database, town.channel, town.clock, settings)
    if restarted is None:
        town.resident("3-2-501 王阿姨", contact="wx_wang")
        town.resident("4-1-101 李叔", contact="wx_shu")
        for one in settings.staff:
            town.staff(one.name)
        await town.connect(*(groups or GROUPS))
    return town
