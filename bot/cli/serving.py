"""`linli run`: everything that config.yaml switches on, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.app import assemble, lay_out_starter_set, open_database
from bot.channels.base import Channel, ChannelRejected
from bot.channels.cast import Cast, load_cast
from bot.channels.simulator import SimulatedChat, Simulator
from bot.cli.database import lock_file
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of, sqlite_file
from bot.settings import Settings
from bot.sources import SystemChance
from scheduler.clock import Clock, SystemClock
from storage import lock
from storage.database import Database
from web.app import create_app
from web.server import HOST, listen
from web.server import serve as serve_page

if TYPE_CHECKING:
    from bot.cli import Options


def serve(options: Options) -> None:
    settings = settings_of(options)
    asyncio.run(serve_community(settings, lambda clock: _chosen_channel(settings, clock)))


OpenChannel = Callable[[Clock], tuple[Channel, SimulatedChat | None, Cast | None]]
"""The channel of a start; with a chat and its people where these are simulated, so that the page can show them."""


async def serve_community(settings: Settings, open_channel: OpenChannel) -> None:
    """Serve until told to stop."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(contextlib.closing(_listen(settings.web.port)))
        database = await _owned_database(settings, stack)
        clock = SystemClock(settings.community.zone)
        await lay_out_starter_set(database, settings, clock.now())
        channel, chat, cast = open_channel(clock)
        assistant = await assemble(
            settings, database, channel, clock, SystemChance(), channel_kind=settings.channel.kind, rhythms=True
        )
        page = create_app(assistant, chat, cast, clock)
        say("started", channel=settings.channel.kind)
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        try:
            await _until_stopped(assistant.run(), serve_page(page, listening, lambda: say("serving", address=address)))
        finally:
            await assistant.dispatcher.settle()


async def _owned_database(settings: Settings, stack: AsyncExitStack) -> Database:
    """The database, brought up to date, and ours alone until the stack is left."""
    file = sqlite_file(settings)
    if file is not None:
        stack.enter_context(lock.take(lock_file(file)))
    database = await open_vault_and_database(settings, create_key=True)
    stack.push_async_callback(database.close)
    await open_database(database)
    if not database.is_sqlite:
        await stack.enter_async_context(lock.take_advisory(database, settings.community.id))
    return database


def _chosen_channel(settings: Settings, clock: Clock) -> tuple[Channel, SimulatedChat | None, Cast | None]:
    """The channel that config.yaml names; only this one's libraries are imported."""
    match settings.channel.kind:
        case "wechaty":
            from bot.cli.gateway import wechaty_channel  # noqa: PLC0415

            return wechaty_channel(settings, clock), None, None
        case "console":
            from bot.channels.console import Console  # noqa: PLC0415

            return Console(settings.channel.names, clock.now), None, None
        case _:
            cast = load_cast(settings)
            now = clock.now()
            simulator = Simulator(cast.connected(now), clock.now, series=f"{now:%y%m%d%H%M%S}-")
            return simulator, simulator, cast


def _listen(port: int) -> socket.socket:
    """Bound before anything is opened, so that a busy port is said at once."""
    try:
        return listen(port)
    except OSError as fault:
        raise CommandFault("port_in_use", port=port) from fault


async def _until_stopped(*parts: Awaitable[None]) -> None:
    """Run all parts until a signal comes or one of them ends; then stop the others in order."""
    async with _stopping() as stopped:
        tasks = [asyncio.ensure_future(part) for part in (*parts, stopped.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        try:
            for task in done:
                task.result()
        except* ChannelRejected as rejected:
            raise CommandFault("channel.rejected", reason=rejected.exceptions[0]) from rejected


@asynccontextmanager
async def _stopping() -> AsyncIterator[asyncio.Event]:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows has no such handlers; there a signal reaches the loop from outside
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    yield stopped
