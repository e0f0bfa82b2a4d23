"""Cases that staff enter for somebody: told to them by telephone or at the door, or said in a group and passed over. They take
their number at once, with or without a place; where it is certain they join the case that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.context import Answer, Context, Post, Said
from bot.message import Conversation, Inbound, Quote, Reply, Slots, Understanding, kept_name, kept_words
from bot.quotes import Quoted, Quotes
from bot.router import Router
from intents.complaints.calling_out import CallingOut
from intents.complaints.filing import Filed, Filing, Report
from intents.complaints.joining import Joining
from intents.complaints.lifecycle import Move, State
from intents.complaints.moves import Moves, Order
from intents.complaints.own_cases import OwnCases
from intents.complaints.place_answers import words
from intents.complaints.telling import Telling, spoken
from intents.complaints.visibility import may_see
from intents.errors import CaseAmbiguous, CommandIncomplete, QuoteGone
from intents.understanding.case_number import case_number
from intents.understanding.judge import Judge
from intents.understanding.on_behalf import OnBehalf, missing, on_behalf
from storage import accounts, audit, complaints, messages, reporters
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.messages import Kept, Received

router = Router("complaints")
ENTERED: Final = "complaints.enter"
LONGEST_NAME: Final = 20
TWICE_WITHIN: Final = timedelta(hours=1)
"""The same words entered again by the same person within this are the same case, not another."""
TAKEN_UP: Final = (State.LEAD, State.AWAITING_PLACE)
LACKS: Final = {"name": "reporter", "address": "reporter_address", "content": "content"}


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom a case is entered: a contact, or somebody the assistant cannot reach."""

    contact: int | None
    channel: str
    name: str | None = None
    contacted: bool = False
    """Staff have spoken with them."""


class Entering:
    def __init__(
        self,
        directory: Directory,
        judge: Judge,
        quotes: Quotes,
        filing: Filing,
        joining: Joining,
        telling: Telling,
        calling_out: CallingOut,
        own_cases: OwnCases,
        moves: Moves,
    ) -> None:
        self._directory = directory
        self._judge = judge
        self._quotes = quotes
        self._filing = filing
        self._joining = joining
        self._telling = telling
        self._calling_out = calling_out
        self._own_cases = own_cases
        self._moves = moves

    async def for_somebody(self, context: Context, officer: Officer, told: OnBehalf) -> list[Said]:
        """代报: what somebody told a staff member."""
        again = await self._entered_already(context, officer, told)
        if again is not None:
            return [Reply("complaints.entered_already", {"case": case_of(again), "name": told.name})]
        understood = self._understood(told.words, told.address)
        nameless = told.name in words("nameless")
        name = None if nameless else told.name
        told_slots = replace(_placed(understood.slots, told.address), phone=told.phone, name=name)
        if nameless:
            told_slots = replace(told_slots, anonymous=True)
        report = Report(
            where=Conversation(context.conversation.account, None, officer.contact),
            inbox=context.inbox,
            reporter=name or "",
            text=told.words,
            understanding=replace(understood, slots=told_slots),
            earlier=(),
            said_at=context.inbound.at,
            now=context.now,
        )
        whose = Whose(None, told.channel, name, contacted=True)
        filed, posts = await self._enter(context.db, report, officer, whose)
        people = await reporters.count(context.db, filed.complaint.id)
        lacks_place = not (filed.complaint.building or filed.complaint.place)
        params = {"case": case_of(filed.complaint, people=people), "name": name, "lacks_place": lacks_place}
        return [Reply("complaints.entered", {**params, "joined": filed.joined}), *posts]

    async def from_group(self, context: Context, officer: Officer, quote: Quote) -> list[Said]:
        """记下: a message that nobody took for a complaint."""
        quoted = await self._quotes.find(context)
        if quoted.ambiguous:
            raise CaseAmbiguous(name=quote.sender)
        known = await self._case_of(context.db, quote, quoted)
        if known is not None:
            return await self._taken_up(context, officer, known)
        kept = await self._kept(context, quoted)
        if kept is None:
            raise QuoteGone()
        known = await reporters.of_inbox(context.db, kept.inbox)  # a colleague may have been faster
        if known is not None:
            return await self._taken_up(context, officer, known)
        name = self._directory.name_in(kept.group, kept.contact) or (quoted.said.sender_name if quoted.said else "")
        return await self._from_message(context, officer, kept, name)

    async def _from_message(self, context: Context, officer: Officer, kept: Kept, name: str) -> list[Said]:
        where = Conversation(context.conversation.account, kept.group, kept.contact)
        report = Report(
            where=where,
            inbox=kept.inbox,
            reporter=name,
            text=kept.text,
            understanding=self._understood(kept.text, Slots()),
            earlier=(),
            said_at=kept.at,
            now=context.now,
        )
        filed, posts = await self._enter(context.db, report, officer, Whose(kept.contact, "group"))
        self._filing.remember(context.db, where, filed.complaint, context.now)
        heard = [replace(one, names={kept.contact: name}) for one in await self._acknowledged(context, where, filed)]
        case = case_of(filed.complaint, people=await reporters.count(context.db, filed.complaint.id))
        lacks_place = not (case.building or case.place)
        params = {"case": case, "joined": filed.joined, "known": filed.reporter is None, "heard": bool(heard)}
        params |= {"lacks_place": lacks_place}
        return [Reply("complaints.noted_down", params), *heard, *posts]

    async def _taken_up(self, context: Context, officer: Officer, known: Complaint) -> list[Said]:
        """What that message made already: a lead, or a report without a place, becomes a case; of a case it is said which."""
        complaint = await complaints.held(context.db, known.id) or known
        if not may_see(officer, complaint) or complaint.state not in TAKEN_UP:
            seen = case_of(complaint) if may_see(officer, complaint) else None
            return [Reply("complaints.noted_already", {"case": seen})]
        said = await self._moves.do(context.db, Move.ACCEPT, Order(officer, complaint, "", context.now))
        heard = [one for one in said if isinstance(one, Post)]
        lacks_place = not (complaint.building or complaint.place)
        params = {"case": case_of(complaint), "joined": False, "known": False, "heard": bool(heard)}
        params |= {"lacks_place": lacks_place}
        return [Reply("complaints.noted_down", params), *heard]

    async def _enter(self, db: Db, report: Report, officer: Officer, whose: Whose) -> tuple[Filed, Sequence[Post]]:
        """In the ledger, with its number; whom it calls out."""
        now, mediation = report.now, report.understanding.intent == "complaints.mediate"
        complaint = self._filing.drawn_up(report, mediation=mediation)
        complaint.source = whose.channel
        reporter = {
            "group_id": report.where.group,
            "inbox_id": report.inbox,
            "channel": whose.channel,
            "anonymous": complaint.anonymous,
            "name": whose.name,
            "phone": complaint.phone,
            "building": complaint.building,
            "unit": complaint.unit,
            "room": complaint.room,
        }
        match = await self._joining.match(db, complaint, now)
        if match is not None and match.certain:
            theirs = {**reporter, "words": complaint.original}
            second = await self._joining.second(db, match.complaint, whose.contact, now, **theirs)
            filed = Filed(match.complaint, second, joined=True)
        else:
            complaint.contacted_at = now if whose.contacted else None
            await complaints.add(db, complaint)
            added = await reporters.add(db, complaint, whose.contact, now, **reporter)
            await self._filing.number(db, complaint, now)
            filed = Filed(complaint, await reporters.by_id(db, added) if added is not None else None)
        await audit.note(
            db,
            complaint.community,
            at=now,
            actor=officer.role,
            verb=ENTERED,
            subject=f"complaint:{filed.complaint.id}",
            contact=officer.contact,
            after={"number": filed.complaint.number, "words": complaint.original, "name": whose.name},
            why=report.understanding.rule or "",
        )
        return filed, await self._called(db, filed, officer, now)

    async def _called(self, db: Db, filed: Filed, officer: Officer, now: datetime) -> list[Post]:
        """As of any report: an emergency calls staff out, an urgent case and a quarrel are told to them."""
        complaint = filed.complaint
        if filed.joined:
            return []
        if complaint.urgency == "P0":
            return await self._calling_out.begin(db, complaint, now)
        posts = self._own_cases.mediation_asked(complaint) if complaint.mediation else []
        posts += self._calling_out.urgent(complaint) if complaint.urgency == "P1" else []
        return [one for one in posts if one.contact != officer.contact]

    async def _acknowledged(self, context: Context, where: Conversation, filed: Filed) -> list[Post]:
        """One line with the number, to the resident who said it; nothing to one who had it already."""
        complaint, reporter = filed.complaint, filed.reporter
        if reporter is None:
            return []
        alone = self._telling.is_discreet(complaint) or reporter.anonymous
        if alone and not self._directory.is_friend(where.contact):
            return []
        if not alone and not await self._telling.may_speak(context.db, where.group, complaint, context.now):
            group = where.group or 0
            return [await self._telling.sum_up(context.db, complaint, reporter, group, context.now)]
        people = await reporters.count(context.db, complaint.id)
        params = {**spoken(complaint), "people": people, "absent": complaint.absent, "door": None}
        params |= {"called": True, "advice": complaint.subcategory}
        key = _acknowledgement(filed)
        if alone:
            return [Post(key, params, contact=where.contact, kind="reply", numbered=True)]
        trouble = self._telling.trouble(complaint)
        named = (where.contact,)
        return [Post(key, params, group=where.group, mentions=named, kind="reply", numbered=True, trouble=trouble)]

    async def _entered_already(self, context: Context, officer: Officer, told: OnBehalf) -> Complaint | None:
        """The last case this one entered, where it was this one."""
        step = await audit.last_of(context.db, self._directory.community, officer.contact, "complaints.")
        if step is None or step.verb != ENTERED or context.now - step.at > TWICE_WITHIN:
            return None
        name = None if told.name in words("nameless") else told.name
        if (step.after.get("words"), step.after.get("name")) != (told.words, name):
            return None
        complaint = await complaints.by_id(context.db, int(step.subject.partition(":")[2]))
        if complaint is None:
            return None
        theirs = {(one.building, one.unit, one.room) for one in await reporters.of(context.db, complaint.id)}
        return complaint if (told.address.building, told.address.unit, told.address.room) in theirs else None

    async def _case_of(self, db: Db, quote: Quote, quoted: Quoted) -> Complaint | None:
        """What the message made; of the assistant's own words, the case they tell of. A resident may speak of other cases too."""
        number = case_number(quote.text) if quoted.said is None else None
        if number is not None:
            found = await complaints.by_number(db, self._directory.community, number)
            if found is not None:
                return found
        return await reporters.of_inbox(db, quoted.inbox) if quoted.inbox is not None else None

    async def _kept(self, context: Context, quoted: Quoted) -> Kept | None:
        """The message itself; of what was chatter until now, the inbox keeps it from here on."""
        db, said = context.db, quoted.said
        inbox = quoted.inbox
        if inbox is None and said is not None:
            inbox = await self._receive(context, said)
        kept = await messages.kept(db, inbox) if inbox is not None else None
        if kept is None or kept.group != context.conversation.group or kept.intent == "staff.command":
            return None
        return kept if kept.text.strip() else None

    async def _receive(self, context: Context, said: Inbound) -> int | None:
        db, community, account = context.db, self._directory.community, self._directory.account
        contact = await accounts.ensure_contact(db, self._directory, said.sender)
        group = context.conversation.group
        if group is not None:
            await accounts.ensure_member(db, self._directory, group, contact, kept_name(said.sender_name))
        understood = self._judge(said)
        received = Received(
            message=said.id,
            contact=contact,
            group=group,
            text=kept_words(said.text),
            said=repr((said.text, said.quote, said.mentioned)),
            at=said.at,
            received_at=context.now,
            intent=understood.intent,
            rule=understood.rule,
            score=understood.score,
            why=understood.why,
        )
        inbox = await messages.receive(db, community, account, received)
        if inbox is not None:
            return inbox
        trace = await messages.trace_of(db, account, said.id)
        return trace.inbox if trace is not None else None

    def _understood(self, said: str, where: Slots) -> Understanding:
        """What it is about. Staff have decided that it is a case, so what makes others doubt it does not count."""
        place = "-".join(part for part in (where.building, where.unit, where.room) if part)
        heard = self._heard(f"{place} {where.place or ''} {said}".strip())
        kind = heard if _is_certain(heard) else self._heard(f"{_SOME_DOOR} {said}")
        kinds = self._judge.categories
        if not _is_certain(kind) or kind.category is None:
            return replace(heard, intent=None, category=kinds.default, urgency="P2")
        # perhaps an emergency is none: staff would have said so
        urgency = kind.urgency if kind.urgency != "P0" or kind.speak else kinds[kind.category].urgency
        return replace(heard, intent=kind.intent, category=kind.category, urgency=urgency, rule=kind.rule)

    def _heard(self, text: str) -> Understanding:
        return self._judge(Inbound(id="", sender="", text=text, at=_ANY_TIME))


_ANY_TIME: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_SOME_DOOR: Final = "1-1-101"
"""Where somebody lives makes a complaint of words that might be anything; which door it is does not matter."""
_TROUBLES: Final = frozenset({"complaints.file", "complaints.emergency", "complaints.mediate"})


def _is_certain(heard: Understanding) -> bool:
    return heard.category is not None and heard.intent in _TROUBLES


def _acknowledgement(filed: Filed) -> str:
    if filed.complaint.urgency == "P0":
        return "complaints.emergency"
    if filed.complaint.mediation:
        return "complaints.mediation_filed"
    return "complaints.joined" if filed.joined else "complaints.filed"


def _placed(slots: Slots, address: Slots) -> Slots:
    """With the address that was written down, where there is one."""
    if not (address.building or address.place):
        return slots
    return replace(
        slots, building=address.building, unit=address.unit, room=address.room, place=address.place or slots.place
    )


@router.command("complaints.enter")
async def enter(context: Context, rest: str, officer: Officer, entering: Entering) -> Answer:
    """`代报 姓名 地址 内容 [电话|上门]`."""
    told = on_behalf(rest)
    if told is None:
        raise CommandIncomplete(missing=LACKS[missing(rest) or "content"], usage="complaints.enter")
    if len(told.name) > LONGEST_NAME:
        raise CommandIncomplete(missing=LACKS["name"], usage="complaints.enter")
    return await entering.for_somebody(context, officer, told)


@router.command("complaints.note_down")
async def note_down(context: Context, officer: Officer, entering: Entering) -> Answer:
    """`记下`, quoting what a resident said in a group."""
    quote = context.inbound.quote
    if quote is None or context.conversation.group is None:
        raise CommandIncomplete(missing="quote", usage="complaints.note_down")
    return await entering.from_group(context, officer, quote)
