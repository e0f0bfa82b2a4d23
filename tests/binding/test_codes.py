"""`绑定码`: an admin makes a one-time code for a colleague."""

from __future__ import annotations

import re

import pytest

from intents.binding.granting import buildings
from tests.resident import GROUP, World


def code_in(said: str) -> str:
    found = re.search(r"绑定 ([2-9A-HJKMNP-Z]{8})$", said)
    assert found is not None, said
    return found[1]


async def test_a_colleague_comes_in_with_a_code(world_on_both: World) -> None:
    world = world_on_both
    li, zhao = world.staff("李主任"), world.resident("赵新来", contact="wx_zhao")
    [answer] = await li.commands("绑定码 赵新 社工")
    code = code_in(answer)
    assert answer == f"赵新（社工）的绑定码：{code}\n30分钟内有效，只能用一次。请赵新私聊我发：绑定 {code}"
    assert await zhao.says("待办") == []
    assert "绑定好了，赵新" in (await zhao.says(f"绑定 {code}"))[0]
    assert "没有要办的件" in (await zhao.says("待办"))[0]
    assert "不对" in (await world.resident("别人").says(f"绑定 {code}"))[0]


@pytest.mark.parametrize(
    ("typed", "role", "looked_after"),
    [
        ("孙二 grid 3、5号楼", "grid", ("3", "5")),
        ("孙二 网格员 3-7、12栋，除5栋", "grid", ("3", "4", "6", "7", "12")),
        ("孙二 GRID A座、B座", "grid", ("A", "B")),
        ("孙二 网格员", "grid", ()),
        ("孙二 管理员", "admin", ()),
        ("孙二 工作人员", "worker", ()),
        ("孙二 调解员", "mediator", ()),
        ("孙二 物业", "property", ()),
        ("孙二 查看", "viewer", ()),
    ],
)
async def test_roles_and_buildings(world: World, typed: str, role: str, looked_after: tuple[str, ...]) -> None:
    [answer] = await world.staff("李主任").commands(f"绑定码 {typed}")
    colleague = world.resident("新人", contact="wx_new")
    await colleague.says(f"绑定{code_in(answer)}")
    contact = world.assistant.directory.contact("wx_new")
    officer = world.assistant.directory.officers[contact or 0]
    assert (officer.name, officer.role, officer.buildings) == ("孙二", role, looked_after)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("绑定码", "还差姓名（20字以内）"),
        ("绑定码 孙二", "还差角色"),
        ("绑定码 " + "长" * 21 + " 社工", "还差姓名（20字以内）"),
        ("绑定码 孙二 班长", "没有“班长”这个角色。可以写：管理员（admin）"),
        ("绑定码 孙二 网格员 北边那几栋", "还差管哪几栋楼"),
        ("绑定码 孙二 网格员 9-3号楼", "还差管哪几栋楼"),
        ("绑定码 孙二 网格员 1-999号楼", "还差管哪几栋楼"),
        ("绑定码 孙二 物业 3号楼", "只有网格员要写"),
    ],
)
async def test_a_wrong_command_gets_one_clear_line(world: World, typed: str, said: str) -> None:
    [answer] = await world.staff("李主任").commands(typed)
    assert answer.startswith(said)
    assert "绑定码：" not in answer


async def test_only_admins_and_nobody_else_learns_of_it(world: World) -> None:
    wang = world.resident("王阿姨")
    for name in ("小周", "孙网格"):
        assert "角色" in (await world.staff(name).commands("绑定码 孙二 社工"))[0]
        assert "绑定码" not in (await world.staff(name).commands("帮助"))[0]
    assert not any("的绑定码" in said for said in await wang.says("绑定码 孙二 社工"))
    assert await wang.says("绑定码") == []


async def test_a_code_is_never_said_in_a_group(world: World) -> None:
    li = world.staff("李主任")
    li.friend = False
    await li.commands("@小助手 绑定码 孙二 社工", in_group=GROUP)
    assert world.heard_in_group() == []
    assert "的绑定码" in li.heard[-1]


async def test_the_word_of_the_command_before_the_code_does_no_harm(world: World) -> None:
    [answer] = await world.staff("李主任").commands("绑定码 孙二 社工")
    assert "绑定好了" in (await world.resident("新人").says(f"绑定码 {code_in(answer)}"))[0]


def test_buildings_as_they_are_typed() -> None:
    assert buildings("3,5") == ("3", "5")
    assert buildings("3号楼到") is None
    assert buildings("，。") is None
    assert buildings("5号楼，除5号楼") is None
    assert buildings("03、3") == ("3",)
