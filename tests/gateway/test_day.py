"""A day on a real gateway: one case from report to rating, a danger, a storm that is a common problem. Real time passes, so a
case that is told of in private goes its whole way, and a group hears its two lines.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from storage import audit, photos
from tests.assistants import ZONE
from tests.cli.day import photo
from tests.databases import Shelf
from tests.gateway.fixtures import OwnGateway
from tests.gateway.rig import BOT, LI, ROOM, WANG, WORLD, ZHAO, Contact, Gateway, Room, World
from tests.gateway.serving import STAFF, heard, ledger, left, serving

NEIGHBOURS = tuple(f"wxid_n{number}" for number in range(12))
WEST = "10003@chatroom"
TOWN = World(
    BOT,
    (*WORLD.contacts, Contact(STAFF, "周主任"), *(Contact(one, f"邻居{one[6:]}") for one in NEIGHBOURS)),
    (
        Room(ROOM, "幸福小区东区群", (BOT, WANG, LI, ZHAO, STAFF, *NEIGHBOURS[::2])),
        Room(WEST, "幸福小区西区群", (BOT, STAFF, *NEIGHBOURS[1::2])),
    ),
)


@pytest.fixture
def sqlite_url(shelf: Shelf) -> str:
    return shelf.migrated("sqlite")


async def test_a_case_from_its_report_to_the_second_rating(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=TOWN)
    async with serving(gateway, sqlite_url) as assistant:
        one = f"SQ{datetime.now(ZONE):%y%m%d}-01"

        async def says(text: str, answer: str) -> None:
            gateway.say(WANG, text)
            await heard(gateway, WANG, answer)

        async def orders(text: str, answer: str, told: str) -> None:
            gateway.say(STAFF, text)
            await heard(gateway, STAFF, answer)
            await heard(gateway, WANG, told)

        await says("3号楼2单元楼道灯坏了三天没人管", f"编号{one}")
        gateway.send_file(WANG, photo(), "lamp.png")
        await heard(gateway, WANG, f"照片收到，放进{one}")
        await says("打错了，不是3号楼是13号楼", "13号楼")
        await orders(f"受理 {one}", f"已受理{one}", "已经受理")
        await orders(f"派 {one} 周主任", "已派给周主任", "已经派单")
        await orders(f"挂起 {one} 等配件", "停表", "原因：等配件")
        await orders(f"进展 {one} 配件到了", "的进展", "进展：配件到了")
        await orders(f"办结 {one} 换了灯泡", "等回话", "有结果了：换了灯泡")
        await says("3", "重新办")
        await heard(gateway, STAFF, "【重办】")
        await orders(f"办结 {one} 又换了灯座", "等回话", "有结果了：又换了灯座")
        await says("满意", "办结了")
        assert _moves(gateway, WANG, one) == 11  # nothing was said twice
        [case] = await ledger(assistant)
        assert (case.state, case.closing, case.reopened, case.building) == ("closed", "rated", 1, "13")
        async with assistant.database.reading() as db:
            assert len(await photos.of_case(db, case.id)) == 1
            steps = await audit.story(db, assistant.settings.community.id, f"complaint:{case.id}")
        verbs = "file photo correct accept assign suspend note resolve ask rate reopen resolve ask rate close"
        assert [step.verb for step in steps] == [f"complaints.{verb}" for verb in verbs.split()]
        assert left(gateway, ROOM) == left(gateway, WEST) == []


def _moves(gateway: Gateway, conversation: str, number: str) -> int:
    return len([text for text in left(gateway, conversation) if number in text])


async def test_a_danger_a_second_reporter_a_call_and_a_storm(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=TOWN)
    async with serving(gateway, sqlite_url) as assistant:
        day = f"{datetime.now(ZONE):%y%m%d}"
        gateway.say(ZHAO, "楼道里有煤气味！七号楼三单元", room=ROOM)
        await heard(gateway, ROOM, "别点火")
        await heard(gateway, STAFF, f"【紧急】SQ{day}-01")
        gateway.say(STAFF, "收到，我马上去看")
        await heard(gateway, STAFF, "不再催")
        gateway.say(LI, "5号楼1单元电梯坏了没人管", room=ROOM)
        await heard(gateway, ROOM, f"编号SQ{day}-02")
        gateway.say(WANG, "我家也是，一起登记上", room=ROOM)
        await heard(gateway, ROOM, "现在2位邻居反映")
        gateway.say(STAFF, "代报 王大爷 3-2-501 厕所漏水 13812345678 电话")
        await heard(gateway, STAFF, f"编号SQ{day}-03")
        for number, who in enumerate(NEIGHBOURS):
            text = f"{number % 6 + 1}号楼1单元暖气不热，屋里才{10 + number}度"
            gateway.say(who, text, room=WEST if number % 2 else ROOM)
        await heard(gateway, STAFF, "【共性诉求】暖气不热")
        problem = f"GX{day}-01"
        gateway.say(STAFF, f"派 {problem} 周主任")
        await heard(gateway, STAFF, "6件都派给周主任")
        gateway.say(STAFF, "确认")
        await heard(gateway, STAFF, "6件都派给周主任了")
        cases = await ledger(assistant)
        assert [case.number for case in cases] == [f"SQ{day}-{number:02}" for number in range(1, 10)]
        assert sum(case.people for case in cases) == 1 + 2 + 1 + len(NEIGHBOURS)
        assert {case.state for case in cases if case.problem is not None} == {"assigned"}
        for room in (ROOM, WEST):
            texts = left(gateway, room)
            assert len([text for text in texts if "暖气不热" in text]) == 2  # all else waits for ten minutes to pass
            assert not any("13812345678" in text or "501" in text.replace("0531-5550177", "") for text in texts)
        assert len([text for text in left(gateway, ROOM) if "电梯" in text]) == 2
