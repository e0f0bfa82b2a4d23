"""Named points at which a test may kill the process, to prove that nothing is lost or doubled there.

Armed by `LINLI_CRASH_AT=name` (or `name:3`, the third time it is reached); costs a comparison otherwise.
"""

from __future__ import annotations

import os
import signal

NAMES = frozenset(
    {
        "receive.fed",
        "receive.recorded",
        "receive.before_commit",
        "receive.after_commit",
        "send.before_claim",
        "send.after_claim",
        "send.before_call",
        "send.after_call",
        "send.before_settle",
        "send.settled",
        "tick.claimed",
        "tick.before_commit",
        "tick.after_commit",
        "start.recovered",
        "migrate.begun",
        "migrate.half",
        "migrate.before_commit",
    }
)

_armed, _, _times = os.environ.get("LINLI_CRASH_AT", "").partition(":")
_left = int(_times) if _times.isdecimal() else 1


def reach(name: str) -> None:
    global _left  # noqa: PLW0603 - one process, one death
    if name != _armed:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
