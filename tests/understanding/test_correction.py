from __future__ import annotations

import pytest

from bot.message import Slots
from intents.understanding.correction import correction, takes_back

CORRECTED = [
    ("是3单元，刚打错了", Slots(unit="3")),
    ("打错字了 12号楼", Slots(building="12")),
    ("上面说的楼号不对 是9号楼", Slots(building="9")),
    ("不是3号楼哈，13号楼", Slots(building="13")),
    ("5号楼 刚才打成6号楼了", Slots(building="5")),
    ("应该是8-2-301 我写成8-3-201了", Slots(building="8", unit="2", room="301")),
    ("楼上发错 3-2-502", Slots(building="3", unit="2", room="502")),
    ("说错说错，7号楼", Slots(building="7")),
    ("把3号楼改成13号楼", Slots(building="13")),
    ("单元错了 3", Slots(unit="3")),
    ("不是3号楼是13号楼", Slots(building="13")),
    ("不是3号楼，是13号楼", Slots(building="13")),
    ("不是3号楼 13号楼", Slots(building="13")),
    ("不是3号楼是13号", Slots(building="13")),
    ("不是三栋是四栋", Slots(building="4")),
    ("是13号楼不是3号楼", Slots(building="13")),
    ("我不是3号楼的，我是5号楼的", Slots(building="5")),
    ("在5号楼不在3号楼", Slots(building="5")),
    ("不在3号楼，在5号楼", Slots(building="5")),
    ("说错了，是5号楼2单元", Slots(building="5", unit="2")),
    ("刚才说错了 5号楼", Slots(building="5")),
    ("说串了是6号楼", Slots(building="6")),
    ("打错了 应该是2单元", Slots(unit="2")),
    ("手滑打错 8栋", Slots(building="8")),
    ("写错了 是3单元不是2单元", Slots(unit="3")),
    ("不是2单元，是3单元，谢谢", Slots(unit="3")),
    ("更正：3-2-502", Slots(building="3", unit="2", room="502")),
    ("更正:３－２－５０２", Slots(building="3", unit="2", room="502")),
    ("纠正一下 6号楼1单元", Slots(building="6", unit="1")),
    ("楼号写错了 是8号楼", Slots(building="8")),
    ("楼号错了，8", Slots(building="8")),
    ("房号错了 502", Slots(room="502")),
    ("不是501是502", Slots(room="502")),
    ("不是3-2-501，是3-2-502", Slots(building="3", unit="2", room="502")),
    ("报错楼号了 不是12栋 是13栋一单元603", Slots(building="13", unit="1", room="603")),
    ("地址不对，应该是8-2-301", Slots(building="8", unit="2", room="301")),
    ("地址改成8-2-301", Slots(building="8", unit="2", room="301")),
    ("不对，是5号楼", Slots(building="5")),
    ("错了，是5号楼", Slots(building="5")),
    ("不是东门是北门", Slots(place="北门")),
    ("发错了 是东门口的路灯", Slots(place="东门")),
]


@pytest.mark.parametrize(("text", "slots"), CORRECTED)
def test_what_it_is_corrected_to(text: str, slots: Slots) -> None:
    assert correction(text) == slots


@pytest.mark.parametrize(
    "text",
    [
        "不是我说的是他说的",
        "不是3号楼的人就别来了",
        "是不是3号楼停水了",
        "不是3号楼就是5号楼",
        "不是3号楼是13号楼吗？",
        "不是说3号楼修好了吗，怎么5号楼还没修",
        "要不是3号楼的人帮忙",
        "打错电话了 3号楼停水",
        "3号楼灯坏了，不是跳闸，是灯泡烧了",
        "不是3号楼漏水，是5号楼漏水",
        "5号楼的电梯不是坏了是停电",
        "这不是5号楼的事是素质问题",
        "3号楼2单元灯坏了",
        "不是物业是社区",
        "不是今天是明天",
        "不是两个是三个",
        "写错了 是3个",
        "你说错了",
        "记错了",
        "发错群了",
        "又报错了，电梯面板显示E5",
        "送错了，5号楼的快递送到3号楼了",
        "是3号楼",
        "13号楼",
        "",
        "不是3号楼是13号楼" + "啊" * 60,
    ],
)
def test_what_corrects_no_address(text: str) -> None:
    assert correction(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "刚才那条撤回",
        "刚才那个不算",
        "上一条取消",
        "刚报的不算数",
        "撤回",
        "撤回一下",
        "撤销",
        "我刚才说的撤回",
        "刚才的取消吧",
        "发错了 撤回",
        "刚才报的撤了吧",
        "刚才发错群了，不算",
        "刚才那条不算哈 谢谢",
        "我撤回刚才那条",
        "把上一条删了",
        "上面那条作废",
        "当我没说",
    ],
)
def test_it_is_taken_back(text: str) -> None:
    assert takes_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "取消",
        "不要了",
        "取消报名",
        "那个兑换取消哈",
        "刚才那个报名取消",
        "我那个不用弄了，自己修好了",
        "李姐撤回了一条消息",
        "你怎么撤回了",
        "刚才那条撤回了吗",
        "撤回我昨天报的路灯",
        "刚才那个人不算",
        "刚才那个电梯不算坏",
        "撤回干嘛",
        "这个钱不算",
        "刚才",
        "",
        "刚才那条撤回" * 20,
    ],
)
def test_it_is_not_taken_back(text: str) -> None:
    assert not takes_back(text)
