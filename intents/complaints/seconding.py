"""我家也是: one more reporter of a case that is there, quoted, named, or the one the group was just speaking of."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Answer, Context, Said
from bot.message import Reply
from intents.complaints.choosing import Choosing
from intents.complaints.filing import Filed
from intents.complaints.finding import Finding
from intents.complaints.joining import JOINED_WITHIN, Joining
from intents.complaints.lifecycle import JOINABLE
from intents.complaints.telling import Telling, spoken
from intents.understanding.address import split_nickname
from storage import reporters
from storage.complaints import Complaint

JUST_NOW = timedelta(minutes=30)
"""What was reported in the group so lately is what "me too" is about."""


class Seconding:
    def __init__(self, joining: Joining, finding: Finding, choosing: Choosing, telling: Telling) -> None:
        self._joining = joining
        self._finding = finding
        self._choosing = choosing
        self._telling = telling

    async def find_and_second(self, context: Context) -> Answer:
        """None where there is nothing to second."""
        named = await self._choosing.named(context)
        if named is not None:
            return await self.second(context, named)
        if context.inbound.quote is not None:
            return None  # what is quoted is none of ours
        found = [one for one in await self._finding.of_group(context) if self._may_be_meant(context, one)]
        about = [one for one in found if self._choosing.is_about(context, one)]
        found = about or found
        lately = [one for one in found if one.last_report_at and context.now - one.last_report_at <= JUST_NOW]
        candidates = lately or found
        if not candidates:
            return None
        if len(candidates) > 1:
            return await self._choosing.ask_which(context.db, context, "support", candidates)
        return await self.second(context, candidates[0])

    async def second(self, context: Context, complaint: Complaint) -> list[Said]:
        """Count this person among the reporters. What is one home's own, or a quarrel, is nobody else's."""
        if complaint.urgency == "P0" or complaint.mediation or self._telling.reach(complaint) == "home":
            return [Reply("complaints.not_joined", spoken(complaint), private=complaint.mediation)]
        if complaint.state not in JOINABLE:
            alone = await self._telling.goes_private(context, complaint)
            trouble = self._telling.trouble(complaint)
            return [Reply("complaints.ended", spoken(complaint), private=alone, numbered=True, trouble=trouble)]
        slots, where = context.understanding.slots, context.conversation
        address, _ = split_nickname(context.speaker.name)
        room = slots.room or (address.room if address and slots.building in (None, address.building) else None)
        reporter = await self._joining.second(
            context.db,
            complaint,
            where.contact,
            context.now,
            group_id=where.group,
            inbox_id=context.inbox,
            channel="group" if where.group is not None else "private",
            anonymous=slots.anonymous,
            phone=slots.phone,
            words=context.words,
            building=slots.building or (address.building if address else None),
            unit=slots.unit or (address.unit if address else None),
            room=room,
        )
        return await self._said(context, Filed(complaint, reporter, joined=True))

    async def _said(self, context: Context, filed: Filed) -> list[Said]:
        group, complaint = context.conversation.group, filed.complaint
        if not await self._telling.may_speak(context.db, group, complaint, context.now) and group is not None:
            if filed.reporter is None:
                return []
            return [await self._telling.sum_up(context.db, complaint, filed.reporter, group, context.now)]
        people = await reporters.count(context.db, complaint.id)
        key = "complaints.already_reported" if filed.reporter is None else "complaints.joined"
        unnamed = filed.reporter is not None and filed.reporter.anonymous
        trouble = self._telling.trouble(complaint)
        said = {**spoken(complaint), "people": people, "absent": False}
        return [Reply(key, said, mention=not unnamed, numbered=True, trouble=trouble)]

    def _may_be_meant(self, context: Context, one: Complaint) -> bool:
        slots = context.understanding.slots
        if one.state not in JOINABLE or one.mediation or one.urgency == "P0" or self._telling.reach(one) == "home":
            return False
        if one.last_report_at is None or context.now - one.last_report_at > JOINED_WITHIN:
            return False
        if self._telling.reach(one) == "unit" and slots.unit and one.unit and slots.unit != one.unit:
            return False  # the lamp of the next unit is another one
        return slots.building in (None, one.building) or one.building is None
