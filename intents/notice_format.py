"""A notice built from its fields, as the community writes them: whole, only what changed, or that it is called off.

The words stand in `replies.yaml` under `notice.`; what a notice leaves empty is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal

Head = Literal["notice", "urgent", "tip"]

WHOLE: Final = "notice.whole"
CHANGED: Final = "notice.changed"
CANCELLED: Final = "notice.cancelled"
TIME: Final = "time"
_NEVER_CHANGED: Final = frozenset({"head", "start", "end", "signature", "signed_on"})


@dataclass(frozen=True, slots=True)
class Batch:
    """Who comes when, where not everybody comes at once."""

    who: str
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeFields:
    title: str
    head: Head = "notice"
    for_whom: str = ""
    start: datetime | None = None
    end: datetime | None = None
    batches: tuple[Batch, ...] = ()
    place: str = ""
    bring: str = ""
    exempt: str = ""
    """Who need not come."""
    at_home: str = ""
    """Help for who cannot come down."""
    offline: str = ""
    """What to do without a smartphone."""
    sign_up: str = ""
    note: str = ""
    contact: str = ""
    signature: str = ""
    signed_on: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is no more what it was. Of `TIME` both are pairs of start and end."""

    field: str
    before: Any
    after: Any


def changes(before: NoticeFields, after: NoticeFields) -> tuple[Change, ...]:
    """What a change notice has to say, the time first."""
    found: list[Change] = []
    if (before.start, before.end) != (after.start, after.end):
        found.append(Change(TIME, (before.start, before.end), (after.start, after.end)))
    for one in fields(NoticeFields):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if one.name not in _NEVER_CHANGED and old != new:
            found.append(Change(one.name, old, new))
    return tuple(found)


def whole(notice: NoticeFields) -> tuple[str, Mapping[str, Any]]:
    """A key and its parameters for `Replies`."""
    return WHOLE, {"notice": notice}


def changed(before: NoticeFields, after: NoticeFields) -> tuple[str, Mapping[str, Any]]:
    return CHANGED, {"before": before, "notice": after, "changes": changes(before, after)}


def cancelled(notice: NoticeFields, why: str) -> tuple[str, Mapping[str, Any]]:
    return CANCELLED, {"notice": notice, "why": why}
