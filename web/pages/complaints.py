"""The complaint list: what there is, newest first, and how many stand where; pushed whenever it changes."""

from __future__ import annotations

import asyncio

import structlog

from intents.complaints.lifecycle import State
from storage import complaints
from web.assistant import Assistant
from web.live import Event, Streams
from web.rendering import Rendering

log = structlog.get_logger()

SHOWN = 60
GATHER_S = 0.15
"""Several commits in a row make one look at the database."""


class ComplaintList:
    def __init__(self, assistant: Assistant, rendering: Rendering, streams: Streams) -> None:
        self._assistant = assistant
        self._rendering = rendering
        self._streams = streams
        self._changed = asyncio.Event()
        self._shown = ""
        assistant.database.listeners.append(self._changed.set)

    async def html(self) -> str:
        community = self._assistant.settings.community.id
        async with self._assistant.database.reading() as db:
            cases = await complaints.latest(db, community, SHOWN)
            counts = await complaints.count_by_state(db, community)
        ordered = [(str(state), counts[state]) for state in State if counts.get(state)]
        return self._rendering("cases.html", cases=cases, counts=ordered, total=sum(counts.values()))

    async def now(self) -> Event:
        return Event("cases", {"html": await self.html()})

    async def run(self) -> None:
        """Follow the database for as long as the server runs."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._publish()
            except Exception as fault:
                # the database may be away for a moment; the next commit tells of itself again
                log.error("list.failed", fault=type(fault).__name__)
            await asyncio.sleep(GATHER_S)

    async def _publish(self) -> None:
        if len(self._streams) == 0:
            return
        html = await self.html()
        if html != self._shown:
            self._shown = html
            self._streams.publish(Event("cases", {"html": html}))
