"""Rhythms of the configuration come round once each, at their time, to whom they are for; late within their use or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ConfigurationFault, load_settings
from storage.database import Database
from tests.assistants import MORNING, ZONE, open_world, small_settings
from tests.resident import World

PARTY = "党员之家"
OWNERS = "3号楼业主群"
CONFIG = Path(__file__).parents[2] / "config.yaml"

RHYTHMS: list[dict[str, Any]] = [
    {"name": "晨会", "when": "每天 09:00", "to": {"staff": ["worker"]}, "say": "今天{今天}的晨会。"},
    {"name": "主题党日", "when": "每月5日 09:00", "to": {"tags": ["党员"]}, "say": "【通知】今天是主题党日。"},
    {"name": "节日活动", "when": "元旦、春节前10天 09:00", "to": {"staff": ["admin"]}, "say": "{节日}是{日子}。"},
    {"name": "例会", "when": "每月第一个工作日 08:30", "to": {"staff": ["admin"]}, "say": "开例会。"},
]
GROUPS = [{"name": PARTY, "tags": ["党员"]}]


async def opened(database: Database, start: datetime = MORNING, *, rhythms: Any = RHYTHMS, runs: bool = True) -> World:
    settings = small_settings(groups=GROUPS, rhythms=rhythms, pacing={"gap_s": 0, "jitter_s": 0, "notice_gap_s": 0})
    world = await open_world(database, settings, start, rhythms=runs)
    world.resident("3-2-501 王阿姨")
    await world.connect(PARTY, OWNERS)
    return world


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = await opened(database)
    yield world
    await world.close()


def said(world: World, name: str, words: str) -> list[str]:
    return [text for text in world.staff(name).heard if words in text]


async def test_each_comes_round_once_at_its_time_to_whom_it_is_for(world: World) -> None:
    await world.passes(days=31)
    mornings = said(world, "小周", "晨会")
    assert len(mornings) == 31
    assert mornings[0] == "【日程】晨会：今天11月26日（周四）的晨会。"
    assert world.heard_in_group(PARTY) == ["【通知】今天是主题党日。"]
    assert world.heard_in_group(OWNERS) == []
    assert said(world, "李主任", "节日活动") == ["【日程】节日活动：元旦是1月1日（周五）。"]
    assert len(said(world, "李主任", "例会")) == 1
    assert not said(world, "小周", "例会")


async def test_staff_see_the_next_five_dates_and_what_is_not_published_yet(world: World) -> None:
    [answer] = await world.staff("小周").commands("日程")
    assert "日程5项" in answer
    assert "主题党日（每月5日 09:00）" in answer
    assert "12月5日（周六）09:00；2027年1月5日（周二）09:00" in answer
    assert "12月22日（周二）09:00 元旦" in answer
    first, second = answer.split("例会（每月第一个工作日 08:30）")[1].split("；")[:2]
    assert "12月1日（周二）08:30" in first
    published = world.assistant.services["calendar"].is_published(2027)
    assert ("未公布" in second) == (not published)


async def test_one_is_shown_with_its_words(world: World) -> None:
    [answer] = await world.staff("李主任").commands("日程 节日")
    assert "私下发给：管理员" in answer
    assert answer.endswith("下次发的话：\n元旦是1月1日（周五）。")
    [answer] = await world.staff("李主任").commands("日程 主题党日")
    assert f"发到群：{PARTY}" in answer
    [answer] = await world.staff("李主任").commands("日程 没有的")
    assert "没有叫“没有的”的" in answer
    assert "晨会" in answer


async def test_a_grid_member_may_not_ask(world: World) -> None:
    [answer] = await world.staff("孙网格").commands("日程")
    assert "角色还不能用" in answer


async def test_late_within_its_use_it_is_said_later_it_is_skipped_and_told_in_one_line(database: Database) -> None:
    world = await opened(database)
    # nothing runs for two and a half days
    again = await opened(database, MORNING + timedelta(days=3, hours=3))
    await again.passes(minutes=30)
    assert [text for text in said(again, "小周", "晨会") if "11月28日" in text]
    assert not [text for text in said(again, "小周", "晨会") if "11月26日" in text or "11月27日" in text]
    [line] = said(again, "李主任", "没有补做：日程")
    assert "没有补做：日程（晨会）（原定11月26日（周四）09:00）" in line
    await again.passes(days=2)
    assert len(said(again, "小周", "晨会")) == 3
    assert said(again, "李主任", "没有补做：日程") == [line]
    await world.assistant.close()
    await again.close()


async def test_several_that_were_missed_are_one_line(database: Database) -> None:
    early = datetime(2026, 11, 30, 20, 0, tzinfo=ZONE)
    world = await opened(database, early)
    again = await opened(database, early + timedelta(days=30))
    await again.passes(minutes=30)
    [line] = said(again, "李主任", "没有补做：日程")
    assert "4件" in line
    assert all(name in line for name in ("晨会", "主题党日", "例会", "节日活动"))
    await world.assistant.close()
    await again.close()


async def test_a_start_plans_nothing_twice_and_forgets_what_the_configuration_dropped(database: Database) -> None:
    world = await opened(database)
    again = await opened(database, MORNING, rhythms=RHYTHMS[:2])
    once_more = await opened(database, MORNING, rhythms=RHYTHMS[:2])
    await once_more.passes(days=11)
    assert len(said(once_more, "小周", "晨会")) == 11
    assert once_more.heard_in_group(PARTY) == ["【通知】今天是主题党日。"]
    assert not said(once_more, "李主任", "例会")
    for one in (world, again):
        await one.assistant.close()
    await once_more.close()


async def test_nothing_comes_round_where_rhythms_do_not_run(database: Database) -> None:
    world = await opened(database, runs=False)
    await world.passes(days=10)
    assert not said(world, "小周", "晨会")
    await world.close()


async def test_a_tag_that_no_group_has_is_shown(database: Database) -> None:
    rhythms = [{"name": "提醒", "when": "每周一 09:00", "to": {"tags": ["业主"]}, "say": "关好门窗。"}]
    world = await opened(database, rhythms=rhythms)
    [answer] = await world.staff("李主任").commands("日程")
    assert "没有这个群或标签：业主" in answer
    await world.close()


async def test_without_any_it_says_where_to_write_them(database: Database) -> None:
    world = await opened(database, rhythms=[])
    [answer] = await world.staff("李主任").commands("日程")
    assert "增减在 config.yaml 的 rhythms 里" in answer
    await world.close()


def test_what_ships_can_be_read_and_only_staff_are_reminded_unasked() -> None:
    settings = load_settings(CONFIG)
    assert {"节日活动", "书记接待日", "主题党日", "讲座"} <= {rhythm.name for rhythm in settings.rhythms}
    for rhythm in settings.rhythms:
        assert not (rhythm.enabled and (rhythm.to.groups or rhythm.to.tags)), rhythm.name


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("{name: 甲, when: 每周八 09:00, to: {staff: [admin]}, say: 好}", "没看懂“每周八 09:00”"),
        ("{name: 甲, when: 每周一, to: {staff: [admin]}, say: 好}", "几点"),
        ("{name: 甲, when: 每周一 09:00, to: {}, say: 好}", "没写发给谁"),
        ('{name: 甲, when: 每周一 09:00, to: {staff: [admin]}, say: "{天气}好"}', "天气"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, wrong: str, says: str) -> None:
    text = CONFIG.read_text("utf-8")
    head = text[: text.index("\nrhythms:")]
    file = tmp_path / "config.yaml"
    file.write_text(f"{head}\nrhythms:\n  - {wrong}\n", "utf-8")
    with pytest.raises(ConfigurationFault) as caught:
        load_settings(file)
    assert caught.value.params["line"] == len(head.splitlines()) + 2
    assert says in str(caught.value.params["problem"])


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="用了两次"):
        small_settings(rhythms=[RHYTHMS[0], RHYTHMS[0]])
