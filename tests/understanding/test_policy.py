"""A question about what a rule says is heard as one; talk, adverts and complaints about the same things are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.message import Understanding
from intents.understanding.yaml_source import load_yaml
from tests.understanding.judged import PROJECT, inbound, judge, understood

POLICY = "policy.ask"
WRITTEN = Path(__file__).with_name("written-policy.jsonl")
STARTER = sorted((PROJECT / "intents" / "policy" / "starter").glob("*.yaml"))


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]


def said(row: dict[str, Any]) -> Understanding:
    return understood(row["text"], mentioned=bool(row.get("mentioned")))


def is_asked(found: Understanding) -> bool:
    return found.speak and found.intent == POLICY


def test_questions_in_all_voices_are_heard() -> None:
    asked = [row for row in rows() if row["intent"] == POLICY]
    missed = [row["text"] for row in asked if not is_asked(said(row))]
    assert len(asked) > 200
    assert len(missed) <= len(asked) // 50, missed


def test_what_only_looks_like_one_is_not() -> None:
    others = [row for row in rows() if row["intent"] != POLICY]
    false = [row["text"] for row in others if is_asked(said(row))]
    assert len(others) > 300
    assert len(false) <= len(others) // 50, false


def test_complaints_with_words_of_policy_stay_complaints() -> None:
    filed = [row for row in rows() if row["intent"] == "complaints.file"]
    assert filed
    assert [row["text"] for row in filed if said(row).intent != "complaints.file"] == []


def test_the_questions_of_the_guide_reach_it() -> None:
    """Some are a trouble as well, then whoever answers those may have them; of the office itself config.yaml knows more."""
    questions = [text for file in STARTER for entry in load_yaml(file) for text in entry.get("questions", ())]
    found = {text: understood(text) for text in questions}
    missed = [text for text, one in found.items() if not is_asked(one) and one.intent != "help.human"]
    silent = [text for text in missed if not found[text].speak]
    assert len(questions) > 500
    assert len(missed) <= len(questions) // 20, missed
    assert len(silent) <= len(questions) // 30, silent


@pytest.mark.parametrize(
    "text",
    [
        "居住正明上哪开 都要拿啥",
        "一保断了俩月还能补交不",
        "養老金認證喺邊度做㗎 使唔使本人去",
        "小囡户口不在这里 好报名上小学伐",
        "残疾证咋个换嘛 要重新鉴定不",
        "低保还中不中 俺家有个三轮",
        "阳台封窗算不算违建 要不要报批",
        "装修周末让不让动工",
        "高空抛物抓着了罚多少钱",
        "电动车上牌去哪 要带什么",
    ],
)
def test_dialect_slips_of_the_keyboard_and_words_of_complaints(text: str) -> None:
    assert is_asked(understood(text))
    assert judge().heeds(inbound(text))


@pytest.mark.parametrize(
    "text",
    [
        "我昨天去办了居住证",
        "代办居住证 社保补缴 加微信",
        "@王姐 你家居住证咋办的",
        "结婚证丢了能换个媳妇不 哈哈哈",
        "谢谢 医保备案弄好了",
        "孩子发烧怎么办",
        "白菜多少钱一斤",
        "看新闻说养老金又要涨 真的假的",
        "你懂法吗 别瞎嚷嚷",
    ],
)
def test_talk_of_it_is_left_alone(text: str) -> None:
    assert not understood(text).speak


def test_a_question_to_the_assistant_needs_to_be_less_sure() -> None:
    assert is_asked(understood("@小助手 狗证去哪办", mentioned=True))
    assert is_asked(understood("低保咋申请", private=True))


@pytest.mark.parametrize(
    "text",
    [
        "小吴 你那医保报销了没",
        "老马 你低保年审过了没",
        "老陈你那公积金取出来没",
        "赵姨 你家老爷子优待证领了吗",
        "李大妈 你遗属补助办成了没",
        "你婆婆的养老资格认证刷脸过了没",
        "你那暂住证到手了没",
        "你家养犬证年检了没",
        "你对象的居住证下来没",
        "我婆婆的慢病门特批了",
        "孩子的学籍转好了",
        "契税今天交完了",
        "我的户口迁过来了",
        "退休手续都办妥了",
        "办个居住证跑断腿了",
    ],
)
def test_neighbours_may_talk_of_their_papers(text: str) -> None:
    """Said to one of them by name, told as done, or an opinion: none of these sentences was learned from."""
    assert not understood(text).speak
    assert not judge().heeds(inbound(text))


@pytest.mark.parametrize(
    "text",
    [
        "谁家办过养犬证 年检去哪",
        "谁给老人办过优待证 要几张照片",
        "有没有谁家暂住证丢了补办过 手续是啥",
        "大家伙谁提过公积金 提一次多久到账",
        "有谁家慢病年审过的 去哪个窗口",
        "谁遇到过认证不通过的 咋解决",
        "我家孩子户口迁过来了 学籍咋转",
        "契税交完了 房产证几天能拿",
        "你好 居住证补办要带什么",
        "您这儿能补老年证吗 要带啥",
    ],
)
def test_what_anybody_may_answer_is_a_question_to_all(text: str) -> None:
    assert is_asked(understood(text))


def test_a_neighbours_words_are_ours_to_answer_where_they_are_said_to_us() -> None:
    assert is_asked(understood("@小助手 你家能办居住证不 要啥材料", mentioned=True))


@pytest.mark.parametrize(
    "text", ["电动车能在楼道充电吗", "电动车能不能推上楼充电", "电瓶车能推进电梯吗", "被狗咬了谁赔"]
)
def test_whether_something_is_allowed_is_a_question(text: str) -> None:
    assert is_asked(understood(text))


@pytest.mark.parametrize("text", ["电动车又在楼道充电 谁管管", "楼道里天天有人给电动车充电 能不能管管 3号楼2单元"])
def test_that_somebody_does_it_is_a_complaint(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak) == ("complaints.file", True)


@pytest.mark.parametrize(
    "text", ["我被网上骗了钱怎么办", "刚被骗转账了", "我妈刚给骗子转了两万块", "完了 我被骗了五千块"]
)
def test_whoever_has_just_been_cheated_is_heard(text: str) -> None:
    assert understood(text).rule == "policy.ask.cheated"


@pytest.mark.parametrize(
    "text",
    [
        "新闻说有人被骗了三十万",
        "别被骗了钱 大家小心",
        "小时候被骗过两块钱",
        "我老公打我电话没接着",
        "我爸打我小报告 哈哈",
    ],
)
def test_talk_of_swindlers_and_quarrels_is_not(text: str) -> None:
    assert understood(text).intent != POLICY
