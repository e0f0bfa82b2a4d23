"""The same trouble again, told by whoever reported it: the case goes on, instead of a new one."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context, Said
from bot.message import Reply
from intents.complaints.follow_up import FollowUp, Rating
from intents.complaints.lifecycle import State
from intents.complaints.place_answers import words
from intents.complaints.telling import Telling, spoken
from storage import reporters
from storage.complaints import Complaint, held

AGAIN_WITHIN = timedelta(days=30)
REOPENED = (State.ANSWERED, State.AWAITING_WORD, State.CLOSED)


class Reopening:
    def __init__(self, follow_up: FollowUp, telling: Telling) -> None:
        self._follow_up = follow_up
        self._telling = telling

    async def of_closed(self, context: Context) -> list[Said] | None:
        """What is said where a new complaint is an old one that was not mended; None where it is new."""
        understood = context.understanding
        if not any(word in context.text for word in words("again")):
            return None
        since = context.now - AGAIN_WITHIN
        contact = context.speaker.contact
        for one in await reporters.cases_of(context.db, contact, REOPENED, since=since, limit=20):
            if (one.category, one.subcategory) == understood.category and self._same_place(context, one):
                return await self.reopen(context, one)
        return None

    async def reopen(self, context: Context, found: Complaint) -> list[Said]:
        """Its reporter is not content: it is done again."""
        complaint = await held(context.db, found.id) or found
        reporter = await reporters.of_contact(context.db, complaint.id, context.speaker.contact)
        if reporter is None:
            return []
        rated = await self._follow_up.rate(context.db, reporter, Rating.DISSATISFIED, context.words, context.now)
        complaint, told = rated
        params = spoken(complaint)
        alone = reporter.anonymous or await self._telling.goes_private(context, complaint)
        reply = Reply(
            "complaints.reopened",
            params,
            mention=not reporter.anonymous,
            private=alone,
            numbered=True,
            trouble=self._telling.trouble(complaint),
        )
        return [reply, *told]

    def _same_place(self, context: Context, one: Complaint) -> bool:
        slots = context.understanding.slots
        return slots.building in (None, one.building) and (slots.unit is None or one.unit in (None, slots.unit))
