"""A resident says what is wrong: a case with a number, one question about the place, a quiet lead, or silence."""

from __future__ import annotations

import io

from PIL import Image

from storage import audit, case_lists, complaints
from tests.resident import GROUP, World


async def test_a_complaint_with_a_place_gets_one_line_with_its_number(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    [answer] = await wang.says("3号楼2单元楼道灯坏了三天没人管", in_group=GROUP)
    assert answer.startswith("@王阿姨 收到，3号楼2单元楼道灯")
    assert "SQ261125-01" in answer
    assert "12月2日（周三）" in answer  # five working days, with the weekday
    assert world.sent_to_group()[-1].outbound.mentions == (wang.contact,)


async def test_numbers_run_on_and_begin_anew_the_next_day(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP)
    [second] = await li.says("5号楼1单元电梯坏了", in_group=GROUP)
    assert "SQ261125-02" in second
    await world.passes(days=1)
    [next_day] = await li.says("7号楼暖气不热，屋里14度", in_group=GROUP)
    assert "SQ261126-01" in next_day


async def test_ordinary_chatter_is_left_alone_and_leaves_no_row(world: World) -> None:
    li = world.resident("李叔")
    for text in ("今天天气真好", "晚上谁去广场跳舞", "谢谢大家", "3-2！绝杀！", "收到", "👍👍👍", ""):
        assert await li.says(text, in_group=GROUP) == []
    async with world.assistant.database.reading() as db:
        assert await case_lists.totals(db, world.assistant.settings.community.id) == (0, 0)


async def test_a_complaint_without_a_place_is_asked_for_it_once(world: World) -> None:
    li = world.resident("李叔")
    [question] = await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    assert "在哪儿" in question
    assert "SQ" not in question
    assert await li.says("哈哈哈", in_group=GROUP) == []
    [answer] = await li.says("5号楼1单元", in_group=GROUP)
    assert "5号楼1单元" in answer
    assert "SQ261125-01" in answer


async def test_the_address_in_the_nickname_is_offered_and_taken_by_a_yes(world: World) -> None:
    wang = world.resident("3-2-501 王阿姨")
    [question] = await wang.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    assert "回“是”" in question
    assert "501" not in question
    [answer] = await wang.says("是的", in_group=GROUP)
    assert "3号楼2单元" in answer
    assert "501" not in answer


async def test_somebody_elses_address_is_no_answer(world: World) -> None:
    li, zhao = world.resident("李叔"), world.resident("赵姐")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    assert await zhao.says("5号楼1单元", in_group=GROUP) == []


async def test_a_question_that_nobody_answers_is_closed_and_said_once(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    before = len(world.heard_in_group())
    await world.passes(minutes=40)
    after = world.heard_in_group()[before:]
    assert len(after) == 1
    assert "没等到地点" in after[0]
    await world.passes(hours=3)
    assert len(world.heard_in_group()) == before + 1
    assert await li.says("5号楼1单元", in_group=GROUP) == []
    [late] = await li.says("@小助手 5号楼1单元", in_group=GROUP)
    assert "SQ261125-01" in late


async def test_never_mind_ends_the_question(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    [answer] = await li.says("算了", in_group=GROUP)
    assert "不编号" in answer
    assert await li.says("5号楼", in_group=GROUP) == []


async def test_the_same_text_within_five_seconds_is_one_case(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP)
    world.clock.move_to(world.clock.now())
    assert await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP, id="another-id") == []


async def test_a_second_delivery_under_the_same_id_has_no_effect(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP, id="m1")
    await world.passes(minutes=10)
    assert await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP, id="m1") == []


async def test_an_anonymous_complaint_mentions_nobody(world: World) -> None:
    li = world.resident("4-1-202 李叔")
    [answer] = await li.says("楼下麻将馆半夜哗啦哗啦，吵得睡不着，4号楼，别说是我说的", in_group=GROUP)
    assert "李叔" not in answer
    assert world.sent_to_group()[-1].outbound.mentions == ()


async def test_no_phone_and_no_door_is_ever_said_in_the_group(world: World) -> None:
    wang = world.resident("9-1-602 王阿姨")
    await wang.says("9号楼1单元602暖气不热，屋里14度，我叫孙桂兰电话13800001102", in_group=GROUP)
    for text in world.heard_in_group():
        assert "602" not in text
        assert "13800001102" not in text
        assert "孙桂兰" not in text


async def test_the_ledger_has_the_masked_wording_and_the_sealed_original(world: World) -> None:
    wang = world.resident("王阿姨")
    said = "9号楼1单元602暖气不热，我叫孙桂兰电话13800001102！"
    await wang.says(said, in_group=GROUP)
    async with world.assistant.database.reading() as db:
        complaint = await complaints.by_number(db, world.assistant.settings.community.id, "SQ261125-01")
        assert complaint is not None
        assert "13800001102" not in complaint.wording
        assert "孙桂兰" not in complaint.wording
        assert complaint.original == said
        assert (complaint.building, complaint.unit, complaint.room) == ("9", "1", "602")
        assert (complaint.category, complaint.phone) == ("供暖", "13800001102")
        [step] = await audit.story(db, complaint.community, f"complaint:{complaint.id}")
        assert step.verb == "complaints.file"


async def test_a_fee_needs_no_place(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("@小助手 投诉物业费一年比一年高，公共收益的账从来不公示", in_group=GROUP)
    assert "SQ261125-01" in answer


async def test_in_private_a_complaint_is_filed_the_same_way(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("3号楼2单元楼道灯坏了")
    assert "SQ261125-01" in answer
    assert "@" not in answer


async def test_a_photo_sent_next_belongs_to_the_case(world: World) -> None:
    wang = world.resident("王阿姨")
    await wang.says("3号楼2单元楼道灯坏了", in_group=GROUP)
    assert await wang.says("", in_group=GROUP, picture=_png()) == []
    async with world.assistant.database.reading() as db:
        complaint = await complaints.by_number(db, world.assistant.settings.community.id, "SQ261125-01")
        assert complaint is not None
        steps = await audit.story(db, complaint.community, f"complaint:{complaint.id}")
    assert [step.verb for step in steps] == ["complaints.file", "complaints.photo"]


async def test_a_picture_that_is_none_gets_one_line(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("", picture=b"not a picture at all")
    assert "打不开" in answer


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_a_door_in_a_place_is_not_said_either(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says("3号楼501门口堆满杂物没人管", in_group=GROUP)
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    await li.says("3号楼302门口", in_group=GROUP)
    assert len(world.heard_in_group()) == 3
    for text in world.heard_in_group():
        assert "501" not in text
        assert "302" not in text


async def test_another_trouble_is_another_case_and_no_answer(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    [burst] = await li.says("3号楼2单元水管爆了漏得到处都是，没人管", in_group=GROUP)
    assert "楼道灯" not in burst
    [lamp] = await li.says("5号楼1单元", in_group=GROUP)
    assert "楼道灯" in lamp


async def test_a_question_or_a_remark_is_not_read_back_as_a_place(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    for text in ("电梯没坏啊", "你在楼下吗", "门口见"):
        assert await li.says(text, in_group=GROUP) == []


async def test_a_repeat_by_the_gateway_is_one_question_and_one_case(world: World) -> None:
    li = world.resident("李叔")
    await li.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    world.clock.move_to(world.clock.now())
    assert await li.says("楼道灯坏了好几天了没人修", in_group=GROUP, id="again") == []
    [agenda] = await world.staff("李主任").commands("待办")
    assert "等地点 1件" in agenda


async def test_nothing_of_where_somebody_lives_is_in_how_they_are_called(world: World) -> None:
    for number, nickname in enumerate(("501王阿姨 13812345678", "32-1-1201/5-1-302 老李", "12A-1802 张", "3-2-501"), 1):
        [answer] = await world.resident(nickname).says(f"{number}号楼1单元楼道灯坏了没人管", in_group=GROUP)
        called = answer.split(" ")[0]
        assert not any(character.isdigit() for character in called), answer


async def test_an_urgent_one_is_told_to_staff_once(world: World) -> None:
    wang = world.resident("王阿姨")
    [answer] = await wang.says("3号楼停水了，全楼一滴水都没有，没人管", in_group=GROUP)
    assert "24小时内" in answer
    await world.passes(minutes=2)
    assert "较急" in world.staff("李主任").heard[-1]
