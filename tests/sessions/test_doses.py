"""Vaccinations: doses are entered at the door, the next is reminded of in time and not signed up for too soon."""

from __future__ import annotations

from datetime import date, timedelta

from intents.sessions.dosing import Given
from storage import sign_ups
from tests.policy.entries import start_again
from tests.resident import GROUP, Resident, World
from tests.sessions.announced import (
    announced,
    by_telephone,
    call_rows,
    dose_rows,
    people,
    session,
    waiting_due,
)

FIRST = "周六上午9:00-11:00卫生站疫苗第1针 科兴 间隔21天 发号"
SECOND = "周六上午9:00-11:00卫生站疫苗第2针 科兴"


async def given(world: World, number: str, identity: int, people: int = 1) -> Given:
    """What checking in does."""
    view = await session(world, number)
    async with world.assistant.database.transaction() as db:
        row = await sign_ups.by_id(db, identity)
        assert row is not None
        entered = await world.assistant.services["dosing"].given(db, view, row, people, world.clock.now())
    assert isinstance(entered, Given)
    return entered


async def of(world: World, who: Resident, number: str) -> int:
    view = await session(world, number)
    async with world.assistant.database.reading() as db:
        contact = world.assistant.directory.contact(who.contact)
        return next(row.id for row in await sign_ups.of_session(db, view.id) if row.contact_id == contact)


async def first_dose(world: World) -> tuple[Resident, str]:
    """王阿姨 and 李奶奶, who has no WeChat, are given the first dose on Saturday."""
    wang, _, _ = await people(world)
    number = await announced(world, FIRST)
    await wang.says("报名 3-2-501 两个人", in_group=GROUP)
    old = await by_telephone(world, number, "李奶奶", "13800001234")
    await world.passes(days=3)
    assert await given(world, number, await of(world, wang, number), 2) == Given(1, 1, date(2026, 12, 19), again=False)
    assert await given(world, number, old.id) == Given(1, 2, date(2026, 12, 19), again=False)
    return wang, number


async def test_a_dose_is_entered_once_with_its_slip(world_on_both: World) -> None:
    world = world_on_both
    wang, number = await first_dose(world)
    again = await given(world, number, await of(world, wang, number), 1)
    assert again == Given(1, 1, date(2026, 12, 19), again=True)
    rows = [(row.name, row.people, row.brand, row.number, row.slip, row.given_on) for row in await dose_rows(world)]
    saturday = date(2026, 11, 28)
    assert rows == [("王阿姨", 1, "科兴", 1, 1, saturday), ("李奶奶", 1, "科兴", 1, 2, saturday)]


async def test_whoever_is_due_hears_it_once(world_on_both: World) -> None:
    world = world_on_both
    wang, _ = await first_dose(world)
    since, li = len(wang.heard), world.staff("李主任")
    assert [f"{at:%m-%d %H:%M}" for at in await waiting_due(world, "sessions.dose")] == ["12-19 09:00"] * 2
    await world.passes(days=20)
    await start_again(world)
    await world.passes(days=2)
    await start_again(world)
    await world.passes(days=20)
    assert [one for one in wang.heard[since:] if "针" in one] == [
        "提醒您：您的第2针（科兴），2026年12月19日（周六）起可以打了。社区有场次我在群里通知。"
    ]
    assert not any("第2针" in one for one in world.heard_in_group())
    doses = [row for row in await call_rows(world) if row.cause == "sessions.dose"]
    assert [row.way for row in doses] == ["private", "call"]
    assert any("该打下一针的有1位微信上够不着" in one for one in li.heard)


async def test_the_open_session_is_named_and_who_is_in_hears_of_that_only(world: World) -> None:
    wang, _ = await first_dose(world)
    chen = world.resident("8-1-802 小陈")
    await world.passes(days=17)
    await announced(world, SECOND)
    await chen.says("报名 8-1-802", in_group=GROUP)
    since, li = len(wang.heard), world.staff("李主任")
    await world.passes(days=4)
    assert "2026年12月19日（周六）起可以打了。社区12月19日（周六）09:00在卫生站有一场" in wang.heard[since]
    await world.passes(hours=1)
    [card] = await li.commands("电话单")
    assert "李奶奶 13800001234" in card
    assert "第2针，2026年12月19日（周六）起可以打了。社区12月19日（周六）09:00有一场" in card
    assert "3 不来" not in card


async def test_too_early_is_told_with_the_day(world: World) -> None:
    wang, _ = await first_dose(world)
    await announced(world, SECOND.replace("周六", "12月12日"))
    assert await wang.says("报名 3-2-501", in_group=GROUP) == []
    assert "离上一针还没隔够天数，2026年12月19日（周六）起才能打，这场先没给您报。" in wang.heard[-1]
    chen = world.resident("8-1-802 小陈")
    assert "报上了" in (await chen.says("报名 8-1-802", in_group=GROUP))[0]
    daughter = world.resident("小李")
    [hers] = await daughter.says("给我妈报名 8-1-101", in_group=GROUP)
    assert "这一位先没报上" in hers  # the same door; of whose dose nobody else is told
    await wang.says("#接龙 疫苗第2针\n1. 3-2-501 1人\n2. 6-1-101 老马 1人", in_group=GROUP)
    assert "3这次没有加上，请私下问社区" in world.heard_in_group()[-1]


async def test_on_the_day_it_may_be_given(world: World) -> None:
    wang, _ = await first_dose(world)
    await announced(world, SECOND.replace("周六", "12月19日"))
    assert "报上了" in (await wang.says("报名 3-2-501", in_group=GROUP))[0]
    await world.passes(days=21)
    assert not any("起可以打了" in one for one in wang.heard)  # is reminded of the session itself
    assert len([one for one in wang.heard if "提醒您：疫苗" in one]) == 4


async def test_late_is_still_of_use(world: World) -> None:
    wang, _ = await first_dose(world)
    since = len(wang.heard)
    world.clock.move_to(world.clock.now() + timedelta(days=23))
    await start_again(world)
    await world.passes(minutes=5)
    assert any("起可以打了" in one for one in wang.heard[since:])


async def test_no_dose_at_a_lecture(world: World) -> None:
    await people(world)
    number = await announced(world, "周六上午9:30-11:30活动室健康讲座")
    old = await by_telephone(world, number, "李奶奶", None)
    async with world.assistant.database.transaction() as db:
        row = await sign_ups.by_id(db, old.id)
        assert row is not None
        dosing, view = world.assistant.services["dosing"], await session(world, number)
        assert await dosing.given(db, view, row, 1, world.clock.now()) is None
    assert await dose_rows(world) == []
