"""Resident memory of `linli run` after 10,000 messages, and once jieba is loaded.

A child runs the very command, page and all, on a config.yaml that differs from the project's in its pacing only: the answers
are sent while we watch and not in the next hour. `python -m benchmarks.memory` is that child.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psutil

from benchmarks import words
from benchmarks.command_line import configured
from benchmarks.ground import UNPACED, folder
from benchmarks.table import Figure, Line
from bot.channels.base import Channel
from bot.channels.cast import Cast
from bot.channels.simulator import SimulatedChat
from bot.cli import Options, serving
from bot.cli.opening import settings_of
from bot.message import Inbound
from scheduler.clock import Clock

MESSAGES = 10_000
COMPLAINT_EVERY = 40
STEPS = 10
GOAL_MB = 150.0
GOAL_WITH_JIEBA_MB = 250.0
PATIENCE_S = 300
SEARCH = "诉求 楼道灯没人管"
TEXTS = [*words.everyday(MESSAGES // 2), *words.synthetic(MESSAGES // 2)]


def measure() -> list[Line]:
    with folder() as place:
        configured(place / "home", pacing=UNPACED)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", place / "home" / "config.yaml"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    note = f"{told['sent']} answers and updates sent; resident at the start and after each tenth: {told['steps']} MB"
    return [
        Figure(f"memory after {MESSAGES:,} messages", (told["after"],), "MB", GOAL_MB, at_most=True, note=note),
        Figure("memory once jieba is loaded", (told["with_jieba"],), "MB", GOAL_WITH_JIEBA_MB, at_most=True),
    ]


def resident_mb() -> float:
    return round(psutil.Process().memory_info().rss / 2**20, 1)


async def speak(chat: SimulatedChat, cast: Cast, clock: Clock) -> None:
    """Say it all, tell what it took, and stop the process as a person would."""
    sent = 0

    def count(_: object) -> None:
        nonlocal sent
        sent += 1

    chat.listeners.append(count)
    await asyncio.sleep(1)
    steps = [resident_mb()]
    for number in range(MESSAGES):
        await chat.say(_message(number, cast, clock.now()))
        if number % 20 == 0:
            await asyncio.sleep(0)  # the page is served meanwhile
        if (number + 1) % (MESSAGES // STEPS) == 0:
            steps.append(resident_mb())
    await _quiet(lambda: sent)
    after = resident_mb()
    await chat.say(_search(cast, clock.now()))
    while "jieba" not in sys.modules:
        await asyncio.sleep(0.05)
    await _quiet(lambda: sent, seconds=4)
    print(json.dumps({"after": after, "with_jieba": resident_mb(), "steps": [round(each) for each in steps], "sent": sent}))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGINT)


async def _quiet(count: "asyncio.Callable[[], int]", seconds: float = 2.0) -> None:  # type: ignore[name-defined]
    """Until nothing has been sent for a while."""
    before = -1
    while count() != before:
        before = count()
        await asyncio.sleep(seconds)


if __name__ == "__main__":
    pass
