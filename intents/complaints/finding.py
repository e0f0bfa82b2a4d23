"""Which case somebody means: by its number, by what is quoted, or because it is their own."""

from __future__ import annotations

from bot.context import Context
from bot.message import Quote
from bot.quotes import Quotes
from intents.complaints.lifecycle import SHOWN_TO_REPORTER
from intents.errors import CaseAmbiguous, CaseNotNamed, CaseUnknown
from intents.understanding.case_number import case_number, find_case_number
from intents.understanding.normalise import normalise
from storage import complaints
from storage.accounts import Directory
from storage.complaints import Complaint


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
            found = await complaints.by_number(context.db, self._directory.community, number, lock=True)
            if found is None:
                raise CaseUnknown(number=number)
            # as typed where the positions agree: the rest may be read out to residents
            return found, (rest if len(rest) == len(normal) else normal)[end:].strip()
        if context.inbound.quote is None:
            raise CaseNotNamed()
        found = await self._quoted(context, context.inbound.quote)
        if found is None:
            raise CaseNotNamed()
        return found, rest

    async def asked(self, context: Context, number: str) -> Complaint:
        """The case a resident asks about, for its reporters and for members of the group where it was filed."""
        found = await complaints.by_number(context.db, self._directory.community, number)
        if found is None or not await self._may_hear(context, found):
            raise CaseUnknown(number=number)
        return found

    async def own(self, context: Context) -> list[Complaint]:
        return await complaints.of_reporter(context.db, context.speaker.contact, SHOWN_TO_REPORTER)

    async def _may_hear(self, context: Context, complaint: Complaint) -> bool:
        contact = context.speaker.contact
        if contact in await complaints.reporters_of(context.db, complaint.id):
            return True
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
        return await complaints.of_inbox(context.db, quoted.inbox) if quoted.inbox is not None else None
