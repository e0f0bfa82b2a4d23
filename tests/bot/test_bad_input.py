"""Whatever arrives: handled, or refused in one line; the stream goes on, and nothing is lost or doubled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.message import Echo, FriendRequest, Gap, Inbound, Joined, Quote, Recalled
from intents.complaints.filing import Filing
from storage import case_lists
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, World

LAMP = "3号楼2单元楼道灯坏了三天没人管"

NASTY = {
    "empty": "",
    "blank": " \n\t\u3000",
    "nul": "3号楼\x00楼道灯坏了\x00没人管",
    "lone surrogate": "\ud83d 楼道灯坏了 5号楼 没人管",
    "a megabyte": "楼道灯坏了 5号楼 没人管 " * 60_000,
    "zero width": "5号\u200b楼\u200d楼道\ufeff灯坏了没人管",
    "bidirectional": "\u202e5号楼\u202c楼道灯坏了没人管",
    "500 mentions": "@邻居\u2005" * 500 + "5号楼楼道灯坏了没人管",
    "template": "{{ 7*7 }}{% for x in range(9) %}5号楼楼道灯坏了没人管{% endfor %}",
    "format": "%s%s%n {0.__class__} 5号楼楼道灯坏了没人管",
    "sql": "5号楼'; DROP TABLE complaints; -- 楼道灯坏了没人管",
    "shell": "5号楼 $(rm -rf /) `id` 楼道灯坏了没人管",
    "regular expression": "5号楼(((a+)+)+$ 楼道灯坏了没人管" + "a" * 3000,
    "emoji": "5号楼楼道灯坏了没人管" + "😡" * 500,
}


@pytest.mark.parametrize("name", NASTY)
async def test_nasty_text_does_not_stop_the_stream(world: World, name: str) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    await wang.says(NASTY[name], in_group=GROUP)
    await wang.says(NASTY[name])
    assert await world.failures() == 0
    [answer] = await li.says(LAMP, in_group=GROUP)
    assert "SQ261125-" in answer
    async with world.assistant.database.reading() as db:
        cases, _ = await case_lists.totals(db, world.assistant.settings.community.id)
    assert cases >= 1


async def test_what_a_resident_writes_never_becomes_a_template(world: World) -> None:
    wang = world.resident("{{ 7*7 }}")
    [answer] = await wang.says("5号楼{{ 7*7 }}楼道灯坏了没人管", in_group=GROUP)
    assert "49" not in answer
    [whole] = await world.staff("李主任").commands("诉求 SQ261125-01")
    assert "{{ 7*7 }}" in whole


async def test_old_messages_are_not_answered(world: World) -> None:
    late = Inbound("old", "wx_w", LAMP, world.clock.now() - timedelta(hours=5), "room:g", "g", "王")
    await world.happens(late)
    assert world.channel.sent == []


async def test_a_group_that_is_not_listened_to(shelf: Shelf, vault: Vault) -> None:
    settings = small_settings(groups=[{"name": "团购群", "listen": False}])
    world = await open_world(Database(shelf.migrated("sqlite"), vault), settings)
    wang = world.resident("王阿姨")
    assert await wang.says(LAMP, in_group="团购群") == []
    assert await wang.says(LAMP, in_group=GROUP) != []
    await world.close()


async def test_a_handler_that_raises_rolls_back_and_staff_are_told(world: World, monkeypatch: Any) -> None:
    wang, li = world.resident("王阿姨"), world.resident("李叔")
    file = Filing.file

    async def broken(self: Filing, *arguments: Any) -> Any:
        await file(self, *arguments)
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Filing, "file", broken)
    world.expects_failures = True
    assert await wang.says(LAMP, in_group=GROUP) == []
    assert "王阿姨" in world.staff("李主任").heard[-1]
    assert await world.failures() == 1
    monkeypatch.undo()
    [answer] = await li.says(LAMP, in_group=GROUP)
    assert "SQ261125-01" in answer  # the number of what was rolled back is not lost


async def test_events_about_unknown_things_do_not_stop_the_stream(world: World) -> None:
    now = world.clock.now()
    await world.happens(Echo("nobody", "never sent", now, group="room:unknown"))
    await world.happens(Recalled("unknown", now, group="room:unknown", sender="unknown"))
    await world.happens(Joined("room:new", ("wx_1", "wx_2", "wx_1"), now))
    [answer] = await world.resident("王阿姨").says(LAMP, in_group=GROUP)
    assert "SQ261125-01" in answer


async def test_staff_are_told_of_a_gap(world: World) -> None:
    now = world.clock.now()
    await world.happens(Gap(now - timedelta(minutes=9), now))
    assert "没听到" in world.staff("李主任").heard[-1]


async def test_a_recalled_message_leaves_the_memory_and_its_case_says_so(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    await wang.says(LAMP, in_group=GROUP)
    await world.happens(Recalled(wang.last.id, world.clock.now(), group=wang.last.group, sender=wang.contact))
    [whole] = await li.commands("诉求 SQ261125-01")
    assert "撤回了原话" in whole


async def test_too_many_messages_are_done_without_a_word(world: World) -> None:
    wang, li = world.resident("王阿姨"), world.staff("李主任")
    limit = world.assistant.settings.limits.answers_a_minute_person
    answers = 0
    for building in range(1, limit + 4):
        answers += len(await wang.says(f"{building}号楼楼道灯坏了没人管", in_group=GROUP))
        world.clock.move_to(world.clock.now())
    assert answers <= limit + 1
    [agenda] = await li.commands("待办")
    assert f"待受理 {limit + 3}件" in agenda


async def test_a_quote_of_nothing_we_know(world: World) -> None:
    li = world.staff("李主任")
    [answer] = await li.commands("受理", in_group=GROUP, quoting=Quote("谁", "从没说过的话"))
    assert "写上编号" in answer
    [reason] = await li.commands("为什么", in_group=GROUP, quoting=Quote("谁", "3号楼2单元楼道灯坏了没人管"))
    assert "complaints.file" in reason


async def test_names_that_no_database_can_hold(world: World) -> None:
    now = world.clock.now()
    await world.happens(Joined("room:odd", ("wx_odd",), now, group_name="群\ud83d\x00" + "长" * 500))
    assert world.assistant.directory.group("room:odd") is not None
    await world.happens(FriendRequest("wx_new", "新\ud83d邻\x00居" * 100, "你好", now))
    assert world.channel.sent[-1].outbound.contact == "wx_new"
    odd = world.resident("王\ud83d阿\x00姨" * 100, contact="wx_odd_one")
    [answer] = await odd.says(LAMP, in_group=GROUP)
    assert "SQ261125-01" in answer
