"""Places are never crossed and never left empty, however many come at once, on both databases."""

from __future__ import annotations

import asyncio

from storage import sessions, sign_ups
from storage.database import Database
from storage.sign_ups import State
from tests.assistants import MORNING
from tests.sessions.offices import made, of_door, office, plan


async def test_of_many_at_once_just_so_many_are_in_and_the_others_wait_in_order(database: Database) -> None:
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        session = await made(db, plan(capacity=20))

    async def come(number: int) -> None:
        async with database.transaction() as db:
            await signing_up.join(db, session.id, of_door(number), MORNING)

    await asyncio.gather(*(come(number) for number in range(60)))
    async with database.reading() as db:
        confirmed = await sign_ups.of_session(db, session.id, (State.CONFIRMED,))
        waiting = await sign_ups.of_session(db, session.id, (State.WAITING,))
        view = await sessions.view(db, (await sessions.open_ones(db, "xingfu", MORNING))[0], MORNING)
    assert (len(confirmed), len(waiting), view.taken) == (20, 40, 20)
    assert max(row.turn for row in confirmed) < min(row.turn for row in waiting)
    assert sorted(row.turn for row in (*confirmed, *waiting)) == list(range(1, 61))


async def test_one_household_at_once_from_everywhere_is_one(database: Database) -> None:
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        session = await made(db, plan(capacity=20))

    async def come() -> None:
        async with database.transaction() as db:
            await signing_up.join(db, session.id, of_door(1, people=2), MORNING)

    await asyncio.gather(*(come() for _ in range(10)))
    async with database.reading() as db:
        rows = await sign_ups.of_session(db, session.id)
    assert [(row.people, row.state) for row in rows] == [(2, State.CONFIRMED)]


async def test_places_given_back_are_offered_in_order_and_held(database: Database) -> None:
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        session = await made(db, plan(capacity=2))
        ids = [(await signing_up.join(db, session.id, of_door(n), MORNING))[0].sign_up.id for n in range(5)]
    async with database.transaction() as db:
        _, [offer] = await signing_up.leave(db, ids[0], MORNING)
        assert offer.sign_up.id == ids[2]
        late, _ = await signing_up.join(db, session.id, of_door(9), MORNING)
    assert late.sign_up.state == State.WAITING
    assert late.place == 3
    async with database.transaction() as db:
        taken = await signing_up.accept(db, ids[2], MORNING)
    assert taken.sign_up.state == State.CONFIRMED
    assert taken.session.taken == 2
