"""`统计`: the rates of a period as a phone shows them, from what residents and staff really said and did."""

from __future__ import annotations

import pytest

from storage import accounts
from tests.resident import GROUP, Resident, StaffMember, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"


async def rated(world: World, li: StaffMember, number: str, who: Resident, *words: str) -> None:
    """Accepted at once, done in an hour; each word that is no 1 has it done again."""
    await li.commands(f"受理 {number}")
    for word in words:
        await world.passes(hours=1)
        await li.commands(f"办结 {number} 换了新灯")
        await world.passes(minutes=11)
        await who.says(word, in_group=GROUP)


async def test_a_month_from_the_first_word_to_the_last(world: World) -> None:
    wang, zhao, li = world.resident("王阿姨"), world.resident("赵姐"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await zhao.says("3号楼2单元的楼道灯也不亮了，黑咕隆咚的", in_group=GROUP)
    await zhao.says("5号楼1单元电梯坏了，爬楼爬得腿软", in_group=GROUP)
    await wang.says("7号楼3单元垃圾堆了三天没人清", in_group=GROUP)
    await rated(world, li, "SQ261125-02", zhao, "3", "1")
    await li.commands("受理 SQ261125-03")
    await li.commands("解释 SQ261125-03 那是私家院子")
    [told] = await li.commands("统计 本月")
    assert told.splitlines() == [
        "统计 2026年11月1日（周日）到11月25日（周三）",
        "诉求 3件，4人次",
        "响应率 100%（2/2）",
        "按时办结率 100%（2/2）",
        "解决率 100%（1/1）",
        "满意率 100%（1/1）",
        "重办率 50%（1/2）",
        "用时 一半在2.2小时内，九成在2.2小时内（1件）",
        "解释存档 1件",
        "最多：楼道灯1件、电梯故障1件、垃圾清运1件",
    ]
    await world.passes(days=8)
    [later] = await li.commands("统计 11月")
    assert "2026年11月1日（周日）到11月30日（周一）" in later
    assert "响应率 67%（2/3）" in later
    assert "按时办结率 67%（2/3）" in later
    assert "现在超期 1件" in later


async def test_an_empty_period_says_so(world: World) -> None:
    [told] = await world.staff("李主任").commands("统计 去年12月")
    assert told.splitlines() == [
        "统计 2025年12月1日（周一）到12月31日（周三）",
        "诉求 无",
        *(f"{name} 无" for name in ("响应率", "按时办结率", "解决率", "满意率", "重办率", "用时")),
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("统计", "统计 2026年11月1日（周日）到11月25日（周三）"),
        ("统计 今天", "统计 2026年11月25日（周三）"),
        ("统计 上周", "统计 2026年11月16日（周一）到11月22日（周日）"),
        ("统计 2025年12月20日到2026年1月10日", "统计 2025年12月20日（周六）到2026年1月10日（周六）"),
    ],
)
async def test_the_period_is_said_with_its_days(world: World, asked: str, said: str) -> None:
    [told] = await world.staff("小周").commands(asked)
    assert told.splitlines()[0] == said


async def test_a_period_that_is_none_is_told_how_to_write_it(world: World) -> None:
    [told] = await world.staff("李主任").commands("统计 很久以前")
    assert told == ("还差看得懂的周期，例如 本月、上周、近30天、11月1日到15日。写法：统计 周期（不写周期就是本月）")


async def test_who_may_ask(world: World) -> None:
    assert "角色" in (await world.staff("孙网格").commands("统计"))[0]
    directory = world.assistant.directory
    viewer = world.resident("看台账的")
    await viewer.says("你好")
    async with world.assistant.database.transaction() as db:
        contact = directory.contact(viewer.contact)
        assert contact is not None
        await accounts.bind_staff(db, directory, contact, name="老许", role="viewer", buildings=(), bound_by="test")
    assert "诉求 无" in (await viewer.says("统计"))[0]


async def test_residents_get_no_hint_that_there_is_such_a_command(world: World) -> None:
    wang = world.resident("王阿姨")
    assert await wang.says("统计") == []
    assert await wang.says("统计 本月", in_group=GROUP) == []
