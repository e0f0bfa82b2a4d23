"""What staff look at by command: what needs doing, the open cases, one whole, what is overdue, their own."""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context
from bot.message import Reply
from bot.router import Router
from intents.complaints.desk import LINES, LINES_A_SECTION, Desk
from intents.complaints.finding import Finding
from intents.complaints.leads import Leads
from intents.complaints.visibility import TAKE_LEADS
from intents.understanding.case_number import case_number
from storage.accounts import Officer
from storage.base import Db
from storage.complaints import Case

router = Router("complaints")


@router.command("complaints.agenda")
async def agenda(context: Context, db: Db, now: datetime, officer: Officer, desk: Desk, leads: Leads) -> Answer:
    """What needs doing today; at its end the oldest lead, to be decided at once."""
    found = await desk.agenda(db, officer, now)
    lead = await leads.begin(context, officer, only_if_free=True)
    takes_leads = officer.role in TAKE_LEADS
    params = {"agenda": found, "lines": LINES_A_SECTION, "lead": lead, "takes_leads": takes_leads}
    return Reply("complaints.agenda", params)


@router.command("complaints.show")
async def show(context: Context, db: Db, rest: str, officer: Officer, desk: Desk, finding: Finding) -> Answer:
    """The open cases; one whole, by number or quoting; or those that hold some words."""
    if case_number(rest) or (not rest and context.inbound.quote):
        complaint, _ = await finding.commanded(context, rest)
        return Reply("complaints.whole", {"whole": await desk.whole(db, officer, complaint)})
    cases = await desk.open_cases(db, officer, rest)
    return _listed("open" if not rest else "search", cases, search=rest)


@router.command("complaints.overdue")
async def overdue(db: Db, now: datetime, officer: Officer, desk: Desk) -> Answer:
    return _listed("overdue", await desk.overdue(db, officer, now))


@router.command("complaints.mine")
async def mine(db: Db, officer: Officer, desk: Desk) -> Answer:
    """What was given to this one, or taken on."""
    return _listed("mine", await desk.of_handler(db, officer))


def _listed(kind: str, cases: list[Case], search: str = "") -> Reply:
    params = {"kind": kind, "cases": cases[:LINES], "count": len(cases), "more": len(cases) > LINES, "search": search}
    return Reply("complaints.list", params)
