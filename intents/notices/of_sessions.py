"""Rhythms of what the community holds, such as the day before each lecture: which sessions they speak of, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduler.calendar import A_DAY, Calendar
from scheduler.rhythm import Moment, Rhythm, moment_about
from storage import sessions
from storage.base import Db
from storage.sessions import SessionView


@dataclass(frozen=True, slots=True)
class Held:
    """When a rhythm speaks of a session."""

    moment: Moment
    session: SessionView

    def said(self, word: Callable[[str], str]) -> Mapping[str, str]:
        """What its words may say of it: `session_fields` of rhythm.yaml."""
        plan = self.session.plan
        return {
            "title": plan.title,
            "time": f"{plan.starts_at:%H:%M}",
            "place": plan.place or word("rhythm.no_place"),
            "signed": word("rhythm.signed").format(self.session.taken) if plan.sign_up else word("rhythm.no_sign_up"),
        }


async def held(
    db: Db, community: str, rhythm: Rhythm, calendar: Calendar, now: datetime, *, after: datetime, until: datetime
) -> list[Held]:
    """Those that have not begun, and whose moment lies later than `after` and not later than `until`; in order."""
    found: list[Held] = []
    rows = [row for row in await sessions.open_ones(db, community, now) if row.kind in rhythm.days.names]
    for view in await sessions.views(db, rows, now):
        day = view.plan.starts_at.date()
        at = moment_about(rhythm, day, calendar, now.tzinfo)
        if at is not None and after < at <= until and max(at, now) < view.plan.starts_at:
            found.append(Held(Moment(at, day, view.plan.title), view))
    return sorted(found, key=lambda one: (one.moment.at, one.session.plan.starts_at))


def next_look(rhythm: Rhythm, after: datetime) -> datetime:
    """Its hour comes every day: whether it has anything to say, is known then. What is planned today may be off tomorrow."""
    at = datetime.combine(after.date(), rhythm.at, after.tzinfo)
    return at if at > after else datetime.combine(after.date() + A_DAY, rhythm.at, after.tzinfo)
