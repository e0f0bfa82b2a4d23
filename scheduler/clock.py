"""The one clock. Everything that asks for the time is given one of these."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Protocol


class Clock(Protocol):
    @property
    def zone(self) -> tzinfo: ...

    def now(self) -> datetime:
        """This moment, aware, in the community's time zone."""
        ...


class SystemClock:
    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    @property
    def zone(self) -> tzinfo:
        return self._zone

    def now(self) -> datetime:
        return datetime.now(UTC).astimezone(self._zone)


class VirtualClock:
    """A clock that stands still until it is moved, for transcripts and tests. It never goes back."""

    def __init__(self, start: datetime, zone: tzinfo | None = None) -> None:
        self._zone = zone or start.tzinfo or UTC
        self._now = start.astimezone(self._zone)

    @property
    def zone(self) -> tzinfo:
        return self._zone

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = max(self._now, moment.astimezone(self._zone))
