"""What staff may do while a notice goes out: hold it, let it go on, call the rest off, say again what failed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage.broadcasts import Fate
from storage.messages import OutboxRow, SendState
from tests.notices.town import Town, open_town

NUMBER = "TZ261125-01"


@pytest.fixture
async def night(town_on_both: Town) -> Town:
    """A notice to three groups waits for the morning."""
    await town_on_both.passes(hours=12)
    await town_on_both.begins("通知 3-5栋 明天停水")
    return town_on_both


class TestHeld:
    async def test_what_waits_is_held_and_goes_on(self, night: Town) -> None:
        [said] = await night.zhou.commands(f"暂停 {NUMBER}")
        assert said == f"{NUMBER}停住了：发了0个群，还有3个没发。接着发：继续 {NUMBER}。不发了：停发 {NUMBER}"
        await night.passes(days=1)
        assert night.notices() == []
        assert set((await night.fates()).values()) == {Fate.HELD}
        assert "暂停着" in (await night.li.commands("通知"))[0]
        await night.passes(hours=10)
        [said] = await night.li.commands(f"继续 {NUMBER}")
        assert said == f"{NUMBER}接着发，还有3个群。"
        await night.passes(minutes=2)
        assert set((await night.fates()).values()) == {Fate.SENT}

    async def test_a_restart_forgets_nothing_of_it(self, night: Town) -> None:
        await night.zhou.commands(f"暂停 {NUMBER}")
        again = await open_town(night.assistant.database, restarted=night)
        await again.assistant.sender.recover()
        await again.passes(hours=12)
        assert again.notices() == []
        assert set((await again.fates()).values()) == {Fate.HELD}

    async def test_only_what_is_under_way(self, night: Town) -> None:
        assert f"{NUMBER}现在是“正在发”，不能“继续”。" == (await night.li.commands(f"继续 {NUMBER}"))[0]
        await night.passes(hours=12)
        assert f"{NUMBER}已经发完，不能“暂停”。" == (await night.li.commands(f"暂停 {NUMBER}"))[0]
        assert f"{NUMBER}已经发完，不能“停发”。" == (await night.li.commands(f"停发 {NUMBER}"))[0]


class TestCalledOff:
    async def test_the_rest_is_not_said(self, town: Town) -> None:
        town.chat.loses = {"4号楼业主群"}
        await town.passes(hours=11, minutes=29, seconds=45)  # two of them before quiet hours
        await town.begins("通知 3-5、12栋 明天停水")
        [said] = await town.li.commands(f"停发 {NUMBER}")
        sent = [fate for fate in (await town.fates()).values() if fate is Fate.SENT]
        assert f"{NUMBER}停发了：发了{len(sent)}个群" in said
        await town.passes(days=1)
        assert Fate.CALLED_OFF in (await town.fates()).values()
        assert len(town.notices()) == len(sent)
        assert "停发了：" in (await town.li.commands(f"通知 {NUMBER}"))[0]

    async def test_one_that_is_held(self, night: Town) -> None:
        await night.li.commands(f"暂停 {NUMBER}")
        assert (await night.li.commands(f"停发 {NUMBER}"))[0].startswith(f"{NUMBER}停发了：发了0个群，3个不发了。")
        await night.passes(days=1)
        assert night.notices() == []

    async def test_by_the_thing_it_tells_of(self, town_on_both: Town) -> None:
        """As a session does that is called off while its notice still goes out."""
        town = town_on_both
        await town.passes(hours=12)
        directory, broadcasting = town.assistant.directory, town.assistant.services["broadcasting"]
        groups = list(directory.groups())
        by = next(one for one in directory.officers.values() if one.name == "李主任")
        async with town.assistant.database.transaction() as db:
            await broadcasting.begin(db, "周六体检", groups, by=by, now=town.clock.now(), about="session:7")
            await broadcasting.begin(db, "别的", groups[:1], by=by, now=town.clock.now(), about="session:8")
        async with town.assistant.database.transaction() as db:
            assert await broadcasting.call_off(db, "session:7") == len(groups)
            assert await broadcasting.call_off(db, "session:7") == 0
        await town.passes(days=1)
        assert [one.outbound.text for one in town.notices()] == ["别的"]


class TestFailed:
    async def test_it_is_listed_and_said_again_by_one_command(self, town: Town) -> None:
        town.chat.refuses = {"4号楼业主群", "东区大群"}
        await town.begins("通知 所有群 明天停水")
        await town.passes(minutes=5)
        [shown] = await town.li.commands(f"通知 {NUMBER}")
        assert "发了4/6个群" in shown
        assert f"没发出去：4号楼业主群、东区大群。再发一次：补发 {NUMBER}" in shown
        town.chat.refuses = {"东区大群"}
        [shown] = await town.zhou.commands(f"补发 {NUMBER}")
        assert f"{NUMBER}要再发到：4号楼业主群、东区大群。" in shown
        assert town.heard_in_group("4号楼业主群") == []
        assert f"{NUMBER}再发2个群" in (await town.zhou.commands("确认"))[0]
        await town.passes(minutes=5)
        assert town.heard_in_group("4号楼业主群") == ["明天停水"]
        assert town.heard_in_group("3号楼业主群") == ["明天停水"]
        assert (await town.fates())["东区大群"] is Fate.FAILED

    async def test_staff_are_told_once_of_all_groups(self, town_on_both: Town) -> None:
        town = town_on_both
        town.chat.refuses = {"4号楼业主群", "东区大群", "5号楼业主群"}
        await town.begins("通知 所有群 明天停水")
        heard = len(town.li.heard)
        await town.passes(minutes=10)
        [told] = [line for line in town.li.heard[heard - 1 :] if "没发出去" in line]
        assert told == (
            f"【留意】通知{NUMBER}没有发全。\n有3个群没发出去：4号楼业主群、5号楼业主群、东区大群。再发一次：补发 {NUMBER}"
        )

    async def test_nothing_to_say_again(self, town: Town) -> None:
        await town.begins("通知 3栋 明天停水")
        assert f"{NUMBER}没有发失败的群。" == (await town.li.commands(f"补发 {NUMBER}"))[0]

    async def test_two_who_say_it_again_at_once_say_it_once(self, town: Town) -> None:
        town.chat.refuses = {"4号楼业主群"}
        await town.begins("通知 3-5栋 明天停水")
        town.chat.refuses = set()
        await town.li.commands(f"补发 {NUMBER}")
        await town.zhou.commands(f"补发 {NUMBER}")
        await town.li.commands("确认")
        assert "已经有人补发了，没有再发" in (await town.zhou.commands("确认"))[0]
        await town.passes(minutes=5)
        assert town.heard_in_group("4号楼业主群") == ["明天停水"]


class TestUncertain:
    async def test_it_is_shown_and_not_sent_again_by_itself(self, town: Town) -> None:
        town.chat.loses = {"4号楼业主群"}
        await town.begins("通知 3-5栋 明天停水")
        await town.passes(days=1)
        assert town.heard_in_group("4号楼业主群") == []
        assert any("不知道发没发出去" in line for line in town.li.heard)
        [shown] = await town.li.commands(f"通知 {NUMBER}")
        assert "说不准发没发：4号楼业主群。" in shown
        [said] = await town.li.commands(f"补发 {NUMBER}")
        assert "没有发失败的群。说不准的有：4号楼业主群" in said

    async def test_only_where_staff_name_the_group(self, town: Town) -> None:
        town.chat.loses = {"4号楼业主群"}
        await town.begins("通知 3-5栋 明天停水")
        await town.passes(minutes=3)
        town.chat.loses = set()
        [shown] = await town.li.commands(f"补发 {NUMBER} 4号楼业主群")
        assert "4号楼业主群说不准，可能已经发出去了，再发就是两遍。" in shown
        await town.li.commands("确认")
        await town.passes(minutes=5)
        assert town.heard_in_group("4号楼业主群") == ["明天停水"]
        assert (await town.fates())["4号楼业主群"] is Fate.SENT

    async def test_a_crash_sends_only_what_was_certainly_not_sent(self, night: Town) -> None:
        first = (await night.rows())[0]
        async with night.assistant.database.transaction() as db:
            dying = update(OutboxRow).where(OutboxRow.id == first.id)
            await db.execute(dying.values(state=SendState.SENDING, attempts=1, attempted_at=night.clock.now()))
        again = await open_town(night.assistant.database, restarted=night)
        await again.assistant.sender.recover()
        await again.passes(hours=12)
        assert await again.fates() == {
            "3号楼业主群": Fate.UNCERTAIN,
            "4号楼业主群": Fate.SENT,
            "5号楼业主群": Fate.SENT,
        }
        assert again.heard_in_group("3号楼业主群") == []
        assert again.clock.now() > night.start + timedelta(hours=12)
