"""Ordinary chatter through the whole dispatcher, in turns with aiogram on the same messages.

Both run as children; as one, `python -m benchmarks.chatter messages.json` is ours.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks import words
from benchmarks.ground import CACHE, PEOPLE, assistant, folder, group_message
from benchmarks.table import Absent, Figure, Line, per_second
from benchmarks.turns import Child
from bot.app import Assistant
from bot.cli.logs import configure_logs
from bot.message import Inbound
from scheduler.clock import SystemClock
from tests.assistants import ZONE

MESSAGES = 1000
TURNS = 7
OUR_ROUNDS = 4
"""We are faster: to be timed as long we go round more often."""
GOAL = 15.0
PEER = "aiogram>=3.20,<4"
PEER_VENV = CACHE / "aiogram"
SETS = {"synthetic": words.synthetic, "everyday": words.everyday}
WHOLE = "+"
"""Marks a set with what turned out to be no chatter still in it."""


def measure() -> list[Line]:
    with folder() as place:
        file = place / "messages.json"
        sets = {name: make(MESSAGES) for name, make in SETS.items()}
        file.write_text(json.dumps({"words": words.synthetic_words(), "sets": sets}), "utf-8")
        try:
            python = peer_python()
        except PeerMissing as missing:
            return [Absent("chatter against aiogram", str(missing))]
        own = Child([sys.executable, "-m", "benchmarks.chatter", file])
        with own as ours, Child([python, Path(__file__).with_name("peer_aiogram.py"), file]) as peer:
            # by now ours has written into the file what is chatter
            chatter: dict[str, list[str]] = json.loads(file.read_text("utf-8"))["sets"]
            return [line for name in sets for line in _compared(name, chatter, ours, peer)]


def _compared(name: str, sets: dict[str, list[str]], ours: Child, peer: Child) -> list[Line]:
    own, theirs, everything = [], [], []
    for turn in range(TURNS + 1):
        seconds = ours.seconds(name, OUR_ROUNDS) / OUR_ROUNDS, peer.seconds(name), ours.seconds(f"{name}{WHOLE}")
        if turn:  # the first is to warm up
            own.append(seconds[0])
            theirs.append(seconds[1])
            everything.append(seconds[2])
    ratios = tuple(their / our for our, their in zip(own, theirs, strict=True))
    count, whole = len(sets[name]), len(sets[name + WHOLE])
    note = f"{whole - count} of {whole} are no chatter to us and left out above: they cost a row and a commit each"
    return [
        Figure(f"{name}: times aiogram", ratios, "x", GOAL),
        per_second(f"{name}: ours", count, own),
        per_second(f"{name}: aiogram {peer.told}, one regex handler", count, theirs),
        per_second(f"{name}: ours with what is no chatter", whole, everything, note=note),
    ]


class PeerMissing(RuntimeError):
    pass


def peer_python() -> Path:
    """The interpreter of the peer's own venv, made at the first run: nothing of ours depends on aiogram."""
    python = PEER_VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if _has_peer(python):
        return python
    venv.create(PEER_VENV, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER]
    done = subprocess.run(install, capture_output=True, text=True, check=False, timeout=300)
    if not _has_peer(python):
        raise PeerMissing(f"aiogram cannot be installed from PyPI: {done.stderr.strip().splitlines()[-1:]}")
    return python


def _has_peer(python: Path) -> bool:
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", "import aiogram"], capture_output=True, check=False).returncode == 0


async def play(file: Path) -> None:
    """Our side of the turns."""
    configure_logs()
    content = json.loads(file.read_text("utf-8"))
    sets: dict[str, list[str]] = content["sets"]
    async with assistant(f"sqlite:///{file.parent}/chatter.db") as ours:
        for name in SETS:
            sets[name + WHOLE], sets[name] = sets[name], _chatter(ours, sets[name])
        file.write_text(json.dumps(content), "utf-8")
        print("ready", flush=True)
        rounds = itertools.count()
        while (line := await asyncio.to_thread(sys.stdin.readline)).strip() not in {"end", ""}:
            name, times = line.split()
            half = PEOPLE // 2 if name.endswith(WHOLE) else 0
            taken = [await _fed(ours, _messages(sets[name], f"{next(rounds)}.", half)) for _ in range(int(times))]
            print(sum(taken), flush=True)


def _messages(texts: Sequence[str], mark: str, half: int = 0) -> list[Inbound]:
    """Chatter and the rest come from different halves of the people: whoever is asked for a place is then listened to."""
    now = SystemClock(ZONE).now()
    return [
        group_message(number, text, now, mark, speaker=half + number % (PEOPLE // 2))
        for number, text in enumerate(texts)
    ]


def _chatter(ours: Assistant, texts: Sequence[str]) -> list[str]:
    """What ends in `screen`."""
    return [one.text for one in _messages(texts, "look.") if ours.dispatcher.screen(one) is None]


async def _fed(ours: Assistant, messages: Sequence[Inbound]) -> float:
    start = time.perf_counter()
    for message in messages:
        await ours.dispatcher.feed(message)
    await ours.dispatcher.settle()
    return time.perf_counter() - start


if __name__ == "__main__":
    asyncio.run(play(Path(sys.argv[1])))
