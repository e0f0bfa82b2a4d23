"""`linli demo`: a throw-away database in which a few things have happened already, and the simulated group chat.

With `--wechaty` the same groups live on a real Wechaty gateway on this machine, with a mock account.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.app import assemble, open_database
from bot.channels.base import Channel
from bot.channels.cast import Cast, load_cast
from bot.channels.simulator import SimulatedChat, Simulator
from bot.channels.texts import split_mention
from bot.cli.opening import open_vault_and_database, settings_of
from bot.cli.playing import Player
from bot.cli.serving import OpenChannel, serve_community
from bot.message import Inbound
from bot.settings import Settings
from bot.sources import SeededChance
from intents.policy import starter_set
from scheduler.clock import Clock, SystemClock, VirtualClock
from storage import accounts

if TYPE_CHECKING:
    from bot.cli import Options

STORY = Path(__file__).with_name("demo.yaml")
SATURDAY: Final = 5
SOON: Final = 3
"""So many days ahead at least: people still have time to sign up, and nobody is reminded yet."""
WEEKEND: Final = {"friday": -1, "saturday": 0, "sunday": 1}


def demonstrate(options: Options, *, wechaty: bool, port: int | None) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linli-demo-")))
        settings = _throw_away(settings_of(options), folder, port, "wechaty" if wechaty else "simulator")
        cast = load_cast(settings)
        if wechaty:
            from bot.cli.gateway_chat import on_gateway  # noqa: PLC0415 - imports the Wechaty libraries

            open_channel = stack.enter_context(on_gateway(settings, cast))
        else:
            open_channel = _simulated(cast)
        asyncio.run(_demonstrate(settings, cast, open_channel))


async def _demonstrate(settings: Settings, cast: Cast, open_channel: OpenChannel) -> None:
    await seed(settings, cast)
    await serve_community(settings, open_channel)


def _throw_away(settings: Settings, folder: Path, port: int | None, kind: str) -> Settings:
    database = {"url": f"sqlite:///{folder}/demo.db", "key_file": folder / "demo.key"}
    changed: dict[str, Any] = {
        "database": settings.database.model_copy(update=database),
        "channel": settings.channel.model_copy(update={"kind": kind}),
    }
    if port is not None:
        changed["web"] = settings.web.model_copy(update={"port": port})
    return settings.model_copy(update=changed)


async def seed(settings: Settings, cast: Cast) -> None:
    """Let the story happen: through the whole assistant, on a clock of its own that ends now."""
    now = SystemClock(settings.community.zone).now()
    database = await open_vault_and_database(settings, create_key=True)
    try:
        await open_database(database)
        said = list(_story(cast, now))
        async with database.transaction() as db:
            # in the demo somebody has looked at them all
            by = settings.staff[0].name if settings.staff else settings.channel.names[0]
            await starter_set.confirm_all(db, settings.community.id, by, said[0].at)
        clock = VirtualClock(said[0].at, settings.community.zone)
        channel = Simulator(cast.connected(clock.now()), clock.now, echoes=False)
        assistant = await assemble(
            settings, database, channel, clock, SeededChance(b"demo"), channel_kind=settings.channel.kind
        )
        player = Player(assistant, clock)
        await player.begin(channel.connected)
        for inbound in said:
            await player.pass_time(inbound.at)
            await player.say(inbound)
        await player.drain()
        async with database.transaction() as db:
            await accounts.note_seen(db, assistant.directory.account, now)
    finally:
        await database.close()


def _story(cast: Cast, now: datetime) -> Iterator[Inbound]:
    """In the order of time, whatever the hour at which somebody starts the demo."""
    lines = yaml.safe_load(STORY.read_text("utf-8"))
    saturday = now + timedelta(days=(SATURDAY - now.weekday() - SOON) % 7 + SOON)
    words = {
        "day1": f"{_moment(lines[0], now):%y%m%d}",
        "me": cast.name,
        **{name: saturday + timedelta(days=days) for name, days in WEEKEND.items()},
    }
    said = sorted(((_moment(line, now), line) for line in lines), key=itemgetter(0))
    for number, (at, line) in enumerate(said, start=1):
        group = cast.groups.get(line.get("room"))
        mentioned, text = split_mention(line["text"].format(**words), (cast.name,))
        yield Inbound(
            id=f"story-{number}",
            sender=line["sender"],
            text=text,
            at=at,
            group=group.id if group else None,
            group_name=group.name if group else "",
            sender_name=group.members[line["sender"]] if group else cast.people[line["sender"]].name,
            mentioned=mentioned,
        )


def _moment(line: Mapping[str, Any], now: datetime) -> datetime:
    if "ago" in line:
        return now - timedelta(minutes=line["ago"])
    return datetime.combine(now.date() - timedelta(days=1), time.fromisoformat(line["yesterday"]), now.tzinfo)


def _simulated(cast: Cast) -> OpenChannel:
    def open_channel(clock: Clock) -> tuple[Channel, SimulatedChat | None, Cast | None]:
        now = clock.now()
        simulator = Simulator(cast.connected(now), clock.now, series=f"{now:%y%m%d%H%M%S}-")
        return simulator, simulator, cast

    return open_channel
