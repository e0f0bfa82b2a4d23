"""The last few messages of every group, in memory only: what a quote shows as text is looked up here."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta

from bot.message import Inbound, Quote

KEPT_A_GROUP = 200
LONGEST_REMEMBERED = 500
CONTEXT_MESSAGES = 3
CONTEXT_AGE = timedelta(minutes=10)


class GroupMemory:
    def __init__(self) -> None:
        self._groups: dict[str, deque[Inbound]] = {}

    def remember(self, inbound: Inbound) -> None:
        if inbound.group is None:
            return
        messages = self._groups.get(inbound.group)
        if messages is None:
            messages = self._groups[inbound.group] = deque(maxlen=KEPT_A_GROUP)
        if inbound.picture is not None or len(inbound.text) > LONGEST_REMEMBERED:
            inbound = replace(inbound, picture=None, text=inbound.text[:LONGEST_REMEMBERED])
        messages.append(inbound)

    def forget(self, group: str, message: str) -> None:
        """A person took it back."""
        if group in self._groups:
            kept = (inbound for inbound in self._groups[group] if inbound.id != message)
            self._groups[group] = deque(kept, maxlen=KEPT_A_GROUP)

    def before(self, inbound: Inbound) -> tuple[str, ...]:
        """The few messages said in the group before this one, oldest first."""
        recent = [
            said.text
            for said in self._groups.get(inbound.group or "", ())
            if said.id != inbound.id and inbound.at - CONTEXT_AGE <= said.at <= inbound.at and said.text
        ]
        return tuple(recent[-CONTEXT_MESSAGES:])

    def quoted(self, group: str, quote: Quote) -> list[Inbound]:
        """The messages that a quote may mean; more than one where several people said the same."""
        messages = self._groups.get(group, ())
        if quote.message is not None:
            return [said for said in messages if said.id == quote.message]
        matching = [said for said in messages if quote.text and said.text.strip().startswith(quote.text.strip())]
        named = [said for said in matching if said.sender_name == quote.sender]
        by_sender = {said.sender: said for said in named}
        return list(by_sender.values())
