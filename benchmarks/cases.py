"""The page over 50,000 cases on SQLite: the list, its counts, searches, and one case whole, from request to last byte.

The rows are written in bulk; what is asked is what the page in a browser asks, through the whole application but for the socket.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import quote

from sqlalchemy import insert

from benchmarks.ground import assistant, folder, person
from benchmarks.table import Figure, Line
from bot.app import Assistant
from intents.complaints.lifecycle import State
from scheduler.clock import SystemClock
from storage.audit import AuditRow
from storage.base import Db
from storage.complaints import Complaint
from storage.reporters import Reporter
from tests.assistants import ZONE
from web.app import create_app

CASES = 50_000
AT_ONCE = 5_000
TIMES = 100
GOAL_MS = 50.0
DAYS = 365
FIRST_DAY = date(2025, 11, 25)
ENDED_SHARE = 0.96
ENDED = (*[State.CLOSED] * 90, *[State.EXPLAINED] * 4, *[State.TRANSFERRED] * 3, *[State.WITHDRAWN] * 2, State.DROPPED)
UNDER_WAY = (
    State.FILED,
    State.ACCEPTED,
    State.ASSIGNED,
    State.RECEIVED,
    State.WORKING,
    State.AWAITING_WORD,
    State.LEAD,
)
TROUBLES = (
    ("公共设施", "楼道灯", "三楼楼道灯坏了三天了，没人管，晚上黑得很，老人都不敢下楼"),
    ("供暖", "暖气不热", "家里暖气不热，才十五度，孩子都冻感冒了，能不能派人来看看"),
    ("环境卫生", "垃圾清运", "垃圾桶满了好几天没人收，味儿特别大，苍蝇乱飞，请尽快处理"),
    ("停车秩序", "乱停车", "消防通道又让车堵了，进出都费劲，真有事救护车都进不来"),
    ("噪声扰民", "施工噪声", "楼上装修天天早上六点就开始砸墙，周末也不停，根本没法休息"),
    ("供水", "水压低", "水压太低，五楼往上晚上基本没水，热水器都打不着火"),
)


def number_of(case: int) -> str:
    """About 140 a day, a year long."""
    return f"SQ{FIRST_DAY + timedelta(days=case // 140):%y%m%d}-{case % 140 + 1:02d}"


def measure() -> list[Line]:
    with folder() as place:
        return asyncio.run(_measured(f"sqlite:///{place}/cases.db"))


async def _measured(url: str) -> list[Line]:
    async with assistant(url) as ours:
        seconds = await _fill(ours)
        app = create_app(ours, None, None, SystemClock(ZONE))
        samples: dict[str, list[float]] = {name: [] for name in ASKED}
        for turn in range(TIMES + 1):  # in turns, so that a busy moment of the machine falls on all of them
            for told in ours.database.listeners:
                told()  # as after a commit: the first list of each turn counts anew
            for name, path in ASKED.items():
                start = time.perf_counter()
                await _get(app, path)
                if turn:  # the first is to warm up: it compiles templates and loads the words of searches
                    samples[name].append((time.perf_counter() - start) * 1000)
        print(f"  ({CASES:,} cases written in {seconds:.0f} s)")
        return [_figure(name, each) for name, each in samples.items()]


def _search(words: str) -> str:
    return f"/parts/list?q={quote(words)}"


MIDDLE = CASES // 2
ASKED = {
    "list, under way, and the counts": "/parts/list",
    "list, all": "/parts/list?state=all",
    "list, one state": "/parts/list?state=closed",
    "list, next page from the middle": f"/parts/list?state=closed&before={MIDDLE}",
    "search, a word in many": _search("暖气"),
    "search, a word in none": _search("恐龙"),
    "search, two words": _search("水压 热水器"),
    "search, an address": _search("12号楼1单元"),
    "search, an address and a word": _search("3-2 垃圾"),
    "search, one number": _search(number_of(MIDDLE)),
    "search, a month's numbers": _search(number_of(MIDDLE)[:6]),
    "one case whole": f"/parts/cases/{number_of(MIDDLE)}",
}


def _figure(name: str, samples: Sequence[float]) -> Figure:
    ordered = sorted(samples)
    p50, p99 = (ordered[math.ceil(len(ordered) * part) - 1] for part in (0.5, 0.99))
    note = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    return Figure(f"page, {name}", tuple(samples), "ms", GOAL_MS, at_most=True, note=note)


async def _get(app: Callable[..., Awaitable[None]], path: str) -> bytes:
    """One request of a browser, handed to the application without a socket."""
    raw, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {body.decode()}")
    return body


async def _fill(ours: Assistant) -> float:
    start = time.perf_counter()
    now, random = SystemClock(ZONE).now(), Random(1)
    async with ours.database.transaction() as db:
        group = next(iter(ours.directory.groups()))
        contact = ours.directory.contact(person(0)) or 0
        community, account = ours.settings.community.id, ours.directory.account
        rows = _rows(now, random, {"community": community, "account_id": account, "group_id": group})
        while page := [row for row, _ in zip(rows, range(AT_ONCE), strict=False)]:
            await _write(db, page, contact)
    return time.perf_counter() - start


def _rows(now: datetime, random: Random, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Oldest first, as they would have come in over a year; what is under way is mostly of the last weeks."""
    for number in range(1, CASES + 1):
        category, subcategory, words = random.choice(TROUBLES)
        building, unit = str(random.randint(1, 29)), str(random.randint(1, 4))
        ended = number < CASES * 0.9 or random.random() < 1 - (1 - ENDED_SHARE) * 10
        state = random.choice(ENDED if ended else UNDER_WAY)
        at = now - timedelta(days=DAYS * (1 - number / CASES))
        wording = f"{building}号楼{unit}单元{words}，第{number}次说了"
        yield {
            **known,
            "id": number,
            "number": None if state == State.LEAD else number_of(number),
            "source": "group",
            "state": str(state),
            "urgency": random.choice(("P1", "P2", "P2", "P2", "P3")),
            "category": category,
            "subcategory": subcategory,
            "building": building,
            "unit": unit,
            "room": "501",
            "wording": wording,
            "original": wording,
            "context": ["大家早", "谁家的猫跑出来了"],
            "phone": "13800001234",
            "anonymous": False,
            "mediation": False,
            "absent": False,
            "searched": f"{wording}\n{category}\n{subcategory}\n{building}",
            "handler": "孙网格",
            "result": "已经处理好了，现场看过没有问题" if ended else None,
            "said_at": at,
            "filed_at": at,
            "accepted_at": at,
            "due_by": at + timedelta(days=7),
            "paused_s": 0,
            "reopened": 0,
            "last_report_at": at,
        }


async def _write(db: Db, page: Sequence[dict[str, Any]], contact: int) -> None:
    await db.execute(insert(Complaint), list(page))
    community = page[0]["community"]
    told = {"community": community, "contact_id": contact, "channel": "group", "anonymous": False, "asked_times": 0}
    await db.execute(
        insert(Reporter),
        [{**told, "complaint_id": row["id"], "group_id": row["group_id"], "at": row["said_at"]} for row in page],
    )
    step = {"community": community, "contact_id": contact, "before": {"state": "filed"}, "after": {"state": "accepted"}}
    await db.execute(
        insert(AuditRow),
        [
            {**step, "at": row["said_at"], "actor": actor, "verb": verb, "subject": f"complaint:{row['id']}", "why": ""}
            for row in page
            for actor, verb in (
                ("resident", "complaints.file"),
                ("admin", "complaints.accept"),
                ("admin", "complaints.assign"),
                ("grid", "complaints.resolve"),
            )
        ],
    )
