"""Processes forked off one that has imported the assistant already: each a process of its own, to be killed or to end as any
other, without the second or two that imports and rules take.

    forked = nursery().run("tests.crash.child:live", "plan.json", cwd=…, environment=…)

All of one nursery share the seed of their hashes. What has to differ by it is started with `subprocess`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

PROJECT: Final = Path(__file__).parents[1]
CAN_FORK: Final = hasattr(os, "fork")
STREAMS: Final = ("stdin", "stdout", "stderr")


@dataclass(frozen=True)
class Ended:
    """Of what a signal ended, `code` is the signal's number below zero."""

    code: int
    out: bytes
    err: bytes


class _Parent:
    """A process that does nothing but fork, one child at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._folder = Path(tempfile.mkdtemp(prefix="linli-forked-"))

    def run(self, call: str, arguments: tuple[str, ...], cwd: Path, environment: dict[str, str], given: bytes) -> Ended:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        (self._folder / "stdin").write_bytes(given)
        order = {
            "call": call,
            "arguments": arguments,
            "cwd": str(cwd),
            "environment": environment,
            "streams": [str(self._folder / name) for name in STREAMS],
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Ended(code, (self._folder / "stdout").read_bytes(), (self._folder / "stderr").read_bytes())

    def stop(self) -> None:
        self._process.communicate()
        shutil.rmtree(self._folder)


class Nursery:
    """As many parents as children were ever wanted at once."""

    def __init__(self) -> None:
        self._idle: SimpleQueue[_Parent] = SimpleQueue()

    def run(
        self,
        call: str,
        *arguments: str,
        cwd: Path,
        environment: dict[str, str],
        given: bytes = b"",
        longest_s: int = 120,
    ) -> Ended:
        """Calls `module:function` with these arguments; `given` is read from stdin. What takes too long is ended by SIGALRM."""
        try:
            parent = self._idle.get_nowait()
        except Empty:
            parent = _Parent()
        ended = parent.run(call, arguments, cwd, {**environment, "LONGEST_S": str(longest_s)}, given)
        self._idle.put(parent)
        return ended

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().stop()


@cache
def nursery() -> Nursery:
    made = Nursery()
    atexit.register(made.close)
    return made


def _warm_up() -> None:
    """What the children need; nothing that keeps a file, a thread or a database open."""
    for module in ("bot.app", "tests.crash.child", *(f"bot.cli.{path.stem}" for path in _commands())):
        importlib.import_module(module)
    from bot.app import load_judge  # noqa: PLC0415 - only in the parent
    from bot.settings import load_settings  # noqa: PLC0415
    from intents.policy.searching import warm_up  # noqa: PLC0415

    load_judge(load_settings(PROJECT / "config.yaml"))
    warm_up()
    gc.collect()
    gc.freeze()


def _commands() -> list[Path]:
    return sorted(path for path in (PROJECT / "bot" / "cli").glob("*.py") if path.stem != "__init__")


def _become(order: dict[str, Any]) -> None:
    """In the child: as if it had been started so."""
    os.chdir(order["cwd"])
    environment = dict(order["environment"])
    signal.alarm(int(environment.pop("LONGEST_S")))
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(order["streams"]):
        file = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb", closefd=False), sys.stdin.encoding, sys.stdin.errors)


def _serve() -> dict[str, Any] | None:
    """Returns in the children only, each with what it is to do; in the parent when nobody wants one any more."""
    while line := sys.stdin.buffer.readline():
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
            return order
        _, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
    return None


def main() -> None:
    _warm_up()
    order = _serve()
    if order is not None:  # from here on it ends as any other process
        module, _, function = order["call"].partition(":")
        getattr(importlib.import_module(module), function)(*order["arguments"])


if __name__ == "__main__":
    main()
