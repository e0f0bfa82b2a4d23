"""A notice from the first word to the last group."""

from __future__ import annotations

from bot.message import OutboundKind
from storage.broadcasts import Fate
from tests.notices.town import GROUPS, Town
from tests.resident import Resident

TEXT = "明天上午停水，请提前接水。"


def told(town: Town, group: str) -> list[str]:
    return town.heard_in_group(group)


class TestShownFirst:
    async def test_nothing_goes_out_before_a_yes(self, town: Town) -> None:
        [shown] = await town.li.commands(f"通知 所有群 {TEXT}")
        assert "要发到6个群，约5人：3号楼业主群、4号楼业主群、5号楼业主群、12号楼邻里、东区大群、团购群。" in shown
        assert "11月25日（周三）10:00开始，50秒左右发完。" in shown
        assert "团购群：我在这里只发不听。" in shown
        assert TEXT in shown
        assert "回“确认”就发" in shown
        assert town.notices() == []
        [said] = await town.li.commands("确认")
        assert said.startswith("TZ261125-01开始发了，6个群，11月25日（周三）10:0")
        assert {group: told(town, group) for group in GROUPS} == {group: [TEXT] for group in GROUPS}
        assert {one.outbound.kind for one in town.notices()} == {OutboundKind.NOTICE}

    async def test_a_no_sends_nothing(self, town: Town) -> None:
        await town.li.commands(f"通知 所有群 {TEXT}")
        await town.li.commands("不要")
        await town.li.commands("确认")
        assert town.notices() == []

    async def test_the_text_is_shown_as_it_will_read(self, town: Town) -> None:
        [shown] = await town.li.commands("通知 3号楼业主群 请联系13800001234，或到3号楼1层101室")
        assert "138****1234" in shown
        assert "13800001234" not in shown
        assert "打码" in shown
        await town.li.commands("确认")
        assert told(town, "3号楼业主群") == ["请联系138****1234，或到3号楼1层101室"]

    async def test_a_text_of_several_lines_stays_as_typed(self, town: Town) -> None:
        await town.begins("通知 3号楼业主群\n【通知】停水\n时间：明天 8:30\n地点：全楼")
        assert told(town, "3号楼业主群") == ["【通知】停水\n时间：明天 8:30\n地点：全楼"]

    async def test_at_night_it_says_when_it_will_go(self, town: Town) -> None:
        await town.passes(hours=12)
        [shown] = await town.li.commands(f"通知 3-5栋 {TEXT}")
        assert "11月26日（周四）07:30开始，20秒左右发完" in shown


class TestWhichGroups:
    async def test_a_range_of_buildings_without_one(self, town: Town) -> None:
        await town.begins(f"通知 3-5、12栋，除4栋 {TEXT}")
        assert [one.outbound.group for one in town.notices()] == [
            f"room:{name}" for name in ("3号楼业主群", "5号楼业主群", "12号楼邻里")
        ]

    async def test_a_tag_and_a_name(self, town: Town) -> None:
        [shown] = await town.li.commands(f"通知 业主、团购群：{TEXT}")
        assert "要发到3个群" in shown
        assert "12号楼邻里、东区大群、团购群" in shown

    async def test_all_but_some(self, town: Town) -> None:
        [shown] = await town.li.commands(f"通知 所有群，除团购群、4号楼业主群 {TEXT}")
        assert "要发到4个群" in shown
        assert "团购群" not in shown

    async def test_what_is_not_known_is_said(self, town: Town) -> None:
        [shown] = await town.li.commands(f"通知 3栋、养鸟群、99栋 {TEXT}")
        assert "要发到1个群" in shown
        assert "没找到：养鸟群，没算在内" in shown
        assert "99号楼没有登记的群，发不到" in shown

    async def test_who_else_will_read_it_is_said(self, town: Town) -> None:
        [shown] = await town.li.commands(f"通知 20栋 {TEXT}")
        assert "东区大群里还有21、22号楼的邻居，也会看到。" in shown

    async def test_no_group_at_all(self, town: Town) -> None:
        assert "没有叫“今天下午停水”的群" in (await town.li.commands("通知 今天下午停水"))[0]
        assert "99号楼没有登记的群" in (await town.li.commands(f"通知 99栋 {TEXT}"))[0]

    async def test_a_part_of_several_names(self, town: Town) -> None:
        [said] = await town.li.commands(f"通知 号楼业主 {TEXT}")
        assert "“号楼业主”对得上3个群：3号楼业主群、4号楼业主群、5号楼业主群" in said

    async def test_more_buildings_than_there_can_be(self, town: Town) -> None:
        assert "最多200栋" in (await town.li.commands(f"通知 1-900栋 {TEXT}"))[0]


class TestRefused:
    async def test_without_words(self, town: Town) -> None:
        assert "还差要说的话" in (await town.li.commands("通知 所有群"))[0]

    async def test_too_long(self, town: Town) -> None:
        assert "最多1800字" in (await town.li.commands("通知 所有群 " + "水" * 1801))[0]

    async def test_by_who_may_not(self, town: Town) -> None:
        assert "还不能用“通知”" in (await town.staff("孙网格").commands(f"通知 所有群 {TEXT}"))[0]

    async def test_by_a_resident_nothing_is_heard_and_nothing_done(self, town: Town) -> None:
        wang: Resident = town.people["wx_wang"]
        await wang.says(f"通知 所有群 {TEXT}", in_group="3号楼业主群")
        await wang.says("确认 TZ261125-01")
        assert town.notices() == []

    async def test_an_unknown_number(self, town: Town) -> None:
        for command in ("通知", "暂停", "继续", "停发", "补发", "回执", "确认", "不要"):
            assert "没有TZ261125-77这条通知" in (await town.li.commands(f"{command} TZ261125-77"))[0]

    async def test_a_command_without_its_number(self, town: Town) -> None:
        for command in ("暂停", "停发", "补发", "回执"):
            assert "还差通知的编号" in (await town.li.commands(command))[0]


class TestShown:
    async def test_the_latest_and_one_whole(self, town: Town) -> None:
        assert "还没有发过通知" in (await town.li.commands("通知"))[0]
        await town.begins(f"通知 3、4栋 {TEXT}")
        await town.begins("通知 业主 明天体检")
        [latest] = await town.zhou.commands("通知")
        assert latest.splitlines()[0] == "TZ261125-02 11月25日（周三）10:00 发完了，2/2个群：明天体检"
        [shown] = await town.zhou.commands("通知 TZ261125-01")
        assert "李主任11月25日（周三）10:00发起，发完了" in shown
        assert "发了2/2个群" in shown
        assert TEXT in shown
        assert await town.fates() == {"3号楼业主群": Fate.SENT, "4号楼业主群": Fate.SENT}
