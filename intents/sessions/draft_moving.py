"""A plan at another time: everything in it moves along, and keeps its length unless another end is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intents.errors import ChangeUnclear, EndsBefore, SlotsUnclear, WhenUnclear
from intents.sessions.draft_slots import every
from intents.sessions.draft_times import Said
from storage.session_plan import Plan, SlotPlan


@dataclass(frozen=True, slots=True)
class Target:
    """When it is to be, as far as that was said."""

    day: date | None
    clocks: tuple[datetime, ...]
    """The moments that its hour may mean, on any day."""
    length: timedelta | None


def target_of(said: Sequence[Said]) -> Target | None:
    """Raises ChangeUnclear where more than one time is named."""
    days = [one for one in said if one.days]
    clocks = [one for one in said if one.clock is not None]
    if not days and not clocks:
        return None
    if len(days) > 1 or len(clocks) > 1 or (days and len(days[0].days) > 1):
        raise ChangeUnclear
    if days and days[0].others:
        raise WhenUnclear(readings=days[0].others)
    day = days[0].days[0] if days else None
    if not clocks:
        return Target(day, (), None)
    clock = clocks[0]
    moments = clock.others or (datetime.combine(day or date.min, clock.clock or datetime.min.time()),)
    return Target(day, tuple(moments), clock.length)


def at_target(target: Target, before: datetime) -> datetime:
    """The day it had where none is said, the hour it had where none is said; of two hours the nearer one."""
    day = target.day or before.date()
    readings = [datetime.combine(day, at.time(), before.tzinfo) for at in target.clocks]
    if not readings:
        return datetime.combine(day, before.time(), before.tzinfo)
    return min(readings, key=lambda at: abs(at - datetime.combine(day, before.time(), before.tzinfo)))


def moved(plan: Plan, target: Target) -> Plan:
    start = at_target(target, plan.starts_at)
    after = shifted(plan, start - plan.starts_at)
    return ending(after, start + target.length) if target.length is not None else after


def shifted(plan: Plan, by: timedelta) -> Plan:
    return replace(
        plan,
        starts_at=plan.starts_at + by,
        ends_at=plan.ends_at + by,
        slots=tuple(replace(one, starts_at=one.starts_at + by, ends_at=one.ends_at + by) for one in plan.slots),
        batches=tuple(replace(one, starts_at=one.starts_at + by) for one in plan.batches),
    )


def ending(plan: Plan, end: datetime) -> Plan:
    """With another end: slots of one length, one after another, become more or fewer; of others staff have to say which."""
    if end <= plan.starts_at:
        raise EndsBefore(start=plan.starts_at, end=end)
    if end == plan.ends_at:
        return plan
    if not plan.slots:
        return replace(plan, ends_at=end)
    first = plan.slots[0]
    length = first.ends_at - first.starts_at
    even = all(one.starts_at == first.starts_at + nth * length for nth, one in enumerate(plan.slots))
    if not even or len({one.capacity for one in plan.slots}) > 1:
        raise SlotsUnclear(most=None, said=None, found=None, at=None)
    slots = tuple(replace(first, starts_at=at, ends_at=until) for at, until in every((plan.starts_at, end), length))
    return with_slots(plan, slots)


def with_slots(plan: Plan, slots: tuple[SlotPlan, ...]) -> Plan:
    if not slots:
        raise SlotsUnclear(most=None, said=None, found=None, at=None)
    ordered = tuple(sorted(slots, key=lambda one: one.starts_at))
    start, end = ordered[0].starts_at, max(one.ends_at for one in ordered)
    if len(ordered) > 1:
        return replace(plan, slots=ordered, starts_at=start, ends_at=end)
    return replace(plan, slots=(), starts_at=start, ends_at=end, capacity=ordered[0].capacity or plan.capacity)
