"""Ranges of buildings as staff type them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intents.understanding.buildings import (
    BUILDINGS_AT_MOST,
    BuildingRange,
    RangeTooLong,
    building_range,
    building_ranges,
)

NAMED = {
    "3-7、12栋，除5栋": "3 4 6 7 12",
    "7-12号楼": "7 8 9 10 11 12",
    "1、3、5号楼": "1 3 5",
    "A-C座": "A B C",
    "A1-A4栋": "A1 A2 A3 A4",
    "东区3-5号楼": "东区3 东区4 东区5",
    "东区3-5、7号楼、西区2号楼": "东区3 东区4 东区5 东区7 西区2",
    "二期3-5栋": "二期3 二期4 二期5",
    "6号楼": "6",
    "3到7栋和12栋，5栋除外": "3 4 6 7 12",
    "3-7栋，5、6栋除外": "3 4 7",
    "3-7栋5栋除外": "3 4 6 7",
    "一号楼至五号楼": "1 2 3 4 5",
    "三栋": "3",
    "3#、5#楼": "3 5",
    "1号、3号、5号楼": "1 3 5",
    "3-7（不含5）、12栋": "3 4 6 7 12",
    "3-7栋除了5、6": "3 4 7",
    "除5栋外，3-7栋": "3 4 6 7",
    "7栋到12栋": "7 8 9 10 11 12",
    "3栋—7栋": "3 4 5 6 7",
    "３～７栋": "3 4 5 6 7",
    "7-3栋": "3 4 5 6 7",
    "3-7栋、12": "3 4 5 6 7 12",
    "3-7栋 9-11栋": "3 4 5 6 7 9 10 11",
    "3-7栋，12人报名": "3 4 5 6 7",
    "1-15号楼单号": "1 3 5 7 9 11 13 15",
    "1-6栋的双号": "2 4 6",
    "6号楼下楼": "6",
    "叫号 HD261128-01 6号楼": "6",
    "11月3号、5号楼": "5",
    "周六上午8:30-11:30东门核酸，7-12号楼9:30开始": "7 8 9 10 11 12",
    "明日9:00-17:00 3、4、5号楼暂停供水": "3 4 5",
    "5号楼、8-2-301": "5",
}

NONE = (
    "12-3",
    "8:30-11:30",
    "8-2-301",
    "6号楼301",
    "3栋2单元",
    "12栋2单元301、302",
    "5#1-302",
    "B座12A",
    "比分3-2",
    "10-12号",
    "11月28-30号",
    "6-8楼",
    "0号楼",
    "一栋",
    "这三栋楼都停电",
    "全部做完了",
    "单号限行",
    "十五座金曲奖",
    "#2020#春晚",
    "60岁以上",
    "",
)

KNOWN = ("1", "2", "3", "4", "5", "12A", "B", "东区1", "东区2")


@pytest.mark.parametrize(("text", "buildings"), NAMED.items())
def test_buildings_that_a_text_names(text: str, buildings: str) -> None:
    found = building_range(text)
    assert found is not None
    assert (found.buildings, found.every) == (tuple(buildings.split()), None)


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_range(text: str) -> None:
    assert building_range(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("全部", "1 2 3 4 5 12A B 东区1 东区2"),
        ("所有楼", "1 2 3 4 5 12A B 东区1 东区2"),
        ("全部，除5栋", "1 2 3 4 12A B 东区1 东区2"),
        ("除5栋、B座外都停水", "1 2 3 4 12A 东区1 东区2"),
        ("单号楼", "1 3 5 东区1"),
        ("双号楼，除4栋", "2 12A 东区2"),
        ("东区全部楼栋", "东区1 东区2"),
        ("东区单号楼", "东区1"),
    ],
)
def test_what_only_the_list_of_buildings_can_name(text: str, meant: str) -> None:
    found = building_range(text)
    assert found is not None
    assert found.every is not None
    assert found.buildings == ()
    assert found.among(KNOWN) == tuple(meant.split())


def test_named_buildings_need_no_list() -> None:
    assert BuildingRange(("8",), (0, 3)).among(KNOWN) == ("8",)


def test_batches_are_ranges_of_their_own() -> None:
    first, second = building_ranges("1-3号楼8:30，4-6号楼9:30")
    assert (first.buildings, first.span) == (("1", "2", "3"), (0, 5))
    assert (second.buildings, second.span) == (("4", "5", "6"), (10, 15))


def test_the_span_holds_the_exclusions() -> None:
    found = building_range("通知3-7、12栋，除5栋 明天停水")
    assert found is not None
    assert (found.span, found.excluded) == ((2, 13), ("5",))


@pytest.mark.parametrize("text", ["1-201号楼", "1-9999栋", "1-150、1-150栋", "1栋" * 300])
def test_a_range_too_long_is_refused(text: str) -> None:
    with pytest.raises(RangeTooLong):
        building_range(text)


def test_the_longest_range() -> None:
    found = building_range(f"1-{BUILDINGS_AT_MOST}号楼")
    assert found is not None
    assert len(found.buildings) == BUILDINGS_AT_MOST


PIECES = st.sampled_from(
    [
        *"0123456789-~、，,;（）()除外和到至第一三十#A座",
        "号楼",
        "栋",
        "单元",
        "不含",
        "单号",
        "东区",
        "全部",
        "\n",
        "😀",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=60))
@example("第" * 50)
def test_any_text_at_all(text: str) -> None:
    try:
        found = building_ranges(text)
    except RangeTooLong:
        return
    for one in found:
        assert 0 <= one.span[0] < one.span[1] <= len(text)
        assert len(set(one.buildings)) == len(one.buildings)
        assert not set(one.buildings) & set(one.excluded)
