"""Routers: which handler takes a message. Arguments are injected by name and checked when the house is put together.

    router = Router("complaints")

    @router.on(Intent("complaints.file"))
    async def file(db, speaker, understanding, filing) -> Answer: ...

A handler may ask for any field of `Context`, any service that `bot.app` wired, and whatever its filters provide.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.context import CONTEXT_NAMES, Answer, Context
from bot.filters import Commanded, Filter

NOTHING: Mapping[str, Any] = {}
Handler = Callable[..., Awaitable[Answer]]


DUE_NAMES = frozenset({"db", "due", "dues", "now"})
TIMEOUT_NAMES = frozenset({"db", "now", "data"})


class UnknownArgument(Exception):
    """A handler asks for something that nobody provides."""


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    filters: tuple[Filter, ...]
    handler: Handler
    arguments: tuple[str, ...]

    @property
    def label(self) -> str | None:
        """The intent under which a message that only makes sense here is recorded."""
        return next((ask.label for ask in self.filters if ask.label), None)

    @property
    def is_command(self) -> bool:
        return any(isinstance(ask, Commanded) for ask in self.filters)

    def match(self, context: Context) -> Mapping[str, Any] | None:
        """What the filters provide, or None where one of them says no."""
        provided: dict[str, Any] = {}
        for ask in self.filters:
            answer = ask(context)
            if answer is False:
                return None
            if answer is not True:
                provided.update(answer)
        return provided


async def call(
    handler: Handler,
    arguments: tuple[str, ...],
    context: Context,
    services: Mapping[str, Any],
    provided: Mapping[str, Any] = NOTHING,
) -> Answer:
    """Call a handler with what it asks for: what its filters found, then the message, then services."""
    return await handler(**{name: _found(name, context, services, provided) for name in arguments})


def _found(name: str, context: Context, services: Mapping[str, Any], provided: Mapping[str, Any]) -> Any:
    if name in provided:
        return provided[name]
    return context.named(name) if name in CONTEXT_NAMES else services[name]


class Router:
    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []
        self.watches: list[tuple[Handler, tuple[str, ...]]] = []
        self.due_handlers: dict[str, tuple[Handler, tuple[str, ...]]] = {}
        self.timeouts: dict[str, tuple[Handler, tuple[str, ...]]] = {}

    def include(self, *routers: Router) -> Router:
        """Take over what these hold, in this order, which is behaviour."""
        for router in routers:
            self.routes += router.routes
            self.watches += router.watches
            self.due_handlers |= router.due_handlers
            self.timeouts |= router.timeouts
        return self

    def on(self, *filters: Filter) -> Callable[[Handler], Handler]:
        """Register a handler: the first route whose filters all say yes takes the message."""

        def register(handler: Handler) -> Handler:
            arguments = tuple(inspect.signature(handler).parameters)
            self.routes.append(Route(f"{self.name}.{handler.__name__}", filters, handler, arguments))
            return handler

        return register

    def command(self, name: str) -> Callable[[Handler], Handler]:
        """Register a staff command by its name; the word that people type stands in `commands.yaml`."""
        return self.on(Commanded(name))

    def watch(self, handler: Handler) -> Handler:
        """Register a handler that sees every message that matters, before the routes."""
        self.watches.append((handler, tuple(inspect.signature(handler).parameters)))
        return handler

    def due(self, kind: str) -> Callable[[Handler], Handler]:
        """Register what is done when a row of this kind falls due; `due` is the row, the answer is a list of posts.

        A handler that asks for `dues` is given many rows at once, in order; their order among other kinds is not kept. Where it
        raises, it is given each of them alone.
        """

        def register(handler: Handler) -> Handler:
            self.due_handlers[kind] = (handler, tuple(inspect.signature(handler).parameters))
            return handler

        return register

    def on_timeout(self, state: str) -> Callable[[Handler], Handler]:
        """Register what is done when nobody answers a dialogue in this state; `data` is the dialogue's."""

        def register(handler: Handler) -> Handler:
            self.timeouts[state] = (handler, tuple(inspect.signature(handler).parameters))
            return handler

        return register


def check_arguments(routers: Sequence[Router], services: Mapping[str, Any]) -> None:
    """Every argument of every handler must come from somewhere; found out at start, not at the first message."""
    for router in routers:
        for route in router.routes:
            known = CONTEXT_NAMES.union(services, *(ask.provides for ask in route.filters))
            _refuse_missing(route.name, set(route.arguments) - known)
        for watch, arguments in router.watches:
            _refuse_missing(watch.__name__, set(arguments) - CONTEXT_NAMES.union(services))
        for kind, (_, arguments) in router.due_handlers.items():
            _refuse_missing(kind, set(arguments) - DUE_NAMES.union(services))
        for state, (_, arguments) in router.timeouts.items():
            _refuse_missing(state, set(arguments) - TIMEOUT_NAMES.union(services))


def _refuse_missing(asker: str, missing: set[str]) -> None:
    if missing:
        raise UnknownArgument(f"{asker} asks for {', '.join(sorted(missing))}")
