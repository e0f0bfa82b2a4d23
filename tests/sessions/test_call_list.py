"""Whoever no message reaches is telephoned by staff, one person at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.message import Inbound
from storage import accounts, audit, calls
from storage.base import Db
from storage.calls import Outcome
from storage.database import Database
from storage.sign_ups import State
from tests.assistants import MORNING
from tests.complaints.test_follow_up import ONE
from tests.policy.entries import start_again
from tests.resident import GROUP, World
from tests.sessions.announced import announced, by_telephone, call_rows, changed, people, session, sign_up

LECTURE = "周六上午9:30-11:30活动室健康讲座 名额4 带身份证"
PHONE, OTHER = "13800001234", "13900005678"


async def outcomes(world: World) -> list[str]:
    return [row.outcome for row in await call_rows(world) if row.way == "call"]


async def reminded(world: World, *names: str) -> str:
    """A lecture whose people are all on the call list, the day before it."""
    await people(world)
    number = await announced(world, LECTURE)
    for at, name in enumerate(names):
        await by_telephone(world, number, name, PHONE if at % 2 == 0 else OTHER, f"8-1-{101 + at}")
    await world.passes(days=2)
    return number


async def test_staff_are_told_and_work_through_the_list(world_on_both: World) -> None:
    world = world_on_both
    number = await reminded(world, "李奶奶", "张大爷")
    li = world.staff("李主任")
    assert li.heard[-1] == (
        "健康讲座（11月28日（周六）09:30）有2位微信上够不着，只能打电话。发“电话单”，我一位一位给您。"
    )
    [first] = await li.commands("电话单")
    assert first == (
        "电话单：现在要打的2位。\n"
        "李奶奶 13800001234 8-1-101\n"
        "健康讲座，11月28日（周六）09:30，活动室，报了1人。请带身份证。问问来不来。\n"
        "回数字：1 已通知；2 没人接；3 不来；4 再打（也可以写时间，例如“再打 下午3点”）。先不打了，回“停”。"
    )
    [second] = await li.commands("已通知")
    assert second.startswith("记下了：已通知。\n电话单：现在要打的1位。\n张大爷 13900005678")
    [end] = await li.commands("1")
    assert end == "记下了：已通知。\n电话单空了，没有要打的。"
    assert await outcomes(world) == [Outcome.TOLD, Outcome.TOLD]
    [whole] = await li.commands(f"活动 {number}")
    assert whole.endswith("提醒：私下0位，群里0位，电话单2位（已通知2）")
    async with world.assistant.database.reading() as db:
        [step] = await audit.story(db, world.assistant.settings.community.id, "call:1")
    assert (step.verb, step.after["outcome"], step.actor) == ("sessions.call", "told", "admin")
    assert not any("13800001234" in one.outbound.text for one in world.channel.sent if one.outbound.group)
    await world.passes(hours=23)
    assert "只能打电话" not in li.heard[-1]  # who was telephoned yesterday is left in peace


async def test_two_colleagues_never_get_the_same_person(world_on_both: World) -> None:
    world = world_on_both
    await reminded(world, "李奶奶", "张大爷")
    li, zhou = world.staff("李主任"), world.staff("小周")
    [mine], [theirs] = await li.commands("电话单"), await zhou.commands("电话单")
    assert "李奶奶" in mine
    assert "张大爷" in theirs
    sun = world.staff("孙网格")
    assert "轮不到您" in (await sun.commands("电话单"))[0]
    assert "张大爷" in (await li.commands("1"))[0] or "轮不到您" in li.heard[-1]
    await zhou.commands("停")
    assert "张大爷" in (await li.commands("电话单"))[0]


async def test_many_at_once_get_different_people(database: Database) -> None:
    async with database.transaction() as db:
        for n in range(6):
            reminded_one = calls.Reminded("sessions.day", "HD1/0", f"p:{n}", f"住户{n}", calls.Way.CALL, {"key": "x"})
            await calls.enter(db, "xingfu", reminded_one, MORNING)

    async def take(officer: int) -> int:
        async with database.transaction() as db:
            until = MORNING + timedelta(minutes=30)
            found = await calls.next_to_call(db, "xingfu", officer, MORNING, until)
            assert found is not None
            return found.id

    async with database.transaction() as db:
        officers = [await _contact(db, n) for n in range(6)]
    taken = await asyncio.gather(*(take(officer) for officer in officers))
    assert sorted(taken) == list(range(min(taken), min(taken) + 6))


async def _contact(db: Db, n: int) -> int:
    directory = await accounts.open_directory(db, "xingfu", "simulator")
    row = accounts.Contact(
        community="xingfu", account_id=directory.account, epoch=0, raw_id=f"wx_{n}", name="", friend=True, muted=False
    )
    db.add(row)
    await db.flush()
    return row.id


async def test_no_answer_three_times_is_not_reached(world: World) -> None:
    number = await reminded(world, "李奶奶")
    li = world.staff("李主任")
    await li.commands("电话单")
    for tries in (1, 2):
        [answer] = await li.commands("没人接")
        assert answer.startswith("记下了：没人接，11月27日（周五）")
        assert answer.endswith("现在没有要打的，晚点再打的有1位。")
        assert "空了" not in (await li.commands("电话单 "))[0]
        await world.passes(hours=2, minutes=1)
        [again] = await li.commands("电话单")
        assert f"打过{tries}次，没人接。" in again
    [given_up] = await li.commands("2")
    assert given_up == "三次没人接，算没找到本人。\n电话单空了，没有要打的。"
    assert await outcomes(world) == [Outcome.NO_ANSWER]
    assert "电话单1位（没找到1）" in (await li.commands(f"活动 {number}"))[0]


async def test_not_coming_frees_the_place_for_who_waits(world: World) -> None:
    wang, _, li = await people(world)
    number = await announced(world, "周六上午9:30-11:30活动室健康讲座 名额1")
    gone = await by_telephone(world, number, "李奶奶", PHONE)
    await wang.says("报名 3-2-501", in_group=GROUP)
    await world.passes(days=2)
    await li.commands("电话单")
    [answer] = await li.commands("不来了")
    assert answer.startswith("记下了：不来，名额空出来了。")
    assert (await sign_up(world, gone.id)).state == State.CANCELLED
    assert "健康讲座有空位了" in wang.heard[-1]
    await wang.says("来")
    assert "报上了" in wang.heard[-1]


async def test_an_offer_is_taken_or_left_by_telephone(world: World) -> None:
    wang, _, li = await people(world)
    number = await announced(world, "周六上午9:30-11:30活动室健康讲座 名额1")
    await wang.says("报名 3-2-501", in_group=GROUP)
    first = await by_telephone(world, number, "李奶奶", PHONE)
    second = await by_telephone(world, number, "张大爷", OTHER, "8-1-102")
    await wang.says("我不去了", in_group=GROUP)
    [card] = await li.commands("电话单")
    assert "健康讲座有空位了" in card
    assert "1 来；2 没人接；3 不来" in card
    [next_one] = await li.commands("不来")
    assert next_one.startswith("记下了：不来，位子让给后面的。")
    assert "张大爷" in next_one
    assert "位子定下了" in (await li.commands("来"))[0]
    states = [(await sign_up(world, one.id)).state for one in (first, second)]
    assert states == [State.CANCELLED, State.CONFIRMED]


async def test_again_at_an_hour(world: World) -> None:
    await reminded(world, "李奶奶")
    li = world.staff("李主任")
    await li.commands("电话单")
    assert "11月28日（周六）09:30之前" in (await li.commands("再打 后天上午"))[0]
    assert (await li.commands("再打 下午3点"))[0].startswith("好，11月27日（周五）15:00再打。")
    assert "晚点再打的有1位" in (await li.commands("电话单"))[0]
    await world.passes(hours=5, minutes=30)
    assert "李奶奶" in (await li.commands("电话单"))[0]
    assert "这位打了吗" in (await li.commands("嗯嗯啊啊"))[0]
    assert (await li.commands("停"))[0] == "好，先不打了。接着打，发“电话单”。"


async def test_what_is_late_lapses_and_what_changed_is_said_as_it_is(world: World) -> None:
    number = await reminded(world, "李奶奶")
    li = world.staff("李主任")
    await changed(world, f"改 {number} 地点改到东门广场")
    [card] = await li.commands("电话单")
    assert "现在要打的1位" in card
    assert "健康讲座有变动，现在是11月28日（周六）09:30，东门广场" in card
    await li.commands("停")
    await world.passes(hours=26)
    assert (await li.commands("电话单"))[0] == "电话单空了，没有要打的。"
    assert await outcomes(world) == [Outcome.TOO_LATE, Outcome.TOO_LATE]


async def test_what_is_off_is_told_and_who_left_is_not_called(world: World) -> None:
    number = await reminded(world, "李奶奶", "张大爷")
    li = world.staff("李主任")
    gone = next(row for row in await call_rows(world) if row.name == "张大爷")
    async with world.assistant.database.transaction() as db:
        await world.assistant.services["signing_up"].leave(db, gone.sign_up_id, world.clock.now())
    await changed(world, f"取消活动 {number} 下大雨")
    [card] = await li.commands("电话单")
    assert "现在要打的1位" in card
    assert "健康讲座（11月28日（周六）09:30）取消了，因为下大雨，请别跑空。" in card
    assert "3 不来" not in card
    assert "空了" in (await li.commands("1"))[0]


async def test_without_a_number_somebody_knocks(world: World) -> None:
    await people(world)
    number = await announced(world, LECTURE)
    await by_telephone(world, number, "李奶奶", None)
    await world.passes(days=2)
    [card] = await world.staff("小周").commands("电话单")
    assert "李奶奶 没有电话 8-1-101，得上门说一声" in card


async def test_a_restart_keeps_who_is_before_whom(world: World) -> None:
    await reminded(world, "李奶奶", "张大爷")
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands("电话单")
    await start_again(world)
    assert "张大爷" in (await zhou.commands("电话单"))[0]
    assert (await li.commands("1"))[0].startswith("记下了：已通知。")
    await world.passes(minutes=31)
    assert "张大爷" in (await li.commands("电话单"))[0]
    assert "刚才那位不用打了，或者同事已经打过。" in (await zhou.commands("1"))[0]


async def test_the_list_is_not_for_residents(world: World) -> None:
    await reminded(world, "李奶奶")
    wang = next(one for one in world.people.values() if "王阿姨" in one.name)
    await wang.says("电话单")
    assert not any("李奶奶" in one for one in wang.heard)


async def test_a_reporter_who_telephoned_is_followed_up_from_the_list(world: World) -> None:
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands(f"代报 赵姐 {PHONE} 5号楼1单元302 楼道灯坏了 电话")
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 换了灯泡")
    assert "轮不到您" in (await li.commands("电话单"))[0]  # nobody follows up on their own case
    [card] = await zhou.commands("电话单")
    assert PHONE in card
    assert f"回访 {ONE} 满意（或基本满意、不满意加原话、没打通）" in card
    assert "换了灯泡" in card
    assert f"回访 {ONE} 满意" in (await zhou.commands("已通知"))[0]
    await zhou.commands(f"回访 {ONE} 没打通")
    assert "晚点再打的有1位" in (await zhou.commands("电话单"))[0]
    await world.passes(hours=2, minutes=5)
    assert PHONE in (await zhou.commands("电话单"))[0]
    await world.passes(minutes=1)
    assert "办结" in (await zhou.commands(f"回访 {ONE} 满意"))[0]
    assert "空了" in (await zhou.commands("电话单"))[0]
    assert await outcomes(world) == [Outcome.TOLD]


async def test_a_case_that_is_opened_again_is_asked_about_again(world: World) -> None:
    li, zhou = world.staff("李主任"), world.staff("小周")
    await li.commands(f"代报 赵姐 {PHONE} 5号楼1单元302 楼道灯坏了 电话")
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 换了灯泡")
    await zhou.commands(f"回访 {ONE} 不满意 又灭了")
    assert "空了" in (await zhou.commands("电话单"))[0]
    await world.passes(minutes=5)
    await li.commands(f"办结 {ONE} 换了线路")
    assert "换了线路" in (await zhou.commands("电话单 "))[0]


async def test_answers_and_a_cancel_at_once_wait_for_nobody_for_ever(world_on_both: World) -> None:
    world = world_on_both
    number = await reminded(world, "李奶奶", "张大爷", "刘大爷")
    li, zhou, sun = (world.staff(name) for name in ("李主任", "小周", "孙网格"))
    await zhou.commands("电话单")
    await li.commands(f"取消活动 {number} 下大雨")
    said = [(zhou, "不来"), (li, "确认"), (sun, "电话单")]
    for at, (who, text) in enumerate(said):
        inbound = Inbound(f"at-once-{at}", who.contact, text, world.clock.now(), sender_name=who.name)
        await world.assistant.dispatcher.feed(inbound)
    await world.assistant.dispatcher.settle()
    await world.passes(minutes=2)
    assert await world.failures() == 0
    assert (await session(world, number)).state == "cancelled"
