"""A staff member moves a case: the move itself, what that person is answered, and what the reporters hear. However it was given,
by command, by quoting or on the page, it is this.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.context import Post, Said
from bot.message import Reply
from intents.complaints.calling_out import urgent_line
from intents.complaints.filing import Filing
from intents.complaints.follow_up import FollowUp
from intents.complaints.handling import Actor, Handling
from intents.complaints.lifecycle import Move, State
from intents.complaints.telling import Telling, about
from intents.errors import CommandIncomplete
from intents.understanding.until import until
from scheduler.calendar import Calendar
from storage import complaints, lines
from storage.accounts import Officer
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.reporters import Reporter

LONGEST_NAME = 20
LONGEST_WORDS = 500
LONGEST_OFFICE = 30
URGENT = ("P0", "P1")
STATE_TOLD = {State.ACCEPTED: "complaints.update_accepted", State.ASSIGNED: "complaints.update_assigned"}


@dataclass(frozen=True, slots=True)
class Order:
    """Who moves which case, and what was said with it: a name, a reason, a result."""

    officer: Officer
    complaint: Complaint
    text: str
    now: datetime


_Perform = Callable[[Db, Order], Awaitable[list[Said]]]


class Moves:
    def __init__(
        self,
        community: str,
        handling: Handling,
        telling: Telling,
        follow_up: FollowUp,
        filing: Filing,
        calendar: Calendar,
    ) -> None:
        self._community = community
        self._handling = handling
        self._telling = telling
        self._follow_up = follow_up
        self._filing = filing
        self._calendar = calendar
        self._ways: dict[Move, _Perform] = {
            Move.ACCEPT: self._accept,
            Move.ASSIGN: self._assign,
            Move.RECEIVE: self._receive,
            Move.GIVE_BACK: self._give_back,
            Move.PROGRESS: self._note,
            Move.SUSPEND: self._suspend,
            Move.EXTEND: self._extend,
            Move.TRANSFER: self._transfer,
            Move.EXPLAIN: self._explain,
            Move.RESOLVE: self._resolve,
            Move.REOPEN: self._reopen,
            Move.MERGE: self._merge,
            Move.PART: self._part,
        }

    async def do(self, db: Db, move: Move, order: Order) -> list[Said]:
        """Raises a `Refusal` where the state does not allow it or something is missing; then nothing has changed."""
        return await self._ways[move](db, order)

    async def _accept(self, db: Db, order: Order) -> list[Said]:
        complaint = order.complaint
        await self._handling.accept(db, complaint, order.officer, order.now)
        await lines.call_off(db, urgent_line(complaint))
        told = await self._telling.update(db, complaint, "complaints.update_accepted")
        return [_answer("complaints.accepted", complaint), *told]

    async def _assign(self, db: Db, order: Order) -> list[Said]:
        complaint, name, before = order.complaint, order.text, order.complaint.handler_id
        if not name or len(name) > LONGEST_NAME:
            raise CommandIncomplete(missing="name", usage="complaints.assign")
        handler = await self._handling.assign(db, complaint, order.officer, name, order.now)
        await lines.call_off(db, urgent_line(complaint))
        covers = handler is not None and handler.name != name
        said: list[Said] = [_answer("complaints.assigned", complaint, instead_of=name if covers else None)]
        if handler is not None and handler.contact != order.officer.contact:
            said.append(self._given(complaint, handler))
        said += self._lost("complaints.given_to_another", complaint, before, order.officer)
        return [*said, *await self._telling.update(db, complaint, "complaints.update_assigned")]

    def _given(self, complaint: Complaint, handler: Officer) -> Post:
        kind = "alert" if complaint.urgency in URGENT else "notice"
        params = {"case": case_of(complaint), "words": complaint.original, "phone": complaint.phone}
        return Post("complaints.given_to_you", params, contact=handler.contact, kind=kind)

    def _lost(self, key: str, complaint: Complaint, before: int | None, officer: Officer) -> list[Post]:
        """Whoever had it and has it no more hears so, but for who took it away."""
        if before in (None, complaint.handler_id, officer.contact):
            return []
        return self._handling.lost(key, {before: [complaint]})

    async def _receive(self, db: Db, order: Order) -> list[Said]:
        await self._handling.receive(db, order.complaint, order.officer, order.now)
        return [_answer("complaints.received", order.complaint)]

    async def _give_back(self, db: Db, order: Order) -> list[Said]:
        reason = _words(order, "complaints.give_back", "reason")
        await self._handling.give_back(db, order.complaint, order.officer, reason, order.now)
        params = {"case": case_of(order.complaint), "name": order.officer.name, "words": reason}
        told = [
            Post("complaints.given_back_to_you", params, contact=one.contact, kind="notice")
            for one in self._handling.responsible(order.complaint, order.now)
            if one.contact != order.officer.contact
        ]
        return [_answer("complaints.given_back", order.complaint), *told]

    async def _note(self, db: Db, order: Order) -> list[Said]:
        words = _words(order, "complaints.note", "words")
        await self._handling.note(db, order.complaint, order.officer, words, order.now)
        aloud = await self._aloud(db, order, words)
        told = await self._telling.update(db, order.complaint, "complaints.update_note", words=aloud)
        return [_answer("complaints.noted", order.complaint), *told]

    async def _aloud(self, db: Db, order: Order, words: str) -> str:
        return await self._handling.unnamed(db, [order.complaint], words)

    async def _suspend(self, db: Db, order: Order) -> list[Said]:
        reason = _words(order, "complaints.suspend", "reason")
        await self._handling.suspend(db, order.complaint, order.officer, reason, order.now)
        aloud = await self._aloud(db, order, reason)
        told = await self._telling.update(db, order.complaint, "complaints.update_suspended", words=aloud)
        return [_answer("complaints.suspended", order.complaint), *told]

    async def _extend(self, db: Db, order: Order) -> list[Said]:
        found = until(order.text, order.now, self._calendar.is_working)
        if found is None:
            raise CommandIncomplete(missing="until", usage="complaints.extend")
        day, reason = found
        if not reason or len(reason) > LONGEST_WORDS:
            raise CommandIncomplete(missing="reason", usage="complaints.extend")
        await self._handling.extend(db, order.complaint, order.officer, day, reason, order.now)
        aloud = await self._aloud(db, order, reason)
        told = await self._telling.update(db, order.complaint, "complaints.update_extended", words=aloud)
        return [_answer("complaints.extended", order.complaint), *told]

    async def _transfer(self, db: Db, order: Order) -> list[Said]:
        if not order.text or len(order.text) > LONGEST_OFFICE:
            raise CommandIncomplete(missing="office", usage="complaints.transfer")
        await self._handling.transfer(db, order.complaint, order.officer, order.text, order.now)
        told = await self._telling.update(db, order.complaint, "complaints.update_transferred", office=order.text)
        return [_answer("complaints.transferred", order.complaint), *told]

    async def _explain(self, db: Db, order: Order) -> list[Said]:
        words = _words(order, "complaints.explain", "words")
        await self._handling.explain(db, order.complaint, order.officer, words, order.now)
        aloud = await self._aloud(db, order, words)
        told = await self._telling.update(db, order.complaint, "complaints.update_explained", words=aloud)
        return [_answer("complaints.explained", order.complaint), *told]

    async def _resolve(self, db: Db, order: Order) -> list[Said]:
        result = _words(order, "complaints.resolve", "result")
        await self._handling.resolve(db, order.complaint, order.officer, result, order.now)
        asked = await self._follow_up.begin(db, order.complaint, order.complaint.result or result, order.now)
        return [_answer("complaints.resolved", order.complaint), *asked]

    async def _reopen(self, db: Db, order: Order) -> list[Said]:
        reason = _words(order, "complaints.reopen", "reason")
        told = await self._follow_up.reopen(db, order.complaint, reason, order.now, officer=order.officer)
        updates = await self._telling.update(db, order.complaint, "complaints.update_reopened", words=reason)
        return [_answer("complaints.reopened_by_staff", order.complaint), *told, *updates]

    async def _merge(self, db: Db, order: Order) -> list[Said]:
        """`complaint` goes into the case that `text` names."""
        into = await complaints.by_number(db, self._community, order.text, lock=True)
        if into is None:
            raise CommandIncomplete(missing="other_case", usage="complaints.merge")
        updates = await self._telling.update(db, order.complaint, "complaints.update_merged", into=into.number)
        await self._handling.merge(db, order.complaint, into, order.officer, order.now)
        return [Reply("complaints.merged", {"case": case_of(order.complaint), "into": case_of(into)}), *updates]

    async def _part(self, db: Db, order: Order) -> list[Said]:
        await self._handling.part(db, order.complaint, order.officer, order.now)
        # what its reporters were asked was about the other case
        await self._follow_up.stop_asking(db, order.complaint)
        updates = await self._telling.update(db, order.complaint, "complaints.update_parted")
        return [_answer("complaints.parted", order.complaint), *updates]

    async def part_out(self, db: Db, reporter: Reporter, order: Order) -> list[Said]:
        """拆案 of one report among many: it was joined by mistake, and whoever made it hears the new number."""
        actor = Actor.of(order.officer)
        own = await self._filing.part_out(db, reporter, order.complaint, None, order.now, actor)
        updates = await self._telling.update(db, own, "complaints.update_parted")
        return [_answer("complaints.parted", own), *updates]

    async def undo(self, db: Db, officer: Officer, now: datetime) -> list[Said]:
        """撤销: what was not yet said is not said; where it was, the reporters hear how it stands now."""
        entered = await self._handling.entered_by(db, officer, now)
        if entered is not None:
            await self._handling.withdraw(db, entered, Actor.of(officer), "", now)
            await lines.call_off(db, about(entered))
            return [_answer("complaints.undone", entered, verb="complaints.enter")]
        complaint, step = await self._handling.undo(db, officer, now)
        if step.verb in (f"complaints.{Move.RESOLVE}", f"complaints.{Move.MERGE}"):
            await self._follow_up.stop_asking(db, complaint)
        stopped = await lines.call_off(db, about(complaint))
        answer: list[Said] = [_answer("complaints.undone", complaint, verb=step.verb)]
        if step.verb == f"complaints.{Move.ASSIGN}":
            answer += self._assigned_again(complaint, step.after.get("handler_id"), officer)
        state, since = State(complaint.state), complaint.assigned_at or complaint.accepted_at
        if await lines.was_said(db, about(complaint), step.at):
            key: str | None = "complaints.update_undone"
        elif stopped and since is not None and not await lines.was_said(db, about(complaint), since):
            key = STATE_TOLD.get(state)  # the line that was stopped had told of this, too
        else:
            key = None
        if key is None:
            return answer
        return [*answer, *await self._telling.update(db, complaint, key)]

    def _assigned_again(self, complaint: Complaint, lost_by: int | None, officer: Officer) -> list[Post]:
        """A 派 was taken back: who was given it has it no more, and who had it before has it again."""
        posts = self._lost("complaints.taken_back", complaint, lost_by, officer)
        handler = self._handling.handler_of(complaint)
        if handler is not None and handler.contact not in (lost_by, officer.contact):
            posts.append(self._given(complaint, handler))
        return posts


def filed_first(complaint: Complaint) -> tuple[datetime, int]:
    """The order of filing, which is that of the numbers: of two that are joined the first goes on."""
    return complaint.filed_at or complaint.said_at, complaint.id


def _answer(key: str, complaint: Complaint, **params: object) -> Reply:
    return Reply(key, {"case": case_of(complaint), **params})


def _words(order: Order, usage: str, missing: str) -> str:
    if not order.text or len(order.text) > LONGEST_WORDS:
        raise CommandIncomplete(missing=missing, usage=usage)
    return order.text
