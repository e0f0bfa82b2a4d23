"""One sentence of staff becomes a plan: what was said, what was assumed, and what is refused in one line."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.app import load_replies
from bot.message import Refusal
from bot.settings import load_settings
from intents.errors import (
    BatchesUnclear,
    BuildingUnknown,
    CapacityImpossible,
    DraftIncomplete,
    DraftTooLong,
    EndsBefore,
    InThePast,
    SlotsUnclear,
    WhenUnclear,
)
from intents.sessions.draft_words import kinds
from intents.sessions.drafting import Draft, Known, changed, read
from scheduler.calendar import Calendar
from storage.session_plan import Kind, Plan

PROJECT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)  # a Monday
CALENDAR = Calendar.load(None)
KNOWN = Known(frozenset(str(number) for number in range(1, 21)), ("阳光书屋",), "0535-6012345")
TABLE = yaml.safe_load(Path(__file__).with_name("drafts.yaml").read_text("utf-8"))


def drafted(text: str, known: Known = KNOWN, now: datetime = NOW) -> Draft:
    return read(text, now, CALENDAR, known)


def seen(draft: Draft) -> dict[str, Any]:
    """A draft as the table writes it: only what is not as usual."""
    plan = draft.plan
    found: dict[str, Any] = {"kind": plan.kind.value, "title": plan.title}
    found["at"] = f"{plan.starts_at:%Y-%m-%d %H:%M} {plan.ends_at:%m-%d %H:%M}"
    slots = [f"{one.starts_at:%m-%d %H:%M}-{one.ends_at:%H:%M}" for one in plan.slots]
    batches = [f"{'/'.join(one.buildings)} {one.starts_at:%H:%M}" for one in plan.batches]
    usual: dict[str, Any] = {
        "place": plan.place,
        "capacity": plan.capacity,
        "slots": slots,
        "each": [one.capacity for one in plan.slots if one.capacity is not None],
        "batches": batches,
        "no_sign_up": not plan.sign_up,
        "phone": plan.phone if plan.phone != KNOWN.phone else "",
        "groups": draft.groups,
        "receipt": draft.receipt,
        "assumed": " ".join(draft.assumed),
        "cautions": " ".join(one.key.removeprefix("sessions.caution_") for one in draft.warnings),
    }
    for name in ("for_whom", "not_for", "bring", "assistance", "helpers", "note", "brand", "dose", "slip"):
        usual[name] = getattr(plan, name)
    usual["interval"] = plan.interval_days
    return found | {name: value for name, value in usual.items() if value}


@pytest.mark.parametrize("row", TABLE["drafts"], ids=lambda row: row["say"][:30])
def test_a_sentence_becomes_a_plan(row: dict[str, Any]) -> None:
    expected = {name: value for name, value in row.items() if name != "say"}
    assert seen(drafted(row["say"])) == expected


def test_the_table_is_large_enough() -> None:
    assert len(TABLE["drafts"]) >= 60


REFUSED: list[tuple[str, type[Refusal]]] = [
    ("", DraftIncomplete),
    ("核酸", DraftIncomplete),
    ("周六 包粽子", DraftIncomplete),
    ("上午9点 包粽子 活动室", DraftIncomplete),
    ("周六上午9点", DraftIncomplete),
    ("12月2日上午 打流感疫苗", DraftIncomplete),
    ("2月30日9点 讲座", DraftIncomplete),
    ("12月6日25点 讲座", DraftIncomplete),
    ("周六上午9点 讲座 名额0", CapacityImpossible),
    ("周六上午9点 讲座 限1000万人", CapacityImpossible),
    ("周六上午9点 讲座 限10000000人", CapacityImpossible),
    ("周六上午9点 讲座 限10001人", CapacityImpossible),
    ("周六上午9点 讲座 名额99999999999999999999", CapacityImpossible),
    ("周六上午9点 讲座 名额2.5", CapacityImpossible),
    ("周六上午9点 讲座 名额负5", CapacityImpossible),
    ("周六上午9点 讲座 名额-5", CapacityImpossible),
    ("昨天上午9点 讲座", InThePast),
    ("今天上午8点 讲座", InThePast),
    ("2026年10月10日上午9点 讲座", InThePast),
    ("周六下午4点到2点 讲座", EndsBefore),
    ("12月5日16:00-14:00 讲座", EndsBefore),
    ("周一下午2点 讲座", WhenUnclear),
    ("12月5日（周日）下午2点 讲座", WhenUnclear),
    ("周六上午8:30-11:30东门核酸，25号楼9:30开始", BuildingUnknown),
    ("周六上午8:30-11:30东门核酸，1-300号楼9:30开始", BuildingUnknown),
    ("周六上午8:30-11:30东门核酸，7-12号楼12:30开始", BatchesUnclear),
    ("12月6日9:00-12:00 急救培训 活动室 分3场9点、10点", SlotsUnclear),
    ("12月6日上午9点，活动室，3场，急救培训", SlotsUnclear),
    ("12月6日 8:00-20:00 体检 卫生站 每5分钟1人", SlotsUnclear),
    ("周六上午9点 " + "好" * 60, DraftTooLong),
    ("标题：" + "好" * 60 + "\n时间：周六上午9点", DraftTooLong),
    ("周六上午9点 讲座 带" + "好" * 250, DraftTooLong),
    ("周六上午9点 讲座，" + "好" * 3000, DraftTooLong),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED, ids=[text[:30] for text, _ in REFUSED])
def test_what_cannot_be_understood_is_refused_in_one_line(text: str, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as refused:
        drafted(text)
    said = REPLIES(refused.value.key, refused.value.params, public=False)
    assert said
    assert "\n" not in said
    assert "None" not in said


REPLIES = load_replies(load_settings(PROJECT / "config.yaml"))


def said_of(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        drafted(text)
    return REPLIES(refused.value.key, refused.value.params, public=False)


def test_the_refusal_names_what_is_missing_and_both_days() -> None:
    assert said_of("核酸").startswith("还差哪天、几点。")
    assert said_of("周六上午9点").startswith("还差办什么活动。")
    assert "11月23日（周一）14:00还是11月30日（周一）14:00？" in said_of("周一下午2点 讲座")
    assert said_of("周六上午8:30-11:30核酸，25号楼9:30开始") == "咱们小区没有25号楼，请核对楼号再发。"
    assert "写的是3场，钟点看出2个" in said_of("12月6日9:00-12:00 急救培训 分3场9点、10点")


def test_without_configured_buildings_staff_are_told_to_check() -> None:
    draft = drafted("周六上午8:30-11:30东门核酸，25号楼9:30开始", Known())
    assert draft.plan.batches[0].buildings == ("25",)
    assert [one.key for one in draft.warnings] == ["sessions.caution_buildings_unknown"]


def test_days_off_and_worked_weekends_are_named() -> None:
    now = datetime(2026, 9, 1, 10, 0, tzinfo=ZONE)
    off = drafted("10月1日上午9点 升国旗 小广场", now=now).warnings
    worked = drafted("10月10日上午9点 讲座 活动室", now=now).warnings
    plain = drafted("10月17日上午9点 讲座 活动室", now=now).warnings
    assert [REPLIES(one.key, one.params, public=False) for one in off] == ["10月1日（周四）国庆节放假。"]
    assert [one.key for one in worked] == ["sessions.caution_working_weekend"]
    assert plain == ()


def test_every_kind_has_its_words() -> None:
    assert set(kinds()) == {kind.value for kind in Kind}


def made(text: str) -> Plan:
    return drafted(text).plan


def remade(text: str) -> Plan:
    plan = drafted("12月8日 义诊 活动室 3场：9:00、10:00、11:00 各15人").plan
    return changed(plan, text, NOW, CALENDAR, KNOWN).plan


PIECES = (
    [row["say"] for row in TABLE["drafts"]] + [text for text, _ in REFUSED] + [row["say"] for row in TABLE["changes"]]
)


def mutated(source: random.Random) -> str:
    """Two sentences cut and joined, letters swapped, doubled, dropped: what a tired hand types."""
    letters = list(source.choice(PIECES)[: source.randint(1, 120)] + source.choice(PIECES)[source.randint(0, 20) :])
    for _ in range(source.randint(0, 12)):
        at = source.randrange(len(letters) + 1)
        letters[at:at] = source.choice([*"10-点半：，\n每第场人ⅷ²٣", "", "号楼"])
        if letters and source.random() < 0.5:
            del letters[source.randrange(len(letters))]
    return "".join(letters)


def outcome(attempt: Callable[[str], Plan], text: str) -> Plan | Refusal:
    try:
        return attempt(text)
    except Refusal as refused:
        return refused


def test_no_text_does_anything_but_a_plan_or_a_refusal() -> None:
    source = random.Random(5)
    for _ in range(1000):
        text = mutated(source)
        for found in (outcome(made, text), outcome(remade, text)):
            if isinstance(found, Refusal):
                assert REPLIES(found.key, found.params, public=False)
            else:
                assert NOW < found.starts_at < found.ends_at
                assert all(one.capacity is None or one.capacity > 0 for one in found.whole)
