"""What the kind of a message decides: its lane, quiet hours, what to do when it is uncertain, when it is too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.message import OutboundKind

URGENT = 1


@dataclass(frozen=True, slots=True)
class Lane:
    number: int
    waits: bool
    """For the end of quiet hours, and for tomorrow once the daily cap is reached."""
    send_again: bool
    """When it is not known whether it went: a reply said twice is better than one lost, a notice said twice is not."""
    expires: timedelta | None = None
    expires_numbered: timedelta | None = None


LANES = {
    OutboundKind.ALERT: Lane(URGENT, waits=False, send_again=True),
    OutboundKind.REPLY: Lane(
        2, waits=False, send_again=True, expires=timedelta(minutes=30), expires_numbered=timedelta(hours=24)
    ),
    OutboundKind.REMINDER: Lane(3, waits=True, send_again=False),
    OutboundKind.NOTICE: Lane(4, waits=True, send_again=False),
}
SAID_LATE_AFTER = timedelta(minutes=30)
"""A reply with a case number that goes later than this says so."""
PASSING = tuple(str(kind) for kind, lane in LANES.items() if not lane.waits)
ALL = tuple(str(kind) for kind in LANES)
EMERGENCY_ONLY = (str(OutboundKind.ALERT),)
