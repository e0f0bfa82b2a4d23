"""Reminders of a session: the day before and two hours before, each part of it at its own time.

One due row a part and step, whose kind is the step. When it falls due, everybody who is in hears of it once: in private, by one
line to their group that gives time, place and how many come, or by telephone. A group hears of all parts of a day in one line,
which is a row by itself where there are several.

Nothing is planned for quiet hours. What would fall into them waits for the morning; where that would be less than an hour before
it begins, the last reminder is said an hour before the quiet hours instead, the evening before. A row of an earlier plan that was
not served yet says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from bot.context import Post
from bot.pacing import end_of_quiet
from bot.settings import QuietHours
from intents.sessions.reaching import DAY, HOURS, Reaching, Word, group_line
from storage import due, sessions, sign_ups
from storage.accounts import Directory
from storage.base import Db
from storage.due import Due
from storage.sessions import OPEN, SessionView, SlotView
from storage.sign_ups import State, signed_up

OVER_KIND: Final = "sessions.over"
STEPS: Final = {DAY: timedelta(hours=24), HOURS: timedelta(hours=2)}
"""So long before it begins."""
USEFUL: Final = timedelta(hours=1)
"""What waited for the morning must come at least so long before it begins."""
EVENING: Final = timedelta(hours=1)
"""So long before the quiet hours it is said the evening before."""
GRACE: Final = timedelta(hours=2)
"""After the end, before it is counted who came: staff are still typing in."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One due row. Its data names the slot whose people hear of it, the day that groups hear of, or both; and when that begins,
    which tells a row of an earlier plan.
    """

    step: str
    subject: str
    at: datetime
    expires_at: datetime
    data: dict[str, Any]


class Reminding:
    def __init__(self, directory: Directory, reaching: Reaching, quiet: QuietHours) -> None:
        self._community = directory.community
        self._directory = directory
        self._reaching = reaching
        self._quiet = quiet

    async def plan(self, db: Db, session: SessionView, now: datetime) -> None:
        """What is planned of this session becomes what its plan says now; what lies in the past is not planned."""
        rows = list(self._rows(session))
        # what is due at this moment and still unserved is kept: it is judged when it is served
        await self._cancel(db, session, rows, later_than=now)
        for row in rows:
            if row.at > now:
                await due.plan(
                    db, self._community, row.step, row.subject, row.at, expires_at=row.expires_at, data=row.data
                )
        await due.plan(db, self._community, OVER_KIND, str(session.id), session.plan.ends_at + GRACE)

    async def call_off(self, db: Db, session: SessionView) -> None:
        await self._cancel(db, session, list(self._rows(session)))

    async def _cancel(
        self, db: Db, session: SessionView, rows: Sequence[_Row], *, later_than: datetime | None = None
    ) -> None:
        for row in rows:
            await due.cancel(db, self._community, row.step, row.subject, later_than=later_than, unless_claimed=True)
        await due.cancel(db, self._community, OVER_KIND, str(session.id), unless_claimed=True)

    def _rows(self, session: SessionView) -> Iterator[_Row]:
        for day, of_day in groupby(_in_order(session), key=lambda slot: slot.starts_at.date()):
            slots = list(of_day)
            for slot in slots:
                alone = day.isoformat() if len(slots) == 1 else None
                yield from self._steps(f"{session.id}:{slot.position}", slot, slot.starts_at, slot.id, alone)
            if len(slots) > 1:
                last = max(slot.starts_at for slot in slots)
                yield from self._steps(f"{session.id}:{day}", slots[0], last, None, day.isoformat())

    def _steps(
        self, subject: str, slot: SlotView, useful_until: datetime, people: int | None, day: str | None
    ) -> Iterator[_Row]:
        """The day before is of no more use once the last reminder is due."""
        data = {"slot": people, "day": day, "starts_at": slot.starts_at.isoformat()}
        last = self._hours_before(slot.starts_at)
        yield _Row(DAY, subject, self._in_daytime(slot.starts_at - STEPS[DAY]), last, data)
        yield _Row(HOURS, subject, last, useful_until, data)

    def _in_daytime(self, at: datetime) -> datetime:
        return end_of_quiet(at, self._quiet.start, self._quiet.end)

    def _hours_before(self, starts_at: datetime) -> datetime:
        at = starts_at - STEPS[HOURS]
        if self._in_daytime(at) <= max(at, starts_at - USEFUL):
            return self._in_daytime(at)
        night = datetime.combine(at.date(), self._quiet.start, at.tzinfo)
        return (night if night <= at else night - timedelta(days=1)) - EVENING

    async def remind(self, db: Db, row: Due, now: datetime) -> list[Post]:
        """One part's time is near."""
        # held: whoever changes or calls it off meanwhile is waited for, and what they said counts
        session = await sessions.held(db, int(row.subject.partition(":")[0]))
        if session.state != OPEN:
            return []
        view = await sessions.view(db, session, now)
        begins = datetime.fromisoformat(row.data["starts_at"])
        posts: list[Post] = []
        slot = next((one for one in view.slots if one.id == row.data["slot"]), None)
        if slot is not None and slot.starts_at == begins:
            posts += await self._to_people(db, view, slot, row, now)
        if row.data["day"] is not None:
            day = date.fromisoformat(row.data["day"])
            slots = [one for one in _in_order(view) if one.starts_at.date() == day]
            if slots and slots[0].starts_at == begins:
                posts += await self._to_groups(db, view, [one for one in slots if one.starts_at > now], row)
        return posts

    async def _to_people(self, db: Db, view: SessionView, slot: SlotView, row: Due, now: datetime) -> list[Post]:
        """Those who are in and not there yet; who waits for a place is not told to come."""
        found = await sign_ups.of_session(db, view.id, (State.CONFIRMED,))
        people = [signed_up(one) for one in found if one.slot_id == slot.id and one.arrived is None]
        word = Word(row.kind, "sessions.reminder", "sessions.say_reminder", slot.starts_at, {})
        reached = await self._reaching.everybody(db, view, people, word, now)
        return [*reached.posts, *self._reaching.calls_wait(view, reached, now)]

    async def _to_groups(self, db: Db, view: SessionView, slots: Sequence[SlotView], row: Due) -> list[Post]:
        """One line a group it was announced in; none where nobody comes to what people sign up for."""
        coming = [await sign_ups.confirmed_in(db, slot.id) for slot in slots]
        if view.plan.sign_up and not sum(coming):
            return []
        day = slots[0].starts_at.date()
        batches = [batch for batch in view.plan.batches if batch.starts_at.date() == day]
        parts = [{"starts_at": slot.starts_at, "people": people} for slot, people in zip(slots, coming, strict=True)]
        params = {"session": view, "parts": parts, "batches": batches}
        about = group_line(view, day)
        return [
            Post(
                "sessions.group_reminder",
                params,
                group=group,
                kind="reminder",
                expires_at=row.expires_at,
                about=about,
            )
            for group in view.groups
            if self._directory.raw_group(group) is not None
        ]


def _in_order(session: SessionView) -> list[SlotView]:
    return sorted(session.slots, key=lambda slot: slot.starts_at)
