"""Pages of the ledgers for exports: each line whole, with what other tables hold of it. What leaves here is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage import activities, case_lists, follow_ups
from storage.accounts import Contact, Group, Membership
from storage.activities import Activity
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from storage.follow_ups import FollowUp
from storage.policy import Policy
from storage.problems import Problem
from storage.questions import Asking, Question
from storage.reporters import Reporter
from storage.services import Door, Service

AT_ONCE = 500
"""Lines of a page."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who reported: the name staff entered for somebody else, else the nickname in that group, of whatever epoch."""

    name: str
    phone: str | None
    anonymous: bool
    known: tuple[str, ...] = ()
    """Every name of theirs that is known, so that none is left in what they wrote."""


NOBODY = Person("", None, anonymous=False)


@dataclass(frozen=True, slots=True)
class CaseLine:
    case: Case
    by: Person
    into: str | None
    """The number of the case it was joined into."""
    problem: str | None
    """The number of the common problem it is part of."""

    @property
    def id(self) -> int:
        return self.case.id


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    follow_up: FollowUp
    case: Case
    by: Person
    """Who was asked; of a call to one of many, nobody is known."""

    @property
    def id(self) -> int:
        return self.follow_up.id


@dataclass(frozen=True, slots=True)
class AskingLine:
    """`words` are empty once messages of that age are forgotten, where `question` is what is left: it stands masked."""

    id: int
    at: datetime
    group: str | None
    by: Person
    words: str
    outcome: str
    entry: tuple[int, str] | None
    """Number and title of what answered it, or of what has expired."""
    number: int | None
    """Of the question that it waits with."""
    question: str
    state: str | None
    answered_by: str | None
    answered_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    id: int
    number: str
    name: str
    door: Door
    done_at: datetime
    by: str
    undone: bool


async def cases(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[CaseLine]:
    """`after` is the last id seen."""
    page = await case_lists.everything(db, community, after, start=start, end=end)
    told = await _first_reporters(db, [one.id for one in page])
    people = await _people(db, told.values())
    into = {one.merged_into for one in page if one.merged_into is not None}
    found = await db.execute(select(Complaint.id, Complaint.number).where(Complaint.id.in_(into)))
    numbers = {identity: number for identity, number in found}  # noqa: C416 - a Row is no tuple to mypy
    gathered = {one.problem for one in page if one.problem is not None}
    listed = await db.execute(select(Problem.id, Problem.number).where(Problem.id.in_(gathered)))
    problems = {identity: number for identity, number in listed}  # noqa: C416
    return [
        CaseLine(
            one,
            people[told[one.id].id] if one.id in told else NOBODY,
            numbers.get(one.merged_into) if one.merged_into is not None else None,
            problems.get(one.problem) if one.problem is not None else None,
        )
        for one in page
    ]


async def told_last_words(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[FollowUpLine]:
    """The same of follow-ups, by when they were made."""
    page = await follow_ups.everything(db, community, after, start=start, end=end)
    wanted = {one.complaint for one in page}
    rows = {row.id: case_of(row) for row in await db.scalars(select(Complaint).where(Complaint.id.in_(wanted)))}
    asked = {one.reporter for one in page if one.reporter is not None}
    named = {row.id: row for row in await db.scalars(select(Reporter).where(Reporter.id.in_(asked)))}
    only = await _only_reporters(db, {one.complaint for one in page if one.reporter is None})
    people = await _people(db, [*named.values(), *only.values()])
    lines: list[FollowUpLine] = []
    for one in page:
        reporter = only.get(one.complaint) if one.reporter is None else named[one.reporter]
        lines.append(FollowUpLine(one, rows[one.complaint], people[reporter.id] if reporter else NOBODY))
    return lines


async def askings(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[AskingLine]:
    """What residents asked of rules, by when they asked it."""
    since = [Asking.at >= start] if start is not None else []
    until = [Asking.at < end] if end is not None else []
    found = await db.execute(
        select(Asking, Question, Policy.number, Policy.title, Group.name)
        .outerjoin(Question, Question.id == Asking.question_id)
        .outerjoin(Policy, Policy.id == func.coalesce(Question.policy_id, Asking.policy_id))
        .outerjoin(Group, Group.id == Asking.group_id)
        .where(Asking.community == community, Asking.id > after, *since, *until)
        .order_by(Asking.id)
        .limit(AT_ONCE)
    )
    rows = found.all()
    names = await _names(db, [(row.contact_id, row.group_id) for row, *_ in rows])
    return [
        AskingLine(
            row.id,
            row.at,
            group,
            _person(names[row.contact_id, row.group_id]),
            row.words,
            row.outcome,
            (number, title) if number is not None else None,
            question.number if question is not None else None,
            question.text if question is not None else "",
            question.state if question is not None else None,
            question.answered_by if question is not None else None,
            question.answered_at if question is not None else None,
            row.told_at,
        )
        for row, question, number, title, group in rows
    ]


async def services(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[ServiceLine]:
    """What staff did for households; what was taken back is marked."""
    since = [Service.done_at >= start] if start is not None else []
    until = [Service.done_at < end] if end is not None else []
    found = select(Service).where(Service.community == community, Service.id > after, *since, *until)
    rows = await db.scalars(found.order_by(Service.id).limit(AT_ONCE))
    return [
        ServiceLine(
            row.id,
            row.number,
            row.name,
            Door(row.building, row.unit, row.room),
            row.done_at,
            row.by_name,
            row.undone_at is not None,
        )
        for row in rows
    ]


async def activities_done(
    db: Db, community: str, after: int, start: datetime | None = None, end: datetime | None = None
) -> list[Activity]:
    """What staff did beside the chat, by the day on which it was done; `start` and `end` are midnights of the community."""
    first, last = (moment.date() if moment is not None else None for moment in (start, end))
    return await activities.everything(db, community, after, first, last)


async def _first_reporters(db: Db, complaints: Sequence[int]) -> dict[int, Reporter]:
    """Of each case whoever reported it first and still wants it, else the first."""
    found: dict[int, Reporter] = {}
    for row in await db.scalars(
        select(Reporter)
        .where(Reporter.complaint_id.in_(complaints))
        .order_by(Reporter.left_at.is_not(None), Reporter.id)
    ):
        found.setdefault(row.complaint_id, row)
    return found


async def _only_reporters(db: Db, complaints: Iterable[int]) -> dict[int, Reporter]:
    """Of each case that one person alone reported, that person."""
    joined = select(Complaint.merged_into).where(Complaint.merged_into.in_(complaints), Complaint.filed_at.is_not(None))
    shared = set(await db.scalars(joined))
    found = select(Reporter).where(Reporter.complaint_id.in_(complaints), Reporter.left_at.is_(None))
    told: dict[int, list[Reporter]] = {}
    for row in await db.scalars(found):
        told.setdefault(row.complaint_id, []).append(row)
    return {case: rows[0] for case, rows in told.items() if len(rows) == 1 and case not in shared}


async def _people(db: Db, told: Iterable[Reporter]) -> dict[int, Person]:
    """By the reporter's row."""
    rows = list(told)
    names = await _names(db, [(row.contact_id, row.group_id) for row in rows])
    people: dict[int, Person] = {}
    for row in rows:
        known = (*((row.name,) if row.name else ()), *names[row.contact_id, row.group_id])
        people[row.id] = _person(known, row.phone, anonymous=row.anonymous)
    return people


def _person(known: tuple[str, ...], phone: str | None = None, *, anonymous: bool = False) -> Person:
    return Person(known[0] if known else "", phone, anonymous, known)


_Where = tuple[int | None, int | None]


async def _names(db: Db, told: Sequence[_Where]) -> dict[_Where, tuple[str, ...]]:
    """Of a contact in a group: the nickname there, then the name. They stand with every epoch, not only today's."""
    contacts = {contact for contact, _ in told if contact is not None}
    groups = {group for _, group in told if group is not None}
    names = {row.id: row.name for row in await db.scalars(select(Contact).where(Contact.id.in_(contacts)))}
    joined = select(Membership).where(Membership.contact_id.in_(contacts), Membership.group_id.in_(groups))
    aliases = {(row.contact_id, row.group_id): row.alias for row in await db.scalars(joined)}
    return {
        (contact, group): tuple(
            name for name in (aliases.get((contact or 0, group or 0)), names.get(contact or 0)) if name
        )
        for contact, group in told
    }
