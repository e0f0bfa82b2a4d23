"""What may be answered, by whom, where: an index in memory of what the tables say, asked before any I/O.

Rebuilt at start, changed after commit only, so that it never promises what was rolled back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.message import Conversation

REMEMBERED = timedelta(hours=1)
"""For so long a person's last report may be corrected by them, with a few words."""
PHOTO_WAIT = timedelta(minutes=10)


class Expectations:
    def __init__(self) -> None:
        self._dialogs: dict[Conversation, int | None] = {}
        self._asked: dict[Conversation, set[tuple[str, int]]] = {}
        self._people: set[int] = set()
        self._reports: dict[Conversation, tuple[int, datetime]] = {}
        self.staff_word: bool = False
        """An emergency is being called out until any staff member says anything."""

    def of(self, contact: int) -> bool:
        """Whether anything at all may be expected of this person, here or elsewhere: asked first, since mostly it is not."""
        return contact in self._people

    def open(self, where: Conversation, longest: int | None = None) -> None:
        """`longest`: of a question that is answered with a digit or a title, how long an answer can be; what is longer is said to
        the group and not to us."""
        self._dialogs[where] = longest
        self._people.add(where.contact)

    def close(self, where: Conversation) -> None:
        self._dialogs.pop(where, None)
        self._count()

    def dialog(self, where: Conversation) -> bool:
        return where in self._dialogs

    def may_answer(self, where: Conversation, text: str) -> bool:
        """Whether a dialogue is open here that a text of this length may answer."""
        longest = self._dialogs.get(where)
        return where in self._dialogs and (longest is None or len(text.strip()) <= longest)

    def ask(self, where: Conversation, question: str, subject: int) -> None:
        """A question of ours that stays open beside any dialogue, such as `complaints.rate`, about one row."""
        self._asked.setdefault(where, set()).add((question, subject))
        self._people.add(where.contact)

    def answered(self, where: Conversation, question: str, subject: int) -> None:
        self._asked.get(where, set()).discard((question, subject))
        if not self._asked.get(where):
            self._asked.pop(where, None)
        self._count()

    def asked(self, where: Conversation) -> frozenset[str]:
        return frozenset(question for question, _ in self._asked.get(where, ()))

    def reported(self, where: Conversation, complaint: int, at: datetime) -> None:
        """This person just reported a case here: a picture sent next belongs to it, a correction means it."""
        self._reports = {key: kept for key, kept in self._reports.items() if kept[1] > at - REMEMBERED}
        self._reports[where] = (complaint, at)
        self._count()

    def reported_within(self, where: Conversation, at: datetime, wait: timedelta) -> int | None:
        """The case that this person reported here last, if it was within `wait`."""
        complaint, reported_at = self._reports.get(where, (None, at))
        return complaint if at <= reported_at + wait else None

    def forget_report(self, where: Conversation) -> None:
        self._reports.pop(where, None)
        self._count()

    def _count(self) -> None:
        self._people = {key.contact for key in (*self._dialogs, *self._asked, *self._reports)}
