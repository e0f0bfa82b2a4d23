"""A small HTTP client of our own: it can say what a browser would never say, and read a stream as it comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class News:
    name: str
    content: Mapping[str, Any]
    id: str | None


class Stream:
    """Events of two names come in no fixed order among each other: those not asked for yet are kept."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._waiting: dict[str, list[News]] = {}

    async def next(self, name: str, holding: str = "") -> News:
        """The next event of this name whose HTML holds these words."""
        waiting = self._waiting.setdefault(name, [])
        while waiting:
            news = waiting.pop(0)
            if holding in news.content.get("html", ""):
                return news
        async with asyncio.timeout(PATIENCE_S):
            async for news in self.all():
                if news.name == name and holding in news.content.get("html", ""):
                    return news
                if news.name != name:
                    self._waiting.setdefault(news.name, []).append(news)
        raise AssertionError("the stream ended")

    async def all(self) -> AsyncIterator[News]:
        fields: dict[str, str] = {}
        async for line in self._reader:
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                yield News(fields["event"], json.loads(fields["data"]), fields.get("id"))
                fields = {}

    async def end(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            async for _ in self.all():
                pass


class Client:
    def __init__(self, port: int) -> None:
        self.port = port

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.request("GET", path, headers=headers)

    async def say(self, chat: str, speaker: str, text: str, quote: str | None = None) -> Answer:
        body = json.dumps({"chat": chat, "speaker": speaker, "text": text, "quote": quote}).encode()
        return await self.request("POST", "/say", body, {"content-type": "application/json"})

    async def show(self, chat: str, speaker: str, content: bytes) -> Answer:
        return await self.request("POST", f"/photos?{urlencode({'chat': chat, 'speaker': speaker})}", content)

    async def shown(self, path: str, holding: str) -> str:
        """What this address shows as soon as it holds these words: what is said is handled a moment later."""
        async with asyncio.timeout(PATIENCE_S):
            while holding not in (page := (await self.get(path)).text):
                await asyncio.sleep(0.05)
        return page

    async def post(self, path: str, **content: Any) -> Answer:
        return await self.request("POST", path, json.dumps(content).encode(), {"content-type": "application/json"})

    async def why(self, chat: str, message: str) -> str:
        answer = await self.get(f"/why?{urlencode({'chat': chat, 'message': message})}")
        return str(answer.json["why"])

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        async with asyncio.timeout(PATIENCE_S), self._connected() as (reader, writer):
            given = {"content-length": str(len(body)), **(headers or {})} if method != "GET" else dict(headers or {})
            self._ask(writer, method, path, given)
            writer.write(body)
            return await _read(reader)

    @asynccontextmanager
    async def events(self, after: str = "", **headers: str) -> AsyncIterator[Stream]:
        async with self._connected() as (reader, writer):
            self._ask(writer, "GET", f"/events?after={after}", headers, version="1.0")
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert " 200 " in head.splitlines()[0], head
            yield Stream(reader)

    def _ask(
        self,
        writer: asyncio.StreamWriter,
        method: str,
        path: str,
        headers: Mapping[str, str],
        version: str = "1.1",
    ) -> None:
        known = {"host": f"127.0.0.1:{self.port}", "connection": "close", **headers}
        lines = [f"{method} {path} HTTP/{version}", *(f"{name}: {value}" for name, value in known.items() if value)]
        writer.write("\r\n".join([*lines, "", ""]).encode())

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Answer:
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return Answer(int(first.split()[1]), headers, await reader.read())
