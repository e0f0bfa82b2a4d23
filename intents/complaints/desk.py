"""What staff look at: what needs doing today, the open cases, one case whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from intents.complaints.lifecycle import OPEN, State
from intents.understanding.address import split_nickname
from intents.understanding.segmenting import search_words
from storage import audit, complaints
from storage.audit import Step
from storage.base import Db
from storage.complaints import Case, Complaint, case_of

LINES = 20


@dataclass(frozen=True, slots=True)
class Agenda:
    """Every list is complete; the reply shows the first lines of each and says how many there are."""

    emergencies: list[Case]
    overdue: list[Case]
    today: list[Case]
    unaccepted: list[Case]
    awaiting_place: list[Case]
    leads: list[Case]

    @property
    def is_empty(self) -> bool:
        return not any((self.emergencies, self.overdue, self.today, self.unaccepted, self.awaiting_place, self.leads))


class Desk:
    def __init__(self, community: str) -> None:
        self._community = community

    async def agenda(self, db: Db, now: datetime) -> Agenda:
        """What needs doing today, each case in the first list it fits."""
        states = (*OPEN, State.AWAITING_PLACE, State.LEAD)
        cases = await complaints.listed(db, self._community, states, limit=1000)
        tonight = datetime.combine(now.date(), time.max, now.tzinfo)
        recent = now - timedelta(days=1)
        agenda = Agenda([], [], [], [], [], [])
        for case in cases:
            if case.state == State.LEAD:
                if case.said_at >= recent:
                    agenda.leads.append(case)
            elif case.state == State.AWAITING_PLACE:
                agenda.awaiting_place.append(case)
            elif case.urgency == "P0":
                agenda.emergencies.append(case)
            elif case.due_by is not None and case.due_by <= now:
                agenda.overdue.append(case)
            elif case.due_by is not None and case.due_by <= tonight:
                agenda.today.append(case)
            elif case.state == State.FILED:
                agenda.unaccepted.append(case)
        return agenda

    async def open_cases(self, db: Db, search: str = "") -> list[Case]:
        """Open cases; with words to search for, cases of any state that hold them all."""
        if not search:
            return await complaints.listed(db, self._community, [str(state) for state in OPEN], limit=LINES + 1)
        where, rest = split_nickname(search)  # an address and what is left of it
        return await complaints.listed(
            db,
            self._community,
            words=await search_words(rest),
            building=where.building if where else None,
            unit=where.unit if where else None,
            limit=LINES + 1,
        )

    async def whole(self, db: Db, complaint: Complaint) -> tuple[Case, list[Step]]:
        case = case_of(complaint, await complaints.reporters_of(db, complaint.id))
        return case, await audit.story(db, self._community, f"complaint:{complaint.id}")
