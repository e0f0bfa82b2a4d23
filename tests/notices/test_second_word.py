"""To many groups nothing goes before a second staff member agrees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from intents.errors import BroadcastNotAllowed
from storage.database import Database
from tests.assistants import FACTS
from tests.notices.town import Town, open_town

NUMBER = "TZ261125-01"
COMMAND = "通知 所有群 明天停水"


@pytest.fixture
async def strict(database: Database) -> AsyncIterator[Town]:
    """More than three groups are too many for one alone."""
    town = await open_town(database, broadcasts={"second_word_above": 3})
    yield town
    await town.close()


class TestAsked:
    async def test_another_is_asked_in_private_and_only_their_word_begins_it(self, strict: Town) -> None:
        assert "还要另一位管理员或社工点头才发" in (await strict.li.commands(COMMAND))[0]
        [said] = await strict.li.commands("确认")
        assert said.startswith(f"{NUMBER}还没发。6个群，要另一位点头，已经私下问小周，等到11月26日（周四）10:0")
        [asked] = strict.zhou.heard
        assert asked.startswith(f"【请您点头】李主任要发通知{NUMBER}，到6个群，约5人：3号楼业主群、")
        assert "明天停水" in asked
        assert strict.staff("孙网格").heard == []
        assert strict.notices() == []
        assert (await strict.zhou.commands(f"确认 {NUMBER}"))[0].startswith(f"{NUMBER}开始发了，6个群")
        assert strict.li.heard[-1] == f"{NUMBER}，小周同意了，开始发。看发得怎样：通知 {NUMBER}"
        await strict.passes(minutes=2)
        assert len(strict.notices()) == 6
        assert "李主任11月25日（周三）10:00发起，小周同意，发完了" in (await strict.li.commands(f"通知 {NUMBER}"))[0]

    async def test_nobody_agrees_with_themselves(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        assert (await strict.li.commands(f"确认 {NUMBER}"))[0] == f"{NUMBER}是您自己发起的，要另一位点头才算。"
        assert strict.notices() == []

    async def test_a_grid_member_does_not_agree(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        assert "还不能用" in (await strict.staff("孙网格").commands(f"确认 {NUMBER}"))[0]
        assert strict.notices() == []

    async def test_a_bare_yes_is_no_second_word(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        await strict.zhou.commands("确认")
        assert strict.notices() == []

    async def test_few_groups_need_none(self, strict: Town) -> None:
        await strict.begins("通知 3-5栋 明天停水")
        assert len(strict.notices()) == 3

    async def test_whoever_says_it_second_says_nothing_more(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        await strict.zhou.commands(f"确认 {NUMBER}")
        assert (await strict.zhou.commands(f"确认 {NUMBER}"))[0] == f"{NUMBER}现在是“正在发”，不能“确认”。"
        await strict.passes(minutes=5)
        assert len(strict.notices()) == 6

    async def test_two_who_agree_at_the_same_moment_begin_it_once(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        database, broadcasting = strict.assistant.database, strict.assistant.services["broadcasting"]
        now = strict.clock.now()
        zhou = next(one for one in strict.assistant.directory.officers.values() if one.name == "小周")

        async def agrees() -> bool:
            try:
                async with database.transaction() as db:
                    await broadcasting.agree(db, NUMBER, zhou, now)
            except BroadcastNotAllowed:
                return False
            return True

        assert sorted(await asyncio.gather(*(agrees() for _ in range(5)))) == [False] * 4 + [True]
        assert len(await strict.rows()) == 6


class TestDropped:
    async def test_by_the_second(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        assert (await strict.zhou.commands(f"不要 {NUMBER}"))[0] == f"{NUMBER}不发了，哪个群都没发过。"
        assert strict.li.heard[-1] == f"{NUMBER}，小周没有同意，没有发。"
        assert "现在是“没有发”，不能“确认”" in (await strict.zhou.commands(f"确认 {NUMBER}"))[0]

    async def test_by_the_first(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        heard = len(strict.li.heard)
        await strict.li.commands(f"停发 {NUMBER}")
        assert strict.li.heard[heard:] == [f"{NUMBER}不发了，哪个群都没发过。"]
        await strict.passes(days=2)
        assert strict.notices() == []

    async def test_a_no_ends_nothing_that_has_begun(self, strict: Town) -> None:
        await strict.begins("通知 3-5栋 明天停水")
        assert "不能“停发”" in (await strict.li.commands(f"不要 {NUMBER}"))[0]

    async def test_it_lapses(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        await strict.passes(hours=25)
        assert strict.li.heard[-1].startswith(f"{NUMBER}一直没有人点头，没有发。")
        assert "没有发" in (await strict.zhou.commands(f"确认 {NUMBER}"))[0]
        assert strict.notices() == []

    async def test_what_was_agreed_does_not_lapse(self, strict: Town) -> None:
        await strict.begins(COMMAND)
        await strict.zhou.commands(f"确认 {NUMBER}")
        await strict.passes(hours=25)
        assert not any("一直没有人点头" in line for line in strict.li.heard)


async def test_with_nobody_to_ask_it_is_not_begun(database: Database) -> None:
    alone = [one for one in FACTS["staff"] if one["role"] != "worker"]
    town = await open_town(database, broadcasts={"second_word_above": 3}, staff=alone)
    assert "现在没有别人能点头，没有发" in (await town.li.commands(COMMAND))[0]
    assert town.notices() == []
    await town.close()
