"""Festivals on the right days, working days as they are published, and an honest word where they are not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from borax.calendars.lunardate import LCalendars  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import FIRST_YEAR, LAST_YEAR, Calendar, CalendarFault, nth_weekday, terms

CALENDAR = Calendar.load(None)

KNOWN = {
    "春节": ["2020-01-25", "2023-01-22", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2033-01-31"],
    "除夕": ["2020-01-24", "2022-01-31", "2025-01-28", "2026-02-16", "2027-02-05", "2028-01-25"],
    "元宵": ["2023-02-05", "2025-02-12", "2026-03-03", "2027-02-20"],
    "清明": ["2023-04-05", "2024-04-04", "2025-04-04", "2026-04-05", "2027-04-05"],
    "端午": ["2020-06-25", "2023-06-22", "2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28"],
    "七夕": ["2020-08-25", "2023-08-22", "2025-08-29", "2026-08-19"],
    "中秋": ["2020-10-01", "2023-09-29", "2025-10-06", "2026-09-25", "2028-10-03"],
    "重阳": ["2020-10-25", "2023-10-23", "2025-10-29", "2026-10-18", "2028-10-26"],
    "腊八": ["2022-01-10", "2024-01-18", "2026-01-26", "2027-01-15"],
    "小年": ["2025-01-22", "2026-02-10", "2027-01-30"],
    "龙抬头": ["2025-03-01", "2026-03-20"],
    "母亲节": ["2026-05-10", "2027-05-09"],
    "父亲节": ["2026-06-21", "2027-06-20"],
    "国庆": ["2026-10-01"],
    "国家公祭日": ["2026-12-13"],
    "119消防日": ["2026-11-09"],
}


def test_festivals_stand_on_their_days() -> None:
    for name, days in KNOWN.items():
        for day in map(date.fromisoformat, days):
            assert CALENDAR.festival(name, day.year) == day, (name, day)
            assert CALENDAR.next_festival(name, day) == day
            assert CALENDAR.next_festival(name, day + timedelta(days=1)) > day


def test_a_leap_month_has_no_festival_of_its_own() -> None:
    assert {year: LCalendars.leap_month(year) for year in (2020, 2023, 2025, 2028, 2031, 2033)} == {
        2020: 4,
        2023: 2,
        2025: 6,
        2028: 5,
        2031: 3,
        2033: 11,
    }
    assert CALENDAR.lunar_text(date(2025, 7, 25)) == "闰六月初一"
    assert CALENDAR.lunar(6, 1, date(2025, 7, 1)) == date(2026, 7, 14)
    assert CALENDAR.lunar(5, 5, date(2028, 1, 1)) == date(2028, 5, 28)
    assert len(CALENDAR.festivals("端午节", 2028)) == 1


def test_a_festival_may_stand_twice_in_a_year_or_not_at_all() -> None:
    assert CALENDAR.festivals("腊八节", 2022) == (date(2022, 1, 10), date(2022, 12, 30))
    assert CALENDAR.festival("腊八节", 2023) is None
    assert CALENDAR.next_festival("腊八", date(2023, 1, 1)) == date(2024, 1, 18)


def test_names_and_aliases_mean_one_festival() -> None:
    for spelling, name in {
        "国庆": "国庆节",
        "十一": "国庆节",
        "端午": "端午节",
        "八月十五": "中秋节",
        "大年三十": "除夕",
        "五一": "劳动节",
        "党的生日": "建党节",
    }.items():
        assert CALENDAR.names[spelling] == name
    assert CALENDAR.festival("火把节", 2026) is None
    with pytest.raises(CalendarFault):
        CALENDAR.next_festival("火把节", date(2026, 1, 1))


def test_there_are_24_solar_terms_in_order() -> None:
    found = terms(2026)
    assert (found["立春"], found["清明"], found["冬至"]) == (date(2026, 2, 4), date(2026, 4, 5), date(2026, 12, 22))
    assert len(found) == 24
    assert sorted(found.values()) == list(found.values())


def test_working_days_follow_the_published_arrangement() -> None:
    assert not CALENDAR.is_working(date(2026, 2, 23))
    assert CALENDAR.is_working(date(2026, 2, 14))
    assert CALENDAR.is_working(date(2026, 10, 10))
    assert not CALENDAR.is_working(date(2026, 10, 11))
    assert CALENDAR.working_days_later(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CALENDAR.working_days_later(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert CALENDAR.working_days_later(date(2026, 9, 30), 0) == date(2026, 9, 30)
    assert CALENDAR.working_days(2026) == 248
    assert CALENDAR.off_days(2026)[date(2026, 10, 1)] == "国庆节"
    assert date(2026, 9, 20) in CALENDAR.working_weekends(2026)
    assert CALENDAR.nth_working_day(2026, 10, 1) == date(2026, 10, 8)
    assert CALENDAR.nth_working_day(2026, 10, -1) == date(2026, 10, 30)
    assert CALENDAR.nth_working_day(2026, 10, 30) is None


def test_an_unpublished_year_is_monday_to_friday_and_says_so() -> None:
    assert CALENDAR.is_published(2026)
    for year in (2031, 1990):
        assert not CALENDAR.is_published(year)
        assert CALENDAR.off_days(year) == {}
    day = date(2031, 1, 1)
    while day.year == 2031:
        assert CALENDAR.is_working(day) == (day.weekday() < 5)
        day += timedelta(days=1)


OFFICIAL = """\
日期,安排,节名
2031年1月1日,放假,元旦        # 说明写在井号后面
2031-01-22至2031-01-28,放假,春节
2031年4月5日至7日,放假,清明节
2031-05-01至05-05,休,劳动节
2031-06-24,放假,端午节
2031/10/01至10/07，放假，中秋节、国庆节
2031-09-28\t上班\t国庆节

"""


def load(folder: Path, text: str, encoding: str = "utf-8") -> Calendar:
    file = folder / "放假.csv"
    file.write_bytes(text.encode(encoding))
    return Calendar.load(file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_staff_load_the_official_arrangement(tmp_path: Path, encoding: str) -> None:
    calendar = load(tmp_path, OFFICIAL, encoding)
    assert calendar.is_published(2031)
    assert calendar.is_working(date(2031, 9, 28))
    assert not calendar.is_working(date(2031, 4, 7))
    assert calendar.is_working(date(2031, 4, 8))
    assert calendar.off_days(2031)[date(2031, 1, 28)] == "春节"
    assert len(calendar.off_days(2031)) == 24
    assert calendar.digest != CALENDAR.digest


def test_half_an_arrangement_holds_but_does_not_count_as_published(tmp_path: Path) -> None:
    calendar = load(tmp_path, "2031-01-01,放假,元旦\n")
    assert not calendar.is_working(date(2031, 1, 1))
    assert not calendar.is_published(2031)


def test_the_file_wins_over_the_library(tmp_path: Path) -> None:
    calendar = load(tmp_path, "2026-10-07,上班,国庆节\n2026-10-10,放假,国庆节\n")
    assert calendar.is_working(date(2026, 10, 7))
    assert not calendar.is_working(date(2026, 10, 10))
    assert not calendar.is_working(date(2026, 10, 6))
    assert calendar.is_published(2026)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("2031-01-01,放假,元旦\n2031-02-30,放假,春节\n", 2, "日期看不懂"),
        ("1月1日,放假,元旦\n", 1, "日期看不懂"),
        ("2031-01-01,也许,元旦\n", 1, "放假或上班"),
        ("\n\n2031-01-01\n", 3, "三格"),
        ("2031-01-05至2031-01-01,放假,元旦\n", 1, "日期看不懂"),
        ("2031-01-01至2031-03-01,放假,元旦\n", 1, "31天"),
        ("2031-01-01至2031-01-03,放假,元旦\n2031-01-03,上班,元旦\n", 2, "又放假又上班"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(CalendarFault) as caught:
        load(tmp_path, text)
    assert caught.value.params["line"] == line
    assert says in str(caught.value.params["problem"])


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalendarFault, match="没有这个文件"):
        Calendar.load(tmp_path / "nothing.csv")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00\xff")
    with pytest.raises(CalendarFault):
        Calendar.load(tmp_path / "bytes")
    (tmp_path / "large").write_bytes(b"#" * 300_000)
    with pytest.raises(CalendarFault, match="太大"):
        Calendar.load(tmp_path / "large")


def test_a_whole_year_stands_in_order_from_1901_to_2099() -> None:
    for year in (FIRST_YEAR, 2026, LAST_YEAR):
        days = CALENDAR.year(year)
        assert [day.date for day in days] == sorted(day.date for day in days)
        assert {day.date.year for day in days} == {year}
        assert sum(day.kind == "term" for day in days) == 24
    for year in (FIRST_YEAR - 1, LAST_YEAR + 1):
        with pytest.raises(CalendarFault):
            CALENDAR.year(year)


def test_a_month_without_a_fifth_wednesday_has_none() -> None:
    assert nth_weekday(2026, 12, 1, 2) == date(2026, 12, 2)
    assert nth_weekday(2026, 12, -1, 2) == date(2026, 12, 30)
    assert nth_weekday(2026, 11, 5, 2) is None


@given(st.dates(date(2004, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_working_days_later_counts_working_days(day: date, count: int) -> None:
    later = CALENDAR.working_days_later(day, count)
    between = (day + timedelta(days=ahead) for ahead in range(1, (later - day).days + 1))
    assert sum(map(CALENDAR.is_working, between)) == count
    assert CALENDAR.is_working(later)
