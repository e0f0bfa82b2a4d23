"""Everybody concerned hears of it: in private where that is possible, by the line to their group, else by telephone.

Each is one row of `storage/calls.py`, so that nobody is told twice of the same, and nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.context import Post
from storage import calls, lines
from storage.accounts import Directory
from storage.base import Db
from storage.calls import Reminded, Way
from storage.sessions import SessionView
from storage.sign_ups import SignedUp

DAY, HOURS, CHANGED, CANCELLED = "sessions.day", "sessions.hours", "sessions.changed", "sessions.cancelled"
TIMED: Final = (DAY, HOURS)
"""Causes that are over with the session's time or its end."""
CALLERS: Final = frozenset({"admin", "worker"})
"""Who is told that somebody has to be telephoned, where nobody on duty made the session."""


@dataclass(frozen=True, slots=True)
class Word:
    """What everybody is to hear. `until`: after that it is of no use; `say`: the key of what staff say on the telephone."""

    cause: str
    key: str
    say: str
    until: datetime
    params: dict[str, Any]
    kind: str = "reminder"


@dataclass(frozen=True, slots=True)
class Reached:
    """`counts`: how many people (of sign-ups) each way."""

    posts: tuple[Post, ...]
    counts: dict[Way, int]


def group_line(session: SessionView, day: date) -> str:
    """What a reminder to groups is about: a later one takes the place of one that still waits to be sent."""
    return f"session:{session.id}:{day}"


class Reaching:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def everybody(
        self, db: Db, session: SessionView, people: Sequence[SignedUp], word: Word, now: datetime
    ) -> Reached:
        """Those whose group hears of it anyway are counted as told there; the caller says it there, once.

        Who is to be telephoned stands on the call list once, however many reasons there are: what is said is how things stand
        then. Who was telephoned the day before is not telephoned again two hours before.
        """
        listed = await calls.listed(db, session.id, _subject(session))
        found = [(one, self._row(session, one, word)) for one in people]
        found = [(one, row) for one, row in found if row.way != Way.CALL or one.id not in listed]
        fresh = await calls.enter_all(db, self._directory.community, [row for _, row in found], now)
        told = [(one, row.way) for one, row in found if row.person in fresh]
        posts = [self._post(session, one, word) for one, way in told if way == Way.PRIVATE]
        return Reached(tuple(posts), {way: sum(other == way for _, other in told) for way in Way})

    async def forget(self, db: Db, session: SessionView, people: Sequence[SignedUp], now: datetime) -> None:
        """It is otherwise now: what still waits to be said of it, in groups and on the telephone, is not said."""
        for day in dict.fromkeys(slot.starts_at.date() for slot in session.slots):
            await lines.call_off(db, group_line(session, day))
        await calls.call_off(db, [one.id for one in people], [*TIMED, CHANGED], now)

    def calls_wait(self, session: SessionView, reached: Reached, now: datetime) -> list[Post]:
        """Staff hear that the call list is longer: whoever made the session, or takes over for them; else everybody who may."""
        count = reached.counts[Way.CALL]
        if not count:
            return []
        maker = self._directory.on_duty(session.created_by, now)
        officers = self._directory.officers.values()
        told = (
            [maker] if maker is not None else [one for one in officers if one.role in CALLERS and not one.is_away(now)]
        )
        params = {"session": session, "count": count}
        return [
            Post("sessions.calls_wait", params, contact=one.contact, kind="reminder", expires_at=session.plan.ends_at)
            for one in told
        ]

    def _post(self, session: SessionView, sign_up: SignedUp, word: Word) -> Post:
        """Takes the place of what still waits to be said to them of it."""
        params = {
            **word.params,
            "session": session,
            "slot": session.slot(sign_up.slot),
            "batch": session.plan.batch_of(sign_up.building),
            "sign_up": sign_up,
        }
        return Post(
            word.key,
            params,
            contact=sign_up.contact,
            kind=word.kind,
            expires_at=word.until,
            about=f"session:{session.id}:sign-up:{sign_up.id}",
        )

    def _way(self, session: SessionView, sign_up: SignedUp) -> Way:
        contact = sign_up.contact
        if contact is None or self._directory.raw_contact(contact) is None:
            return Way.CALL
        if self._directory.is_friend(contact):
            return Way.PRIVATE
        if sign_up.for_other and sign_up.phone:
            return Way.CALL
        heard = any(self._directory.is_member(contact, group) for group in session.groups)
        return Way.GROUP if heard else Way.CALL

    def _row(self, session: SessionView, sign_up: SignedUp, word: Word) -> Reminded:
        return Reminded(
            cause=word.cause,
            subject=_subject(session),
            person=_person(session, sign_up, word.cause),
            name=sign_up.name,
            way=self._way(session, sign_up),
            say={"key": word.say},
            contact=sign_up.contact,
            phone=sign_up.phone,
            session=session.id,
            sign_up=sign_up.id,
            until=word.until,
        )


def _person(session: SessionView, sign_up: SignedUp, cause: str) -> str:
    """Who moves to another part is reminded of that one too."""
    part = f"/{session.slot(sign_up.slot).position}" if cause in TIMED and len(session.slots) > 1 else ""
    return f"sign-up:{sign_up.id}{part}"


def _subject(session: SessionView) -> str:
    return f"{session.number}/{session.sequence}"
