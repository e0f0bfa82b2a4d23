"""Which rule answered a message, or what kept the assistant silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.context import Context
from bot.message import Inbound, Understanding
from bot.quotes import Quoted, Quotes
from intents.errors import NothingQuoted
from storage import messages


class Why:
    def __init__(self, quotes: Quotes, understand: Callable[[Inbound], Understanding]) -> None:
        self._quotes = quotes
        self._understand = understand

    async def explain(self, context: Context) -> Mapping[str, Any]:
        """Parameters of `help.why` for the quoted message: from its inbox row, else by listening to it once more."""
        if context.inbound.quote is None:
            raise NothingQuoted()
        quoted = await self._quotes.find(context)
        trace = await messages.trace_by_id(context.db, quoted.inbox) if quoted.inbox is not None else None
        if trace is not None:
            found = {"intent": trace.intent, "rule": trace.rule, "score": trace.score, "why": trace.why}
            return {**found, "acted": True}
        heard = self._understand(self._as_heard(context, quoted))
        found = {"intent": heard.intent, "rule": heard.rule, "score": heard.score, "why": heard.why}
        return {**found, "acted": False}

    def _as_heard(self, context: Context, quoted: Quoted) -> Inbound:
        text = context.inbound.quote.text if context.inbound.quote else ""
        return quoted.said or replace(context.inbound, text=text, quote=None, mentioned=False)
