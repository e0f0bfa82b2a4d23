"""How the parts of complaints are put together: used by `bot.app` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.expectations import REMEMBERED, Expectations
from bot.message import Conversation
from intents.complaints.acknowledging import Acknowledging
from intents.complaints.asking import Asking
from intents.complaints.calling_out import CallingOut
from intents.complaints.choosing import Choosing
from intents.complaints.common import Common
from intents.complaints.common_moves import CommonMoves
from intents.complaints.daily import DailyLists
from intents.complaints.desk import Desk
from intents.complaints.entering import Entering
from intents.complaints.filing import Filing
from intents.complaints.finding import Finding
from intents.complaints.flood import Flood
from intents.complaints.follow_up import FollowUp
from intents.complaints.hand_over import HandOver
from intents.complaints.handling import Handling
from intents.complaints.joining import Joining
from intents.complaints.leads import Leads
from intents.complaints.moves import Moves
from intents.complaints.own_cases import OwnCases
from intents.complaints.photos import Photos
from intents.complaints.recounting import Recounting
from intents.complaints.reminding import Reminding
from intents.complaints.reopening import Reopening
from intents.complaints.seconding import Seconding
from intents.complaints.telephoning import Telephoning
from intents.complaints.telling import Telling
from intents.house import House
from intents.understanding.correction import LONGEST, correction, takes_back
from storage import reporters
from storage.accounts import Directory
from storage.base import Db


def complaint_services(house: House) -> Mapping[str, Any]:
    """What the handlers of complaints may ask for by name."""
    community, limits = house.directory.community, house.settings.limits
    wait = timedelta(minutes=limits.dialog_wait_minutes)
    categories, expectations = house.judge.categories, house.expectations
    telling = Telling(categories, house.directory)
    joining = Joining(community, telling)
    reminding = Reminding(community, house.directory, house.calendar)
    common = Common(community, house.directory, telling, house.settings.common_problem, house.now)
    filing = Filing(community, categories, house.dialogs, expectations, joining, reminding, common)
    finding = Finding(house.directory, house.quotes)
    handling = Handling(community, house.directory, reminding, common)
    telephoning = Telephoning(community)
    follow_up = FollowUp(community, house.directory, expectations, handling, telling, telephoning)
    calling_out = CallingOut(community, house.directory, expectations, telling)
    choosing = Choosing(finding, house.judge, house.dialogs, telling, wait)
    asking = Asking(house.dialogs, telling, wait)
    desk = Desk(community, house.directory)
    moves = Moves(community, handling, telling, follow_up, filing, house.calendar)
    own_cases = OwnCases(house.directory, expectations, handling, filing, follow_up, calling_out, telling)
    return {
        "telling": telling,
        "joining": joining,
        "reminding": reminding,
        "recounting": Recounting(community, reminding, house),
        "filing": filing,
        "finding": finding,
        "handling": handling,
        "follow_up": follow_up,
        "telephoning": telephoning,
        "calling_out": calling_out,
        "choosing": choosing,
        "acknowledging": Acknowledging(categories, telling, house.dialogs, filing, asking, calling_out),
        "reopening": Reopening(follow_up, telling),
        "own_cases": own_cases,
        "seconding": Seconding(joining, finding, choosing, telling),
        "flood": Flood(house.directory, limits.complaints_an_hour_person),
        "moves": moves,
        "desk": desk,
        "leads": Leads(community, house.directory, house.dialogs, moves, handling, wait),
        "entering": Entering(
            house.directory, house.judge, house.quotes, filing, joining, telling, calling_out, own_cases, moves
        ),
        "daily_lists": DailyLists(community, house.directory, desk, house.settings.desk, runs=house.rhythms),
        "common": common,
        "common_moves": CommonMoves(community, house.directory, handling, telling, follow_up, common),
        "hand_over": HandOver(community, house.directory, handling, house.calendar),
        "photos": Photos(community, expectations),
    }


async def rebuild(db: Db, services: Mapping[str, Any], expectations: Expectations, now: datetime) -> None:
    """At start: what is expected of whom, from the tables."""
    await services["calling_out"].rebuild(db)
    await services["follow_up"].rebuild(db)
    await services["recounting"].rebuild(db, now)
    await services["reminding"].rebuild(db, now)
    await services["daily_lists"].plan(db, now)
    directory: Directory = services["directory"]
    for reporter, complaint in await reporters.recent(db, directory.community, now - REMEMBERED):
        where = Conversation(directory.account, reporter.group_id, reporter.contact_id or 0)
        expectations.reported(where, complaint.merged_into or complaint.id, reporter.at)


def may_amend(text: str) -> bool:
    """Whether a text may correct or take back what was just reported: cheap, for the screen."""
    return len(text) <= LONGEST and (correction(text) is not None or takes_back(text))
