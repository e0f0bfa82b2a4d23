"""`linli replay`: a transcript through the whole assistant on a virtual clock. The same file gives the same bytes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import Assistant, assemble, lay_out_starter_set, open_database
from bot.channels.simulator import Sent, Simulator
from bot.cli.messages import CommandFault
from bot.cli.opening import settings_of, sqlite_file
from bot.cli.playing import Player
from bot.cli.transcript import Line, Transcript
from bot.message import Connected, Inbound, Joined, Quote, RosterGroup
from bot.settings import Settings
from bot.sources import Chance, SeededChance
from scheduler.clock import VirtualClock
from storage import case_lists, messages, sign_ups
from storage.backup import backup
from storage.database import Database
from storage.secrets import KEY_BYTES, Vault, load_vault

if TYPE_CHECKING:
    from bot.cli import Options

ACCOUNT = "bot"


def replay_file(options: Options, path: Path, *, trace: bool, rhythms: bool) -> None:
    settings = settings_of(options)
    lines = Transcript(path, settings.community.zone, settings.channel.names).read()
    # the file alone is the seed
    chance = SeededChance(hashlib.sha256(path.read_bytes()).digest())
    on_copy = options.db is not None
    asyncio.run(_replay(settings, path, lines, chance, trace=trace, rhythms=rhythms, on_copy=on_copy))


async def _replay(
    settings: Settings,
    path: Path,
    lines: list[Line],
    chance: Chance,
    *,
    trace: bool,
    rhythms: bool,
    on_copy: bool,
) -> None:
    async with AsyncExitStack() as stack:
        database = _copied(settings, stack) if on_copy else Database("sqlite://", Vault(bytes(KEY_BYTES)))
        stack.push_async_callback(database.close)
        await open_database(database)
        start = lines[0].at if lines else datetime(2000, 1, 1, tzinfo=settings.community.zone)
        clock = VirtualClock(start, settings.community.zone)
        await lay_out_starter_set(database, settings, start)
        groups = tuple(RosterGroup(group.name, group.name, ()) for group in settings.groups)
        channel = Simulator(Connected(ACCOUNT, settings.channel.names[0], start, groups), clock.now, echoes=False)
        assistant = await assemble(
            settings, database, channel, clock, chance, channel_kind="simulator", rhythms=rhythms
        )
        await Replay(assistant, channel, clock, _print_line).play(lines, trace=trace, path=path)


def _copied(settings: Settings, stack: AsyncExitStack) -> Database:
    source = sqlite_file(settings)
    if source is None:
        raise CommandFault("not_yet", what="replay --db postgresql")
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="linli-replay-"))
    copy = Path(folder) / "copy.db"
    backup(source, copy)
    return Database(f"sqlite:///{copy}", load_vault(settings.database.key_file, create=False))


def _print_line(result: dict[str, Any]) -> None:
    line = json.dumps(result, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(line.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


class Replay:
    """Says the lines of a transcript, and puts out what leaves."""

    def __init__(
        self, assistant: Assistant, channel: Simulator, clock: VirtualClock, put: Callable[[dict[str, Any]], None]
    ) -> None:
        self._assistant = assistant
        self._channel = channel
        self._player = Player(assistant, clock)
        self._put = put
        self._said: dict[str, Quote] = {}
        self._messages = 0
        self._replies = 0
        channel.listeners.append(self._show)

    async def play(self, lines: list[Line], *, trace: bool, path: Path) -> None:
        await self._player.begin(self._channel.connected)
        for line in lines:
            await self._player.pass_time(line.at)
            if line.inbound is not None:
                await self._say(line, line.inbound, trace=trace, path=path)
        await self._player.drain()
        await self._summarise()

    async def _say(self, line: Line, inbound: Inbound, *, trace: bool, path: Path) -> None:
        if line.quotes is not None:
            quote = self._said.get(line.quotes)
            if quote is None:
                raise CommandFault("replay.unknown_quote", path=path, line=line.number, id=line.quotes)
            inbound = replace(inbound, quote=quote)
        if inbound.group is not None and self._assistant.directory.group(inbound.group) is None:
            # also where its first message is chatter, of which nothing else is kept
            await self._assistant.dispatcher.feed(Joined(inbound.group, (), inbound.at, inbound.group_name))
        self._messages += 1
        self._said[inbound.id] = Quote(inbound.sender_name or inbound.sender, inbound.text, inbound.id)
        await self._player.say(inbound)
        if trace:
            await self._trace(inbound)
        await self._player.pass_time(line.at)

    async def _trace(self, inbound: Inbound) -> None:
        understood = self._assistant.judge(inbound)
        found = {"intent": understood.intent, "rule": understood.rule, "score": understood.score}
        async with self._assistant.database.reading() as db:
            kept = await messages.trace_of(db, self._assistant.directory.account, inbound.id)
        if kept is not None:
            found = {"intent": kept.intent, "rule": kept.rule, "score": kept.score}
        self._put({"id": inbound.id, **found})

    def _show(self, sent: Sent) -> None:
        outbound = sent.outbound
        to = {"room": outbound.group} if outbound.group is not None else {"contact": outbound.contact}
        self._said[sent.id] = Quote(self._channel.connected.name, outbound.text, sent.id)
        self._replies += outbound.kind == "reply"
        self._put(
            {
                "id": sent.id,
                "at": sent.at.isoformat(),
                "to": to,
                "text": outbound.text,
                "mentions": list(outbound.mentions),
                "in_reply_to": outbound.in_reply_to,
                "kind": str(outbound.kind),
                **({"file": outbound.file.name} if outbound.file is not None else {}),
            }
        )

    async def _summarise(self) -> None:
        community = self._assistant.settings.community.id
        async with self._assistant.database.reading() as db:
            cases, reporters = await case_lists.totals(db, community)
            signed_up = await sign_ups.count_all(db, community)
            errors = await messages.count_failed(db, self._assistant.directory.account)
        self._put(
            {
                "summary": {
                    "messages": self._messages,
                    "replies": self._replies,
                    "complaints": cases,
                    "reporters": reporters,
                    "sign_ups": signed_up,
                    "errors": errors,
                }
            }
        )
