"""Staff commands at the door: call a batch down, check people in, add who is on no list, see who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Answer, Context
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from bot.router import Router
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CommandIncomplete, SessionNotNamed, SessionNotYet, TooManyAtDoor
from intents.sessions import staff
from intents.sessions.calling_down import CallingDown
from intents.sessions.checking_in import CheckingIn, Door
from intents.sessions.door_words import ADD, IN, MOST_TYPED, OFF, UNDO, Typed, at_door
from intents.sessions.reminding import GRACE
from intents.sessions.talking import Talking, on_call_list
from intents.sessions.turnout import absent_of, by_building, turnout_of
from storage import sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.sessions import SessionView
from storage.sign_ups import SignedUp, signed_up

router = Router("sessions")
ADDING: Final = "sessions.add_at_door"
SOON: Final = timedelta(hours=1)
"""So long before it begins staff are at the door already."""
MOST_LISTED: Final = 100


async def of_today(db: Db, directory: Directory, rest: str, now: datetime) -> tuple[SessionView, str]:
    """The session that a command names; without a number the only one of today, or the only one that runs. Raises
    `SessionNotNamed`."""
    number, _ = staff.number_in(rest)
    if number is not None:
        return await staff.named(db, directory, rest, now)
    found = await sessions.views(db, await sessions.open_ones(db, directory.community, now - GRACE), now)
    today = [one for one in found if one.plan.starts_at.date() <= now.date() <= one.plan.ends_at.date()]
    running = [one for one in today if one.plan.starts_at - SOON <= now < one.plan.ends_at]
    only = today if len(today) == 1 else running
    if not today and len(found) == 1:
        raise SessionNotYet(session=found[0])
    if len(only) != 1:
        raise SessionNotNamed(number=None, sessions=today or found)
    return only[0], rest


@router.command("sessions.call_down")
async def call_down(
    db: Db, now: datetime, rest: str, officer: Officer, directory: Directory, calling_down: CallingDown
) -> Answer:
    view, batch = await of_today(db, directory, rest, now)
    called = await calling_down.call(db, view, batch, officer, now)
    counts = {
        "groups": len(called.groups),
        "private": len(called.private),
        "households": len(called.signed_up),
        "people": sum(one.people for one in called.signed_up),
        "lately": [{"building": one} for one in called.lately],
        "lately_at": called.lately_at,
        "called": called.is_called,
    }
    return [Reply("sessions.called_down", {**called.params, **counts}, private=True), *called.posts]


@router.command("sessions.check_in")
async def check_in(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    directory: Directory,
    dialogs: Dialogs,
    checking_in: CheckingIn,
    talking: Talking,
) -> Answer:
    view, typed = await of_today(db, directory, rest, now)
    said = at_door(typed)
    if not said.people:
        raise CommandIncomplete(missing="at_door", usage="sessions.check_in")
    if len(said.people) > MOST_TYPED:
        raise TooManyAtDoor(most=MOST_TYPED)
    if said.deed == ADD:
        view, door = await checking_in.add(db, view.id, said.people, officer, now)
    elif said.deed == UNDO:
        view, door = await checking_in.undo(db, view.id, said.people, officer, now)
    elif said.deed == OFF:
        view, door = await checking_in.take_off(db, view.id, said.people, officer, now)
    else:
        view, door = await checking_in.check_in(db, view.id, said.people, officer, now)
    offered = [one for one in door.unknown if one.is_somebody] if said.deed == IN else []
    reply = await _told(db, view, door, offered)
    if offered:
        data = {"number": view.number, "people": [asdict(one) for one in offered]}
        return await ask_first(context, dialogs, ADDING, data, reply)
    await on_call_list(db, directory.community, talking.unreachable(door.offers), now)
    return [reply, *talking.offered(door.offers)]


@router.on(*confirmed(ADDING))
async def add_them(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    directory: Directory,
    checking_in: CheckingIn,
    talking: Talking,
) -> Answer:
    """Who was on no list is added at the door."""
    await dialogs.close(db, in_private(context))
    view, _ = await staff.named(db, directory, dialog.data["number"], now)
    people = [Typed(**one) for one in dialog.data["people"]]
    view, door = await checking_in.add(db, view.id, people, officer, now)
    await on_call_list(db, directory.community, talking.unreachable(door.offers), now)
    return [await _told(db, view, door, []), *talking.offered(door.offers)]


@router.command("sessions.missing")
async def missing(db: Db, now: datetime, rest: str, directory: Directory) -> Answer:
    view, _ = await of_today(db, directory, rest, now)
    absent = absent_of(signed_up(one) for one in await sign_ups.of_session(db, view.id))
    params = {
        "session": view,
        "turnout": await turnout_of(db, view.id),
        "households": len(absent),
        "people": sum(one.people for one in absent),
        "buildings": _by_building(absent),
        "more": len(absent) - MOST_LISTED,
    }
    return Reply("sessions.missing", params, private=True)


def _by_building(absent: Sequence[SignedUp]) -> list[dict[str, Any]]:
    """The first of them, building by building."""
    shown, left = [], MOST_LISTED
    for building, people in by_building(absent):
        if left > 0:
            shown.append({"building": building, "people": people[:left]})
            left -= len(people)
    return shown


async def _told(db: Db, view: SessionView, door: Door, offered: Sequence[Typed]) -> Reply:
    params = {
        "session": view,
        "door": door,
        "unknown": [one for one in door.unknown if one not in offered],
        "offered": list(offered),
        "turnout": await turnout_of(db, view.id),
        "replaced": False,
    }
    return Reply("sessions.checked_in", params, private=True)
