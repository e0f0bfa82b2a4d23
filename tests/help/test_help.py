"""What the assistant can do, a person to talk to, and silence."""

from __future__ import annotations

from bot.message import FriendRequest
from tests.resident import GROUP, World


async def test_help_writes_itself_from_the_features(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("@小助手 你能干啥呀", in_group=GROUP)
    assert "报事" in answer
    assert "找人" in answer
    assert "119" in answer


async def test_whoever_asks_for_a_person_gets_a_number_and_staff_are_told(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("转人工转人工", in_group=GROUP)
    assert world.assistant.settings.community.phones.office in answer
    await world.passes(minutes=1)
    assert "王阿姨" in world.staff("李主任").heard[-1]


async def test_a_muted_person_is_heard_quietly_until_they_call(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("机器人别说话", in_group=GROUP)
    assert "不再接您的话" in answer
    assert await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP) == []
    [agenda] = await world.staff("李主任").commands("待办")
    assert "线索" in agenda  # nothing is lost
    [answer] = await wang.says("@小助手 3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    assert "SQ261125-01" in answer
    assert await wang.says("5号楼1单元电梯坏了没人管", in_group=GROUP) != []


async def test_muting_is_for_one_person_only(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says("机器人别说话", in_group=GROUP)
    assert await li.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP) != []


async def test_what_is_not_understood_gets_one_honest_line_only_when_called(world: World) -> None:
    wang = world.resident("王阿姨")
    assert await wang.says("天地玄黄宇宙洪荒", in_group=GROUP) == []
    assert "没听懂" in (await wang.says("@小助手 天地玄黄宇宙洪荒", in_group=GROUP))[0]
    assert "没听懂" in (await wang.says("天地玄黄宇宙洪荒"))[0]


async def test_a_new_friend_is_greeted_with_what_the_assistant_can_do(world: World) -> None:
    new = world.resident("新邻居")
    await world.happens(FriendRequest(new.contact, "新邻居", "你好", world.clock.now()))
    assert "帮助" in new.heard[-1]


async def test_thanks_want_no_answer_even_in_private(world: World) -> None:
    wang = world.resident("王阿姨")
    for text in ("谢谢", "好的，谢谢！", "收到👍", "辛苦了"):
        assert await wang.says(text) == []


async def test_whoever_answers_an_alarm_in_their_own_words_is_not_corrected(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says("楼道里有煤气味！七号楼三单元", in_group=GROUP)
    [answer] = await li.commands("我马上到")
    assert "不再催" in answer
