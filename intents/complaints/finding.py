"""Which case somebody means: by its number, by what is quoted, or because it is their own."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context
from bot.message import Quote
from bot.quotes import Quotes
from intents.complaints.lifecycle import OPEN, SHOWN_TO_REPORTER
from intents.complaints.visibility import may_see
from intents.errors import CaseAmbiguous, CaseNotNamed, CaseUnknown
from intents.understanding.case_number import case_number, find_case_number
from intents.understanding.normalise import normalise
from storage import complaints, reporters
from storage.accounts import Directory
from storage.complaints import Complaint
from storage.reporters import Reporter

LATELY = timedelta(days=7)


class Finding:
    def __init__(self, directory: Directory, quotes: Quotes) -> None:
        self._directory = directory
        self._quotes = quotes

    async def commanded(self, context: Context, rest: str) -> tuple[Complaint, str]:
        """The case of a staff command and what follows its number; quoting a message stands for the number."""
        normal = normalise(rest)
        named = find_case_number(normal)
        if named is not None:
            number, _, end = named
            complaint = await self.numbered(context, number)
            # as typed where the positions agree: the rest may be read out to residents
            return complaint, (rest if len(rest) == len(normal) else normal)[end:].strip()
        if context.inbound.quote is None:
            raise CaseNotNamed()
        return await self.quoted_by_staff(context), rest

    async def numbered(self, context: Context, number: str) -> Complaint:
        """For staff. Raises `CaseUnknown`, also for what this one may not see."""
        found = await complaints.by_number(context.db, self._directory.community, number, lock=True)
        if found is None or not self._is_in_sight(context, found):
            raise CaseUnknown(number=number)
        return found

    async def quoted_by_staff(self, context: Context) -> Complaint:
        """The case of the message that a command quotes. Raises `CaseNotNamed`, also for what this one may not see."""
        found = await self._quoted(context, context.inbound.quote) if context.inbound.quote else None
        if found is None or not self._is_in_sight(context, found):
            raise CaseNotNamed()
        return found

    def _is_in_sight(self, context: Context, complaint: Complaint) -> bool:
        officer = context.speaker.officer
        return officer is not None and complaint.community == self._directory.community and may_see(officer, complaint)

    async def report_quoted(self, context: Context, complaint: Complaint) -> Reporter | None:
        """The later report of a case that a command quotes; None for the first, which is the case itself."""
        quoted = await self._quotes.find(context)
        told = await reporters.of(context.db, complaint.id)
        found = next((one for one in told if one.inbox_id is not None and one.inbox_id == quoted.inbox), None)
        return found if found is not None and found.words is not None else None

    async def asked(self, context: Context, number: str) -> Complaint:
        """The case a resident asks about, for its reporters and for members of the group where it was filed."""
        found = await complaints.by_number(context.db, self._directory.community, number)
        if found is None or not await self._may_hear(context, found):
            raise CaseUnknown(number=number)
        return found

    async def of_group(self, context: Context) -> list[Complaint]:
        """What was lately reported in this group and is under way, latest report first; nothing that is not for all to hear."""
        group = context.conversation.group
        if group is None:
            return []
        found = await reporters.of_group(context.db, group, OPEN, context.now - LATELY)
        return [one for one in found if not one.mediation]

    async def quoted(self, context: Context) -> Complaint | None:
        """The case that a quoted message made or was about; None where it is none, or none of this person's business."""
        found = await self._quoted(context, context.inbound.quote) if context.inbound.quote else None
        return found if found is not None and await self._may_hear(context, found) else None

    async def own(self, context: Context) -> list[Complaint]:
        return await reporters.cases_of(context.db, context.speaker.contact, SHOWN_TO_REPORTER)

    async def _may_hear(self, context: Context, complaint: Complaint) -> bool:
        contact = context.speaker.contact
        if await reporters.of_contact(context.db, complaint.merged_into or complaint.id, contact) is not None:
            return True
        if complaint.mediation:
            return False  # nobody else's business
        if complaint.group_id is not None and complaint.group_id == context.conversation.group:
            return True  # who speaks in a group is in it, known to the directory or not
        return complaint.group_id is not None and self._directory.is_member(contact, complaint.group_id)

    async def _quoted(self, context: Context, quote: Quote) -> Complaint | None:
        number = case_number(quote.text)
        if number is not None:
            found = await complaints.by_number(context.db, self._directory.community, number)
            if found is not None:
                return found
        quoted = await self._quotes.find(context)
        if quoted.ambiguous:
            raise CaseAmbiguous(name=quote.sender)
        return await reporters.of_inbox(context.db, quoted.inbox) if quoted.inbox is not None else None
