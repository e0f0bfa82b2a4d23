"""Times to come as people type them, what is none, and where somebody has to be asked."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.understanding.normalise import normalise
from intents.understanding.when import When, when, whens
from scheduler.calendar import Calendar
from tests.understanding.days import WEDNESDAY, ZONE, day

CALENDAR = Calendar.load(None)
TABLE = Path(__file__).with_name("times.tsv")
SUNDAY = day("2026-11-29T09:00")
NO_TIMES = """
3号楼2单元|8-2-301|12#3-602|3-2|3-2赢了|13800009101|第3针|2人|1.6公里|25/盒|一点意见|有点|差一点|早点|快一点|5号楼前集合|6点多人
7、8号楼|3、5号楼|3号、5号楼|7-12号楼|5号和6号楼|3号2单元|两点意见|提三点建议|一点都不热|初三学生|初三的孩子|雨水管堵了|小满阿姨|吃元宵
十一号楼|十一个人|五一路|每周三次|一周两次|3#1单元|1号线|2号门|92号汽油|5号电池|13.5元|3.5度|温度18.5|12-301|电话0431-88001234|2/3业主同意
十分感谢|天天吵|好几天了|晚上好|下午好|晚上太吵|后天性|不时|一时半会|几点|3点几|第3点|比分21:15|比例1:10|8层|20元|8折|3天没人管|24小时营业
三天没水|两天了|一会儿|3月龄|2个月大|星期几|编号SQ261125-07|12.5%|1.2.3|9.9包邮|20-30人|A座12|10点积分|我住5号|每月|2月30日|闰六月初一|13月1日|25:00|8:75
"""


def rows() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines]


def written(moment: datetime | None, *, timed: bool) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M" if timed else "%Y-%m-%d")


def starts(text: str, now: datetime = WEDNESDAY) -> list[str]:
    return [written(each.start, timed=each.timed) for each in whens(text, now, CALENDAR)]


def meant(text: str, now: datetime = WEDNESDAY) -> When:
    found = when(text, now, CALENDAR)
    assert found is not None
    return found


def others(text: str, now: datetime = WEDNESDAY) -> list[str]:
    found = meant(text, now)
    return [written(each, timed=found.timed) for each in found.others]


@pytest.mark.parametrize(("phrase", "now", "start", "end"), rows())
def test_what_people_type(phrase: str, now: str, start: str, end: str) -> None:
    found = meant(phrase, day(now))
    assert (written(found.start, timed=found.timed), written(found.end, timed=found.timed)) == (start, end)
    assert found.start.tzinfo is ZONE


@pytest.mark.parametrize("text", NO_TIMES.replace("|", "\n").split())
def test_what_is_no_time(text: str) -> None:
    assert whens(text, WEDNESDAY, CALENDAR) == []


@pytest.mark.parametrize(
    ("text", "now", "start", "doubt"),
    [
        ("两点", WEDNESDAY, "2026-11-25T14:00", ["2026-11-26T02:00"]),
        ("8点", WEDNESDAY, "2026-11-25T20:00", ["2026-11-26T08:00"]),
        ("今天8点", WEDNESDAY, "2026-11-25T20:00", ["2026-11-25T08:00"]),
        ("周六8点", WEDNESDAY, "2026-11-28T08:00", ["2026-11-28T20:00"]),
        ("周三", WEDNESDAY, "2026-11-25", ["2026-12-02"]),
        ("周三上午9点", WEDNESDAY, "2026-12-02T09:00", ["2026-11-25T09:00"]),
        ("周三下午两点半", WEDNESDAY, "2026-11-25T14:30", ["2026-12-02T14:30"]),
        ("周日", SUNDAY, "2026-11-29", ["2026-12-06"]),
        ("周末", SUNDAY, "2026-11-29", ["2026-12-05"]),
        ("下周三", SUNDAY, "2026-12-02", ["2026-12-09"]),
        ("25号上午9点", WEDNESDAY, "2026-12-25T09:00", ["2026-11-25T09:00"]),
        ("11月20号", WEDNESDAY, "2027-11-20", ["2026-11-20"]),
        ("11月28日（周五）8:30", WEDNESDAY, "2026-11-28T08:30", ["2026-11-27T08:30"]),
        ("本周末", WEDNESDAY, "2026-11-28", ["2026-11-29"]),
        ("初五", WEDNESDAY, "2026-12-13", ["2027-02-10"]),
        ("国庆后第一天", day("2026-09-20"), "2026-10-02", ["2026-10-08"]),
        ("周六夜里两点", WEDNESDAY, "2026-11-29T02:00", ["2026-11-28T02:00"]),
    ],
)
def test_two_readings_are_said(text: str, now: datetime, start: str, doubt: list[str]) -> None:
    found = meant(text, now)
    assert (written(found.start, timed=found.timed), others(text, now)) == (start, doubt)


@pytest.mark.parametrize(
    "text",
    [
        "12/3",
        "11月28日（周六）8:30",
        "周六9点",
        "明天下午3点",
        "下周三",
        "每周三下午2点",
        "8:30-11:30",
        "15点",
        "3号",
        "晚上12点",
    ],
)
def test_one_reading_is_enough(text: str) -> None:
    assert others(text) == []


def test_a_day_holds_for_the_hours_after_it() -> None:
    said = "周六上午8:30-11:30东门核酸，7-12号楼9:30开始"
    first, second = whens(said, WEDNESDAY, CALENDAR)
    assert (first.start, first.end) == (day("2026-11-28T08:30"), day("2026-11-28T11:30"))
    assert (second.start, second.end, second.dated) == (day("2026-11-28T09:30"), None, True)
    assert starts("今晚7点集合，8点出发") == ["2026-11-25T19:00", "2026-11-25T20:00"]
    assert starts("周六、周日上午9点") == ["2026-11-28T09:00", "2026-11-29T09:00"]
    assert starts("12月1日-3日，每天上午9点") == ["2026-12-01", "2026-12-01T09:00"]
    assert starts("周一至周五上午9点到11点") == ["2026-11-30", "2026-11-30T09:00"]


def test_a_day_that_is_over_does_not_hold() -> None:
    assert starts("昨天没赶上，下午3点还能补吗") == ["2026-11-24", "2026-11-25T15:00"]
    assert meant("昨天没赶上，下午3点还能补吗").start == day("2026-11-25T15:00")


def test_the_hour_that_stands_apart_from_its_day() -> None:
    assert meant("周六东门核酸，上午8:30-11:30").start == day("2026-11-28T08:30")
    assert meant("周六东门核酸，八点半开始").start == day("2026-11-28T08:30")
    assert not meant("今天几点收摊 我六点半才下班").timed


def test_what_is_said_and_where() -> None:
    for text, dated, timed in (("明天", True, False), ("3点", False, True), ("明天3点", True, True)):
        assert (meant(text).dated, meant(text).timed) == (dated, timed)
    text = "通知：本周六上午８：３０－１１：３０做核酸"
    begin, end = meant(text).span
    assert normalise(text)[begin:end] == "本周六上午8:30-11:30"
    assert meant("周六上午").part == (6, 12)
    assert meant("周六上午9点").part is None


def test_seconds_are_nobodys_concern() -> None:
    found = meant("半小时后", WEDNESDAY + timedelta(seconds=42, microseconds=7))
    assert found.start == day("2026-11-25T10:30")


def test_an_end_before_the_beginning_is_left_as_it_is_said() -> None:
    found = meant("2026年12月3日到2026年12月1日")
    assert (found.start, found.end) == (day("2026-12-03"), day("2026-12-01"))


def test_every_day_of_three_years_reads_itself() -> None:
    for ahead in range(1, 1100, 7):
        coming = date(2026, 11, 25) + ahead * timedelta(days=1)
        text = f"{coming.year}年{coming.month}月{coming.day}日下午2点至4点"
        found = meant(text)
        assert found.start == datetime(coming.year, coming.month, coming.day, 14, tzinfo=ZONE)
        assert found.end == found.start + timedelta(hours=2)


def test_days_to_come_are_to_come_whenever_they_are_said() -> None:
    chance = random.Random(20261125)
    phrases = (
        "周三",
        "下周五",
        "20号",
        "月底",
        "春节前三天",
        "腊月廿三",
        "12/3",
        "初五",
        "周末",
        "月初",
        "年底",
        "立春",
        "每月31号",
    )
    for _ in range(300):
        now = datetime(2024, 1, 1, tzinfo=ZONE) + timedelta(minutes=chance.randrange(8 * 365 * 24 * 60))
        for phrase in phrases:
            assert meant(phrase, now).start.date() >= now.date(), (phrase, now)


@given(st.text(alphabet="0123456789一二三十两半零点时分号日月年周天上下午早晚到至-/.:前后明今初廿腊每 楼", max_size=24))
def test_anything_that_looks_like_times(text: str) -> None:
    end = 0
    for found in whens(text, WEDNESDAY, CALENDAR):
        assert end <= found.span[0] < found.span[1] <= len(text)
        assert found.start not in found.others
        assert found.timed or (found.start.hour, found.start.minute) == (0, 0)
        end = found.span[1]
