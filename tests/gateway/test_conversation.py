"""The whole way: a real Wechaty gateway, the real assistant, a real database; what left on the wire and what the ledger says."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.channels.wechaty import WechatyChannel
from tests.assistants import ZONE
from tests.databases import Shelf
from tests.gateway.fixtures import OwnGateway
from tests.gateway.rig import BOT, LI, ROOM, WANG, WORLD, ZHAO, Contact, Gateway, Record, Room, World, until
from tests.gateway.serving import STAFF, heard, ledger, left, serving

WITH_STAFF = World(
    BOT,
    (*WORLD.contacts, Contact(STAFF, "周主任")),
    (Room(ROOM, "幸福小区3栋业主群", (BOT, WANG, LI, ZHAO, STAFF), {WANG: "3-2-502 王阿姨"}), WORLD.rooms[1]),
)


@pytest.fixture
def sqlite_url(shelf: Shelf) -> str:
    return shelf.migrated("sqlite")


async def test_three_residents_and_a_staff_member_on_a_real_gateway(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        day = f"{datetime.now(ZONE):%y%m%d}"
        gateway.say(WANG, "3号楼2单元楼道灯坏了三天没人管", room=ROOM)
        answer = await heard(gateway, ROOM, f"SQ{day}-01")
        assert answer.startswith("@王阿姨 收到，3号楼2单元")
        assert next(_sent(gateway, answer))["mentions"] == [WANG]
        gateway.say(LI, "今天天气真好", room=ROOM)
        gateway.say(ZHAO, "楼道里有煤气味！七号楼三单元", room=ROOM)
        assert "别点火" in await heard(gateway, ROOM, "【紧急】")
        assert f"SQ{day}-02" in await heard(gateway, STAFF, "【紧急】")
        gateway.say(STAFF, f"受理 SQ{day}-01")
        assert "已受理" in await heard(gateway, STAFF, f"已受理SQ{day}-01")
        assert "社区已经受理" in await heard(gateway, ROOM, "社区已经受理")
        cases = await ledger(assistant)
        assert [(case.subcategory, case.state) for case in cases] == [("楼道灯", "accepted"), ("燃气泄漏", "filed")]
        assert len(left(gateway, ROOM)) == 3  # the chatter was left alone


async def test_the_gateway_dies_in_the_middle_and_comes_back(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        gateway.say(WANG, "3号楼2单元楼道灯坏了三天没人管", room=ROOM)
        await heard(gateway, ROOM, "-01")
        gateway.kill()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(gateway.start)
        assert "断开过" in await heard(gateway, STAFF, "断开过")  # staff know what was not heard
        gateway.say(LI, "5号楼1单元电梯坏了没人管", room=ROOM)
        await heard(gateway, ROOM, "-02")
        assert len(await ledger(assistant)) == 2


async def test_a_frozen_gateway_is_noticed_and_work_goes_on_after_it(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        gateway.say(WANG, "3号楼2单元楼道灯坏了三天没人管", room=ROOM)
        await heard(gateway, ROOM, "-01")
        gateway.freeze()
        channel = assistant.channel
        assert isinstance(channel, WechatyChannel)
        try:
            await until(lambda: not channel.connected, 15)
        finally:
            gateway.thaw()
        await until(lambda: channel.connected, 20)
        gateway.say(LI, "5号楼1单元电梯坏了没人管", room=ROOM)
        await heard(gateway, ROOM, "-02")
        assert len([text for text in left(gateway, ROOM) if "-01" in text]) == 1


async def test_ids_change_at_a_login_and_nobody_is_mistaken_for_another(
    own_gateway: OwnGateway, sqlite_url: str
) -> None:
    """After the login 王阿姨's old id belongs to 李师傅, and the staff member's to 赵."""
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        day = f"{datetime.now(ZONE):%y%m%d}"
        gateway.say(WANG, "3号楼2单元楼道灯坏了三天没人管", room=ROOM)
        await heard(gateway, ROOM, f"SQ{day}-01")
        gateway.reset(_shuffled(), relogin=True)
        await until(lambda: assistant.directory.self_raw_id == "wxid_bot_2", 20)
        gateway.say(STAFF, f"受理 SQ{day}-01")  # 赵, under the staff member's old id
        gateway.say(WANG, "我报的事办得咋样了")  # 李师傅, under 王阿姨's old id
        assert "没查到您报过" in await heard(gateway, WANG, "没查到")
        assert left(gateway, STAFF) == []
        [case] = await ledger(assistant)
        assert case.state == "filed"
        gateway.say("wxid_new_wang", "5号楼1单元电梯坏了没人管", room="10009@chatroom")
        assert "王阿姨" in await heard(gateway, "10009@chatroom", f"SQ{day}-02")


def _shuffled() -> World:
    contacts = (
        Contact("wxid_bot_2", "小区助手"),
        Contact(WANG, "李师傅"),
        Contact(STAFF, "Zhao"),
        Contact("wxid_new_wang", "王阿姨"),
    )
    return World(
        "wxid_bot_2", contacts, (Room("10009@chatroom", "幸福小区3栋业主群", tuple(one.id for one in contacts)),)
    )


def _sent(gateway: Gateway, text: str) -> filter[Record]:
    return filter(lambda record: record["ev"] == "sent" and record.get("text") == text, gateway.records)
