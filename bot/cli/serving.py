"""`linli run`: everything that config.yaml switches on, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from bot.app import Assistant, assemble, open_database
from bot.channels.base import Channel, ChannelRejected
from bot.channels.simulator import Simulator
from bot.cli.database import lock_file
from bot.cli.logs import configure_logs
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of, sqlite_file
from bot.settings import Settings
from bot.sources import SystemChance
from scheduler.clock import SystemClock
from storage import lock
from storage.database import Database

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.cli import Options

HOST = "127.0.0.1"


def serve(options: Options) -> None:
    configure_logs()
    settings = settings_of(options)
    asyncio.run(serve_community(settings))


async def serve_community(settings: Settings, *, on_ready: Callable[[Assistant], None] | None = None) -> None:
    """Serve until told to stop. `on_ready` is called once everything listens."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(contextlib.closing(_listen(settings.web.port)))
        file = sqlite_file(settings)
        if file is not None:
            stack.enter_context(lock.take(lock_file(file)))
        database = open_vault_and_database(settings, create_key=True)
        stack.push_async_callback(database.close)
        await open_database(database)
        if file is None:
            await stack.enter_async_context(lock.take_advisory(database, settings.community.id))
        assistant = await _assembled(settings, database)
        say("started", channel=settings.channel.kind)
        say("serving", port=listening.getsockname()[1])
        if on_ready is not None:
            on_ready(assistant)
        await _run(assistant, listening)


async def _assembled(settings: Settings, database: Database) -> Assistant:
    clock = SystemClock(settings.community.zone)
    channel = open_channel(settings, clock)
    return await assemble(settings, database, channel, clock, SystemChance(), channel_kind=settings.channel.kind)


def open_channel(settings: Settings, clock: SystemClock) -> Channel:
    """The channel that config.yaml names; only this one's libraries are imported."""
    match settings.channel.kind:
        case "wechaty":
            from bot.cli.gateway import wechaty_channel  # noqa: PLC0415

            return wechaty_channel(settings, clock)
        case "console":
            from bot.channels.console import Console  # noqa: PLC0415

            return Console(settings.channel.names, clock.now)
        case _:
            from bot.channels.cast import load_cast  # noqa: PLC0415

            return Simulator(load_cast().connected(clock.now()), clock.now)


def _listen(port: int) -> socket.socket:
    """Bound before anything is opened, so that a busy port is said at once."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as fault:
        listening.close()
        raise CommandFault("port_in_use", port=port) from fault
    return listening


async def _run(assistant: Assistant, listening: socket.socket) -> None:
    """Everything in one group: the first part that ends ends all."""
    try:
        async with asyncio.TaskGroup() as tasks, _stopping() as stopped, _page(assistant, listening, tasks):
            serving = tasks.create_task(assistant.run())
            waiting = tasks.create_task(stopped.wait())
            await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
            for task in (serving, waiting):
                task.cancel()
    except* ChannelRejected as rejected:
        raise CommandFault("channel.rejected", reason=str(rejected.exceptions[0])) from rejected
    finally:
        await assistant.dispatcher.settle()


@asynccontextmanager
async def _page(assistant: Assistant, listening: socket.socket, tasks: asyncio.TaskGroup) -> AsyncIterator[None]:
    import uvicorn  # noqa: PLC0415

    class Server(uvicorn.Server):
        """One that leaves the signals to us."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    server = Server(
        uvicorn.Config(
            _application(assistant), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
        )
    )
    serving = tasks.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait([serving])


def _application(assistant: Assistant) -> FastAPI:
    from web.app import create_app  # noqa: PLC0415

    from bot.channels.cast import load_cast  # noqa: PLC0415

    simulator = assistant.channel if isinstance(assistant.channel, Simulator) else None
    cast = load_cast() if simulator is not None else None
    return create_app(assistant, simulator, cast, SystemClock(assistant.settings.community.zone))


@asynccontextmanager
async def _stopping() -> AsyncIterator[asyncio.Event]:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows has no such handlers; there a signal sets the event from outside the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    yield stopped
