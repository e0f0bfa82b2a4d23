"""The staff's moves as commands. The answers go to them in private; residents see one update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.context import Answer, Context
from bot.message import Reply
from bot.router import Router
from intents.complaints.finding import Finding
from intents.complaints.follow_up import FollowUp, Rating
from intents.complaints.lifecycle import Move
from intents.complaints.moves import Moves, Order, filed_first
from intents.complaints.place_answers import words
from intents.errors import CommandIncomplete
from intents.understanding.case_number import find_case_number
from intents.understanding.normalise import normalise
from storage import complaints, follow_ups, reporters
from storage.accounts import Officer
from storage.base import Db
from storage.complaints import case_of

router = Router("complaints")
COMMANDED = (
    Move.ACCEPT,
    Move.ASSIGN,
    Move.RECEIVE,
    Move.GIVE_BACK,
    Move.PROGRESS,
    Move.SUSPEND,
    Move.EXTEND,
    Move.TRANSFER,
    Move.EXPLAIN,
    Move.RESOLVE,
    Move.REOPEN,
)


def _commanded(move: Move) -> Callable[..., Awaitable[Answer]]:
    async def command(
        context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, moves: Moves
    ) -> Answer:
        complaint, text = await finding.commanded(context, rest)
        return [*await moves.do(db, move, Order(officer, complaint, text, now))]

    command.__name__ = str(move)
    return command


for _move in COMMANDED:
    router.command(f"complaints.{_move}")(_commanded(_move))


@router.command("complaints.merge")
async def merge(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, moves: Moves
) -> Answer:
    """`并案 A B`, or quoting one and naming the other: the later one goes into the earlier."""
    one, text = await finding.commanded(context, rest)
    named = find_case_number(normalise(text))
    if named is None and context.inbound.quote is None:
        raise CommandIncomplete(missing="other_case", usage="complaints.merge")
    other = await (finding.numbered(context, named[0]) if named is not None else finding.quoted_by_staff(context))
    earlier, later = sorted((one, other), key=filed_first)
    return [*await moves.do(db, Move.MERGE, Order(officer, later, earlier.number or "", now))]


@router.command("complaints.part")
async def part(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, moves: Moves
) -> Answer:
    """A case that was joined into another; or, quoting one report of many, that report."""
    complaint, _ = await finding.commanded(context, rest)
    if complaint.merged_into is None and context.inbound.quote is not None:
        parted = await finding.report_quoted(context, complaint)
        if parted is not None:
            return [*await moves.part_out(db, parted, Order(officer, complaint, "", now))]
    return [*await moves.do(db, Move.PART, Order(officer, complaint, "", now))]


@router.command("complaints.undo")
async def undo(db: Db, now: datetime, officer: Officer, moves: Moves) -> Answer:
    return [*await moves.undo(db, officer, now)]


@router.command("complaints.follow_up")
async def follow_up(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, finding: Finding, follow_up: FollowUp
) -> Answer:
    """`回访 编号 满意 …`: what was heard by telephone."""
    complaint, text = await finding.commanded(context, rest)
    outcome = _outcome(text)
    if outcome is None:
        raise CommandIncomplete(missing="outcome", usage="complaints.follow_up")
    told = await follow_up.by_telephone(db, complaint, officer, outcome, text, now)
    people = await reporters.count(db, complaint.id)
    case = case_of(await complaints.by_id(db, complaint.id) or complaint, people=people)
    attempts = await follow_ups.failed_attempts(db, complaint.id)
    return [Reply("complaints.followed_up", {"case": case, "outcome": outcome, "attempts": attempts}), *told]


def _outcome(text: str) -> str | None:
    """The first word decides: no answer, not content, mostly, content."""
    said = normalise(text)
    for outcome in (follow_ups.NO_ANSWER, Rating.DISSATISFIED, Rating.MOSTLY, Rating.SATISFIED):
        if any(said.startswith(word) for word in words(f"staff_{outcome}")):
            return str(outcome)
    return None
