"""What the assistant can do, a person to talk to, and silence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.message import FriendRequest
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import FACTS, open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, World

OFFICE = {"place": "幸福里3号楼1层", "hours": "周一至周五8:30至17:30", "reception": "每月第一个周三下午"}
PHONE = "0531-5550100"


def community(**changes: Any) -> dict[str, Any]:
    return {**FACTS["community"], **changes}


@pytest.fixture
async def open_house(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """A community that says where its office is and when somebody is there, and has two grid members."""
    staff = [*FACTS["staff"], {"contact": "wx_qian", "name": "钱网格", "role": "grid", "buildings": ["7"]}]
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault), small_settings(community=community(office=OFFICE), staff=staff))
    yield world
    await world.close()
    shelf.clear(url)


@pytest.fixture
async def nameless(shelf: Shelf, vault: Vault) -> AsyncIterator[World]:
    """A community whose config.yaml says nothing of its office."""
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault), small_settings(community=community(phones={})))
    yield world
    await world.close()
    shelf.clear(url)


@pytest.mark.parametrize(
    "asked",
    [
        "社区几点上班",
        "社区电话多少",
        "社区在哪",
        "书记接待日是哪天",
        "社区周末有人上班吗",
        "@小助手 社区周六上班不",
        "@小助手 周六上班吗",
    ],
)
async def test_who_asks_for_the_office_gets_the_facts_and_nobody_is_called(open_house: World, asked: str) -> None:
    [answer] = await open_house.resident("王阿姨").says(asked, in_group=GROUP)
    assert PHONE in answer
    for fact in OFFICE.values():
        assert fact in answer
    assert "转告" not in answer
    await open_house.passes(minutes=1)
    assert open_house.staff("李主任").heard == open_house.staff("小周").heard == []


async def test_who_asks_for_the_grid_member_is_told_who_it_is(open_house: World) -> None:
    wang, li = open_house.resident("王阿姨"), open_house.staff("李主任")
    [answer] = await wang.says("网格员是谁", in_group=GROUP)
    assert "3、5号楼孙网格；7号楼钱网格" in answer
    assert PHONE in answer
    [answer] = await wang.says("7号楼网格员电话", in_group=GROUP)
    assert "7号楼钱网格" in answer
    assert "孙网格" not in answer
    [answer] = await wang.says("9号楼的网格员是哪位")
    assert "孙网格" in answer
    await open_house.passes(minutes=1)
    assert li.heard == []


@pytest.mark.parametrize(
    "asked",
    ["书记接待日是礼拜几 我想约一个", "社区办公室电话多少 我要当面找人说", "@小助手 我不跟机器说 给我叫个活人来"],
)
async def test_who_wants_to_speak_to_a_person_gets_the_facts_and_staff_are_told(open_house: World, asked: str) -> None:
    [answer] = await open_house.resident("王阿姨").says(asked, in_group=GROUP)
    assert PHONE in answer
    assert "转告" in answer
    await open_house.passes(minutes=1)
    assert "王阿姨" in open_house.staff("李主任").heard[-1]


async def test_where_the_office_is_not_known_staff_are_asked(nameless: World) -> None:
    [answer] = await nameless.resident("王阿姨").says("社区几点上班", in_group=GROUP)
    assert "转告" in answer
    await nameless.passes(minutes=1)
    assert "几点上班" in nameless.staff("李主任").heard[-1]


async def test_who_looks_for_work_does_not_look_for_a_person(world: World) -> None:
    wang = world.resident("王阿姨")
    assert await wang.says("我没工作 社区给找活不", in_group=GROUP) == []
    for answer in await wang.says("@小助手 我没工作 社区给找活不", in_group=GROUP):
        assert "转告" not in answer


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


async def test_staff_may_ask_for_the_commands_of_one_matter(world: World) -> None:
    li = world.staff("李主任")
    [only] = await li.commands("帮助 通知")
    assert "暂停 编号" in only
    assert "受理 编号" not in only
    assert any("受理 编号" in part for part in await li.commands("帮助 没有这一类"))
