"""What leaves, on a real gateway, and what a failed call says about it."""

from __future__ import annotations

import asyncio
import base64

import pytest
from grpclib.const import Status

from bot.channels.base import SendRefused, SendUncertain
from bot.channels.wechaty.gateway import Refused
from bot.channels.wechaty.sending import judged
from bot.message import Echo, File, Outbound, OutboundKind
from tests.gateway.fixtures import OwnGateway
from tests.gateway.listening import channel_to, listening
from tests.gateway.rig import LI, ROOM, WANG, Gateway, until


def reply(text: str = "收到", *, group: str | None = ROOM, **fields: object) -> Outbound:
    return Outbound("1", OutboundKind.REPLY, text, group=group, **fields)  # type: ignore[arg-type]


async def test_text_with_mentions(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        sent_id = await heard.channel.send(reply("@3-502 王\u2005@李师傅\u2005已登记", mentions=(WANG, LI)))
        sent = await gateway.sent(1)
        assert (sent["id"], sent["conversation"]) == (sent_id, ROOM)
        assert sent["text"] == "@3-502 王\u2005@李师傅\u2005已登记"
        assert sent["mentions"] == [WANG, LI]


@pytest.mark.parametrize(
    ("text", "arrives"),
    [
        ("坏\ud83d了", "坏\ufffd了"),
        ("坏\x00了", "坏了"),
        ("灯" * 3_400, "灯" * 3_400),
        ("第一行\n第二行😀", "第一行\n第二行😀"),
    ],
)
async def test_texts_arrive_whole(gateway: Gateway, text: str, arrives: str) -> None:
    async with listening(gateway) as heard:
        await heard.channel.send(reply(text, group=None, contact=WANG))
        sent = await gateway.sent(1)
        assert (sent["text"], sent["conversation"], sent["mentions"]) == (arrives, WANG, [])


@pytest.mark.parametrize("size", [100, 20 * 1024, 20 * 1024 + 1, 5 * 2**20], ids=str)
async def test_a_file(gateway: Gateway, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    async with listening(gateway) as heard:
        assert await heard.channel.send(reply("学习页.docx", file=File("学习页.docx", content)))
        sent = await gateway.sent(1)
        assert (sent["kind"], sent["name"], sent["conversation"]) == ("file", "学习页.docx", ROOM)
        assert base64.b64decode(sent["base64"]) == content
        assert gateway.counters().get("upload", 0) == (size > 20 * 1024)
        assert "messageSendText" not in gateway.counters()


@pytest.mark.parametrize(("name", "told"), [("学习页.docx", "学习页.docx"), ("poster.png", "")])
async def test_our_own_file_comes_back_as_one(gateway: Gateway, name: str, told: str) -> None:
    async with listening(gateway) as heard:
        sent_id = await heard.channel.send(reply(name, group=None, contact=WANG, file=File(name, b"1")))
        echo = await heard.one(Echo)
        assert (echo.id, echo.text, echo.contact, echo.is_file) == (sent_id, told, WANG, True)
        await heard.channel.send(reply())
        assert not (await heard.one(Echo, 2)).is_file


@pytest.mark.parametrize(("status", "fault"), [(3, SendRefused), (9, SendRefused), (14, SendUncertain)])
async def test_what_a_failed_call_says_of_a_file(gateway: Gateway, status: int, fault: type[Exception]) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messageSendFile", status)
        with pytest.raises(fault):
            await heard.channel.send(reply("poster.png", file=File("poster.png", b"png")))


@pytest.mark.parametrize("fault", ["hang", "error"])
async def test_a_failed_upload_sent_nothing(gateway: Gateway, fault: str) -> None:
    async with listening(gateway, send_timeout_s=0.3) as heard:
        gateway.fault("upload", fault)
        with pytest.raises(SendRefused) as refused:
            await heard.channel.send(reply("poster.png", file=File("poster.png", bytes(30_000))))
        assert refused.value.retryable
        assert "messageSendFile" not in gateway.counters()


@pytest.mark.parametrize(("status", "retryable"), [(3, False), (5, False), (7, False), (9, True), (8, True), (2, True)])
async def test_a_status_that_proves_nothing_went(gateway: Gateway, status: int, retryable: bool) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messageSendText", status)
        with pytest.raises(SendRefused) as refused:
            await heard.channel.send(reply())
        assert refused.value.retryable is retryable


@pytest.mark.parametrize("status", [1, 4, 10, 14])
async def test_a_status_that_proves_nothing(gateway: Gateway, status: int) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messageSendText", status)
        with pytest.raises(SendUncertain):
            await heard.channel.send(reply())


async def test_an_unknown_group(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        with pytest.raises(SendRefused) as refused:
            await heard.channel.send(reply(group="gone@chatroom"))
        assert not refused.value.retryable


async def test_no_answer_is_uncertain_and_takes_no_longer_than_its_deadline(gateway: Gateway) -> None:
    async with listening(gateway, send_timeout_s=0.3) as heard:
        gateway.fault("messageSendText", "hang")
        began = asyncio.get_running_loop().time()
        with pytest.raises(SendUncertain):
            await heard.channel.send(reply())
        assert asyncio.get_running_loop().time() - began < 1
        assert await heard.channel.send(reply())


async def test_a_send_can_be_cancelled(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        gateway.fault("messageSendText", "hang")
        sending = asyncio.create_task(heard.channel.send(reply()))
        await until(lambda: gateway.counters().get("messageSendText"))
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert await heard.channel.send(reply())


async def test_without_a_connection_nothing_is_sent(gateway: Gateway) -> None:
    channel = channel_to(gateway)
    assert not channel.connected
    with pytest.raises(SendRefused) as refused:
        await channel.send(reply())
    assert refused.value.retryable


async def test_logged_out_is_refused(gateway: Gateway) -> None:
    async with listening(gateway) as heard:
        assert heard.channel.connected
        gateway.command("logout")
        await until(lambda: not heard.channel.connected)
        with pytest.raises(SendRefused) as refused:
            await heard.channel.send(reply())
        assert refused.value.retryable


async def test_a_connection_lost_during_the_call_is_uncertain(own_gateway: OwnGateway) -> None:
    gateway = own_gateway()
    async with listening(gateway) as heard:
        gateway.fault("messageSendText", "hang")
        sending = asyncio.create_task(heard.channel.send(reply()))
        await until(lambda: gateway.counters().get("messageSendText"))
        gateway.kill()
        with pytest.raises(SendUncertain):
            await sending


@pytest.mark.parametrize(
    ("detail", "kind", "retryable"),
    [
        ("not logged in", SendRefused, True),
        ("puppet is not ready", SendRefused, True),
        ("no payload found for id x", SendRefused, False),
        ("unknown room", SendRefused, False),
        ("GError: timeout after 60000 ms", SendUncertain, None),
        ("socket hang up", SendUncertain, None),
        ("something broke", SendRefused, True),
        ("", SendRefused, True),
    ],
)
def test_what_a_puppet_says(detail: str, kind: type, retryable: bool | None) -> None:
    error = judged(Refused(Status.UNKNOWN, detail))
    assert type(error) is kind
    assert getattr(error, "retryable", None) is retryable
    assert detail == "" or detail not in str(error)
