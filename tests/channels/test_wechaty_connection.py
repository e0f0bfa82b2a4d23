"""Connections that are lost, frozen, refused and taken, on a real gateway."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import random

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.channels.base import ChannelRejected
from bot.channels.wechaty import Tls, WechatyChannel, WechatySettings
from bot.cli.local_gateway.install import install
from bot.message import Connected, Gap, Inbound, Outbound, OutboundKind
from tests.gateway.fixtures import OwnGateway
from tests.gateway.listening import Heard, channel_to, listening
from tests.gateway.rig import BOT, LI, ROOM, WANG, Contact, Gateway, Room, World, until


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


async def reconnected(heard: Heard, times: int = 1) -> Gap:
    gap = await heard.one(Gap, times, timeout_s=20)
    kinds = [type(event) for event in heard.events]
    assert kinds[kinds.index(Gap) - 1] is Connected
    assert gap.since < gap.until
    return gap


async def speaks(gateway: Gateway, heard: Heard, text: str) -> None:
    gateway.say(WANG, text, room=ROOM)
    await until(lambda: any(inbound.text == text for inbound in heard.of(Inbound)))
    assert await heard.channel.send(Outbound("1", OutboundKind.REPLY, "收到", group=ROOM))


async def test_killed_and_started_again(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    async with listening(gateway) as heard:
        await speaks(gateway, heard, "之前")
        before = heard.of(Inbound)[0].at
        gateway.kill()
        await until(lambda: not heard.channel.connected)
        gateway.start()
        gap = await reconnected(heard)
        assert gap.since >= before
        assert len(heard.of(Connected)) == 2
        await speaks(gateway, heard, "之后")


async def test_the_first_connection_has_no_gap(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        await speaks(gateway, heard, "你好")
        assert not heard.of(Gap)


async def test_nobody_there_at_the_start(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    gateway.kill()
    async with listening(gateway, wait=False) as heard:
        await asyncio.sleep(0.3)
        gateway.start()
        await heard.one(Connected, timeout_s=20)
        await speaks(gateway, heard, "你好")
        assert not heard.of(Gap)


async def test_a_clean_end_is_a_reconnect(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("end_stream")
        await reconnected(heard)
        await speaks(gateway, heard, "之后")


async def test_again_and_again(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        for times in (1, 2, 3):
            gateway.command("end_stream")
            await reconnected(heard, times)
        await speaks(gateway, heard, "之后")
        assert [gap.since for gap in heard.of(Gap)] == sorted(gap.since for gap in heard.of(Gap))


async def test_the_port_closes_and_opens_again(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    async with listening(gateway) as heard:
        gateway.command("drop")
        await until(lambda: not heard.channel.connected)
        gateway.command("listen")
        await reconnected(heard)
        await speaks(gateway, heard, "之后")


async def test_a_frozen_gateway_is_noticed(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    async with listening(gateway, watchdog_interval_s=0.2, call_timeout_s=0.6) as heard:
        await speaks(gateway, heard, "之前")
        frozen_at = asyncio.get_running_loop().time()
        gateway.freeze()
        await until(lambda: not heard.channel.connected)
        assert asyncio.get_running_loop().time() - frozen_at < 2
        await asyncio.sleep(0.8)
        gateway.thaw()
        await reconnected(heard)
        await speaks(gateway, heard, "之后")


async def test_a_payload_lost_with_the_connection_belongs_to_the_gap(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    async with listening(gateway, call_timeout_s=5) as heard:
        gateway.fault("messagePayload", "hang")
        gateway.say(WANG, "丢了", room=ROOM)
        spoken = heard.of(Connected)[0].at
        await until(lambda: gateway.counters().get("messagePayload"))
        gateway.say(WANG, "也到了", room=ROOM)
        await until(lambda: gateway.counters()["messagePayload"] == 2)
        await asyncio.sleep(0.2)
        gateway.kill()
        # What had arrived whole is delivered, though the one before it is lost.
        assert (await heard.one(Inbound)).text == "也到了"
        gateway.start()
        gap = await reconnected(heard)
        assert spoken <= gap.since <= heard.of(Inbound)[0].at


async def test_a_wrong_token(gateway: Gateway, logs: list[EventDict]) -> None:
    channel = channel_to(gateway, token="secret_wrong_token")
    with pytest.raises(ChannelRejected, match=re.escape(gateway.endpoint)) as rejected:
        async with asyncio.timeout(5):
            await channel.run(Heard(channel).feed)
    assert "token" in str(rejected.value)
    assert "secret_wrong_token" not in f"{rejected.value!r}{rejected.value.__cause__!r}{logs}"
    assert rejected.value.__suppress_context__


async def test_a_second_client_waits(gateway: Gateway, logs: list[EventDict]) -> None:
    async with listening(gateway) as first, listening(gateway, wait=False) as second:
        await until(lambda: any("ALREADY_EXISTS" in str(line) for line in logs))
        assert not second.of(Connected)
        await speaks(gateway, first, "我先来的")
        assert not second.channel.connected


async def test_the_second_client_follows_when_the_first_goes(gateway: Gateway) -> None:
    async with listening(gateway):
        pass
    async with listening(gateway) as heard:
        await speaks(gateway, heard, "你好")


@pytest.mark.parametrize("when", ["connecting", "connected", "waiting"])
async def test_a_cancel_ends_it(gateway: Gateway, when: str) -> None:
    channel = channel_to(gateway) if when != "waiting" else channel_to(gateway, endpoint="127.0.0.1:1")
    heard = Heard(channel)
    running = asyncio.create_task(channel.run(heard.feed))
    if when == "connected":
        await heard.one(Connected)
    else:
        await asyncio.sleep(0.01 if when == "connecting" else 0.2)
    running.cancel()
    async with asyncio.timeout(2):
        with pytest.raises(asyncio.CancelledError):
            await running
    assert not channel.connected


async def test_a_cancel_that_races_the_loss_ends_it_too(gateway: Gateway) -> None:
    for _ in range(20):
        channel = channel_to(gateway)
        heard = Heard(channel)
        running = asyncio.create_task(channel.run(heard.feed))
        await heard.one(Connected)
        sending = asyncio.create_task(channel.send(Outbound("1", OutboundKind.REPLY, "收到", group=ROOM)))
        gateway.command("end_stream")
        running.cancel()
        async with asyncio.timeout(2):
            await asyncio.gather(running, sending, return_exceptions=True)
        assert running.cancelled()


async def test_it_can_run_again(gateway: Gateway) -> None:
    channel = channel_to(gateway)
    for _ in range(2):
        heard = Heard(channel)
        running = asyncio.create_task(channel.run(heard.feed))
        await heard.one(Connected)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [type(event) for event in heard.events] == [Connected, Gap]


async def test_nobody_has_scanned_yet(gateway: Gateway, logs: list[EventDict]) -> None:
    gateway.command("logout")
    async with listening(gateway, wait=False) as heard:
        await until(lambda: gateway.command("state")["listeners"])
        gateway.command("emit", name="scan", payload={"status": 2, "qrcode": "https://login.weixin.qq.com/l/Aa=="})
        await until(lambda: any(line["event"] == "wechaty.scan_to_log_in" for line in logs))
        link = next(line["link"] for line in logs if line["event"] == "wechaty.scan_to_log_in")
        assert link == "https://wechaty.js.org/qrcode/https%3A%2F%2Flogin.weixin.qq.com%2Fl%2FAa%3D%3D"
        gateway.say(WANG, "还没登录", room=ROOM)
        assert not heard.events
        gateway.command("login")
        await heard.one(Connected)
        await speaks(gateway, heard, "登录了")


async def test_logged_out_and_in_again_is_a_gap(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("logout")
        await until(lambda: not heard.channel.connected)
        gateway.say(WANG, "听不见", room=ROOM)
        gateway.command("login")
        await reconnected(heard)
        await speaks(gateway, heard, "又听见了")
        assert [inbound.text for inbound in heard.of(Inbound)] == ["又听见了"]


async def test_other_ids_after_another_login(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        await speaks(gateway, heard, "之前")
        # The id that was Wang's is Li's now.
        gateway.reset(
            World(
                "wxid_bot_2",
                (Contact("wxid_bot_2", "小区助手"), Contact(WANG, "李师傅"), Contact("wxid_wang_2", "王阿姨")),
                (Room("20001@chatroom", "幸福小区3栋业主群", ("wxid_bot_2", WANG, "wxid_wang_2"), {WANG: "李"}),),
            )
        )
        connected = await heard.one(Connected, 2)
        assert connected.account == "wxid_bot_2"
        assert [group.group for group in connected.groups] == ["20001@chatroom"]
        await heard.one(Gap)
        gateway.say(WANG, "我是李", room="20001@chatroom")
        gateway.say(BOT, "我不再是你", room="20001@chatroom")
        inbound = await heard.one(Inbound, 2)
        assert (inbound.sender, inbound.sender_name) == (WANG, "李")
        assert (await heard.one(Inbound, 3)).sender == BOT


async def test_a_fuller_roster_when_the_gateway_is_ready(gateway: Gateway) -> None:
    gateway.reset(World(BOT, (Contact(BOT, "小区助手"), Contact(LI, "李师傅")), ()))
    async with listening(gateway) as heard:
        assert not heard.of(Connected)[0].groups
        gateway.command("room", payload={"id": ROOM, "topic": "晚到的群", "memberIdList": [BOT, LI]})
        gateway.command("emit", name="ready", payload={"data": "ready"})
        assert [group.name for group in (await heard.one(Connected, 2)).groups] == ["晚到的群"]
        gateway.command("emit", name="ready", payload={"data": "ready"})
        gateway.say(LI, "好", room=ROOM)
        await heard.one(Inbound)
        assert len(heard.of(Connected)) == 2
        assert not heard.of(Gap)


async def test_a_roster_that_cannot_be_read_is_asked_again(gateway: Gateway) -> None:
    gateway.fault("roomList", "error")
    async with listening(gateway, watchdog_interval_s=5) as heard:
        assert len(heard.of(Connected)[0].groups) == 2


async def test_a_failed_roster_of_a_second_login_passes_nothing_on_before_it_is_read(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.command("logout")
        gateway.fault("roomList", "error", "error")
        gateway.command("login")
        gateway.say(WANG, "太早", room=ROOM)
        await reconnected(heard)
        assert [type(event) for event in heard.events] == [Connected, Connected, Gap]
        await speaks(gateway, heard, "听见了")


async def test_a_large_roster(gateway: Gateway) -> None:
    people = tuple(Contact(f"wxid_{n}", f"邻居{n}") for n in range(500))
    ids = (BOT, *(person.id for person in people))
    gateway.reset(
        World(BOT, (Contact(BOT, "小区助手"), *people), (Room(ROOM, "大群", ids), Room("2@chatroom", "小群", ids)))
    )
    async with listening(gateway) as heard:
        assert [len(group.members) for group in heard.of(Connected)[0].groups] == [501, 501]
        assert len(heard.of(Connected)[0].friends) == 500


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of Wechaty's own authority, out of its package."""
    source = install() / "node_modules/wechaty-puppet-service/dist/esm/src/auth/ca.js"
    found = re.search(r"TLS_CA_CERT = `(.*?)`", source.read_text(), re.DOTALL)
    assert found
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    path.write_text(found[1])
    return path


async def test_tls(own_gateway: OwnGateway, authority: Path, logs: list[EventDict]) -> None:
    gateway = own_gateway(tls=True)
    for tls in (Tls(ca=authority, server_name="insecure"), Tls(verify=False)):
        async with listening(gateway, tls=tls) as heard:
            await speaks(gateway, heard, "加密")
    for wrong in (Tls(), Tls(ca=authority), Tls(ca=authority, server_name="other"), None):
        logs.clear()
        async with listening(gateway, tls=wrong, wait=False, call_timeout_s=0.3) as heard:
            await until(lambda: any(line["event"] == "wechaty.link_lost" for line in logs))
            assert not heard.of(Connected)


async def test_tls_to_a_gateway_without(gateway: Gateway, logs: list[EventDict]) -> None:
    async with listening(gateway, tls=Tls(verify=False), wait=False, call_timeout_s=0.3) as heard:
        await until(lambda: any(line["event"] == "wechaty.link_lost" for line in logs))
        assert not heard.of(Connected)


async def test_logs_name_nobody(gateway: Gateway, logs: list[EventDict]) -> None:
    async with listening(gateway) as heard:
        await speaks(gateway, heard, "楼道灯坏了")
        gateway.fault("messagePayload", "error", "error")
        gateway.say(WANG, "丢了", room=ROOM)
        gateway.say(WANG, "没有", room=ROOM, no_payload=True)
        gateway.command("room_invite", inviter=WANG, topic="新群")
        gateway.command("end_stream")
        await reconnected(heard)
        await speaks(gateway, heard, "又坏了")
    assert {line["event"] for line in logs} >= {"wechaty.connected", "wechaty.event_dropped", "wechaty.link_lost"}
    for personal in (WANG, BOT, ROOM, "王", "灯", "丢了", gateway.token):
        assert personal not in str(logs)


@pytest.mark.parametrize(
    "endpoint", ["", "localhost", "localhost:", ":80", "localhost:abc", "localhost:99999", "http://x:1"]
)
def test_a_wrong_endpoint_is_named(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r"^endpoint: "):
        WechatySettings(endpoint, "token")


@pytest.mark.parametrize("token", ["", "小区", "two\nlines"])
def test_a_wrong_token_is_named_but_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match=r"^token: ") as wrong:
        WechatySettings("localhost:80", token)
    assert not token or token not in str(wrong.value)
    assert "secret" not in repr(WechatySettings("localhost:80", "secret"))


def test_a_wrong_authority_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(ValueError, match=rf"^tls.ca: {re.escape(str(path))}: "):
            WechatyChannel(
                WechatySettings("localhost:80", "t", tls=Tls(ca=path)), clock=lambda: datetime.now(UTC), jitter=random
            )


def test_endpoints() -> None:
    assert WechatySettings("gateway.lan:8788", "t").address == ("gateway.lan", 8788)
    assert WechatySettings("[::1]:8788", "t").address == ("::1", 8788)
