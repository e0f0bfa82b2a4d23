"""Yes or no to what the assistant last showed a staff member: nothing happens before the yes, and it happens once."""

from __future__ import annotations

import pytest

from storage import complaints
from tests.resident import GROUP, StaffMember, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
NOTHING = "现在没有等您确认的事。给您看过的，30分钟内回话才算数，要办请再发一遍。"
STILL = "刚才那件还等您回话，还没办。在这儿回“确认”就办，回“不要”就算了。"


async def shown(world: World) -> StaffMember:
    """小周 has one case, and 李主任 has been shown what handing it over would do."""
    li = world.staff("李主任")
    await world.resident("3-2-501 王阿姨").says(LAMP, in_group=GROUP)
    await li.commands("派 SQ261125-01 小周")
    await world.passes(minutes=15)
    [said] = await li.commands("交接 小周 李主任")
    assert said.endswith("回“确认”就办，回“不要”就算了。")
    return li


async def handler(world: World) -> str | None:
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, "SQ261125-01")
        assert found is not None
        return found.handler


async def test_yes_does_it_once(world: World) -> None:
    li = await shown(world)
    assert await handler(world) == "小周"
    [done] = await li.commands("确认")
    assert "小周的1件交给李主任了" in done
    assert await handler(world) == "李主任"
    assert await li.commands("确认") == [NOTHING]
    assert len([text for text in world.staff("小周").heard if "交给李主任了" in text]) == 1


async def test_no_changes_nothing(world: World) -> None:
    li = await shown(world)
    said = len(world.channel.sent)
    assert await li.commands("不要") == ["好，算了，什么都没动。"]
    assert await li.commands("确认") == [NOTHING]
    assert await li.commands("不要") == [NOTHING]
    assert len(world.channel.sent) == said + 3
    assert await handler(world) == "小周"


async def test_after_30_minutes_there_is_nothing_to_confirm(world: World) -> None:
    li = await shown(world)
    await world.passes(minutes=31)
    assert await li.commands("确认") == [NOTHING]
    assert await handler(world) == "小周"


async def test_a_yes_that_comes_too_late_counts_for_nothing_even_where_the_clock_was_not_looked_at(
    world: World,
) -> None:
    li = await shown(world)
    world.clock.move_to(world.clock.now().replace(hour=12))  # as after a start: what fell due is not done yet
    assert await li.commands("确认") == [NOTHING]
    assert await handler(world) == "小周"


async def test_it_waits_over_a_restart_of_the_index(world: World) -> None:
    li = await shown(world)
    await world.connect(GROUP)
    assert "交给李主任了" in (await li.commands("确认"))[0]


async def test_a_second_deed_takes_the_place_of_the_first_and_says_so(world: World) -> None:
    li = await shown(world)
    [second] = await li.commands("交接 小周 孙网格")
    assert second.startswith("前面那件没办，先算了。\n小周手上1件交给孙网格：")
    await li.commands("确认")
    assert await handler(world) == "孙网格"
    assert await li.commands("确认") == [NOTHING]


async def test_a_yes_of_somebody_else_is_none(world: World) -> None:
    li = await shown(world)
    assert await world.staff("小周").commands("确认") == [NOTHING]
    assert await handler(world) == "小周"
    assert "交给李主任了" in (await li.commands("确认"))[0]


async def test_other_words_change_nothing_and_it_still_waits(world: World) -> None:
    li = await shown(world)
    assert await li.commands("好的吧应该可以") == [STILL]
    assert await li.commands("好") == [STILL]
    assert await li.commands("确认 SQ261125-02") == [STILL]
    assert "SQ261125-01" in (await li.commands("诉求"))[0]
    assert await handler(world) == "小周"
    assert "交给李主任了" in (await li.commands("确认，就这样"))[0]


async def test_what_is_commanded_in_a_group_is_shown_and_waits_in_private(world: World) -> None:
    li = await shown(world)
    await li.commands("不要")
    heard = len(world.heard_in_group())
    [said] = await li.commands("@小助手 交接 小周 李主任", in_group=GROUP)
    assert "小周手上1件交给李主任" in said
    assert await li.commands("@小助手 确认", in_group=GROUP) == [STILL]
    assert await handler(world) == "小周"
    assert "交给李主任了" in (await li.commands("确认"))[0]
    assert len(world.heard_in_group()) == heard


async def test_no_may_be_said_in_the_group_too(world: World) -> None:
    li = await shown(world)
    assert await li.commands("@小助手 不要", in_group=GROUP) == ["好，算了，什么都没动。"]
    assert await li.commands("确认") == [NOTHING]


@pytest.mark.parametrize("text", ["确认", "不要", "确认 SQ261125-01", "不要了"])
async def test_without_anything_shown(world: World, text: str) -> None:
    [answer] = await world.staff("李主任").commands(text)
    assert answer == NOTHING or "没认出这个命令" in answer


async def test_help_names_both(world: World) -> None:
    help_ = "\n".join(await world.staff("李主任").commands("帮助"))
    assert "\n确认　" in help_
    assert "\n不要　" in help_


async def test_a_residents_yes_still_answers_what_the_resident_was_asked(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    await wang.says("楼道灯坏了三天没人管", in_group=GROUP)
    await wang.says("确认", in_group=GROUP)
    assert await wang.says("确认") == []
