"""`linli recover`: whoever can run commands on this machine can make an admin again, after all ids have changed."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from bot.app import open_database
from bot.cli.messages import CommandFault, say
from bot.cli.opening import open_vault_and_database, settings_of
from bot.settings import Settings, StaffMember
from bot.sources import SystemChance
from scheduler.clock import SystemClock
from storage import codes

if TYPE_CHECKING:
    from bot.cli import Options


def print_code(options: Options, name: str | None) -> None:
    settings = settings_of(options)
    member = _member(settings, name)
    code = SystemChance().code()
    asyncio.run(_issue(settings, member, code))
    sys.stdout.write(code + "\n")
    say("recover.told", name=member.name, code=code)


def _member(settings: Settings, name: str | None) -> StaffMember:
    for member in settings.staff:
        if member.name == name or (name is None and member.role == "admin"):
            return member
    raise CommandFault("recover.no_admin") if name is None else CommandFault("recover.unknown", name=name)


async def _issue(settings: Settings, member: StaffMember, code: str) -> None:
    database = await open_vault_and_database(settings, create_key=False)
    try:
        await open_database(database)
        grants = {"name": member.name, "role": member.role, "buildings": list(member.buildings)}
        async with database.transaction() as db:
            now = SystemClock(settings.community.zone).now()
            await codes.issue(db, settings.community.id, code, grants, now)
    finally:
        await database.close()
