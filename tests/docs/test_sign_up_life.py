"""Every move that is drawn is one that the use case makes: each is walked."""

from __future__ import annotations

from dataclasses import replace

from intents.sessions.signing_up import SigningUp
from storage import sign_ups
from storage.base import Db
from storage.database import Database
from storage.sessions import SessionView
from storage.sign_ups import State
from tests.assistants import MORNING
from tests.docs.sign_up_life import MOVES, NOTHING
from tests.sessions.offices import made, of_door, office, plan

OURS, ANOTHER = 1, 2


async def test_each_move_of_a_sign_up_leads_where_the_drawing_says(database: Database) -> None:
    signing_up, _ = await office(database)
    walked = []
    for move, origin, target, when in MOVES:
        async with database.transaction() as db:
            session = await made(db, plan(capacity=1, slots=2))
            if target == State.WAITING or origin not in (NOTHING, State.CONFIRMED):
                await _join(signing_up, db, session, ANOTHER)
            ours = await _brought_to(signing_up, db, session, origin)
            ours = await _walk(signing_up, db, session, move, ours)
            row = await sign_ups.look(db, ours)
            assert row is not None
            walked.append((move, origin, State(row.state), when))
    assert tuple(walked) == MOVES


async def _join(signing_up: SigningUp, db: Db, session: SessionView, door: int) -> int:
    wish = replace(of_door(door), slot=session.slots[0].id)
    return (await signing_up.join(db, session.id, wish, MORNING))[0].sign_up.id


async def _free_a_place(signing_up: SigningUp, db: Db, session: SessionView) -> None:
    [another] = await sign_ups.of_session(db, session.id, (State.CONFIRMED,))
    await signing_up.leave(db, another.id, MORNING)


async def _brought_to(signing_up: SigningUp, db: Db, session: SessionView, state: str) -> int:
    if state == NOTHING:
        return 0
    ours = await _join(signing_up, db, session, OURS)
    if state == State.OFFERED:
        await _free_a_place(signing_up, db, session)
    row = await sign_ups.look(db, ours)
    assert row is not None
    assert row.state == state
    return ours


async def _walk(signing_up: SigningUp, db: Db, session: SessionView, move: str, ours: int) -> int:
    match move:
        case "join":
            return await _join(signing_up, db, session, OURS)
        case "fill":
            await _free_a_place(signing_up, db, session)
        case "accept":
            await signing_up.accept(db, ours, MORNING)
        case "let_pass":
            await signing_up.let_pass(db, ours, MORNING)
        case "move":
            await signing_up.move(db, ours, session.slots[1].id, MORNING)
        case "admit":
            await signing_up.admit(db, ours, 1, MORNING)
        case _:
            await signing_up.leave(db, ours, MORNING)
    return ours
