"""Two processes on one database share what falls due: nothing is done twice, nothing is left."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from storage.audit import AuditRow
from storage.database import Database
from storage.due import DueRow
from tests.assistants import MORNING
from tests.databases import KEY

ROWS = 10_000
ALONE = 40
"""So many of them are of a kind that is served one by one."""
PROJECT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("ticking_child.py")


async def test_two_processes_share_ten_thousand_rows(database: Database) -> None:
    rows: list[dict[str, Any]] = [
        {
            "community": "xingfu",
            "kind": "alone" if number % (ROWS // ALONE) == 0 else "many",
            "subject": str(number),
            "due_at": MORNING + timedelta(seconds=number % 7),
            "try_at": MORNING + timedelta(seconds=number % 7),
            "state": "waiting",
            "attempts": 0,
            "data": {},
        }
        for number in range(ROWS)
    ]
    async with database.transaction() as db:
        for first in range(0, ROWS, 5000):
            await db.execute(insert(DueRow), rows[first : first + 5000])
    children = [await _child(database) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"ready\n"
    counts = [int(out) for out, _ in await asyncio.gather(*(child.communicate(b"begin\n") for child in children))]
    assert [child.returncode for child in children] == [0, 0]
    assert sum(counts) == ROWS
    assert min(counts) > 0
    async with database.reading() as db:
        assert set(await db.scalars(select(DueRow.state))) == {"done"}
        subjects = list(await db.scalars(select(AuditRow.subject).where(AuditRow.verb == "tests.done")))
    assert len(subjects) == ROWS
    assert set(subjects) == {str(number) for number in range(ROWS)}


async def _child(database: Database) -> asyncio.subprocess.Process:
    """A process of its own, that ticks until nothing is due; says how many rows it did."""
    url = database.url.render_as_string(hide_password=False)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), url, KEY.hex(), cwd=PROJECT, stdin=pipe, stdout=pipe
    )
