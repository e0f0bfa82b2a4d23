from __future__ import annotations

import pytest

from intents.understanding.judge import NOTHING
from tests.understanding.judged import inbound, judge, understood


@pytest.mark.parametrize("text", ["各位芳邻早安", "👍👍👍", "嗯", "", "这剧真好看", "元宵节快乐 团团圆圆"])
def test_chatter_is_one_and_the_same_nothing(text: str) -> None:
    assert judge()(inbound(text)) is NOTHING


def test_a_clear_complaint_is_filed_and_says_why() -> None:
    found = understood("3号楼2单元楼道灯坏了三天没人管")
    assert (found.intent, found.speak, found.category) == ("complaints.file", True, ("公共设施", "楼道灯"))
    assert (found.slots.building, found.slots.unit, found.urgency) == ("3", "2", "P2")
    assert found.rule == "complaints.file.stair-lamp"
    assert "rule:complaints.file.stair-lamp" in found.why
    assert "+0.2 place" in found.why


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("楼道里有煤气味！七号楼三单元", ("供气", "燃气泄漏")),
        ("着火了 9号楼4楼窗户往外窜黑烟", ("消防安全", "火灾")),
        ("我关在电梯里了 5号楼2单元 按铃没人接", ("公共设施", "电梯困人")),
        ("電梯入面有個婆婆困住咗 拍門拍咗十幾分鐘 D座", ("公共设施", "电梯困人")),
    ],
)
def test_an_emergency_is_p0_and_goes_before_all_else(text: str, category: tuple[str, str]) -> None:
    found = understood(text)
    assert (found.intent, found.speak, found.urgency, found.category) == ("complaints.emergency", True, "P0", category)


@pytest.mark.parametrize(
    "text",
    [
        "转：昨晚郑州一高层起火 无人员伤亡 消防已到场",
        "后院起火了 我媳妇知道我藏私房钱了[捂脸]",
        "要是真停电了 咱就搬马扎下楼嗑瓜子呗",
        "单位电梯坏了 爬18层 到了直接打卡下班得了",
        "【温馨提示】因管网检修，明日9:00-17:00 3、4、5号楼暂停供水，请提前储水。物业服务中心",
        "专业疏通下水道 马桶 地漏 24小时上门 不通不收费 13800001234",
        "【急租】3号楼2单元501 两室朝阳 拎包入住 月租1800 电话13800002580 中介勿扰",
        "楼上正解 楼下别学",
        "@老李 你家暖气热乎不",
        "8-2-301",
    ],
)
def test_it_stays_silent(text: str) -> None:
    assert not understood(text).speak


def test_advertised_addresses_are_no_slots() -> None:
    assert understood("【急租】3号楼2单元501 两室朝阳 月租1800").slots.building is None


def test_words_to_somebody_else_weigh_less_but_the_property_is_no_stranger() -> None:
    assert understood("@老李 你家暖气是不是不热").score < understood("@物业前台 我家暖气不热").score
    assert understood("@物业前台 报修单都交了十来天了你们是拿去垫桌脚了？5-1-1101").speak


def test_directly_asked_it_answers_sooner() -> None:
    text = "我家灯坏了"
    assert not understood(text).speak
    assert understood(text, mentioned=True).score > understood(text).score


@pytest.mark.parametrize("text", ["@小助手", "@小助手 你能干啥呀", "@社区小助手 说明书有没得", "@小助手 在吗"])
def test_help(text: str) -> None:
    found = understood(text, mentioned=True)
    assert (found.intent, found.speak, found.category, found.urgency) == ("help.show", True, None, None)


@pytest.mark.parametrize("text", ["机器人别说话", "小助手闭嘴", "能不能让这个机器人安静点"])
def test_mute(text: str) -> None:
    assert understood(text).intent == "help.mute"


@pytest.mark.parametrize(
    "text", ["SQ261125-07", "查一下SQ261125-07", "工单202203080017处理到哪一步了", "上礼拜报的那个路灯咋样了"]
)
def test_progress(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak) == ("complaints.progress", True)


def test_private_chat_needs_no_mention() -> None:
    assert understood("你能干啥", private=True).intent == "help.show"
    assert understood("你能干啥").intent is None


def test_sign_ups_are_not_filed() -> None:
    found = understood("报名报名 6-2-1101 一家三口")
    assert (found.intent, found.speak) == (None, False)
    assert (found.slots.building, found.slots.room, found.slots.people) == ("6", "1101", 3)


def test_mediation_is_a_quiet_lead() -> None:
    found = understood("想请和事佬给说和说和 我跟对门因为放鞋柜吵了好几架了 9-1-503")
    assert (found.intent, found.speak, found.lead) == (None, False, True)


def test_it_loads_quickly_enough_to_start_anywhere() -> None:
    assert len(judge().rules) > 150
