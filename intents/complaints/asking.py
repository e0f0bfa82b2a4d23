"""The one question that a report may leave open: where it is, or whether it is the one that is known already. The dialogue is
opened where the question is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.context import Context
from bot.dialog import Dialogs
from bot.message import Conversation
from intents.complaints.filing import Filed
from intents.complaints.telling import Telling, place_line
from intents.understanding.address import split_nickname

PLACE_DIALOG = "complaints.place"
SAME_DIALOG = "complaints.same"
PLACE_TIMED_OUT = {False: "complaints.place.timed_out", True: "complaints.place.timed_out_private"}


class Asking:
    def __init__(self, dialogs: Dialogs, telling: Telling, wait: timedelta) -> None:
        self._dialogs = dialogs
        self._telling = telling
        self._wait = wait

    async def alone(self, context: Context, filed: Filed) -> bool:
        """Whether a question is better put in private: to staff always, to a friend once the group has heard enough."""
        group, about = context.conversation.group, filed.match or filed.complaint
        if group is None or context.speaker.officer is not None:
            return group is not None
        return context.speaker.friend and not await self._telling.may_speak(context.db, group, about, context.now)

    async def ask(self, context: Context, filed: Filed, where: Conversation) -> None:
        """Wait for the answer there."""
        state, data = self._same(filed, where) if filed.asks == "same" else self._place(context, filed, where)
        await self._dialogs.ask(context.db, where, state, data, now=context.now, wait=self._wait)

    def _same(self, filed: Filed, where: Conversation) -> tuple[str, Mapping[str, Any]]:
        match = filed.match or filed.complaint
        return SAME_DIALOG, {
            "complaint": filed.complaint.id,
            "match": match.id,
            "trouble": self._telling.trouble(match),
            "group": where.group,
            "contact": where.contact,
            "unnamed": filed.complaint.anonymous,
        }

    def _place(self, context: Context, filed: Filed, where: Conversation) -> tuple[str, Mapping[str, Any]]:
        complaint = filed.complaint
        address, _ = split_nickname(context.speaker.name)
        return PLACE_DIALOG, {
            "complaint": complaint.id,
            "offered": {"building": address.building, "unit": address.unit, "room": address.room} if address else {},
            "category": [complaint.category, complaint.subcategory],
            # an emergency has its number already: nothing is to be said of it later
            "timed_out": None if complaint.number else PLACE_TIMED_OUT[where.group is None],
            "trouble": self._telling.trouble(complaint),
            "about": place_line(complaint),
            "unnamed": complaint.anonymous,
        }


def in_private(where: Conversation) -> Conversation:
    return replace(where, group=None)
