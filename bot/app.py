"""The composition root: the only file that imports everything and puts the house together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.acting import Acting
from bot.channels.base import Channel
from bot.chronicle import Chronicle
from bot.commands import CommandWord, CommandWords
from bot.delivery import Delivery, Middleware
from bot.dialog import Dialogs
from bot.dispatcher import Dispatcher, Manners
from bot.due_work import DueWork
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
from intents.activities import wiring as activities
from intents.complaints import wiring as complaints
from intents.complaints.ratings import may_answer
from intents.complaints.wiring import may_amend
from intents.features import FEATURES
from intents.help.handbook import Handbook
from intents.help.why import Why
from intents.house import House
from intents.notices import wiring as notices
from intents.policy import starter_set
from intents.policy import wiring as policies
from intents.policy.searching import warm_up
from intents.replies import Replies
from intents.sessions import wiring as sessions
from intents.sessions.warming import warm_up as warm_up_sessions
from intents.sessions.wishes import may_answer_offer
from intents.understanding.judge import Judge
from intents.understanding.nicknames import shown_name
from intents.understanding.normalise import normalise
from scheduler.calendar import Calendar
from scheduler.clock import Clock
from scheduler.ticker import Ticker
from storage import accounts, messages, meta, schema
from storage.base import Db
from storage.database import Database

log = structlog.get_logger()

ALWAYS_ANSWERED = frozenset({"complaints.emergency"})
RHYTHMS = ("daily_lists", "study_page", "rhythms")
"""Services whose due rows plan the next of their kind."""


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
    return _replies_with(json.dumps(facts), settings.community.zone)


@cache
def _replies_with(facts: str, zone: ZoneInfo) -> Replies:
    """Read, and each text compiled, once a process."""
    return Replies([feature.replies for feature in FEATURES], json.loads(facts), zone)


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
                tasks.create_task(_made_ready(warm_up))
            tasks.create_task(_made_ready(warm_up_sessions, self.services["calendar"]))
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
        self.calendar = Calendar.load(settings.calendar.file)
        self.expectations = Expectations()
        self.memory = GroupMemory()
        self.dialogs = Dialogs(self.community, self.expectations)
        self.chance = chance
        self.retention = Retention(self.community, timedelta(days=settings.retention.messages_days), clock)
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
        due_work = DueWork(
            [feature.router for feature in FEATURES],
            self.services,
            RHYTHMS,
            dialogs=self.dialogs,
            posting=self.posting,
            directory=self.directory,
            chronicle=self.chronicle,
            clock=self.clock,
        )
        self.dialogs.given_up = due_work.give_up
        async with self.database.transaction() as db:
            await complaints.rebuild(db, self.services, self.expectations, self.clock.now())
            for feature in (policies, notices, sessions, activities):
                await feature.rebuild(db, self.services, self.clock.now())
            await self.retention.plan(db)
        dispatcher = self._dispatcher()
        ticker = self._ticker(due_work)
        self.to_send += [self.sender.wake, ticker.wake]
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
            answers=lambda text: may_answer(text) or may_answer_offer(text),
            amends=may_amend,
            teaches=self.services["learning"].teaches,
            joins=partial(_any_says, [self.services["board"].may_matter, self.services["receipts"].expects]),
            acknowledges=self.services["receipts"].expects_words,
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
            self.calendar,
            self.rhythms,
            self.posting,
        )
        return {
            "directory": self.directory,
            "dialogs": self.dialogs,
            "judge": self.judge,
            "replies": self.replies,
            "settings": self.settings,
            "calendar": self.calendar,
            "chance": self.chance,
            **(cases := complaints.complaint_services(house)),
            **(known := policies.policy_services(house)),
            **(told := notices.notice_services(house)),
            **sessions.session_services(house, told["broadcasting"], cases["telephoning"], known["answering"].knows),
            **activities.activity_services(house),
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

    def _ticker(self, due_work: DueWork) -> Ticker:
        handlers = {**due_work.handlers, RETENTION_KIND: self.retention.forget}
        return Ticker(self.database, self.clock, self.community, handlers, due_work.tell, due_work.together)


async def _made_ready(warm: Callable[..., None], *given: Any) -> None:
    """What is read ahead, so that nobody waits for it: the house stands without it, too."""
    try:
        await asyncio.to_thread(warm, *given)
    except Exception:
        log.exception("warm_up.failed")


def _any_says(asked: Sequence[Callable[[int, str, datetime], bool]], group: int, text: str, at: datetime) -> bool:
    return any(asks(group, text, at) for asks in asked)
