"""The composition root: the only file that imports everything and puts the house together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from bot.acting import Acting
from bot.channels.base import Channel
from bot.chronicle import Chronicle
from bot.commands import CommandWord, CommandWords
from bot.context import Answer, Post
from bot.delivery import Delivery, Middleware
from bot.dialog import TIMEOUT_KIND, Dialog, Dialogs
from bot.dispatcher import Dispatcher, Manners
from bot.expectations import Expectations
from bot.memory import GroupMemory
from bot.message import Echo
from bot.middlewares.dedupe import Dedupe
from bot.middlewares.identify import Identify
from bot.middlewares.limit import Limit
from bot.middlewares.pictures import Pictures
from bot.middlewares.serialize import Serialize
from bot.middlewares.transaction import Transaction
from bot.middlewares.understand import Understand
from bot.outbox import Sender
from bot.pacing import Pacer
from bot.posting import Posting
from bot.quotes import Quotes
from bot.retention import RETENTION_KIND, Retention
from bot.settings import Settings
from bot.sources import Chance
from intents.complaints import wiring as complaints
from intents.complaints.ratings import may_answer
from intents.complaints.wiring import may_amend
from intents.features import FEATURES
from intents.help.handbook import Handbook
from intents.help.why import Why
from intents.house import House
from intents.policy import starter_set
from intents.policy import wiring as policies
from intents.policy.searching import warm_up
from intents.replies import Replies
from intents.understanding.judge import Judge
from intents.understanding.nicknames import shown_name
from intents.understanding.normalise import normalise
from scheduler.clock import Clock
from scheduler.ticker import DueHandler, Ticker
from storage import accounts, messages, meta, schema
from storage.base import Db
from storage.database import Database
from storage.due import Due

ALWAYS_ANSWERED = frozenset({"complaints.emergency"})
TIMEOUT_LATE = timedelta(hours=2)
"""Nobody wants to hear the next day that yesterday's question is closed."""


def load_judge(settings: Settings) -> Judge:
    """The rules of every feature; raises `RuleError` naming file and line."""
    return _judge_called(settings.channel.names)


@cache
def _judge_called(names: tuple[str, ...]) -> Judge:
    """Read once a process: it takes a quarter of a second, and nothing changes it."""
    return Judge.load([file for feature in FEATURES for file in feature.rules], assistant_names=names)


def load_replies(settings: Settings) -> Replies:
    facts = {
        "community": settings.community.name,
        "phones": settings.community.phones.model_dump(),
        "office": settings.community.office.model_dump(),
        "me": settings.channel.names[0],
    }
    return Replies([feature.replies for feature in FEATURES], facts, settings.community.zone)


def command_words() -> CommandWords:
    return CommandWords(
        CommandWord(command.word, command.name, command.roles, command.public, command.jargon)
        for feature in FEATURES
        for command in feature.staff
    )


@dataclass(slots=True)
class Assistant:
    """Everything that runs, put together. `run` serves until cancelled; a replay drives the parts one by one."""

    settings: Settings
    database: Database
    directory: accounts.Directory
    judge: Judge
    replies: Replies
    dispatcher: Dispatcher
    chronicle: Chronicle
    sender: Sender
    ticker: Ticker
    channel: Channel
    acting: Acting
    services: Mapping[str, Any]
    """What handlers ask for by name: a page acts through the same."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            if len(self.services["knowledge"]):
                tasks.create_task(asyncio.to_thread(warm_up))
            tasks.create_task(self.sender.run())
            tasks.create_task(self.ticker.run())
            tasks.create_task(self.chronicle.pulse())
            tasks.create_task(self.channel.run(self.dispatcher.feed))

    async def close(self) -> None:
        """Finish what was fed, then let go of the database."""
        await self.dispatcher.settle()
        await self.database.close()


async def open_database(database: Database) -> None:
    """Bring the schema up to date and make sure that the key fits."""
    await schema.ensure(database)
    async with database.transaction() as db:
        await meta.check_key(db, database.vault)


async def lay_out_starter_set(database: Database, settings: Settings, now: datetime) -> None:
    """Our own entries, for staff to confirm; nothing where they are there already."""
    async with database.transaction() as db:
        await starter_set.lay_out(db, settings.community.id, now)


async def assemble(
    settings: Settings,
    database: Database,
    channel: Channel,
    clock: Clock,
    chance: Chance,
    *,
    channel_kind: str,
    rhythms: bool = False,
) -> Assistant:
    """Put the house together on an open database. `rhythms`: what the configuration plans for every day runs, too."""
    return await _Builder(settings, database, channel, clock, chance, rhythms=rhythms).build(channel_kind)


class _Builder:
    def __init__(
        self, settings: Settings, database: Database, channel: Channel, clock: Clock, chance: Chance, *, rhythms: bool
    ) -> None:
        self.settings = settings
        self.rhythms = rhythms
        self.database = database
        self.channel = channel
        self.clock = clock
        self.community = settings.community.id
        self.judge = load_judge(settings)
        self.replies = load_replies(settings)
        self.expectations = Expectations()
        self.memory = GroupMemory()
        self.dialogs = Dialogs(self.community, self.expectations)
        self.chance = chance
        self.retention = Retention(self.community, timedelta(days=settings.retention.messages_days), clock)
        self.due_soon: list[Callable[[], None]] = []
        self.to_send: list[Callable[[], None]] = []

    async def build(self, channel_kind: str) -> Assistant:
        async with self.database.transaction() as db:
            self.directory = await accounts.open_directory(db, self.community, channel_kind)
            await self.dialogs.rebuild(db, self.directory.account)
        self.posting = Posting(
            self.directory, self.replies, partial(shown_name, nobody=self.replies.word("neighbour")), self._wake
        )
        self.chronicle = Chronicle(
            self.database,
            self.directory,
            self.posting,
            self.memory,
            self.clock,
            staff=self.settings.staff,
            may_miss=channel_kind == "wechaty",
            settle_echo=self._settle_echo,
        )
        self.sender = self._sender()
        self.services = self._services()
        self.dialogs.given_up = self._give_up
        async with self.database.transaction() as db:
            await complaints.rebuild(db, self.services, self.expectations, self.clock.now())
            await policies.rebuild(db, self.services, self.clock.now())
            await self.retention.plan(db)
        dispatcher = self._dispatcher()
        ticker = self._ticker()
        self.to_send.append(self.sender.wake)
        self.to_send.append(ticker.wake)
        return Assistant(
            self.settings,
            self.database,
            self.directory,
            self.judge,
            self.replies,
            dispatcher,
            self.chronicle,
            self.sender,
            ticker,
            self.channel,
            Acting(self.database, self.posting, self.replies, self.clock),
            self.services,
        )

    def _wake(self) -> None:
        for wake in self.to_send:
            wake()

    async def _settle_echo(self, echo: Echo) -> None:
        await self.sender.settle_echo(echo)

    def _sender(self) -> Sender:
        settings = self.settings
        return Sender(
            self.database,
            self.directory,
            self.channel,
            Pacer(self.directory, settings.pacing, settings.quiet_hours, self.chance.jitter),
            self.clock,
            attempts=settings.limits.send_attempts,
            late=lambda text: self.replies("late", {"text": text}, public=False),
            tell_staff=self.chronicle.tell_staff,
        )

    def _dispatcher(self) -> Dispatcher:
        limits = self.settings.limits
        dedupe = Dedupe(self.directory, self.expectations, self.clock)
        manners = Manners(
            understand=self.judge,
            heeds=self.judge.heeds,
            normalise=normalise,
            answers=may_answer,
            amends=may_amend,
            teaches=self.services["learning"].teaches,
            commands=command_words(),
            silent_groups=frozenset(group.name for group in self.settings.groups if not group.listen),
            always_answered=ALWAYS_ANSWERED,
            oldest_message=timedelta(minutes=limits.oldest_message_minutes),
            handled_at_once=limits.handled_at_once,
        )
        middlewares: list[Middleware] = [
            Serialize(),
            Pictures(int(limits.picture_mb * 2**20)),
            Transaction(self.database, self._on_crash(dedupe)),
            Identify(self.directory),
            dedupe,
            Limit(
                self.clock,
                a_person=limits.answers_a_minute_person,
                a_group=limits.answers_a_minute_group,
                passes=ALWAYS_ANSWERED,
            ),
            Understand(self.dialogs, self.expectations, self.memory, self.clock),
        ]
        return Dispatcher(
            manners,
            [feature.router for feature in FEATURES],
            self.services,
            middlewares,
            directory=self.directory,
            expectations=self.expectations,
            memory=self.memory,
            posting=self.posting,
            chronicle=self.chronicle,
            clock=self.clock,
        )

    def _services(self) -> Mapping[str, Any]:
        """What handlers may ask for by name."""
        quotes = Quotes(self.directory, self.memory, self.settings.channel.names)
        house = House(
            self.settings,
            self.directory,
            self.judge,
            self.replies,
            self.dialogs,
            self.expectations,
            quotes,
            self.clock.now,
            self.rhythms,
        )
        return {
            "directory": self.directory,
            "dialogs": self.dialogs,
            "judge": self.judge,
            "settings": self.settings,
            "chance": self.chance,
            **complaints.complaint_services(house),
            **policies.policy_services(house),
            "handbook": Handbook(FEATURES, self.replies),
            "why": Why(quotes, self.judge),
        }

    def _on_crash(self, dedupe: Dedupe) -> Callable[[Db, Delivery, Exception], Awaitable[None]]:
        identify = Identify(self.directory)

        async def record(db: Db, delivery: Delivery, _fault: Exception) -> None:
            """In a second small transaction: the message is kept as failed, and staff are told who was not answered."""

            async def keep(again: Delivery) -> None:
                received = dedupe.received(again, state="failed")
                first = await messages.receive(db, self.community, self.directory.account, received)
                if first is not None:
                    _, speaker = again.known
                    group = again.inbound.group_name
                    await self.chronicle.tell_staff(db, "system.failed", name=speaker.name, group=group)

            await identify(delivery, keep)

        return record

    def _ticker(self) -> Ticker:
        handlers: dict[str, DueHandler] = {
            TIMEOUT_KIND: self._time_out,
            RETENTION_KIND: self.retention.forget,
        }
        for feature in FEATURES:
            for kind, (handler, arguments) in feature.router.due_handlers.items():
                handlers[kind] = self._posted(handler, arguments)
        return Ticker(self.database, self.clock, self.community, handlers, self._tell_of_due)

    def _posted(self, handler: Callable[..., Awaitable[Answer]], arguments: Sequence[str]) -> DueHandler:
        async def handle(db: Db, row: Due) -> None:
            now = self.clock.now()
            known: dict[str, Any] = {**self.services, "db": db, "due": row, "now": now}
            await self._say(db, await handler(**{name: known[name] for name in arguments}))

        return handle

    async def _say(self, db: Db, answer: Answer) -> None:
        posts = [post for post in (answer if isinstance(answer, list) else [answer]) if isinstance(post, Post)]
        await self.posting.post(db, posts, self.clock.now())

    async def _time_out(self, db: Db, row: Due) -> None:
        """A question of ours that nobody answered: closed, and said once, where it was asked."""
        closed = await self.dialogs.time_out(db, self.directory.account, row)
        if closed is None:
            return
        where, dialog = closed
        answer = await self._give_up(db, dialog)
        key = dialog.data.get("timed_out")
        if answer == [] or key is None or self.directory.is_muted(where.contact):
            return
        named = (where.contact,) if where.group is not None and not dialog.data.get("unnamed") else ()
        private = where.contact if where.group is None else None
        late = row.due_at + TIMEOUT_LATE
        post = Post(
            key,
            group=where.group,
            contact=private,
            mentions=named,
            kind="reminder",
            expires_at=late,
            trouble=dialog.data.get("trouble"),
            about=dialog.data.get("about"),
        )
        await self.posting.post(db, [post], self.clock.now())

    async def _give_up(self, db: Db, dialog: Dialog) -> Answer:
        """Nobody will answer this question any more: its feature decides what then. An empty list: nothing is said, not even
        the dialogue's own last words.
        """
        for feature in FEATURES:
            if dialog.state in feature.router.timeouts:
                handler, arguments = feature.router.timeouts[dialog.state]
                known = {**self.services, "db": db, "now": self.clock.now(), "data": dialog.data}
                answer = await handler(**{name: known[name] for name in arguments})
                await self._say(db, answer)
                return answer
        return None

    async def _tell_of_due(self, db: Db, row: Due, outcome: str) -> None:
        key = "system.late" if outcome == "late" else "system.due_failed"
        await self.chronicle.tell_staff(db, key, kind=row.kind, due_at=row.due_at)
        for rhythm in ("daily_lists", "study_page"):
            await self.services[rhythm].plan_after(db, row, self.clock.now())
