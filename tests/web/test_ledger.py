"""The ledger as a list: by state, by words, by number, by address, page after page; and a stream that tells of changes."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from storage import complaints
from tests.storage.rows import a_case
from tests.web.client import Client
from tests.web.house import House
from tests.web.ledger import file, press
from web.pages.complaints import PAGE

ROWS: list[dict[str, Any]] = [
    {"number": "SQ261120-01", "state": "filed", "building": "3", "unit": "2", "wording": "楼道灯坏了", "place": "三楼"},
    {"number": "SQ261120-02", "state": "closed", "building": "3", "unit": "1", "wording": "楼道灯闪"},
    {"number": "SQ261121-01", "state": "working", "building": "12", "unit": "1", "wording": "暖气不热，热水器也不热"},
    {"number": None, "state": "lead", "building": None, "unit": None, "wording": "垃圾又满了"},
    {"number": "SQ261121-02", "state": "dropped", "building": "12", "unit": "1", "wording": "广告"},
]


STATES = [
    ("", [4, 3, 1]),
    ("open", [4, 3, 1]),
    ("all", [5, 4, 3, 2, 1]),
    ("closed", [2]),
    ("suspended", []),
    ("nonsense", [4, 3, 1]),
]

SEARCHES = [
    ("楼道灯", [2, 1]),
    ("楼道灯 三楼", [1]),
    ("热水器", [3]),
    ("恐龙", []),
    ("SQ261120-02", [2]),
    ("sq261121", [5, 3]),
    ("3号楼", [2, 1]),
    ("3-2", [1]),
    ("12号楼1单元", [5, 3]),
    ("12号楼1单元 暖气", [3]),
    ("%", []),
    ("_", []),
    ("' OR 1=1 --", []),
]

NOT_ASKED = [
    "?many=0",
    "?many=100000",
    "?before=x",
    "?before=99999999999999999999",
    f"?q={'x' * 101}",
    f"?state={'x' * 25}",
]


@pytest.fixture
async def rows(house: House) -> None:
    async with house.assistant.database.transaction() as db:
        for row in ROWS:
            await a_case(db, house.assistant.directory, subcategory="其他", category="其他", **row)


async def listed(client: Client, query: str = "") -> list[int]:
    answer = await client.get(f"/parts/list{query}")
    assert answer.status == 200
    return [int(found) for found in re.findall(r'<li class="case" data-id="(\d+)"', answer.text)]


@pytest.mark.usefixtures("rows")
async def test_only_the_state_one_asks_for(client: Client) -> None:
    for state, shown in STATES:
        assert await listed(client, f"?state={state}") == shown


@pytest.mark.usefixtures("rows")
async def test_the_counts_are_buttons(client: Client) -> None:
    page = (await client.get("/?state=closed")).text
    assert re.search(r'data-state="closed" aria-pressed="true">办结<b>1</b>', page)
    assert re.search(r'data-state="open" aria-pressed="false">在办<b>3</b>', page)
    assert re.search(r'data-state="all" aria-pressed="false">全部<b>5</b>', page)
    assert "suspended" not in page
    assert 'data-state="suspended" aria-pressed="true">挂起<b>0</b>' in (await client.get("/?state=suspended")).text


@pytest.mark.usefixtures("rows")
async def test_a_search_looks_through_everything(client: Client) -> None:
    for search, shown in SEARCHES:
        assert await listed(client, f"?q={quote(search)}") == shown
        if not shown:
            assert "没有找到" in (await client.get(f"/parts/list?q={quote(search)}")).text


@pytest.mark.usefixtures("rows")
async def test_a_search_within_a_state(client: Client) -> None:
    assert await listed(client, f"?state=closed&q={quote('楼道灯')}") == [2]
    assert await listed(client, f"?state=open&q={quote('楼道灯')}") == [1]


async def test_page_after_page(house: House, client: Client) -> None:
    async with house.assistant.database.transaction() as db:
        for number in range(PAGE + 5):
            await a_case(db, house.assistant.directory, number=f"SQ2611{number:04d}-01")
    first = await listed(client)
    assert first == list(range(PAGE + 5, 5, -1))
    page = (await client.get("/parts/list")).text
    before = re.search(r'data-before="(\d+)"', page)
    assert before
    assert await listed(client, f"?before={before[1]}") == [5, 4, 3, 2, 1]
    assert "data-before" not in (await client.get(f"/parts/list?before={before[1]}")).text
    assert len(await listed(client, f"?many={PAGE + 5}")) == PAGE + 5


async def test_what_cannot_be_asked(client: Client) -> None:
    for query in NOT_ASKED:
        answer = await client.get(f"/parts/list{query}")
        assert answer.status == 422
        assert answer.json["fault"] == "没看懂这个请求，请刷新页面再试"


async def test_a_page_with_a_filter_is_told_when_to_look_again(house: House, client: Client) -> None:
    await file(client)
    async with client.events() as stream:
        await stream.next("cases")
        assert await listed(client, "?state=accepted") == []
        assert (await press(house, client, "accept")).status == 200
        await stream.next("cases")
        assert await listed(client, "?state=accepted") == [1]
        assert await listed(client, f"?state=filed&q={quote('楼道')}") == []


async def test_an_overdue_case_stands_out(house: House, client: Client) -> None:
    await file(client)
    assert "超期" not in (await client.get("/parts/list")).text
    async with house.assistant.database.transaction() as db:
        case = await complaints.by_id(db, 1)
        assert case is not None
        case.due_by = case.said_at
    assert "超期" in (await client.get("/parts/list")).text
    assert "超期" in (await client.get("/parts/cases/SQ261125-01")).text
