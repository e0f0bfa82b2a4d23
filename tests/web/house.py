"""The real assistant on a real database with the real simulator, and the page served on a free port."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from bot.app import Assistant, assemble, open_database
from bot.channels.cast import Cast, load_cast
from bot.channels.simulator import Simulator
from bot.settings import Limits, Pacing, Settings, load_settings
from bot.sources import SeededChance
from scheduler.clock import SystemClock
from storage.database import Database
from storage.secrets import KEY_BYTES, Vault
from tests.databases import Shelf
from web.app import create_app
from web.live import Streams
from web.server import listen, serve

ROOT = Path(__file__).parents[2]
UNPACED = Pacing(gap_s=0, jitter_s=0, a_minute=10_000, notice_gap_s=0)
BUILDING_3, GOSSIP = "group:sim_building_3", "group:sim_gossip"


class DayClock(SystemClock):
    """A clock that runs as ours does, from ten in the morning: at night the assistant keeps its notices."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__(zone)
        self._start = datetime(2026, 11, 25, 10, 0, tzinfo=zone)
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._begun)


@dataclass(slots=True)
class House:
    assistant: Assistant
    simulator: Simulator
    cast: Cast
    app: FastAPI
    port: int
    server: asyncio.Task[None]

    @property
    def streams(self) -> Streams:
        streams: Streams = self.app.state.streams
        return streams

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def stop(self) -> None:
        """As the command line stops it."""
        self.server.cancel()
        await asyncio.wait([self.server])


def settings_for_tests() -> Settings:
    limits = Limits(picture_mb=1, answers_a_minute_person=1000, answers_a_minute_group=1000)
    return load_settings(ROOT / "config.yaml").model_copy(update={"pacing": UNPACED, "limits": limits})


@asynccontextmanager
async def open_house(shelf: Shelf, *, simulated: bool = True) -> AsyncIterator[House]:
    settings = settings_for_tests()
    url = shelf.migrated("sqlite")
    database = Database(url, Vault(b"0" * KEY_BYTES))
    await open_database(database)
    clock = DayClock(settings.community.zone)
    cast = load_cast(settings)
    simulator = Simulator(cast.connected(clock.now()), clock.now)
    assistant = await assemble(settings, database, simulator, clock, SeededChance(b"page"), channel_kind="simulator")
    app = create_app(assistant, simulator if simulated else None, cast if simulated else None, clock)
    listening, ready = listen(0), asyncio.Event()
    port = listening.getsockname()[1]
    server = asyncio.create_task(serve(app, listening, ready.set))
    running = asyncio.create_task(assistant.run())
    try:
        await asyncio.wait_for(ready.wait(), 30)
        while assistant.directory.self_raw_id is None:  # the roster is taken over before anybody speaks
            await asyncio.sleep(0.01)
        yield House(assistant, simulator, cast, app, port, server)
    finally:
        for task in (server, running):
            task.cancel()
        await asyncio.wait([server, running])
        await assistant.close()
        shelf.clear(url)
