"""Tasks with a date: given, said to whom they concern, reminded of once, moved and done."""

from __future__ import annotations

from datetime import datetime

import pytest

from storage import tasks
from storage.database import Database
from storage.tasks import Task
from tests.assistants import ZONE, open_world
from tests.complaints.staffed import days, staffed
from tests.resident import World

__all__ = ["days", "staffed"]
GATE = "任务 换3号楼门禁电池 小周 12月5日"
FIRST = "RW261125-01"


async def task(world: World, number: str = FIRST) -> Task:
    async with world.assistant.database.reading() as db:
        found = await tasks.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None, number
        return found


async def test_a_task_is_said_back_and_to_whoever_sees_to_it(world_on_both: World) -> None:
    li, zhou = world_on_both.staff("李主任"), world_on_both.staff("小周")
    [answer] = await li.commands(GATE)
    assert f"任务记下了（{FIRST}）：换3号楼门禁电池。负责人小周，12月5日（周六）前办完" in answer
    [told] = zhou.heard
    assert f"李主任给您一个任务（{FIRST}）：换3号楼门禁电池。12月5日（周六）前办完" in told


@pytest.mark.parametrize(
    ("said", "text", "officer", "day"),
    [
        ("任务 写总结 明天", "写总结", "李主任", "2026-11-26"),
        ("任务 写总结，我，3天内", "写总结", "李主任", "2026-11-28"),
        ("任务 下周五 检查消防通道 孙网格", "检查消防通道", "孙网格", "2026-12-04"),
        ("任务 检查 3号楼消防通道 12/5", "检查 3号楼消防通道", "李主任", "2026-12-05"),
        ("任务 修5号楼 水管 负责人：小周 月底前", "修5号楼 水管", "小周", "2026-11-30"),
        ("任务 清理楼道堆物 鑫达物业 12月5日前", "清理楼道堆物", "鑫达物业", "2026-12-05"),
        ("任务 做元宵 小周 元宵节前一天", "做元宵", "小周", "2027-02-19"),
        ("任务 写总结 下个月5号之前", "写总结", "李主任", "2026-12-05"),
        ("任务 把门禁修好 两周后", "把门禁修好", "李主任", "2026-12-09"),
        ("任务 下周五前把门禁修好", "把门禁修好", "李主任", "2026-12-04"),
        ("任务 买油、盐，送到5号楼，小周，12月5日", "买油、盐，送到5号楼", "小周", "2026-12-05"),
        ("任务 送米面 刘德明 12月5日", "送米面", "刘德明", "2026-12-05"),
    ],
)
async def test_what_who_and_until_when(world: World, said: str, text: str, officer: str, day: str) -> None:
    [answer, *_] = await world.staff("李主任").commands(said)
    found = await task(world)
    assert (found.text, found.officer_name, f"{found.due_on}") == (text, officer, day)
    assert found.officer is not None or "请您转告" in answer


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("任务 换门禁电池 小周", "还差哪天办完"),
        ("任务 换门禁电池 小周 11月1日", "还差哪天办完"),
        ("任务 小周 12月5日", "还差任务内容"),
        ("决议", "还差任务内容"),
        ("完成", "还差编号"),
        (f"任务 {FIRST} 改到 昨天", "没有RW261125-01"),
    ],
)
async def test_what_is_missing_is_said(world: World, said: str, missing: str) -> None:
    assert missing in (await world.staff("李主任").commands(said))[0]


async def test_open_ones_are_listed_own_first_overdue_marked(world: World) -> None:
    li, zhou, sun = (world.staff(name) for name in ("李主任", "小周", "孙网格"))
    assert "没有没办完的任务" in (await li.commands("任务"))[0]
    await li.commands(GATE)
    await li.commands("任务 写总结 12月20日")
    await li.commands("任务 巡楼 孙网格 11月27日")
    await world.passes(days=4)
    [answer] = await li.commands("任务")
    assert "没办完的任务3个，超期1个" in answer
    assert answer.index("写总结") < answer.index("别人的") < answer.index("巡楼【超期2天】") < answer.index("门禁")
    [answer] = await sun.commands("任务")
    assert "没办完的任务1个" in answer
    assert "门禁" not in answer
    assert "门禁" in (await zhou.commands("任务"))[0]


async def test_done_is_said_to_who_gave_it_and_only_once(world_on_both: World) -> None:
    li, zhou, sun = (world_on_both.staff(name) for name in ("李主任", "小周", "孙网格"))
    await li.commands(GATE)
    assert "不归您" in (await sun.commands(f"完成 {FIRST} 换好了"))[0]
    [answer] = await zhou.commands(f"完成 {FIRST} 换好了，两节")
    assert f"{FIRST}办完了：换3号楼门禁电池。结果：换好了，两节" in answer
    assert f"小周把任务{FIRST}办完了" in li.heard[-1]
    assert "办完了，不用再动" in (await zhou.commands(f"完成 {FIRST}"))[0]
    [answer] = await li.commands(f"任务 {FIRST}")
    assert "办完" in answer
    assert "11月25日（周三）小周办完：换好了，两节" in answer


async def test_reminded_the_morning_before_and_when_overdue_not_twice(world_on_both: World) -> None:
    li, zhou = world_on_both.staff("李主任"), world_on_both.staff("小周")
    await li.commands("任务 换门禁电池 小周 11月28日")
    heard = len(zhou.heard)
    await world_on_both.passes(days=1, hours=22)
    assert zhou.heard[heard:] == []
    await world_on_both.passes(hours=12)
    assert ["最后一天" in text for text in zhou.heard[heard:]] == [True]
    await world_on_both.passes(days=10)
    assert ["还没办完" in text for text in zhou.heard[heard:]] == [False, True]
    assert len(li.heard) == 1


async def test_of_tomorrow_it_is_reminded_on_the_day_itself(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("任务 写总结 明天")
    await world.passes(hours=20)
    assert len(li.heard) == 1
    await world.passes(hours=4)
    assert "11月26日（周四）是任务RW261125-01的最后一天" in li.heard[-1]


async def test_done_dropped_and_moved_change_the_reminders(world: World) -> None:
    li, zhou = world.staff("李主任"), world.staff("小周")
    for text in ("换电池", "写总结", "巡楼"):
        await li.commands(f"任务 {text} 小周 11月28日")
    await zhou.commands("完成 RW261125-01")
    assert "取消了：写总结" in (await li.commands("任务 RW261125-02 取消 不用写了"))[0]
    assert "把任务RW261125-02取消了：写总结。原因：不用写了" in zhou.heard[-1]
    assert "RW261125-03改到12月2日（周三）前" in (await li.commands("任务 RW261125-03 改到 12月2日"))[0]
    assert "把您的任务RW261125-03改到12月2日（周三）前" in zhou.heard[-1]
    heard = len(zhou.heard)
    await world.passes(days=5)
    assert zhou.heard[heard:] == []
    await world.passes(days=3)
    assert ["巡楼" in text for text in zhou.heard[heard:]] == [True, True]


async def test_moved_and_moved_back_is_not_reminded_twice(world: World) -> None:
    zhou = world.staff("小周")
    await zhou.commands("任务 写总结 11月27日")
    await world.passes(days=1)
    assert sum("最后一天" in text for text in zhou.heard) == 1
    await zhou.commands(f"任务 {FIRST} 改到 11月30日")
    await zhou.commands(f"任务 {FIRST} 改到 11月27日")
    await world.passes(hours=14)
    assert sum("最后一天" in text for text in zhou.heard) == 1


async def test_of_somebody_not_on_the_staff_who_gave_it_is_reminded(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("任务 清理楼道堆物 鑫达物业 11月28日")
    await world.passes(days=2)
    assert "负责人鑫达物业：清理楼道堆物" in li.heard[-1]


async def test_of_somebody_on_leave_who_covers_is_reminded(world: World) -> None:
    li, zhou, sun = (world.staff(name) for name in ("李主任", "小周", "孙网格"))
    await li.commands("任务 换电池 小周 11月28日")
    await li.commands("交接 小周 孙网格 12月10日")
    await li.commands("确认")
    heard = len(zhou.heard)
    await world.passes(days=2)
    assert "负责人小周：换电池" in sun.heard[-1]
    assert zhou.heard[heard:] == []


async def test_a_resolution_comes_from_the_meeting_of_the_day(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("决议 贴告示 我 12月1日")
    await li.commands("记一笔 联席会议 停车问题 6人")
    [answer] = await li.commands("决议 重画车位线 小周 12月5日")
    assert "出自今天的会（JL261125-01）" in answer
    found = [await task(world, number) for number in (FIRST, "RW261125-02")]
    assert [(one.source, one.reference) for one in found] == [("meeting", None), ("meeting", "JL261125-01")]


async def test_who_may_give_and_end_tasks(staffed: World) -> None:
    li, wu, kan = (staffed.staff(name) for name in ("李主任", "物业吴", "看看"))
    await li.commands("任务 修路灯 物业吴 12月5日")
    assert "给您一个任务" in wu.heard[-1]
    assert "修路灯" in (await wu.commands("任务"))[0]
    assert "办完了" in (await wu.commands(f"完成 {FIRST} 修好了"))[0]
    assert "您的角色还不能用“任务”" in (await kan.commands("任务"))[0]
    assert "您的角色还不能用“决议”" in (await staffed.staff("孙网格").commands("决议 修路灯 物业吴 12月5日"))[0]


async def test_residents_may_say_these_words(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("任务")
    await wang.says(f"完成 {FIRST} 好了")
    async with world.assistant.database.reading() as db:
        assert await tasks.open_ones(db, "xingfu") == []


async def test_working_days_are_those_of_the_calendar(database: Database) -> None:
    """The days off around the 1st of October count for nothing."""
    world = await open_world(database, start=datetime(2026, 9, 29, 10, tzinfo=ZONE))
    [answer] = await world.staff("李主任").commands("任务 写总结 3个工作日内")
    assert "10月9日（周五）" in answer
    await world.close()
