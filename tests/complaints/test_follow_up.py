"""After the result: the reporter's last word, silence, and what staff hear by telephone."""

from __future__ import annotations

from storage import complaints, follow_ups
from storage.complaints import Complaint
from tests.resident import GROUP, Resident, StaffMember, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
ONE = "SQ261125-01"


async def resolved(world: World, wang: Resident, words: str = LAMP) -> StaffMember:
    """A case that was filed, taken on and resolved; the group has heard the result and the question."""
    li = world.staff("李主任")
    await wang.says(words, in_group=GROUP)
    await world.passes(minutes=20)
    await li.commands(f"受理 {ONE}")
    await world.passes(minutes=20)
    await li.commands(f"办结 {ONE} 换了灯泡")
    await world.passes(minutes=1)
    return li


async def case(world: World, number: str = ONE) -> Complaint:
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None
        return found


async def outcomes(world: World) -> list[tuple[str, str]]:
    async with world.assistant.database.reading() as db:
        rows = await follow_ups.everything(db, world.assistant.settings.community.id, 0)
        return [(row.channel, row.outcome) for row in rows]


async def test_the_reporter_is_asked_at_once_and_a_digit_closes_the_case(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    await resolved(world, wang)
    question = world.sent_to_group()[-1].outbound
    assert question.text == f"@王阿姨 {ONE}（楼道灯）有结果了：换了灯泡。满意回1，基本满意回2，不满意回3。"
    assert (str(question.kind), question.mentions) == ("reminder", (wang.contact,))
    [thanks] = await wang.says("1", in_group=GROUP)
    assert "办结了" in thanks
    closed = await case(world)
    assert (closed.state, closed.closing) == ("closed", "rated")
    assert await outcomes(world) == [("wechat", "satisfied")]


async def test_a_digit_means_nothing_once_the_question_is_closed_or_to_somebody_else(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await resolved(world, wang)
    assert await zhao.says("3", in_group=GROUP) == []
    await wang.says("1", in_group=GROUP)
    assert await wang.says("3", in_group=GROUP) == []
    assert (await case(world)).state == "closed"


async def test_not_content_opens_it_again_and_the_handler_hears_the_words(world: World) -> None:
    wang = world.resident("王阿姨")
    li = await resolved(world, wang)
    [answer] = await wang.says("不满意，根本没修，还是黑的", in_group=GROUP)
    assert "重新办" in answer
    assert "还是黑的" in li.heard[-1]
    again = await case(world)
    assert (again.state, again.reopened, again.resolved_at) == ("working", 1, None)
    assert "等回话" in (await li.commands(f"办结 {ONE} 又换了一个"))[0]
    await world.passes(minutes=20)
    await wang.says("满意", in_group=GROUP)
    assert (await case(world)).state == "closed"
    assert await outcomes(world) == [("wechat", "dissatisfied"), ("wechat", "satisfied")]


async def test_broken_again_opens_it_again_by_itself(world: World) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    await wang.says("1", in_group=GROUP)
    await world.passes(days=2)
    [answer] = await wang.says("3号楼2单元楼道灯又坏了", in_group=GROUP)
    assert "重新办" in answer
    assert ONE in answer
    assert (await case(world)).reopened == 1


async def test_the_answer_is_taken_in_private_too(world: World) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    [thanks] = await wang.says("2")
    assert "办结了" in thanks
    assert await wang.says("1", in_group=GROUP) == []


async def test_silence_is_asked_once_more_and_then_closed_as_not_reached(world: World) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    before = len(world.heard_in_group())
    await world.passes(hours=25)
    [again] = world.heard_in_group()[before:]
    assert "办得怎么样" in again
    await world.passes(days=2)
    closed = await case(world)
    assert (closed.state, closed.closing) == ("closed", "unreached")
    assert await wang.says("1", in_group=GROUP) == []
    assert len(world.heard_in_group()) == before + 1


async def test_at_night_the_question_waits_for_the_morning(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"受理 {ONE}")
    await world.passes(hours=12, minutes=30)  # 22:30
    before = len(world.heard_in_group())
    await li.commands(f"办结 {ONE} 换了灯泡")
    await world.passes(hours=1)
    assert len(world.heard_in_group()) == before
    await world.passes(hours=9)
    assert "满意回1" in world.heard_in_group()[-1]


async def test_every_reporter_is_asked_and_the_last_word_closes(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says("12号楼暖气不热，14度", in_group=GROUP)
    await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    boss = world.staff("李主任")
    await world.passes(minutes=20)
    await boss.commands(f"受理 {ONE}")
    await boss.commands(f"办结 {ONE} 换热站修好了")
    await world.passes(minutes=20)
    assert world.heard_in_group()[-1].startswith("@王阿姨 @李叔 ")
    [thanks] = await wang.says("1", in_group=GROUP)
    assert "办结了" not in thanks
    assert (await case(world)).state == "awaiting_word"
    await li.says("满意", in_group=GROUP)
    assert (await case(world)).state == "closed"


async def test_two_open_questions_are_told_apart(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    for number in (ONE, "SQ261125-02"):
        await li.commands(f"受理 {number}")
        await li.commands(f"办结 {number} 好了")
    await world.passes(minutes=30)
    [question] = await wang.says("1", in_group=GROUP)
    assert "哪一件" in question
    await wang.says("2", in_group=GROUP)
    states = {(await case(world, number)).state for number in (ONE, "SQ261125-02")}
    assert states == {"closed", "awaiting_word"}


async def test_nobody_follows_up_on_their_own_case(world: World) -> None:
    wang, zhou = world.resident("王阿姨"), world.staff("小周")
    li = await resolved(world, wang)
    assert "另一位同事" in (await li.commands(f"回访 {ONE} 满意"))[0]
    assert "办结" in (await zhou.commands(f"回访 {ONE} 满意 换得很快"))[0]
    assert (await case(world)).state == "closed"
    assert await outcomes(world) == [("telephone", "satisfied")]


async def test_three_calls_that_nobody_takes_close_it(world: World) -> None:
    wang, zhou = world.resident("王阿姨"), world.staff("小周")
    await resolved(world, wang)
    for _ in range(3):
        await world.passes(hours=1)
        [answer] = await zhou.commands(f"回访 {ONE} 没打通")
    assert "未回访到" in answer
    closed = await case(world)
    assert (closed.state, closed.closing) == ("closed", "unreached")


async def test_by_telephone_not_content_opens_it_again(world: World) -> None:
    wang, zhou = world.resident("王阿姨"), world.staff("小周")
    await resolved(world, wang)
    assert "重新办" in (await zhou.commands(f"回访 {ONE} 不满意 灯又灭了"))[0]
    assert (await case(world)).state == "working"


async def test_the_question_survives_a_restart(world: World) -> None:
    wang = world.resident("王阿姨")
    await resolved(world, wang)
    expectations = world.assistant.services["follow_up"]._expectations
    expectations._asked.clear()
    expectations._people.clear()
    async with world.assistant.database.transaction() as db:
        await world.assistant.services["follow_up"].rebuild(db)
    [thanks] = await wang.says("1", in_group=GROUP)
    assert "办结了" in thanks


async def test_somebody_elses_case_cannot_be_rated(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await resolved(world, wang)
    await zhao.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)  # a member of the group
    [answer] = await zhao.says(f"@小助手 {ONE} 不满意，根本没解决", in_group=GROUP)
    assert "不是您报的" in answer
    assert (await case(world)).state == "awaiting_word"


async def test_an_anonymous_reporter_is_asked_in_private(world: World) -> None:
    li = world.resident("4-1-202 李叔")
    boss = world.staff("李主任")
    await li.says("楼下麻将馆半夜哗啦哗啦，吵得睡不着，4号楼，别说是我说的", in_group=GROUP)
    await world.passes(minutes=20)
    await boss.commands(f"受理 {ONE}")
    await boss.commands(f"办结 {ONE} 已劝说，答应十点后停")
    await world.passes(minutes=20)
    assert all("李叔" not in text for text in world.heard_in_group())
    assert all(sent.outbound.mentions == () for sent in world.sent_to_group())
    assert "满意回1" in li.heard[-1]
    assert "满意回1" not in world.heard_in_group()[-1]
    await li.says("1")
    assert (await case(world)).state == "closed"
