"""Where staff want a session told, in their own words."""

from __future__ import annotations

import pytest

from tests.resident import GROUP, World
from tests.sessions.announced import SOUTH

LECTURE = "周六上午9:00-11:00社区大厅健康讲座，20人，要报名，发到"


@pytest.mark.parametrize("said", [f"{GROUP}、{SOUTH}", f"{GROUP}和{SOUTH}", f"{GROUP}以及{SOUTH}"])
async def test_groups_may_be_joined_by_a_word_or_a_sign(world: World, said: str) -> None:
    await world.connect(GROUP, SOUTH)
    [shown] = await world.staff("李主任").commands(f"活动 {LECTURE}{said}")
    assert f"通知发到2个群：{GROUP}、{SOUTH}" in shown


@pytest.mark.parametrize(
    ("where", "answer"),
    [("火星群", "没有叫“火星群”的群"), ("88号楼群", "88号楼没有登记的群"), ("业主群", "“业主群”对得上2个群")],
)
async def test_a_group_that_is_not_there_is_said(world: World, where: str, answer: str) -> None:
    await world.connect(GROUP, SOUTH)
    [said] = await world.staff("李主任").commands(f"活动 {LECTURE}{where}")
    assert answer in said
