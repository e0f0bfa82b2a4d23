"""What is said on the page goes the way of a gateway's messages, and what comes back says why."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from PIL import Image

from bot.channels.texts import split_mention
from storage import messages
from tests.web.client import Client, News, Stream
from tests.web.house import BUILDING_3, GOSSIP, House
from web.pages.reasons import Reasons
from web.rendering import Rendering


def message_id(news: News) -> str:
    found = re.search(r'data-message="([^"]+)"', str(news.content["html"]))
    assert found
    return found[1]


async def said(client: Client, stream: Stream, chat: str, speaker: str, text: str) -> str:
    """Say it, and return its id once the page shows it."""
    assert (await client.say(chat, speaker, text)).status == 204
    while True:
        news = await stream.next("message")
        if news.content["sender"] == speaker:
            return message_id(news)


async def answer(stream: Stream, chat: str = BUILDING_3, holding: str = "") -> Mapping[str, Any]:
    while True:
        news = await stream.next("message", holding)
        if news.content["sender"] is None and news.content["chat"] == chat:
            return news.content


async def test_a_complaint_becomes_a_numbered_case_while_one_looks(client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, BUILDING_3, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        html = (await answer(stream))["html"]
        assert "@王阿姨" in html
        assert "SQ261125-01" in html
        assert "听出是“报诉求”" in html
        assert "规则 complaints.file." in html
        assert "说了没人管+0.15" in html
        await stream.next("cases")
        cases = await client.shown("/parts/list", "SQ261125-01")
    assert "3号楼2单元" in cases
    assert "待受理<b>1</b>" in cases
    assert "11月25日（周三）10:0" in cases


async def test_the_page_shows_what_was_said_before_it_was_opened(client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, BUILDING_3, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        await answer(stream)
        await client.shown("/parts/list", "SQ261125-01")
    page = (await client.get("/")).text
    assert page.count("SQ261125-01") >= 2
    assert 'class="message ours"' in page


async def test_chatter_is_left_alone_and_says_why_when_asked(house: House, client: Client) -> None:
    async with client.events() as stream:
        cat = await said(client, stream, GOSSIP, "sim_chen", "今晚谁去跑步？七点东门见")
        staff = await said(client, stream, GOSSIP, "wx_zhou", "3号楼2单元楼道灯坏了，我去看看")
        command = await said(client, stream, GOSSIP, "sim_ma", "受理 SQ261125-01")
        await said(client, stream, BUILDING_3, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        await answer(stream)
    assert len(house.simulator.sent) == 1
    assert (await client.why(GOSSIP, cat)).startswith("没有接话")
    assert "工作人员" in await client.why(GOSSIP, staff)
    assert (await client.why(GOSSIP, command)).startswith("没有接话")


async def test_an_emergency_calls_staff_in_their_private_chats(client: Client) -> None:
    async with client.events() as stream:
        told = await said(client, stream, GOSSIP, "sim_ma", "楼道里有煤气味！七号楼三单元")
        alert = await answer(stream, "private:wx_li", "紧急")
        assert "有人报了急事" in alert["html"]
        assert "7号楼3单元" in await client.shown("/parts/list", "紧急")
    assert "听出是“紧急情况”" in await client.why(GOSSIP, told)


async def test_the_place_is_asked_for_and_its_answer_is_understood(client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, BUILDING_3, "sim_zhao", "@小助手 下水道堵了，脏水往外冒，谁来管管")
        await answer(stream, holding="在哪儿")
        await said(client, stream, BUILDING_3, "sim_zhao", "3号楼2单元")
        numbered = await answer(stream, holding="SQ261125-01")
    assert "接着刚才的问题" in numbered["html"]


async def test_staff_command_by_quoting_in_the_group(client: Client) -> None:
    async with client.events() as stream:
        complaint = await said(client, stream, BUILDING_3, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        await answer(stream, holding="SQ261125-01")
        assert (await client.say(BUILDING_3, "wx_li", "受理", quote=complaint)).status == 204
        quoting = await stream.next("message", "受理")
        assert "3-2-501 王阿姨：3号楼2单元三楼楼道灯" in quoting.content["html"]
        private = await answer(stream, "private:wx_li", "SQ261125-01")
        assert "工作人员的命令" in private["html"]
        await client.shown("/parts/list", "已受理<b>1</b>")


async def test_a_muted_person_is_told_why_nobody_answers(client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, GOSSIP, "sim_chen", "@小助手 机器人别说话")
        await answer(stream, GOSSIP)
        kept = await said(client, stream, GOSSIP, "sim_chen", "5号楼1单元电梯坏了三天了，没人管")
        await client.shown("/parts/list", "线索")
        idle = await said(client, stream, GOSSIP, "sim_chen", "吃了吗各位")
    assert "悄悄记成线索" in await client.why(GOSSIP, kept)
    assert "让我别说话" in await client.why(GOSSIP, idle)


async def test_a_photo_is_shown_and_goes_to_the_assistant(house: House, client: Client) -> None:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    async with client.events() as stream:
        assert (await client.show(BUILDING_3, "sim_wang", content.getvalue())).status == 204
        html = (await stream.next("message", "<img")).content["html"]
    found = re.search(r'src="(/photos/[^"]+)"', html)
    assert found
    photo = await client.get(found[1])
    assert (photo.status, photo.headers["content-type"]) == (200, "image/jpeg")
    refused = await client.show(BUILDING_3, "sim_wang", b"GIF89a nothing of the kind")
    assert refused.status == 422
    assert "照片打不开" in refused.json["fault"]
    assert (await client.get("/photos/web-0-0")).status == 404


@pytest.mark.parametrize(
    ("text", "mentioned", "rest"),
    [
        ("@小助手 你都能干啥", True, "你都能干啥"),
        ("你都能干啥＠社区小助手", True, "你都能干啥"),
        ("小助手真好玩", False, "小助手真好玩"),
        ("@小助手", True, ""),
        ("@王阿姨 来一下", False, "@王阿姨 来一下"),
    ],
)
def test_a_mention_is_taken_out_of_the_text(text: str, mentioned: bool, rest: str) -> None:
    assert split_mention(text, ("小助手", "社区小助手")) == (mentioned, rest)


async def test_what_people_type_is_never_markup(client: Client) -> None:
    text = "<img src=x onerror=alert(1)>{{ 7*7 }} \u202e\u200b &amp;"
    async with client.events() as stream:
        await said(client, stream, GOSSIP, "sim_chen", text)
    page = (await client.get("/")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}" in page


async def test_a_page_that_comes_back_is_told_what_it_missed(client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, GOSSIP, "sim_chen", "第一句")
        assert (await client.say(GOSSIP, "sim_chen", "第二句")).status == 204
        seen = await stream.next("message", "第二句")
    assert (await client.say(GOSSIP, "sim_chen", "第三句")).status == 204
    assert seen.id
    async with client.events(after="0-0", **{"last-event-id": seen.id}) as stream:
        assert "第三句" in (await stream.next("message")).content["html"]
    async with client.events(after="0-0") as stream:
        assert (await stream.next("reload")).content == {}


async def test_a_gateway_names_our_message_a_moment_later(house: House, client: Client) -> None:
    async with client.events() as stream:
        await said(client, stream, BUILDING_3, "sim_wang", "3号楼2单元三楼楼道灯坏了三天了，没人管")
        await answer(stream)
    reasons = Reasons(house.assistant, Rendering(house.assistant.replies, UTC))
    as_seen = replace(house.simulator.sent[0].outbound, id="gateway-1")
    looking = asyncio.create_task(reasons.of_answer(as_seen))
    await asyncio.sleep(0.2)
    async with house.assistant.database.transaction() as db:
        (await messages.outbox_row(db, 1)).message = "gateway-1"
    assert "听出是“报诉求”" in (await looking or "")
    assert await reasons.of_answer(replace(as_seen, id="gateway-2")) is None
