"""The newest cases of a ledger, page by page, by state, words, address and number: the same on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import case_lists
from storage.accounts import Directory
from storage.database import Database
from tests.storage.rows import COMMUNITY, a_case

ASKED: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [6, 5, 4, 3, 2, 1]),
    ({"limit": 2}, [6, 5]),
    ({"limit": 2, "before": 5}, [4, 3]),
    ({"states": ["filed"]}, [5, 3, 1]),
    ({"states": ["filed"], "before": 3}, [1]),
    ({"states": ["filed", "closed"], "limit": 4}, [6, 5, 4, 3]),
    ({"states": []}, []),
    ({"words": ["楼道灯"]}, [6, 5, 4, 3, 2, 1]),
    ({"words": ["楼道灯", "三楼"]}, [3]),
    ({"words": ["三楼"], "states": ["closed"]}, []),
    ({"building": "5"}, [6, 5, 4]),
    ({"building": "5", "unit": "1", "before": 6}, [4]),
    ({"numbered": "SQ2611"}, [6, 5, 4, 3, 2]),
    ({"numbered": "SQ261125-0"}, [4, 3, 2]),
    ({"numbered": "SQ26112_"}, []),
    ({"numbered": "%"}, []),
]


@pytest.fixture
async def six(database: Database, directory: Directory) -> None:
    async with database.transaction() as db:
        for number in range(1, 7):
            await a_case(
                db,
                directory,
                number=f"SQ26{'1125' if 1 < number < 5 else '1126' if number > 4 else '1024'}-0{number}",
                state="filed" if number % 2 else "closed",
                building="3" if number < 4 else "5",
                unit="1" if number % 2 == 0 else "2",
                wording="三楼楼道灯坏了" if number == 3 else "楼道灯坏了",
            )


@pytest.mark.usefixtures("six")
async def test_the_newest_that_fit(database: Database) -> None:
    async with database.reading() as db:
        for asked, found in ASKED:
            given = {"limit": 10, **asked}
            assert [case.id for case in await case_lists.latest(db, COMMUNITY, **given)] == found, asked
            assert await case_lists.latest(db, "elsewhere", **given) == []


def test_a_search_on_sqlite_reads_an_index_and_not_the_rows(sqlite_path: Path) -> None:
    asked = "SELECT id FROM complaints WHERE community = 'x' AND instr(searched, 'y') > 0 ORDER BY id + 0 DESC LIMIT 60"
    with closing(sqlite3.connect(sqlite_path)) as connection:
        plan = str(connection.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall())
    assert "COVERING INDEX ix_complaints_community_state_building_unit_searched" in plan
