"""Common problems as staff command them: `共性`; and `派`, `进展`, `办结` with a number `GX…`, before those of one case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bot.context import Answer, Context
from bot.dialog import Dialog, Dialogs
from bot.filters import Commanded, When
from bot.message import Reply
from bot.router import Router
from intents.complaints.common import PROBLEM_KIND, Common
from intents.complaints.common_moves import CommonMoves
from intents.complaints.lifecycle import Move
from intents.complaints.moves import LONGEST_NAME, LONGEST_WORDS
from intents.complaints.reminding import MANAGING
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CaseUnknown, CommandIncomplete, NotYourProblem
from intents.understanding.case_number import case_number
from intents.understanding.problem_number import find_problem_number, problem_number
from intents.understanding.until import until
from scheduler.calendar import Calendar
from storage import problems
from storage.accounts import Officer
from storage.base import Db
from storage.due import Due
from storage.problems import Problem

BULK: Final = "complaints.bulk"
TOGETHER: Final = {Move.ASSIGN: "name", Move.PROGRESS: "words", Move.RESOLVE: "result"}
"""The moves of all its cases, and what each needs after the number."""
LONGEST_DAY: Final = 20
SEPARATORS: Final = " \t\n,;:\uff0c\uff1b\uff1a\u3001\u3002"

router = Router("complaints")


def _named(context: Context, rest: str) -> tuple[str, str] | None:
    """The number of a common problem in a command and what follows it; quoting what we said of one stands for the number."""
    found = find_problem_number(rest)
    if found is not None or context.inbound.quote is None or case_number(rest) is not None:
        return found
    quoted = problem_number(context.inbound.quote.text)
    return (quoted, rest) if quoted is not None else None


def _names_problem(context: Context) -> bool:
    return context.command is not None and _named(context, context.command.rest) is not None


async def _problem(db: Db, context: Context, rest: str, common: Common) -> tuple[Problem, str]:
    """Raises `CaseUnknown`."""
    number, text = _named(context, rest) or ("", rest)
    found = await common.numbered_as(db, number)
    if found is None:
        raise CaseUnknown(number=number)
    return found, text


def _may_move(problem: Problem, officer: Officer) -> None:
    """Its cases may be anybody's: whoever gives out cases moves them together, or who was given all of them. Raises
    `NotYourProblem`.
    """
    if officer.role not in MANAGING and problem.owner_id != officer.contact:
        raise NotYourProblem(number=problem.number)


def _together(move: Move) -> Callable[..., Awaitable[Answer]]:
    async def command(
        context: Context,
        db: Db,
        now: datetime,
        rest: str,
        officer: Officer,
        dialogs: Dialogs,
        common: Common,
        common_moves: CommonMoves,
    ) -> Answer:
        problem, text = await _problem(db, context, rest, common)
        _may_move(problem, officer)
        if not text or len(text) > (LONGEST_NAME if move == Move.ASSIGN else LONGEST_WORDS):
            raise CommandIncomplete(missing=TOGETHER[move], usage=f"complaints.problem_{move}")
        shown, cases = await common_moves.would_do(db, problem, move, text, now)
        data = {"problem": problem.id, "move": str(move), "text": text, "cases": cases}
        return await ask_first(context, dialogs, BULK, data, shown)

    command.__name__ = f"problem_{move}"
    return command


for _move in TOGETHER:
    router.on(Commanded(f"complaints.{_move}"), When(_names_problem))(_together(_move))


@router.on(*confirmed(BULK))
async def together_confirmed(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    common_moves: CommonMoves,
) -> Answer:
    await dialogs.close(db, in_private(context))
    data = dialog.data
    problem = await problems.by_id(db, int(data["problem"]))
    if problem is None:
        return None
    _may_move(problem, officer)
    return await common_moves.do(db, problem, Move(data["move"]), officer, data["text"], data["cases"], now)


@router.command("complaints.problems")
async def show(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    common: Common,
    common_moves: CommonMoves,
    calendar: Calendar,
) -> Answer:
    """The open ones; one whole; or what is done about one, and until when."""
    if _named(context, rest) is None:
        return Reply("complaints.problems", {"problems": await common.all_open(db, rest), "search": rest})
    problem, text = await _problem(db, context, rest, common)
    if not text:
        return Reply("complaints.problem_whole", await common.whole(db, problem, officer))
    measure, day = measure_and_day(text, now, calendar)
    measure = measure or problem.measure or ""
    if not measure or len(measure) > LONGEST_WORDS:
        raise CommandIncomplete(missing="measure", usage="complaints.problems")
    promised_by = day or problem.promised_by
    if promised_by is None:
        raise CommandIncomplete(missing="until", usage="complaints.problems")
    return await common_moves.set_measure(db, problem, officer, now, measure=measure, promised_by=promised_by)


@router.due(PROBLEM_KIND)
async def noticed(db: Db, due: Due, common: Common) -> Answer:
    return [*await common.told(db, due)]


def measure_and_day(text: str, now: datetime, calendar: Calendar) -> tuple[str, datetime | None]:
    """`联系热力公司排查 11月30日`, the day at the end or at the beginning; None where there is none that is still to come."""
    for start in range(max(0, len(text) - LONGEST_DAY), len(text)):
        at_end = until(text[start:], now, calendar.is_working)
        if at_end is not None and not at_end[1]:
            return text[:start].strip(SEPARATORS), at_end[0]
    at_start = until(text, now, calendar.is_working)
    return (at_start[1].strip(SEPARATORS), at_start[0]) if at_start is not None else (text.strip(SEPARATORS), None)
