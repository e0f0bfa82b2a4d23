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
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the command line, which stops everything in order."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        streams: Streams = self.config.app.state.streams  # type: ignore[union-attr]
        streams.close()  # a stream never ends by itself, and uvicorn waits for every answer
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


async def serve(app: FastAPI, listening: socket.socket, ready: Callable[[str], None] = lambda _address: None) -> None:
    """Serve until cancelled, then stop cleanly. `ready` is told the address."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=LAST_WORDS_S
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if server.started:
            ready(f"http://{HOST}:{listening.getsockname()[1]}")
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
