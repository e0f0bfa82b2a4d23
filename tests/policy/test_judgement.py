"""What is a doctor's or a lawyer's to judge, and what cannot wait for an entry."""

from __future__ import annotations

import pytest

from intents.policy.judgement import at_once, referred_to


@pytest.mark.parametrize(
    ("asked", "office"),
    [
        ("孕妇能打流感疫苗吗", "medical"),
        ("哺乳期能不能吃头孢", "medical"),
        ("有高血压能拔罐不", "medical"),
        ("老人发烧吃什么药好", "medical"),
        ("抚养权归谁", "legal"),
        ("打官司能赢不", "legal"),
        ("我被狗咬了该赔多少", "legal"),
        ("孕妇能办居住证吗", None),
        ("怀孕能申请生育津贴不", None),
        ("糖尿病能办慢病吗", None),
        ("抚养权变更后孩子户口咋迁", None),
        ("打官司没钱请律师 能免费吗", None),
        ("没钱打官司怎么申请法律援助", None),
        ("判几年的人低保还发吗", None),
    ],
)
def test_a_civic_paper_is_for_neither_doctor_nor_lawyer(asked: str, office: str | None) -> None:
    assert referred_to(asked) == office


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("我被网上骗了钱怎么办", "cheated"),
        ("刚被骗转账了", "cheated"),
        ("我妈给骗子转了两万 咋办", "cheated"),
        ("骗了我妈三千块养老金", "cheated"),
        ("社保卡异常要转账到安全账户 是真的吗", "fraud"),
        ("有个警察打电话让我转账", "fraud"),
        ("刷单返钱是真的不", "fraud"),
        ("让我下个软件共享屏幕 安全吗", "fraud"),
        ("我老公打我 怎么办", "violence"),
        ("儿子老打我 我七十了", "violence"),
        ("我被家暴了", "violence"),
        ("我老公打我电话我没接着", None),
        ("家暴报警管用吗", None),
        ("社保转账给我没到", None),
        ("物业费能转账不", None),
        ("96110来电话能接吗", None),
        ("别被骗子骗了钱", None),
        ("差点被骗了钱 好险", None),
        ("养老金认证在哪办", None),
    ],
)
def test_what_cannot_wait(said: str, what: str | None) -> None:
    assert at_once(said) == what
