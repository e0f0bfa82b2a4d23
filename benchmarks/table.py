"""What was measured, beside what it must reach. Nothing is asserted: a miss is printed as a miss."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. `samples` are the repetitions of one run; the median counts. Without a goal it is there for comparison."""

    name: str
    samples: tuple[float, ...]
    unit: str
    goal: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def value(self) -> float:
        return statistics.median(self.samples)

    @property
    def share(self) -> float | None:
        """How many times the goal is reached: 1 and more is enough, whichever way the goal points."""
        if self.goal is None:
            return None
        return self.goal / self.value if self.at_most else self.value / self.goal


@dataclass(frozen=True, slots=True)
class Absent:
    """What could not be measured here, and why."""

    name: str
    reason: str


Line = Figure | Absent
HEADS = ("", "median", "least", "most", "goal", "of goal", "")


def per_second(name: str, count: int, seconds: Iterable[float], goal: float | None = None, note: str = "") -> Figure:
    return Figure(name, tuple(count / each for each in seconds), "/s", goal, note=note)


def show(title: str, lines: Sequence[Line]) -> None:
    """Print one section as soon as it is measured."""
    print(f"\n{title}")
    rows = [HEADS, *(_cells(line) for line in lines if isinstance(line, Figure))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print(f"  {'  '.join(cells)}".rstrip())
    for line in lines:
        if isinstance(line, Absent):
            print(f"  NOT MEASURED: {line.name}: {line.reason}")
        elif line.note:
            print(f"  - {line.name}: {line.note}")


def summary(lines: Sequence[Line]) -> str:
    goals = [line for line in lines if isinstance(line, Figure) and line.share is not None]
    missed = [line.name for line in goals if (line.share or 0) < 1]
    absent = [line.name for line in lines if isinstance(line, Absent)]
    parts = [f"{len(goals) - len(missed)} of {len(goals)} goals reached"]
    if missed:
        parts.append(f"missed: {', '.join(missed)}")
    if absent:
        parts.append(f"not measured: {', '.join(absent)}")
    return "; ".join(parts)


def _cells(figure: Figure) -> tuple[str, ...]:
    goal, share, verdict = "", "", ""
    if figure.goal is not None and figure.share is not None:
        goal = f"{'<' if figure.at_most else '>='} {figure.goal:g} {figure.unit}"
        share = f"{figure.share:.2f}"
        verdict = "ok" if figure.share >= 1 else "MISSED"
    values = (f"{_number(each)} {figure.unit}" for each in (figure.value, min(figure.samples), max(figure.samples)))
    return (figure.name, *values, goal, share, verdict)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
