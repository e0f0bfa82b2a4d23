"""Speed and memory, beside what they must reach.

`python -m benchmarks.bench [chatter] [complaints] [cases] [rates] [storm] [sign_ups] [due] [broadcasts] [policy] [times] [notes]
[gateway] [start] [memory]`

Everything is measured in one run, rivals in turns, and the median of several turns counts: on a shared machine times wander,
ratios hardly. Nothing is asserted here; a goal that is missed is printed as missed.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks import (
    broadcasts,
    cases,
    chatter,
    command_line,
    complaints,
    due,
    gateway,
    group_notes,
    memory,
    policy,
    rates,
    sign_ups,
    storm,
    times,
)
from benchmarks.table import Absent, Line, show, summary
from bot.cli.logs import configure_logs

SECTIONS: dict[str, tuple[str, Callable[[], Sequence[Line]]]] = {
    "chatter": ("Ordinary chatter through the whole dispatcher on the simulator", chatter.measure),
    "complaints": ("A complaint from feed to commit: inbox, case, audit, outbox", complaints.measure),
    "cases": ("The page over 50,000 cases on SQLite, from request to last byte", cases.measure),
    "rates": ("The rates of a period over 50,000 cases on SQLite", rates.measure),
    "storm": ("A hundred neighbours report the same within moments", storm.measure),
    "sign_ups": ("A thousand sign up within the same second", sign_ups.measure),
    "due": ("What falls due, among 100,000 rows", due.measure),
    "broadcasts": ("A notice to 200 groups of 100 people", broadcasts.measure),
    "policy": ("Answers from the knowledge base", policy.measure),
    "times": ("Times as people type them", times.measure),
    "notes": ("Group notes", group_notes.measure),
    "gateway": ("Through a real Wechaty gateway, pacing off", gateway.measure),
    "start": ("From the command line", command_line.measure),
    "memory": ("Resident memory", memory.measure),
}


def main() -> None:
    chosen = sys.argv[1:] or list(SECTIONS)
    if unknown := set(chosen) - SECTIONS.keys():
        sys.exit(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    os.environ.setdefault("LINLI_LOG_LEVEL", "error")  # the children's too: only the table is to be read
    configure_logs()
    began = time.perf_counter()
    print(
        f"Python {platform.python_version()} on {platform.machine()}; medians, least and most of several turns in one run"
    )
    lines: list[Line] = []
    for name in chosen:
        title, measure = SECTIONS[name]
        try:
            found = measure()
        except (OSError, RuntimeError, TimeoutError) as fault:
            found = [Absent(name, f"{type(fault).__name__}: {fault}")]
        show(title, found)
        lines += found
    print(f"\n{summary(lines)} ({time.perf_counter() - began:.0f} s)")


if __name__ == "__main__":
    main()
