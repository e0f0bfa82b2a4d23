"""Roles, and what each may see: lists and moves alike. A number out of sight is an unknown number."""

from __future__ import annotations

import pytest

from storage.complaints import by_id
from tests.complaints.staffed import case, staffed
from tests.resident import GROUP, World

__all__ = ["staffed"]

LAMP = "3号楼2单元楼道灯坏了三天没人管，打我13812345678"
DOOR = "7号楼1单元单元门坏了没人管"
GATE = "东门口车乱停，堵着进不来"
LAMP_NUMBER, DOOR_NUMBER, GATE_NUMBER = "SQ261125-01", "SQ261125-02", "SQ261125-03"
ALL = {LAMP_NUMBER, DOOR_NUMBER, GATE_NUMBER}


async def three(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    for said in (LAMP, DOOR, GATE):
        await wang.says(said, in_group=GROUP)


def numbers(said: str) -> set[str]:
    return {number for number in ALL if number in said}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("李主任", ALL),
        ("小周", ALL),
        ("看看", ALL),
        ("孙网格", {LAMP_NUMBER, GATE_NUMBER}),
        ("马调解", set()),
        ("物业吴", set()),
    ],
)
async def test_each_role_sees_its_own_in_every_list(staffed: World, name: str, seen: set[str]) -> None:
    await three(staffed)
    one = staffed.staff(name)
    assert numbers((await one.commands("待办"))[0]) == seen
    assert numbers((await one.commands("诉求"))[0]) == seen
    assert numbers((await one.commands("诉求 楼 门 口"))[0]) <= seen
    for number in sorted(ALL):
        [whole] = await one.commands(f"诉求 {number}")
        assert ("没查到" in whole) == (number not in seen), number
    await staffed.passes(days=20)
    assert numbers((await one.commands("超期"))[0]) == seen


async def test_what_is_given_to_somebody_they_see(staffed: World) -> None:
    await three(staffed)
    li, wu, sun = staffed.staff("李主任"), staffed.staff("物业吴"), staffed.staff("孙网格")
    assert "没查到" in (await wu.commands(f"签收 {DOOR_NUMBER}"))[0]
    await li.commands(f"派 {DOOR_NUMBER} 物业吴")
    assert "签收了" in (await wu.commands(f"签收 {DOOR_NUMBER}"))[0]
    assert numbers((await wu.commands("诉求"))[0]) == {DOOR_NUMBER}
    await li.commands(f"派 {DOOR_NUMBER} 孙网格")
    assert "没查到" in (await wu.commands(f"进展 {DOOR_NUMBER} 去看了"))[0]
    assert DOOR_NUMBER in (await sun.commands("我的"))[0]


@pytest.mark.parametrize("command", ["受理 {}", "进展 {} 看过了", "挂起 {} 等人", "办结 {} 好了", "回访 {} 满意"])
async def test_no_move_of_a_case_out_of_sight(staffed: World, command: str) -> None:
    await three(staffed)
    before = await case(staffed, DOOR_NUMBER)
    [answer] = await staffed.staff("孙网格").commands(command.format(DOOR_NUMBER))
    assert f"没查到{DOOR_NUMBER}" in answer
    assert (await case(staffed, DOOR_NUMBER)).state == before.state


async def test_quoting_shows_nothing_out_of_sight(staffed: World) -> None:
    await three(staffed)
    sun, wang = staffed.staff("孙网格"), staffed.resident("钱")
    await wang.says("7号楼2单元电梯老是卡住没人管", in_group=GROUP)
    for command in ("受理", "诉求"):
        [answer] = await sun.commands(command, in_group=GROUP, quoting=wang.last)
        assert "没看出是哪一件" in answer
        assert "SQ261125-04" not in answer


async def test_a_case_of_another_community_is_unknown(staffed: World) -> None:
    await three(staffed)
    async with staffed.assistant.database.transaction() as db:
        theirs = await by_id(db, (await case(staffed, DOOR_NUMBER)).id)
        assert theirs is not None
        theirs.community = "elsewhere"
    li = staffed.staff("李主任")
    assert "没查到" in (await li.commands(f"诉求 {DOOR_NUMBER}"))[0]
    assert "没查到" in (await li.commands(f"受理 {DOOR_NUMBER}"))[0]
    assert numbers((await li.commands("待办"))[0]) == {LAMP_NUMBER, GATE_NUMBER}


async def test_quarrels_are_the_mediators(staffed: World) -> None:
    wang = staffed.resident("王阿姨")
    await wang.says("请和事佬出面说说，7号楼2单元楼上嫌我家孩子练琴")
    ma, wu = staffed.staff("马调解"), staffed.staff("物业吴")
    assert "SQ261125-01" in (await ma.commands("待办"))[0]
    assert "原话" in (await ma.commands("诉求 SQ261125-01"))[0]
    assert "没查到" in (await wu.commands("诉求 SQ261125-01"))[0]


async def test_a_viewer_sees_all_and_nobody_in_it(staffed: World) -> None:
    wang, li, viewer = staffed.resident("3-2-501 王阿姨"), staffed.staff("李主任"), staffed.staff("看看")
    await wang.says("3号楼2单元501厕所漏水三天没人管，我叫王秀兰，打我13812345678", in_group=GROUP)
    await li.commands("派 SQ261125-01 张师傅")
    [whole] = await viewer.commands("诉求 SQ261125-01")
    for hidden in ("13812345678", "501", "王阿姨", "王秀兰", "李主任", "提出"):
        assert hidden not in whole, hidden
    assert "138****5678" in whole
    assert "3号楼2单元" in whole
    for command in ("受理", "派", "办结", "进展", "线索", "代报", "重办"):
        assert "角色" in (await viewer.commands(f"{command} SQ261125-01 甲"))[0]


async def test_who_wants_no_name_is_named_to_the_handler_alone(staffed: World) -> None:
    qian = staffed.resident("5-1-302 钱叔", name="钱大海")
    li, zhou = staffed.staff("李主任"), staffed.staff("小周")
    await qian.says("别说是我说的，我是钱叔，7号楼电梯老是卡，打我13812345678", in_group=GROUP)
    [whole] = await li.commands("诉求 SQ261125-01")
    for hidden in ("钱叔", "钱大海", "13812345678"):
        assert hidden not in whole, hidden
    assert "1位要求不透露" in whole
    await li.commands("派 SQ261125-01 小周")
    [whole] = await zhou.commands("诉求 SQ261125-01")
    assert "钱叔" in whole
    assert "电话：13812345678" in whole
    assert "钱叔" not in (await li.commands("诉求 SQ261125-01"))[0]


async def test_a_grid_member_sees_and_decides_leads_of_their_own_buildings_only(staffed: World) -> None:
    ma, sun = staffed.resident("老马"), staffed.staff("孙网格")
    await ma.says("机器人别说话", in_group=GROUP)
    await ma.says("7号楼2单元单元门坏了三天没人管", in_group=GROUP)
    await ma.says("5号楼1单元楼道灯坏了三天没人管", in_group=GROUP)
    [lead] = await sun.commands("线索")
    assert "5号楼1单元" in lead
    assert "后面还有" not in lead
    assert "后面没有了" in (await sun.commands("2"))[0]
    assert await sun.commands("线索") == ["没有要看的线索。"]
    assert "7号楼2单元" in (await staffed.staff("小周").commands("线索"))[0]
