"""What staff command about complaints. The answers go to them in private; residents see one update."""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context, Post
from bot.message import Reply
from intents.complaints.desk import LINES, Desk
from intents.complaints.finding import Finding
from intents.complaints.handlers import router
from intents.complaints.handling import Handling
from intents.errors import CommandIncomplete
from intents.understanding.case_number import case_number
from storage.accounts import Officer
from storage.base import Db

LONGEST_NAME = 20
LONGEST_RESULT = 500
URGENT = ("P0", "P1")


@router.command("complaints.agenda")
async def agenda(db: Db, now: datetime, desk: Desk) -> Answer:
    return Reply("complaints.agenda", {"agenda": await desk.agenda(db, now), "lines": LINES})


@router.command("complaints.show")
async def show(context: Context, db: Db, rest: str, desk: Desk, finding: Finding) -> Answer:
    """The open cases; one whole, by number or quoting; or those that hold some words."""
    if case_number(rest) or (not rest and context.inbound.quote):
        complaint, _ = await finding.commanded(context, rest)
        case, story = await desk.whole(db, complaint)
        return Reply("complaints.whole", {"case": case, "story": story, "words": complaint.original})
    cases = await desk.open_cases(db, rest)
    return Reply("complaints.list", {"cases": cases[:LINES], "more": len(cases) > LINES, "search": rest})


@router.command("complaints.accept")
async def accept(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, handling: Handling
) -> Answer:
    complaint, _ = await finding.commanded(context, rest)
    case = await handling.accept(db, complaint, officer, now)
    return [Reply("complaints.accepted", {"case": case}), *handling.updates(case, "complaints.update_accepted")]


@router.command("complaints.assign")
async def assign(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, handling: Handling
) -> Answer:
    complaint, name = await finding.commanded(context, rest)
    if not name or len(name) > LONGEST_NAME:
        raise CommandIncomplete(missing="name", usage="complaints.assign")
    case = await handling.assign(db, complaint, officer, name, now)
    said: list[Reply | Post] = [Reply("complaints.assigned", {"case": case})]
    handler = handling.officer_named(name)
    if handler is not None and handler.contact != officer.contact:
        kind = "alert" if case.urgency in URGENT else "notice"
        words = {"case": case, "words": complaint.original, "phone": case.phone}
        said.append(Post("complaints.given_to_you", words, contact=handler.contact, kind=kind))
    return [*said, *handling.updates(case, "complaints.update_assigned")]


@router.command("complaints.resolve")
async def resolve(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, handling: Handling
) -> Answer:
    complaint, result = await finding.commanded(context, rest)
    if not result or len(result) > LONGEST_RESULT:
        raise CommandIncomplete(missing="result", usage="complaints.resolve")
    case = await handling.resolve(db, complaint, officer, result, now)
    updates = handling.updates(case, "complaints.update_resolved", result=result)
    return [Reply("complaints.resolved", {"case": case}), *updates]
