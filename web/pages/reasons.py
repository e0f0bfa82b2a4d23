"""Which rule fired and why, or what kept the assistant silent: in plain words, for the line under a message."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.message import Inbound, Outbound, OutboundKind
from storage import messages
from storage.base import Db
from storage.messages import OutboxRow, Trace
from web.assistant import Assistant
from web.rendering import Rendering

LEAD = "complaints.file"
COMMAND = "staff.command"
ANSWER = "dialog.answer"
LOOKS = 20
LOOK_AGAIN_S = 0.1
HANDLED_WITHIN = timedelta(seconds=3)

_OUR_ID = re.compile(r"out-([0-9]{1,18})")
_WEIGHT = re.compile(r"([+-][0-9.]+) (?:words of (.+)|(.+))")


class Reasons:
    def __init__(self, assistant: Assistant, rendering: Rendering) -> None:
        self._assistant = assistant
        self._rendering = rendering
        self._reason = rendering.words["reason"]
        self._silence = rendering.words["silence"]
        self._examples = {ready.rule.name: ready.rule.examples[0] for ready in assistant.judge.rules}

    async def of_answer(self, outbound: Outbound) -> str | None:
        """None where it stays unknown which outbox row this was."""
        for _ in range(LOOKS):
            async with self._assistant.database.reading() as db:
                row = await self._row(db, outbound)
                if row is not None:
                    trace = await messages.trace_by_id(db, row.inbox_id) if row.inbox_id is not None else None
                    return self._of_row(row.kind, trace)
            await asyncio.sleep(LOOK_AGAIN_S)
        return None

    async def _row(self, db: Db, outbound: Outbound) -> OutboxRow | None:
        """The sender names a message by its row; a gateway by an id of its own, which the row learns a moment later."""
        ours = _OUR_ID.fullmatch(outbound.id)
        if ours is not None:
            return await messages.outbox_row(db, int(ours[1]))
        return await messages.sent_as(db, self._assistant.directory.account, outbound.id)

    def _of_row(self, kind: str, trace: Trace | None) -> str:
        if trace is None:
            return self._reason["timed"]
        if kind == OutboundKind.ALERT and trace.intent != COMMAND:
            return self._reason["alert"].format(rule=trace.rule or "", score=_score(trace.score))
        return self._of_trace(trace)

    async def of_silence(self, db: Db, inbound: Inbound, now: datetime) -> str:
        """Also for a message that was answered after all: then it says why it was."""
        trace = await messages.trace_of(db, self._assistant.directory.account, inbound.id)
        if trace is None:
            return self._unheard(inbound, now)
        if await messages.was_answered(db, trace.inbox):
            return self._of_trace(trace)
        if trace.intent != LEAD:
            return self._silence["kept"]
        key = "muted_lead" if self._is_muted(inbound) else "lead"
        return self._silence[key].format(score=_score(trace.score), why=self._why(trace.why))

    def _of_trace(self, trace: Trace) -> str:
        if trace.intent == COMMAND:
            return self._reason["command"].format(rule=trace.rule)
        if trace.intent == ANSWER:
            return self._reason["dialog"]
        if trace.intent is None or trace.rule is None:
            return self._reason["direct"]
        return self._reason["rule" if trace.rule in self._examples else "rule_bare"].format(
            intent=self._rendering.intent(trace.intent),
            example=self._examples.get(trace.rule, ""),
            rule=trace.rule,
            score=_score(trace.score),
            why=self._why(trace.why),
        )

    def _unheard(self, inbound: Inbound, now: datetime) -> str:
        """The message left no row: it was screened out, or is not handled yet."""
        if now - inbound.at < HANDLED_WITHIN and (inbound.mentioned or inbound.group is None):
            return self._silence["working"]
        contact = self._assistant.directory.contact(inbound.sender)
        if contact is not None and contact in self._assistant.directory.officers:
            return self._silence["staff"]
        if self._is_muted(inbound):
            return self._silence["muted"]
        if inbound.picture is not None:
            return self._silence["picture"]
        if any(group.name == inbound.group_name and not group.listen for group in self._assistant.settings.groups):
            return self._silence["group"]
        return self._not_for_us(inbound)

    def _not_for_us(self, inbound: Inbound) -> str:
        heard = self._assistant.judge(inbound)
        if heard.rule is None:
            return self._silence["nothing"]
        if heard.speak or heard.lead:
            return self._silence["command"]
        example = self._examples.get(heard.rule, heard.rule)
        return self._silence["weak"].format(example=example, score=_score(heard.score), why=self._why(heard.why))

    def _is_muted(self, inbound: Inbound) -> bool:
        contact = self._assistant.directory.contact(inbound.sender)
        return contact is not None and self._assistant.directory.is_muted(contact)

    def _why(self, codes: Sequence[str]) -> str:
        """`+0.2 place` in words; what a rule starts from is part of its certainty and needs none."""
        known = self._rendering.words["why"]
        parts = []
        for weight, category, code in _WEIGHT.findall("\n".join(codes)):
            said = known["words"].format(category=category) if category else known.get(code, code)
            parts.append(f"{said}{weight}")
        return self._reason["why"].format(parts=self._reason["and"].join(parts)) if parts else ""


def _score(score: float) -> str:
    return f"{score:.2f}"
