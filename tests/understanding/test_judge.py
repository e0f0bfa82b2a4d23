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
        "6号楼门口狗屎没人捡",
        "8号楼楼下停车堵门",
        "9号楼楼道有人抽烟",
        "11号楼下面有人乱停电动车",
        "5号楼门口车堵住了出不去",
        "5号楼电梯不动了",
        "1号楼电梯卡住了 门打不开",
        "16号楼电梯又停了 老人下不了楼",
    ],
)
def test_what_names_no_danger_is_a_complaint_like_others(text: str) -> None:
    for mentioned in (False, True):
        found = understood(text, mentioned=mentioned)
        assert (found.intent, found.speak) == ("complaints.file", True)
        assert found.urgency != "P0"


@pytest.mark.parametrize(
    "text", ["我住3号楼2单元501", "10号楼下雪啦 快看", "快来人陪我打麻将", "快来2号楼楼下 有热闹看"]
)
def test_without_danger_nobody_is_called_out_for_what_only_sounds_like_it(text: str) -> None:
    for found in (understood(text), understood(text, mentioned=True), understood(text, private=True)):
        assert not (found.speak and found.intent == "complaints.emergency")


def test_what_only_sounds_like_an_emergency_is_a_lead_and_gives_way() -> None:
    found = understood("老爷子喘着喘着就不出声了")
    assert (found.intent, found.speak, found.lead) == ("complaints.emergency", False, True)
    assert understood("老爷子喘着喘着就不出声了", mentioned=True).intent == "complaints.file"
    assert understood("老爷子喘着喘着就不出声了 楼道灯还是坏的 11-2-301").intent == "complaints.file"


@pytest.mark.parametrize(
    "text", ["5号楼电梯困了两个人，3号楼灯坏了", "3号楼灯坏了，5号楼电梯困了两个人", "3号楼灯坏了 5号楼电梯困了两个人"]
)
def test_somebody_in_the_lift_goes_before_a_lamp_and_is_looked_for_in_the_right_house(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak, found.category) == ("complaints.emergency", True, ("公共设施", "电梯困人"))
    assert found.slots.building == "5"


@pytest.mark.parametrize("text", ["5号楼电梯不动了 里面有人", "8号楼电梯坏了 我妈在里面", "11号楼电梯卡住了 出不来"])
def test_somebody_in_the_lift_makes_it_an_emergency(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak, found.urgency) == ("complaints.emergency", True, "P0")


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
    assert (found.intent, found.speak) == ("sessions.sign_up", True)
    assert (found.slots.building, found.slots.room, found.slots.people) == ("6", "1101", 3)


def test_who_asks_for_a_mediator_is_answered_and_says_what_the_quarrel_is_about() -> None:
    found = understood("想请人来调解 楼上漏水泡了我家天花板 他们不认账 9-1-503")
    assert (found.intent, found.speak, found.urgency) == ("complaints.mediate", True, "P2")
    assert found.category == ("邻里纠纷", "漏水纠纷")
    assert found.slots.room == "503"


@pytest.mark.parametrize(
    "text",
    [
        "我家也是",
        "附议",
        "我们家也是，一模一样",
        "我家也是，一起登记上",
        "我家也是，一起登记",
        "一起登记上",
        "我们楼也一样 也给记上",
        "我家也是，也给我报上",
    ],
)
def test_who_only_seconds_is_heard_but_not_answered(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak, found.lead, found.category) == ("complaints.support", False, True, None)
    assert understood(text, mentioned=True).speak


@pytest.mark.parametrize("text", ["+1", "同求", "同上", "我也", "+1+1", "俺也一样"])
def test_a_word_that_seconds_counts_beside_a_quote_only(text: str) -> None:
    alone = understood(text)
    assert (alone.intent, alone.speak, alone.lead) == (None, False, False)
    assert not judge().heeds(inbound(text))
    found = understood(text, quoting=True)
    assert (found.intent, found.speak, found.lead) == ("complaints.support", False, True)
    assert judge().heeds(inbound(text, quoting=True))


@pytest.mark.parametrize("text", ["哈哈哈", "好的", "收到", "也不知道谁说的", "+1 草莓要两盒", "支持国货", "+1" * 20])
def test_other_words_beside_a_quote_are_chatter(text: str) -> None:
    assert not understood(text, quoting=True).lead
    assert not judge().heeds(inbound(text, quoting=True))


def test_seconding_with_a_trouble_or_a_door_is_answered() -> None:
    found = understood("俺家也停水了 9号楼2单元 一块儿报上吧")
    assert (found.intent, found.speak, found.slots.building) == ("complaints.support", True, "9")
    assert found.category == ("供水", "停水")
    assert understood("+1 我家也没热").speak


def test_who_is_content_is_heard_who_is_not_is_answered() -> None:
    content, number = understood("修好了，谢谢社区"), understood("SQ261117-05 没解决 门还是关不上")
    assert (content.intent, content.speak, content.lead) == ("complaints.rate", False, True)
    assert (number.intent, number.speak, number.slots.case) == ("complaints.rate", True, "SQ261117-05")
    assert understood("修完第二天又坏了").speak
    assert not understood("车修好了 花了三千多 心疼").lead


@pytest.mark.parametrize(
    "text", ["不是3号楼是13号楼", "说错了是5号楼", "打错了 应该是2单元", "刚才那条撤回", "上一条取消"]
)
def test_taking_back_ones_own_words_is_no_new_complaint(text: str) -> None:
    assert not understood(text).speak
    assert not understood(text).lead


def test_without_the_mentioned_name_nothing_may_be_left_to_judge() -> None:
    assert understood("@管家前台 好的") is NOTHING


def test_it_loads_quickly_enough_to_start_anywhere() -> None:
    assert len(judge().rules) > 150
