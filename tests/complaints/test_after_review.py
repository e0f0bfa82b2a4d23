"""What a review showed: joins that must not be, people who lose a case unheard, names read out, promises that are past."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intents.complaints.reminding import CLOCK_KIND
from intents.complaints.wiring import rebuild
from storage import due
from tests.complaints.staffed import case, staffed
from tests.resident import GROUP, StaffMember, World

__all__ = ["staffed"]

LAMP = "3号楼2单元楼道灯坏了三天没人管"
ONE, TWO = "SQ261125-01", "SQ261125-02"


async def lamp(world: World) -> StaffMember:
    """One case in the ledger; returns who gives out cases."""
    await world.resident("王阿姨").says(LAMP, in_group=GROUP)
    await world.passes(minutes=15)
    return world.staff("李主任")


@pytest.mark.parametrize(
    "other",
    [
        "请和事佬出面说说，8号楼2单元楼上半夜练琴",
        "着火了快来人啊，3号楼2单元楼道里全是烟",
        "3号楼2单元501家里水管漏水，没人来修",
    ],
)
async def test_what_is_a_case_by_itself_is_not_joined_by_staff_either(staffed: World, other: str) -> None:
    li = await lamp(staffed)
    await staffed.resident("赵姐").says(other)
    states = [(await case(staffed, number)).state for number in (ONE, TWO)]
    heard = len(staffed.channel.sent)
    [answer] = await li.commands(f"并案 {ONE} {TWO}")
    assert answer == f"{TWO}要单独办，不能并案：急事、一家一户的报修、邻里调解都一件一记。"
    assert [(await case(staffed, number)).state for number in (ONE, TWO)] == states
    assert len([one for one in staffed.channel.sent[heard:] if one.outbound.contact != li.contact]) == 0


async def test_a_viewer_is_given_nothing(staffed: World) -> None:
    li = await lamp(staffed)
    heard = len(staffed.channel.sent)
    assert await li.commands(f"派 {ONE} 看看") == ["看看只能看，不能接单，请派给别人。"]
    assert ((await case(staffed, ONE)).state, (await case(staffed, ONE)).handler) == ("filed", None)
    assert staffed.staff("看看").heard == []
    assert len(staffed.channel.sent) == heard + 1
    await li.commands(f"派 {ONE} 小周")
    assert "只能看" in (await li.commands("交接 小周 看看"))[0]


async def test_a_name_that_two_have_is_no_outsider(staffed: World) -> None:
    li = await lamp(staffed)
    officers = staffed.assistant.directory.officers
    zhou = next(one for one in officers.values() if one.name == "小周")
    kan = next(one for one in officers.values() if one.name == "看看")
    officers[kan.contact] = type(kan)(kan.contact, zhou.name, "worker")
    assert "不止一位" in (await li.commands(f"派 {ONE} 小周"))[0]
    assert (await case(staffed, ONE)).state == "filed"


async def test_a_lead_of_who_wants_no_name_shows_neither_name_nor_phone(staffed: World) -> None:
    words = "别说是我张建国说的，我叫张建国，电话13812345678，楼道好像有点脏"
    await staffed.resident("张建国").says(words)
    [card] = await staffed.staff("李主任").commands("线索")
    assert "要求不透露" in card
    assert "张建国" not in card
    assert "13812345678" not in card


async def test_what_may_be_an_emergency_is_shown_without_who_wants_no_name(staffed: World) -> None:
    calling_out = staffed.assistant.services["calling_out"]
    [post, *_] = calling_out.look(None, GROUP, "我叫张建国，13812345678，3-2-501好像着火了")
    assert post.params["words"] == "我叫张*,138****5678,3-2-***好像着火了"


async def test_an_emergency_that_may_be_over_is_told_without_who_wants_no_name(staffed: World) -> None:
    wang = staffed.resident("王阿姨")
    await wang.says("匿名反映，3号楼2单元着火了，楼道里全是烟")
    li = staffed.staff("李主任")
    await li.says("知道了")
    await wang.says(f"{ONE} 我那个不用弄了，没事了，我叫王秀英，电话13812345678")
    told = next(text for text in li.heard if "可能没事了" in text)
    assert "王秀英" not in told
    assert "13812345678" not in told


async def test_a_date_that_is_past_is_not_promised(staffed: World) -> None:
    wang = staffed.resident("王阿姨")
    await wang.says(LAMP)
    assert "12月2日（周三）前给您答复" in (await wang.says(f"{ONE}咋样了"))[0]
    await staffed.passes(days=10)
    assert await wang.says(f"{ONE}咋样了") == [f"{ONE} 楼道灯：待受理。超了时限，正在催。"]


async def test_the_date_of_a_common_problem_is_said_while_it_is_to_come(staffed: World) -> None:
    people = [staffed.resident(f"邻居{name}") for name in "甲乙丙丁戊"]
    for building, one in enumerate(people, 11):
        await one.says(f"{building}号楼暖气不热，冻死了")
    li = staffed.staff("李主任")
    await li.commands("共性 GX261125-01 联系热力公司排查 11月27日")
    assert "预计11月27日（周五）前有结果" in (await people[0].says(f"{ONE}咋样了"))[0]
    await staffed.passes(days=4)
    [later] = await people[0].says(f"{ONE}咋样了")
    assert "一起在办：联系热力公司排查。" in later
    assert "预计" not in later


async def test_what_is_written_down_reads_well(staffed: World) -> None:
    said = staffed.assistant.replies
    at = {"building": None, "unit": None, "place": None}
    known = {"number": ONE, "urgency": "P0", "due_by": staffed.clock.now(), "absent": False, "door": None}
    other = said("complaints.filed", {**known, "category": "其他", "subcategory": "其他", "at": at}, public=False)
    assert other.startswith(f"收到，记下了，编号{ONE}。")
    place = {"building": "3", "unit": None, "place": "3号楼楼道"}
    params = {**known, "category": "公共设施", "subcategory": "楼道灯", "at": place}
    assert said("complaints.filed", params, public=False).startswith("收到，3号楼楼道灯的事记下了")
    short = {**params, "at": {**place, "place": None}}
    assert said("complaints.filed", short, public=False).startswith("收到，3号楼，楼道灯的事记下了")
    door = {**params, "subcategory": "单元门", "at": {**place, "unit": "2", "place": None}}
    assert said("complaints.filed", door, public=False).startswith("收到，3号楼2单元，单元门的事记下了")
    ended = said("complaints.ended", {"number": None, "state": "dropped"}, public=False)
    assert ended.startswith("这件已经是")


async def test_what_another_office_has_is_still_looked_after(staffed: World) -> None:
    li = await lamp(staffed)
    await li.commands(f"转办 {ONE} 12345")
    await staffed.passes(days=30)
    [agenda] = await li.commands("待办")
    assert agenda.startswith(f"转出去、还没回音 1件\n{ONE}")
    assert f"{ONE} [转办]" in (await li.commands("诉求"))[0]
    assert "没有超期" in (await li.commands("超期"))[0]


async def test_the_clock_counts_from_the_last_reopening(staffed: World) -> None:
    li, zhou = await lamp(staffed), staffed.staff("小周")
    await li.commands(f"派 {ONE} 小周")
    await zhou.commands(f"办结 {ONE} 换了灯泡")
    await staffed.passes(days=25)
    await li.commands(f"重办 {ONE} 又灭了")
    begun, heard = staffed.clock.now(), len(staffed.channel.sent)
    await staffed.passes(days=12)
    reminded = [one for one in staffed.channel.sent[heard:] if "【提醒】" in one.outbound.text]
    assert ["一半" in one.outbound.text for one in reminded] == [True, False]
    assert reminded[0].at - begun > timedelta(days=2)


async def test_who_loses_a_case_hears_of_it(staffed: World) -> None:
    li, zhou, sun = await lamp(staffed), staffed.staff("小周"), staffed.staff("孙网格")
    await li.commands(f"派 {ONE} 小周")
    await staffed.passes(minutes=15)
    await li.commands(f"派 {ONE} 孙网格")
    await staffed.passes(minutes=15)
    assert zhou.heard[-1] == f"{ONE}改派给别人了，您不用管了。"
    await li.commands("撤销")
    await staffed.passes(minutes=15)
    assert sun.heard[-1] == f"{ONE}的派单收回了，您先不用管了。"
    assert zhou.heard[-1].startswith(f"派给您一件：{ONE}")


async def test_who_loses_the_cases_of_a_common_problem_hears_it_once(staffed: World) -> None:
    for building, name in enumerate("甲乙丙丁戊", 11):
        await staffed.resident(f"邻居{name}").says(f"{building}号楼暖气不热，冻死了")
    li, zhou = staffed.staff("李主任"), staffed.staff("小周")
    await li.commands(f"派 {ONE} 小周")
    await li.commands(f"派 {TWO} 小周")
    await li.commands("派 GX261125-01 张师傅")
    await li.commands("确认")
    await staffed.passes(minutes=15)
    assert zhou.heard[-1] == f"{ONE}、{TWO}改派给别人了，您不用管了。"
    assert "只能看" in (await li.commands("派 GX261125-01 看看"))[0]


async def test_an_open_case_without_a_clock_gets_one_at_start(world_on_both: World) -> None:
    await lamp(world_on_both)
    one, two = await case(world_on_both, ONE), world_on_both.assistant
    async with two.database.transaction() as db:
        await due.cancel(db, one.community, CLOCK_KIND)
    async with two.database.transaction() as db:
        assert not await due.is_waiting(db, one.community, CLOCK_KIND)
        await rebuild(db, two.services, two.dispatcher._expectations, world_on_both.clock.now())
    async with two.database.reading() as db:
        assert await due.is_waiting(db, one.community, CLOCK_KIND)
    await world_on_both.passes(days=8)
    assert any("【超期】" in text for text in world_on_both.staff("李主任").heard)


async def test_names_of_who_reported_are_not_read_out(staffed: World) -> None:
    wang, li = staffed.resident("王阿姨"), staffed.staff("李主任")
    await wang.says("我叫王秀英，12号楼1单元暖气不热，屋里才14度", in_group=GROUP)
    await li.commands("代报 张建国 12-1-101 暖气不热 电话")
    await staffed.passes(minutes=15)
    await li.commands(f"受理 {ONE}")
    for command in (
        "进展 {} {}",
        "挂起 {} {}",
        "进展 {} {}",
        "延期 {} 12月10日 {}",
        "解释 {} {}",
        "重办 {} {}",
        "办结 {} {}",
    ):
        await staffed.passes(minutes=15)
        heard = len(staffed.heard_in_group())
        await li.commands(command.format(ONE, "张建国家和王秀英家都看过"))
        await staffed.passes(minutes=15)
        said = " ".join(staffed.heard_in_group()[heard:])
        assert said, command
        assert "张建国" not in said, command
        assert "王秀英" not in said, command
    assert "张*家和王*家都看过" in said
    [progress] = await wang.says(f"{ONE}咋样了", in_group=GROUP)
    assert "张建国" not in progress


async def test_progress_by_somebody_else_is_no_receipt(staffed: World) -> None:
    li = await lamp(staffed)
    await li.commands(f"派 {ONE} 小周")
    await li.commands(f"进展 {ONE} 小周明天去")
    assert (await case(staffed, ONE)).received_at is None
    await staffed.staff("小周").commands(f"进展 {ONE} 到了")
    assert (await case(staffed, ONE)).received_at is not None
