"""What staff look at: 待办, 诉求, 超期, 我的; and one case whole, with all that happened to it."""

from __future__ import annotations

from tests.complaints.staffed import staffed
from tests.resident import GROUP, World

__all__ = ["staffed"]

LAMP = "3号楼2单元楼道灯坏了三天没人管"
HEATING = "7号楼暖气不热，屋里才14度"
FIRST, SECOND = "SQ261125-01", "SQ261125-02"


def sections(agenda: str) -> dict[str, list[str]]:
    """The headings of an agenda with the numbers below each."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in agenda.splitlines():
        if line.startswith(("SQ", "（无编号）")):
            found[heading].append(line.split()[0])
        elif line.endswith("件"):
            heading = line.rpartition(" ")[0]
            found[heading] = []
    return found


async def test_an_agenda_puts_each_case_where_it_belongs(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says(HEATING, in_group=GROUP)
    await wang.says("5号楼1单元单元门坏了三天没人管", in_group=GROUP)
    await wang.says("12号楼楼道灯坏了没人管", in_group=GROUP)
    await wang.says("楼道灯坏了好几天了没人修", in_group=GROUP)
    await li.commands(f"派 {SECOND} 小周")
    await li.commands("受理 SQ261125-03")
    await li.commands("挂起 SQ261125-03 等配件")
    await li.commands("延期 SQ261125-04 今天 有人等着")
    [agenda] = await li.commands("待办")
    assert sections(agenda) == {"今天到期": ["SQ261125-04"], "待受理": [FIRST], "等地点": ["（无编号）"]}
    await world.passes(days=8)
    [agenda] = await li.commands("待办")
    found = sections(agenda)
    assert sorted(found["已超期"]) == [FIRST, SECOND, "SQ261125-04"]
    assert found["挂起过了一周"] == ["SQ261125-03"]  # its clock stands still: never overdue
    [overdue] = await li.commands("超期")
    assert overdue.startswith("超期 3件\nSQ261125-04")  # the longest overdue first
    assert "，小周" in overdue
    assert "，还没人办" in overdue
    assert "SQ261125-03" not in overdue


async def test_a_case_that_needs_a_telephone_call_is_on_the_agenda(world: World) -> None:
    zhou, li = world.staff("小周"), world.staff("李主任")
    await li.commands("代报 王大爷 3-2-501 厕所漏水 电话")
    await zhou.commands(f"受理 {FIRST}")
    await zhou.commands(f"办结 {FIRST} 换了阀门")
    [agenda] = await li.commands("待办")
    assert sections(agenda) == {"待回访（要打电话）": [FIRST]}


async def test_what_was_just_given_to_somebody_is_on_their_agenda(staffed: World) -> None:
    await staffed.resident("王阿姨").says(LAMP, in_group=GROUP)
    li, wu = staffed.staff("李主任"), staffed.staff("物业吴")
    await li.commands(f"派 {FIRST} 物业吴")
    assert sections((await wu.commands("待办"))[0]) == {"派给您的，待签收": [FIRST]}
    assert await li.commands("待办") == ["今天没有要办的件。"]
    await wu.commands(f"签收 {FIRST}")
    assert await wu.commands("待办") == ["今天没有要办的件。"]


async def test_long_lists_say_how_many_there_are(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    for building in range(1, 25):
        await wang.says(f"{building}号楼楼道灯坏了没人管", in_group=GROUP)
        await world.passes(minutes=10)
    [agenda] = await li.commands("待办")
    assert "待受理 24件" in agenda
    assert "……还有14件" in agenda
    [cases] = await li.commands("诉求")
    assert cases.count("SQ261125-") == 20
    assert "没有列完" in cases


async def test_mine_is_what_was_given_to_me(world: World) -> None:
    wang, li, zhou = world.resident("王阿姨"), world.staff("李主任"), world.staff("小周")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says(HEATING, in_group=GROUP)
    assert await zhou.commands("我的") == ["您手上没有在办的件。"]
    await li.commands(f"派 {FIRST} 小周")
    await li.commands(f"受理 {SECOND}")
    [mine] = await zhou.commands("我的")
    assert mine.startswith("您手上 1件\nSQ261125-01 [已派单] 3号楼2单元 楼道灯")
    assert "12月2日（周三）18:00到期" in mine
    assert SECOND in (await li.commands("我的"))[0]


async def test_search_finds_by_words_and_by_address_also_what_is_done(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says(HEATING, in_group=GROUP)
    assert FIRST in (await li.commands("诉求 3号楼2单元"))[0]
    assert SECOND in (await li.commands("诉求 7号楼 暖气"))[0]
    await li.commands(f"受理 {FIRST}")
    await li.commands(f"解释 {FIRST} 归供电局修")
    assert FIRST not in (await li.commands("诉求"))[0]
    assert FIRST in (await li.commands("诉求 楼道灯"))[0]
    assert await li.commands("诉求 游泳池") == ["没有找到“游泳池”。"]


async def test_one_case_whole(world: World) -> None:
    wang, zhao, li, zhou = (
        world.resident("3-2-501 王阿姨"),
        world.resident("赵姐"),
        world.staff("李主任"),
        world.staff("小周"),
    )
    await wang.says("3号楼2单元楼道灯坏了三天没人管，打我13812345678", in_group=GROUP)
    await zhao.says("3号楼2单元楼道灯不亮", in_group=GROUP)
    await li.commands(f"派 {FIRST} 小周")
    await zhou.commands(f"挂起 {FIRST} 等灯泡")
    await zhou.commands(f"办结 {FIRST} 换了灯泡")
    await world.passes(minutes=15)
    await wang.says("1", in_group=GROUP)
    await li.commands("代报 张秀英 3-2-402 楼道灯不亮")
    [whole] = await li.commands(f"诉求 {FIRST}")
    lines = whole.splitlines()
    assert lines[:4] == [
        f"{FIRST} [待回访] P2",
        "公共设施·楼道灯",
        "地点：3号楼2单元",
        "原话：3号楼2单元楼道灯坏了三天没人管，打我13812345678",
    ]
    for part in ("电话：13812345678", "承办：小周", "结果：换了灯泡", "回话：满意1位", "时限：12月2日（周三）18:00"):
        assert part in lines, part
    assert "反映：2人次，王阿姨、赵姐" in lines
    assert "赵姐也说：3号楼2单元楼道灯不亮" in lines
    assert any(line.endswith("李主任 派单：小周") for line in lines)
    assert any(line.endswith("小周 挂起：等灯泡") for line in lines)
    assert any(line.endswith("居民回话：满意") for line in lines)


async def test_joined_cases_name_each_other(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await wang.says("3号楼3单元楼道灯坏了没人管", in_group=GROUP)
    await li.commands(f"并案 {FIRST} {SECOND}")
    assert f"并进来：{SECOND}" in (await li.commands(f"诉求 {FIRST}"))[0]
    assert f"并入：{FIRST}" in (await li.commands(f"诉求 {SECOND}"))[0]


async def test_a_wrong_number_gets_one_line(world: World) -> None:
    li = world.staff("李主任")
    assert "没查到SQ261125-99" in (await li.commands("诉求 SQ261125-99"))[0]
    assert await li.commands("超期") == ["没有超期的件。"]
    assert await li.commands("诉求") == ["现在没有在办的件。"]
