"""Runs the real command in a process of its own, in an empty folder, as a person would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


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
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LINLI_")}
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env={**kept, "PYTHONPATH": str(PROJECT), **environment},
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path
