"""The rates of a period, by figures worked out by hand, and beside a slow count of random ledgers in plain Python."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.complaints.follow_up import Rating
from intents.complaints.lifecycle import FOLLOWED_UP, State
from intents.complaints.lifecycle import TICKING as TICKING_STATES
from storage import complaints, rates
from storage.accounts import Directory
from storage.complaints import case_of
from storage.database import Database
from storage.rates import Kind, Rates, Share
from tests.storage.ledger import Told, by_hand, hours, keep
from tests.storage.rows import COMMUNITY

NOW = 100
HOUR = 3600
IN_HOURS = ("median_hours", "p90_hours")
NAMES = itertools.count(1)


async def counted(
    database: Database, start: float | None = 0, end: float | None = 50, now: float = NOW, community: str = COMMUNITY
) -> Rates:
    async with database.reading() as db:
        return await rates.rates(
            db,
            community,
            None if start is None else hours(start),
            None if end is None else hours(end),
            hours(now),
        )


async def kept(database: Database, directory: Directory, *told: Told, community: str = COMMUNITY) -> None:
    async with database.transaction() as db:
        await keep(db, directory, community, told)


def rated(case: Told, *words: tuple[int | None, str]) -> Told:
    case.said = words
    return case


def done(**changes: Any) -> Told:
    usual: dict[str, Any] = {"state": "closed", "contacted": 1, "resolved": 10, "closed": 12, "took": 10 * HOUR}
    return Told(**{**usual, **changes})


async def test_a_ledger_worked_out_by_hand(database: Database, directory: Directory) -> None:
    heat = ("供暖", "暖气不热")
    await kept(
        database,
        directory,
        rated(done(closing="rated"), (0, "satisfied")),  # contacted and done in time
        rated(done(resolved=30, contacted=3, took=30 * HOUR), (0, "mostly")),  # both too late
        rated(done(reopened=1, resolved=20, took=20 * HOUR), (0, "dissatisfied"), (0, "satisfied")),  # the last word
        done(closing="unreached", took=4 * HOUR, kind=heat),
        Told("working", contacted=1, reopened=1, took=2 * HOUR, due=200),  # done again, not yet done: no time, not late
        Told("accepted", contacted=1, kind=heat),  # late, and open
        Told("filed", due=200, contact_by=150),  # nothing is due yet
        Told("filed", due=200),  # nobody was in touch
        Told("suspended", contacted=1, suspended=20),  # its date came while the clock stood still
        Told("withdrawn", closed=1),  # before anybody was in touch
        Told("withdrawn", contacted=1, closed=3),
        Told("transferred", contacted=1),
        Told("explained", contacted=1, closed=20),
        Told("explained", contacted=1, closed=30),
        Told("merged", into=3, reporters=(False, False)),
        Told("filed", filed=50),  # in the next period
        Told("filed", filed=-1),
    )
    found = await counted(database)
    assert found.cases == 14
    assert found.people == 16
    assert found.response == Share(10, 12)
    assert found.on_time == Share(4, 7)
    assert found.solved == Share(3, 3)
    assert found.satisfied == Share(3, 3)
    assert found.again == Share(2, 7)
    assert (found.timed, found.median_hours, found.p90_hours) == (4, 15, 30)
    assert (found.unreached, found.withdrawn, found.explained, found.transferred) == (1, 2, 2, 1)
    assert found.overdue == 1
    assert found.kinds == (Kind("公共设施", "楼道灯", 12), Kind("供暖", "暖气不热", 2))
    assert dict(found.by_state) == {
        "closed": 4,
        "working": 1,
        "accepted": 1,
        "filed": 2,
        "suspended": 1,
        "withdrawn": 2,
        "transferred": 1,
        "explained": 2,
    }


async def test_of_nothing_there_is_no_rate(database: Database, directory: Directory) -> None:
    await kept(database, directory, done(), community="elsewhere")
    found = await counted(database)
    assert (found.cases, found.people, found.timed) == (0, 0, 0)
    for share in (found.response, found.on_time, found.solved, found.satisfied, found.again):
        assert share == Share(0, 0)
        assert share.percent is None
    assert (found.median_hours, found.p90_hours, found.kinds, found.by_state) == (None, None, (), ())


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(62, 68, 91), (0, 5, 0), (5, 5, 100), (999, 1000, 99), (1, 1000, 1), (1, 2, 50), (1, 8, 13), (0, 0, None)],
)
def test_a_share_says_all_or_none_only_where_it_is(part: int, whole: int, percent: int | None) -> None:
    assert Share(part, whole).percent == percent


async def test_every_reporter_has_a_last_word_and_one_who_is_not_content_is_enough(
    database: Database, directory: Directory
) -> None:
    three = (False, False, False)
    await kept(
        database,
        directory,
        rated(done(reporters=three), (0, "satisfied"), (1, "mostly"), (2, "satisfied")),
        rated(done(reporters=three, reopened=1), (0, "satisfied"), (1, "dissatisfied"), (0, "satisfied")),
        rated(done(), (None, "no_answer"), (None, "no_answer"), (None, "no_answer")),  # three calls, no word
    )
    found = await counted(database)
    assert found.solved == Share(1, 2)
    assert found.satisfied == Share(4, 5)


async def test_a_call_reached_the_only_reporter_or_one_person_more(database: Database, directory: Directory) -> None:
    await kept(
        database,
        directory,
        rated(done(reopened=1), (0, "dissatisfied"), (None, "satisfied")),  # the same person
        rated(done(reporters=(False, True), reopened=1), (0, "dissatisfied"), (None, "mostly")),  # the other one left
        rated(done(reporters=(False, False)), (0, "dissatisfied"), (None, "satisfied")),  # nobody knows who
    )
    found = await counted(database)
    assert found.solved == Share(2, 3)
    assert found.satisfied == Share(3, 4)


async def test_what_was_joined_counts_with_its_case_and_its_period(database: Database, directory: Directory) -> None:
    await kept(
        database,
        directory,
        done(filed=1, reopened=1, reporters=(False,)),
        rated(Told("merged", filed=60, into=0, reporters=(False, False)), (0, "dissatisfied")),
        rated(done(filed=60), (0, "satisfied")),
    )
    first, second = await counted(database), await counted(database, 50, 70)
    assert (first.cases, first.people, first.solved) == (1, 3, Share(0, 1))
    assert (second.cases, second.people, second.solved) == (1, 1, Share(1, 1))


async def test_a_person_who_told_twice_before_there_was_a_number_counts_once(
    database: Database, directory: Directory
) -> None:
    """Of a report that waited and turned out to be a case that this person had reported already, a row is left."""
    await kept(database, directory, done(), Told("merged", into=0))
    async with database.transaction() as db:
        twice = await complaints.by_number(db, COMMUNITY, "SQ261125-02")
        assert twice is not None
        twice.number = twice.filed_at = None
    assert (await counted(database)).people == 1


async def test_either_side_may_be_open(database: Database, directory: Directory) -> None:
    await kept(database, directory, done(filed=-1000), done(), done(filed=1000))
    assert (await counted(database, None, None)).cases == 3
    assert (await counted(database, 0, None)).cases == 2
    assert (await counted(database, None, 0)).cases == 1


async def test_the_line_of_a_ledger_says_late_as_the_rates_do(database: Database, directory: Directory) -> None:
    told = (
        *(done(resolved=each) for each in (23, 24, 25)),
        *(Told("working", due=each) for each in (99, 100, 101, None)),
        *(Told("suspended", suspended=each) for each in (23, 24)),
        *(Told("explained", closed=each) for each in (24, 25)),
        Told("withdrawn", closed=30),
        Told("transferred"),
    )
    await kept(database, directory, *told)
    late = [rates.is_late(case_of(one.row), hours(NOW)) for one in told]
    assert late == [False, False, True, True, True, False, None, False, True, False, True, None, None]
    found = await counted(database)
    assert found.on_time.whole - found.on_time.part == sum(map(bool, late))


def test_the_states_are_those_of_the_lifecycle() -> None:
    assert rates.TICKING == TICKING_STATES
    assert set(rates.DONE) == {*FOLLOWED_UP, State.CLOSED}
    assert rates.DISSATISFIED == Rating.DISSATISFIED
    assert set(rates.APART) == {State.WITHDRAWN, State.TRANSFERRED}


_MOMENT = st.integers(-5, 120)
_PERHAPS = st.none() | _MOMENT
_WORD = st.sampled_from([*map(str, Rating), "no_answer"])
_CASE = st.fixed_dictionaries(
    {
        "state": st.sampled_from([*rates.TICKING, *rates.DONE, *rates.APART, "suspended", "explained"]),
        "filed": st.integers(-5, 60),
        "into": st.integers(0, 30),
        "kind": st.sampled_from([("供暖", "暖气不热"), ("供水", "停水"), ("供水", "水质")]),
        "contacted": _PERHAPS,
        "contact_by": _PERHAPS,
        "due": _PERHAPS,
        "resolved": _PERHAPS,
        "closed": _PERHAPS,
        "suspended": _PERHAPS,
        "took": st.none() | st.integers(0, 10**6),
        "closing": st.sampled_from([None, "rated", "unreached"]),
        "reopened": st.integers(0, 2),
        "problem": st.sampled_from([None, None, 0, 1]),
        "reporters": st.lists(st.booleans(), min_size=1, max_size=3),
        "said": st.lists(st.tuples(st.none() | st.integers(0, 2), _WORD), max_size=4),
    }
)


def _as_told(drawn: list[dict[str, Any]]) -> list[Told]:
    """Some are joined into an earlier one that is not joined itself; only reporters that there are say anything."""
    told: list[Told] = []
    for one in drawn:
        whole = [place for place, other in enumerate(told) if other.into is None]
        into = one["into"] if one["into"] in whole else None
        said = [(who, word) for who, word in one["said"] if who is None or who < len(one["reporters"])]
        told.append(Told(**{**one, "into": into, "said": said, "state": one["state"] if into is None else "merged"}))
    return told


@given(st.lists(_CASE, max_size=9))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_random_ledgers_read_as_they_are_counted_one_by_one(
    database: Database, directory: Directory, drawn: list[dict[str, Any]]
) -> None:
    told, community = _as_told(drawn), f"random-{next(NAMES)}"
    await kept(database, directory, *told, community=community)
    for start, end in ((0, 30), (-10, 100), (30, 31)):
        found = asdict(counts := await counted(database, start, end, community=community))
        assert type(counts.satisfied.part) is int  # and not a decimal, as PostgreSQL sums
        wanted = {
            name: asdict(value) if isinstance(value, Share) else pytest.approx(value) if name in IN_HOURS else value
            for name, value in by_hand(told, start, end, NOW).items()
        }
        assert {name: found[name] for name in wanted} == wanted
        assert sum(cases for _, cases in found["by_state"]) == found["cases"]
