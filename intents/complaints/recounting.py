"""Deadlines in working days are counted again when the days off change: a new year is published, or staff loaded a file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.context import Post
from intents.complaints.deadlines import CONTACT_WITHIN, SOLVE_WITHIN
from intents.complaints.lifecycle import TICKING, Move, State
from intents.complaints.reminding import Reminding, officers_in
from intents.house import House
from storage import audit, complaints, meta
from storage.base import Db
from storage.complaints import Complaint, case_of

FACT: Final = "calendar"
NAMED: Final = 20
"""So many cases are named to staff; the rest are counted."""
OPEN: Final = (*TICKING, State.SUSPENDED)


class Recounting:
    def __init__(self, community: str, reminding: Reminding, house: House) -> None:
        self._community = community
        self._reminding = reminding
        self._house = house

    async def rebuild(self, db: Db, now: datetime) -> None:
        """At start: where the calendar is another than at the last one, open cases follow it, and staff are told which."""
        digest = self._house.calendar.digest
        if await meta.fact(db, FACT) == digest:
            return
        await meta.put_fact(db, FACT, digest)
        found = await complaints.open_by_working_days(db, self._community, OPEN, list(CONTACT_WITHIN))
        changed = [complaint for complaint in found if await self._recount(db, complaint, now)]
        if changed:
            cases = [case_of(complaint) for complaint in changed[:NAMED]]
            params = {"cases": cases, "count": len(changed)}
            posts = [
                Post("complaints.recounted", params, contact=officer.contact, kind="alert")
                for officer in officers_in(self._house.directory, "admin")
            ]
            await self._house.posting.post(db, posts, now)

    async def _recount(self, db: Db, complaint: Complaint, now: datetime) -> bool:
        """Whether its deadline is another now. What staff have set themselves stays."""
        begun = await self._reminding.begun(db, complaint)
        if begun is None or complaint.due_by is None:
            return False
        begun = begun.astimezone(now.tzinfo)
        limits = self._reminding.limits(complaint, begun)
        fresh: dict[str, datetime] = {}
        if not complaint.mediation and complaint.urgency not in SOLVE_WITHIN and await self._may_follow(db, complaint):
            fresh["due_by"] = limits["due_by"] + timedelta(seconds=complaint.paused_s)
        if complaint.contacted_at is None and not complaint.reopened:
            fresh["contact_by"] = limits["contact_by"]
        before = {name: getattr(complaint, name) for name in fresh}
        if before == fresh:
            return False
        for name, moment in fresh.items():
            setattr(complaint, name, moment)
        await audit.note(
            db,
            self._community,
            at=now,
            actor="assistant",
            verb="complaints.recount",
            subject=f"complaint:{complaint.id}",
            before={name: moment.isoformat() for name, moment in before.items() if moment is not None},
            after={name: moment.isoformat() for name, moment in fresh.items()},
        )
        await db.flush()
        await self._reminding.move(db, complaint, now)
        return before.get("due_by") != fresh.get("due_by")

    async def _may_follow(self, db: Db, complaint: Complaint) -> bool:
        """Not where staff put it off, nor where it paused before it was opened again: then nothing tells what was counted."""
        if complaint.reopened and complaint.paused_s:
            return False
        story = await audit.story(db, self._community, f"complaint:{complaint.id}")
        for step in reversed(story):
            if step.verb == f"complaints.{Move.EXTEND}":
                return False
            if step.verb == f"complaints.{Move.REOPEN}":
                break
        return True
