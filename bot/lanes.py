"""What the kind of a message decides: its lane, quiet hours, what to do when it is uncertain, when it is too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.message import OutboundKind

FIRST = 0
"""An emergency's instruction goes before everything, alerts to staff included."""
URGENT = 1


@dataclass(frozen=True, slots=True)
class Lane:
    number: int
    passes_quiet_hours: bool
    passes_caps: bool
    """The limit a minute and the cap a day; the gap between two messages holds for all."""
    send_again: bool
    """When it is not known whether it went: a reply said twice is better than one lost, a notice said twice is not."""
    expires: timedelta | None = None
    expires_numbered: timedelta | None = None


LANES = {
    OutboundKind.ALERT: Lane(URGENT, passes_quiet_hours=True, passes_caps=True, send_again=True),
    OutboundKind.REPLY: Lane(
        2,
        passes_quiet_hours=True,
        passes_caps=False,
        send_again=True,
        expires=timedelta(minutes=30),
        expires_numbered=timedelta(hours=24),
    ),
    OutboundKind.REMINDER: Lane(3, passes_quiet_hours=False, passes_caps=False, send_again=False),
    OutboundKind.NOTICE: Lane(4, passes_quiet_hours=False, passes_caps=False, send_again=False),
}
SAID_LATE_AFTER = timedelta(minutes=30)
"""A reply with a case number that goes later than this says so."""
