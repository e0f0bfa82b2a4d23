"""A Wednesday morning in the community's zone, for tests of what people say of days."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
