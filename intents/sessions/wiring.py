"""How the parts of sessions are put together: used by `bot.app` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.settings import Settings
from intents.groups import Groups, buildings_of
from intents.house import House
from intents.sessions.announcing import Broadcasts
from intents.sessions.answering import Knows, SessionAnswers
from intents.sessions.board import Board
from intents.sessions.booking import Booking
from intents.sessions.call_list import CallList
from intents.sessions.calling_down import CallingDown
from intents.sessions.checking_in import CheckingIn
from intents.sessions.choosing import Choosing
from intents.sessions.desk import Desk
from intents.sessions.dosing import Dosing
from intents.sessions.draft_words import kinds
from intents.sessions.drafting import Known
from intents.sessions.editing import Editing
from intents.sessions.ical import Calendars
from intents.sessions.noticing import Noticing
from intents.sessions.noting import Noting
from intents.sessions.reaching import Reaching
from intents.sessions.reception import Reception
from intents.sessions.reception_file import ReceptionFile
from intents.sessions.reminding import Reminding
from intents.sessions.sheets import Sheets
from intents.sessions.signing_up import SigningUp
from intents.sessions.staff import Drafts
from intents.sessions.talking import Talking
from intents.sessions.telephoning import Telephoning
from intents.sessions.turnout import Closing
from intents.sessions.wishes import words
from storage.base import Db


def session_services(house: House, broadcasts: Broadcasts, telephoning: Telephoning, knows: Knows) -> Mapping[str, Any]:
    """What the handlers of sessions may ask for by name."""
    directory, community = house.directory, house.directory.community
    facts = house.settings.community
    board = Board(community)
    quiet = house.settings.quiet_hours
    signing_up = SigningUp(directory, house.expectations, quiet)
    talking = Talking(directory)
    reaching = Reaching(directory)
    reminding = Reminding(directory, reaching, quiet)
    noticing = Noticing(house.replies, facts)
    choosing = Choosing(house.calendar, _kind_words, tuple(words("generic")), tuple(words("named")))
    wait = timedelta(minutes=house.settings.limits.dialog_wait_minutes)
    known = Known(_buildings(house.settings), places=(), phone=facts.phones.office)
    desk = Desk(directory, board, choosing, signing_up, talking, house.dialogs, wait)
    dosing, groups = Dosing(directory), Groups(directory, house.settings.groups)
    sheets = Sheets(house.replies, facts.name)
    return {
        "board": board,
        "signing_up": signing_up,
        "talking": talking,
        "reaching": reaching,
        "session_reminding": reminding,
        "noticing": noticing,
        "sign_up_desk": desk,
        "booking": Booking(
            community, house.settings.sessions, house.calendar, board, signing_up, reminding, house.dialogs, wait
        ),
        "session_answers": SessionAnswers(directory, board, choosing, desk, house.calendar, house.dialogs, knows),
        "noting": Noting(directory, desk, choosing, signing_up, talking, house.dialogs),
        "session_editing": Editing(community, board, broadcasts, noticing, reaching, reminding, signing_up, quiet),
        "dosing": dosing,
        "checking_in": CheckingIn(community, signing_up, dosing),
        "calling_down": CallingDown(directory, groups, quiet),
        "session_closing": Closing(directory, board, sheets),
        "call_list": CallList(directory, house.dialogs, signing_up, talking, house.calendar, telephoning),
        "session_known": known,
        "drafts": Drafts(house.calendar, groups, known, house.replies),
        "broadcasts": broadcasts,
        "calendars": Calendars(community, house.replies),
        "session_sheets": sheets,
        "reception": Reception(directory),
        "reception_file": ReceptionFile(house.replies),
    }


def _buildings(settings: Settings) -> frozenset[str] | None:
    """Those that the groups' entries name, and those of staff. What staff look after is only a part: alone it tells nothing."""
    named = {one for fact in settings.groups for one in buildings_of(fact, fact.name)}
    return frozenset(named | {one for officer in settings.staff for one in officer.buildings}) if named else None


def _kind_words(kind: str) -> tuple[str, ...]:
    return tuple(str(kinds()[kind]["words"]).split())


async def rebuild(db: Db, services: Mapping[str, Any], now: datetime) -> None:
    """At start: what is expected of whom, from the tables."""
    await services["board"].refresh(db, now)
    await services["signing_up"].rebuild(db, now)
