"""Drives the real gateway as a child process.

    gateway.say(room=ROOM, sender="wxid_wang", text="…")     a resident speaks
    await gateway.sent(2)                                    the second message that really left
    gateway.fault("messagePayload", "hang")                  the next call is never answered
    gateway.freeze(), gateway.thaw(), gateway.kill(), gateway.start()

It belongs to no event loop, so one gateway serves all tests of a session: `reset()` gives each its own world.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import queue
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.gateway.install import node, script

TOKEN = "rig_token_0001"
START_TIMEOUT_S = 60.0

Record = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    friend: bool = True
    type: int = 1


@dataclass(frozen=True, slots=True)
class Room:
    id: str
    topic: str
    members: tuple[str, ...]
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """Who exists on the other side. `account` is the account's own contact."""

    account: str
    contacts: tuple[Contact, ...]
    rooms: tuple[Room, ...]

    def as_json(self) -> Record:
        rooms = [
            {"id": room.id, "topic": room.topic, "memberIdList": room.members, "aliases": room.aliases}
            for room in self.rooms
        ]
        return {"self": self.account, "contacts": [asdict(contact) for contact in self.contacts], "rooms": rooms}


BOT, WANG, LI, ZHAO = "wxid_bot", "wxid_wang", "wxid_li", "wxid_zhao"
ROOM, SHOPPING = "10001@chatroom", "10002@chatroom"
WORLD = World(
    account=BOT,
    contacts=(
        Contact(BOT, "小区助手"),
        Contact(WANG, "王阿姨"),
        Contact(LI, "李师傅"),
        Contact(ZHAO, "Zhao😀", friend=False),
    ),
    rooms=(
        Room(ROOM, "幸福小区3栋业主群", (BOT, WANG, LI, ZHAO), {WANG: "3-502 王"}),
        Room(SHOPPING, "团购群", (BOT, LI)),
    ),
)


class Gateway:
    def __init__(
        self,
        world: World = WORLD,
        *,
        port: int | None = None,
        token: str = TOKEN,
        tls: bool = False,
        auto_login: bool = True,
    ) -> None:
        self.world = world
        self.port = port or free_port()
        self.token = token
        self.records: list[Record] = []
        self._options = {"port": self.port, "token": token, "tls": tls, "auto_login": auto_login}
        self._sequence = itertools.count(1)
        self._answers: queue.Queue[Record] = queue.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> Gateway:
        """Blocks until the gateway listens; also after `kill()`, on the same port."""
        options = json.dumps(self._options | {"world": self.world.as_json()})
        self._process = process = subprocess.Popen(
            [node(), script()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"LINLI_GATEWAY": options},
        )
        self._answers = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(process, self._answers), daemon=True)
        self._reader.start()
        if self._answer(START_TIMEOUT_S)["ev"] != "listening":
            raise RuntimeError("the gateway did not start")
        return self

    def _read(self, process: subprocess.Popen[bytes], answers: queue.Queue[Record]) -> None:
        assert process.stdout
        for line in process.stdout:
            record: Record = json.loads(line)
            if record["ev"] in {"ack", "nack", "listening"}:
                answers.put(record)
            else:
                self.records.append(record)
        answers.put({"ev": "ended"})

    def _answer(self, timeout_s: float) -> Record:
        return self._answers.get(timeout=timeout_s)

    def command(self, cmd: str, **fields: Any) -> Record:
        assert self._process
        assert self._process.stdin
        seq = next(self._sequence)
        self._process.stdin.write(json.dumps({"cmd": cmd, "seq": seq, **fields}).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._answer(10.0)
        if answer["ev"] != "ack" or answer["seq"] != seq:
            raise RuntimeError(f"{cmd}: {answer}")
        return answer

    def reset(self, world: World = WORLD, *, relogin: bool = False) -> None:
        """Everything as at the start, or another world; faults and what was sent are forgotten."""
        self.world = world
        self.command("world", world=world.as_json(), relogin=relogin)
        self.command("login")
        self.records.clear()

    def say(self, sender: str, text: str, *, room: str | None = None, mentions: tuple[str, ...] = (), **fields: Any) -> str:
        """Returns the message's id. More fields: type, id, ts, to, no_payload, repeat."""
        return str(self.command("say", **{"from": sender}, text=text, room=room, mentions=mentions, **fields)["id"])

    def say_many(self, sender: str, text: str, count: int, *, room: str | None = None) -> None:
        """`text` followed by 0, 1, 2 …"""
        self.command("say_many", **{"from": sender}, text=text, count=count, room=room)

    def send_file(self, sender: str, content: bytes, name: str, *, room: str | None = None, **fields: Any) -> str:
        encoded = base64.b64encode(content).decode()
        return str(self.command("file", **{"from": sender}, base64=encoded, name=name, room=room, **fields)["id"])

    def fault(self, method: str, *queue: str | int | dict[str, int]) -> None:
        """What the next calls of a gRPC method get: "hang", "error", a status number, or {"delay_ms": n}."""
        self.command("fault", method=method, queue=queue)

    def delay(self, method: str, ms: int) -> None:
        self.command("delay", method=method, ms=ms)

    def counters(self) -> dict[str, int]:
        """How often each gRPC method was called since the last reset."""
        counters: dict[str, int] = self.command("counters")["counters"]
        return counters

    async def sent(self, number: int, timeout_s: float = 10.0) -> Record:
        """The n-th message, from 1, that the account really sent."""
        return await self._record("sent", number, timeout_s)

    async def accepted(self, number: int = 1, timeout_s: float = 10.0) -> Record:
        return await self._record("accepted", number, timeout_s)

    async def _record(self, event: str, number: int, timeout_s: float) -> Record:
        def found() -> list[Record]:
            return [record for record in self.records if record["ev"] == event]

        await until(lambda: len(found()) >= number, timeout_s)
        return found()[number - 1]

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def kill(self) -> None:
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        assert self._reader
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self.kill()


async def until(done: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Waits for something that happens elsewhere."""
    async with asyncio.timeout(timeout_s):
        while not done():
            await asyncio.sleep(0.005)
