"""Questions of rules as residents ask them: what is said, where, and what is never said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage import policy
from storage.policy_entry import LONGEST_ANSWER, Kind
from tests.policy.entries import (
    GUIDE,
    HEATING,
    HOW,
    OLD_HEATING,
    PAPERS,
    RENOVATION,
    TWO,
    put_in,
    staffed,
)
from tests.resident import GROUP, World

__all__ = ["staffed"]

SOURCE = "来源：街道便民服务手册，幸办〔2026〕3号，截至2026年11月25日（周三）。"


async def test_a_group_gets_the_answer_its_source_and_date_and_the_way_to_all_of_it(world: World) -> None:
    await put_in(world, GUIDE)
    wang = world.resident("3-2-501 王阿姨")
    [said] = await wang.says(HOW, in_group=GROUP)
    assert said == f"@王阿姨 材料：{PAPERS}{GUIDE.answer}\n{SOURCE}想看全部，回“1”，我私下发您。"
    assert await wang.says("1", in_group=GROUP) == []
    [whole] = wang.heard
    assert whole.splitlines() == [
        "居住证明",
        GUIDE.answer,
        "【条件】在本社区住满半年。",
        f"【材料】{PAPERS}",
        "【地点】幸福里社区服务站一楼二号窗口。",
        "【时间】周一到周五上午九点到十一点半。",
        "【电话】0531-5550166",
        SOURCE,
    ]
    assert await wang.says("1", in_group=GROUP) == []  # once
    assert len(wang.heard) == 1


async def test_who_is_no_friend_is_told_how_to_become_one(world: World) -> None:
    await put_in(world, GUIDE)
    chen = world.resident("小陈", friend=False)
    [said] = await chen.says("@小助手 居住证明怎么开", in_group=GROUP)
    assert said == f"@小陈 {GUIDE.answer}\n{SOURCE}想看全部，加我好友，私下问我。"
    assert await chen.says("1", in_group=GROUP) == []
    assert chen.heard == []


async def test_in_private_a_digit_brings_all_of_it_there(world: World) -> None:
    await put_in(world, GUIDE)
    wang = world.resident("王阿姨")
    [said] = await wang.says("居住证明怎么开")
    assert said == f"{GUIDE.answer}\n{SOURCE}想看全部，回“1”。"
    [whole] = await wang.says("1")
    assert "【材料】" in whole
    assert world.heard_in_group() == []


@pytest.mark.parametrize(
    ("asked", "part", "name"),
    [
        ("开居住证明要什么材料", "papers", "材料"),
        ("居住证明几点能开", "hours", "时间"),
        ("居住证明去哪开", "place", "地点"),
        ("开居住证明打哪个电话", "phone", "电话"),
        ("开居住证明有什么条件", "conditions", "条件"),
    ],
)
async def test_the_part_that_was_asked_for_is_the_answer(world: World, asked: str, part: str, name: str) -> None:
    await put_in(world, GUIDE)
    [said] = await world.resident("王阿姨").says(f"@小助手 {asked}", in_group=GROUP)
    assert said.startswith(f"@王阿姨 {name}：{GUIDE.parts[part].rstrip('。')}。{GUIDE.answer}\n来源：")


async def test_a_long_text_is_cut_at_whole_sentences_and_the_rest_comes_in_private(world: World) -> None:
    before = "本规定所称装修，是指房屋交付以后的室内改造工程，包括水电、泥瓦、木工、油漆等各类作业活动在内。" * 3
    rule = "装修施工时间为工作日上午八点到十二点，下午两点到六点。"
    after = "违反规定的，由街道责令改正，拒不改正的依照有关法律法规的规定予以处罚。" * 3
    await put_in(world, replace(RENOVATION, body=before + rule + after))
    wang = world.resident("王阿姨")
    [said] = await wang.says("@小助手 装修施工时间怎么规定的", in_group=GROUP)
    answer, source = said.removeprefix("@王阿姨 ").splitlines()
    assert rule in answer
    assert len(answer) <= LONGEST_ANSWER
    assert answer.endswith("。")
    assert source.startswith("来源：市噪声污染防治条例，截至2026年11月25日")
    await wang.says("1", in_group=GROUP)
    assert before + rule + after in wang.heard[-1]


async def test_what_has_nothing_more_to_tell_offers_nothing_more(world: World) -> None:
    await put_in(world, RENOVATION)
    [said] = await world.resident("王阿姨").says("装修施工时间怎么规定的")
    assert said == f"{RENOVATION.body}\n来源：市噪声污染防治条例，截至2026年11月25日（周三）。"


async def test_of_titles_alike_one_is_chosen_by_its_digit(world: World) -> None:
    await put_in(world, *TWO)
    wang, chen = world.resident("王阿姨"), world.resident("小陈")
    [offered] = await wang.says("@小助手 老年公交卡怎么办理", in_group=GROUP)
    first, one, two = offered.splitlines()
    assert first == "@王阿姨 您问的是哪一个？回数字："
    assert {one[3:], two[3:]} == {draft.title for draft in TWO}
    assert await chen.says("1", in_group=GROUP) == []  # it was not asked of him
    assert await wang.says("7", in_group=GROUP) == []  # perhaps meant for a neighbour
    assert await wang.says("@小助手 7", in_group=GROUP) == ["@王阿姨 请回1到2里的一个数字。"]
    [said] = await wang.says("2", in_group=GROUP)
    assert ("市区公交公司" in said) == ("市区" in two)
    assert await wang.says("1", in_group=GROUP) == []


async def test_what_was_withdrawn_meanwhile_cannot_be_chosen_any_more(world: World) -> None:
    rows = await put_in(world, *TWO)
    wang = world.resident("王阿姨")
    await wang.says("老年公交卡怎么办理")
    async with world.assistant.database.transaction() as db:
        for row in rows:
            await policy.withdraw(db, row.community, await db.merge(row), "李主任", world.clock.now())
    [said] = await wang.says("1")
    assert "停用" in said
    assert "0531-5550100" in said
    assert "公交公司" not in said


async def test_what_has_expired_is_said_to_have_and_never_repeated(world: World) -> None:
    await put_in(world, OLD_HEATING)
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    [said] = await wang.says(f"@小助手 {HEATING}", in_group=GROUP)
    assert said == (
        "@王阿姨 《供暖报停办法》2026年10月31日（周六）已到期，旧规定我就不念了，免得误您的事。"
        "已转社区核对，有准信告诉您。着急请打0531-5550100。"
    )
    assert "问题1" in li.heard[-1]
    assert "供暖报停怎么办" in li.heard[-1]
    assert await wang.says("1", in_group=GROUP) == []
    heard = [*world.heard_in_group(), *wang.heard, *li.heard]
    assert not any("十月十五" in text or "百分之三十" in text for text in heard)


async def test_what_has_expired_is_no_reason_to_speak_where_nobody_called(world: World) -> None:
    await put_in(world, OLD_HEATING)
    assert await world.resident("王阿姨").says(HEATING, in_group=GROUP) == []
    [listed] = await world.staff("李主任").commands("未答")
    assert "供暖报停" in listed


async def test_the_last_day_still_holds_and_the_next_does_not(world: World) -> None:
    await put_in(world, replace(OLD_HEATING, expires_on=date(2026, 11, 25)))
    wang = world.resident("王阿姨")
    assert "十月十五日" in (await wang.says(HEATING))[0]
    await world.passes(days=1)
    assert "已到期" in (await wang.says(HEATING))[0]


async def test_what_does_not_hold_yet_says_from_when(world: World) -> None:
    await put_in(world, replace(RENOVATION, effective_from=date(2027, 1, 1)))
    [said] = await world.resident("王阿姨").says("装修施工时间怎么规定的")
    assert "（从2027年1月1日（周五）起执行）" in said


async def test_the_latest_version_answers_and_a_new_paper_stands_before_an_expired_one(world: World) -> None:
    wang = world.resident("王阿姨")
    await put_in(world, RENOVATION)
    await wang.says("装修施工时间怎么规定的")
    await put_in(world, replace(RENOVATION, body="工作日上午九点以后才可以装修施工。"))
    await world.passes(minutes=1)
    [said] = await wang.says("装修施工时间怎么规定的")
    assert "上午九点以后" in said
    assert "八点" not in said
    old = replace(OLD_HEATING, kind=Kind.GUIDE)
    await put_in(
        world, GUIDE, *TWO, old, replace(old, code="heating-new", body="供暖报停交百分之二十。", expires_on=None)
    )
    [said] = await wang.says(HEATING)
    assert "百分之二十" in said
    assert "到期" not in said


async def test_the_offices_own_facts_come_from_the_configuration(staffed: World) -> None:
    office = replace(
        GUIDE,
        code="office",
        title="老年活动室",
        answer="老年活动室{office_hours}开，在{office_place}。书记{reception_day}接待。",
        parts={},
        questions=("老年活动室什么时候开放",),
    )
    await put_in(staffed, office)
    [said] = await staffed.resident("王阿姨").says("@小助手 老年活动室什么时候开放", in_group=GROUP)
    assert "老年活动室周一至周五8:30-17:00开，在幸福里小区1号楼东侧。书记每周四下午接待。" in said


async def test_a_sentence_whose_fact_nobody_gave_is_left_out_whole(world: World) -> None:
    office = replace(
        GUIDE,
        code="office",
        title="老年活动室",
        answer="书记接待日是{reception_day}。开放时间打{office_phone}问。",
        parts={},
        questions=("老年活动室什么时候开放",),
    )
    await put_in(world, office)
    [said] = await world.resident("王阿姨").says("@小助手 老年活动室什么时候开放", in_group=GROUP)
    assert "@王阿姨 开放时间打0531-5550100问。\n来源" in said
    assert "接待日" not in said


async def test_a_staff_member_who_asks_in_a_group_gets_all_of_it_where_they_are_answered(world: World) -> None:
    await put_in(world, GUIDE, *TWO)
    li = world.staff("李主任")
    [said] = await li.commands(f"@小助手 {HOW}", in_group=GROUP)
    assert said.startswith(f"材料：{PAPERS}")
    [whole] = await li.commands("1")
    assert "【条件】" in whole
    [offered] = await li.commands("@小助手 老年公交卡怎么办理", in_group=GROUP)
    assert "回数字" in offered
    assert "公交公司" in (await li.commands("1"))[0]
    assert world.heard_in_group() == []


async def test_a_group_never_reads_a_mobile_number_and_in_private_it_may_be_read(world: World) -> None:
    phone = "13812345678"
    await put_in(
        world, replace(GUIDE, answer=f"先打{phone}问小张。", parts={"phone": phone, "come": f"来之前打{phone}。"})
    )
    wang = world.resident("王阿姨")
    await wang.says("@小助手 居住证明怎么开", in_group=GROUP)
    await wang.says("@小助手 开居住证明打哪个电话", in_group=GROUP)
    assert len(world.heard_in_group()) == 2
    assert not any(phone in text for text in world.heard_in_group())
    assert all("138****5678" in text for text in world.heard_in_group())
    await wang.says("1", in_group=GROUP)
    assert phone in wang.heard[-1]
