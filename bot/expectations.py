"""What may be answered, by whom, where: an index in memory of what the tables say, asked before any I/O.

Rebuilt at start, changed after commit only, so that it never promises what was rolled back.
"""

from __future__ import annotations

from datetime import datetime

from bot.message import Conversation


class Expectations:
    def __init__(self) -> None:
        self._dialogs: set[Conversation] = set()
        self._people: set[int] = set()
        self._photos: dict[Conversation, tuple[int, datetime]] = {}
        self.staff_word: bool = False
        """An emergency is being called out until any staff member says anything."""

    def of(self, contact: int) -> bool:
        """Whether anything at all may be expected of this person, here or elsewhere: asked first, since mostly it is not."""
        return contact in self._people

    def open(self, where: Conversation) -> None:
        self._dialogs.add(where)
        self._people.add(where.contact)

    def close(self, where: Conversation) -> None:
        self._dialogs.discard(where)
        self._people = {key.contact for key in (*self._dialogs, *self._photos)}

    def dialog(self, where: Conversation) -> bool:
        return where in self._dialogs

    def expect_photo(self, where: Conversation, complaint: int, *, now: datetime, until: datetime) -> None:
        """A picture sent next by this person belongs to that case."""
        self._photos = {key: kept for key, kept in self._photos.items() if kept[1] > now}
        self._photos[where] = (complaint, until)
        self._people = {key.contact for key in (*self._dialogs, *self._photos)}

    def photo_for(self, where: Conversation, at: datetime) -> int | None:
        complaint, until = self._photos.get(where, (None, at))
        return complaint if at <= until else None
