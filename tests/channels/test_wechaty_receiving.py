"""What arrives, on a real gateway."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from PIL import Image

from bot.message import (
    Connected,
    Echo,
    Event,
    FriendRequest,
    Gap,
    Inbound,
    Joined,
    Outbound,
    OutboundKind,
    Quote,
    Recalled,
)
from tests.channels.appmsg import appmsg
from tests.gateway.listening import listening
from tests.gateway.rig import BOT, LI, ROOM, SHOPPING, WANG, ZHAO, Contact, Gateway, Room, World, until

RULE = "- - - - - - - - - - - - - - -"
IMAGE, ATTACHMENT, GROUP_NOTE, RECALLED = 6, 1, 10, 13


def png(side: int) -> bytes:
    target = io.BytesIO()
    Image.frombytes("RGB", (side, side), Random(side).randbytes(side * side * 3)).save(target, "PNG")
    return target.getvalue()


async def test_the_roster_comes_first(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        connected = await heard.one(Connected)
        assert (connected.account, connected.name) == (BOT, "小区助手")
        groups = {group.group: group for group in connected.groups}
        assert groups[ROOM].name == "幸福小区3栋业主群"
        members = {member.contact: member for member in groups[ROOM].members}
        assert members.keys() == {BOT, WANG, LI, ZHAO}
        assert (members[WANG].name, members[WANG].alias, members[WANG].friend) == ("王阿姨", "3-502 王", True)
        assert (members[ZHAO].alias, members[ZHAO].friend) == ("", False)
        assert {friend.contact for friend in connected.friends} == {WANG, LI}
        assert heard.events == [connected]


async def test_a_message_in_a_group(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        spoken = gateway.say(WANG, "楼道灯坏了😀\n三天了", room=ROOM)
        inbound = await heard.one(Inbound)
        assert inbound.id == spoken
        assert (inbound.sender, inbound.sender_name) == (WANG, "3-502 王")
        assert (inbound.group, inbound.group_name) == (ROOM, "幸福小区3栋业主群")
        assert inbound.text == "楼道灯坏了😀\n三天了"
        assert inbound.kind == "text"
        assert (inbound.mentioned, inbound.friend, inbound.quote, inbound.picture) == (False, True, None, None)
        assert abs((datetime.now(UTC) - inbound.at).total_seconds()) < 60


async def test_a_message_in_private(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.say(LI, "@小区助手 你好")
        inbound = await heard.one(Inbound)
        assert (inbound.group, inbound.group_name, inbound.sender_name) == (None, "", "李师傅")
        assert (inbound.text, inbound.mentioned, inbound.friend) == ("@小区助手 你好", False, True)


async def test_without_a_name_in_the_group_the_contact_speaks(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.say(ZHAO, "hi", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.sender_name, inbound.friend) == ("Zhao😀", False)


async def test_an_impossible_moment_is_now(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, "秒不是毫秒", room=ROOM, ts=1_790_000_000)
        assert (await heard.one(Inbound)).at.year == datetime.now(UTC).year


@pytest.mark.parametrize("side", [60, 200], ids=["inside the box", "downloaded"])
@pytest.mark.parametrize("room", [ROOM, None])
async def test_an_image(gateway: Gateway, side: int, room: str | None) -> None:
    content = png(side)
    assert (len(content) > 20 * 1024) == (side == 200)
    async with listening(gateway) as heard:
        gateway.send_file(WANG, content, "photo.png", room=room)
        inbound = await heard.one(Inbound)
        assert inbound.kind == "image"
        assert inbound.picture
        assert inbound.picture.content == content
        assert inbound.picture.name == "photo.png"
        assert inbound.text == ""


@pytest.mark.parametrize("side", [60, 200])
async def test_an_image_too_large_comes_without_its_picture(gateway: Gateway, side: int) -> None:
    async with listening(gateway, picture_max_bytes=5_000) as heard:
        gateway.send_file(WANG, png(side), "photo.png", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.kind, inbound.picture) == ("image", None)


async def test_an_image_that_only_messagefile_has(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messageImage", 12)
        gateway.send_file(WANG, png(60), "photo.png", room=ROOM)
        assert (await heard.one(Inbound)).picture


@pytest.mark.parametrize("method", ["messageImage", "download"])
async def test_an_image_that_never_comes(gateway: Gateway, method: str) -> None:
    async with listening(gateway, call_timeout_s=0.4) as heard:
        gateway.fault(method, "hang")
        gateway.send_file(WANG, png(200), "photo.png", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.kind, inbound.picture) == ("image", None)


async def test_an_image_behind_an_address_is_not_fetched(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("file", **{"from": WANG}, url="http://127.0.0.1:9/x.png", name="x.png", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.kind, inbound.picture) == ("image", None)


async def test_a_group_note(gateway: Gateway) -> None:
    note = "#接龙\n1. 王阿姨 3-502\n2. 李师傅"
    async with listening(gateway) as heard:
        gateway.say(WANG, note, room=ROOM, type=GROUP_NOTE)
        inbound = await heard.one(Inbound)
        assert (inbound.kind, inbound.text) == ("group_note", note)


@pytest.mark.parametrize("number", [GROUP_NOTE, 0, 14, 99])
async def test_a_group_note_as_xml(gateway: Gateway, number: int) -> None:
    note = "#接龙\n周六植树\n\n1. 王阿姨😀 3-502\n带锹\n2. 李师傅"
    async with listening(gateway) as heard:
        gateway.say(WANG, appmsg(note, "王阿姨😀 3-502\n带锹", "李师傅"), room=ROOM, type=number)
        inbound = await heard.one(Inbound)
        assert inbound.kind == "group_note"
        assert inbound.text == "#接龙\n周六植树\n\n1. 王阿姨😀 3-502 带锹\n2. 李师傅"


@pytest.mark.parametrize("number", [0, 1, 2, 9, 14, 15, 99, 2**31 - 1])
async def test_other_types_are_kind_other(gateway: Gateway, number: int) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, "看这个", room=ROOM, type=number)
        inbound = await heard.one(Inbound)
        assert (inbound.kind, inbound.text) == ("other", "看这个")


async def test_a_quote_with_a_mention(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        text = f"「李师傅：@小区助手\u2005电梯坏了」\n{RULE}\n@小区助手\u2005我家也是"
        gateway.say(WANG, text, room=ROOM, mentions=(BOT,))
        inbound = await heard.one(Inbound)
        assert inbound.quote == Quote("李师傅", "@小区助手\u2005电梯坏了")
        assert (inbound.text, inbound.mentioned) == ("我家也是", True)


async def test_a_mention_inside_the_quoted_words_is_none(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, f"「李师傅：@小区助手\u2005电梯坏了」\n{RULE}\n我家也是", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.text, inbound.mentioned) == ("我家也是", False)


@pytest.mark.parametrize(
    ("text", "mentions", "mentioned", "rest"),
    [
        ("@小区助手\u2005楼道灯坏了", (BOT,), True, "楼道灯坏了"),
        ("@小区助手\u2005楼道灯坏了", (), True, "楼道灯坏了"),
        ("@小助手 楼道灯坏了", (), True, "楼道灯坏了"),
        ("@旧名字\u2005楼道灯坏了", (BOT,), True, "楼道灯坏了"),
        ("@李师傅\u2005楼道灯坏了", (LI,), False, "@李师傅\u2005楼道灯坏了"),
        ("@李师傅\u2005@小区助手\u2005楼道灯坏了", (LI, BOT), True, "@李师傅\u2005楼道灯坏了"),
        ("@所有人\u2005明天停水", (BOT, WANG, LI, ZHAO), False, "@所有人\u2005明天停水"),
        ("楼道灯坏了", (*tuple(f"wxid_{n}" for n in range(499)), BOT), False, "楼道灯坏了"),
    ],
)
async def test_mentions(gateway: Gateway, text: str, mentions: tuple[str, ...], mentioned: bool, rest: str) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, text, room=ROOM, mentions=mentions)
        inbound = await heard.one(Inbound)
        assert (inbound.mentioned, inbound.text) == (mentioned, rest)


async def test_a_mention_by_the_name_in_that_group_alone(gateway: Gateway) -> None:
    gateway.command("alias", room=ROOM, contact=BOT, alias="3栋管家")
    async with listening(gateway) as heard:
        gateway.say(LI, "@3栋管家\u2005在吗", room=ROOM)
        gateway.say(LI, "@3栋管家\u2005在吗", room=SHOPPING)
        assert (await heard.one(Inbound, 2)).mentioned is False
        assert (await heard.one(Inbound)).mentioned is True
        gateway.command("alias", room=ROOM, contact=BOT, alias="楼管家")
        gateway.say(LI, "@楼管家\u2005在吗 @王阿姨\u2005", room=ROOM, mentions=(BOT, WANG))
        inbound = await heard.one(Inbound, 3)
        assert (inbound.mentioned, inbound.text) == (True, "在吗 @王阿姨")


async def test_a_recall(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        spoken = gateway.say(WANG, "说错了", room=ROOM)
        gateway.say(WANG, spoken, room=ROOM, type=RECALLED)
        recalled = await heard.one(Recalled)
        assert (recalled.id, recalled.group, recalled.sender) == (spoken, ROOM, WANG)


async def test_own_messages_are_echoes(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        in_group = await heard.channel.send(Outbound("1", OutboundKind.REPLY, "收到", group=ROOM))
        private = await heard.channel.send(Outbound("2", OutboundKind.REPLY, "您好", contact=WANG))
        echo, other = await heard.one(Echo), await heard.one(Echo, 2)
        assert (echo.id, echo.text, echo.group, echo.contact) == (in_group, "收到", ROOM, None)
        assert (other.id, other.text, other.group, other.contact) == (private, "您好", None, WANG)
        assert heard.channel.echoes
        assert not heard.of(Inbound)


async def test_somebody_joins(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("contact", payload={"id": "wxid_new", "name": "新邻居"})
        gateway.command("room_join", room=SHOPPING, invitees=["wxid_new", WANG], inviter=LI)
        joined = await heard.one(Joined)
        assert (joined.group, joined.members, joined.group_name) == (SHOPPING, ("wxid_new", WANG), "团购群")
        gateway.say("wxid_new", "大家好", room=SHOPPING)
        inbound = await heard.one(Inbound)
        assert (inbound.sender_name, inbound.friend) == ("新邻居", False)


async def test_names_follow_their_events(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("room_topic", room=ROOM, topic="幸福小区3号楼", by=WANG)
        gateway.command("room_leave", room=ROOM, removees=[LI], remover=WANG)
        gateway.say(WANG, "改名了", room=ROOM)
        assert (await heard.one(Inbound)).group_name == "幸福小区3号楼"


async def test_names_are_asked_once(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        before = gateway.counters()
        gateway.say_many(WANG, "灯", 50, room=ROOM)
        await heard.one(Inbound, 50)
        after = gateway.counters()
        assert after["messagePayload"] - before.get("messagePayload", 0) == 50
        for method in ("contactPayload", "roomMemberPayload", "roomPayload"):
            assert after[method] == before[method]


async def test_a_friend_request_is_accepted(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("contact", payload={"id": "wxid_new", "name": "新邻居"})
        request = gateway.command("friendship", contact="wxid_new", hello="我是8号楼的")["id"]
        asked = await heard.one(FriendRequest)
        assert (asked.contact, asked.name, asked.hello) == ("wxid_new", "新邻居", "我是8号楼的")
        assert (await gateway.accepted())["id"] == request
        gateway.command("friendship", contact="wxid_new", type=1)
        gateway.say("wxid_new", "你好")
        await heard.one(Inbound)
        assert len(heard.of(FriendRequest)) == 1


@pytest.mark.parametrize("accept", [True, False])
async def test_invitations(gateway: Gateway, accept: bool) -> None:
    async with listening(gateway, accept_invitations=accept) as heard:
        gateway.command("room_invite", inviter=WANG, topic="新群")
        gateway.say(WANG, "请进", room=ROOM)
        await heard.one(Inbound)
        assert [record["kind"] for record in gateway.records if record["ev"] == "accepted"] == ["invitation"] * accept


async def test_a_second_delivery_is_passed_on(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        spoken = gateway.say(WANG, "两次", room=ROOM, repeat=2)
        await heard.one(Inbound, 2)
        assert [inbound.id for inbound in heard.of(Inbound)] == [spoken, spoken]


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("坏\ud83d了", True),
        ("坏\x00了", True),
        ("灯" * 350_000, True),
        ("", True),
        ("\u200b\u202e灯\u2066", True),
        ("{{ 7*7 }} ' OR 1=1 --", True),
    ],
    ids=["lone surrogate", "NUL", "1 MB", "empty", "invisible marks", "code"],
)
async def test_ugly_texts(gateway: Gateway, text: str, arrives: bool) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, text, room=ROOM)
        gateway.say(LI, "下一条", room=ROOM)
        await until(lambda: any(inbound.text == "下一条" for inbound in heard.of(Inbound)))
        assert len(heard.of(Inbound)) == 1 + arrives
        for inbound in heard.of(Inbound):
            inbound.text.encode()
            assert "\x00" not in inbound.text
            assert len(inbound.text) <= 40_000


UGLY_EVENTS: list[tuple[str, Any]] = [
    ("message", {}),
    ("message", {"messageId": None}),
    ("message", {"messageId": "坏\ud83d"}),
    ("message", {"messageId": {"a": 1}}),
    ("room-join", {"roomId": "nowhere", "inviteeIdList": None}),
    ("room-join", {"roomId": "nowhere", "inviteeIdList": ["x"]}),
    ("room-topic", {}),
    ("room-leave", {"removeeIdList": [1]}),
    ("friendship", {"friendshipId": "unknown"}),
    ("room-invite", {}),
    ("dirty", {"payloadType": 4, "payloadId": ROOM}),
    ("dirty", {"payloadType": 2, "payloadId": WANG}),
    ("error", {"data": "rig"}),
    ("dong", {"data": "x"}),
    ("heartbeat", {"data": "x"}),
    ("scan", {"status": 2, "qrcode": "https://login.weixin.qq.com/l/x"}),
    ("login", {"contactId": BOT}),
    ("ready", {"data": "x"}),
]


async def test_ugly_events_do_not_end_the_stream(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        for name, payload in UGLY_EVENTS:
            gateway.command("emit", name=name, payload=payload)
        gateway.say(WANG, "还在", room=ROOM)
        assert (await heard.one(Inbound)).text == "还在"
        assert len(heard.of(Connected)) == 1
        assert not heard.of(Gap)


async def test_a_message_without_payload(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.say(WANG, "没有", room=ROOM, no_payload=True)
        gateway.say("", "没有人说", room=ROOM)
        gateway.say(WANG, "有", room=ROOM)
        assert (await heard.one(Inbound)).text == "有"


async def test_official_accounts_are_not_residents(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("contact", payload={"id": "gh_1", "name": "微信团队", "type": 2, "friend": True})
        gateway.say("gh_1", "登录提醒")
        gateway.say(WANG, "你好")
        assert (await heard.one(Inbound)).sender == WANG


async def test_a_refused_payload_is_asked_again(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messagePayload", "error")
        gateway.say(WANG, "第一条", room=ROOM)
        assert (await heard.one(Inbound)).text == "第一条"


async def test_a_hanging_payload_costs_only_itself(gateway: Gateway) -> None:
    async with listening(gateway, call_timeout_s=0.5) as heard:
        gateway.fault("messagePayload", "hang")
        began = asyncio.get_running_loop().time()
        gateway.say_many(WANG, "灯", 100, room=ROOM)
        await heard.one(Inbound, 99)
        assert asyncio.get_running_loop().time() - began < 2
        assert [inbound.text for inbound in heard.of(Inbound)] == [f"灯{n}" for n in range(1, 100)]


async def test_names_that_cannot_be_had_cost_no_message(gateway: Gateway) -> None:
    world = World(BOT, (Contact(BOT, "小区助手"),), (Room(ROOM, "空群", (BOT,)),))
    gateway.reset(world)
    async with listening(gateway, call_timeout_s=0.5) as heard:
        gateway.fault("contactPayload", "hang")
        gateway.fault("roomMemberPayload", "error")
        gateway.say("wxid_nobody", "我是谁", room=ROOM)
        inbound = await heard.one(Inbound)
        assert (inbound.sender, inbound.sender_name, inbound.friend) == ("wxid_nobody", "", False)


async def test_order_survives_slow_and_uneven_payloads(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        random = Random(5)
        gateway.fault("messagePayload", *({"delay_ms": random.randint(0, 30)} for _ in range(500)))
        gateway.say_many(WANG, "灯", 500, room=ROOM)
        await heard.one(Inbound, 500)
        assert [inbound.text for inbound in heard.of(Inbound)] == [f"灯{n}" for n in range(500)]


async def test_a_feed_that_raises_is_not_the_end(gateway: Gateway) -> None:
    async with listening(gateway) as heard:

        async def fragile(event: Event) -> None:
            if isinstance(event, Inbound) and event.text == "炸":
                raise RuntimeError("boom")

        heard.tap = fragile
        gateway.say(WANG, "炸", room=ROOM)
        gateway.say(WANG, "好", room=ROOM)
        assert (await heard.one(Inbound, 2)).text == "好"
