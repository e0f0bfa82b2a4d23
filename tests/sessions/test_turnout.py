"""Two hours after its end a session is over, and whoever made it hears how many came of how many, or that nobody counted."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from storage import sessions
from tests.resident import World
from tests.sessions.announced import announced
from tests.sessions.offices import SATURDAY
from tests.sessions.test_at_the_door import Hall

OVER = SATURDAY + timedelta(hours=5)
"""Two hours after 11:30."""


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world)


async def state(hall: Hall) -> str:
    async with hall.world.assistant.database.reading() as db:
        row = await sessions.by_number(db, "xingfu", hall.number)
        assert row is not None
        return row.state


async def test_the_maker_hears_how_many_came_of_how_many_with_the_list(world_on_both: World) -> None:
    hall = Hall(world_on_both)
    await hall.opens()
    await hall.told("签到 001 003 1人")
    await hall.told("签到 加 李四 7-1-101 2人")
    others = len(hall.world.staff("小周").heard)
    await hall.until(OVER - timedelta(minutes=1))
    assert await state(hall) == "open"
    heard = len(hall.li.heard)
    await hall.until(OVER + timedelta(minutes=2))
    assert await state(hall) == "over"
    said = hall.li.heard[heard]
    assert "报名6人，到了3人，到场率50%（3/6），没到3人（整户没来的1户），现场加2人。" in said
    assert len(hall.world.staff("小周").heard) == others
    assert await hall.arrived() == {"001": 2, "002": 0, "003": 1, "004": 2}
    book = CalamineWorkbook.from_filelike(io.BytesIO(hall.li.files[-1].content))
    assert "李四" in str(book.get_sheet_by_index(0).to_python())


async def test_where_nobody_was_checked_in_nobody_is_called_absent(hall: Hall) -> None:
    await hall.opens()
    heard = len(hall.li.heard)
    await hall.until(OVER + timedelta(minutes=2))
    said = hall.li.heard[heard]
    assert "报名6人，没有签到记录，到了多少不知道" in said
    assert "到场率" not in said
    assert set((await hall.arrived()).values()) == {None}


async def test_what_was_on_paper_is_typed_in_afterwards(hall: Hall) -> None:
    await hall.opens(6)
    await hall.until(OVER + timedelta(minutes=2))
    assert "到2人" in await hall.told(f"签到 {hall.number} 001")
    assert "排候补第1位" in await hall.told(f"签到 {hall.number} 加 李四 7-1-101")
    await hall.told(f"签到 {hall.number} 不来 003")
    assert "004 李四 7-1-101：到1人" in await hall.told(f"签到 {hall.number} 004")
    assert "报了3人，到了2人，现场加1人。没到的1户1人" in await hall.told(f"未到 {hall.number}")


async def test_after_two_days_away_it_is_counted_once(hall: Hall) -> None:
    await hall.opens()
    await hall.told("签到 001")
    heard = len(hall.li.heard)
    hall.world.clock.move_to(OVER + timedelta(days=2))
    await hall.world.passes(minutes=5)
    await hall.world.passes(hours=3)
    assert sum("到场率33%（2/6）" in one for one in hall.li.heard[heard:]) == 1


async def test_without_sign_ups_nobody_is_troubled(hall: Hall) -> None:
    await hall.world.connect("3号楼业主群")
    hall.number = await announced(hall.world, "周六上午8:30-11:30活动室健康讲座 不用报名")
    heard = len(hall.li.heard)
    await hall.until(OVER + timedelta(minutes=2))
    assert await state(hall) == "over"
    assert hall.li.heard[heard:] == []


async def test_a_session_that_is_put_off_is_over_after_its_new_end(hall: Hall) -> None:
    await hall.opens()
    await hall.li.commands(f"改 {hall.number} 推迟一小时")
    await hall.li.commands("确认")
    await hall.until(OVER + timedelta(minutes=2))
    assert await state(hall) == "open"
    await hall.until(OVER + timedelta(hours=1, minutes=2))
    assert await state(hall) == "over"
