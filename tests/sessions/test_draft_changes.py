"""What staff say to change a session: only that changes, and the notice names only that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.message import Refusal
from intents.errors import (
    BatchesUnclear,
    BuildingUnknown,
    CapacityImpossible,
    ChangeUnclear,
    DraftTooLong,
    EndsBefore,
    InThePast,
    NothingChanges,
    SlotsUnclear,
    WhenUnclear,
)
from intents.sessions.draft_changes import local
from intents.sessions.drafting import changed, differences
from storage.session_plan import Plan
from tests.sessions.test_drafting import CALENDAR, KNOWN, NOW, REPLIES, TABLE, drafted

PLANS = {
    "L": "12月5日下午2点-4点 活动室 健康讲座 限30人 带身份证",
    "T": "周六上午8:30-11:30东门核酸，7-12号楼9:30开始",
    "S": "12月8日 义诊 活动室 3场：9:00、10:00、11:00 各15人",
    "V": "12月9日9:00-11:00 社区卫生站 打第三针 科兴 限40人",
}


def plan_of(name: str) -> Plan:
    return drafted(PLANS[name]).plan


def after(name: str, text: str) -> dict[str, Any]:
    """What has changed, and into what."""
    change = changed(plan_of(name), text, NOW, CALENDAR, KNOWN)
    plan = change.plan
    written: dict[str, Any] = {
        "time": f"{plan.starts_at:%m-%d %H:%M} {plan.ends_at:%m-%d %H:%M}",
        "slots": [f"{one.starts_at:%H:%M}-{one.ends_at:%H:%M}" for one in plan.slots],
        "batches": [f"{'/'.join(one.buildings)} {one.starts_at:%H:%M}" for one in plan.batches],
        "capacity": [one.capacity for one in plan.whole],
    }
    return {what: written.get(what, getattr(plan, what, None)) for what in change.what}


@pytest.mark.parametrize("row", TABLE["changes"], ids=lambda row: f"{row['of']} {row['say']}")
def test_only_what_is_said_changes(row: dict[str, Any]) -> None:
    assert after(row["of"], row["say"]) == row["now"]


REFUSED: list[tuple[str, str, type[Refusal]]] = [
    ("L", "", ChangeUnclear),
    ("L", "行不行啊", ChangeUnclear),
    ("L", "改到周六或者周日", ChangeUnclear),
    ("L", "带身份证", NothingChanges),
    ("L", "推迟到下周六", NothingChanges),
    ("L", "名额改成0", CapacityImpossible),
    ("L", "减30个名额", CapacityImpossible),
    ("L", "加10000个名额", CapacityImpossible),
    ("L", "改到昨天", InThePast),
    ("L", "改到12月6日下午4点到2点", EndsBefore),
    ("L", "结束改到1点", EndsBefore),
    ("L", "改到周一下午2点", WhenUnclear),
    ("L", "标题改成" + "好" * 60, DraftTooLong),
    ("T", "加10个名额", ChangeUnclear),
    ("T", "25号楼改10点", BuildingUnknown),
    ("T", "1-6号楼12点来", BatchesUnclear),
    ("S", "第5场改到11点", SlotsUnclear),
    ("S", "第2场改到11点", SlotsUnclear),
    ("S", "第0场取消", SlotsUnclear),
    ("S", "第1场推迟半小时", SlotsUnclear),
    ("T", "7-12号楼改到10点，1-6号楼改到8点", BatchesUnclear),
]


@pytest.mark.parametrize(("name", "text", "kind"), REFUSED, ids=[f"{name} {text[:30]}" for name, text, _ in REFUSED])
def test_what_is_unclear_is_refused_in_one_line(name: str, text: str, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as refused:
        after(name, text)
    said = REPLIES(refused.value.key, refused.value.params, public=False)
    assert said
    assert "\n" not in said
    assert "None" not in said


def test_a_plan_kept_in_utc_is_changed_by_the_clock_of_the_community() -> None:
    kept = local(plan_of("L"), datetime(2026, 1, 1, tzinfo=UTC))
    change = changed(kept, "改到3点", NOW, CALENDAR, KNOWN)
    assert change.what == ("time",)
    assert change.plan.starts_at - kept.starts_at == timedelta(hours=1)


def test_the_same_plan_differs_in_nothing() -> None:
    for name in PLANS:
        assert differences(plan_of(name), local(plan_of(name), datetime(2026, 1, 1, tzinfo=UTC))) == ()
