"""Leads one by one: what sounds like a complaint is taken or dropped with one character; then what waits for its place. The
oldest stands first, and nothing leaves this walk unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Answer, Context, Post, Said
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering, When
from bot.message import Conversation, Reply
from bot.router import Router
from intents.complaints.calling_out import told_words
from intents.complaints.desk import LEADS_COUNTED
from intents.complaints.handling import Handling
from intents.complaints.lifecycle import Move, State
from intents.complaints.moves import Moves, Order
from intents.complaints.visibility import TAKE_LEADS, may_see, sight_of
from intents.understanding.address import split_nickname
from intents.understanding.digits import digit_of
from storage import audit, case_lists, complaints, reporters
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.case_lists import Queue
from storage.complaints import Case, Complaint, case_of

router = Router("complaints")
LEAD_DIALOG: Final = "complaints.lead"
TAKE, DROP, LATER = 1, 2, 3
WAITING: Final = (State.LEAD, State.AWAITING_PLACE)


@dataclass(frozen=True, slots=True)
class Lead:
    """One thing to decide. `name` is empty for who wants none; `left` counts this one too."""

    case: Case
    name: str
    group: str
    words: str
    left: int
    lacks_place: bool


class Leads:
    def __init__(
        self,
        community: str,
        directory: Directory,
        dialogs: Dialogs,
        moves: Moves,
        handling: Handling,
        wait: timedelta,
    ) -> None:
        self._community = community
        self._directory = directory
        self._dialogs = dialogs
        self._moves = moves
        self._handling = handling
        self._wait = wait

    async def begin(self, context: Context, officer: Officer, *, only_if_free: bool = False) -> Lead | None:
        """Show the oldest, and wait for the word on it. `only_if_free`: not in the place of another question that is open."""
        if officer.role not in TAKE_LEADS:
            return None
        if only_if_free:
            open_one = await self._dialogs.find(context.db, _in_private(context))
            if open_one is not None and open_one.state != LEAD_DIALOG:
                return None
        return await self._show(context, officer, queue=0, after=0)

    async def decide(self, context: Context, officer: Officer, dialog: Dialog, digit: int) -> list[Said]:
        """The word on the one that was shown; then the next."""
        complaint = await complaints.held(context.db, int(dialog.data["case"]))
        params: dict[str, Any] = {"done": "later", "by": "", "told": False}
        posts: list[Post] = []
        if complaint is None or complaint.state not in WAITING or not may_see(officer, complaint):
            params |= {"done": "gone", "by": await self._who_was_it(context.db, complaint)}
        elif digit == TAKE:
            order = Order(officer, complaint, "", context.now)
            said = await self._moves.do(context.db, Move.ACCEPT, order)
            posts = [one for one in said if isinstance(one, Post)]
            params |= {"done": "taken", "told": bool(posts)}
        elif digit == DROP:
            await self._handling.drop(context.db, complaint, officer, context.now)
            params |= {"done": "dropped"}
        lead = await self._show(context, officer, queue=int(dialog.data["queue"]), after=int(dialog.data["case"]))
        case = case_of(complaint) if complaint is not None else None
        return [Reply("complaints.lead_done", {**params, "case": case, "lead": lead}, private=True), *posts]

    async def _show(self, context: Context, officer: Officer, *, queue: int, after: int) -> Lead | None:
        """The next that waits, and the question about it; the question is closed where none is left."""
        db, within = context.db, sight_of(officer)
        queues = _queues(context.now)
        for number in range(queue, len(queues)):
            begun = after if number == queue else 0
            found = await case_lists.next_waiting(db, self._community, queues[number], within, begun)
            complaint = await complaints.by_id(db, found) if found is not None else None
            if complaint is not None:
                left = await case_lists.count_waiting(db, self._community, queues[number], within, begun)
                for later in queues[number + 1 :]:
                    left += await case_lists.count_waiting(db, self._community, later, within)
                data = {"case": complaint.id, "queue": number}
                where = _in_private(context)
                await self._dialogs.ask(db, where, LEAD_DIALOG, data, now=context.now, wait=self._wait)
                return await self._card(db, complaint, left)
        if context.dialog is not None and context.dialog.state == LEAD_DIALOG:
            await self._dialogs.close(db, _in_private(context))
        return None

    async def _card(self, db: Db, complaint: Complaint, left: int) -> Lead:
        told = await reporters.of(db, complaint.id)
        name = ""
        if told and not complaint.anonymous and told[0].contact_id is not None:
            shown = self._directory.name_in(told[0].group_id, told[0].contact_id)
            name = split_nickname(shown)[1].strip() or shown
        group = self._directory.group_name(complaint.group_id) if complaint.group_id is not None else ""
        lacks_place = complaint.state == State.AWAITING_PLACE
        words = str(told_words(complaint)["words"])
        return Lead(case_of(complaint), name, group, words, left, lacks_place)

    async def _who_was_it(self, db: Db, complaint: Complaint | None) -> str:
        """Which colleague was faster."""
        if complaint is None:
            return ""
        story = await audit.story(db, self._community, f"complaint:{complaint.id}")
        found = [self._directory.officers[step.contact] for step in story if step.contact in self._directory.officers]
        return found[-1].name if found else ""


def _queues(now: datetime) -> tuple[Queue, ...]:
    since = now - LEADS_COUNTED
    return Queue(State.LEAD, since=since), Queue(State.LEAD, before=since), Queue(State.AWAITING_PLACE)


def _in_private(context: Context) -> Conversation:
    return Conversation(context.conversation.account, None, context.speaker.contact)


def _may_decide(context: Context) -> bool:
    """While an emergency is called out, whatever staff say is the answer to that."""
    return context.speaker.officer is not None and not context.staff_word


def _is_digit(context: Context) -> bool:
    return _may_decide(context) and digit_of(context.text) is not None


def _means_nothing(context: Context) -> bool:
    """Said in the place of an answer, and nothing else either."""
    said, understood = context.text.strip(), context.understanding
    return _may_decide(context) and bool(said) and understood.intent is None and understood.slots.case is None


@router.on(Answering(LEAD_DIALOG), When(_is_digit))
async def decided(context: Context, dialog: Dialog, leads: Leads) -> Answer:
    officer, digit = context.speaker.officer, digit_of(context.text)
    if officer is None or officer.role not in TAKE_LEADS or digit not in (TAKE, DROP, LATER):
        return Reply("complaints.lead_again")
    return await leads.decide(context, officer, dialog, digit)


@router.on(Answering(LEAD_DIALOG), When(_means_nothing))
async def not_decided() -> Answer:
    return Reply("complaints.lead_again")


@router.command("complaints.leads")
async def show_leads(context: Context, officer: Officer, leads: Leads) -> Answer:
    """All of them, one after the other."""
    lead = await leads.begin(context, officer)
    return Reply("complaints.lead", {"lead": lead}) if lead is not None else Reply("complaints.no_leads")
