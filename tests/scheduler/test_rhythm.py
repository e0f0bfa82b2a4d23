"""Rhythms as staff write them come round on the days they mean, and what cannot be read is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import Calendar
from scheduler.rhythm import next_dates, next_moments
from scheduler.rhythm_text import RhythmFault, check_words, filled, parse
from tests.assistants import MORNING, ZONE

CALENDAR = Calendar.load(None)
EARLIEST = datetime(1995, 1, 1, tzinfo=ZONE)

NEXT = {
    # after Wednesday 2026-11-25 10:00
    "每周一 09:00": ["2026-11-30 09:00", "2026-12-07 09:00"],
    "每星期三 10:00": ["2026-12-02 10:00"],
    "每周三 10：01": ["2026-11-25 10:01"],
    "每周一、三、五 9:00": ["2026-11-27 09:00", "2026-11-30 09:00", "2026-12-02 09:00"],
    "每天 07:30": ["2026-11-26 07:30", "2026-11-27 07:30"],
    "每个工作日 08:30": ["2026-11-26 08:30", "2026-11-27 08:30", "2026-11-30 08:30"],
    "每月第一个工作日 09:00": ["2026-12-01 09:00"],
    "每月第3个工作日 09:00": ["2026-12-03 09:00"],
    "每月最后一个工作日 09:00": ["2026-11-30 09:00", "2026-12-31 09:00"],
    "每月倒数第二个工作日 09:00": ["2026-11-27 09:00", "2026-12-30 09:00"],
    "每月第一个周三 09:00": ["2026-12-02 09:00", "2027-01-06 09:00"],
    "每月第二个周三 09:00": ["2026-12-09 09:00"],
    "每月最后一个周三 09:00": ["2026-11-25 09:00", "2026-12-30 09:00"][1:],
    "每月第五个星期日 09:00": ["2026-11-29 09:00", "2027-01-31 09:00"],
    "每季度第一个周五 09:00": ["2027-01-01 09:00", "2027-04-02 09:00"],
    "3月、6月、9月、12月最后一个工作日 09:00": ["2026-12-31 09:00"],
    "每月5日、20日 09:00": ["2026-12-05 09:00", "2026-12-20 09:00"],
    "每月31日 09:00": ["2026-12-31 09:00", "2027-01-31 09:00", "2027-03-31 09:00"],
    "每月最后一天 17:00": ["2026-11-30 17:00", "2026-12-31 17:00"],
    "11月9日 09:00": ["2027-11-09 09:00"],
    "2月29日 09:00": ["2028-02-29 09:00", "2032-02-29 09:00"],
    "端午节前3天 10:00": ["2027-06-06 10:00", "2028-05-25 10:00"],
    "端午前一天 10:00": ["2027-06-08 10:00"],
    "元旦前10天 09:00": ["2026-12-22 09:00", "2027-12-22 09:00"],
    "春节后15天 09:00": ["2027-02-21 09:00"],
    "春节、元宵节、端午节前10天 09:00": ["2027-01-27 09:00", "2027-02-10 09:00", "2027-05-30 09:00"],
    "农历九月初九 08:00": ["2027-10-08 08:00", "2028-10-26 08:00"],
    "农历腊月廿三 08:00": ["2027-01-30 08:00"],
    "冬至当天 08:00": ["2026-12-22 08:00", "2027-12-22 08:00"],
    "每年11月1日至次年3月15日每周五 17:00": ["2026-11-27 17:00", "2026-12-04 17:00"],
    "6月1日至9月15日每天 17:00": ["2027-06-01 17:00", "2027-06-02 17:00"],
}


def after(count: int, text: str, moment: datetime = MORNING) -> list[str]:
    return [f"{at:%Y-%m-%d %H:%M}" for at in next_dates(parse(text), moment, CALENDAR, count)]


@pytest.mark.parametrize("text", NEXT)
def test_it_comes_round_when_it_says(text: str) -> None:
    assert after(len(NEXT[text]), text) == NEXT[text]


def test_a_day_off_is_dodged_as_staff_wish() -> None:
    september = datetime(2026, 9, 20, tzinfo=ZONE)
    assert after(1, "每月第一个周三 09:00", september) == ["2026-10-07 09:00"]
    assert after(1, "每月第一个周三 遇休息日顺延 09:00", september) == ["2026-10-08 09:00"]
    assert after(1, "每月第一个周三，遇节假日提前 09:00", september) == ["2026-09-30 09:00"]
    assert after(1, "每月第一个周三 遇休息日取消 09:00", september) == ["2026-11-04 09:00"]
    assert after(1, "国庆节前3个工作日 09:00", september) == ["2026-09-28 09:00"]


def test_what_rests_on_unpublished_days_off_is_known_to() -> None:
    rhythm = parse("每月第一个工作日 09:00")
    moments = next_moments(rhythm, MORNING, CALENDAR, 3)
    assert [rhythm.is_certain(moment, CALENDAR) for moment in moments] == [
        CALENDAR.is_published(moment.at.year) for moment in moments
    ]
    far = datetime(2040, 1, 1, tzinfo=ZONE)
    assert not rhythm.is_certain(next_moments(rhythm, far, CALENDAR, 1)[0], CALENDAR)
    lunar = parse("端午节前3天 10:00")
    assert lunar.is_certain(next_moments(lunar, far, CALENDAR, 1)[0], CALENDAR)


def test_it_knows_the_day_that_it_is_about() -> None:
    moment = next_moments(parse("端午节、中秋节前10天 09:00"), MORNING, CALENDAR, 1)[0]
    assert (f"{moment.at:%m-%d}", f"{moment.about:%m-%d}", moment.name) == ("05-30", "06-09", "端午节")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空的"),
        ("每周一", "几点"),
        ("每周一 25:00", "钟点"),
        ("每周一 09:60", "钟点"),
        ("每周八 09:00", "没看懂"),
        ("每月第三个周末 09:00", "没看懂"),
        ("2月30日 09:00", "没有这样的日子"),
        ("13月1日 09:00", "没有这样的日子"),
        ("每月32日 09:00", "没有这样的日子"),
        ("每月第六个周三 09:00", "没有这样的日子"),
        ("农历十三月初一 09:00", "没有这样的日子"),
        ("农历闰六月初一 09:00", "没看懂"),
        ("火把节前3天 09:00", "没看懂"),
        ("端午节前99天 09:00", "60天"),
        ("每周一前3天 09:00", "没看懂"),
        ("端午节前3天左右 09:00", "没看懂"),
        ("每" * 101, "100个字"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, says: str) -> None:
    with pytest.raises(RhythmFault, match=says):
        parse(text)


def test_only_known_words_stand_in_braces() -> None:
    check_words("{节日}快到了（{日子}）")
    with pytest.raises(RhythmFault, match="天气"):
        check_words("今天{天气}")
    assert filled("{节日}是{日子}", about="6月9日", festival="端午节", today="", name="") == "端午节是6月9日"


@given(
    st.sampled_from(sorted(NEXT)),
    st.integers(0, 85 * 365 * 24 * 60).map(lambda minutes: EARLIEST + timedelta(minutes=minutes)),
    st.integers(1, 8),
)
def test_dates_increase_and_are_later_and_none_is_left_out(text: str, start: datetime, count: int) -> None:
    rhythm = parse(text)
    dates = next_dates(rhythm, start, CALENDAR, count)
    assert dates[0] > start
    assert all(later > earlier for earlier, later in pairwise(dates))
    # one at a time, each after the last, they are the same
    step, single = start, []
    for _ in dates:
        single += next_dates(rhythm, step, CALENDAR, 1)
        step = single[-1]
    assert single == dates
    assert next_dates(rhythm, dates[0] - timedelta(seconds=1), CALENDAR, 1) == dates[:1]
