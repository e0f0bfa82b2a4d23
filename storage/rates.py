"""Rates of a period: how quickly, how well and how often again, each as a part of a whole that is shown with it.

Sources: published hotline rules / civic.md, "Appeals". A rate is of the *cases* 件 of the period: numbered, filed in it, not
joined into another. What was joined into one of them counts with it, by its reporters 人次 and by their last words. Everything
is as it stands now, so the same period may read better next week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from storage.base import Db, Moment
from storage.complaints import Case, Complaint
from storage.follow_ups import NO_ANSWER, FollowUpRow
from storage.problems import Problem
from storage.reporters import Reporter

TICKING = ("filed", "accepted", "assigned", "received", "working")
"""The community's turn, and the clock runs."""
DONE = ("answered", "awaiting_word", "closed")
"""There is a result, whether or not anybody has given a last word on it."""
APART = ("withdrawn", "transferred")
"""Neither done in time nor late: counted by themselves."""
DISSATISFIED = "dissatisfied"
MOST_KINDS = 5
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. Of nothing there is no rate."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """Rounded; 100 only where it is all of them, 0 only where it is none."""
        if not self.whole:
            return None
        rounded = (200 * self.part + self.whole) // (2 * self.whole)
        return self.part and min(max(rounded, 1), 100 if self.part == self.whole else 99)


@dataclass(frozen=True, slots=True)
class Kind:
    """A second-level category and how many cases of it there were."""

    category: str
    subcategory: str
    cases: int


@dataclass(frozen=True, slots=True)
class Rates:
    cases: int
    people: int
    response: Share
    """响应率 (published hotline rules / civic.md): first contact no later than `contact_by`, of the cases whose contact was made
    or is due. What was taken back before anybody was in touch does not count, nor a case without such a date."""
    on_time: Share
    """按时办结率 (published hotline rules / civic.md): result, or explanation where it cannot be met, no later than `due_by`, of
    the cases that have one or whose date has come; the date of a suspended case waits. Withdrawn and transferred cases stand
    apart; one that was done again counts by its last result."""
    solved: Share
    """解决率 (published hotline rules / civic.md): cases with no reporter whose last word is "not content", of the cases with a
    valid follow-up. A call that nobody took is none."""
    satisfied: Share
    """满意率 (published hotline rules / civic.md): content or mostly content, of the last words of all reporters."""
    again: Share
    """重办率 (proposal of civic.md): done again at least once, of the cases that ever had a result, which they still have or
    were done again for."""
    timed: int
    """How many cases have a result, and so an hour."""
    median_hours: float | None
    """From filing to the last result, suspension taken off: half of them took no longer."""
    p90_hours: float | None
    """Nine of ten took no longer: the hours of a case that there was, not of one between two."""
    unreached: int
    """Closed as 未回访到: nobody gave a last word."""
    withdrawn: int
    explained: int
    transferred: int
    overdue: int
    """Late now, and still without a result; as in the list of what is overdue, which leaves out what is suspended."""
    problems: int
    """Common problems 共性诉求 that cases of the period are part of."""
    by_state: tuple[tuple[str, int], ...]
    kinds: tuple[Kind, ...]
    """The most frequent, at most five."""


async def rates(db: Db, community: str, start: datetime | None, end: datetime | None, now: datetime) -> Rates:
    """Of the cases filed from `start` until just before `end`; `None` leaves that side open."""
    of_period = partial(_of_period, community=community, start=start, end=end)
    counted = (await db.execute(select(*_counts(now)).where(of_period(Complaint)))).one()._mapping
    solved, rated, content, words = (await db.execute(_last_words(of_period))).one()
    median, p90 = await _hours(db, of_period, counted["timed"])
    by_state: Counter[str] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    for category, subcategory, state, cases in await db.execute(_kinds(of_period)):
        by_state[state] += cases
        by_kind[category, subcategory] += cases
    return Rates(
        people=(await db.execute(_people(of_period))).scalar_one(),
        response=Share(counted["contacted_in_time"], counted["contact_due"]),
        on_time=Share(counted["done_in_time"], counted["done_or_due"]),
        solved=Share(solved, rated),
        satisfied=Share(int(content), int(words)),  # PostgreSQL sums to decimals
        again=Share(counted["again"], counted["had_result"]),
        median_hours=median,
        p90_hours=p90,
        problems=(await db.execute(_problems(of_period))).scalar_one(),
        by_state=tuple(sorted(by_state.items())),
        kinds=tuple(Kind(*kind, cases) for kind, cases in sorted(by_kind.items(), key=_most_first)[:MOST_KINDS]),
        **{name: counted[name] for name in _PLAIN},
    )


def is_late(one: Case, now: datetime) -> bool | None:
    """Whether a case missed its date, as the rates count it; None where it is counted apart."""
    if one.state in (*APART, "merged") or one.due_by is None:
        return None
    done = one.closed_at if one.state == "explained" else one.resolved_at
    return done > one.due_by if done else one.due_by <= (one.suspended_at or now)


_PLAIN = ("cases", "timed", "unreached", "withdrawn", "explained", "transferred", "overdue")
_OfPeriod = Callable[[Any], ColumnElement[bool]]


def _of_period(of: Any, *, community: str, start: datetime | None, end: datetime | None) -> ColumnElement[bool]:
    """A case is given `filed_at` with its number, and never one without the other."""
    since = of.filed_at >= start if start is not None else of.filed_at.is_not(None)
    until = [of.filed_at < end] if end is not None else []
    return and_(of.community == community, since, *until, of.merged_into.is_(None))


def _counts(now: datetime) -> list[ColumnElement[int]]:
    """Everything that one look at each case tells."""
    at, moment = Complaint, literal(now, Moment())
    due = or_(at.contacted_at.is_not(None), and_(at.contact_by <= moment, at.state != "withdrawn"))
    done = case((at.state == "explained", at.closed_at), else_=at.resolved_at)
    come = at.due_by <= func.coalesce(at.suspended_at, moment)  # the clock of a suspended case stands still
    done_or_due = and_(at.state.not_in(APART), at.due_by.is_not(None), or_(done.is_not(None), come))
    return [
        func.count().label("cases"),
        _count(and_(at.contact_by.is_not(None), due), "contact_due"),
        _count(at.contacted_at <= at.contact_by, "contacted_in_time"),
        _count(done_or_due, "done_or_due"),
        _count(and_(at.state.not_in(APART), done <= at.due_by), "done_in_time"),
        _count(or_(done.is_not(None), at.reopened > 0), "had_result"),
        _count(at.reopened > 0, "again"),
        _count(_timed(), "timed"),
        _count(at.closing == "unreached", "unreached"),
        _count(at.state == "withdrawn", "withdrawn"),
        _count(at.state == "explained", "explained"),
        _count(at.state == "transferred", "transferred"),
        _count(and_(at.state.in_(TICKING), come), "overdue"),
    ]


def _count(which: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.count().filter(which).label(name)


def _timed() -> ColumnElement[bool]:
    # by state, not by `resolved_at`: the index of the rates holds it; and a case that is being done again keeps its old time
    return and_(Complaint.state.in_(DONE), Complaint.took_s.is_not(None))


def _kinds(of_period: _OfPeriod) -> Select[str, str, str, int]:
    kind = (Complaint.category, Complaint.subcategory, Complaint.state)
    return select(*kind, func.count()).where(of_period(Complaint)).group_by(*kind)


def _most_first(counted: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -counted[1], counted[0]


def _belonging(of_period: _OfPeriod) -> Subquery:
    """Each case of the period with itself, and with what was joined into it."""
    joined, whole = aliased(Complaint), aliased(Complaint)
    alone = select(Complaint.id.label("own"), Complaint.id.label("whole")).where(of_period(Complaint))
    numbered = joined.filed_at.is_not(None)  # else it was told twice by one person, who is counted in the other
    others = select(joined.id, whole.id).join(whole, whole.id == joined.merged_into).where(of_period(whole), numbered)
    return union_all(alone, others).subquery()


def _problems(of_period: _OfPeriod) -> Select[int]:
    # of the problems, which are few: to tell apart those of all cases, PostgreSQL would sort the cases
    part = select(Complaint.id).where(Complaint.problem_id == Problem.id, of_period(Complaint))
    return select(func.count()).select_from(Problem).where(part.exists())


def _people(of_period: _OfPeriod) -> Select[int]:
    belonging = _belonging(of_period)
    told = select(func.count()).select_from(belonging)
    return told.join(Reporter, Reporter.complaint_id == belonging.c.own)


def _last_words(of_period: _OfPeriod) -> Select[int, int, int, int]:
    """Cases solved, cases with a last word; last words that are content, last words: one of each reporter of a case."""
    belonging = _belonging(of_period)
    discontent = case((FollowUpRow.outcome == DISSATISFIED, 1), else_=0)
    # the last row decides, and tells its outcome: both in one number, for MAX is much quicker than a window that sorts
    last = func.max(cast(FollowUpRow.id, BigInteger) * 2 + discontent).label("last")
    by_reporter = (
        select(belonging.c.whole, last)
        .join(FollowUpRow, FollowUpRow.complaint_id == belonging.c.own)
        .where(FollowUpRow.outcome != NO_ANSWER)
        .group_by(belonging.c.whole, _rater(belonging.c.whole))
        .subquery()
    )
    content = func.count().filter(by_reporter.c.last % 2 == 0).label("content")
    by_case = select(func.count().label("words"), content).group_by(by_reporter.c.whole).subquery()
    return select(
        func.count().filter(by_case.c.content == by_case.c.words),
        func.count(),
        func.coalesce(func.sum(by_case.c.content), 0),
        func.coalesce(func.sum(by_case.c.words), 0),
    )


def _rater(whole: ColumnElement[int]) -> ColumnElement[int]:
    """Who gave a last word. A call does not say whom it reached: the only reporter where there is one, else one person more."""
    # by two look-ups in an index each: joined in one condition, they cost PostgreSQL the whole table for every call
    joined = select(Complaint.id).where(Complaint.merged_into == whole, Complaint.filed_at.is_not(None))
    alone = and_(func.count() == 1, ~joined.correlate(whole.table).exists())
    only = select(case((alone, func.min(Reporter.id)), else_=0))
    own = only.where(Reporter.complaint_id == whole, Reporter.left_at.is_(None)).correlate(whole.table)
    return func.coalesce(FollowUpRow.reporter_id, own.scalar_subquery())


async def _hours(db: Db, of_period: _OfPeriod, timed: int) -> tuple[float | None, float | None]:
    """The median, of two where the number is even, and what nine of ten do not exceed."""
    if not timed:
        return None, None
    first, second, ninth = (timed + 1) // 2, timed // 2 + 1, -(-timed * 9 // 10)
    place = func.row_number().over(order_by=Complaint.took_s).label("place")
    ordered = select(Complaint.took_s, place).where(of_period(Complaint), _timed()).subquery()
    found = select(ordered.c.place, ordered.c.took_s).where(ordered.c.place.in_((first, second, ninth)))
    took = {at: seconds / _HOUR for at, seconds in await db.execute(found)}
    return (took[first] + took[second]) / 2, took[ninth]
