"""Serving inside our own event loop, on this machine only, and stopping without waiting for open pages."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from web.live import Streams

HOST = "127.0.0.1"
LAST_WORDS_S = 3
"""How long a request under way may still take once we stop."""


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI, on_ready: Callable[[], None] | None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=LAST_WORDS_S,
            )
        )
        self._streams: Streams = app.state.streams
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the command line, which stops everything in order."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close()  # a stream never ends by itself, and uvicorn waits for every answer
        await super().shutdown(sockets)


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any free one. Raises `OSError` where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows it would let two servers share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    return listening


async def serve(app: FastAPI, listening: socket.socket, on_ready: Callable[[], None] | None = None) -> None:
    """Serve until cancelled, then stop cleanly. `on_ready` is called once requests are answered."""
    server = _Server(app, on_ready)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
