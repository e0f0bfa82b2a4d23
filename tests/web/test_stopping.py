"""Streams end when the server stops, when the page goes away, and when there are too many."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from tests.web.client import Client
from tests.web.house import GOSSIP, House
from web.live import MOST_STREAMS, QUEUED_A_STREAM, Event, Streams


async def test_open_pages_do_not_keep_the_server(house: House, client: Client) -> None:
    async with client.events() as first, client.events() as second:
        await first.next("cases")
        await second.next("cases")
        begun = time.monotonic()
        await house.stop()
        await first.end()
        await second.end()
    assert time.monotonic() - begun < 3
    assert house.server.cancelled() or house.server.exception() is None


async def test_a_page_that_goes_away_frees_its_place(house: House, client: Client) -> None:
    for _ in range(3):
        async with client.events() as stream:
            await stream.next("cases")
    async with asyncio.timeout(10):
        while len(house.streams):
            await asyncio.sleep(0.02)


async def test_too_many_pages_are_told_so(client: Client) -> None:
    async with AsyncExitStack() as pages:
        for _ in range(MOST_STREAMS):
            stream = await pages.enter_async_context(client.events())
            await stream.next("cases")
        answer = await client.get("/events")
        assert answer.status == 503
        assert "太多" in answer.json["fault"]
        assert (await client.say(GOSSIP, "sim_chen", "页面再多也能说话")).status == 204


async def test_a_page_that_does_not_read_is_let_go() -> None:
    streams = Streams()
    with streams.place() as queue:
        for _ in range(QUEUED_A_STREAM + 1):
            streams.publish(Event("message", {}))
        assert len(streams) == 0
        assert queue.qsize() <= QUEUED_A_STREAM
