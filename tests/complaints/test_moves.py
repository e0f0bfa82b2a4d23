"""Every move that staff make: what the reporters hear, what the ledger holds, what is refused, and what can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import audit, case_lists, complaints
from storage.complaints import Complaint
from tests.resident import GROUP, StaffMember, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
ONE, TWO = "SQ261125-01", "SQ261125-02"


@pytest.fixture
async def li(world: World) -> StaffMember:
    """A worker's chief, with one case in the ledger whose first line the group has had time to forget."""
    wang = world.resident("3-2-501 王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    await world.passes(minutes=15)
    return world.staff("李主任")


async def case(world: World, number: str = ONE) -> Complaint:
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None
        return found


async def story(world: World, number: str = ONE) -> list[str]:
    found = await case(world, number)
    async with world.assistant.database.reading() as db:
        return [step.verb for step in await audit.story(db, found.community, f"complaint:{found.id}")]


async def last_in_group(world: World) -> str:
    await world.passes(minutes=15)
    return world.heard_in_group()[-1]


async def test_progress_by_the_handler_means_that_it_was_received(world: World, li: StaffMember) -> None:
    await li.commands(f"派 {ONE} 小周")
    zhou = world.staff("小周")
    assert "原处说一声" in (await zhou.commands(f"进展 {ONE} 已经买了灯泡，明天装"))[0]
    assert "进展：已经买了灯泡，明天装" in await last_in_group(world)
    moved = await case(world)
    assert (moved.state, moved.received_at is not None) == ("working", True)


async def test_a_pause_stops_the_clock(world: World, li: StaffMember) -> None:
    await li.commands(f"派 {ONE} 小周")
    before = (await case(world)).due_by
    assert before is not None
    assert "停表" in (await li.commands(f"挂起 {ONE} 等配件"))[0]
    assert "原因：等配件" in await last_in_group(world)
    await world.passes(days=7)
    assert not any("超期" in text or "提醒" in text for text in world.staff("小周").heard + li.heard)
    await li.commands(f"进展 {ONE} 配件到了")
    resumed = await case(world)
    assert resumed.due_by is not None
    assert resumed.due_by - before >= timedelta(days=7, minutes=15)
    assert resumed.due_by - before < timedelta(days=7, minutes=16)
    assert resumed.state == "working"


async def test_reminders_at_half_and_four_fifths_then_overdue(world: World, li: StaffMember) -> None:
    await li.commands(f"派 {ONE} 小周")
    zhou = world.staff("小周")
    await world.passes(days=8)
    said = [text for text in zhou.heard if "【" in text]
    assert ["一半" in said[0], "八成" in said[1], "超期" in said[2]] == [True] * 3
    assert len(said) == 3
    assert "书记接待日" in li.heard[-1]


async def test_an_extension_needs_a_day_and_a_reason(world: World, li: StaffMember) -> None:
    assert "还差到哪天" in (await li.commands(f"延期 {ONE} 等配件"))[0]
    assert "还差原因" in (await li.commands(f"延期 {ONE} 12月10日"))[0]
    assert "12月10日（周四）" in (await li.commands(f"延期 {ONE} 12月10日 等配件"))[0]
    assert "12月10日（周四）前给您答复。原因：等配件" in await last_in_group(world)


async def test_an_urgent_case_that_nobody_takes_on_is_put_before_staff_before_two_hours(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says("3号楼停水了，全楼一滴水都没有，没人管", in_group=GROUP)
    await world.passes(minutes=100)
    assert "要联系上人" in li.heard[-1]


async def test_passing_on_and_the_result_from_elsewhere(world: World, li: StaffMember) -> None:
    await li.commands(f"转办 {ONE} 12345")
    assert "已转给12345" in await last_in_group(world)
    assert (await case(world)).state == "transferred"
    await li.commands(f"办结 {ONE} 路灯所来换了")
    assert "有结果了：路灯所来换了" in await last_in_group(world)


async def test_what_cannot_be_met_is_explained_and_kept(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await li.commands(f"解释 {ONE} 产权归开发商，社区无权改")
    assert "办不到，原因：产权归开发商" in await last_in_group(world)
    assert (await case(world)).state == "explained"


async def test_given_back_it_is_to_be_given_again(world: World, li: StaffMember) -> None:
    await li.commands(f"派 {ONE} 小周")
    zhou = world.staff("小周")
    assert "签收了" in (await zhou.commands(f"签收 {ONE}"))[0]
    assert "退回" in (await zhou.commands(f"退单 {ONE} 不归我这片"))[0]
    assert "不归我这片" in li.heard[-1]
    moved = await case(world)
    assert (moved.state, moved.handler, moved.handler_id) == ("accepted", None, None)


async def test_two_cases_are_made_one_and_parted_again(world: World, li: StaffMember) -> None:
    zhao = world.resident("赵姐")
    await zhao.says("3号楼1单元楼道灯也坏了，黑咕隆咚的", in_group=GROUP)
    await li.commands(f"受理 {TWO}")
    [merged] = await li.commands(f"并案 {ONE} {TWO}")
    assert f"{TWO}并到{ONE}" in merged
    assert "一起办" in await last_in_group(world)
    async with world.assistant.database.reading() as db:
        assert await case_lists.totals(db, (await case(world)).community) == (1, 2)
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 都换了")
    await world.passes(minutes=15)
    text = await last_in_group(world)
    assert text.startswith("@王阿姨 @赵姐 ")
    await li.commands(f"重办 {ONE} 又灭了一盏")
    assert "单独办了" in (await li.commands(f"拆案 {TWO}"))[0]
    assert (await case(world, TWO)).state == "accepted"


async def test_the_last_move_is_taken_back_before_anybody_heard_of_it(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await li.commands(f"进展 {ONE} 去看过了")
    before = await case(world)
    await li.commands(f"派 {ONE} 小周")  # the third line, which waits
    [answer] = await li.commands("撤销")
    assert "收回了“派单”" in answer
    after = await case(world)
    assert (after.state, after.handler, after.assigned_at) == (before.state, before.handler, None)
    await world.passes(minutes=20)
    assert not any("已经派单" in text for text in world.heard_in_group())
    assert (await story(world))[-1] == "complaints.undo"
    await world.passes(minutes=1)
    assert "没有能收回的" in (await li.commands("撤销"))[0]


async def test_what_the_group_has_heard_is_corrected(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 换了灯泡")
    await world.passes(minutes=15)
    await li.commands("撤销")
    assert "更正" in await last_in_group(world)
    assert (await case(world)).state == "accepted"
    wang = next(one for one in world.people.values() if "王阿姨" in one.nickname)
    assert await wang.says("1", in_group=GROUP) == []
    assert (await case(world)).state == "accepted"


async def test_what_somebody_else_has_moved_since_is_not_taken_back(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await world.staff("小周").commands(f"派 {ONE} 小周")
    assert "没有能收回的" in (await li.commands("撤销"))[0]
    assert (await case(world)).state == "assigned"


async def test_an_hour_later_nothing_is_taken_back(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await world.passes(hours=2)
    assert "没有能收回的" in (await li.commands("撤销"))[0]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"签收 {ONE}", "不能这样办"),
        (f"进展 {ONE} 在修", "不能这样办"),
        (f"挂起 {ONE} 等配件", "不能这样办"),
        (f"解释 {ONE} 办不到", "不能这样办"),
        (f"重办 {ONE} 没好", "不能这样办"),
        (f"办结 {ONE} 好了", "不能这样办"),
        (f"拆案 {ONE}", "不能这样办"),
        (f"回访 {ONE} 满意", "不能这样办"),
        (f"并案 {ONE}", "另一件的编号"),
        (f"并案 {ONE} {ONE}", "不能这样办"),
        (f"并案 {ONE} SQ261125-77", "没查到"),
        (f"转办 {ONE}", "转给哪个单位"),
        (f"转办 {ONE} {'长' * 40}", "转给哪个单位"),
        (f"进展 {ONE}", "要说的话"),
        (f"进展 {ONE} {'长' * 600}", "要说的话"),
        (f"回访 {ONE} 哈哈", "回访结果"),
        ("撤销", "没有能收回的"),
    ],
)
async def test_what_is_wrong_gets_one_line_and_changes_nothing(
    world: World, li: StaffMember, command: str, said: str
) -> None:
    before, steps = await case(world), await story(world)
    [answer] = await li.commands(command)
    assert said in answer
    after = await case(world)
    assert (after.state, after.handler, after.due_by) == (before.state, before.handler, before.due_by)
    assert await story(world) == steps


async def test_what_staff_dropped_is_not_brought_back_by_a_late_answer(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    await li.commands("线索")
    await li.commands("2")
    assert await zhao.says("5号楼1单元", in_group=GROUP) == []
    async with world.assistant.database.reading() as db:
        assert await case_lists.totals(db, world.assistant.settings.community.id) == (0, 0)


async def test_what_went_along_comes_back_along(world: World, li: StaffMember) -> None:
    zhao = world.resident("赵姐")
    await zhao.says("3号楼1单元楼道灯也坏了，黑咕隆咚的", in_group=GROUP)
    await zhao.says("3号楼3单元楼道灯坏了没人修", in_group=GROUP)
    await li.commands("并案 SQ261125-03 SQ261125-02")
    await li.commands("并案 SQ261125-02 SQ261125-01")
    assert (await case(world, "SQ261125-03")).merged_into == (await case(world)).id
    await li.commands("撤销")
    assert (await case(world, "SQ261125-03")).merged_into == (await case(world, TWO)).id


async def test_a_case_that_is_done_again_tells_no_old_result(world: World, li: StaffMember) -> None:
    await li.commands(f"受理 {ONE}")
    await li.commands(f"解释 {ONE} 产权归开发商")
    await li.commands(f"重办 {ONE} 开发商同意了")
    assert (await case(world)).result is None
