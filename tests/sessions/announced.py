"""A session made as staff make one, in a world with residents of every sort."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select

from intents.sessions.signing_up import Wish
from storage import sessions, sign_ups
from storage.calls import Call
from storage.database import Database
from storage.doses import Dose
from storage.due import DueRow
from storage.sessions import SessionView
from storage.sign_ups import SignedUp, Who, signed_up
from tests.resident import GROUP, Resident, StaffMember, World

NUMBER = re.compile(r"HD[0-9]{6}-[0-9]{2}")
SOUTH = "南区业主群"


async def announced(world: World, text: str) -> str:
    """Made and told in all groups; its number."""
    li = world.staff("李主任")
    await li.commands(f"活动 {text}")
    made = await li.commands("确认")
    number = NUMBER.search("\n".join(made))
    assert number is not None, made
    await world.passes(minutes=3)
    return number[0]


async def changed(world: World, text: str) -> None:
    li = world.staff("李主任")
    await li.commands(text)
    await li.commands("确认")


def heard_of(world: World, since: int, words: str) -> list[tuple[str, str, str]]:
    """What was said with these words since so many messages: when, to whom, what."""
    said = [
        (f"{one.at:%m-%d %H:%M}", one.outbound.group or one.outbound.contact or "", one.outbound.text)
        for one in world.channel.sent
    ]
    return [one for one in said[since:] if words in one[2]]


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.reading() as db:
        return list(await db.scalars(select(table).order_by(table.id)))


async def call_rows(world: World) -> list[Call]:
    return await rows(world.assistant.database, Call)


async def dose_rows(world: World) -> list[Dose]:
    return await rows(world.assistant.database, Dose)


async def waiting_due(world: World, kind: str) -> list[datetime]:
    zone = world.clock.zone
    found = await rows(world.assistant.database, DueRow)
    return [row.due_at.astimezone(zone) for row in found if row.kind == kind and row.state == "waiting"]


async def session(world: World, number: str) -> SessionView:
    async with world.assistant.database.reading() as db:
        row = await sessions.by_number(db, world.assistant.settings.community.id, number)
        assert row is not None
        return await sessions.view(db, row, world.clock.now())


async def by_telephone(
    world: World, number: str, name: str, phone: str | None, door: str = "8-1-101", people: int = 1
) -> SignedUp:
    """Staff put somebody on the list who has no WeChat."""
    building, unit, room = door.split("-")
    who = Who(None, name, building, unit, room, phone)
    signing_up = world.assistant.services["signing_up"]
    async with world.assistant.database.transaction() as db:
        wish = Wish(who, people, source="staff")
        standing, _ = await signing_up.join(db, (await session(world, number)).id, wish, world.clock.now())
    return standing.sign_up  # type: ignore[no-any-return]


async def sign_up(world: World, identity: int) -> SignedUp:
    async with world.assistant.database.reading() as db:
        row = await sign_ups.look(db, identity)
        assert row is not None
        return signed_up(row)


async def people(world: World) -> tuple[Resident, Resident, StaffMember]:
    """A friend, somebody whom only the group reaches, and who makes sessions."""
    wang, zhao = world.resident("3-2-501 王阿姨"), world.resident("5-1-302 赵姐", friend=False)
    li = world.staff("李主任")
    await world.connect(GROUP, SOUTH)
    return wang, zhao, li
