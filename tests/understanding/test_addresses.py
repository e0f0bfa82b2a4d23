from __future__ import annotations

import pytest

from intents.understanding.address import Address, address, split_nickname
from tests.understanding.judged import understood

STYLES = [
    ("8-2-301", "8", "2", "301"),
    ("住８－２－３０１", "8", "2", "301"),
    ("8—2—301室", "8", "2", "301"),
    ("8.2.301", "8", "2", "301"),
    ("8#2-301", "8", "2", "301"),
    ("3＃2－501", "3", "2", "501"),
    ("2#1-502", "2", "1", "502"),
    ("13#1-602 那户", "13", "1", "602"),
    ("13#3", "13", "3", None),
    ("6#楼", "6", None, None),
    ("3号楼2单元501", "3", "2", "501"),
    ("3号楼 2单元 501 室", "3", "2", "501"),
    ("21号楼1单元1904的业主", "21", "1", "1904"),
    ("8号楼1单元12层1203", "8", "1", "1203"),
    ("5号楼2门301", "5", "2", "301"),
    ("8栋1003", "8", None, "1003"),
    ("10号楼101", "10", None, "101"),
    ("6座1804", "6", None, "1804"),
    ("7座2单元1103", "7", "2", "1103"),
    ("B座12A", "B", None, "12A"),
    ("b座8b", "B", None, "8B"),
    ("C座0903", "C", None, "903"),
    ("Ｂ棟", "B", None, None),
    ("三栋二单元七零四", "3", "2", "704"),
    ("4幢二单元七零一", "4", "2", "701"),
    ("七号楼三单元", "7", "3", None),
    ("十二号楼", "12", None, None),
    ("二十一栋一单元", "21", "1", None),
    ("东区3号1单元802", "东区3", "1", "802"),
    ("东区3号门口", "东区3", None, None),
    ("二期8号楼301", "二期8", None, "301"),
    ("12号301室", "12", None, "301"),
    ("9号楼", "9", None, None),
    ("5号楼全楼都没网", "5", None, None),
    ("9号楼4楼窗户", "9", None, None),
    ("3幢2楼那户", "3", None, None),
    ("3单元", None, "3", None),
    ("推着轮椅在一楼干瞪眼 7-1", "7", "1", None),
    ("纸壳子快到顶了 2-3", "2", "3", None),
    ("不是12栋 是13栋一单元603", "13", "1", "603"),
    ("7号楼的都停了 我在3单元", "7", "3", None),
    ("102又往外扩阳台 24号楼", "24", None, "102"),
]


@pytest.mark.parametrize(("text", "building", "unit", "room"), STYLES)
def test_the_styles_people_type(text: str, building: str | None, unit: str | None, room: str | None) -> None:
    assert address(text) == Address(building, unit, room)


@pytest.mark.parametrize(
    "text",
    [
        "3-2！绝杀！！！",
        "昨晚2-1看得我差点把茶几拍碎",
        "女排3:0 干净利索",
        "我猜今晚3-1-2阵型",
        "11-9 9-11 11-8 乒乓球还得看咱的",
        "取件码8-2-3015 谁下楼帮我捎一下",
        "取件码8-2-3018",
        "凭12-3-4501到东门驿站取件",
        "代拿一个 5-1-2208 小的",
        "1.6",
        "2022-03-17",
        "2022.3.17",
        "3月17日 3/21",
        "3号下午",
        "28号上午9:00",
        "3号1000块",
        "车牌尾号302的 你车窗没关",
        "鲁B12345",
        "双色球03 07 12 18 21 蓝5",
        "7座SUV",
        "三栋楼都停电",
        "这一栋",
        "电话13800002580",
        "0531-5550100",
        "9-5折优惠",
        "",
    ],
)
def test_what_only_looks_like_an_address(text: str) -> None:
    assert address(text) is None


@pytest.mark.parametrize(
    ("nickname", "expected", "rest"),
    [
        ("3-2-501 王阿姨", Address("3", "2", "501"), "王阿姨"),
        ("3-2-501王姐", Address("3", "2", "501"), "王姐"),
        ("王阿姨 3号楼2单元501", Address("3", "2", "501"), "王阿姨"),
        ("【8栋1003】小李", Address("8", None, "1003"), "小李"),
        ("马丽", None, "马丽"),
        ("", None, ""),
    ],
)
def test_a_nickname_with_an_address(nickname: str, expected: Address | None, rest: str) -> None:
    assert split_nickname(nickname) == (expected, rest)


def test_the_address_in_a_mention_is_nobodys_address() -> None:
    found = understood("@3-2-501王姐 你家有人字梯没 借我使使")
    assert found.slots.building is None
    assert not found.speak
