"""A complaint becomes a case: with its place, its number, its deadlines; or one more report of a case that is there; or waits for
its place; or is kept as a quiet lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.context import Context
from bot.dialog import Dialogs
from bot.expectations import Expectations
from bot.message import Conversation, Slots, Understanding
from intents.complaints.common import Common
from intents.complaints.handling import Actor
from intents.complaints.joining import Joining
from intents.complaints.lifecycle import State
from intents.complaints.reminding import Reminding
from intents.complaints.telling import place_line
from intents.understanding.absence import is_away
from intents.understanding.address import split_nickname
from intents.understanding.categories import Categories
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from storage import audit, complaints, lines, reporters
from storage.base import Db
from storage.complaints import Complaint
from storage.database import after_commit
from storage.reporters import Reporter

LONGEST_PLACE = 64


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody said that makes a case. `reporter` is the name by which the assistant calls that person."""

    where: Conversation
    inbox: int
    reporter: str
    text: str
    understanding: Understanding
    earlier: Sequence[str]
    said_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a report. `complaint` is the case it belongs to; `reporter` the row of who reported, None where this
    person had reported it before. `asks`: `place`, or `same` where it may be `match`; `offered`: the address in the
    reporter's nickname.
    """

    complaint: Complaint
    reporter: Reporter | None
    joined: bool = False
    asks: str | None = None
    match: Complaint | None = None
    offered: str | None = None


def report_of(context: Context, understanding: Understanding | None = None) -> Report:
    """What the speaker reports; of a message with several troubles, one of them."""
    return Report(
        where=context.conversation,
        inbox=context.inbox,
        reporter=context.speaker.name,
        text=context.words if understanding is None else understanding.text,
        understanding=understanding or context.understanding,
        earlier=context.earlier,
        said_at=context.inbound.at,
        now=context.now,
    )


class Filing:
    def __init__(
        self,
        community: str,
        categories: Categories,
        dialogs: Dialogs,
        expectations: Expectations,
        joining: Joining,
        reminding: Reminding,
        common: Common,
    ) -> None:
        self._community = community
        self._categories = categories
        self._dialogs = dialogs
        self._expectations = expectations
        self._joining = joining
        self._reminding = reminding
        self._common = common

    async def file(self, db: Db, report: Report, *, mediation: bool = False) -> Filed:
        """File it, join it, or tell what is to be asked. An emergency takes its number at once, place or no place."""
        complaint = self._drawn_up(report, State.AWAITING_PLACE, mediation=mediation)
        placed = mediation or self._is_placed(complaint)
        match = await self._joining.match(db, complaint, report.now) if placed else None
        if match is not None and match.certain:
            return await self._joined(db, report, complaint, match.complaint)
        numbered = match is None and (placed or complaint.urgency == "P0")
        if numbered:
            await self._give_number(db, complaint, report.now)
        reporter = await self._added(db, report, complaint)
        if numbered:
            await self._reminding.begin(db, complaint, report.now)
            await self._common.numbered(db, complaint, report.now)
        if match is not None:
            filed = Filed(complaint, reporter, asks="same", match=match.complaint)
        else:
            filed = Filed(complaint, reporter) if placed else _where_is_it(complaint, reporter, report)
        await self._note(db, complaint, report, "complaints.file")
        self._remember(db, report.where, complaint, report.now)
        return filed

    async def keep_lead(self, db: Db, report: Report) -> Complaint:
        """What sounds like a complaint but is not certain: staff see it, nobody is answered."""
        complaint = self._drawn_up(report, State.LEAD)
        await self._added(db, report, complaint)
        await self._note(db, complaint, report, "complaints.keep_lead")
        return complaint

    async def place(self, db: Db, complaint: Complaint, slots: Slots, where: Conversation, now: datetime) -> Filed:
        """The place is known now: the case takes its number, or turns out to be one that is there."""
        before = _place_of(complaint)
        put_place(complaint, slots)
        await self._dialogs.close(db, where)
        reporter = await reporters.of_contact(db, complaint.id, where.contact)
        match = None if complaint.number else await self._joining.match(db, complaint, now)
        if match is not None and match.certain:
            await self._joining.absorb(db, complaint, match.complaint, now)
            await lines.call_off(db, place_line(complaint))
            filed = Filed(match.complaint, reporter, joined=True)
        else:
            await self._number(db, complaint, now)
            filed = Filed(complaint, reporter)
        await audit.note(
            db,
            self._community,
            at=now,
            actor="resident",
            verb="complaints.place",
            subject=f"complaint:{complaint.id}",
            contact=where.contact,
            before=before,
            after=_place_of(complaint) | {"number": filed.complaint.number},
        )
        self._remember(db, where, filed.complaint, now)
        return filed

    async def tell_apart(
        self, db: Db, complaint: Complaint, other: Complaint | None, where: Conversation, now: datetime
    ) -> Filed:
        """After "is it the same?": `other` where it is, None where it is one by itself."""
        await self._dialogs.close(db, where)
        reporter = await reporters.of_contact(db, complaint.id, where.contact)
        if other is not None:
            await self._joining.absorb(db, complaint, other, now)
            self._remember(db, where, other, now)
            return Filed(other, reporter, joined=True)
        await self._number(db, complaint, now)
        await self._note_by_itself(db, complaint, now)
        self._remember(db, where, complaint, now)
        return Filed(complaint, reporter)

    def drawn_up(self, report: Report, *, mediation: bool = False) -> Complaint:
        """What staff enter for somebody; not in the ledger yet."""
        return self._drawn_up(report, State.AWAITING_PLACE, mediation=mediation)

    async def number(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """Place or no place: whoever enters a case for somebody knows where it is."""
        await self._number(db, complaint, now)

    def remember(self, db: Db, where: Conversation, complaint: Complaint, now: datetime) -> None:
        """Pictures and corrections that this person sends next belong to it."""
        self._remember(db, where, complaint, now)

    async def number_if_waiting(self, db: Db, complaint: Complaint, now: datetime) -> bool:
        """Nobody answered "is it the same?": it is a case by itself; staff can still join it."""
        if complaint.state != State.AWAITING_PLACE or not self._is_placed(complaint):
            return False
        await self._number(db, complaint, now)
        await self._note_by_itself(db, complaint, now)
        return True

    async def _note_by_itself(self, db: Db, complaint: Complaint, now: datetime) -> None:
        """It is a case by itself after all."""
        await audit.note(
            db,
            self._community,
            at=now,
            actor="assistant",
            verb="complaints.apart",
            subject=f"complaint:{complaint.id}",
            after={"number": complaint.number},
        )

    async def part_out(
        self, db: Db, reporter: Reporter, complaint: Complaint, slots: Slots | None, now: datetime, actor: Actor
    ) -> Complaint:
        """A joined report becomes a case of its own: it was joined by mistake, or is about another place."""
        words = reporter.words or complaint.original
        own = Complaint(
            community=self._community,
            account_id=complaint.account_id,
            group_id=reporter.group_id,
            inbox_id=reporter.inbox_id,
            source=reporter.channel,
            state=State.AWAITING_PLACE,
            urgency=complaint.urgency,
            category=complaint.category,
            subcategory=complaint.subcategory,
            building=reporter.building or complaint.building,
            unit=reporter.unit,
            room=reporter.room,
            wording=masked(without_doors(normalise(words))),
            original=words,
            context=[],
            phone=reporter.phone,
            anonymous=reporter.anonymous,
            said_at=reporter.at,
            last_report_at=reporter.at,
        )
        if slots is not None:
            put_place(own, slots)
        await complaints.add(db, own)
        reporter.complaint_id, reporter.words = own.id, None
        await self._number(db, own, now)
        for one in (own, complaint):
            await audit.note(
                db,
                self._community,
                at=now,
                actor=actor.role,
                verb="complaints.part_out",
                subject=f"complaint:{one.id}",
                contact=actor.contact,
                before={"of": complaint.number},
                after={"number": own.number},
            )
        return own

    async def _joined(self, db: Db, report: Report, own: Complaint, into: Complaint) -> Filed:
        reporter = await self._joining.second(
            db,
            into,
            report.where.contact,
            report.now,
            group_id=report.where.group,
            inbox_id=report.inbox,
            channel=own.source,
            anonymous=own.anonymous,
            phone=own.phone,
            words=own.original,
            building=own.building,
            unit=own.unit,
            room=own.room,
        )
        self._remember(db, report.where, into, report.now)
        return Filed(into, reporter, joined=True)

    def _drawn_up(self, report: Report, state: State, *, mediation: bool = False) -> Complaint:
        """A case that is not in the ledger yet."""
        understood, slots = report.understanding, report.understanding.slots
        category = understood.category or self._categories.default
        return Complaint(
            community=self._community,
            account_id=report.where.account,
            group_id=report.where.group,
            inbox_id=report.inbox,
            source="group" if report.where.group is not None else "private",
            state=state,
            urgency=understood.urgency or "P2",
            category=category[0],
            subcategory=category[1],
            building=slots.building,
            unit=slots.unit,
            room=slots.room,
            place=place_of(slots),
            wording=masked(
                without_doors(normalise(report.text)),
                [name for name in (slots.name, split_nickname(report.reporter)[1]) if name],
            ),
            original=report.text,
            context=list(report.earlier),
            phone=slots.phone,
            anonymous=slots.anonymous,
            mediation=mediation,
            absent=is_away(report.text),
            said_at=report.said_at,
            last_report_at=report.now,
        )

    async def _added(self, db: Db, report: Report, complaint: Complaint) -> Reporter:
        await complaints.add(db, complaint)
        return reporters.first(
            db,
            complaint,
            report.where.contact,
            report.now,
            group_id=report.where.group,
            inbox_id=report.inbox,
            channel=complaint.source,
            anonymous=complaint.anonymous,
            building=complaint.building,
            unit=complaint.unit,
            room=complaint.room,
        )

    def _is_placed(self, complaint: Complaint) -> bool:
        category = (complaint.category, complaint.subcategory)
        if category in self._categories and not self._categories[category].place:
            return True
        return bool(complaint.building or complaint.place)

    async def _number(self, db: Db, complaint: Complaint, now: datetime) -> None:
        if complaint.number is not None:
            return
        with db.no_autoflush:  # one UPDATE of the case, not one before the number and one after
            await self._give_number(db, complaint, now)
        complaints.index(complaint)
        await db.flush()
        await lines.call_off(db, place_line(complaint))
        await self._reminding.begin(db, complaint, now)
        await self._common.numbered(db, complaint, now)

    async def _give_number(self, db: Db, complaint: Complaint, now: datetime) -> None:
        complaint.state = State.FILED
        for column, moment in self._reminding.limits(complaint, now).items():
            setattr(complaint, column, moment)
        complaint.number = await complaints.next_case_number(db, self._community, f"{now:%y%m%d}")

    def _remember(self, db: Db, where: Conversation, complaint: Complaint, now: datetime) -> None:
        identity = complaint.id
        after_commit(db, lambda: self._expectations.reported(where, identity, now))

    async def _note(self, db: Db, complaint: Complaint, report: Report, verb: str) -> None:
        await audit.note(
            db,
            self._community,
            at=report.now,
            actor="resident",
            verb=verb,
            subject=f"complaint:{complaint.id}",
            contact=report.where.contact,
            after={"state": complaint.state, "number": complaint.number},
            why=report.understanding.rule or "",
        )


def _where_is_it(complaint: Complaint, reporter: Reporter | None, report: Report) -> Filed:
    address, _ = split_nickname(report.reporter)
    return Filed(complaint, reporter, asks="place", offered=address.building if address else None)


def place_of(slots: Slots) -> str | None:
    """A place as it may be said aloud; where an address says it all, none is needed."""
    if slots.place is None or slots.room is not None:
        return None
    return without_doors(slots.place)[:LONGEST_PLACE]


def put_place(complaint: Complaint, slots: Slots) -> None:
    """Where it is, by what somebody said now; a new building leaves nothing of the old one."""
    if slots.building and slots.building != complaint.building:
        complaint.unit = complaint.room = complaint.place = None
    complaint.building = slots.building or complaint.building
    complaint.unit = slots.unit or complaint.unit
    complaint.room = slots.room or complaint.room
    complaint.place = place_of(slots) or complaint.place
    complaints.index(complaint)


def _place_of(complaint: Complaint) -> dict[str, str | None]:
    return {"building": complaint.building, "unit": complaint.unit, "place": complaint.place}
