"""Times as people type them: each phrase of the table of the tests, and a message of 4,000 characters."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.table import Figure, Line
from intents.understanding.when import When, when, whens
from scheduler.calendar import Calendar
from tests.understanding.days import day

TURNS = 15
GOAL_MS = 1.0
GOAL_OF_LENGTH = 1.5
"""So much a message of 4,000 characters may cost, beside the same in pieces of 500."""
SHORT, LONG = 500, 4_000
BETWEEN = "\uff0c\u8bf7\u5c45\u6c11\u5e26\u597d\u8bc1\u4ef6\u6392\u961f\u3002"
TABLE = Path(__file__).resolve().parent.parent / "tests" / "understanding" / "times.tsv"


def measure() -> list[Line]:
    calendar = Calendar.load(None)
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    said = [(phrase, day(now)) for phrase, now, _, _ in rows]
    right = sum(
        _written(when(phrase, now, calendar)) == (start, end)
        for (phrase, now), (_, _, start, end) in zip(said, rows, strict=True)
    )
    samples = [statistics.median(_milliseconds(partial(when, phrase, now, calendar))) for phrase, now in said]
    p99 = sorted(samples)[math.ceil(len(samples) * 0.99) - 1]
    text, now = BETWEEN.join(phrase for phrase, _ in said), said[0][1]
    pieces = [text[begin : begin + SHORT] for begin in range(0, LONG, SHORT)]
    short = sum(min(_milliseconds(partial(whens, piece, now, calendar))) for piece in pieces)
    long = min(_milliseconds(partial(whens, text[:LONG], now, calendar)))
    return [
        Figure("phrases read right", (100 * right / len(rows),), "%", 100.0, note=f"{right} of {len(rows)}"),
        Figure("one phrase", tuple(samples), "ms", GOAL_MS, at_most=True, note=f"p99 {p99:.2f} ms"),
        Figure("the slowest phrase", (max(samples),), "ms", GOAL_MS, at_most=True),
        Figure(
            "a character of a long message",
            (long / short,),
            "x",
            GOAL_OF_LENGTH,
            at_most=True,
            note=f"{LONG:,} characters in {long:.1f} ms, in pieces of {SHORT} in {short:.1f} ms",
        ),
    ]


def _written(found: When | None) -> tuple[str, str]:
    if found is None:
        return "", ""
    form = "%Y-%m-%dT%H:%M" if found.timed else "%Y-%m-%d"
    return found.start.strftime(form), found.end.strftime(form) if found.end else ""


def _milliseconds(work: Callable[[], object]) -> list[float]:
    samples = []
    for _ in range(TURNS + 1):
        start = time.perf_counter()
        work()
        samples.append((time.perf_counter() - start) * 1000)
    return samples[1:]  # the first compiles the patterns
