"""A session as an iCalendar file (RFC 5545), to be put into a telephone's calendar: an event for each part of it.

An event keeps its UID for ever: the session's number, with the part's place from the second on, so that a session that is parted
later keeps its first event. SEQUENCE rises with every change; what was called off goes out as METHOD:CANCEL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from intents.replies import Replies
from storage.session_plan import Batch
from storage.sessions import CANCELLED, SessionView, SlotView

if TYPE_CHECKING:
    from icalendar import Alarm, Event

PRODUCT: Final = "-//linli//sessions//ZH"
TYPE: Final = ".ics"
ALARM: Final = timedelta(hours=-2)


@dataclass(frozen=True, slots=True)
class Going:
    """A part of a session that somebody goes to. Of their own sign-up: how many people, and the batch of their building."""

    session: SessionView
    slot: SlotView
    people: int | None = None
    batch: Batch | None = None


class Calendars:
    """Writes the files. `community`: its id, which makes a UID one of its own."""

    def __init__(self, community: str, replies: Replies) -> None:
        self._community = community
        self._replies = replies

    def whole(self, session: SessionView, now: datetime) -> bytes:
        return self.file([Going(session, slot) for slot in session.slots], now)

    def file(self, going: Sequence[Going], now: datetime) -> bytes:
        """All of them called off, or none: a file has one METHOD. `now` is its DTSTAMP, and what time zone it is in."""
        from icalendar import Calendar  # noqa: PLC0415 - eight megabytes, and seldom

        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "CANCEL" if going[0].session.state == CANCELLED else "PUBLISH")
        for one in going:
            calendar.add_component(self._event(one, now))
        calendar.add_missing_timezones(
            first_date=min(one.slot.starts_at for one in going).date().replace(month=1, day=1)
        )
        written: bytes = calendar.to_ical()
        return written

    def uid(self, session: SessionView, slot: SlotView) -> str:
        part = f"-{slot.position + 1}" if slot.position else ""
        return f"{session.number}{part}@{self._community}.linli"

    def _event(self, going: Going, now: datetime) -> Event:
        from icalendar import Event  # noqa: PLC0415

        session, slot = going.session, going.slot
        off = session.state == CANCELLED
        event = Event()
        event.add("uid", self.uid(session, slot))
        event.add("dtstamp", now.astimezone(UTC))
        event.add("created", session.created_at.astimezone(UTC))
        event.add("last-modified", session.changed_at.astimezone(UTC))
        event.add("sequence", session.sequence)
        event.add("status", "CANCELLED" if off else "CONFIRMED")
        event.add("summary", session.plan.title)
        event.add("dtstart", slot.starts_at)
        event.add("dtend", slot.ends_at)
        if session.plan.place:
            event.add("location", session.plan.place)
        description = self._said("sessions.calendar_description", going)
        if description:
            event.add("description", description)
        if not off:
            event.add_component(self._alarm(going))
        return event

    def _alarm(self, going: Going) -> Alarm:
        from icalendar import Alarm  # noqa: PLC0415

        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", ALARM)
        alarm.add("description", self._said("sessions.calendar_alarm", going))
        return alarm

    def _said(self, key: str, going: Going) -> str:
        said = {"session": going.session, "slot": going.slot, "people": going.people, "batch": going.batch}
        return self._replies(key, said, public=False)
