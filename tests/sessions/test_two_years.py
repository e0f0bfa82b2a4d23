"""Two years of the calendar in one go, on the virtual clock, with two days in the middle in which nothing ran: every festival,
reception day and lecture is reminded of once, and nothing is said when it is of no use any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from bot.retention import RETENTION_KIND
from storage import due
from storage.database import Database
from storage.due import DueRow
from storage.secrets import Vault
from tests.assistants import ZONE, assembled, open_world, small_settings
from tests.databases import Shelf
from tests.resident import GROUP, Resident, World

START, END = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE), datetime(2028, 11, 25, 10, 0, tzinfo=ZONE)
AWAY, BACK = datetime(2027, 11, 18, 12, 0, tzinfo=ZONE), datetime(2027, 11, 20, 12, 0, tzinfo=ZONE)
"""Nothing runs: a lecture's first reminder falls into it, and a Friday."""
DAY = timedelta(days=1)
FESTIVALS = {
    "元旦": "2027-01-01 2028-01-01",
    "腊八节": "2027-01-15 2028-01-04",
    "春节": "2027-02-06 2028-01-26",
    "元宵节": "2027-02-20 2028-02-09",
    "妇女节": "2027-03-08 2028-03-08",
    "清明节": "2027-04-05 2028-04-04",
    "劳动节": "2027-05-01 2028-05-01",
    "儿童节": "2027-06-01 2028-06-01",
    "端午节": "2027-06-09 2028-05-28",
    "建党节": "2027-07-01 2028-07-01",
    "中秋节": "2027-09-15 2028-10-03",
    "国庆节": "2027-10-01 2028-10-01",
    "重阳节": "2027-10-08 2028-10-26",
}
EVERY_FRIDAY = "本周接待日，有事来坐坐"
RECEPTION = {"name": "每周接待", "when": "每周五 09:00", "to": {"groups": [GROUP]}, "say": EVERY_FRIDAY}
QUICK = {"gap_s": 0, "jitter_s": 0, "notice_gap_s": 0, "a_minute": 10_000, "a_day": 100_000}
LECTURE = time(14, 30)
EVERY_DAYS = ("complaints.morning", "complaints.evening", "policy.weekly", RETENTION_KIND)


def _settings() -> Any:
    """With the rhythms that are shipped, all of them on."""
    shipped = yaml.safe_load(Path("config.yaml").read_text("utf-8"))["rhythms"]
    return small_settings(
        rhythms=[*({**one, "enabled": True} for one in shipped), RECEPTION],
        groups=[{"name": GROUP, "tags": ["业主", "党员"]}],
        pacing=QUICK,
        retention={"messages_days": 180},
    )


def _months() -> Iterator[date]:
    """The 20th of each of the 24 months."""
    for number in range(24):
        yield date(2026 + (11 + number) // 12, (11 + number) % 12 + 1, 20)


async def test_two_years_with_two_days_in_which_nothing_ran(shelf: Shelf, vault: Vault) -> None:
    url = shelf.migrated("sqlite")
    world = await open_world(Database(url, vault), _settings(), START, rhythms=True)
    await _without_every_days(world)
    wang = world.resident("3-2-501 王阿姨")
    zhao = world.resident("5-1-302 赵姐", friend=False)
    await world.connect(GROUP)
    for day in _months():
        await _until(world, datetime.combine(day - 10 * DAY, time(10), ZONE))
        await _lecture(world, day, [wang, zhao])
        if day == BACK.date():
            await _until(world, AWAY)
            await _two_days_later(world, url, vault)
    await _until(world, END)
    _festivals_and_receptions_once(world)
    _lectures_once(world, wang)
    async with world.assistant.database.reading() as db:
        rows = list(await db.scalars(select(DueRow)))
    assert {row.state for row in rows if row.due_at < END} <= {"done", "skipped", "cancelled"}
    assert not any(row.state == "failed" for row in rows)
    await world.close()
    shelf.clear(url)


async def _until(world: World, moment: datetime) -> None:
    await world.passes(seconds=(moment - world.clock.now()).total_seconds())


async def _lecture(world: World, day: date, people: list[Resident]) -> None:
    li = world.staff("李主任")
    [shown] = await li.says(f"活动 {day.month}月{day.day}日下午2:30-4:30活动室健康讲座 名额20")
    assert f"{day.month}月{day.day}日" in shown
    await li.says("确认")
    for person in people:
        await person.says("讲座我报名 2人", in_group=GROUP)


async def _two_days_later(world: World, url: str, vault: Vault) -> None:
    """Another process on the same tables."""
    settings = world.assistant.settings
    await world.close()
    world.clock.move_to(BACK)
    world.assistant = await assembled(Database(url, vault), world.channel, world.clock, settings, rhythms=True)
    await _without_every_days(world)
    await world.connect(GROUP)


async def _without_every_days(world: World) -> None:
    """What comes round every day and is none of this would only take its time, two thousand times."""
    async with world.assistant.database.transaction() as db:
        for kind in EVERY_DAYS:
            await due.cancel(db, world.assistant.settings.community.id, kind)


def _festivals_and_receptions_once(world: World) -> None:
    days = {name: [date.fromisoformat(day) for day in said.split()] for name, said in FESTIVALS.items()}
    expected = Counter((name, day - 10 * DAY) for name, both in days.items() for day in both)
    for contact in ("wx_li", "wx_zhou"):
        said = [(sent.at, sent.outbound.text) for sent in world.channel.sent if sent.outbound.contact == contact]
        festivals = [(at, text.removeprefix("【日程】节日活动：")) for at, text in said if "【日程】节日活动" in text]
        assert Counter((text.partition("是")[0], at.date()) for at, text in festivals) == expected
        assert all(text.partition("是")[2].startswith(f"{(at + 10 * DAY).month}月") for at, text in festivals)
        months = [f"{at:%Y-%m}" for at, text in said if "【日程】书记接待日" in text]
        assert months == [f"{day:%Y-%m}" for day in _months()]
    late = [text for text in world.staff("李主任").heard if "没能按时做" in text]
    assert len(late) == 1
    assert "每周接待、供暖季提醒" in late[0]
    fridays = [sent.at.date() for sent in world.sent_to_group() if sent.outbound.text == EVERY_FRIDAY]
    every = [day for day in (START.date() + count * DAY for count in range((END - START).days)) if day.weekday() == 4]
    assert fridays == [day for day in every if not AWAY.date() < day < BACK.date()]


def _lectures_once(world: World, wang: Resident) -> None:
    """A day before and two hours before, privately and to the group; where nothing ran the day before, as soon as it ran."""
    begins = [datetime.combine(day, LECTURE, ZONE) for day in _months()]
    expected = [
        max(moment, BACK) if AWAY < moment < BACK else moment for at in begins for moment in (at - DAY, at - DAY / 12)
    ]
    private = [(sent.at, sent.outbound.text) for sent in world.channel.sent if sent.outbound.contact == wang.contact]
    told = [(at, text) for at, text in private if "提醒您" in text]
    group = [(sent.at, sent.outbound.text) for sent in world.sent_to_group() if "健康讲座" in sent.outbound.text]
    lines = [(at, text) for at, text in group if "【温馨提示】" in text]
    for heard in (told, lines):
        assert [at.replace(second=0, microsecond=0) for at, _ in heard] == expected
        assert all(f"{at.month}月20日" in text for at, text in heard)
