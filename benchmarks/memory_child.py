"""`linli run` with somebody who talks to it: `python memory_child.py 10000` in a folder with a config.yaml.

It imports what the command imports, and nothing that would weigh beside it: what is measured is the command. At the end one
line of JSON tells how much memory it took, and the process is stopped as a person would stop it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import words
from bot.channels.base import Channel
from bot.channels.cast import Cast, load_cast
from bot.channels.simulator import SimulatedChat, Simulator
from bot.cli import Options, serving
from bot.cli.logs import configure_logs
from bot.cli.opening import settings_of
from bot.message import Inbound
from scheduler.clock import Clock

PEOPLE = 300
COMPLAINT_EVERY = 40
PRIVATE_EVERY = 200
STEPS = 10
SEARCH = "诉求 楼道灯没人管"
HELP = "你都能干啥"


class Talk:
    def __init__(self, simulator: Simulator, cast: Cast, clock: Clock, messages: int) -> None:
        self._simulator = simulator
        self._groups = list(cast.groups.values())
        self._staff = next(contact for contact, person in cast.people.items() if person.role == "admin")
        self._clock = clock
        self._messages = messages
        self._everyday = words.everyday(messages)
        self._complaints = words.complaints(messages // COMPLAINT_EVERY + 1)
        self._sent = 0
        simulator.listeners.append(self._count)

    def _count(self, _: object) -> None:
        self._sent += 1

    async def run(self) -> None:
        """Say it all, tell what it took, then end the process."""
        await asyncio.sleep(1)
        steps = [_resident_mb()]
        for number in range(self._messages):
            await self._simulator.say(self._message(number, self._clock.now()))
            if (number + 1) % (self._messages // STEPS) == 0:
                steps.append(_resident_mb())
        await self._quiet(2)
        after = _resident_mb()
        search = Inbound("search", self._staff, SEARCH, self._clock.now())
        await self._simulator.say(search)
        while "jieba" not in sys.modules:
            await asyncio.sleep(0.05)
        await self._quiet(4)
        found = {
            "after": after,
            "with_jieba": _resident_mb(),
            "sent": self._sent,
            "steps": [round(step) for step in steps],
        }
        print(json.dumps(found), flush=True)
        os.kill(os.getpid(), signal.SIGINT)

    def _message(self, number: int, now: datetime) -> Inbound:
        if number % PRIVATE_EVERY == 1:
            sender = f"wx_{number // PRIVATE_EVERY}"
            return Inbound(f"m{number}", sender, HELP, now, sender_name=sender)
        sender = f"wx_{number % PEOPLE}"
        complaint = number % COMPLAINT_EVERY == 0
        text = self._complaints[number // COMPLAINT_EVERY] if complaint else self._everyday[number]
        group = self._groups[number % len(self._groups)]
        return Inbound(f"m{number}", sender, text, now, group=group.id, group_name=group.name, sender_name=sender)

    async def _quiet(self, seconds: float) -> None:
        """Until nothing has been sent for a while."""
        before = -1
        while self._sent != before:
            before = self._sent
            await asyncio.sleep(seconds)


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


def main(messages: int) -> None:
    configure_logs()
    settings = settings_of(Options(Path("config.yaml"), None, False))
    talks: list[asyncio.Task[None]] = []

    def open_channel(clock: Clock) -> tuple[Channel, SimulatedChat, Cast]:
        cast = load_cast(settings)
        simulator = Simulator(cast.connected(clock.now()), clock.now)
        talks.append(asyncio.create_task(Talk(simulator, cast, clock, messages).run()))
        return simulator, simulator, cast

    asyncio.run(serving.serve_community(settings, open_channel))
    talks[0].result()


if __name__ == "__main__":
    main(int(sys.argv[1]))
