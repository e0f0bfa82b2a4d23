from __future__ import annotations

import pytest

from bot.message import Slots
from intents.understanding.on_behalf import OnBehalf, missing, on_behalf

TYPED = [
    ("吴建军 东门 灯坏了", OnBehalf("吴建军", Slots(place="东门"), "灯坏了", "telephone", None)),
    ("孟叔 老槐树底下 井盖翘了", OnBehalf("孟叔", Slots(place="老槐树底下"), "井盖翘了", "telephone", None)),
    ("赵大爷 小区南边那条路 坑", OnBehalf("赵大爷", Slots(place="小区南边那条路"), "坑", "telephone", None)),
    ("任阿姨3号楼暖气不热 电话", OnBehalf("任阿姨", Slots(building="3"), "暖气不热", "telephone", None)),
    (
        "刘 18800001111 漏水 3-2-501",
        OnBehalf("刘", Slots(building="3", unit="2", room="501"), "漏水", "telephone", "18800001111"),
    ),
    (
        "王大爷 3-2-501 厕所漏水 电话",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "telephone", None),
    ),
    ("王秀兰 12号楼1单元 暖气不热", OnBehalf("王秀兰", Slots(building="12", unit="1"), "暖气不热", "telephone", None)),
    ("李叔 东门口 路灯不亮 上门", OnBehalf("李叔", Slots(place="东门口"), "路灯不亮", "visit", None)),
    (
        "张姐 13800001111 5号楼402 楼上漏水",
        OnBehalf("张姐", Slots(building="5", room="402"), "楼上漏水", "telephone", "13800001111"),
    ),
    (
        "赵 8-1-302 电视没信号 电话13900002222",
        OnBehalf("赵", Slots(building="8", unit="1", room="302"), "电视没信号", "telephone", "13900002222"),
    ),
    (
        "王大爷3-2-501厕所漏水",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "telephone", None),
    ),
    (
        "王大爷3-2-501 厕所漏水上门",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水上门", "telephone", None),
    ),
    (
        "王大爷，3-2-501，厕所漏水，来访",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "visit", None),
    ),
    (
        "3-2-501 王大爷 厕所漏水",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "telephone", None),
    ),
    (
        "老王 3号楼2单元 楼道灯坏了",
        OnBehalf("老王", Slots(building="3", unit="2", place="3号楼2单元 楼道"), "楼道灯坏了", "telephone", None),
    ),
    (
        "小李 8#2-301 下水道堵了 (电话)",
        OnBehalf("小李", Slots(building="8", unit="2", room="301"), "下水道堵了", "telephone", None),
    ),
    ("欧阳锋 3栋 电梯坏了", OnBehalf("欧阳锋", Slots(building="3"), "电梯坏了", "telephone", None)),
    (
        "买买提 3-2-501 暖气不热",
        OnBehalf("买买提", Slots(building="3", unit="2", room="501"), "暖气不热", "telephone", None),
    ),
    ("业主 3-2-501 漏水", OnBehalf("业主", Slots(building="3", unit="2", room="501"), "漏水", "telephone", None)),
    ("王大爷 厕所漏水", OnBehalf("王大爷", Slots(), "厕所漏水", "telephone", None)),
    (
        "张三 我家厕所漏水 3-2-501",
        OnBehalf("张三", Slots(building="3", unit="2", room="501"), "我家厕所漏水", "telephone", None),
    ),
    ("刘奶奶 小花坛 灯不亮", OnBehalf("刘奶奶", Slots(place="小花坛"), "灯不亮", "telephone", None)),
    (
        "陈老师 5号楼402 孩子天天吵 来电",
        OnBehalf("陈老师", Slots(building="5", room="402"), "孩子天天吵", "telephone", None),
    ),
    (
        "周师傅 电话13800001111 5-2-402 漏水",
        OnBehalf("周师傅", Slots(building="5", unit="2", room="402"), "漏水", "telephone", "13800001111"),
    ),
    ("周师傅 北门 道闸不抬杆 窗口", OnBehalf("周师傅", Slots(place="北门"), "道闸不抬杆", "visit", None)),
    ("周师傅 北门道闸不抬杆", OnBehalf("周师傅", Slots(place="北门"), "北门道闸不抬杆", "telephone", None)),
    ("吴 5号楼 暖气", OnBehalf("吴", Slots(building="5"), "暖气", "telephone", None)),
    (
        "王芳 7号楼东头 井盖没了 上门",
        OnBehalf("王芳", Slots(building="7", place="7号楼东头"), "井盖没了", "visit", None),
    ),
    (
        "王芳 7号楼 东头井盖没了",
        OnBehalf("王芳", Slots(building="7", place="7号楼 东头"), "东头井盖没了", "telephone", None),
    ),
    (
        "赵桂英（3-2-501）水管爆了",
        OnBehalf("赵桂英", Slots(building="3", unit="2", room="501"), "水管爆了", "telephone", None),
    ),
    (
        "孙大妈 9-1-101 家里电话没声 电话",
        OnBehalf("孙大妈", Slots(building="9", unit="1", room="101"), "家里电话没声", "telephone", None),
    ),
    (
        "钱先生 0531-88886666 3-1-202 窗户漏风",
        OnBehalf("钱先生", Slots(building="3", unit="1", room="202"), "窗户漏风", "telephone", "053188886666"),
    ),
    ("Tom 3-2-501 no heat", OnBehalf("Tom", Slots(building="3", unit="2", room="501"), "no heat", "telephone", None)),
    (
        "王大爷\t3-2-501\t厕所漏水\t电话",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "telephone", None),
    ),
    ("匿名 6号楼 楼上往下扔垃圾", OnBehalf("匿名", Slots(building="6"), "楼上往下扔垃圾", "telephone", None)),
    (
        "郑大姐 3号楼 2单元 501 暖气不热 打电话",
        OnBehalf("郑大姐", Slots(building="3", unit="2", room="501"), "暖气不热", "telephone", None),
    ),
    (
        "高阿姨 6-2-302 上门维修的师傅没来",
        OnBehalf("高阿姨", Slots(building="6", unit="2", room="302"), "上门维修的师傅没来", "telephone", None),
    ),
    ("车大爷 3-2-501 漏水", OnBehalf("车大爷", Slots(building="3", unit="2", room="501"), "漏水", "telephone", None)),
    ("路大爷 3-2-501 漏水", OnBehalf("路大爷", Slots(building="3", unit="2", room="501"), "漏水", "telephone", None)),
    ("刘 车棚 充电桩坏了", OnBehalf("刘", Slots(place="车棚"), "充电桩坏了", "telephone", None)),
    (
        "何女士 138-0000-1111 3单元门坏了",
        OnBehalf("何女士", Slots(unit="3"), "3单元门坏了", "telephone", "13800001111"),
    ),
    (
        "王大爷\n3-2-501\n厕所漏水",
        OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "厕所漏水", "telephone", None),
    ),
    ("王大爷家 3-2-501 漏水", OnBehalf("王大爷", Slots(building="3", unit="2", room="501"), "漏水", "telephone", None)),
    (
        "王大爷 5号楼402 楼道灯不亮",
        OnBehalf("王大爷", Slots(building="5", room="402", place="5号楼402 楼道"), "楼道灯不亮", "telephone", None),
    ),
    ("诸葛亮 8-2-301 灯坏", OnBehalf("诸葛亮", Slots(building="8", unit="2", room="301"), "灯坏", "telephone", None)),
    (
        "林阿姨 12号楼门口 车堵路 上门",
        OnBehalf("林阿姨", Slots(building="12", place="12号楼门口"), "车堵路", "visit", None),
    ),
    (
        "许大爷 6号楼东边那条道 坑 来访",
        OnBehalf("许大爷", Slots(building="6", place="6号楼东边那条道"), "坑", "visit", None),
    ),
    (
        "马大姐:3-2-501:暖气不热:电话",
        OnBehalf("马大姐", Slots(building="3", unit="2", room="501"), "暖气不热", "telephone", None),
    ),
    ("金阿姨 7-1 停电", OnBehalf("金阿姨", Slots(building="7", unit="1"), "停电", "telephone", None)),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_as_it_is_typed_in_a_hurry(text: str, expected: OnBehalf) -> None:
    assert on_behalf(text) == expected
    assert missing(text) == ("" if expected.address != Slots() else "address")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("3-2-501 厕所漏水", "name"),
        ("厕所漏水 3-2-501", "name"),
        ("王大爷 3-2-501", "content"),
        ("王大爷", "address"),
        ("路灯坏了 东门", "name"),
        ("电话", "name"),
        ("13800001111", "name"),
        ("3-2-501", "name"),
        ("厕所漏水", "name"),
        ("马桶堵了 3-2-501", "name"),
    ],
)
def test_what_is_missing(text: str, part: str) -> None:
    assert on_behalf(text) is None
    assert missing(text) == part
