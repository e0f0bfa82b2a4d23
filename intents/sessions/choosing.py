"""Which session somebody means: the one whose notice they quote, the one they name, the one at that time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.context import Context
from intents.understanding.normalise import fold
from intents.understanding.when import When, whens
from scheduler.calendar import Calendar
from storage.session_plan import Kind
from storage.sessions import SessionView, SlotView

NAMED_FROM: Final = 2
"""So many characters of a title in a row name it."""

KindWords = Callable[[str], Sequence[str]]


class Choosing:
    """`kind_words`: what people call the kinds of sessions; `generic`: words of titles that name none; `things`: what else
    people go to."""

    def __init__(
        self, calendar: Calendar, kind_words: KindWords, generic: Sequence[str], things: Sequence[str]
    ) -> None:
        self._calendar = calendar
        self._kind_words = kind_words
        self._generic = tuple(fold(word) for word in generic)
        self._things = tuple(fold(word) for word in (*things, *(word for kind in Kind for word in kind_words(kind))))

    def meant(self, context: Context, found: Sequence[SessionView]) -> list[SessionView]:
        """Those of `found` that may be meant; all of them where nothing tells."""
        return self.quoted(context, found) or self._told(context.text, found, context.now)

    def named(self, context: Context, found: Sequence[SessionView]) -> list[SessionView]:
        """Those that are quoted, or called by their title or what they are."""
        folded = fold(context.text)
        return self.quoted(context, found) or self._best(found, lambda one: self._likeness(one, folded))

    def meant_by(self, title: str, found: Sequence[SessionView], now: datetime) -> list[SessionView]:
        """Those that the title of a list may mean; what names something else is none of them."""
        return [one for one in self._told(title, found, now) if not self.is_other(one, title)]

    def _told(self, text: str, found: Sequence[SessionView], now: datetime) -> list[SessionView]:
        folded = fold(text)
        named = self._best(found, lambda one: self._likeness(one, folded))
        return self._at_that_time(text, now, named or list(found))

    def slot(self, text: str, now: datetime, session: SessionView) -> list[SlotView]:
        """The slots that may be meant by the time that is said; all of them where none is."""
        slots, moments = list(session.slots), whens(text, now, self._calendar)
        if len(slots) < 2 or not moments:
            return slots
        for said in moments:
            if said.timed and (exact := _at_this_hour(slots, said)):
                return exact
            same_day = [slot for slot in slots if slot.starts_at.date() == said.start.date()]
            if said.dated and same_day:
                return same_day
        return slots

    def day_said(self, text: str, now: datetime) -> datetime | None:
        return next((said.start for said in whens(text, now, self._calendar) if said.dated), None)

    def is_other_day(self, session: SessionView, text: str, now: datetime) -> bool:
        """Whether a text names days, and this session is on none of them."""
        days = {said.start.date() for said in whens(text, now, self._calendar) if said.dated}
        return bool(days) and not days & _days(session)

    def is_other(self, session: SessionView, text: str) -> bool:
        """Whether a text names something, and not this session: a class of which we know nothing is none of ours."""
        folded = fold(text)
        if self._likeness(session, folded) > 0:
            return False
        return any(word in folded for word in self._things)

    def quoted(self, context: Context, found: Sequence[SessionView]) -> list[SessionView]:
        quote = context.inbound.quote
        if quote is None:
            return []
        said = fold(quote.text)
        by_number = [one for one in found if fold(one.number) in said]
        return by_number or [one for one in found if fold(one.plan.title) in said]

    def _best(self, found: Sequence[SessionView], likeness: Callable[[SessionView], int]) -> list[SessionView]:
        scored = [(likeness(one), one) for one in found]
        most = max((score for score, _ in scored), default=0)
        return [one for score, one in scored if score == most] if most else []

    def _likeness(self, session: SessionView, text: str) -> int:
        """How many characters of its title stand in the text in a row; a word for its kind counts as the fewest."""
        title = fold(session.plan.title)
        for word in self._generic:
            title = title.replace(word, " ")
        length = longest_common(title, text)
        if length >= NAMED_FROM:
            return length
        return NAMED_FROM if any(fold(word) in text for word in self._kind_words(session.plan.kind)) else 0

    def _at_that_time(self, text: str, now: datetime, found: list[SessionView]) -> list[SessionView]:
        if len(found) < 2:
            return found
        days = {said.start.date() for said in whens(text, now, self._calendar) if said.dated}
        at_them = [one for one in found if days & _days(one)]
        return at_them or found


def _at_this_hour(slots: Sequence[SlotView], said: When) -> list[SlotView]:
    """Those that begin at the hour that is said; who says 3 may mean 15:00."""
    if said.dated:
        slots = [slot for slot in slots if slot.starts_at.date() == said.start.date()]
    for hour in (said.start, said.start + timedelta(hours=12)):
        if exact := [slot for slot in slots if slot.starts_at.time() == hour.time()]:
            return exact
    return []


def _days(session: SessionView) -> set[date]:
    return {slot.starts_at.date() for slot in session.slots}


def longest_common(one: str, other: str) -> int:
    """The length of the longest run of characters, none of them a space, that both hold."""
    longest = 0
    for start in range(len(one)):
        end = start + longest + 1
        while end <= len(one) and " " not in one[start:end] and one[start:end] in other:
            longest, end = end - start, end + 1
    return longest
