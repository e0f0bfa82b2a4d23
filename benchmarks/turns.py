"""Children that wait for their turn: one line in (`what times`), one line out (seconds), so that rivals run in turns.

A child prints `ready …` once it is set up; what follows that word is told to whoever started it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).resolve().parent.parent


class ChildFailed(RuntimeError):
    pass


class Child:
    def __init__(self, command: Sequence[str | Path]) -> None:
        self._command = command
        self.told = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.told = self._line("ready").removeprefix("ready").strip()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("end\n", timeout=60)

    def seconds(self, what: str, times: int = 1) -> float:
        """How long it took to do `what` that many times."""
        if self._process.stdin is None:
            raise ChildFailed(str(self._command))
        self._process.stdin.write(f"{what} {times}\n")
        return float(self._line("").strip())

    def _line(self, start: str) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.endswith("\n") or not line.startswith(start):
            raise ChildFailed(f"{self._command}: {line.strip() or 'ended'}")
        return line
