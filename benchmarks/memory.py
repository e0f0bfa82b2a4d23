"""Resident memory of `linli run` after 10,000 messages, and once jieba is loaded; see `memory_child.py`."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.command_line import configured
from benchmarks.ground import UNLIMITED, UNPACED, folder
from benchmarks.table import Figure, Line
from benchmarks.turns import PROJECT

MESSAGES = 10_000
GOAL_MB = 150.0
GOAL_WITH_JIEBA_MB = 250.0
PATIENCE_S = 300


def measure() -> list[Line]:
    with folder() as place:
        home = place / "home"
        configured(
            home, pacing=UNPACED, limits=UNLIMITED
        )  # else most would be answered in the next hour, or not at all
        child = [sys.executable, str(PROJECT / "benchmarks" / "memory_child.py"), str(MESSAGES)]
        done = subprocess.run(child, cwd=home, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[-300:])
    told = json.loads(done.stdout.strip().splitlines()[-1])
    note = f"{told['sent']} texts sent; at the start and after each tenth: {told['steps']} MB"
    return [
        Figure(f"linli run after {MESSAGES:,} messages", (told["after"],), "MB", GOAL_MB, at_most=True, note=note),
        Figure("the same once jieba is loaded", (told["with_jieba"],), "MB", GOAL_WITH_JIEBA_MB, at_most=True),
    ]
