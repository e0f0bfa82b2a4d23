"""What staff do with a case on the page: the buttons that its state and their role allow, and the deeds behind them.

A deed is the use case of the command of the same name; what others are then told is the same too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.context import Said
from bot.message import Reply
from intents.complaints.follow_up import FollowUp, Rating
from intents.complaints.handling import UNDONE_WITHIN, Handling
from intents.complaints.lifecycle import FOLLOWED_UP, MOVES, Move, State, allowed
from intents.complaints.moves import LONGEST_NAME, LONGEST_OFFICE, LONGEST_WORDS, Moves, Order, filed_first
from intents.complaints.visibility import may_see
from intents.errors import CaseUnknown, NothingToUndo
from intents.understanding.case_number import case_number
from storage import audit, complaints, follow_ups, reporters
from storage.accounts import Officer
from storage.base import Db
from storage.complaints import Case, Complaint, case_of
from web.assistant import Assistant
from web.faults import CaseNotThere, DayPast, Unfilled, Unreadable
from web.pages.officers import Officers
from web.rendering import Rendering

UNDO, FOLLOW_UP = "undo", "follow_up"
OUTCOMES = (*(str(rating) for rating in Rating), follow_ups.NO_ANSWER)
ASKED_AFTER = (*FOLLOWED_UP, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Field:
    """The one thing that is asked with a button."""

    kind: str
    """`name`, `words`, `number` or `outcome`."""
    longest: int = LONGEST_WORDS
    dated: bool = False


FIELDS: dict[str, Field] = {
    Move.ASSIGN: Field("name", LONGEST_NAME),
    Move.GIVE_BACK: Field("words"),
    Move.PROGRESS: Field("words"),
    Move.SUSPEND: Field("words"),
    Move.EXTEND: Field("words", dated=True),
    Move.TRANSFER: Field("name", LONGEST_OFFICE),
    Move.EXPLAIN: Field("words"),
    Move.RESOLVE: Field("words"),
    Move.REOPEN: Field("words"),
    Move.MERGE: Field("number", 24),
    FOLLOW_UP: Field("outcome"),
}
FIRST = (Move.ACCEPT, Move.RESOLVE)
"""The usual next step: its button stands out."""


@dataclass(frozen=True, slots=True)
class Button:
    name: str
    field: Field | None
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a page sends with a button. `reporter`: the one report that is to become a case of its own."""

    act: str
    text: str = ""
    until: str = ""
    outcome: str = ""
    reporter: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    officer: Officer
    complaint: Complaint
    given: Given
    now: datetime


class Acts:
    def __init__(self, assistant: Assistant, rendering: Rendering, officers: Officers) -> None:
        self._assistant = assistant
        self._community = assistant.settings.community.id
        self._words = rendering.words
        self._replies = assistant.replies
        self._officers = officers
        self._moves: Moves = assistant.services["moves"]
        self._handling: Handling = assistant.services["handling"]
        self._follow_up: FollowUp = assistant.services["follow_up"]
        self._deeds: dict[str, Callable[[Db, Task], Awaitable[list[Said]]]] = {
            Move.DROP: self._drop,
            Move.EXTEND: self._extend,
            Move.MERGE: self._merge,
            Move.PART: self._part,
            UNDO: self._undo,
            FOLLOW_UP: self._by_telephone,
        }

    async def buttons(self, db: Db, case: Case, officer: Officer, now: datetime) -> list[Button]:
        """What this person may do with this case now."""
        state = State(case.state)
        names = [str(move) for move in allowed(state)]
        if state in MOVES[Move.DROP][0]:
            names.insert(1, str(Move.DROP))
        if state in ASKED_AFTER and case.handler_id != officer.contact:
            names.insert(0, FOLLOW_UP)
        if await self._undoes(db, case.id, officer, now):
            names.append(UNDO)
        names = [name for name in names if self._officers.may(officer, name)]
        usual = next((str(move) for move in FIRST if move in names), "")
        return [Button(name, FIELDS.get(name), name == usual) for name in names]

    async def do(self, identity: int, officer: Officer, given: Given) -> tuple[str, bool]:
        """One line for whoever acted, and whether it was done. Raises `PageFault`."""
        self._check(given)

        async def deed(db: Db, now: datetime) -> list[Said]:
            complaint = await held(db, self._community, identity, officer)
            self._officers.check(officer, given.act)
            return await self._done(db, Task(officer, complaint, given, now))

        done = await self._assistant.acting.do(deed)
        said = done.said or (self._words["page"]["dropped"],)
        return "\n".join(said), not done.refused

    def _check(self, given: Given) -> None:
        """Raises `PageFault` for what no button of ours sends, and for what was left empty."""
        if given.act not in {UNDO, FOLLOW_UP, Move.DROP, *_COMMANDED}:
            raise Unreadable()
        field = FIELDS.get(given.act)
        if field is None:
            return
        if field.kind == "outcome" and given.outcome not in OUTCOMES:
            raise Unfilled() if not given.outcome else Unreadable()
        if field.kind != "outcome" and not given.text:
            raise Unfilled()
        if field.dated and not _is_date(given.until):
            raise Unfilled() if not given.until else Unreadable()

    async def _done(self, db: Db, task: Task) -> list[Said]:
        deed = self._deeds.get(task.given.act)
        if deed is not None:
            return await deed(db, task)
        return await self._ordered(db, Move(task.given.act), task, task.given.text)

    async def _ordered(self, db: Db, move: Move, task: Task, text: str) -> list[Said]:
        return await self._moves.do(db, move, Order(task.officer, task.complaint, text, task.now))

    async def _drop(self, db: Db, task: Task) -> list[Said]:
        await self._handling.drop(db, task.complaint, task.officer, task.now)
        return []

    async def _extend(self, db: Db, task: Task) -> list[Said]:
        if date.fromisoformat(task.given.until) <= task.now.date():
            raise DayPast()
        return await self._ordered(db, Move.EXTEND, task, f"{task.given.until} {task.given.text}")

    async def _merge(self, db: Db, task: Task) -> list[Said]:
        """As by command, the later one goes into the earlier."""
        number = case_number(task.given.text) or task.given.text
        other = await complaints.by_number(db, self._community, number, lock=True)
        if other is None or not may_see(task.officer, other):
            raise CaseUnknown(number=number)
        earlier, later = sorted((task.complaint, other), key=filed_first)
        order = Order(task.officer, later, earlier.number or "", task.now)
        return await self._moves.do(db, Move.MERGE, order)

    async def _part(self, db: Db, task: Task) -> list[Said]:
        """A case that was joined into another; or one report of many."""
        if task.given.reporter is None:
            return await self._ordered(db, Move.PART, task, "")
        reporter = await reporters.by_id(db, task.given.reporter)
        if reporter is None or reporter.complaint_id != task.complaint.id or reporter.words is None:
            raise CaseNotThere()
        return await self._moves.part_out(db, reporter, Order(task.officer, task.complaint, "", task.now))

    async def _undo(self, db: Db, task: Task) -> list[Said]:
        if not await self._undoes(db, task.complaint.id, task.officer, task.now):
            raise NothingToUndo()
        return await self._moves.undo(db, task.officer, task.now)

    async def _undoes(self, db: Db, identity: int, officer: Officer, now: datetime) -> bool:
        """Whether the last thing this person did was with this case: a button on a page must not undo something elsewhere."""
        step = await audit.last_of(db, self._community, officer.contact, "complaints.")
        if step is None or step.subject != f"complaint:{identity}" or now - step.at > UNDONE_WITHIN:
            return False
        return step.verb in _UNDONE and await audit.is_latest(db, self._community, step)

    async def _by_telephone(self, db: Db, task: Task) -> list[Said]:
        """What was heard when somebody called, as by command."""
        outcome, complaint = task.given.outcome, task.complaint
        words = f"{self._replies.word(f'rating.{outcome}')} {task.given.text}".strip()
        told = await self._follow_up.by_telephone(db, complaint, task.officer, outcome, words, task.now)
        case = case_of(complaint, people=await reporters.count(db, complaint.id))
        attempts = await follow_ups.failed_attempts(db, complaint.id)
        return [Reply("complaints.followed_up", {"case": case, "outcome": outcome, "attempts": attempts}), *told]


_COMMANDED = frozenset(
    str(move)
    for move in Move
    if move not in {Move.PLACE, Move.ASK, Move.CLOSE, Move.WITHDRAW}  # those follow from what residents say
)
_UNDONE = frozenset(f"complaints.{move}" for move in _COMMANDED - {Move.REOPEN})


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


async def held(db: Db, community: str, identity: int, officer: Officer) -> Complaint:
    """A case as it is now, until the transaction ends. Raises `CaseNotThere`, also for what this one may not see."""
    complaint = await complaints.held(db, identity)
    if complaint is None or complaint.community != community or not may_see(officer, complaint):
        raise CaseNotThere()
    return complaint
