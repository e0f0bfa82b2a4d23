from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.clock import SystemClock, VirtualClock
from tests.assistants import MORNING, ZONE


def test_the_real_clock_tells_this_moment_in_the_communitys_zone() -> None:
    now = SystemClock(ZONE).now()
    assert now.tzinfo is ZONE
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock(MORNING)
    assert clock.now() == clock.now() == MORNING
    clock.move_to(MORNING + timedelta(hours=1))
    assert clock.now() == MORNING + timedelta(hours=1)


def test_it_never_goes_back() -> None:
    clock = VirtualClock(MORNING)
    clock.move_to(MORNING - timedelta(days=1))
    assert clock.now() == MORNING


def test_whatever_zone_it_is_moved_in_it_tells_its_own() -> None:
    clock = VirtualClock(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    assert clock.now().hour == 10
    clock.move_to(datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    assert (clock.now().hour, clock.zone) == (11, ZONE)
