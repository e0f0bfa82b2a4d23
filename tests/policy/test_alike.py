"""Which questions ask the same, and which only read alike."""

from __future__ import annotations

import pytest

from intents.policy.alike import ALIKE_FROM, likeness, told_apart

SAME = [
    ("居住证明怎么开", "居住证明咋开啊"),
    ("狗证在哪办", "请问养犬登记去哪里办"),
    ("小区能不能养鸡", "咱小区里养鸡让不让"),
    ("公租房单身的行不行", "单身能申请公租房吗"),
    ("楼道里能停自行车吗", "自行车停楼道里可以不"),
    ("低保咋申请", "怎么申请低保"),
    ("身份证过期了怎么换", "身份证到期咋换"),
    ("医保断了三个月能补交吗", "医保断了3个月能不能补交"),
]
OTHER = [
    ("居住证明怎么开", "死亡证明怎么开"),
    ("北京的居住证怎么办", "上海的居住证怎么办"),
    ("狗证在哪办", "老年证在哪办"),
    ("公租房怎么申请", "公租房租金能不能减免"),
    ("今天停水吗", "高龄补贴有多少"),
    ("个人怎么交社保", "个人怎么停社保"),
    ("男职工几岁退休", "女职工几岁退休"),
    ("七十五岁有高龄津贴吗", "85岁有高龄津贴吗"),
    ("2号楼装电梯要几户签字", "6号楼装电梯要几户签字"),
    ("一单元漏水谁修", "三单元漏水谁修"),
    ("失业保险金去哪领", "失业保险金能领几个月"),
    ("独生子女费去哪领", "独生子女证去哪领"),
    ("结婚证不见了去哪补", "离婚证不见了去哪补"),
    ("居住证去哪办", "居住证去哪续"),
    ("居住证怎么办", "居住证怎么注销"),
    ("社保卡去哪领", "社保卡丢了去哪领"),
    ("办身份证要带啥", "办身份证要多少钱"),
    ("办身份证要带啥", "办身份证要几天"),
    ("二胎能休几天产假", "三胎能休几天产假"),
    ("户口怎么迁进来", "户口怎么迁出去"),
    ("外地老人能办公交卡吗", "本地老人能办公交卡吗"),
    ("能封阳台不", "能砸阳台不"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_asked_in_other_words(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE_FROM
    assert likeness(one, other) == likeness(other, one)
    assert not told_apart(one, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_something_else_asked_in_like_words(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE_FROM
    assert likeness(one, other) == likeness(other, one)


def test_likeness_of_nothing() -> None:
    assert likeness("", "") == 1
    assert likeness("？？", "") <= 1
    assert likeness("居住证明", "居住证明") == 1
    assert likeness("居住证明", "") == 0
