"""The gateway as a child process: the protocol is one JSON object a line, commands in, records out."""

from __future__ import annotations

import base64
import itertools
import json
import os
import queue
import socket
import subprocess
import threading
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from bot.cli.local_gateway.install import node, script

START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 10.0

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


class LocalGateway:
    """Belongs to no event loop; `records` is everything the gateway reports."""

    def __init__(
        self,
        world: World,
        *,
        port: int | None = None,
        token: str,
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
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the gateway is not running")
        return self._process

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> Self:
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
        for line in process.stdout or ():
            record: Record = json.loads(line)
            if record["ev"] in {"ack", "nack", "listening"}:
                answers.put(record)
            else:
                self.records.append(record)
        answers.put({"ev": "ended"})

    def _answer(self, timeout_s: float) -> Record:
        return self._answers.get(timeout=timeout_s)

    def command(self, cmd: str, **fields: Any) -> Record:
        seq = next(self._sequence)
        commands = self.process.stdin
        if commands is None:
            raise RuntimeError("the gateway is not running")
        commands.write(json.dumps({"cmd": cmd, "seq": seq, **fields}).encode() + b"\n")
        commands.flush()
        answer = self._answer(ANSWER_TIMEOUT_S)
        if answer["ev"] != "ack" or answer["seq"] != seq:
            raise RuntimeError(f"{cmd}: {answer}")
        return answer

    def say(
        self, sender: str, text: str, *, room: str | None = None, mentions: tuple[str, ...] = (), **fields: Any
    ) -> str:
        """Returns the message's id. More fields: type, id, ts, to, no_payload, repeat."""
        return str(self.command("say", **{"from": sender}, text=text, room=room, mentions=mentions, **fields)["id"])

    def send_file(self, sender: str, content: bytes, name: str, *, room: str | None = None, **fields: Any) -> str:
        encoded = base64.b64encode(content).decode()
        return str(self.command("file", **{"from": sender}, base64=encoded, name=name, room=room, **fields)["id"])

    def kill(self) -> None:
        process = self.process
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self.kill()
