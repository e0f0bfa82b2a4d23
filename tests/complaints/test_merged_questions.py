"""Questions and pauses of cases that were made one, and of people who leave: each was found by the machine beside this file."""

from __future__ import annotations

from datetime import timedelta

from storage import reporters
from tests.complaints.staffed import case
from tests.resident import GROUP, Resident, StaffMember, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
OTHER = "3号楼1单元楼道灯也坏了，黑咕隆咚的"
ONE, TWO = "SQ261125-01", "SQ261125-02"


async def two_cases(world: World, second: Resident) -> tuple[Resident, StaffMember]:
    """Two lamps, the second one reported by `second`; the group has had time to forget."""
    wang = world.resident("王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    await second.says(OTHER, in_group=GROUP)
    await world.passes(minutes=15)
    return wang, world.staff("李主任")


async def test_who_reported_both_is_called_and_asked_once(world: World) -> None:
    zhao = world.resident("赵姐")
    wang, li = await two_cases(world, zhao)
    await wang.says(OTHER, in_group=GROUP)  # joined to the second
    await li.commands(f"并案 {ONE} {TWO}")
    await world.passes(minutes=15)
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 都换了")
    await world.passes(minutes=15)
    question = world.sent_to_group()[-1].outbound
    assert question.mentions == (wang.contact, zhao.contact)
    await zhao.says("1", in_group=GROUP)
    assert (await case(world, ONE)).state == "awaiting_word"
    [thanks] = await wang.says("1", in_group=GROUP)
    assert "办结了" in thanks


async def test_who_reported_what_was_joined_closes_the_whole_with_a_digit(world: World) -> None:
    zhao = world.resident("赵姐")
    wang, li = await two_cases(world, zhao)
    await li.commands(f"并案 {ONE} {TWO}")
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 都换了")
    await world.passes(minutes=15)
    await wang.says("1", in_group=GROUP)
    [thanks] = await zhao.says("1", in_group=GROUP)
    assert f"{ONE}办结了" in thanks
    assert (await case(world, ONE)).closing == "rated"


async def test_what_was_parted_again_is_not_asked_about(world: World) -> None:
    zhao = world.resident("赵姐")
    _, li = await two_cases(world, zhao)
    await li.commands(f"并案 {ONE} {TWO}")
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 都换了")
    await li.commands(f"拆案 {TWO}")
    async with world.assistant.database.reading() as db:
        told = await reporters.of(db, (await case(world, TWO)).id)
        assert [one.asked_at for one in told] == [None]
    assert await zhao.says("3", in_group=GROUP) == []
    assert ((await case(world, ONE)).state, (await case(world, TWO)).state) == ("awaiting_word", "filed")


async def test_a_pause_goes_on_where_it_was_parted_again(world: World) -> None:
    _, li = await two_cases(world, world.resident("赵姐"))
    await li.commands(f"受理 {TWO}")
    await li.commands(f"挂起 {TWO} 等配件")
    await li.commands(f"并案 {ONE} {TWO}")
    await li.commands(f"拆案 {TWO}")
    before = (await case(world, TWO)).due_by
    await world.passes(days=2)
    await li.commands(f"进展 {TWO} 配件到了")
    after = (await case(world, TWO)).due_by
    assert before is not None
    assert after is not None
    assert timedelta(days=2) <= after - before < timedelta(days=2, minutes=1)


async def test_who_reported_what_was_joined_is_not_counted_again(world: World) -> None:
    zhao = world.resident("赵姐")
    _, li = await two_cases(world, zhao)
    await li.commands(f"并案 {ONE} {TWO}")
    await world.passes(minutes=15)
    [answer] = await zhao.says(LAMP, in_group=GROUP)
    assert "已经记着了" in answer
    async with world.assistant.database.reading() as db:
        assert await reporters.count(db, (await case(world, ONE)).id) == 2


async def test_what_is_over_is_not_taken_back_and_its_question_stays_open(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"受理 {ONE}")
    await li.commands(f"办结 {ONE} 换了")
    await world.passes(minutes=15)
    [answer] = await wang.says(f"@小助手 {ONE} 不用弄了", in_group=GROUP)
    assert "有结果了，等您回话" in answer
    assert "现在可以" not in answer  # that is for staff
    await wang.says("1", in_group=GROUP)
    assert (await case(world, ONE)).state == "closed"


async def test_a_word_on_one_case_is_not_taken_for_another(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    await li.commands(f"转办 {ONE} 12345")
    before = len(li.heard)
    await wang.says(f"@小助手 {ONE} 满意", in_group=GROUP)
    assert not any(TWO in text for text in li.heard[before:])
