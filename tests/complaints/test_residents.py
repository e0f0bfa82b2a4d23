"""What residents do with what they reported: take back, put right, tell more; and who hears of it."""

from __future__ import annotations

from storage import audit, complaints, reporters
from storage.complaints import Complaint
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"
ONE = "SQ261125-01"


async def case(world: World, number: str = ONE) -> Complaint:
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None
        return found


async def test_the_place_is_put_right_within_an_hour(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await wang.says("打错了，不是3号楼是13号楼", in_group=GROUP)
    assert "13号楼" in answer
    assert ((await case(world)).building, (await case(world)).unit) == ("13", None)
    async with world.assistant.database.reading() as db:
        story = await audit.story(db, (await case(world)).community, f"complaint:{(await case(world)).id}")
        assert story[-1].verb == "complaints.correct"
        assert story[-1].before["building"] == "3"


async def test_somebody_else_or_two_hours_later_puts_nothing_right(world: World) -> None:
    wang, zhao = world.resident("王阿姨"), world.resident("赵姐")
    await wang.says(LAMP, in_group=GROUP)
    assert await zhao.says("不是3号楼是13号楼", in_group=GROUP) == []
    await world.passes(hours=2)
    assert await wang.says("不是3号楼是13号楼", in_group=GROUP) == []
    assert (await case(world)).building == "3"


async def test_who_was_joined_by_a_slip_gets_a_case_of_their_own(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says("12号楼暖气不热，14度", in_group=GROUP)
    await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    await li.says("写错了，是13号楼", in_group=GROUP)
    answer = li.heard[-1]  # the group has heard two lines on it
    assert "SQ261125-02" in answer
    assert (await case(world)).building == "12"
    assert (await case(world, "SQ261125-02")).building == "13"
    async with world.assistant.database.reading() as db:
        assert [one.contact_id for one in await reporters.of(db, (await case(world)).id)] != []
        assert len(await reporters.of(db, (await case(world)).id)) == 1


async def test_who_mended_it_themselves_takes_it_back(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"派 {ONE} 小周")
    await world.passes(minutes=20)
    [answer] = await wang.says("我那个不用弄了，自己修好了", in_group=GROUP)
    assert "撤了" in answer
    assert (await case(world)).state == "withdrawn"
    assert "不用去了" in world.staff("小周").heard[-1]


async def test_of_many_reporters_one_leaves_and_it_goes_on(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says("12号楼暖气不热，14度", in_group=GROUP)
    await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    await li.says("@小助手 我那个不用弄了，自己修好了", in_group=GROUP)
    assert "接着办" in li.heard[-1]
    assert (await case(world)).state == "filed"


async def test_what_was_just_said_is_taken_back(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says(LAMP, in_group=GROUP)
    [answer] = await wang.says("刚才那条撤回", in_group=GROUP)
    assert "撤了" in answer
    assert (await case(world)).state == "withdrawn"


async def test_an_emergency_is_not_ended_by_its_reporter(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.staff("李主任")
    await zhao.says("楼道里有煤气味！七号楼三单元", in_group=GROUP)
    [answer] = await zhao.says("@小助手 虚惊一场，不用来了", in_group=GROUP)
    assert "先不撤" in answer
    assert "可能没事了" in li.heard[-1]
    assert (await case(world)).state == "filed"


async def test_several_troubles_in_one_message_are_several_cases_and_one_answer(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("3号楼2单元楼道灯坏了，还有5号楼1单元电梯也坏了，没人管", in_group=GROUP)
    assert "SQ261125-01" in answer
    assert "SQ261125-02" in answer
    assert (await case(world, "SQ261125-02")).subcategory == "电梯故障"


async def test_a_door_number_is_asked_for_in_private_only(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("9号楼1单元我家水管爆了漏水没人管", in_group=GROUP)
    assert "私下问您" in answer
    assert "门牌" in wang.heard[-1]
    [kept] = await wang.says("1单元602")
    assert "门牌记下了" in kept
    assert (await case(world)).room == "602"
    assert all("602" not in text for text in world.heard_in_group())


async def test_the_door_in_the_nickname_is_taken_by_a_yes(world: World) -> None:
    wang = world.resident("9-1-602 王阿姨")
    await wang.says("9号楼1单元我家水管爆了漏水没人管", in_group=GROUP)
    assert "回“是”" in wang.heard[-1]
    assert "602" not in wang.heard[-1]
    await wang.says("是的")
    assert (await case(world)).room == "602"


async def test_who_is_no_contact_hears_how_to_tell_the_door(world: World) -> None:
    wang = world.resident("王阿姨", friend=False)
    [answer] = await wang.says("9号楼1单元我家水管爆了漏水没人管", in_group=GROUP)
    assert "加我好友" in answer
    assert wang.heard == []


async def test_a_public_fault_asks_for_no_door(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says(LAMP, in_group=GROUP)
    assert "门牌" not in answer
    assert wang.heard == []


async def test_mediation_is_filed_and_spoken_of_in_private_only(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    said = await wang.says("请和事佬出面说说，楼上嫌我家孩子练琴，9-1-602", in_group=GROUP)
    assert all(ONE not in text for text in said)
    assert ONE in wang.heard[-1]
    assert "群里别提" in li.heard[-1]
    filed = await case(world)
    assert filed.mediation
    assert filed.due_by is not None
    assert filed.filed_at is not None
    assert (filed.due_by - filed.filed_at).days == 30


async def test_a_case_is_found_by_what_it_is_about_and_when(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("东门口的路灯不亮了，没人管", in_group=GROUP)
    await world.passes(days=8)
    await wang.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    await world.passes(minutes=20)
    [answer] = await wang.says("上礼拜报的那个路灯咋样了", in_group=GROUP)
    assert "路灯" in answer
    assert "电梯" not in answer


async def test_two_hundred_complaints_are_answered_to_the_limit_then_once_and_put_before_staff(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    limit = world.assistant.settings.limits.complaints_an_hour_person
    for number in range(60):
        await wang.says(f"{number + 1}号楼1单元楼道灯坏了没人管", in_group=GROUP)
    heard = world.heard_in_group()
    assert sum("不逐条回" in text for text in heard) == 1
    assert len(heard) <= limit + 1
    assert sum("一小时里报了很多件" in text for text in li.heard) == 1


async def test_a_photo_is_kept_with_the_case_that_it_was_joined_to(world: World) -> None:
    zhao, li = world.resident("赵姐"), world.resident("李叔")
    await zhao.says("12号楼暖气不热，14度", in_group=GROUP)
    await li.says("12号楼暖气冰凉，冻死人了", in_group=GROUP)
    from tests.complaints.test_filing import _png  # noqa: PLC0415

    await li.says("", in_group=GROUP, picture=_png())
    from storage import photos  # noqa: PLC0415

    async with world.assistant.database.reading() as db:
        [photo] = await photos.of_case(db, (await case(world)).id)
        assert await photos.content(db, (await case(world)).id, photo)


async def test_good_news_of_a_case_under_way_goes_to_its_handler_and_the_group_hears_nothing(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await li.commands(f"派 {ONE} 小周")
    await world.passes(minutes=20)
    assert await wang.says("修好了，谢谢社区", in_group=GROUP) == []
    assert "说好了" in world.staff("小周").heard[-1]
    assert (await case(world)).state == "assigned"


async def test_a_report_from_far_away_is_marked(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says(
        "我人在外地，家里没人，9号楼1单元602水管漏水了，楼下都淹了，麻烦来人看看", in_group=GROUP
    )
    assert "先跟您联系" in answer
    assert (await case(world)).absent
