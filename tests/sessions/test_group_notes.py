"""Group notes 接龙 under a session: every post is a full copy of the list, and two who copy at once keep each other."""

from __future__ import annotations

from storage import sign_ups
from tests.resident import GROUP, World
from tests.sessions.announced import announced
from tests.sessions.neighbours import DUMPLINGS, LECTURE, street

IN, WAITS, OFFERED = "confirmed", "waiting", "offered"
WANG, ZHAO, CHEN = "王阿姨 3-2-501 2人", "赵姐 5-1-302 1人", "小陈 8-1-802 1人"


def note(*lines: str, title: str = "周日包粽子") -> str:
    return "\n".join(["#接龙", title, *(f"{number}. {line}" for number, line in enumerate(lines, start=1))])


async def test_each_copy_adds_what_is_new(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(6))
    assert await here.hears(here.wang, note(WANG)) == "接龙收到，包粽子现在1户2人。"
    assert await here.hears(here.zhao, note(WANG, ZHAO)) == "接龙收到，包粽子现在2户3人。"
    assert await here.hears(here.zhao, note(WANG, ZHAO)) == "", "nothing new"
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("赵姐", 1, IN)]


async def test_two_copies_at_once(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(6))
    await here.hears(here.wang, note(WANG))
    await here.at_once((here.zhao, note(WANG, ZHAO)), (here.chen, note(WANG, CHEN)))
    await here.hears(here.ma, note(WANG, CHEN, "老马 6-1-101 1人"))
    assert [one[0] for one in await here.list_of(number)] == ["王阿姨", "赵姐", "小陈", "老马"]
    assert not any("不见了" in text for text in world.heard_in_group())


async def test_a_line_and_a_few_words_of_one_person_are_one(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(6))
    await here.hears(here.chen, "报名包粽子")
    await here.hears(here.wang, note(WANG, CHEN))
    assert "已经报上了" in await here.hears(here.wang, "我报名")
    assert await here.list_of(number) == [("小陈", 1, IN), ("王阿姨", 2, IN)]


async def test_whom_somebody_else_puts_on_the_list_and_who_said_so_already_is_one(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(6))
    await here.hears(here.wang, "报名包粽子 两个人")
    await here.hears(here.chen, note("王阿姨 2人", CHEN))
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("小陈", 1, IN)]


async def test_changed_and_cancelled_in_the_list(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(3))
    await here.hears(here.wang, note(WANG))
    await here.hears(here.chen, note(WANG, CHEN))
    await here.hears(here.zhao, note(WANG, CHEN, ZHAO))
    assert await here.list_of(number) == [("王阿姨", 2, IN), ("小陈", 1, IN), ("赵姐", 1, WAITS)]
    await here.hears(here.wang, note("王阿姨 3-2-501 1人", "小陈 8-1-802 退出", ZHAO))
    assert ("王阿姨", 1, IN) in await here.list_of(number)
    assert ("赵姐", 1, OFFERED) in await here.list_of(number)
    assert all(one[0] != "小陈" for one in await here.list_of(number))


async def test_who_vanished_is_asked_and_answers(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(9))
    await here.hears(here.wang, note(WANG))
    await here.hears(here.zhao, note(WANG, ZHAO))
    await here.hears(here.chen, note(WANG, ZHAO, CHEN))
    said = await here.hears(here.ma, note(ZHAO, CHEN, "老马 6-1-101 1人"))
    assert "@王阿姨 接龙里您那一行不见了（包粽子）" in said
    assert len(await here.list_of(number)) == 4, "a question, never a cancellation"
    assert "还给您留着，2人" in await here.hears(here.wang, "来")
    assert "不见了" not in await here.hears(here.ma, note(ZHAO, CHEN, "老马 6-1-101 2人")), "asked once"
    assert "@赵姐" in await here.hears(here.ma, note(CHEN, "老马 6-1-101 2人"))
    assert "取消了：包粽子" in await here.hears(here.zhao, "不来了")
    assert [one[0] for one in await here.list_of(number)] == ["王阿姨", "小陈", "老马"]


async def test_who_vanished_and_says_nothing_stays(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(9))
    await here.hears(here.wang, note(WANG))
    await here.hears(here.zhao, note(WANG, ZHAO))
    await here.hears(here.chen, note(ZHAO, CHEN))
    await world.passes(hours=13)
    assert ("王阿姨", 2, IN) in await here.list_of(number)


async def test_what_is_none_of_ours(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(9))
    for text in (
        note("小陈 1盒", "赵姐 2盒", title="团购草莓 25元/盒"),
        note("小陈 1人", "赵姐 2人", title="插花班报名"),
        note("一心一意", "意气风发", "发扬光大", title="成语"),
    ):
        assert await here.hears(here.chen, text) == ""
    assert await here.list_of(number) == []


async def test_two_sessions_open(world: World) -> None:
    here = await street(world)
    dumplings, lecture = await announced(world, DUMPLINGS.format(9)), await announced(world, LECTURE.format(9))
    assert await here.hears(here.chen, note(CHEN, title="")) == "", "of which one, nobody knows"
    await here.hears(here.wang, note(WANG, title="周六讲座"))
    await here.hears(here.chen, note(WANG, CHEN, title=""))
    assert [one[0] for one in await here.list_of(lecture)] == ["王阿姨", "小陈"], "a copy of that one's list"
    await world.passes(minutes=20)
    notice = next(sent for sent in world.sent_to_group() if "包粽子" in sent.outbound.text)
    await here.zhao.says(note(ZHAO, title=""), in_group=GROUP, quoting=notice)
    assert [one[0] for one in await here.list_of(dumplings)] == ["赵姐"]


async def test_staff_begin_the_list_and_the_example_is_nobody(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(9))
    await here.li.says("#接龙\n周日包粽子\n例 张三 8-2-301 2人\n1. 李主任 1人", in_group=GROUP)
    await here.hears(here.wang, note("李主任 1人", WANG))
    assert await here.list_of(number) == [("李主任", 1, IN), ("王阿姨", 2, IN)]


async def test_no_door_is_said_in_the_group(world: World) -> None:
    here = await street(world)
    await announced(world, DUMPLINGS.format(2))
    await here.hears(here.wang, note("王阿姨 3-2-501 13800001111 2人", "9-2-707 30人"))
    await here.hears(here.zhao, note(ZHAO))
    heard = "\n".join(world.heard_in_group())
    assert "接龙收到" in heard
    assert not any(private in heard for private in ("3-2-501", "501室", "13800001111", "707"))


async def test_five_hundred_lines_and_a_line_of_three_thousand_letters(world: World) -> None:
    here = await street(world)
    number = await announced(world, DUMPLINGS.format(300))
    lines = [
        f"张{chr(0x4E00 + n)} {n % 20 + 1}-{n % 3 + 1}-{n // 20 + 1}0{n % 4 + 1} {n % 2 + 1}人" for n in range(500)
    ]
    lines[7] += "很" * 3000
    assert "满了，" in await here.hears(here.wang, note(*lines))
    states = [one[2] for one in await here.list_of(number)]
    assert states.count(IN) + states.count(WAITS) == 500
    async with world.assistant.database.reading() as db:
        for row in await sign_ups.of_session(db, 1):
            assert len(row.name) <= 100
            assert row.note is None or len(row.note) <= sign_ups.LONGEST_NOTE
