"""A notice built from its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.app import load_replies
from intents.notice_format import Batch, NoticeFields, cancelled, changed, changes, whole
from tests.assistants import ZONE, small_settings

REPLIES = load_replies(small_settings())
TESTING = NoticeFields(
    "核酸检测",
    for_whom="全体居民",
    start=datetime(2026, 11, 28, 8, 30, tzinfo=ZONE),
    end=datetime(2026, 11, 28, 11, 30, tzinfo=ZONE),
    batches=(Batch("7-12号楼", datetime(2026, 11, 28, 9, 30, tzinfo=ZONE)),),
    place="东门",
    bring="身份证",
    exempt="发热的邻居",
    at_home="打电话给我们，上门做",
    offline="带身份证，现场登记",
    contact="0531-5550100",
    signed_on=date(2026, 11, 25),
)


def said(key_and_params: tuple[str, Mapping[str, Any]]) -> list[str]:
    key, params = key_and_params
    return REPLIES(key, params, public=False).splitlines()


def test_whole() -> None:
    assert said(whole(TESTING)) == [
        "【通知】核酸检测",
        "对象：全体居民",
        "时间：11月28日（周六）08:30–11:30",
        "分批：7-12号楼09:30起",
        "地点：东门",
        "请带：身份证",
        "不用来：发热的邻居",
        "下不了楼：打电话给我们，上门做",
        "没有智能手机：带身份证，现场登记",
        "联系：0531-5550100",
        "幸福里社区 2026年11月25日（周三）",
    ]


def test_what_is_empty_is_left_out() -> None:
    assert said(whole(NoticeFields("天冷路滑", head="tip"))) == ["【温馨提示】天冷路滑", "幸福里社区"]


def test_over_several_days() -> None:
    long = replace(TESTING, end=datetime(2026, 11, 29, 17, 0, tzinfo=ZONE))
    assert said(whole(long))[2] == "时间：11月28日（周六）08:30–11月29日（周日）17:00"


def test_a_change_says_only_what_changed() -> None:
    sunday = replace(
        TESTING,
        start=datetime(2026, 11, 29, 8, 30, tzinfo=ZONE),
        end=datetime(2026, 11, 29, 11, 30, tzinfo=ZONE),
        place="西门",
        bring="",
        note="请戴口罩",
    )
    assert [one.field for one in changes(TESTING, sunday)] == ["time", "place", "bring", "note"]
    assert said(changed(TESTING, sunday)) == [
        "【通知】核酸检测有变动：",
        "时间：改为11月29日（周日）08:30–11:30（原来11月28日（周六）08:30–11:30）",
        "地点：改为西门（原来东门）",
        "请带：不再要求（原来身份证）",
        "说明：请戴口罩",
        "别的不变。",
        "幸福里社区 2026年11月25日（周三）",
    ]


def test_nothing_changed() -> None:
    assert changes(TESTING, replace(TESTING, signed_on=date(2026, 11, 26), head="urgent")) == ()


def test_other_batches() -> None:
    assert "分批：不再分批" in said(changed(TESTING, replace(TESTING, batches=())))


def test_called_off() -> None:
    assert said(cancelled(replace(TESTING, head="urgent"), "明天有大雪")) == [
        "【紧急】原定11月28日（周六）08:30–11:30的核酸检测取消了。原因：明天有大雪。有事请联系：0531-5550100。",
        "幸福里社区 2026年11月25日（周三）",
    ]
