"""What staff say to change a session: `改到周日上午9点`, `推迟一小时`, `名额加到50`. Only what is said changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from intents.errors import CapacityImpossible, ChangeUnclear, NothingChanges, SlotsUnclear
from intents.sessions.draft_fields import KEPT, Fields, places, take_fields, take_vaccine
from intents.sessions.draft_moving import at_target, ending, moved, shifted, target_of, with_slots
from intents.sessions.draft_names import take_place
from intents.sessions.draft_reading import Caution, Known, cautions, check, named_batches, scrap_of
from intents.sessions.draft_slots import every
from intents.sessions.draft_times import Said, told_times
from intents.sessions.draft_words import Scrap, grammar, label_names, pattern, trimmed
from intents.understanding.lexicon import number
from scheduler.calendar import Calendar
from storage.session_plan import MOST_PLACES, Kind, Plan, SlotPlan

TIME: Final = "time"


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: see `differences`."""

    plan: Plan
    what: tuple[str, ...]
    warnings: tuple[Caution, ...] = ()


def differences(before: Plan, after: Plan) -> tuple[str, ...]:
    """The fields that differ, in the order of a plan; `time` for begin and end, `capacity` for that of a slot too."""
    found: dict[str, None] = {}
    for one in fields(Plan):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if one.name in ("starts_at", "ends_at"):
            found |= {TIME: None} if old != new else {}
        elif one.name == "slots":
            found |= {"slots": None} if _hours(old) != _hours(new) else {}
        elif old != new:
            found[one.name] = None
    same_slots = "slots" not in found and TIME not in found
    if same_slots and [one.capacity for one in before.whole] != [one.capacity for one in after.whole]:
        found["capacity"] = None
    return tuple(found)


def _hours(slots: tuple[SlotPlan, ...]) -> list[tuple[datetime, datetime]]:
    return [(one.starts_at, one.ends_at) for one in slots]


def changed(plan: Plan, text: str, now: datetime, calendar: Calendar, known: Known) -> Change:
    """`now` in the community's zone. Raises `DraftRefused`: ChangeUnclear where nothing in the text changes anything."""
    change = _Changing(local(plan, now), scrap_of(text), now, calendar, known)
    before = change.plan
    for step in _STEPS:
        step(change)
    if not change.understood:
        raise ChangeUnclear
    after = change.plan
    what = differences(before, after)
    if not what:
        raise NothingChanges
    check(after, now)
    warnings = cautions(after, calendar, known) if {TIME, "slots", "batches"} & set(what) else ()
    return Change(after, what, tuple(warnings))


def local(plan: Plan, now: datetime) -> Plan:
    """With its moments in the community's zone, where an hour means what people say."""
    zone = now.tzinfo
    return replace(
        plan,
        starts_at=plan.starts_at.astimezone(zone),
        ends_at=plan.ends_at.astimezone(zone),
        slots=tuple(
            replace(one, starts_at=one.starts_at.astimezone(zone), ends_at=one.ends_at.astimezone(zone))
            for one in plan.slots
        ),
        batches=tuple(replace(one, starts_at=one.starts_at.astimezone(zone)) for one in plan.batches),
    )


@dataclass(slots=True)
class _Changing:
    plan: Plan
    scrap: Scrap
    now: datetime
    calendar: Calendar
    known: Known
    understood: bool = False
    slot: int | None = None
    """The one that is spoken of, where one is."""

    def to(self, **values: Any) -> None:
        self.become(replace(self.plan, **values))

    def become(self, plan: Plan) -> None:
        self.plan = plan
        self.understood = True


def _named_fields(change: _Changing) -> None:
    """`标题改成…`, `地点改到…`: each by its name, up to the next comma."""
    at = 0
    while match := pattern("change", "field").search(change.scrap.left, at):
        at = match.end("label")
        name, value = label_names()[match["label"]], trimmed(match["value"])
        if name in KEPT - {"groups"} and match["label"] not in str(grammar()["change"]["not_titles"]).split() and value:
            change.to(**{name: value})
            change.scrap.blank(*match.span())
            at = match.end()


def _which_slot(change: _Changing) -> None:
    match = change.scrap.take("change", "slot")
    if match is None:
        return
    change.slot = number(match["n"]) - 1
    slots = change.plan.whole
    if not 0 <= change.slot < len(slots):
        raise SlotsUnclear(most=None, said=None, found=None, at=None)
    if change.scrap.take("change", "cancelled"):
        change.become(with_slots(change.plan, slots[: change.slot] + slots[change.slot + 1 :]))
        change.slot = None


def _capacity(change: _Changing) -> None:
    for name, sign in (("more", 1), ("fewer", -1)):
        if match := change.scrap.take("change", name):
            index = change.slot or 0
            capacity = change.plan.whole[index].capacity
            if capacity is None or (change.slot is None and len({one.capacity for one in change.plan.whole}) > 1):
                raise ChangeUnclear
            _set_capacity(change, capacity + sign * places(match["count"]))
            return
    if match := change.scrap.take("change", "up_to") or change.scrap.take("change", "to_people"):
        _set_capacity(change, places(match["count"]))


def _set_capacity(change: _Changing, capacity: int) -> None:
    if not 0 < capacity <= MOST_PLACES:
        raise CapacityImpossible(most=MOST_PLACES)
    if change.slot is not None and change.plan.slots:
        _set_slot(change, replace(change.plan.slots[change.slot], capacity=capacity))
    else:
        change.to(capacity=capacity, slots=tuple(replace(one, capacity=None) for one in change.plan.slots))


def _set_slot(change: _Changing, slot: SlotPlan) -> None:
    slots = [*change.plan.whole]
    slots[change.slot or 0] = slot
    if not change.plan.slots:
        change.become(with_slots(change.plan, (slot,)))
        return
    slots = [replace(one, capacity=None) if one.capacity == change.plan.capacity else one for one in slots]
    change.become(with_slots(change.plan, tuple(slots)))


def _shift(change: _Changing) -> None:
    if match := change.scrap.take("change", "shift"):
        by = _minutes(match)
        by = -by if match["way"] in str(grammar()["change"]["earlier"]).split() else by
        if change.slot is None:
            change.become(shifted(change.plan, by))
        else:
            slot = change.plan.whole[change.slot]
            _set_slot(change, replace(slot, starts_at=slot.starts_at + by, ends_at=slot.ends_at + by))
    if match := change.scrap.take("change", "longer"):
        change.become(ending(change.plan, change.plan.ends_at + _minutes(match)))


def _minutes(match: re.Match[str]) -> timedelta:
    unit = int(grammar()["change"]["minutes"][match["unit"]])
    halves = 1 if match["half"] or match["and"] else 0
    whole = number(match["n"]) if match["n"] else 1 - halves
    return timedelta(minutes=unit * whole + unit * halves // 2)


def _times(change: _Changing) -> None:
    if change.scrap.take("change", "no_batches"):
        change.to(batches=())
    said, bound = told_times(change.scrap, change.now, change.calendar, change.plan.starts_at.date())
    if bound:
        _batches(change, bound)
    free = [one for one in said if one not in bound.values()]
    to = list(pattern("change", "to").finditer(change.scrap.left))
    after = [one for one in free if to and one.span[0] >= to[-1].end()]
    free = after or free
    target = target_of(free)
    if target is None:
        return
    until = pattern("change", "until").search(change.scrap.left)
    for one in free:
        change.scrap.blank(*one.span)
    if change.slot is not None:
        slot = change.plan.whole[change.slot]
        start = at_target(target, slot.starts_at)
        _set_slot(change, replace(slot, starts_at=start, ends_at=_slot_end(change, slot, start, target.length)))
    elif until is not None and target.length is None and target.day is None:
        change.become(ending(change.plan, at_target(target, change.plan.ends_at)))
    else:
        change.become(moved(change.plan, target))


def _slot_end(change: _Changing, slot: SlotPlan, start: datetime, length: timedelta | None) -> datetime:
    """As long as it was, unless the next one begins before."""
    if length is not None:
        return start + length
    end = start + (slot.ends_at - slot.starts_at)
    later = [one.starts_at for one in change.plan.whole if one != slot and one.starts_at > start]
    return min([end, *later])


def _batches(change: _Changing, bound: dict[Any, Said]) -> None:
    """Buildings that come at another time leave the batch they were in."""
    start = change.plan.starts_at
    told = []
    for building, one in bound.items():
        target = target_of([one])
        if target is not None:
            told.append((building, at_target(target, start)))
    new = named_batches(told, change.known)
    gone = {building for batch in new for building in batch.buildings}
    old = [
        replace(batch, buildings=left)
        for batch in change.plan.batches
        if (left := tuple(one for one in batch.buildings if one not in gone))
    ]
    change.to(batches=tuple(sorted([*old, *new], key=lambda batch: batch.starts_at)))


def _bring(change: _Changing) -> None:
    if match := change.scrap.take("change", "bring_none"):
        unwanted = re.split(str(grammar()["change"]["items"]), trimmed(match["value"]))
        kept = [one for one in re.split(str(grammar()["change"]["items"]), change.plan.bring) if one not in unwanted]
        change.to(bring="\u3001".join(kept) if trimmed(match["value"]) else "")
    if match := change.scrap.take("change", "bring_too"):
        value = trimmed(match["value"])
        change.to(bring=f"{change.plan.bring}\u3001{value}" if change.plan.bring else value)


def _fields(change: _Changing) -> None:
    """What is said as in a new session: `带身份证`, `不用报名`, `不限人数`."""
    found = take_fields(change.scrap)
    if change.plan.kind == Kind.VACCINATION:
        take_vaccine(change.scrap, found, certain=True)
    said = dict(found.said)
    if "capacity" in said:
        capacity = said.pop("capacity")
        if capacity is None:
            change.to(capacity=None, slots=tuple(replace(one, capacity=None) for one in change.plan.slots))
        else:
            _set_capacity(change, capacity)
    if found.minutes is not None:
        change.become(ending(change.plan, change.plan.starts_at + timedelta(minutes=found.minutes)))
    if found.every:
        _space(change, found)
    if said:
        change.to(**said)


def _space(change: _Changing, found: Fields) -> None:
    plan = change.plan
    if plan.starts_at.date() != plan.ends_at.date() or not found.every:
        raise SlotsUnclear(most=None, said=None, found=None, at=None)
    spaced = every((plan.starts_at, plan.ends_at), timedelta(minutes=found.every))
    change.become(with_slots(plan, tuple(SlotPlan(start, end) for start, end in spaced)))


def _place(change: _Changing) -> None:
    """`改到活动室`, without saying that it is the place."""
    if change.understood and pattern("change", "to").search(change.scrap.left) is None:
        return
    if place := take_place(change.scrap, change.known.places):
        change.to(place=place)


_STEPS: Final[tuple[Callable[[_Changing], None], ...]] = (
    *(_named_fields, _which_slot, _shift, _capacity, _bring),
    *(_times, _fields, _place),
)
