"""Many cases of one kind in several buildings: noticed once, and dealt with all at once, one line a group."""

from __future__ import annotations

from typing import Any

import pytest

from storage import audit, complaints, problems
from storage.complaints import Complaint
from storage.problems import Problem
from tests.resident import Resident, StaffMember, World

EAST, WEST = "东区业主群", "西区业主群"
GX = "GX261125-01"
FIVE = ("2", "3", "5", "7", "12")


async def colds(world: World, buildings: tuple[str, ...] = FIVE) -> list[Resident]:
    """A case of no heating in each building; those below 6 in the eastern group, the others in the western."""
    people = []
    for building in buildings:
        one = world.resident(f"{building}-1-501 邻居{building}")
        people.append(one)
        await one.says(f"{building}号楼1单元暖气不热，屋里才14度", in_group=EAST if int(building) < 6 else WEST)
    await world.passes(minutes=15)
    return people


async def common(world: World) -> tuple[list[Resident], StaffMember]:
    return await colds(world), world.staff("李主任")


async def case(world: World, number: str) -> Complaint:
    async with world.assistant.database.reading() as db:
        found = await complaints.by_number(db, world.assistant.settings.community.id, number)
        assert found is not None
        return found


async def cases(world: World) -> list[Complaint]:
    return [await case(world, f"SQ261125-{n:02d}") for n in range(1, 6)]


async def problem(world: World, number: str = GX) -> Problem | None:
    async with world.assistant.database.reading() as db:
        return await problems.by_number(db, world.assistant.settings.community.id, number)


async def verbs(world: World, subject: str) -> list[str]:
    async with world.assistant.database.reading() as db:
        return [step.verb for step in await audit.story(db, world.assistant.settings.community.id, subject)]


def told(world: World, name: str, word: str = "【共性诉求】") -> list[str]:
    return [text for text in world.staff(name).heard if word in text]


async def test_five_cases_in_three_buildings_are_one_problem_and_staff_hear_of_it_once(world: World) -> None:
    await colds(world, FIVE[:4])
    assert told(world, "李主任") == []
    await colds(world, FIVE[4:])
    [notice] = told(world, "李主任")
    assert notice.startswith(
        f"【共性诉求】暖气不热：3天里5件、5人次，有2号楼、3号楼、5号楼、7号楼、12号楼。合成{GX}，往后同类的自动归进来。\n"
        "SQ261125-01 2号楼1单元 待受理\n"
    )
    assert notice.endswith(f"定牵头人，发：派 {GX} 姓名\n定措施和时间，发：共性 {GX} 措施 到哪天")
    assert told(world, "小周") == [notice]
    assert told(world, "孙网格") == []
    assert {one.problem_id for one in await cases(world)} == {1}
    assert (await verbs(world, "complaint:1"))[-1] == "complaints.problem_join"
    assert await verbs(world, "problem:1") == ["complaints.problem_open"]


async def test_a_later_case_of_that_kind_joins_without_a_word(world: World) -> None:
    await common(world)
    await colds(world, ("9",))
    assert (await case(world, "SQ261125-06")).problem_id == 1
    assert len(told(world, "李主任")) == 1
    assert await problem(world, "GX261125-02") is None


async def test_too_few_buildings_one_homes_repairs_and_another_kind_are_none(world: World) -> None:
    for n in range(6):
        one = world.resident(f"邻居{n}")
        await one.says(f"3号楼{n + 1}单元楼道灯坏了，黑咕隆咚的", in_group=EAST)
        await one.says(f"{n + 1}号楼1单元我家水管爆了漏水没人管", in_group=WEST)
        await world.passes(minutes=15)
    assert await problem(world) is None


async def test_old_cases_do_not_count_but_a_lead_that_staff_take_up_does(world: World) -> None:
    await colds(world, FIVE[:2])
    await world.passes(days=3, hours=1)
    await colds(world, FIVE[2:])
    assert await problem(world, "GX261128-01") is None
    quiet = world.resident("4-1-501 静音的")
    await quiet.says("机器人别说话", in_group=EAST)
    for building in ("4", "6"):
        await quiet.says(f"{building}号楼1单元暖气不热，屋里才14度", in_group=EAST)
        await world.staff("李主任").commands("受理", in_group=EAST, quoting=quiet.last)
    assert await problem(world, "GX261128-01") is not None


async def test_the_list_and_one_whole(world: World) -> None:
    _, li = await common(world)
    [listed] = await li.commands("共性")
    assert listed == f"{GX} 暖气不热 5件5人次，5栋楼\n看一个的全部，发：共性 编号"
    [whole] = await li.commands(f"共性 {GX.lower()}")
    assert (
        f"{GX} 供暖·暖气不热\n5件、5人次，有2号楼、3号楼、5号楼、7号楼、12号楼\n牵头：还没定\n措施：还没定\n" in whole
    )
    assert "SQ261125-05 [待受理] 12号楼1单元" in whole
    assert (await li.commands("共性 电梯"))[0] == "没有“电梯”这样的共性诉求。"


async def test_nothing_there_yet(world: World) -> None:
    assert await world.staff("李主任").commands("共性") == ["现在没有共性诉求。"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("共性 GX261125-09", "没查到GX261125-09"),
        ("派 GX261125-09 小周", "没查到GX261125-09"),
        (f"派 {GX}", "还差办理人姓名"),
        (f"进展 {GX}", "写法：进展 编号 文字"),
        (f"进展 {GX} {'长' * 501}", "还差要说的话"),
        (f"共性 {GX} 联系热力公司排查", "还差到哪天"),
        (f"共性 {GX} 11月30日", "还差措施"),
        (f"共性 {GX} 排查 去年", "还差到哪天"),
        (f"办结 {GX} 好了", "先发：派 GX261125-01 姓名"),
        (f"进展 {GX} 在查", "SQ261125-01是“待受理”"),
    ],
)
async def test_what_is_missing_or_not_possible_is_said_in_one_line(world: World, command: str, said: str) -> None:
    _, li = await common(world)
    [answer] = await li.commands(command)
    assert said in answer
    assert await li.commands("确认") == ["现在没有等您确认的事。给您看过的，30分钟内回话才算数，要办请再发一遍。"]


@pytest.mark.parametrize(
    "words",
    [
        "联系热力公司排查 11月30日",
        "联系热力公司排查，到11月30日前",
        "11月30日前 联系热力公司排查",
        "联系热力公司排查11月30日",
    ],
)
async def test_measure_and_date_are_kept_and_heard_by_who_asks(world: World, words: str) -> None:
    people, li = await common(world)
    [answer] = await li.commands(f"共性 {GX} {words}")
    assert f"{GX}（暖气不热）记下了：联系热力公司排查，11月30日（周一）前。" in answer
    [progress] = await people[0].says("SQ261125-01")
    assert progress == (
        "SQ261125-01 暖气不热：待受理。好几栋楼都有，一起在办：联系热力公司排查，预计11月30日（周一）前有结果。"
    )
    [later] = await li.commands(f"共性 {GX} 12月5日")
    assert "联系热力公司排查，12月5日（周六）前" in later
    assert (await verbs(world, "problem:1"))[1:] == ["complaints.problem_measure"] * 2


async def test_a_measure_said_in_a_group_has_no_telephone_in_it(world: World) -> None:
    people, li = await common(world)
    await li.commands(f"共性 {GX} 找热力王工13812345678排查 11月30日")
    [progress] = await people[0].says("@小助手 SQ261125-01", in_group=EAST)
    assert "找热力王工138****5678排查" in progress


async def test_only_the_owner_or_those_in_charge_set_the_measure(world: World) -> None:
    _, li = await common(world)
    sun = world.staff("孙网格")
    assert await sun.commands(f"共性 {GX} 排查 11月30日") == [f"{GX}的措施由牵头人、管理员或社工来定。"]
    await li.commands(f"派 {GX} 孙网格")
    await li.commands("确认")
    assert "记下了" in (await sun.commands(f"共性 {GX} 排查 11月30日"))[0]


async def test_the_dry_run_changes_nothing_and_tells_what_would_happen(world: World) -> None:
    _, li = await common(world)
    said = len(world.channel.sent)
    [shown] = await li.commands(f"派 {GX} 小周")
    assert shown == (
        f"{GX}（暖气不热）5件都派给小周\n"
        "SQ261125-01、SQ261125-02、SQ261125-03、SQ261125-04、SQ261125-05\n"
        "一共5人次，在2个群各说一句。\n"
        "回“确认”就发，回“不要”就算了。"
    )
    await world.passes(minutes=20)
    assert len(world.channel.sent) == said + 1
    assert {one.state for one in await cases(world)} == {"filed"}
    assert (await problem(world) or Problem()).owner is None


async def test_confirmed_it_has_an_owner_and_each_group_hears_one_line(world: World) -> None:
    people, li = await common(world)
    east, west = len(world.heard_in_group(EAST)), len(world.heard_in_group(WEST))
    await li.commands(f"派 {GX} 小周")
    [answer] = await li.commands("确认")
    assert answer == f"{GX}（暖气不热）5件都派给小周了，会在原处说一声。\n下一步：共性 {GX} 措施 到哪天"
    await world.passes(minutes=15)
    [line] = world.sent_to_group(EAST)[east:]
    assert line.outbound.text == (
        "@邻居2 @邻居3 @邻居5 暖气不热的事（SQ261125-01、SQ261125-02、SQ261125-03）好几栋楼都有，已经派单，一起办。"
    )
    assert line.outbound.mentions == tuple(one.contact for one in people[:3])
    assert len(world.heard_in_group(WEST)) == west + 1
    moved = await cases(world)
    assert {(one.state, one.handler) for one in moved} == {("assigned", "小周")}
    for one in moved:
        assert (await verbs(world, f"complaint:{one.id}"))[-1] == "complaints.assign"
    assert (await verbs(world, "problem:1"))[-1] == "complaints.problem_assign"
    [given] = told(world, "小周", "请您牵头")
    assert "SQ261125-05 12号楼1单元：" in given
    assert "牵头：小周" in (await li.commands(f"共性 {GX}"))[0]


async def test_progress_and_result_for_all_and_the_last_word_of_each(world: World) -> None:
    people, li = await common(world)
    await li.commands(f"派 {GX} 小周")
    await li.commands("确认")
    await world.passes(minutes=30)
    zhou = world.staff("小周")
    await zhou.commands(f"进展 {GX} 热力公司在查主管道")
    assert "5件的进展会在原处说一声" in (await zhou.commands("确认"))[0]
    await world.passes(minutes=15)
    assert world.heard_in_group(EAST)[-1].endswith("进展：热力公司在查主管道")
    assert {one.state for one in await cases(world)} == {"working"}
    east = len(world.heard_in_group(EAST))
    [shown] = await zhou.commands(f"办结 {GX} 换了主阀门，热了")
    assert "一起报结果：换了主阀门，热了" in shown
    assert "在2个群各说一句，问满不满意。" in shown
    await zhou.commands("确认")
    await world.passes(minutes=15)
    [question] = world.sent_to_group(EAST)[east:]
    assert question.outbound.text.endswith("有结果了：换了主阀门，热了。满意回1，基本满意回2，不满意回3。")
    assert (str(question.outbound.kind), len(question.outbound.mentions)) == ("reminder", 3)
    assert {one.state for one in await cases(world)} == {"awaiting_word"}
    for one, group in zip(people, (EAST, EAST, EAST, WEST, WEST), strict=True):
        await one.says("1", in_group=group)
    assert {one.state for one in await cases(world)} == {"closed"}
    ended = await problem(world)
    assert ended is not None and ended.state == "closed"  # noqa: PT018
    assert await li.commands("共性") == ["现在没有共性诉求。"]
    assert (await verbs(world, "problem:1"))[-1] == "complaints.problem_close"
    await people[0].says("不满意，又不热了", in_group=EAST)
    assert (await problem(world) or ended).state == "open"


async def test_who_reported_in_private_hears_one_line_for_all_their_cases(world: World) -> None:
    await colds(world, FIVE[:3])
    alone, li = world.resident("私聊的"), world.staff("李主任")
    for building in ("7", "12"):
        await alone.says(f"{building}号楼1单元暖气不热，屋里才14度")
    await world.passes(minutes=15)
    heard = len(alone.heard)
    [shown] = await li.commands(f"派 {GX} 张师傅")
    assert "在1个群各说一句，私下告诉1位。" in shown
    await li.commands("确认")
    await world.passes(minutes=15)
    assert alone.heard[heard:] == ["暖气不热的事（SQ261125-04、SQ261125-05）好几栋楼都有，已经派单，一起办。"]


async def test_cases_that_may_not_be_moved_are_named_and_left_out(world: World) -> None:
    _, li = await common(world)
    for number in ("01", "02"):
        await li.commands(f"受理 SQ261125-{number}")
    [shown] = await li.commands(f"进展 {GX} 在查主管道")
    assert "2件一起说进展：在查主管道\nSQ261125-01、SQ261125-02\n不动的：SQ261125-03（待受理）" in shown
    await li.commands("确认")
    assert [one.state for one in await cases(world)] == ["working", "working", "filed", "filed", "filed"]


async def test_what_moved_on_since_it_was_shown_is_left_out_and_counted(world: World) -> None:
    people, li = await common(world)
    await li.commands(f"派 {GX} 小周")
    await people[0].says("SQ261125-01 不用弄了，自己好了", in_group=EAST)
    await colds(world, ("9",))
    [answer] = await li.commands("确认")
    assert "4件都派给小周了" in answer
    assert "1件刚才有变化，没动。" in answer
    assert (await case(world, "SQ261125-01")).state == "withdrawn"
    assert (await case(world, "SQ261125-06")).state == "filed"  # it was not shown


async def test_lamps_of_many_buildings_are_a_problem_too(world: World) -> None:
    for building in FIVE:
        one = world.resident(f"邻居{building}")
        await one.says(f"{building}号楼2单元楼道灯坏了三天没人管", in_group=EAST)
        await world.passes(minutes=15)
    li = world.staff("李主任")
    heard = len(world.heard_in_group(EAST))
    await li.commands(f"派 {GX} 张师傅")
    await li.commands("确认")
    await world.passes(minutes=15)
    assert len(world.heard_in_group(EAST)) == heard + 1


async def test_two_lines_in_ten_minutes_also_for_a_problem(world: World) -> None:
    _, li = await common(world)
    await li.commands(f"派 {GX} 小周")
    await li.commands("确认")
    for words in ("在查", "在修", "快好了"):
        await li.commands(f"进展 {GX} {words}")
        await li.commands("确认")
    await world.passes(minutes=40)
    at = [sent.at for sent in world.sent_to_group(EAST)]
    assert all((at[index + 2] - at[index]).total_seconds() >= 600 for index in range(len(at) - 2))
    assert world.heard_in_group(EAST)[-1].endswith("快好了")


async def test_undo_does_not_undo_one_of_many(world: World) -> None:
    _, li = await common(world)
    await li.commands(f"派 {GX} 小周")
    await li.commands("确认")
    assert "没有能收回的" in (await li.commands("撤销"))[0]
    assert {one.state for one in await cases(world)} == {"assigned"}


async def test_quoting_what_we_said_of_it_stands_for_the_number(world: World) -> None:
    _, li = await common(world)
    notice: Any = next(sent for sent in world.channel.sent if "【共性诉求】" in sent.outbound.text)
    [shown] = await li.commands("派 小周", quoting=notice)
    assert f"{GX}（暖气不热）5件都派给小周" in shown


@pytest.mark.parametrize("text", ["共性", f"共性 {GX}", f"派 {GX} 小周", "确认", "不要"])
async def test_to_residents_it_is_as_if_nothing_were_said(world: World, text: str) -> None:
    people, _ = await common(world)
    said = len(world.channel.sent)
    await people[0].says(text)
    await people[0].says(f"@小助手 {text}", in_group=EAST)
    assert len(world.channel.sent) == said


async def test_the_same_on_both_databases(world_on_both: World) -> None:
    world = world_on_both
    _, li = await common(world)
    await li.commands(f"派 {GX} 小周")
    assert "5件都派给小周了" in (await li.commands("确认"))[0]
    await li.commands(f"办结 {GX} 热了")
    assert "5件的结果会告诉报的人" in (await li.commands("确认"))[0]
    assert {one.state for one in await cases(world)} == {"awaiting_word"}
    assert (await li.commands("共性"))[0].startswith(f"{GX} 暖气不热 5件5人次，5栋楼，牵头：小周")
