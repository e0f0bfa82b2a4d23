"""What somebody does with a case they reported: give the last word, take it back, put its place right."""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context, Post, Said
from bot.expectations import Expectations
from bot.message import Reply, Slots
from intents.complaints.calling_out import CallingOut, said_of, told_words
from intents.complaints.filing import Filing, put_place
from intents.complaints.follow_up import FollowUp, Rating
from intents.complaints.handling import Actor, Handling
from intents.complaints.lifecycle import FOLLOWED_UP, MOVES, OPEN, Move, State
from intents.complaints.reminding import officers_in
from intents.complaints.telling import Telling, about, spoken
from storage import audit, complaints, lines, reporters
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.database import after_commit
from storage.reporters import Reporter

TAKEN_BACK = "taken back"
RESIDENT = "resident"
RATED = (*FOLLOWED_UP, State.CLOSED)


class OwnCases:
    def __init__(
        self,
        directory: Directory,
        expectations: Expectations,
        handling: Handling,
        filing: Filing,
        follow_up: FollowUp,
        calling_out: CallingOut,
        telling: Telling,
    ) -> None:
        self._directory = directory
        self._expectations = expectations
        self._handling = handling
        self._filing = filing
        self._follow_up = follow_up
        self._calling_out = calling_out
        self._telling = telling

    async def rated(self, context: Context, complaint: Complaint, rating: Rating) -> list[Said]:
        """The last word on a case: thanked for, or opened again."""
        if complaint.merged_into is not None:  # asked of whoever reported it, about the whole that it is part of
            complaint = await complaints.held(context.db, complaint.merged_into) or complaint
        reporter = await reporters.of_contact(context.db, complaint.id, context.speaker.contact)
        if reporter is None:
            return [await self.not_yours(context, complaint)]
        if complaint.state not in RATED:
            told_handler = await self.say_to_handler(context, rating, complaint)
            return [
                await self._reply(context, complaint, "complaints.in_hand", spoken(complaint), reporter),
                *told_handler,
            ]
        case, told = await self._follow_up.rate(context.db, reporter, rating, context.words, context.now)
        key = "complaints.reopened" if rating == Rating.DISSATISFIED else "complaints.rated"
        return [await self._reply(context, case, key, {**spoken(case), "rating": str(rating)}, reporter), *told]

    async def withdraw(self, context: Context, complaint: Complaint) -> Answer:
        """The only reporter's case ends; of many, one leaves and it goes on. An emergency is ended by staff alone."""
        contact = context.speaker.contact
        reporter = await reporters.of_contact(context.db, complaint.id, contact)
        if reporter is None:
            return await self.not_yours(context, complaint)
        if complaint.urgency == "P0":
            answer = await self._reply(context, complaint, "complaints.perhaps_over", spoken(complaint), reporter)
            return [answer, *self._calling_out.called_off_by_reporter(complaint, context.words)]
        others = [one for one in await reporters.of(context.db, complaint.id) if one.id != reporter.id]
        told: list[Post] = []
        alone = not others and complaint.merged_into is None
        if complaint.state not in MOVES[Move.WITHDRAW][0]:
            ended = spoken(complaint)
            return await self._reply(context, complaint, "complaints.ended", ended, reporter)
        if not alone:
            reporter.left_at = context.now
            await self._note(context.db, complaint, "complaints.leave", contact, context.now, context.words)
        else:
            actor = Actor(RESIDENT, contact)
            await self._follow_up.stop_asking(context.db, complaint)
            await lines.call_off(context.db, about(complaint))
            await self._handling.withdraw(context.db, complaint, actor, context.words, context.now)
            told = self._tell_handler(complaint, "complaints.withdrawn_to_you", context.words)
        params = {**spoken(complaint), "others": len(others)}
        where = context.conversation
        after_commit(context.db, lambda: self._expectations.forget_report(where))
        return [await self._reply(context, complaint, "complaints.withdrawn", params, reporter), *told]

    async def not_yours(self, context: Context, complaint: Complaint) -> Reply:
        """To who would change a case of others; it counts among what a group hears of that trouble."""
        alone = await self._telling.goes_private(context, complaint)
        trouble = self._telling.trouble(complaint)
        return Reply("complaints.not_yours", {"number": complaint.number}, private=alone, trouble=trouble)

    async def take_back(self, context: Context) -> Answer:
        """刚才那条撤回: the report just made here."""
        complaint = await complaints.held(context.db, context.reported or 0)
        return await self.withdraw(context, complaint) if complaint is not None else None

    async def correct(self, context: Context, told: Slots) -> Answer:
        """The place of what was just reported. Whoever was joined to a case of others gets one of their own."""
        complaint = await complaints.held(context.db, context.reported or 0)
        if complaint is not None and complaint.merged_into is not None:
            complaint = await complaints.held(context.db, complaint.merged_into)
        if complaint is None or complaint.state not in (*OPEN, "awaiting_place"):
            return None
        if complaint.state == "awaiting_place":
            filed = await self._filing.place(context.db, complaint, told, context.conversation, context.now)
            return Reply("complaints.corrected", spoken(filed.complaint), numbered=True)
        contact = context.speaker.contact
        reporter = await reporters.of_contact(context.db, complaint.id, contact)
        others = [one for one in await reporters.of(context.db, complaint.id) if one.contact_id != contact]
        if reporter is None:
            return None
        if others and (told.building or told.place):
            actor = Actor(RESIDENT, contact)
            complaint = await self._filing.part_out(context.db, reporter, complaint, told, context.now, actor)
        else:
            await self._put_right(context, complaint, told)
        posts = self._calling_out.place_known(complaint) if complaint.urgency == "P0" else []
        if complaint.urgency != "P0":
            posts = self._tell_handler(complaint, "complaints.corrected_to_you", context.words)
        return [await self._reply(context, complaint, "complaints.corrected", spoken(complaint), reporter), *posts]

    async def say_to_handler(self, context: Context, rating: Rating, named: Complaint | None) -> list[Post]:
        """Good or bad news of a case that is under way: whoever handles it hears it; the group hears nothing."""
        own = [named] if named else await reporters.cases_of(context.db, context.speaker.contact, OPEN)
        own = [one for one in own if one.state in OPEN]
        if len(own) != 1:
            return []
        key = "complaints.said_done" if rating != Rating.DISSATISFIED else "complaints.said_bad"
        await self._note(context.db, own[0], "complaints.say", context.speaker.contact, context.now, context.words)
        params = {"case": case_of(own[0]), "words": said_of(own[0], context.words)}
        told = self._handling.responsible(own[0], context.now)
        return [Post(key, params, contact=one.contact, kind="reminder") for one in told]

    def mediation_asked(self, complaint: Complaint) -> list[Post]:
        params = {"case": case_of(complaint), **told_words(complaint)}
        told = officers_in(self._directory, "admin", "worker", "mediator")
        return [Post("complaints.mediation_to_you", params, contact=one.contact, kind="reminder") for one in told]

    async def _put_right(self, context: Context, complaint: Complaint, told: Slots) -> None:
        before = {"building": complaint.building, "unit": complaint.unit, "place": complaint.place}
        put_place(complaint, told)
        await audit.note(
            context.db,
            complaint.community,
            at=context.now,
            actor=RESIDENT,
            verb="complaints.correct",
            subject=f"complaint:{complaint.id}",
            contact=context.speaker.contact,
            before=before,
            after={"building": complaint.building, "unit": complaint.unit, "place": complaint.place},
        )

    def _tell_handler(self, complaint: Complaint, key: str, words: str) -> list[Post]:
        """Only somebody who has begun with it needs to know."""
        handler = self._directory.officers.get(complaint.handler_id or 0)
        params = {"case": case_of(complaint), "words": said_of(complaint, words)}
        return [Post(key, params, contact=handler.contact, kind="reminder")] if handler else []

    async def _reply(
        self, context: Context, complaint: Complaint, key: str, params: dict[str, object], reporter: Reporter
    ) -> Reply:
        alone = reporter.anonymous or await self._telling.goes_private(context, complaint)
        return Reply(
            key,
            params,
            private=alone,
            mention=not reporter.anonymous,
            numbered=complaint.number is not None,
            trouble=self._telling.trouble(complaint),
        )

    async def _note(self, db: Db, complaint: Complaint, verb: str, contact: int, now: datetime, words: str) -> None:
        await audit.note(
            db,
            complaint.community,
            at=now,
            actor=RESIDENT,
            verb=verb,
            subject=f"complaint:{complaint.id}",
            contact=contact,
            why=words,
        )
