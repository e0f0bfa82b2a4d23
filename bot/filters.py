"""Filters: small questions about a message, asked inline. One may answer with names for the handler's arguments.

They are plain calls, never coroutines: putting a synchronous filter into a thread costs a hundred times its own time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.context import Context


class Filter(Protocol):
    """`provides` names what the answer may carry into the handler's arguments."""

    @property
    def provides(self) -> frozenset[str]: ...

    @property
    def label(self) -> str | None:
        """The intent that a message has only because of this filter."""
        ...

    def __call__(self, context: Context) -> bool | Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Intent:
    """The message alone was understood as this intent, and nothing was asked that it may be the answer to."""

    name: str
    provides: frozenset[str] = frozenset()
    label: str | None = None

    def __call__(self, context: Context) -> bool:
        return context.understanding.intent == self.name


@dataclass(frozen=True, slots=True)
class Answering:
    """A dialogue in this state is open with this person here."""

    state: str
    provides: frozenset[str] = frozenset()
    label: str | None = "dialog.answer"

    def __call__(self, context: Context) -> bool:
        return context.dialog is not None and context.dialog.state == self.state


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of ours is open with this person here, beside any dialogue; `label` is the intent of its answer."""

    question: str
    label: str | None = None
    provides: frozenset[str] = frozenset()

    def __call__(self, context: Context) -> bool:
        return self.question in context.asked


@dataclass(frozen=True, slots=True)
class Commanded:
    """A staff member gave this command; `rest` is what followed the word."""

    name: str
    provides: frozenset[str] = frozenset({"rest", "officer"})
    label: str | None = "staff.command"

    def __call__(self, context: Context) -> bool | Mapping[str, Any]:
        if context.command is None or context.command.name != self.name or context.speaker.officer is None:
            return False
        return {"rest": context.command.rest, "officer": context.speaker.officer}


@dataclass(frozen=True, slots=True)
class When:
    """Any question that fits no other filter, with a name for the trace."""

    question: Callable[[Context], bool]
    provides: frozenset[str] = frozenset()
    label: str | None = None

    def __call__(self, context: Context) -> bool:
        return self.question(context)


def private(context: Context) -> bool:
    return context.conversation.group is None
