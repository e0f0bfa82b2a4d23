"""Runs the real command in a process of its own, in an empty folder, as a person would.

`linli(…)` forks it off a process that has imported the program already, `linli.anew(…)` starts it from nothing. Every command is
started anew by a test of its own; the others may fork.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forked import CAN_FORK, PROJECT, nursery

__all__ = ["PROJECT", "Linli", "Ran"]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line that says what is wrong."""
        [line] = self.err.splitlines()
        return line


class Linli:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(PROJECT / "config.yaml", folder)

    def __call__(self, *arguments: str, stdin: str | bytes = "", **environment: str) -> Ran:
        if not CAN_FORK:
            return self.anew(*arguments, stdin=stdin, **environment)
        around = self._environment(environment)
        ended = nursery().run(
            "tests.cli.command:run", *arguments, cwd=self.folder, environment=around, given=_bytes(stdin)
        )
        return Ran(ended.code, ended.out.decode(), ended.err.decode())

    def anew(self, *arguments: str, stdin: str | bytes = "", **environment: str) -> Ran:
        """Started from nothing: every import is its own, and so is the seed of its hashes."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            input=_bytes(stdin),
            capture_output=True,
            env=self._environment(environment),
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _environment(self, given: dict[str, str]) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
        return {**kept, "PYTHONPATH": str(PROJECT), **given}

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


def run(*arguments: str) -> None:
    """In a process that was forked for it: `python -m bot`."""
    sys.argv = ["linli", *arguments]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.encode()
