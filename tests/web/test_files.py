"""A file that the assistant sends is a card in the chat, and can be downloaded from there."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from bot.context import Post, Said
from bot.message import File
from storage.base import Db
from tests.web.client import Client, News, Stream
from tests.web.house import House
from web.pages.transcript import KEPT_FILES

PAGE = File("学习页 <11月25日>.html", b"<script>alert(1)</script>" + bytes(3000))


async def sends(house: House, *files: File) -> None:
    li = house.assistant.directory.contact("wx_li")

    async def deed(_db: Db, _now: datetime) -> list[Said]:
        return [Post("refused.nothing_quoted", contact=li, kind="reply", file=file) for file in files]

    await house.assistant.acting.do(deed)


async def card(stream: Stream) -> News:
    while True:
        news = await stream.next("message", "/files/")
        if news.content["chat"] == "private:wx_li":
            return news


def address(news: News) -> str:
    found = re.search(r'href="(/files/[^"]+)"', str(news.content["html"]))
    assert found
    return found[1]


async def test_it_stands_after_its_words_and_can_be_downloaded(house: House, client: Client) -> None:
    async with client.events() as stream:
        await sends(house, PAGE)
        words = (await stream.next("message")).content["html"]
        shown = await card(stream)
    assert "引用那条消息" in words
    assert "/files/" not in words
    html = shown.content["html"]
    assert "学习页 &lt;11月25日&gt;.html" in html
    assert "3KB" in html
    assert shown.content["preview"] == PAGE.name
    answer = await client.get(address(shown))
    assert (answer.status, answer.body) == (200, PAGE.content)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(PAGE.name)}"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert address(shown) in (await client.get("/")).text


async def test_what_was_sent_long_ago_is_gone(house: House, client: Client) -> None:
    async with client.events() as stream:
        await sends(house, *(File(f"{number}.txt", b"x") for number in range(KEPT_FILES + 1)))
        cards = [await card(stream) for _ in range(KEPT_FILES + 1)]
    first, second = await client.get(address(cards[0])), await client.get(address(cards[1]))
    assert (first.status, second.status) == (404, 200)
    assert "没有留着" in first.json["fault"]
    assert (await client.get("/files/nothing")).status == 404
