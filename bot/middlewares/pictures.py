"""Pictures are checked and stripped before the transaction begins: decoding takes long, and SQLite has one writer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from bot.delivery import Delivery, Next
from bot.message import Picture
from bot.pictures import UnusablePicture, clean

log = structlog.get_logger()

MOST_PIXELS = 50_000_000


class Pictures:
    """What cannot be used becomes a picture without content: its handler says so."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes

    async def __call__(self, delivery: Delivery, proceed: Next) -> None:
        if delivery.inbound.picture is not None:
            content = await self._cleaned(delivery.inbound.picture.content)
            delivery.inbound = replace(delivery.inbound, picture=Picture(content))
        await proceed(delivery)

    async def _cleaned(self, content: bytes) -> bytes:
        try:
            return await asyncio.to_thread(clean, content, max_bytes=self._most_bytes, max_pixels=MOST_PIXELS)
        except UnusablePicture as fault:
            log.info("picture.unusable", why=str(fault))
            return b""
