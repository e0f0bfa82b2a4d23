"""The life of a message: screen without I/O, then middlewares, routers, outbox, all in one transaction.

Ordinary chatter ends in `screen`, without a task, a lock or a row. `intents` is never imported here: `bot.app` hands over
what understands and what renders.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.chronicle import Chronicle, Notable
from bot.commands import CommandWords
from bot.context import Answer, Command, Context, Pass, Said
from bot.delivery import Delivery, Middleware, Next, Screened
from bot.expectations import PHOTO_WAIT, REMEMBERED, Expectations
from bot.memory import GroupMemory
from bot.message import (
    LONGEST_TEXT,
    Connected,
    Conversation,
    Event,
    Inbound,
    Refusal,
    Reply,
    Understanding,
    kept_words,
    longest_kept,
)
from bot.posting import Posting
from bot.router import Router, call, check_arguments
from scheduler.clock import Clock
from storage import messages
from storage.accounts import Directory
from storage.database import savepoint, while_database_is_away
from storage.failpoint import reach

log = structlog.get_logger()

Understand = Callable[[Inbound], Understanding]


@dataclass(frozen=True, slots=True)
class Manners:
    """What the dispatcher needs to know of speaking and keeping silent."""

    understand: Understand
    heeds: Callable[[Inbound], bool]
    """A cheap first look: no only where `understand` would neither speak nor keep a lead."""
    normalise: Callable[[str], str]
    answers: Callable[[str], bool]
    """Whether a text may answer a question that stays open beside a dialogue; cheap, for the screen."""
    amends: Callable[[str], bool]
    """Whether a text may correct or take back what was just reported; cheap, for the screen."""
    teaches: Callable[[Inbound], bool]
    """Whether what staff say in a group answers something that may be asked again."""
    joins: Callable[[int, str, datetime], bool]
    """Whether a text said in a group may be a sign-up and the like, under something that is open there; cheap, for the screen."""
    acknowledges: Callable[[int, str, datetime], bool]
    """Whether a text said in a group says that somebody has what all were told there; counted of staff, too."""
    commands: CommandWords
    silent_groups: frozenset[str]
    always_answered: frozenset[str]
    """Intents that are answered even to a muted person: emergencies."""
    oldest_message: timedelta
    handled_at_once: int


class Dispatcher:
    def __init__(
        self,
        manners: Manners,
        routers: Sequence[Router],
        services: Mapping[str, Any],
        middlewares: Sequence[Middleware],
        *,
        directory: Directory,
        expectations: Expectations,
        memory: GroupMemory,
        posting: Posting,
        chronicle: Chronicle,
        clock: Clock,
    ) -> None:
        check_arguments(routers, services)
        self._manners = manners
        self._watches = [watch for router in routers for watch in router.watches]
        routes = [route for router in routers for route in router.routes]
        self._routes = [route for route in routes if not route.is_command]
        self._commands = [route for route in routes if route.is_command]
        self._services = services
        self._directory = directory
        self._expectations = expectations
        self._memory = memory
        self._posting = posting
        self._chronicle = chronicle
        self._clock = clock
        self._handle = _chained(middlewares, self._route)
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(manners.handled_at_once)

    async def feed(self, event: Event) -> None:
        """Take one event. Returns once it is screened and, where it matters, handed to a task of ours."""
        try:
            if not isinstance(event, Inbound):
                await self._note(event)
                return
            screened = self.screen(event)
        except Exception:
            log.exception("event.failed", kind=type(event).__name__)  # one event that fails must not end the stream
            return
        if screened is not None:
            reach("receive.fed")
            await self._room.acquire()  # a flood waits in the channel, not in memory
            task = asyncio.create_task(
                self._handle(Delivery(event, self._manners.normalise(event.text), screened, screened.quiet))
            )
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    async def _note(self, event: Notable) -> None:
        if isinstance(event, Connected):
            await self.settle()  # what was said before a new roster is understood as of before it
        await while_database_is_away(lambda: self._chronicle.note(event))

    async def settle(self) -> None:
        """Wait until everything that was fed is committed."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def screen(self, inbound: Inbound) -> Screened | None:
        """Whether a message matters, without I/O. None: ordinary chatter."""
        if self._clock.now() - inbound.at > self._manners.oldest_message:
            return None
        if inbound.group_name in self._manners.silent_groups:
            return None
        contact = self._directory.contact(inbound.sender)
        if self._is_chatter(inbound, contact):
            self._memory.remember(inbound)
            return None
        understanding = self._manners.understand(inbound)
        self._memory.remember(inbound)
        if contact is not None and contact in self._directory.officers:
            return self._screen_staff(inbound, understanding, contact)
        urgent = understanding.intent in self._manners.always_answered
        if not urgent and self._manners.commands.is_staffs_only(inbound.text):
            return None  # no hint that it exists, even where it holds a case number
        return self._screen_resident(inbound, understanding, contact)

    def _is_chatter(self, inbound: Inbound, contact: int | None) -> bool:
        """Most messages end here: said to nobody in particular, about nothing of ours, by nobody of whom anything is awaited:
        of an answer that is awaited the whole word is wanted, with all it says of addresses and the like."""
        if inbound.group is None or inbound.mentioned:
            return False
        if contact is not None:
            if contact in self._directory.officers:
                return False
            if self._expectations.of(contact) and self._is_awaited(inbound, contact):
                return False
        return not (self._may_join(inbound) or self._manners.heeds(inbound))

    def _may_join(self, inbound: Inbound) -> bool:
        return self._says(self._manners.joins, inbound)

    def _says(self, one: Callable[[int, str, datetime], bool], inbound: Inbound) -> bool:
        group = self._directory.group(inbound.group) if inbound.group else None
        return group is not None and one(group, inbound.text, inbound.at)

    def _screen_staff(self, inbound: Inbound, understanding: Understanding, contact: int) -> Screened | None:
        command = self._command(inbound)
        if command is not None and (inbound.group is None or inbound.quote is not None or inbound.mentioned):
            return Screened(understanding, command)
        if inbound.group is None or inbound.mentioned or self._expectations.staff_word:
            return Screened(understanding)
        if understanding.intent in self._manners.always_answered or self._manners.teaches(inbound):
            return Screened(understanding)
        if longest_kept(inbound) > LONGEST_TEXT and self._may_join(inbound):
            return Screened(understanding)  # a group note is a list of everybody's, whoever writes on it
        if self._says(self._manners.acknowledges, inbound):
            return Screened(understanding)
        # what staff say in a group is their work, not a complaint
        return Screened(understanding) if self._is_awaited(inbound, contact) else None

    def _command(self, inbound: Inbound) -> Command | None:
        """As typed where that is enough: what follows a command's word may be told to residents word for word."""
        parse = self._manners.commands.parse
        return parse(kept_words(inbound.text)) or parse(self._manners.normalise(inbound.text))

    def _screen_resident(self, inbound: Inbound, understanding: Understanding, contact: int | None) -> Screened | None:
        if contact is not None and self._directory.is_muted(contact) and not inbound.mentioned and inbound.group:
            if understanding.intent in self._manners.always_answered:
                return Screened(understanding)
            return Screened(understanding, quiet=True) if understanding.speak or understanding.lead else None
        if inbound.mentioned or understanding.speak or understanding.lead:
            return Screened(understanding)
        if inbound.group is None:
            return Screened(understanding) if inbound.text.strip() or inbound.picture else None
        if contact is not None and self._is_awaited(inbound, contact):
            return Screened(understanding)
        return Screened(understanding) if self._may_join(inbound) else None

    def _is_awaited(self, inbound: Inbound, contact: int) -> bool:
        group = self._directory.group(inbound.group) if inbound.group else None
        where = Conversation(self._directory.account, group, contact)
        expected = self._expectations
        if inbound.picture is not None and expected.reported_within(where, inbound.at, PHOTO_WAIT) is not None:
            return True
        if expected.may_answer(where, inbound.text):
            return True
        if expected.asked(where) and self._manners.answers(inbound.text):
            return True
        return expected.reported_within(where, inbound.at, REMEMBERED) is not None and self._manners.amends(
            inbound.text
        )

    async def _route(self, delivery: Delivery) -> None:
        """The end of the chain: the first route that matches answers, its words go into the outbox."""
        context = delivery.context
        if context is None:
            raise LookupError("nobody understood the message: the middlewares are in the wrong order")
        said: list[Said] = []
        try:
            async with savepoint(context.db):
                said = await self._answers(context)
        except Refusal as refusal:
            said = [Reply(refusal.key, refusal.params)]
        if context.speaker.officer is not None and context.understanding.intent not in self._manners.always_answered:
            # whatever staff are told in answer, the group does not hear it
            said = [replace(one, private=True) if isinstance(one, Reply) else one for one in said]
        elif context.quiet or context.limited:
            said = [one for one in said if not isinstance(one, Reply)]
        await self._posting.answer(context, said)

    async def _answers(self, context: Context) -> list[Said]:
        """What those who watch every message say, then what the first matching route answers."""
        said: list[Said] = []
        if context.command is not None and context.speaker.officer is not None:
            self._manners.commands.check_role(context.command, context.speaker.officer.role)
        for watch, arguments in self._watches:
            said += _listed(await call(watch, arguments, context, self._services))
        # a command is a command, whatever else its words may sound like
        for route in self._commands if context.command else self._routes:
            provided = route.match(context)
            if provided is not None:
                answer = await call(route.handler, route.arguments, context, self._services, provided)
                if isinstance(answer, Pass):
                    continue
                log.debug("message.routed", route=route.name)
                if route.label is not None:
                    await messages.relabel(context.db, context.inbox, route.label)
                said += _listed(answer)
                break
        return said

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._room.release()
        if not task.cancelled() and (fault := task.exception()) is not None:
            # even the record of the failure failed: the database is gone; the log is all that is left
            log.error("message.lost", fault=type(fault).__name__)


def _chained(middlewares: Sequence[Middleware], last: Next) -> Next:
    proceed = last
    for middleware in reversed(middlewares):
        proceed = _link(middleware, proceed)
    return proceed


def _link(middleware: Middleware, proceed: Next) -> Next:
    async def run(delivery: Delivery) -> None:
        await middleware(delivery, proceed)

    return run


def _listed(answer: Answer) -> list[Said]:
    if answer is None or isinstance(answer, Pass):
        return []
    return answer if isinstance(answer, list) else [answer]
