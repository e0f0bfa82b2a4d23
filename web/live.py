"""Server-sent events: what changes is pushed to every open page, and every stream ends when the server stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

MOST_STREAMS = 32
QUEUED_A_STREAM = 500
HEARTBEAT_S = 20.0
"""A comment now and then: it tells us of a page that went away without a word."""
RETRY_MS = 2000


class TooManyStreams(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Event:
    """`id`, where there is one, comes back as Last-Event-ID when the browser reconnects."""

    name: str
    content: Mapping[str, Any]
    id: str | None = None

    def encoded(self) -> bytes:
        number = f"id: {self.id}\n" if self.id is not None else ""
        content = json.dumps(self.content, ensure_ascii=False)  # one line: json escapes line breaks
        return f"{number}event: {self.name}\ndata: {content}\n\n".encode()


_Queue = asyncio.Queue[Event | None]


class Streams:
    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._queues: set[_Queue] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._queues)

    def publish(self, event: Event) -> None:
        for queue in list(self._queues):
            if queue.full():
                self._end(queue)  # a page that does not read; it reconnects and catches up
            else:
                queue.put_nowait(event)

    def close(self) -> None:
        """End every stream, and let no other begin: the server stops."""
        self._closed = True
        for queue in list(self._queues):
            self._end(queue)

    def _end(self, queue: _Queue) -> None:
        self._queues.discard(queue)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)

    @contextmanager
    def place(self) -> Iterator[_Queue]:
        """A place among the open streams. Raises `TooManyStreams`."""
        if self._closed or len(self._queues) >= self._most:
            raise TooManyStreams()
        queue: _Queue = asyncio.Queue(QUEUED_A_STREAM)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


class EventStream(Response):
    """One page's stream. `missed` is asked once it has its place, so that nothing falls between the two."""

    def __init__(self, streams: Streams, missed: Callable[[], Iterable[Event]], full: Response) -> None:
        super().__init__()
        self._streams = streams
        self._missed = missed
        self._full = full

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._streams.place() as queue:
                content = _stream(queue, list(self._missed()))
                await StreamingResponse(content, media_type="text/event-stream")(scope, receive, send)
        except TooManyStreams:
            await self._full(scope, receive, send)


async def _stream(queue: _Queue, missed: Iterable[Event]) -> AsyncIterator[bytes]:
    """What a browser reads: first what it missed, then what happens."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    for event in missed:
        yield event.encoded()
    while True:
        try:
            news = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if news is None:
            return
        yield news.encoded()
