"""Sessions on paper: `名单` and `签到表` for staff, `日历` for staff and for whoever is signed up. Files go to who asks.

No file is sent to anybody who has not asked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.context import Answer, Context, Pass
from bot.filters import When
from bot.message import File, Reply
from bot.router import Router
from intents.errors import CommandIncomplete
from intents.sessions.ical import TYPE, Calendars, Going
from intents.sessions.sheets import Made, Sheets, file_name
from intents.sessions.staff import named
from intents.understanding.digits import bare
from intents.understanding.normalise import fold
from intents.understanding.yaml_source import load_yaml
from storage import audit, calls, sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.sessions import CANCELLED, SessionView
from storage.sign_ups import LIVE, SignUp, State

router = Router("sessions")
LONGEST_REASON: Final = 100
MOST_EVENTS: Final = 20
"""Of one person's file."""


@router.command("sessions.name_list")
async def name_list(
    db: Db, now: datetime, rest: str, officer: Officer, directory: Directory, session_sheets: Sheets
) -> Answer:
    """`名单 编号`; with `电话 原因` the telephone numbers in full, which is noted."""
    view, after = await named(db, directory, rest, now)
    reason = _reason_in(after)
    if reason is not None:
        await note_reveal(db, directory, officer, now, view.number, why=reason, after={"what": "phones"})
    rows = await sign_ups.of_session(db, view.id, tuple(State))
    reminded = await calls.of_session(db, view.id)
    made = Made(officer.name, now)
    content = session_sheets.sign_ups(view, rows, reminded, made, phones=reason is not None)
    file = File(session_sheets.name("list", view), content)
    params = {"session": view, "phones": reason is not None, **_counted(view, rows, now)}
    return Reply("sessions.name_list", params, private=True, file=file)


@router.command("sessions.sign_in_sheet")
async def sign_in_sheet(
    db: Db, now: datetime, rest: str, officer: Officer, directory: Directory, session_sheets: Sheets
) -> Answer:
    view, _ = await named(db, directory, rest, now)
    rows = await sign_ups.of_session(db, view.id, LIVE)
    content = session_sheets.to_sign(view, rows, Made(officer.name, now))
    params = {"session": view, "people": sum(row.people for row in rows if row.state == State.CONFIRMED)}
    return Reply("sessions.sign_in_sheet", params, private=True, file=File(session_sheets.name("sign", view), content))


@router.command("sessions.calendar")
async def calendar_command(
    context: Context, db: Db, now: datetime, rest: str, directory: Directory, calendars: Calendars
) -> Answer:
    """`日历 编号`: the whole session. Without a number what this staff member has signed up for, if anything."""
    own = await _own(context, directory, calendars) if not rest and context.conversation.group is None else []
    if own:
        return [*own]
    view, _ = await named(db, directory, rest, now)
    return _calendar(view, None, calendars.whole(view, now))


def _asks_calendar(context: Context) -> bool:
    return (
        context.conversation.group is None and context.command is None and fold(bare(context.text)) in _words().calendar
    )


@router.on(When(_asks_calendar, label="sessions.calendar"))
async def calendar(context: Context, directory: Directory, calendars: Calendars) -> Answer:
    """Understood only of who is signed up for something to come."""
    return [*await _own(context, directory, calendars)] or Pass()


async def note_reveal(
    db: Db, directory: Directory, officer: Officer, now: datetime, subject: str, *, why: str, after: dict[str, Any]
) -> None:
    """Who looked at what about people, and why."""
    await audit.note(
        db,
        directory.community,
        at=now,
        contact=officer.contact,
        actor=officer.role,
        verb="sessions.reveal",
        subject=subject,
        after=after,
        why=why,
    )


async def _own(context: Context, directory: Directory, calendars: Calendars) -> list[Reply]:
    """What this person goes to; and what of it was called off, in a file that takes it out of the calendar again."""
    db, now = context.db, context.now
    rows = await sessions.open_ones(db, directory.community, now)
    off = [row for row in await sessions.lately(db, directory.community, now) if row.state == CANCELLED]
    views = {view.id: view for view in await sessions.views(db, [*rows, *off], now)}
    found = await sign_ups.of_contact(db, list(views), context.speaker.contact)
    own = [row for row in found if views[row.session_id].slot(row.slot_id).ends_at > now]
    going = sorted(
        (_going(views[row.session_id], row) for row in own if row.state == State.CONFIRMED),
        key=lambda one: one.slot.starts_at,
    )
    if own and not going:
        return [Reply("sessions.calendar_not_yet", {"session": views[own[0].session_id]})]
    parts = [[one for one in going if (one.session.state == CANCELLED) is gone][:MOST_EVENTS] for gone in (False, True)]
    return [_calendar(part[0].session, part, calendars.file(_once(part), now)) for part in parts if part]


def _going(session: SessionView, row: SignUp) -> Going:
    return Going(session, session.slot(row.slot_id), row.people, session.plan.batch_of(row.building))


def _once(going: list[Going]) -> list[Going]:
    """A part of a session is one event, however many households this person has signed up for it."""
    return list({one.slot.id: one for one in reversed(going)}.values())[::-1]


def _calendar(session: SessionView, going: list[Going] | None, content: bytes) -> Reply:
    params = {"session": session, "going": going, "off": session.state == CANCELLED}
    return Reply("sessions.calendar", params, private=True, file=File(file_name(session.plan.title, TYPE), content))


def _counted(view: SessionView, rows: list[SignUp], now: datetime) -> dict[str, Any]:
    """How many are in; how many came, once somebody was counted."""
    confirmed = [row for row in rows if row.state == State.CONFIRMED]
    counted = any(row.arrived is not None for row in rows)
    return {
        "households": len(confirmed),
        "people": sum(row.people for row in confirmed),
        "came": sum(row.arrived or 0 for row in rows) if counted else None,
        "is_over": view.plan.ends_at <= now,
    }


def _reason_in(after: str) -> str | None:
    """Why somebody wants the telephone numbers; None where they do not. Raises `CommandIncomplete` without a reason."""
    match = _words().phones.match(after)
    if match is None:
        return None
    reason = after[match.end() :].strip(" ,:\n")
    if not reason or len(reason) > LONGEST_REASON:
        raise CommandIncomplete(missing="reveal_reason", usage="sessions.name_list")
    return reason


@dataclass(frozen=True, slots=True)
class _Words:
    calendar: frozenset[str]
    phones: re.Pattern[str]


@cache
def _words() -> _Words:
    found = load_yaml(Path(__file__).with_suffix(".yaml"))
    phones = sorted(found["phones"].split(), key=len, reverse=True)
    return _Words(frozenset(fold(word) for word in found["calendar"].split()), re.compile("|".join(phones)))
