"""How long a person waits: `linli --help`, and `linli run` until its page answers, at the first start and at the second."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.ground import CACHE, folder
from benchmarks.table import Figure, Line
from bot.cli.local_gateway.process import free_port

HELP_TURNS = 9
RUN_TURNS = 5
HELP_GOAL_S = 0.5
READY_GOAL_S = 3.0
PATIENCE_S = 60
LINLI = Path(sys.executable).with_name("linli.exe" if sys.platform == "win32" else "linli")
CONFIG = CACHE.parents[1] / "config.yaml"


class DidNotStart(RuntimeError):
    pass


def measure() -> list[Line]:
    helped, first, second = [], [], []
    with folder() as place:
        for turn in range(RUN_TURNS):
            home = place / str(turn)
            port = configured(home)
            first.append(_until_ready(home, port))
            second.append(_until_ready(home, port))
            helped += [_seconds_of([LINLI, "--help"], home) for _ in range(HELP_TURNS // RUN_TURNS + 1)]
        bare = [_seconds_of([sys.executable, "-c", "pass"], place) for _ in range(HELP_TURNS)]
    return [
        Figure("linli --help", tuple(helped), "s", HELP_GOAL_S, at_most=True),
        Figure("python alone, for comparison", tuple(bare), "s"),
        Figure("linli run answers, first start", tuple(first), "s", READY_GOAL_S, at_most=True),
        Figure("linli run answers, second start", tuple(second), "s", READY_GOAL_S, at_most=True),
    ]


def configured(home: Path, **changes: object) -> int:
    """A folder to start in: the project's config.yaml on a free port; returns the port."""
    home.mkdir()
    facts = yaml.safe_load(CONFIG.read_text("utf-8"))
    facts["web"]["port"] = port = free_port()
    (home / "config.yaml").write_text(yaml.safe_dump(facts | changes, allow_unicode=True), "utf-8")
    return port


def _seconds_of(command: Sequence[str | Path], home: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=PATIENCE_S)
    return time.perf_counter() - start


def _until_ready(home: Path, port: int) -> float:
    start = time.perf_counter()
    process = subprocess.Popen([LINLI, "run"], cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - start > PATIENCE_S:
                raise DidNotStart(
                    process.stderr.read().strip() if process.stderr and process.poll() is not None else ""
                )
            time.sleep(0.01)
        return time.perf_counter() - start
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()
