"""Drives the real gateway as a child process.

    gateway.say(WANG, "…", room=ROOM)                        a resident speaks
    await gateway.sent(2)                                    the second message that really left
    gateway.fault("messagePayload", "hang")                  the next call is never answered
    gateway.freeze(), gateway.thaw(), gateway.kill(), gateway.start()

It belongs to no event loop, so one gateway serves all tests of a session: `reset()` gives each its own world.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from bot.cli.local_gateway import Contact, LocalGateway, Record, Room, World

TOKEN = "rig_token_0001"

__all__ = [
    "BOT",
    "LI",
    "ROOM",
    "SHOPPING",
    "WANG",
    "WORLD",
    "ZHAO",
    "Contact",
    "Gateway",
    "Record",
    "Room",
    "World",
    "until",
]

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


class Gateway(LocalGateway):
    """With faults, deaths and other worlds."""

    def __init__(
        self,
        world: World = WORLD,
        *,
        port: int | None = None,
        token: str = TOKEN,
        tls: bool = False,
        auto_login: bool = True,
    ) -> None:
        super().__init__(world, port=port, token=token, tls=tls, auto_login=auto_login)

    def reset(self, world: World = WORLD, *, relogin: bool = False) -> None:
        """Everything as at the start, or another world; faults and what was sent are forgotten."""
        self.world = world
        self.command("world", world=world.as_json(), relogin=relogin)
        self.command("login")
        self.records.clear()

    def say_many(self, sender: str, text: str, count: int, *, room: str | None = None) -> None:
        """`text` followed by 0, 1, 2 …"""
        self.command("say_many", **{"from": sender}, text=text, count=count, room=room)

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
        self.process.send_signal(number)


async def until(done: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Waits for something that happens elsewhere."""
    async with asyncio.timeout(timeout_s):
        while not done():
            await asyncio.sleep(0.005)
