from __future__ import annotations

import pytest

from bot.message import Slots
from intents.understanding.case_number import case_number
from intents.understanding.masks import masked
from intents.understanding.normalise import normalise
from intents.understanding.people import people
from intents.understanding.slots import read_slots


def slots(text: str, *, complaint: bool = True) -> Slots:
    return read_slots(normalise(text), complaint=complaint)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SQ261125-07", "SQ261125-07"),
        ("sq261125-07 现在啥情况", "SQ261125-07"),
        ("ＳＱ２６１１２５－０７", "SQ261125-07"),
        ("SQ 261125 07", "SQ261125-07"),
        ("工单202203080017处理到哪一步了", "202203080017"),
        ("编号A-0316那件事", "A-0316"),
        ("编号：261109那个", "261109"),
        ("3-2-501", None),
        ("我住8号楼", None),
    ],
)
def test_case_numbers_of_several_styles(text: str, number: str | None) -> None:
    assert case_number(text) == number


def test_a_case_number_is_no_address() -> None:
    found = slots("编号A-0316那件事情有没有人受理啊")
    assert (found.building, found.room, found.case) == (None, None, "A-0316")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("我们家两大一小", 3),
        ("1大2小", 3),
        ("一家三口", 3),
        ("就我自己", 1),
        ("俺老两口报上", 2),
        ("+2 东区3号", 2),
        ("5人", 5),
        ("82岁", None),
        ("菜刀三把", None),
    ],
)
def test_people(text: str, count: int | None) -> None:
    assert people(normalise(text)) == count


def test_a_crowd_in_a_complaint_is_not_who_comes() -> None:
    assert slots("隔壁出租屋一套塞了十几个人").people is None


@pytest.mark.parametrize("text", ["电话13800001102", "138-0000-1102", "138 0000 1102", "打１３８００００１１０２"])
def test_phones(text: str) -> None:
    assert slots(text).phone == "13800001102"


@pytest.mark.parametrize("text", ["不要透露我", "别说是我说的哈", "匿名反映一下", "我不想留名 保密"])
def test_anonymity(text: str) -> None:
    assert slots(text).anonymous


def test_somebody_speaks_for_another() -> None:
    assert slots("帮隔壁张奶奶说一声 卫生站一礼拜没开门了").for_other
    assert not slots("我家灯不亮").for_other


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("化粪池又漾出来了 4号楼西头 黄汤淌一地", "4号楼西头"),
        ("共享单车堵在东门 出不去", "东门"),
        ("消防车进不来 3号楼东边那条道两边全是车", "3号楼东边那条道"),
        ("池塘边上的栏杆断了两根", "池塘边上"),
        ("暖气不热", None),
    ],
)
def test_places_without_a_door_number(text: str, place: str | None) -> None:
    assert slots(text).place == place


def test_names_are_taken_only_where_the_grammar_says_so() -> None:
    assert slots("俺叫孙桂兰电话13800001102").name == "孙桂兰"
    assert slots("我叫不醒他").name is None
    assert slots("12#3-602 吴建军 13800003344", complaint=False).name == "吴建军"


def test_masks() -> None:
    text = "我叫孙桂兰 电话13800001102 身份证370602199001011234 找张三"
    assert masked(text, ["张三"]) == "我叫孙* 电话138****1102 身份证370602********1234 找张*"
    assert masked("灯不亮 3号楼") == "灯不亮 3号楼"
