"""A session on a real gateway: made in one sentence, announced, signed up for in words and by a group note, a free place offered,
everybody reminded twice, checked in at the door, and counted in an Excel file.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.app import Assistant
from scheduler.clock import SystemClock
from storage import messages
from tests.assistants import ZONE
from tests.databases import Shelf
from tests.gateway.fixtures import OwnGateway
from tests.gateway.rig import BOT, LI, ROOM, WANG, WORLD, ZHAO, Contact, Gateway, Room, World, until
from tests.gateway.serving import STAFF, heard, left, serving, settings

WEST = "10003@chatroom"
TOWN = World(
    BOT,
    (*WORLD.contacts, Contact(STAFF, "周主任")),
    (
        Room(ROOM, "幸福小区东区群", (BOT, WANG, LI, ZHAO, STAFF), {WANG: "3-2-501 王阿姨", ZHAO: "8-1-802 小赵"}),
        Room(WEST, "幸福小区西区群", (BOT, STAFF)),
    ),
)


class Ahead(SystemClock):
    """The clock of everybody, moved on where a day has to pass."""

    def __init__(self) -> None:
        super().__init__(ZONE)
        self.by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


@pytest.fixture
def sqlite_url(shelf: Shelf) -> str:
    return shelf.migrated("sqlite")


async def test_from_one_sentence_to_the_turnout(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway, clock = own_gateway(world=TOWN), Ahead()
    # the gateway's clock is not moved: what is said days later is said now
    facts = settings(limits={"oldest_message_minutes": 100_000})
    async with serving(gateway, sqlite_url, clock, facts) as assistant:
        number = f"HD{clock.now():%y%m%d}-01"
        begins = (clock.now() + timedelta(days=3)).replace(hour=14, minute=30, second=0, microsecond=0)

        async def says(who: str, text: str, answer: str, room: str | None = ROOM) -> None:
            gateway.say(who, text, room=room)
            await heard(gateway, room or who, answer)

        def it_is(moment: datetime) -> None:
            clock.by += moment - clock.now()
            assistant.ticker.wake()
            assistant.sender.wake()

        await says(STAFF, "活动 大后天下午2:30-4:30活动室健康讲座 名额3 带身份证", "要办这一场", None)
        await says(STAFF, "确认", f"办好了：{number}", None)
        for room in (ROOM, WEST):
            await heard(gateway, room, "【通知】健康讲座")
        await says(WANG, "报名 两个人", "2人。")
        await says(LI, "#接龙 健康讲座\n1. 5-1-302 李师傅 1人", "接龙收到")
        await says(ZHAO, "我也报名", "候补")
        await says(WANG, "改成一个人", "改好了")
        await heard(gateway, ROOM, "有空位了")
        await says(ZHAO, "来", "报上了")
        for step in (timedelta(hours=24), timedelta(hours=2)):
            it_is(begins - step + timedelta(seconds=1))
            await _heard_again(gateway, WANG, "提醒您：健康讲座", 2 if step.days == 0 else 1)
            await _heard_again(gateway, ROOM, "现在报了3人", 2 if step.days == 0 else 1)
        it_is(begins + timedelta(minutes=5))
        await says(STAFF, "签到 001 002", "到1人", None)
        await says(STAFF, "未到", "小赵", None)
        it_is(begins + timedelta(hours=4, minutes=1))
        told = await heard(gateway, STAFF, "结束了")
        assert "报名3人，到了2人" in told
        await heard(gateway, STAFF, ".xlsx")
        assert not any("2-501" in text or "1-802" in text for text in left(gateway, ROOM))
        await _nothing_failed(assistant)
    rows = _turnout(gateway)
    assert [(row[1], row[3], row[-1]) for row in rows[3:]] == [("王阿姨", 1, 1), ("李师傅", 1, 1), ("小赵", 1, "没来")]


async def _heard_again(gateway: Gateway, conversation: str, part: str, times: int) -> None:
    await until(lambda: len([text for text in left(gateway, conversation) if part in text]) >= times, 15)
    assert len([text for text in left(gateway, conversation) if part in text]) == times


async def _nothing_failed(assistant: Assistant) -> None:
    async with assistant.database.reading() as db:
        assert await messages.count_failed(db, assistant.directory.account) == 0


def _turnout(gateway: Gateway) -> list[list[Any]]:
    [sent] = [one for one in gateway.records if one["ev"] == "sent" and one["kind"] == "file"]
    book = CalamineWorkbook.from_filelike(BytesIO(base64.b64decode(sent["base64"])))
    return book.get_sheet_by_index(0).to_python()
