"""What is answered to a report: its number, that it was joined, or the one question that is open. In a group it counts among the
two lines on one trouble; who comes later is summed up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.context import Answer, Context, Post, Said
from bot.dialog import Dialogs
from bot.message import Reply
from intents.complaints.asking import PLACE_DIALOG, SAME_DIALOG, Asking, in_private
from intents.complaints.calling_out import CallingOut
from intents.complaints.filing import Filed, Filing
from intents.complaints.telling import Telling, about, spoken
from intents.understanding.address import split_nickname
from intents.understanding.categories import Categories
from storage import reporters
from storage.base import Db
from storage.complaints import Complaint

DOOR_DIALOG = "complaints.door"
DOOR_WAIT = timedelta(hours=24)
ASKED = {"place": "complaints.ask_place", "same": "complaints.ask_same"}


class Acknowledging:
    def __init__(
        self,
        categories: Categories,
        telling: Telling,
        dialogs: Dialogs,
        filing: Filing,
        asking: Asking,
        calling_out: CallingOut,
    ) -> None:
        self._categories = categories
        self._telling = telling
        self._dialogs = dialogs
        self._filing = filing
        self._asking = asking
        self._calling_out = calling_out

    async def answer(self, context: Context, filed: Filed) -> list[Said]:
        """In the group while it may hear another line on this trouble, else once it may; questions then go to private."""
        if filed.asks is not None:
            return await self._question(context, filed)
        group, complaint = context.conversation.group, filed.complaint
        may_speak = await self._telling.may_speak(context.db, group, complaint, context.now)
        said: list[Said] = []
        if may_speak or self._answers_us(context):
            said.append(replace(await self._at_once(context, filed), private=not may_speak))
        elif group is not None and filed.reporter is not None:
            said.append(await self._telling.sum_up(context.db, complaint, filed.reporter, group, context.now))
        said += await self._door(context, filed)
        if complaint.urgency == "P1" and not filed.joined:
            said += self._calling_out.urgent(complaint)
        return said

    async def together(self, context: Context, several: list[Filed]) -> list[Said]:
        """Several troubles told in one message: several cases, one answer, at most one question: where the first is whose
        place is not known. What may be known already is a case by itself, until staff join it.
        """
        for one in several:
            if one.asks == "same":
                await self._filing.number_if_waiting(context.db, one.complaint, context.now)
        placeless = next((one for one in several if one.asks == "place"), None)
        asked = placeless if not context.limited else None
        cases = {one.complaint.number: one.complaint for one in several if one.complaint.number}
        said: list[Said] = []
        if cases:
            said.append(await self._listed(context, several, [*cases.values()], asked))
        elif asked is not None:
            said += await self._question(context, asked)
        for one in several:
            if one.complaint.urgency == "P1" and not one.joined and one is not asked:
                said += self._calling_out.urgent(one.complaint)
        return said

    async def _listed(
        self, context: Context, several: list[Filed], cases: list[Complaint], asked: Filed | None
    ) -> Reply:
        officer, where = context.speaker.officer is not None, context.conversation
        if asked is not None:
            await self._asking.ask(context, asked, in_private(where) if officer else where)
        waiting = spoken(asked.complaint) if asked is not None else None
        params = {"cases": [spoken(one) for one in cases], "waiting": waiting}
        unnamed = any(one.complaint.anonymous for one in several)
        told = [*cases, asked.complaint] if asked is not None else cases
        trouble = await self._telling.fullest(context.db, where.group, told, context.now)
        return Reply("complaints.filed_together", params, mention=not unnamed, numbered=True, trouble=trouble)

    async def emergency(self, context: Context, filed: Filed, alerts: list[Post]) -> Answer:
        """The instruction, before the alerts. Once a group has heard it twice within ten minutes, who calls again hears it
        alone. The place is waited for in the group, too: who is in danger answers anywhere.
        """
        complaint, where = filed.complaint, context.conversation
        learned = (context.understanding.rule or "").endswith(".sounds")
        # of what no rule has named, only what holds for every danger
        advice = "" if learned else complaint.subcategory
        own_life = (context.understanding.rule or "").startswith(OWN_LIFE)
        heard = not await self._telling.may_speak(context.db, where.group, complaint, context.now)
        alone = own_life or (heard and context.speaker.friend)
        if filed.asks is not None:
            await self._asking.ask(context, filed, where)
            if alone and where.group is not None and context.speaker.friend:
                await self._asking.ask(context, filed, in_private(where))
        if heard and not own_life and not context.speaker.friend:
            return [*alerts]
        instruction = Reply(
            "complaints.emergency_own_life" if own_life else "complaints.emergency",
            {**spoken(complaint), "called": bool(alerts), "advice": advice},
            private=alone,
            mention=not complaint.anonymous,
            numbered=True,
            urgent=True,
            trouble=self._telling.trouble(complaint),
        )
        return [instruction, *alerts]

    async def placed(self, context: Context, complaint: Complaint) -> list[Said]:
        """The place of an emergency is known now: staff are told, and so is who told it."""
        group = context.conversation.group
        heard = not await self._telling.may_speak(context.db, group, complaint, context.now)
        placed = Reply(
            "complaints.placed",
            {"number": complaint.number},
            private=heard and context.speaker.friend,
            mention=not complaint.anonymous,
            numbered=True,
            trouble=self._telling.trouble(complaint),
        )
        return [placed, *self._calling_out.place_known(complaint)]

    async def unanswered(self, db: Db, complaint: Complaint, asked: Mapping[str, Any], now: datetime) -> list[Post]:
        """Nobody said whether it is the same: it takes its number, which is told where that was asked."""
        if not await self._filing.number_if_waiting(db, complaint, now):
            return []
        urgent = self._calling_out.urgent(complaint) if complaint.urgency == "P1" else []
        group, contact = asked.get("group"), asked.get("contact")
        if contact is None:
            return urgent
        told = Post(
            "complaints.filed",
            {**spoken(complaint), "absent": complaint.absent, "door": None},
            group=group,
            contact=contact if group is None else None,
            mentions=(contact,) if group is not None and not complaint.anonymous else (),
            kind="reminder",
            numbered=True,
            trouble=asked.get("trouble"),
            about=about(complaint),
            adds=True,
        )
        return [told, *urgent]

    def place_unknown(self, complaint: Complaint) -> list[Post]:
        """Nobody has told where it is: what is pressing is shown to staff without a number."""
        return self._calling_out.urgent(complaint) if complaint.urgency == "P1" else []

    async def _question(self, context: Context, filed: Filed) -> list[Said]:
        """The dialogue is opened where the question is said; where it may not be said, there is none."""
        complaint, subject = filed.complaint, filed.match or filed.complaint
        alone = await self._asking.alone(context, filed)
        if context.limited:
            return await self._unasked(context, filed)
        group = None if alone else context.conversation.group
        if filed.asks == "same" and not await self._telling.may_speak(context.db, group, subject, context.now):
            return await self._unasked(context, filed)
        where = in_private(context.conversation) if alone else context.conversation
        await self._asking.ask(context, filed, where)
        match = spoken(filed.match) if filed.match is not None else None
        params = {**spoken(complaint), "offered": filed.offered, "match": match}
        trouble, mention = self._telling.trouble(subject), not complaint.anonymous
        return [Reply(ASKED[filed.asks or "place"], params, private=alone, mention=mention, trouble=trouble)]

    async def _unasked(self, context: Context, filed: Filed) -> list[Said]:
        """What cannot be asked: a case by itself, or one without a number that staff see."""
        if filed.asks == "same":
            await self._filing.number_if_waiting(context.db, filed.complaint, context.now)
        return [*self._calling_out.urgent(filed.complaint)] if filed.complaint.urgency == "P1" else []

    def _answers_us(self, context: Context) -> bool:
        """A friend who answers our question hears what came of it, in private where the group has heard enough."""
        return (
            context.speaker.friend
            and context.dialog is not None
            and context.dialog.state in (PLACE_DIALOG, SAME_DIALOG)
        )

    async def _at_once(self, context: Context, filed: Filed) -> Reply:
        people = await reporters.count(context.db, filed.complaint.id) if filed.joined else 1
        params = {**spoken(filed.complaint), "people": people, "absent": filed.complaint.absent}
        if filed.joined:
            key = "complaints.already_reported" if filed.reporter is None else "complaints.joined"
            return self._reply(filed, key, params)
        return self._reply(filed, "complaints.filed", {**params, "door": self._door_asked(context, filed)})

    def _reply(self, filed: Filed, key: str, params: Mapping[str, Any]) -> Reply:
        unnamed = filed.complaint.anonymous if filed.reporter is None else filed.reporter.anonymous
        trouble = self._telling.trouble(filed.complaint)
        return Reply(key, params, mention=not unnamed, numbered=True, trouble=trouble)

    def _door_asked(self, context: Context, filed: Filed) -> str | None:
        """A door number is asked for only where somebody has to come in, and only in private."""
        kind = (filed.complaint.category, filed.complaint.subcategory)
        if filed.joined or filed.complaint.room or not filed.complaint.building:
            return None
        if kind not in self._categories or not self._categories[kind].visit:
            return None
        if context.conversation.group is None:
            return "here"
        return "privately" if context.speaker.friend else "stranger"

    async def _door(self, context: Context, filed: Filed) -> list[Said]:
        asked = self._door_asked(context, filed)
        if asked not in ("here", "privately") or (context.limited and asked == "here"):
            return []
        address, _ = split_nickname(context.speaker.name)
        same_building = address is not None and address.building == filed.complaint.building
        offered = {"unit": address.unit, "room": address.room} if address and address.room and same_building else {}
        where = in_private(context.conversation)
        data = {"complaint": filed.complaint.id, "building": filed.complaint.building, "offered": offered}
        await self._dialogs.ask(context.db, where, DOOR_DIALOG, data, now=context.now, wait=DOOR_WAIT)
        if asked == "here":
            return []
        params = {**spoken(filed.complaint), "offered": bool(offered)}
        return [Post("complaints.ask_door", params, contact=context.speaker.contact, kind="reply", numbered=True)]


OWN_LIFE = "complaints.emergency.my-own-life"
"""Who speaks of their own life is answered alone, not before the neighbours."""
