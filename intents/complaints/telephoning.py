"""Follow-ups by telephone 电话回访: reporters who cannot be asked in WeChat stand on the call list until their case is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from intents.complaints.lifecycle import FOLLOWED_UP
from intents.complaints.visibility import may_see
from storage import calls, complaints, follow_ups, reporters
from storage.accounts import Officer
from storage.base import Db
from storage.calls import Outcome, Reminded, Way
from storage.complaints import Complaint
from storage.reporters import Reporter

CAUSE: Final = "complaints.follow_up"
AGAIN_AFTER: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A case whose result a reporter is to be asked about. `theirs`: whether this staff member may do that."""

    number: str
    what: str
    result: str
    door: str
    theirs: bool


class Telephoning:
    def __init__(self, community: str) -> None:
        self._community = community

    async def put(self, db: Db, complaint: Complaint, told: Sequence[Reporter], now: datetime) -> None:
        """On the list, but for who wants no name, and who left nothing to reach them by."""
        for one in told:
            if one.anonymous or not (one.phone or one.room):
                continue
            reminded = Reminded(
                cause=CAUSE,
                subject=_subject(complaint),
                person=f"reporter:{one.id}",
                name=one.name or "",
                way=Way.CALL,
                say={},
                contact=one.contact_id,
                phone=one.phone,
            )
            await calls.enter(db, self._community, reminded, now)

    async def called(self, db: Db, complaint: Complaint, officer: Officer, outcome: str, now: datetime) -> None:
        """What staff heard when they called."""
        for one in await calls.open_of(db, self._community, CAUSE, _subject(complaint)):
            if outcome == follow_ups.NO_ANSWER and complaint.state in FOLLOWED_UP:
                again, result = now + AGAIN_AFTER, Outcome.AGAIN
            else:
                again, result = None, Outcome.NO_ANSWER if outcome == follow_ups.NO_ANSWER else Outcome.TOLD
            await calls.settle(db, one.id, result, now, by=officer.contact, tried=True, not_before=again)

    async def to_ask(self, db: Db, subject: str, person: str, officer: Officer) -> ToAsk | None:
        """None where nobody needs to be asked any more: it is closed, opened again, or the reporter took it back."""
        complaint = await complaints.by_number(db, self._community, subject.partition("/")[0])
        if complaint is None or complaint.state not in FOLLOWED_UP or _subject(complaint) != subject:
            return None
        reporter = await reporters.by_id(db, int(person.partition(":")[2]))
        if reporter is None or reporter.left_at is not None:
            return None
        door = "-".join(part for part in (reporter.building, reporter.unit, reporter.room) if part)
        theirs = may_see(officer, complaint) and complaint.handler_id != officer.contact
        return ToAsk(complaint.number or "", complaint.wording, complaint.result or "", door, theirs)


def _subject(complaint: Complaint) -> str:
    """A case that was opened again is asked about again."""
    return f"{complaint.number}/{complaint.reopened}"
