"""A session and the use cases on it, without a chat."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.expectations import Expectations
from bot.settings import QuietHours
from intents.sessions.signing_up import SigningUp, Wish
from storage import accounts, sessions
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database
from storage.session_plan import Kind, Plan, SlotPlan
from storage.sessions import SessionView
from storage.sign_ups import Who
from tests.assistants import MORNING

SATURDAY = MORNING + timedelta(days=3) - timedelta(hours=1, minutes=30)
"""8:30."""


def plan(capacity: int | None = 20, slots: int = 1, **more: object) -> Plan:
    hour = timedelta(hours=1)
    parts = tuple(SlotPlan(SATURDAY + n * hour, SATURDAY + (n + 1) * hour, capacity) for n in range(slots))
    given = {"sign_up": True, "capacity": capacity, "slots": parts if slots > 1 else (), **more}
    return Plan(Kind.LECTURE, "健康讲座", "活动室", SATURDAY, SATURDAY + slots * hour, **given)  # type: ignore[arg-type]


async def directory_of(db: Db) -> Directory:
    return await accounts.open_directory(db, "xingfu", "simulator")


async def made(db: Db, a_plan: Plan, now: datetime = MORNING) -> SessionView:
    row = await sessions.create(db, "xingfu", a_plan, [], day=f"{now:%y%m%d}", now=now, by=None, name="小周")
    return await sessions.view(db, row, now)


async def office(database: Database) -> tuple[SigningUp, Directory]:
    async with database.transaction() as db:
        directory = await directory_of(db)
    return SigningUp(directory, Expectations(), QuietHours()), directory


def of_door(number: int, people: int = 1) -> Wish:
    """Somebody who telephones from door `number` of building 8."""
    return Wish(Who(None, f"住户{number}", "8", "1", str(100 + number)), people)
