"""A small ledger for the rates, and the same rates counted by hand: a row at a time, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from storage import problems
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Complaint
from storage.follow_ups import NO_ANSWER, FollowUpRow
from storage.rates import APART, DONE, TICKING, Share
from storage.reporters import Reporter
from tests.assistants import MORNING
from tests.storage.rows import a_case


def hours(count: float) -> datetime:
    return MORNING + timedelta(hours=count)


@dataclass
class Told:
    """A case of a test. `reporters`: whether each has left; `said`: who (None by telephone) said what, in order."""

    state: str
    filed: float = 0
    into: int | None = None
    kind: tuple[str, str] = ("公共设施", "楼道灯")
    contacted: float | None = None
    contact_by: float | None = 2
    due: float | None = 24
    resolved: float | None = None
    closed: float | None = None
    suspended: float | None = None
    took: int | None = None
    closing: str | None = None
    reopened: int = 0
    problem: int | None = None
    reporters: Sequence[bool] = (False,)
    said: Sequence[tuple[int | None, str]] = ()
    row: Complaint = field(init=False)


async def keep(db: Db, directory: Directory, community: str, told: Sequence[Told]) -> None:
    """Write it down, in order; `into` and `problem` are places in lists."""
    common = [await problems.open_one(db, community, ("供暖", "暖气不热"), "261125", MORNING) for _ in range(2)]
    for number, one in enumerate(told):
        one.row = await a_case(
            db,
            directory,
            community=community,
            number=f"SQ261125-{number + 1:02d}",
            state=one.state,
            merged_into=None if one.into is None else told[one.into].row.id,
            category=one.kind[0],
            subcategory=one.kind[1],
            closing=one.closing,
            took_s=one.took,
            reopened=one.reopened,
            problem_id=None if one.problem is None else common[one.problem].id,
            **{name: _at(moment) for name, moment in _moments(one).items()},
        )
        people = [_reporter(one.row, left) for left in one.reporters]
        db.add_all(people)
        await db.flush()
        for who, outcome in one.said:
            row = FollowUpRow(
                community=community,
                complaint_id=one.row.id,
                reporter_id=None if who is None else people[who].id,
                at=hours(30),
                channel="telephone" if who is None else "wechat",
                outcome=outcome,
            )
            db.add(row)
            await db.flush()


def _moments(one: Told) -> dict[str, float | None]:
    return {
        "filed_at": one.filed,
        "contacted_at": one.contacted,
        "contact_by": one.contact_by,
        "due_by": one.due,
        "resolved_at": one.resolved,
        "closed_at": one.closed,
        "suspended_at": one.suspended,
    }


def _at(moment: float | None) -> datetime | None:
    return None if moment is None else hours(moment)


def _reporter(row: Complaint, left: bool) -> Reporter:
    gone = hours(1) if left else None
    return Reporter(community=row.community, complaint_id=row.id, channel="group", at=row.said_at, left_at=gone)


def by_hand(told: Sequence[Told], start: float, end: float, now: float) -> dict[str, Any]:
    """What `rates` must say of it."""
    places = [place for place, one in enumerate(told) if one.into is None and start <= one.filed < end]
    cases = [told[place] for place in places]
    response = [one for one in cases if one.contact_by is not None and _contact_counts(one, now)]
    on_time = [one for one in cases if one.state not in APART and one.due is not None and _done_or_due(one, now)]
    had_result = [one for one in cases if _done(one) is not None or one.reopened]
    took = sorted(one.took for one in cases if one.state in DONE and one.took is not None)
    words = [last for place in places if (last := _last_words(told, place))]
    content = [[outcome != "dissatisfied" for outcome in last] for last in words]
    return {
        "cases": len(cases),
        "people": sum(len(one.reporters) for place in places for one in _belonging(told, place)),
        "response": Share(sum(_in_time(one.contacted, one.contact_by) for one in response), len(response)),
        "on_time": Share(sum(_in_time(_done(one), one.due) for one in on_time), len(on_time)),
        "solved": Share(sum(map(all, content)), len(content)),
        "satisfied": Share(sum(map(sum, content)), sum(map(len, content))),
        "again": Share(sum(one.reopened > 0 for one in had_result), len(had_result)),
        "timed": len(took),
        "median_hours": median(took) / 3600 if took else None,
        "p90_hours": next(each for each in took if 10 * sum(one <= each for one in took) >= 9 * len(took)) / 3600
        if took
        else None,
        "unreached": sum(one.closing == "unreached" for one in cases),
        "withdrawn": sum(one.state == "withdrawn" for one in cases),
        "explained": sum(one.state == "explained" for one in cases),
        "transferred": sum(one.state == "transferred" for one in cases),
        "overdue": sum(one.state in TICKING and one.due is not None and _has_come(one, now) for one in cases),
        "problems": len({one.problem for one in cases} - {None}),
    }


def _contact_counts(one: Told, now: float) -> bool:
    return one.contacted is not None or ((one.contact_by or 0) <= now and one.state != "withdrawn")


def _in_time(done: float | None, by: float | None) -> bool:
    return done is not None and by is not None and done <= by


def _done(one: Told) -> float | None:
    return one.closed if one.state == "explained" else one.resolved


def _has_come(one: Told, now: float) -> bool:
    return (one.due or 0) <= (now if one.suspended is None else one.suspended)


def _done_or_due(one: Told, now: float) -> bool:
    return _done(one) is not None or _has_come(one, now)


def _belonging(told: Sequence[Told], place: int) -> list[Told]:
    return [one for at, one in enumerate(told) if place in (at, one.into)]


def _last_words(told: Sequence[Told], place: int) -> list[str]:
    """In the order in which they were written down: case by case."""
    here = _belonging(told, place)
    staying = [(told[place].row.id, at) for at, left in enumerate(told[place].reporters) if not left]
    last: dict[object, str] = {}
    for one in here:
        for who, outcome in one.said:
            if outcome == NO_ANSWER:
                continue
            rater = (one.row.id, who) if who is not None else staying[0] if len(staying) == len(here) == 1 else None
            last[rater] = outcome
    return list(last.values())
