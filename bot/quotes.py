"""Which message somebody quotes. Most gateways show a quote as text under a display name, and a name identifies nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels.texts import split_mention
from bot.context import Context
from bot.memory import GroupMemory
from bot.message import Inbound
from storage import messages
from storage.accounts import Directory


@dataclass(frozen=True, slots=True)
class Quoted:
    """`inbox`: the row of the quoted message, or of the one that a quoted answer of ours answered. `said`: from memory."""

    inbox: int | None = None
    said: Inbound | None = None
    ambiguous: bool = False


class Quotes:
    def __init__(self, directory: Directory, memory: GroupMemory, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._directory = directory
        self._memory = memory

    def text(self, context: Context) -> str:
        """What is quoted. A channel takes our name out of what is said to us, so it must go out of what is quoted too."""
        return split_mention(context.inbound.quote.text, self._names)[1] if context.inbound.quote is not None else ""

    def is_ours(self, context: Context) -> bool:
        """Whether what is quoted goes under a name of ours."""
        return context.inbound.quote is not None and context.inbound.quote.sender in self._names

    async def find(self, context: Context) -> Quoted:
        """Look up what this message quotes: by id where there is one, else by name and text in the group's memory, else by
        the digest of the text in the inbox, which survives a restart."""
        if context.inbound.quote is None:
            return Quoted()
        quote = replace(context.inbound.quote, text=self.text(context))
        db, account, group = context.db, self._directory.account, context.inbound.group or ""
        meant = self._memory.quoted(group, quote)
        if len(meant) > 1:
            return Quoted(ambiguous=True)
        said = meant[0] if meant else None
        message = quote.message or (said.id if said else None)
        if message is None:
            where = context.conversation
            alike = await messages.traces_of_text(db, where.group, where.contact, quote.text)
            named = [one for one in alike if self._directory.name_in(where.group, one.contact) in ("", quote.sender)]
            alike = named if where.group is not None else alike
            return Quoted(inbox=alike[0].inbox) if len(alike) == 1 else Quoted(ambiguous=bool(alike))
        trace = await messages.trace_of(db, account, message)
        inbox = trace.inbox if trace else await messages.answered_by(db, account, message)
        return Quoted(inbox=inbox, said=said)
