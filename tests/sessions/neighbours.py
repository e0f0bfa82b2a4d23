"""Neighbours under a notice: who they are, what they say, and how the list of a session then stands."""

from __future__ import annotations

from bot.message import Inbound
from storage import sessions, sign_ups
from tests.resident import GROUP, Resident, World

LECTURE = "周六上午9点-11点 活动室 健康讲座 限{}人"
DUMPLINGS = "周日下午2点-4点 广场 包粽子 限{}人"


class Street:
    """A world whose residents are called by their names; some of them are no friends of the assistant."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.li, self.zhou = world.staff("李主任"), world.staff("小周")
        self.wang = world.resident("3-2-501 王阿姨")
        self.husband = world.resident("3-2-501 王叔")
        self.zhao = world.resident("5-1-302 赵姐", friend=False)
        self.chen = world.resident("8-1-802 小陈")
        self.ma = world.resident("6-1-101 老马", friend=False)
        self.liu = world.resident("大刘")
        self.fang = world.resident("7-2-301 阿芳")

    async def gather(self) -> Street:
        await self.world.connect(GROUP)
        return self

    async def hears(self, who: Resident, text: str, in_group: str | None = GROUP) -> str:
        """What is said there to it, some time after what was said before; empty where nothing is."""
        await self.world.passes(seconds=40)
        return "\n".join(await who.says(text, in_group=in_group))

    async def list_of(self, number: str) -> list[tuple[str, int, str]]:
        """Who is on it, in the order in which they came: name, people, state."""
        async with self.world.assistant.database.reading() as db:
            row = await sessions.by_number(db, "xingfu", number)
            assert row is not None
            found = await sign_ups.of_session(db, row.id)
            slots = await sessions.slots_of(db, row.id)
            for slot in slots:
                assert slot.taken == await sign_ups.people_in(db, slot.id)
                assert slot.capacity is None or slot.taken <= slot.capacity
        return [(one.name, one.people, one.state) for one in found]

    async def at_once(self, *said: tuple[Resident, str]) -> list[str]:
        """Several speak within a second; what the group then hears."""
        heard = len(self.world.heard_in_group())
        for who, text in said:
            self.world.said += 1
            inbound = Inbound(
                id=f"in-{self.world.said}",
                sender=who.contact,
                text=text,
                at=self.world.clock.now(),
                group=f"room:{GROUP}",
                group_name=GROUP,
                sender_name=who.nickname,
                friend=who.friend,
            )
            await self.world.assistant.dispatcher.feed(inbound)
        await self.world.assistant.dispatcher.settle()
        await self.world.passes(minutes=1)
        return self.world.heard_in_group()[heard:]


async def street(world: World) -> Street:
    return await Street(world).gather()
