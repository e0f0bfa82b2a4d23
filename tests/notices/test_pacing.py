"""A notice keeps to the pace that an account may have, and says beforehand how long it will take."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any, Protocol

import pytest

from bot.pacing import end_of_quiet
from bot.settings import Pacing, QuietHours
from intents.notices.forecast import forecast
from storage.database import Database
from storage.secrets import Vault
from tests.assistants import MORNING, ZONE
from tests.databases import Shelf
from tests.notices.town import Town, open_town

QUIET = QuietHours()


def moments(count: int, now: datetime = MORNING, *, sent_today: int = 0, **pacing: Any) -> list[datetime]:
    facts = Pacing(**{"jitter_s": 0, **pacing})
    return forecast(facts, QUIET, now, recent=[], sent_today=sent_today, count=count)


def seconds(found: list[datetime]) -> list[float]:
    return [(at - found[0]).total_seconds() for at in found]


class TestForecast:
    def test_by_the_gap_and_the_mean_of_the_jitter(self) -> None:
        assert seconds(moments(4)) == [0, 10, 20, 30]
        assert seconds(moments(3, jitter_s=2)) == [0, 11, 22]

    def test_by_the_limit_a_minute(self) -> None:
        assert seconds(moments(6, notice_gap_s=1, a_minute=3)) == [0, 1, 2, 60, 61, 62]

    def test_over_night(self) -> None:
        late = MORNING.replace(hour=21, minute=29, second=45)
        found = moments(4, late)
        assert found[1] == late + timedelta(seconds=10)
        assert found[2:] == [datetime(2026, 11, 26, 7, 30, s, tzinfo=ZONE) for s in (0, 10)]

    def test_over_the_days_limit(self) -> None:
        found = moments(5, a_day=10, sent_today=8)
        assert [at.day for at in found] == [25, 25, 26, 26, 26]
        assert found[2] == datetime(2026, 11, 26, 7, 30, tzinfo=ZONE)

    def test_what_was_said_just_before_counts(self) -> None:
        found = forecast(
            Pacing(jitter_s=0), QUIET, MORNING, recent=[MORNING - timedelta(seconds=4)], sent_today=1, count=1
        )
        assert found == [MORNING + timedelta(seconds=6)]


class OpenBigTown(Protocol):
    async def __call__(self, count: int, start: datetime = MORNING, **pacing: Any) -> Town: ...


@pytest.fixture
async def big_town(shelf: Shelf, vault: Vault) -> AsyncIterator[OpenBigTown]:
    """A group for every building, and nobody who has to agree."""
    towns: list[Town] = []
    url = shelf.migrated("sqlite")

    async def opened(count: int, start: datetime = MORNING, **pacing: Any) -> Town:
        groups = [f"{number}号楼业主群" for number in range(1, count + 1)]
        facts: dict[str, Any] = {"broadcasts": {"second_word_above": 500}, "pacing": {"jitter_s": 2, **pacing}}
        towns.append(await open_town(Database(url, vault), *groups, start=start, **facts))
        return towns[-1]

    yield opened
    for town in towns:
        await town.close()
    shelf.clear(url)


class TestKept:
    async def test_through_the_evening_and_the_next_morning(self, big_town: OpenBigTown) -> None:
        """Gaps, the limit a minute, and not a word in quiet hours."""
        start = MORNING.replace(hour=21, minute=20)
        town = await big_town(80, start)
        [shown] = await town.li.commands("通知 所有群 明天停水")
        assert "11月25日（周三）21:20开始，11月26日（周四）07:3" in shown
        assert "（夜里不发，一天也有上限，到点自动接着发）" in shown
        await town.li.commands("确认")
        await town.passes(hours=12)
        sent = [one.at.astimezone(ZONE) for one in town.notices()]
        assert len(sent) == 80
        assert min(after - before for before, after in pairwise(sent)) >= timedelta(seconds=10)
        assert all(end_of_quiet(at, QUIET.start, QUIET.end) == at for at in sent)
        assert {at.date().day for at in sent} == {25, 26}
        assert max(at for at in sent if at.day == 25).time() < time(21, 30)

    async def test_no_more_than_so_many_a_minute(self, big_town: OpenBigTown) -> None:
        town = await big_town(40, notice_gap_s=1, gap_s=0, a_minute=6)
        await town.begins("通知 所有群 明天停水")
        await town.passes(minutes=20)
        sent = [one.at for one in town.notices()]
        assert len(sent) == 40
        assert all(sent[at + 6] - sent[at] >= timedelta(minutes=1) for at in range(len(sent) - 6))

    async def test_it_ends_when_it_was_said_to_end(self, big_town: OpenBigTown) -> None:
        """200 groups, to the second: without chance, and without another word of ours in between."""
        town = await big_town(200, jitter_s=0)
        groups = [f"{number}号楼业主群" for number in range(1, 201)]
        assistant, directory = town.assistant, town.assistant.directory
        broadcasting = assistant.services["broadcasting"]
        chosen = [directory.group(f"room:{name}") or 0 for name in groups]
        by = next(one for one in directory.officers.values() if one.name == "李主任")
        await town.passes(minutes=5)
        now = town.clock.now()
        async with assistant.database.transaction() as db:
            plan = await broadcasting.plan(db, chosen, now)
            await broadcasting.begin(db, "明天停水", chosen, by=by, now=now)
        await town.passes(hours=1)
        sent = [one.at for one in town.notices()]
        assert (sent[0], sent[-1]) == (plan.starts_at, plan.ends_at)
        assert (sent[-1] - sent[0]).total_seconds() == plan.seconds == 199 * 10
        assert [one.outbound.group for one in town.notices()] == [f"room:{name}" for name in groups]

    async def test_what_waits_already_goes_first(self, big_town: OpenBigTown) -> None:
        town = await big_town(30)
        await town.li.says("通知 所有群 停水")
        await town.li.says("确认")
        [shown] = await town.li.commands("通知 1、2栋 停电")
        assert "11月25日（周三）10:0" in shown
        begins = town.clock.now()
        await town.li.says("确认")
        await town.passes(minutes=10)
        second = [one.at for one in town.notices() if one.outbound.text == "停电"]
        assert min(second) > max(one.at for one in town.notices() if one.outbound.text == "停水")
        assert min(second) > begins
