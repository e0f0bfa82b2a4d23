"""Who asks after a session, comes to it, stays away or changes that is heard; talk in the same words is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.message import Slots, Understanding
from intents.understanding.joining_in import SignUpWords, may_sign_up, sign_up_words
from intents.understanding.of_sessions import timed
from scheduler.calendar import Calendar
from tests.understanding.judged import inbound, judge, understood

WRITTEN = Path(__file__).with_name("written-sessions.jsonl")
NOW = datetime(2022, 3, 16, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NOTE = "#接龙\n周六上午9点 免费量血压\n1. 张桂芬 3-2-501 2人\n2. 刘姐 11-2-1004"
BUYING = "#接龙\n草莓团购 2斤装36元\n1. 3-2-501 两份\n2. 阿芳 8-3-702 三份"


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]


def said(row: dict[str, Any]) -> Understanding:
    return understood(row["text"], mentioned=bool(row.get("mentioned")))


@pytest.mark.parametrize("intent", ["ask", "sign_up", "cancel", "change", "book"])
def test_residents_words_are_heard(intent: str) -> None:
    wanted = f"sessions.{intent}"
    own = [row for row in rows() if row["intent"] == wanted]
    missed = [row["text"] for row in own if (said(row).intent, said(row).speak) != (wanted, True)]
    assert len(own) > 60
    assert len(missed) <= len(own) // 12, missed


def test_what_only_sounds_like_it_is_left_alone() -> None:
    others = [row for row in rows() if row["intent"] is None]
    answered = [row["text"] for row in others if said(row).speak]
    assert len(others) > 300
    assert len(answered) <= len(others) // 50, answered


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("何酸今朝几点收摊 勒拉啥地方", "ask"),
        ("葫芦丝班还收人不 我六十八了", "ask"),
        ("聽日嗰場講座幾點開始呀", "ask"),
        ("抱名 八段锦 14-2-603 我和我老伴", "sign_up"),
        ("替对门刘大爷报个理发 他叫刘长河 6-1-101", "sign_up"),
        ("给我家二宝报故事会 12-3-904", "sign_up"),
        ("我报的国画班不去了 孩子放学没人接", "cancel"),
        ("周日的义诊我来不了 名额给别人 7-2-302", "cancel"),
        ("体检我原来报了俩 改成一个 老头住院了", "change"),
        ("合唱那边我家再添一位 我嫂子也来 一共三位", "change"),
        ("想跟书记约个时间 说说停车的事", "book"),
        ("能上门给我婆婆做养老认证不 她走不动", "book"),
    ],
)
def test_sentences_that_nothing_was_learned_from(text: str, intent: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak) == (f"sessions.{intent}", True)
    assert judge().heeds(inbound(text))


@pytest.mark.parametrize(
    "text",
    ["+1", "1", "收到", "我去", "算我一个", "两个人", "8-2-301", "不去了", "取消吧", "改天吧", "加我一个 草莓要大的"],
)
def test_bare_words_are_nothing_where_no_session_is_open(text: str) -> None:
    found = understood(text)
    assert (found.intent, found.speak, found.lead) == (None, False, False)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "给我妈报个义诊 她叫赵淑兰 9-1-101 电话13800009101",
            Slots("9", "1", "101", name="赵淑兰", phone="13800009101", for_other=True),
        ),
        ("我同我老公兩個人 B座12A 想參加插花班", Slots("B", None, "12A", people=2)),
        ("消防演练我去 我儿子也去 8栋1602", Slots("8", None, "1602", people=2)),
        ("磨刀那个 我家三把菜刀 17号楼2001 排个号", Slots("17", None, "2001")),
        ("志愿扫雪我去 铁锹自带 5号楼的老韩", Slots("5", name="老韩")),
        ("我屋头两个老的都要体检 13栋一单元603 报起报起", Slots("13", "1", "603", people=2, for_other=True)),
        ("刚才报的是两个 写错了 是3个", Slots(people=3)),
        ("疫苗登记把我儿子去掉 就留我一个 ５－３－１２０２", Slots("5", "3", "1202", people=1)),
        ("百岁宴在几楼 我带老娘去沾沾喜气", Slots()),
    ],
)
def test_what_they_say_of_themselves(text: str, slots: Slots) -> None:
    assert replace(understood(text).slots, place=None) == slots


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("明天何酸在哪个门做呀", "2022-03-17"),
        ("周六上午的讲座我报一个 11-2-1004", "2022-03-19"),
        ("周五下午三点那场法律咨询挪地方了？", "2022-03-18T15:00:00+08:00"),
        ("今天核算检测几点收摊 我六点半才下班", "2022-03-16"),
        ("义诊是这周六还是下周六啊", None),
        ("@小助手 这个月还有啥活动", None),
        ("参加元宵包汤圆，2-2-802，5人", None),
        ("暖气从昨天就不热 3-2-501", None),
    ],
)
def test_the_day_that_is_meant(text: str, when: str | None) -> None:
    found = understood(text, mentioned="@" in text)
    assert timed(found, NOW, Calendar.load(None)).slots.when == when


def test_a_group_note_is_read_in_silence_and_answered_where_it_is_handed_to_us() -> None:
    found = understood(NOTE)
    assert (found.intent, found.speak, found.lead) == ("sessions.group_note", False, False)
    assert [(each.name, each.room, each.people) for each in found.slots.entries] == [
        ("张桂芬", "501", 2),
        ("刘姐", "1004", None),
    ]
    assert judge().heeds(inbound(NOTE))
    assert understood(f"@小助手 帮忙收一下\n{NOTE}", mentioned=True).speak
    assert understood(BUYING).intent is None


def test_a_receipt_is_one_where_it_is_said_to_us() -> None:
    assert understood("@小助手 收到", mentioned=True).intent == "notices.receipt"
    assert understood("收到").intent is None


@pytest.mark.parametrize(
    ("text", "verb", "people", "delta"),
    [
        ("+1", "join", 1, None),
        ("1", "join", 1, None),
        ("＋２ 东区3号１单元８０２", "join", 2, None),
        ("我去", "join", None, None),
        ("算我一个", "join", 1, None),
        ("报名", "join", None, None),
        ("两个人 8-2-301", "join", 2, None),
        ("我去 我儿子也去", "join", 2, None),
        ("唔去喇", "leave", None, None),
        ("不去了", "leave", None, None),
        ("取消", "leave", None, None),
        ("名额让给别人", "leave", None, None),
        ("改成一个", "change", 1, None),
        ("原来报俩人，改成一个", "change", 1, None),
        ("刚才报的是两个 写错了 是3个", "change", 3, None),
        ("把我儿子去掉 就留我一个", "change", 1, -1),
        ("再加一个人 姥姥也去 一共四个", "change", 4, 1),
        ("减一个人", "change", None, -1),
        ("再加俩", "change", None, 2),
        ("换到周日那场", "change", None, None),
    ],
)
def test_short_words_where_a_session_is_open(text: str, verb: str, people: int | None, delta: int | None) -> None:
    found = sign_up_words(text)
    assert (found.verb, found.people, found.people_delta) == (verb, people, delta)
    assert may_sign_up(text)


@pytest.mark.parametrize(
    "text",
    [
        *("我去 这也太贵了", "改天吧", "取消订单", "我报警了", "我儿子报了驾校", "我去不了聚会了"),
        *("报名费多少钱", "还能报名吗", "谢谢", "哈哈哈", "3号楼电梯又坏了", "8-2-301"),
    ],
)
def test_other_words_are_neither(text: str) -> None:
    assert not may_sign_up(text)
    assert sign_up_words(text).verb is None


def test_who_where_and_what_is_left() -> None:
    assert sign_up_words("第二场报两个 8-2-301 张桂芬 13800001111") == SignUpWords(
        "join",
        people=2,
        name="张桂芬",
        phone="13800001111",
        building="8",
        unit="2",
        room="301",
        firm=True,
        rest="第二场",
    )
    assert sign_up_words("我妈不去了").for_other
