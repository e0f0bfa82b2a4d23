"""`议题`: an agenda for a meeting, from overdue cases and common problems by who has to see to them, without a word on anybody.

Of a case it names its number, building, subject and days, never a door, a name or what somebody wrote; quarrels that are mediated
are left out, they are nobody else's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.context import Answer
from bot.message import File, Reply
from bot.router import Router
from intents.activities.agenda_file import Headings, agenda_file
from intents.errors import CommandIncomplete
from intents.understanding.masks import masked, without_doors
from intents.understanding.period import Period, period
from storage import case_lists, problems
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Case
from storage.problems import Common

router = Router("activities")
WAITING: Final = ("filed", "accepted", "assigned", "received", "working", "transferred")
"""States in which something is still to be done and the clock runs."""
MOST_CASES: Final = 2000
MOST_SAID: Final = 20
"""Lines in the chat; the file has them all."""
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Overdue:
    number: str
    building: str | None
    place: str | None
    category: str
    subcategory: str
    days: int
    """0: less than a day."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one office or officer has to see to; nobody yet where the name is empty."""

    unit: str
    cases: list[Overdue] = field(default_factory=list)
    problems: list[Common] = field(default_factory=list)

    @property
    def items(self) -> int:
        return len(self.cases) + len(self.problems)


@dataclass(frozen=True, slots=True)
class Agenda:
    at: datetime
    parts: list[Part]

    @property
    def cases(self) -> int:
        return sum(len(part.cases) for part in self.parts)

    @property
    def problems(self) -> int:
        return sum(len(part.problems) for part in self.parts)


@router.command("activities.agenda")
async def agenda(db: Db, now: datetime, rest: str, directory: Directory, headings: Headings) -> Answer:
    """All that is overdue; with a period what fell overdue, or was opened, within it."""
    asked = period(rest, now) if rest else None
    if rest and asked is None:
        raise CommandIncomplete(missing="period", usage="activities.agenda")
    drawn = await draw(db, directory.community, asked, now)
    if not drawn.parts:
        return Reply("activities.agenda_empty")
    params = {"now": now, "cases": drawn.cases, "problems": drawn.problems, "parts": _said(drawn.parts)}
    file = File(headings.name(now), agenda_file(drawn, headings))
    return Reply("activities.agenda", params, file=file)


async def draw(db: Db, community: str, asked: Period | None, now: datetime) -> Agenda:
    cases = await case_lists.listed(db, community, WAITING, limit=MOST_CASES)
    late = [one for one in cases if _is_overdue(one, now) and (asked is None or _within(one.due_by, asked))]
    rows = [row for row in await problems.all_open(db, community) if asked is None or _within(row.opened_at, asked)]
    parts: dict[str, Part] = {}
    for case in sorted(late, key=lambda one: (one.due_by, one.id)):
        unit = (case.passed_to if case.state == "transferred" else case.handler) or NOBODY
        parts.setdefault(unit, Part(unit)).cases.append(_shown(case, now))
    for row in rows:
        unit = row.owner or NOBODY
        parts.setdefault(unit, Part(unit)).problems.append(await problems.common_of(db, row))
    return Agenda(now, sorted(parts.values(), key=lambda part: (part.unit == NOBODY, -part.items, part.unit)))


def _is_overdue(case: Case, now: datetime) -> bool:
    return case.due_by is not None and case.due_by < now and case.number is not None and not case.mediation


def _within(at: datetime | None, asked: Period) -> bool:
    return at is not None and asked.start <= at < asked.end


def _shown(case: Case, now: datetime) -> Overdue:
    days = (now - case.due_by).days if case.due_by is not None else 0
    place = masked(without_doors(case.place)) if case.place and not case.building else None
    return Overdue(case.number or "", case.building, place, case.category, case.subcategory, days)


def _said(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The first lines, as many as a message bears; what is not said is counted."""
    left, said = MOST_SAID, []
    for part in parts:
        cases = part.cases[:left]
        left -= len(cases)
        common = part.problems[:left]
        left -= len(common)
        hidden = part.items - len(cases) - len(common)
        said.append({"unit": part.unit, "cases": cases, "problems": common, "items": part.items, "hidden": hidden})
    return said
