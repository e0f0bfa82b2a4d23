"""Which of several cases somebody means: by number, by quoting, by what it is about and when it was; else they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.context import Context
from bot.dialog import Dialogs
from bot.message import Reply
from intents.complaints.finding import Finding
from intents.complaints.telling import Telling, spoken
from intents.understanding.judge import Judge
from intents.understanding.past import told_past
from storage.base import Db
from storage.complaints import Complaint, by_id

WHICH_DIALOG = "complaints.which"
MOST_OFFERED = 5


class Choosing:
    def __init__(self, finding: Finding, judge: Judge, dialogs: Dialogs, telling: Telling, wait: timedelta) -> None:
        self._finding = finding
        self._judge = judge
        self._dialogs = dialogs
        self._telling = telling
        self._wait = wait

    async def named(self, context: Context) -> Complaint | None:
        """By its number or by quoting. Raises `CaseUnknown` for a number that does not concern this person."""
        number = context.understanding.slots.case
        if number is not None:
            return await self._whole(context, await self._finding.asked(context, number))
        quoted = await self._finding.quoted(context) if context.inbound.quote is not None else None
        return None if quoted is None else await self._whole(context, quoted)

    async def _whole(self, context: Context, found: Complaint) -> Complaint:
        """The case itself, or the one that it was joined into."""
        return found if found.merged_into is None else await by_id(context.db, found.merged_into) or found

    def narrowed(self, context: Context, found: Sequence[Complaint]) -> list[Complaint]:
        """Those that fit what was said of them: their subject, their place, when they were reported."""
        kept = list(found)
        for fits in (self._by_place, self._by_time, self._by_subject):
            kept = fits(context, kept) or kept
        return kept

    def is_about(self, context: Context, complaint: Complaint) -> bool:
        """Whether the words of a message speak of this case's kind."""
        return self._judge.speaks_of(context.inbound.text, (complaint.category, complaint.subcategory))

    async def ask_which(self, db: Db, context: Context, verb: str, found: Sequence[Complaint], **data: Any) -> Reply:
        """Ask with digits; a later answer comes back as `verb`."""
        where = context.conversation
        offered = list(found[:MOST_OFFERED])
        alone = where.group is not None and any(self._is_private(one, where.group) for one in offered)
        if alone and context.speaker.friend:
            where = replace(where, group=None)
        elif alone:  # there is no way to ask this person alone
            offered = [one for one in offered if not self._is_private(one, where.group)]
        if not offered:
            return Reply("complaints.which", {"cases": []}, private=True)
        kept = {"verb": verb, "cases": [one.id for one in offered], **data}
        await self._dialogs.ask(db, where, WHICH_DIALOG, kept, now=context.now, wait=self._wait)
        params = {"cases": [spoken(one) for one in offered], "verb": verb}
        trouble = self._telling.trouble(offered[0])
        return Reply("complaints.which", params, private=where.group is None, trouble=trouble)

    def _is_private(self, one: Complaint, group: int | None) -> bool:
        """What a group must not hear that this person reported."""
        return one.anonymous or one.group_id != group or self._telling.is_discreet(one)

    def _by_place(self, context: Context, found: list[Complaint]) -> list[Complaint]:
        slots = context.understanding.slots
        if slots.building is None:
            return []
        here = [one for one in found if one.building == slots.building]
        return [one for one in here if slots.unit is None or one.unit in (None, slots.unit)] or here

    def _by_time(self, context: Context, found: list[Complaint]) -> list[Complaint]:
        told = told_past(context.text, context.now)
        return [one for one in found if told[0] <= one.said_at < told[1]] if told else []

    def _by_subject(self, context: Context, found: list[Complaint]) -> list[Complaint]:
        return [one for one in found if self.is_about(context, one)]
