"""A ledger of many cases, written in bulk: a year of a large community, by the same seed always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from benchmarks import words
from storage import accounts, schema
from storage.base import Base, Db
from storage.complaints import Complaint
from storage.database import Database
from storage.follow_ups import FollowUpRow
from storage.reporters import Reporter
from tests.assistants import ZONE

COMMUNITY = "xingfu"
UNTIL = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)
YEAR = timedelta(days=365)
KINDS = tuple((f"类{number % 19}", f"事{number}") for number in range(110))
AT_ONCE = 5_000
_DONE = ("closed",) * 78 + ("answered", "awaiting_word", "explained", "explained", "transferred", "withdrawn")
_OPEN = ("filed", "accepted", "assigned", "received", "working", "suspended")
_LAST_WORDS = ("satisfied",) * 7 + ("mostly", "mostly", "dissatisfied")


async def seeded(database: Database, cases: int) -> None:
    """`cases` filed evenly over the year before `UNTIL`: about a tenth joined into others, the last ones still open."""
    await schema.ensure(database)
    async with database.transaction() as db:
        directory = await accounts.open_directory(db, COMMUNITY, "simulator")
    chance = random.Random(23)
    rows = list(_rows(cases, directory.account, chance))
    async with database.transaction() as db:
        await _written(db, Complaint, [case for case, _, _ in rows])
        await _written(db, Reporter, [one for _, reporters, _ in rows for one in reporters])
        await _written(db, FollowUpRow, [one for _, _, follow_ups in rows for one in follow_ups])


async def _written(db: Db, table: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        await db.execute(insert(table), rows[start : start + AT_ONCE])


_Rows = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


def _rows(cases: int, account: int, chance: random.Random) -> Iterator[_Rows]:
    """A case, who reported it, and their last words."""
    told = 0
    for number, text in enumerate(words.complaints(cases)):
        filed_at = UNTIL - YEAR + YEAR * number / cases
        case = _case(number, text, filed_at, account, chance)
        people = chance.choice((1, 1, 1, 2, 3))
        reporters = [_reporter(told + one + 1, case, filed_at, account) for one in range(people)]
        told += people
        yield case, reporters, list(_said(case, reporters, chance))


def _case(number: int, text: str, filed_at: datetime, account: int, chance: random.Random) -> dict[str, Any]:
    category, subcategory = KINDS[int(len(KINDS) * chance.random() ** 3)]  # a few kinds are most of it
    took = timedelta(hours=chance.expovariate(1 / 40))
    joined = number > 100 and chance.random() < 0.1
    state = "merged" if joined else chance.choice(_OPEN if filed_at + took > UNTIL else _DONE)
    has_result = state in ("closed", "answered", "awaiting_word")
    ended = filed_at + took
    return {
        "id": number + 1,
        "community": COMMUNITY,
        "number": f"SQ{filed_at:%y%m%d}-{number + 1:02d}",
        "account_id": account,
        "source": "group",
        "state": state,
        "urgency": chance.choice(("P1", "P2", "P2", "P3")),
        "category": category,
        "subcategory": subcategory,
        "building": str(1 + number % 29),
        "unit": str(1 + number % 4),
        "room": "501",
        "wording": text,
        "original": text * 2,
        "context": ["早上好各位邻居", "今天降温了，出门多穿点"],
        "searched": f"{text}\n{category}\n{subcategory}\n{1 + number % 29}",
        "merged_into": number - chance.randrange(1, 90) if joined else None,
        "handler": "小周",
        "result": "换了新灯，亮了" if has_result or state == "explained" else None,
        "said_at": filed_at,
        "filed_at": filed_at,
        "accepted_at": filed_at + took / 8,
        "assigned_at": filed_at + took / 6,
        "received_at": filed_at + took / 4,
        "resolved_at": ended if has_result else None,
        "closed_at": ended + timedelta(days=1) if state in ("closed", "explained", "withdrawn") else None,
        "closing": chance.choice(("rated", "rated", "unreached")) if state == "closed" else None,
        "contacted_at": filed_at + took / 8,
        "contact_by": filed_at + timedelta(hours=2),
        "due_by": filed_at + timedelta(days=3),
        "suspended_at": UNTIL - timedelta(hours=1) if state == "suspended" else None,
        "took_s": int(took.total_seconds()) if has_result else None,
        "reopened": int(chance.random() < 0.05),
        "last_report_at": filed_at,
    }


def _reporter(identity: int, case: dict[str, Any], at: datetime, account: int) -> dict[str, Any]:
    return {"id": identity, "community": COMMUNITY, "complaint_id": case["id"], "channel": "group", "at": at}


def _said(case: dict[str, Any], reporters: list[dict[str, Any]], chance: random.Random) -> Iterator[dict[str, Any]]:
    if case["closing"] != "rated":
        return
    for one in reporters:
        called = chance.random() < 0.2
        yield {
            "community": COMMUNITY,
            "complaint_id": case["id"],
            "reporter_id": None if called else one["id"],
            "at": case["closed_at"],
            "channel": "telephone" if called else "wechat",
            "by_name": "小周" if called else None,
            "outcome": chance.choice(_LAST_WORDS),
            "words": "修好了，谢谢",
        }
