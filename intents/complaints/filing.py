"""A complaint becomes a case: with its place, its number, its deadlines; or waits for its place; or is kept as a quiet lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialog import Dialogs
from bot.expectations import Expectations
from bot.message import Conversation, Slots, Understanding
from intents.complaints.deadlines import limits
from intents.complaints.lifecycle import State
from intents.understanding.address import split_nickname
from intents.understanding.categories import Categories
from intents.understanding.masks import masked, without_doors
from intents.understanding.normalise import normalise
from storage import audit, complaints
from storage.base import Db
from storage.complaints import Complaint
from storage.database import after_commit

PLACE_DIALOG = "complaints.place"
PLACE_TIMED_OUT = {False: "complaints.place.timed_out", True: "complaints.place.timed_out_private"}
PHOTO_WAIT = timedelta(minutes=10)
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
    """A case as filed; `number` is None while its place is asked for. `offered`: the address in the reporter's nickname."""

    complaint: int
    number: str | None
    category: tuple[str, str]
    urgency: str
    building: str | None
    unit: str | None
    place: str | None
    due_by: datetime | None
    anonymous: bool
    offered: str | None = None


class Filing:
    def __init__(
        self, community: str, categories: Categories, dialogs: Dialogs, expectations: Expectations, wait: timedelta
    ) -> None:
        self._community = community
        self._categories = categories
        self._dialogs = dialogs
        self._expectations = expectations
        self._wait = wait

    async def file(self, db: Db, report: Report) -> Filed:
        """File it, or ask for its place once. An emergency takes its number at once, place or no place."""
        complaint = await self._add(db, report, State.AWAITING_PLACE)
        emergency = complaint.urgency == "P0"
        if emergency or self._is_placed(complaint):
            await self._number(db, complaint, report.now)
        offered = None
        if not self._is_placed(complaint):
            offered = await self._ask_place(db, report, complaint)
        self._expectations_after(db, report, complaint)
        await self._note(db, complaint, report, "complaints.file")
        return filed(complaint, offered)

    async def keep_lead(self, db: Db, report: Report) -> None:
        """What sounds like a complaint but is not certain: staff see it, nobody is answered."""
        complaint = await self._add(db, report, State.LEAD)
        await self._note(db, complaint, report, "complaints.keep_lead")

    async def place(self, db: Db, complaint: Complaint, slots: Slots, where: Conversation, now: datetime) -> Filed:
        """The place is known now: the case takes its number."""
        before = {"building": complaint.building, "unit": complaint.unit, "place": complaint.place}
        complaint.building = slots.building or complaint.building
        complaint.unit = slots.unit or complaint.unit
        complaint.room = slots.room or complaint.room
        complaint.place = _place(slots) or complaint.place
        await self._number(db, complaint, now)
        await self._dialogs.close(db, where)
        await audit.note(
            db,
            self._community,
            at=now,
            actor="resident",
            verb="complaints.place",
            subject=f"complaint:{complaint.id}",
            contact=where.contact,
            before=before,
            after={"building": complaint.building, "unit": complaint.unit, "place": complaint.place},
        )
        return filed(complaint)

    async def _add(self, db: Db, report: Report, state: State) -> Complaint:
        understood, slots = report.understanding, report.understanding.slots
        category = understood.category or self._categories.default
        complaint = await complaints.add(
            db,
            Complaint(
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
                place=_place(slots),
                wording=masked(
                    without_doors(normalise(report.text)),
                    [name for name in (slots.name, split_nickname(report.reporter)[1]) if name],
                ),
                original=report.text,
                context=list(report.earlier),
                phone=slots.phone,
                anonymous=slots.anonymous,
                said_at=report.said_at,
            ),
        )
        await complaints.add_reporter(db, complaint, report.where.contact, report.inbox, report.now)
        return complaint

    def _is_placed(self, complaint: Complaint) -> bool:
        category = (complaint.category, complaint.subcategory)
        if category in self._categories and not self._categories[category].place:
            return True
        return bool(complaint.building or complaint.place)

    async def _number(self, db: Db, complaint: Complaint, now: datetime) -> None:
        if complaint.number is not None:
            return
        complaint.state = State.FILED
        for column, moment in limits(complaint.urgency, now).items():
            setattr(complaint, column, moment)
        await complaints.give_number(db, complaint, f"{now:%y%m%d}")

    async def _ask_place(self, db: Db, report: Report, complaint: Complaint) -> str | None:
        address, _ = split_nickname(report.reporter)
        offered = {"building": address.building, "unit": address.unit, "room": address.room} if address else {}
        # an emergency has its number already: nothing is to be said of it later
        said_late = None if complaint.number else PLACE_TIMED_OUT[report.where.group is None]
        data = {
            "complaint": complaint.id,
            "offered": offered,
            "category": [complaint.category, complaint.subcategory],
            "timed_out": said_late,
            "unnamed": complaint.anonymous,
        }
        await self._dialogs.ask(db, report.where, PLACE_DIALOG, data, now=report.now, wait=self._wait)
        return address.building if address else None

    def _expectations_after(self, db: Db, report: Report, complaint: Complaint) -> None:
        identity, until = complaint.id, report.now + PHOTO_WAIT
        after_commit(db, lambda: self._expectations.expect_photo(report.where, identity, now=report.now, until=until))

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


def _place(slots: Slots) -> str | None:
    """A place as it may be said aloud; where an address says it all, none is needed."""
    if slots.place is None or slots.room is not None:
        return None
    return without_doors(slots.place)[:LONGEST_PLACE]


def filed(complaint: Complaint, offered: str | None = None) -> Filed:
    return Filed(
        complaint=complaint.id,
        number=complaint.number,
        category=(complaint.category, complaint.subcategory),
        urgency=complaint.urgency,
        building=complaint.building,
        unit=complaint.unit,
        place=complaint.place,
        due_by=complaint.due_by,
        anonymous=complaint.anonymous,
        offered=offered,
    )
