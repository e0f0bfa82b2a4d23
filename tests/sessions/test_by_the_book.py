"""What the work on sessions promises sentence by sentence, where no other test of this folder says it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from tests.assistants import MORNING, assembled, open_world, small_settings
from tests.resident import GROUP, World
from tests.sessions.announced import SOUTH, announced, changed

DAY_BEFORE = {
    "name": "活动前一天",
    "when": "每场活动前1天 16:00",
    "to": {"staff": ["worker"], "groups": [SOUTH]},
    "say": "{活动}是{日子}{时间}，在{地点}，{报名}。",
}
LECTURES = {**DAY_BEFORE, "name": "讲座前", "when": "每场讲座当天 07:40", "to": {"staff": ["worker"]}}


def settings(*rhythms: dict[str, Any]) -> Any:
    return small_settings(rhythms=rhythms, pacing={"gap_s": 0, "jitter_s": 0, "notice_gap_s": 0})


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = await open_world(database, settings(DAY_BEFORE, LECTURES), rhythms=True)
    world.resident("3-2-501 王阿姨")
    await world.connect(GROUP, SOUTH)
    yield world
    await world.close()


def told(world: World, words: str) -> list[tuple[str, str]]:
    """What the worker heard of a rhythm, and when."""
    zone = world.clock.zone
    return [
        (f"{sent.at.astimezone(zone):%m-%d %H:%M}", sent.outbound.text)
        for sent in world.channel.sent
        if sent.outbound.contact == "wx_zhou" and f"【日程】{words}" in sent.outbound.text
    ]


async def test_the_day_before_each_session_comes_round_of_itself(world: World) -> None:
    await announced(world, "周六上午8:30-11:30东门核酸")
    await announced(world, "周日上午9:00-11:00活动室健康讲座 名额20")
    [wang] = [one for one in world.people.values() if "王阿姨" in one.nickname]
    await wang.says("讲座报名 2人", in_group=GROUP)
    await world.passes(days=4)
    assert told(world, "活动前一天") == [
        ("11-27 16:00", "【日程】活动前一天：核酸检测是11月28日（周六）08:30，在东门，不用报名。"),
        ("11-28 16:00", "【日程】活动前一天：健康讲座是11月29日（周日）09:00，在活动室，报了2人。"),
    ]
    assert [at for at, _ in told(world, "讲座前")] == ["11-29 07:40"]
    said = [text for text in world.heard_in_group(SOUTH) if "健康讲座是" in text]
    assert said == ["健康讲座是11月29日（周日）09:00，在活动室，报了2人。"]


async def test_a_session_that_moves_is_spoken_of_before_its_new_day_and_one_called_off_not_at_all(world: World) -> None:
    number = await announced(world, "周六上午8:30-11:30东门核酸")
    await announced(world, "周日上午9:00-11:00活动室健康讲座 名额20")
    await changed(world, f"改 {number} 改到12月2日上午8:30-11:30")
    await world.passes(minutes=1)
    await changed(world, "取消活动 HD261125-02 讲师病了")
    await world.passes(days=7)
    assert [at for at, _ in told(world, "活动前一天")] == ["12-01 16:00"]


async def test_its_next_dates_are_those_of_the_sessions_there_are(world: World) -> None:
    [answer] = await world.staff("小周").commands("日程 活动前一天")
    assert "眼下没有定下来的" in answer
    await announced(world, "周六上午8:30-11:30东门核酸")
    [answer] = await world.staff("小周").commands("日程 活动前一天")
    assert "11月27日（周五）16:00 核酸检测" in answer
    assert answer.endswith("下次发的话：\n核酸检测是11月28日（周六）08:30，在东门，不用报名。")
    [answer] = await world.staff("小周").commands("日程")
    assert "政策学习页（每周一 09:00）" in answer


async def test_nothing_ran_the_day_before_so_it_is_said_as_long_as_it_is_of_use(database: Database) -> None:
    world = await open_world(database, settings(DAY_BEFORE), rhythms=True)
    await world.connect(GROUP, SOUTH)
    await announced(world, "周六上午9:00-11:00活动室健康讲座")
    await announced(world, "周日上午9:00-11:00活动室书画活动")
    await world.assistant.close()
    world.clock.move_to(MORNING + timedelta(days=3, hours=9))  # Saturday evening: the lecture is over
    world.assistant = await assembled(database, world.channel, world.clock, settings(DAY_BEFORE), rhythms=True)
    await world.connect(GROUP, SOUTH)
    await world.passes(days=3)
    assert told(world, "活动前一天") == [
        ("11-28 19:00", "【日程】活动前一天：书画活动是11月29日（周日）09:00，在活动室，报了0人。")
    ]
    await world.close()


@pytest.mark.parametrize(
    ("when", "say", "says"),
    [
        ("每场讲座后1天 09:00", "好", "活动过了就不说了"),
        ("每周一 09:00", "{活动}", "不认识“活动”"),
        ("每场茶会前1天 09:00", "好", "没看懂"),
    ],
)
def test_a_rhythm_that_never_could_be_said_is_refused(when: str, say: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        settings({"name": "甲", "when": when, "to": {"staff": ["admin"]}, "say": say})


def test_nobody_books_a_time_by_sessions() -> None:
    with pytest.raises(ValueError, match="没看懂“每场讲座前1天”"):
        small_settings(
            sessions={
                "appointments": [{"name": "接待", "words": ["接待"], "days": "每场讲座前1天", "hours": ["9:00-10:00"]}]
            }
        )


# Questions: who comes, which one, which batch, who need not


async def asks(world: World, text: str, nickname: str = "8-1-802 小陈", group: str | None = GROUP) -> str:
    person = next((one for one in world.people.values() if one.nickname == nickname), None) or world.resident(nickname)
    await world.passes(minutes=1)
    heard = await person.says(text, in_group=group)
    return heard[-1] if heard else ""


async def both(world: World) -> None:
    world.resident("5-1-302 赵姐", friend=False)
    world.resident("8-1-802 小陈")
    await world.connect(GROUP, SOUTH)
    await announced(world, "周六上午8:30-11:30东门核酸，3-7号楼9:30开始，8-11号楼8:30开始，70岁以上老人不用来")
    await announced(world, "周日上午9:00-11:00活动室健康讲座 名额2")


async def test_who_comes_is_told_by_number_and_by_name_only_where_they_said_so(world: World) -> None:
    await both(world)
    assert "还没有人报" in await asks(world, "讲座现在多少人报名了")
    await asks(world, "讲座报名", "3-2-501 王阿姨")
    await asks(world, "给我妈报讲座 13900001111", "5-1-302 赵姐")
    answer = await asks(world, "@小助手 讲座都有谁报名了")
    assert "现在报了2人，在这个群里报的有王阿姨。" in answer
    assert "赵姐" not in answer
    assert "501" not in answer
    assert "现在报了2人。" in await asks(world, "讲座有谁报名了", "3-2-501 王阿姨", group=None)


async def test_somebody_elses_place_in_line_can_be_asked_for(world: World) -> None:
    await both(world)
    await asks(world, "讲座报名 2人", "3-2-501 王阿姨")
    await asks(world, "给我妈报讲座 13900001111", "5-1-302 赵姐")
    assert "您替人报的排候补第1位，还不算报上。" in await asks(world, "@小助手 我妈讲座排第几个", "5-1-302 赵姐")


async def test_which_one_is_asked_back_and_answered_by_a_digit_a_name_or_another_question(world: World) -> None:
    await both(world)
    assert "您问的是哪一个？回数字：\n1. 核酸检测" in await asks(world, "@小助手 活动几点开始")
    assert await asks(world, "2") == "@小陈 健康讲座：11月29日（周日）09:00–11:00，活动室。"
    await asks(world, "@小助手 活动在哪儿办")
    assert "健康讲座：" in await asks(world, "讲座")
    await asks(world, "活动在哪儿", group=None)
    assert "还有2个名额" in await asks(world, "讲座还有位子吗", group=None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@小助手 我家6号楼的几点去", "6号楼09:30开始"),
        ("6号楼几点下楼", "6号楼09:30开始"),
        ("@小助手 我家12号楼的几点去", "通知里没写12号楼是哪一批"),
        ("@小助手 我们楼几点做核酸", "您那栋楼08:30开始"),
        ("核酸我妈75了要来吗", "不用来：70岁以上老人。"),
    ],
)
async def test_which_batch_and_who_need_not_come(world: World, text: str, says: str) -> None:
    await both(world)
    assert says in await asks(world, text)


async def test_a_session_without_signing_up_speaks_of_none(world: World) -> None:
    await both(world)
    li = world.staff("李主任")
    [whole] = await li.commands("活动 HD261125-01")
    assert "不用报名" in whole
    assert "0人" not in whole
    await world.passes(days=3)
    await li.commands("签到 加 张三 6-1-101 2人")
    [missing] = await li.commands("未到 HD261125-01")
    assert "不用报名，到了2人。" in missing


# Group notes


async def test_who_adds_several_lines_is_reminded_of_their_own(world: World) -> None:
    await announced(world, "周六上午9:00-11:00活动室健康讲座 名额20")
    wang = next(one for one in world.people.values() if "王阿姨" in one.nickname)
    await wang.says("#接龙\n健康讲座\n1. 3-2-501 王阿姨 2人\n2. 8-2-301 老赵 1人", in_group=GROUP)
    await world.passes(days=3)
    assert [text for text in wang.heard if "提醒您：健康讲座" in text and "您报了2人" in text]


async def test_a_line_left_out_of_a_copy_of_the_last_one_is_asked_about(world: World) -> None:
    li_shu = world.resident("5-1-101 李叔")
    await world.connect(GROUP, SOUTH)
    await announced(world, "周六上午9:00-11:00活动室健康讲座 名额20")
    wang = next(one for one in world.people.values() if "王阿姨" in one.nickname)
    await wang.says("#接龙\n健康讲座\n1. 3-2-501 王阿姨 1人", in_group=GROUP)
    await li_shu.says(
        "#接龙\n健康讲座\n1. 3-2-501 王阿姨 1人\n2. 5-1-101 李叔 2人\n3. 8-2-301 老赵 1人", in_group=GROUP
    )
    await wang.says("#接龙\n健康讲座\n1. 3-2-501 王阿姨 1人\n2. 8-2-301 老赵 1人", in_group=GROUP)
    assert "您那一行不见了" in world.heard_in_group()[-1]
    assert "@李叔" in world.heard_in_group()[-1]
    [answer] = await li_shu.says("不来", in_group=GROUP)
    assert "取消了：健康讲座" in answer


# A command on a notice that is quoted needs no number


async def test_a_quoted_notice_is_the_one_that_is_meant(world: World) -> None:
    li = world.staff("李主任")
    await li.commands("通知 所有群 【温馨提示】明天停水，请提前存水，收到请回1")
    await li.commands("确认")
    await li.says("通知 所有群 【温馨提示】周五停电")
    await li.says("不要")
    await world.passes(minutes=3)
    notice = next(sent for sent in world.sent_to_group() if "明天停水" in sent.outbound.text)
    await asks(world, "1", "3-2-501 王阿姨")
    [answer] = await li.commands("回执", quoting=notice, in_group=GROUP)
    assert "回“收到”的1人" in answer
    [answer] = await li.commands("暂停", quoting=notice, in_group=GROUP)
    assert "TZ261125-01已经发完，不能“暂停”。" in answer
    [answer] = await li.commands("补发", quoting=notice, in_group=GROUP)
    assert "TZ261125-01没有发失败的群。" in answer
    [answer] = await li.commands("暂停")
    assert "还差通知的编号" in answer


async def test_all_that_somebody_signed_up_for(world: World) -> None:
    await both(world)
    assert "没有报名的活动" in await asks(world, "我都报了啥", "3-2-501 王阿姨", group=None)
    await asks(world, "讲座报名 2人", "3-2-501 王阿姨")
    answer = await asks(world, "我报了哪些活动", "3-2-501 王阿姨", group=None)
    assert answer == "您报了：\n健康讲座，11月29日（周日）09:00，活动室，2人"
    assert "您报了：" in await asks(world, "@小助手 我都报了啥", "3-2-501 王阿姨")
