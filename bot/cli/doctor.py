"""`linli doctor`: looks at everything that can be wrong, and says what to do about each fault."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.app import command_words, load_judge, load_replies
from bot.cli.database import lock_file
from bot.cli.messages import CommandFault, one_line, text
from bot.cli.opening import open_vault_and_database, settings_of, sqlite_file
from bot.settings import Settings, Wechaty
from scheduler.calendar import Calendar
from scheduler.clock import SystemClock
from scheduler.rhythm import next_dates
from scheduler.rhythm_text import parse
from storage import accounts, lock, meta, schema
from storage.secrets import load_vault

if TYPE_CHECKING:
    from bot.cli import Options

CONNECT_TIMEOUT_S = 3.0
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    fine: bool
    message: str


def examine(options: Options, *, as_json: bool) -> None:
    """Exit 1 where anything is wrong; the fault of one part does not hide those of the others."""
    findings: list[Finding] = []
    settings = _checked(findings, "config", lambda: settings_of(options))
    if settings is not None:
        _checked(findings, "rules", lambda: _listening(settings))
        _checked(findings, "calendar", lambda: _calendar(settings))
        _checked(findings, "appointments", lambda: _appointments(settings))
        _checked(findings, "key", lambda: _key(settings))
        _checked(findings, "database", lambda: asyncio.run(_database(settings)))
        if settings.channel.kind == "wechaty":
            _checked(findings, "channel", lambda: _gateway(settings.channel.wechaty))
        _checked(findings, "web", lambda: _port(settings))
    for finding in findings:
        line = json.dumps(asdict(finding), ensure_ascii=False) if as_json else _line(finding)
        sys.stdout.write(line + "\n")
    if not all(finding.fine for finding in findings):
        sys.exit(1)


def _line(finding: Finding) -> str:
    return f"{'✓' if finding.fine else '✗'} {text(f'doctor.{finding.part}')}  {finding.message}"


def _checked(findings: list[Finding], part: str, look: Callable[[], Found]) -> Found | None:
    try:
        found = look()
    except Exception as fault:
        findings.append(Finding(part, False, one_line(fault)))
        return None
    findings.append(Finding(part, True, found if isinstance(found, str) else text("doctor.fine")))
    return found


def _listening(settings: Settings) -> None:
    load_judge(settings)
    load_replies(settings)
    command_words()


def _calendar(settings: Settings) -> str | None:
    """A year that is not published yet is said, and no fault: nobody can change it."""
    calendar, this_year = Calendar.load(settings.calendar.file), _now(settings).year
    years = [year for year in (this_year, this_year + 1) if not calendar.is_published(year)]
    if not years:
        return None
    return text("doctor.unpublished", years=_joined(text("doctor.year", year=year) for year in years))


def _appointments(settings: Settings) -> str | None:
    """Whether there is a day that residents can book. The calendar's own fault is the calendar's."""
    facts = settings.sessions
    if not facts.appointments:
        return text("doctor.no_appointments")
    calendar, now = Calendar.load(settings.calendar.file), _now(settings)
    latest = now + timedelta(days=facts.book_days_ahead)
    without = []
    for one in facts.appointments:
        days = next_dates(parse(f"{one.days} 09:00"), now, calendar, 1)
        if not days or days[0] > latest:
            without.append(one.name)
    return text("doctor.no_day", days=facts.book_days_ahead, names=_joined(without)) if without else None


def _now(settings: Settings) -> datetime:
    return SystemClock(settings.community.zone).now()


def _joined(words: Iterable[str]) -> str:
    return text("doctor.between").join(words)


def _key(settings: Settings) -> str | None:
    file = sqlite_file(settings)
    if not settings.database.key_file.exists() and file is not None and not file.exists():
        return text("doctor.key_to_create", path=settings.database.key_file)
    load_vault(settings.database.key_file, create=False)
    return None


async def _database(settings: Settings) -> str | None:
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        return text("doctor.to_create")
    database = await open_vault_and_database(settings, create_key=False)
    try:
        found = await schema.version(database)
        schema.refuse_unknown(found)
        if found != schema.HEAD:
            return text("doctor.to_create")
        async with database.reading() as db:
            await meta.compare_key(db, database.vault)
            directory = await accounts.look_up_directory(db, settings.community.id, settings.channel.kind)
    finally:
        await database.close()
    if directory is not None and directory.epoch and not directory.officers:
        raise CommandFault("doctor.nobody_bound")
    return None


def _gateway(facts: Wechaty) -> None:
    if not facts.token.get_secret_value():
        raise CommandFault("channel.no_token")
    host, _, port = facts.endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), CONNECT_TIMEOUT_S).close()
    except OSError as fault:
        raise CommandFault("doctor.wechaty_unreachable", endpoint=facts.endpoint) from fault


def _port(settings: Settings) -> str | None:
    file = sqlite_file(settings)
    if file is not None and lock.is_taken(lock_file(file)):
        return text("doctor.running")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.web.port))
        except OSError as fault:
            raise CommandFault("port_in_use", port=settings.web.port) from fault
    return None
