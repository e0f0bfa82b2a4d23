"""Files on a real gateway: whole, after their words, and not twice where their confirmation is lost."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime

import pytest
from sqlalchemy import select

from bot.app import Assistant
from bot.context import Post, Said
from bot.message import File
from storage.base import Db
from storage.messages import OutboxRow
from tests.databases import Shelf
from tests.gateway.fixtures import OwnGateway
from tests.gateway.rig import ROOM, Gateway, Record, until
from tests.gateway.serving import STAFF, heard, left, serving
from tests.gateway.test_conversation import WITH_STAFF

NAME = "学习页（11月25日）.docx"


@pytest.fixture
def sqlite_url(shelf: Shelf) -> str:
    return shelf.migrated("sqlite")


async def post(assistant: Assistant, file: File, *, to: str = STAFF, kind: str = "notice") -> None:
    directory = assistant.directory
    place = {"group": directory.group(to)} if to == ROOM else {"contact": directory.contact(to)}

    async def deed(_db: Db, _now: datetime) -> list[Said]:
        return [Post("refused.nothing_quoted", kind=kind, file=file, **place)]  # type: ignore[arg-type]

    await assistant.acting.do(deed)


def files(gateway: Gateway) -> list[Record]:
    return [record for record in gateway.records if record["ev"] == "sent" and record["kind"] == "file"]


async def states(assistant: Assistant) -> list[str]:
    async with assistant.database.reading() as db:
        return list(await db.scalars(select(OutboxRow.state).order_by(OutboxRow.id)))


@pytest.mark.parametrize("size", [1, 19_000, 21_000, 8 * 2**20], ids=str)
async def test_a_file_arrives_whole_after_its_words(own_gateway: OwnGateway, sqlite_url: str, size: int) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    content = (bytes(range(256)) * (size // 256 + 1))[:size]
    async with serving(gateway, sqlite_url) as assistant:
        await post(assistant, File(NAME, content))
        await heard(gateway, STAFF, NAME)
        words, name = left(gateway, STAFF)
        assert "引用" in words
        assert name == NAME
        assert base64.b64decode(files(gateway)[0]["base64"]) == content
        assert gateway.counters().get("upload", 0) == (size > 20 * 1024)
        assert left(gateway, ROOM) == []
        await until_sent(assistant)


async def test_a_poster_reaches_a_group_as_a_picture(own_gateway: OwnGateway, sqlite_url: str) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        await post(assistant, File("poster.png", b"png"), to=ROOM)
        await heard(gateway, ROOM, "poster.png")
        assert len(left(gateway, ROOM)) == 2
        assert left(gateway, STAFF) == []


async def test_a_file_whose_confirmation_is_lost_is_settled_by_its_echo(
    own_gateway: OwnGateway, sqlite_url: str
) -> None:
    gateway = own_gateway(world=WITH_STAFF)
    async with serving(gateway, sqlite_url) as assistant:
        gateway.fault("messageSendFile", {"delay_ms": 3000})  # it goes, but later than anybody waits for it
        await post(assistant, File(NAME, b"page"))
        await until(lambda: gateway.counters().get("messageSendFile"))
        await heard(gateway, STAFF, NAME)
        await until_sent(assistant)
        assert len(files(gateway)) == 1
        assert len(left(gateway, STAFF)) == 2  # staff need not be told of anything


async def until_sent(assistant: Assistant) -> None:
    """Both rows, and no other."""
    for _ in range(500):
        if await states(assistant) == ["sent", "sent"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await states(assistant))
