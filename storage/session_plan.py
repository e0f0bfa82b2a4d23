"""What a session is to be, apart from where it is kept: frozen, checked before it comes here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

LONGEST_TITLE: Final = 40
LONGEST_PLACE: Final = 40
LONGEST_DETAIL: Final = 200
MOST_PLACES: Final = 10_000
"""Of one session: more than a community has people."""
MOST_SLOTS: Final = 48
MOST_BATCHES: Final = 30


class Kind(StrEnum):
    TESTING = "testing"
    VACCINATION = "vaccination"
    LECTURE = "lecture"
    VOLUNTEERING = "volunteering"
    EVENT = "event"
    APPOINTMENT = "appointment"
    """One person a slot."""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """`capacity`: how many people; None: as many as come."""

    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Who comes when: these buildings from then on."""

    buildings: tuple[str, ...]
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One state of a session. Moments are aware; a session without slots of its own has one, its whole time."""

    kind: Kind
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None
    """Of each slot, where slots name none of their own; None: as many as come."""
    slots: tuple[SlotPlan, ...] = ()
    batches: tuple[Batch, ...] = ()
    sign_up: bool = True
    """Whether people sign up; to some, everybody just comes."""
    for_whom: str = ""
    not_for: str = ""
    """Who need not or must not come."""
    bring: str = ""
    assistance: str = ""
    """For who cannot come down, or has no smartphone."""
    phone: str = ""
    helpers: str = ""
    note: str = ""
    brand: str = ""
    """Of a vaccine; with `dose`, which one it is, and after how many days the next is due."""
    dose: int | None = None
    interval_days: int | None = None
    slip: bool = False
    """Whether everybody who is signed up gets a running slip number."""

    @property
    def whole(self) -> tuple[SlotPlan, ...]:
        """Its slots, or the one that is its whole time."""
        if self.slots:
            return tuple(
                one if one.capacity is not None else replace(one, capacity=self.capacity) for one in self.slots
            )
        return (SlotPlan(self.starts_at, self.ends_at, self.capacity),)

    def batch_of(self, building: str | None) -> Batch | None:
        return next((batch for batch in self.batches if building in batch.buildings), None)


DETAILS: Final = (
    *("for_whom", "not_for", "bring", "assistance", "phone", "helpers", "note"),
    *("brand", "dose", "interval_days", "slip", "capacity"),
)
"""Fields of a plan that are kept together."""


def details_of(plan: Plan) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(plan, name) for name in DETAILS if getattr(plan, name)}
    if plan.batches:
        kept["batches"] = [[list(one.buildings), one.starts_at.isoformat()] for one in plan.batches]
    return kept


def batches_of(details: dict[str, Any]) -> tuple[Batch, ...]:
    return tuple(
        Batch(tuple(buildings), datetime.fromisoformat(starts_at))
        for buildings, starts_at in details.get("batches", [])
    )
