"""After all ids have changed, nobody has a role until a one-time code says so."""

from __future__ import annotations

from datetime import timedelta

from storage import codes
from tests.resident import GROUP, World

CODE = "K7M2QX9P"
GRANTS = {"name": "李主任", "role": "admin", "buildings": []}


async def _issue(world: World, code: str = CODE) -> None:
    async with world.assistant.database.transaction() as db:
        await codes.issue(db, world.assistant.settings.community.id, code, GRANTS, world.clock.now())


async def test_an_admin_comes_back_with_a_code_after_the_ids_changed(world_on_both: World) -> None:
    world = world_on_both
    await world.connect(account="another account")
    newcomer = world.resident("李主任", contact="new_id_of_li")
    assert await newcomer.says("待办") == []  # the old authority is gone, and nobody gets a hint
    assert await world.staff("李主任").says("待办") == []  # whoever has the old id now has none either
    await _issue(world)
    assert "绑定好了，李主任" in (await newcomer.says(f"绑定 {CODE}"))[0]
    assert "没有要办的件" in (await newcomer.says("待办"))[0]


async def test_a_code_works_once(world_on_both: World) -> None:
    world = world_on_both
    await _issue(world)
    first, second = world.resident("甲"), world.resident("乙")
    assert "绑定好了" in (await first.says(f"绑定{CODE.lower()}"))[0]
    assert "不对" in (await second.says(f"绑定 {CODE}"))[0]
    assert await second.says("待办") == []


async def test_a_code_ends_after_half_an_hour(world: World) -> None:
    await _issue(world)
    world.clock.move_to(world.clock.now() + timedelta(minutes=31))
    assert "不对" in (await world.resident("甲").says(f"绑定 {CODE}"))[0]


async def test_five_wrong_tries_are_all_a_person_has(world: World) -> None:
    await _issue(world)
    guesser, owner = world.resident("生人"), world.resident("甲")
    for number in range(5):
        assert "不对" in (await guesser.says(f"绑定 AAAAAAA{number + 2}"))[0]
    assert "不对" in (await guesser.says(f"绑定 {CODE}"))[0]
    assert "绑定好了" in (await owner.says(f"绑定 {CODE}"))[0]  # and it spoils nobody else's code


async def test_a_code_lasts_over_a_reconnect(world: World) -> None:
    await _issue(world)
    mover = world.resident("甲")
    await mover.says(f"绑定 {CODE}")
    await world.connect()
    assert "没有要办的件" in (await mover.says("待办"))[0]


async def test_a_code_said_in_a_group_is_not_taken(world: World) -> None:
    await _issue(world)
    mover = world.resident("甲")
    assert await mover.says(f"绑定 {CODE}", in_group=GROUP) == []
    assert "绑定好了" in (await mover.says(f"绑定 {CODE}"))[0]
