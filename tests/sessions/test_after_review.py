"""What a second pair of eyes found: places lost or taken twice, others' sign-ups changed, answers swallowed, locks the wrong way
round.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from intents.sessions.board import Board
from storage import due, sessions, sign_ups
from storage.database import Database
from storage.sign_ups import State
from tests.assistants import MORNING, open_world, small_settings
from tests.resident import GROUP, World
from tests.sessions.announced import SOUTH, announced
from tests.sessions.neighbours import LECTURE, Street, street
from tests.sessions.offices import made, of_door, office, plan
from tests.sessions.test_booking import FACTS

IN, OFFERED = "confirmed", "offered"
LIST = "#接龙 健康讲座\n{}"


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Street]:
    world = await open_world(database, small_settings(sessions=FACTS))
    yield await street(world)
    await world.close()


@pytest.mark.parametrize(
    ("first", "then", "people"),
    [
        ("报名", "报名 9-2-301 两个人", 2),
        ("报名 8-2-301 两个人", "报名 3个人", 3),
        ("报名 8号楼301 两个人", "报名 8-2-301 两个人", 2),
        (LIST.format("1. 大刘 2人"), "报名 9-2-301 2人", 2),
    ],
)
async def test_who_tells_the_door_once_is_one_household(world: World, first: str, then: str, people: int) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.liu, first)
    await here.hears(here.liu, then)
    assert await here.list_of(number) == [("大刘", people, IN)]


async def test_who_corrects_their_line_in_a_list_stays_one(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.liu, LIST.format("1. 大刘 2人"))
    await here.hears(here.liu, LIST.format("1. 大刘 3号楼 2人"))
    assert "已经报上了" in await here.hears(here.liu, "报名")
    assert await here.list_of(number) == [("大刘", 2, IN)]


async def test_who_begins_a_list_with_their_own_line_is_not_counted_twice(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.wang, "报名 2人")
    assert "2户3人" in await here.hears(here.wang, LIST.format("1. 王阿姨 2人\n2. 老马 1人"))
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("老马", 1, IN)]


async def test_a_list_cannot_call_off_who_signed_up_by_themselves(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.wang, "讲座报名 2人", None)
    said = await here.hears(here.liu, LIST.format("1. 王阿姨 不去了"))
    assert "@王阿姨" in said
    assert await here.list_of(number) == [("王阿姨", 2, IN)]
    await here.hears(here.liu, "不来")
    assert await here.list_of(number) == [("王阿姨", 2, IN)]
    await here.hears(here.wang, "不来")
    assert await here.list_of(number) == []


async def test_one_answer_is_for_all_lines_that_were_asked_about(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.liu, LIST.format("1. 张三 2人\n2. 李四 1人\n3. 王五"))
    await here.hears(here.ma, LIST.format("1. 张三 2人\n2. 李四 1人\n3. 王五\n4. 老马"))
    asked = await here.hears(here.ma, LIST.format("1. 老马"))
    assert "@老马 接龙里张三、李四、王五那几行不见了" in asked
    await here.hears(here.ma, "不来")
    assert await here.list_of(number) == [("老马", 1, IN)]


async def test_a_list_does_not_end_what_somebody_else_is_answering(world: World) -> None:
    here = await street(world)
    number = await announced(world, LECTURE.format(10))
    await here.hears(here.wang, LIST.format("1. 王阿姨 2人"))
    await here.hears(here.liu, LIST.format("1. 王阿姨 2人\n2. 大刘"))
    assert "在哪儿呢" in await here.hears(here.wang, "@小助手 楼道灯坏了")
    assert "不见了" not in await here.hears(here.liu, LIST.format("1. 大刘"))
    assert "SQ261125-01" in await here.hears(here.wang, "3号楼2单元")
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("大刘", 1, IN)]


async def _offered_to_chen(here: Street) -> str:
    number = await announced(here.world, LECTURE.format(1))
    await here.hears(here.wang, "报名")
    await here.hears(here.chen, "报名")
    await here.hears(here.wang, "取消报名")
    assert await here.list_of(number) == [("小陈", 1, OFFERED)]
    return number


async def test_a_digit_chooses_a_time_and_does_not_let_a_place_go(here: Street) -> None:
    number = await _offered_to_chen(here)
    assert "2. 14:20" in await here.hears(here.chen, "约书记接待", None)
    assert "约好了：书记接待，12月2日（周三）14:20" in await here.hears(here.chen, "2", None)
    assert await here.list_of(number) == [("小陈", 1, OFFERED)]


async def test_what_a_friend_says_to_neighbours_does_not_let_a_place_go(world: World) -> None:
    here = await street(world)
    number = await _offered_to_chen(here)
    assert await here.hears(here.chen, "不用了") == ""
    assert await here.hears(here.chen, "好的") == ""
    assert await here.list_of(number) == [("小陈", 1, OFFERED)]
    assert "报上了" in await here.hears(here.chen, "好的", None)


async def test_nobody_means_the_hours_of_others_by_signing_up(here: Street) -> None:
    number = await announced(here.world, LECTURE.format(10))
    await here.hears(here.wang, "约书记接待", None)
    assert "报上了：健康讲座" in await here.hears(here.chen, "报名 3个人", None)
    assert await here.list_of(number) == [("小陈", 3, IN)]


async def test_whoever_moves_to_another_day_is_reminded_of_that_one(world: World) -> None:
    here = await street(world)
    await announced(world, "打流感疫苗 社区卫生站 周五上午9点-10点，周六上午9点-10点 每场5人")
    await here.hears(here.wang, "报名 周五9点", None)
    await world.passes(days=1)
    assert "改好了" in await here.hears(here.wang, "改到周六那场", None)
    since = len(here.wang.heard)
    await world.passes(days=2)
    assert [one[:29] for one in here.wang.heard[since:]] == ["提醒您：流感疫苗接种，11月28日（周六）09:00，社区"] * 2


async def test_two_who_make_sessions_at_once_hide_none(database: Database) -> None:
    """On SQLite one comes after the other anyway."""
    board, both = Board("xingfu"), asyncio.Barrier(1 if database.is_sqlite else 2)

    async def make(day: str) -> None:
        async with database.transaction() as db:
            row = await sessions.create(db, "xingfu", plan(), [], day=day, now=MORNING, by=None, name="小周")
            board.put(db, row)
            await both.wait()

    await asyncio.gather(make("261125"), make("261126"))
    assert len(board.here(None, MORNING)) == 2


async def test_asking_again_while_staff_change_the_same_one(database: Database) -> None:
    """The session is held before any sign-up of it: else each would wait for the other."""
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        session = await made(db, plan(capacity=20))
        standing, _ = await signing_up.join(db, session.id, of_door(1), MORNING)
    looks = asyncio.Event()

    async def resident() -> None:
        async with database.transaction() as db:
            looks.set()
            await signing_up.known(db, session.id, of_door(1).who)
            await signing_up.join(db, session.id, of_door(1, 2), MORNING)

    async def staff() -> None:
        async with database.transaction() as db:
            await sessions.held(db, session.id)
            if not database.is_sqlite:
                await looks.wait()
            await asyncio.sleep(0)
            await signing_up.resize(db, standing.sign_up.id, 3, MORNING)

    await asyncio.gather(staff(), resident())
    async with database.reading() as db:
        rows = await sign_ups.of_session(db, session.id)
    assert [row.people for row in rows] == [2]


async def test_yes_at_the_very_moment_the_offer_lapses(database: Database) -> None:
    """The clock holds the due row and wants the session; whoever says yes holds the session and would call the row off."""
    signing_up, _ = await office(database)
    async with database.transaction() as db:
        session = await made(db, plan(capacity=1))
        first, second = [(await signing_up.join(db, session.id, of_door(n), MORNING))[0].sign_up.id for n in (1, 2)]
        await signing_up.leave(db, first, MORNING)
    later, claimed, held = MORNING + timedelta(hours=2), asyncio.Event(), asyncio.Event()
    if database.is_sqlite:
        held.set()

    async def clock() -> None:
        async with database.transaction() as db:
            row = await due.claim(db, "xingfu", later)
            assert row is not None
            assert row.subject == str(second)
            claimed.set()
            await held.wait()
            await signing_up.let_pass(db, second, later)

    async def resident() -> None:
        await claimed.wait()
        async with database.transaction() as db:
            await sessions.held(db, session.id)
            held.set()
            await signing_up.accept(db, second, later)

    done = await asyncio.gather(clock(), resident(), return_exceptions=True)
    async with database.reading() as db:
        row = await sign_ups.look(db, second)
    assert row is not None
    if database.is_sqlite:
        assert row.state == State.PASSED
    else:
        assert not any(done)
        assert row.state == State.CONFIRMED


async def test_what_was_changed_meanwhile_is_not_told_as_it_was(database: Database) -> None:
    """A colleague agrees to a notice after somebody else has moved the session."""
    world = await open_world(database, small_settings(broadcasts={"second_word_above": 1}))
    here = await street(world)
    await world.connect(GROUP, SOUTH)
    await here.li.commands("活动 周六上午9点-11点 活动室 健康讲座 限10人")
    await here.li.commands("确认")
    assert world.heard_in_group() == []
    await here.li.commands("改 改到周日上午9点")
    await here.li.commands("确认")
    await here.zhou.commands("确认 TZ261125-01")
    await world.passes(minutes=3)
    assert world.heard_in_group() == []
    await here.zhou.commands("确认 TZ261125-02")
    await world.passes(minutes=3)
    for group in (GROUP, SOUTH):
        [told] = world.heard_in_group(group)
        assert "11月29日（周日）09:00" in told
        assert "活动室" in told
    await world.close()
