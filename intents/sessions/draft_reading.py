"""One sentence of staff becomes the plan of a session: `周六上午8:30-11:30东门核酸，7-12号楼9:30开始`.

What cannot be made a plan of is refused in one line that says what is missing; what was not said and had to be assumed is
named, so that it is said back before anything goes out. `draft_changes.py` does the same for what changes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from intents.errors import (
    BatchesUnclear,
    BuildingUnknown,
    DraftIncomplete,
    DraftTooLong,
    EndsBefore,
    InThePast,
    SlotsUnclear,
)
from intents.sessions.draft_fields import Fields, take_fields, take_vaccine
from intents.sessions.draft_names import kind_of, leftovers, proper_title, take_place, take_title
from intents.sessions.draft_times import Timing, take_times
from intents.sessions.draft_words import Scrap, of_kind
from intents.understanding.buildings import BuildingRange, RangeTooLong, building_range, in_order
from intents.understanding.normalise import normalise
from scheduler.calendar import Calendar
from storage.session_plan import (
    LONGEST_DETAIL,
    LONGEST_PLACE,
    LONGEST_TITLE,
    MOST_BATCHES,
    Batch,
    Kind,
    Plan,
    SlotPlan,
)

LONGEST_TEXT: Final = 1_500
"""Of a sentence that makes a session; a longer text is an article."""
LAST_BATCH: Final = timedelta(hours=1)
"""How long the last batch has, where nothing says until when."""
WORDS: Final = ("for_whom", "not_for", "bring", "assistance", "phone", "helpers", "note", "brand")
LONGEST_BATCHES: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Known:
    """What this community has: its buildings (None: not configured), places it speaks of, and the telephone for questions."""

    buildings: frozenset[str] | None = None
    places: tuple[str, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """What staff should look at before it goes out: a reply key and its parameters."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """`groups`: what was said of where to announce it, as it stands. `assumed` names what was not said: end, place, capacity,
    slots."""

    plan: Plan
    groups: str = ""
    receipt: bool = False
    assumed: tuple[str, ...] = ()
    warnings: tuple[Caution, ...] = ()


def read(text: str, now: datetime, calendar: Calendar, known: Known) -> Draft:
    """`now` in the community's zone. Raises `DraftRefused`."""
    scrap = scrap_of(text)
    fields = take_fields(scrap)
    kind = kind_of(fields.said.get("title", ""), scrap.left)
    if kind in (Kind.EVENT, Kind.VACCINATION) and take_vaccine(scrap, fields, certain=kind == Kind.VACCINATION):
        kind = Kind.VACCINATION
    assumed: list[str] = []
    each = of_kind(kind).get("each")
    if each and fields.every is None:
        fields.every = int(each)
        assumed.append("slots")
    timing, missing = _timing(scrap, now, calendar, fields, kind)
    place = fields.said.pop("place", "") or take_place(scrap, known.places)
    title = fields.said.pop("title", "") or take_title(scrap, kind)
    title = proper_title(title, kind, fields.said.get("dose"))
    if timing is None or not title:
        raise DraftIncomplete(missing=(*missing, *(() if title else ("title",))))
    _keep_rest(scrap, fields, place)
    batches = named_batches(timing.batches, known)
    plan = _plan(kind, title, place, timing, batches, fields, known)
    assumed += ["end"] if timing.open_end and fields.minutes is None else []
    assumed += ["place"] if not place else []
    assumed += ["capacity"] if plan.sign_up and plan.capacity is None and not _said_capacity(fields) else []
    check(plan, now)
    return Draft(plan, fields.groups, fields.receipt, tuple(assumed), tuple(cautions(plan, calendar, known)))


def scrap_of(text: str) -> Scrap:
    """Raises DraftTooLong."""
    said = normalise(text)
    if len(text) > LONGEST_TEXT:
        raise DraftTooLong(field="text", most=LONGEST_TEXT)
    return Scrap(said)


def _timing(
    scrap: Scrap, now: datetime, calendar: Calendar, fields: Fields, kind: Kind
) -> tuple[Timing | None, tuple[str, ...]]:
    try:
        return take_times(scrap, now, calendar, fields.every, fields.minutes or int(of_kind(kind)["minutes"])), ()
    except DraftIncomplete as bad:
        return None, bad.params["missing"]


def _said_capacity(fields: Fields) -> bool:
    return "capacity" in fields.said or fields.total is not None


def _keep_rest(scrap: Scrap, fields: Fields, place: str) -> None:
    """Nothing that was said is lost: whom it is for where buildings are named, else a note."""
    for text in leftovers(scrap):
        name = "for_whom" if _begins_with_buildings(text) else "note"
        if text != place:
            fields.keep(name, text)


def _begins_with_buildings(text: str) -> bool:
    try:
        found = building_range(text)
    except RangeTooLong as bad:
        raise BuildingUnknown(buildings=()) from bad
    return found is not None and found.span[0] == 0


def named_batches(found: Iterable[tuple[BuildingRange, datetime]], known: Known) -> tuple[Batch, ...]:
    """With the buildings that are meant, of those that there are."""
    batches = []
    for meant, at in found:
        buildings = meant.among(known.buildings or ())
        unknown = [one for one in buildings if known.buildings is not None and one not in known.buildings]
        if unknown or not buildings:
            raise BuildingUnknown(buildings=tuple(unknown[:5]))
        batches.append(Batch(tuple(sorted(buildings, key=in_order) if meant.every else buildings), at))
    if len(batches) > MOST_BATCHES:
        raise BatchesUnclear(most=MOST_BATCHES, at=None)
    return tuple(sorted(batches, key=lambda batch: batch.starts_at))


def _plan(
    kind: Kind,
    title: str,
    place: str,
    timing: Timing,
    batches: tuple[Batch, ...],
    fields: Fields,
    known: Known,
) -> Plan:
    starts_at, ends_at = timing.slots[0][0], timing.slots[-1][1]
    if timing.open_end and batches and batches[-1].starts_at - starts_at < LONGEST_BATCHES:
        ends_at = max(ends_at, batches[-1].starts_at + LAST_BATCH)
    said = dict(fields.said)
    capacity = said.pop("capacity", 1 if kind == Kind.APPOINTMENT else None)
    sign_up = said.pop("sign_up", bool(of_kind(kind).get("sign_up", True)) or _said_capacity(fields))
    shares = shared(fields.total, len(timing.slots))
    slots = tuple(SlotPlan(start, end, share) for (start, end), share in zip(timing.slots, shares, strict=True))
    if len(slots) == 1:
        capacity, slots = fields.total or capacity, ()
    said.setdefault("phone", known.phone)
    return Plan(kind, title, place, starts_at, ends_at, capacity, slots, batches, sign_up, **said)


def shared(total: int | None, slots: int) -> list[int | None]:
    """Places of all slots together, evenly; the first have one more."""
    if total is None:
        return [None] * slots
    each, more = divmod(total, slots)
    return [max(1, each + (nth < more)) for nth in range(slots)]


def check(plan: Plan, now: datetime) -> None:
    """What no session may be. Raises `DraftRefused`."""
    if plan.ends_at <= plan.starts_at:
        raise EndsBefore(start=plan.starts_at, end=plan.ends_at)
    if plan.starts_at <= now:
        raise InThePast(at=plan.starts_at)
    for one, other in pairwise(plan.slots):
        if other.starts_at < one.ends_at:
            raise SlotsUnclear(most=None, said=None, found=None, at=other.starts_at)
    for batch in plan.batches:
        if not plan.starts_at <= batch.starts_at < plan.ends_at:
            raise BatchesUnclear(most=None, at=batch.starts_at)
    _check_lengths(plan)


def _check_lengths(plan: Plan) -> None:
    most = {"title": LONGEST_TITLE, "place": LONGEST_PLACE, **dict.fromkeys(WORDS, LONGEST_DETAIL)}
    for name, longest in most.items():
        if len(getattr(plan, name)) > longest:
            raise DraftTooLong(field=name, most=longest)


def cautions(plan: Plan, calendar: Calendar, known: Known) -> Iterable[Caution]:
    """Days whose calendar is not published, days off, weekends that are worked; buildings that nobody can check."""
    days = list(dict.fromkeys(slot.starts_at.date() for slot in plan.whole))
    for year in dict.fromkeys(day.year for day in days):
        if not calendar.is_published(year):
            yield Caution("sessions.caution_unpublished", {"year": year})
    for slot in {slot.starts_at.date(): slot for slot in reversed(plan.whole)}.values():
        day = slot.starts_at.date()
        if name := calendar.off_days(day.year).get(day):
            yield Caution("sessions.caution_day_off", {"at": slot.starts_at, "name": name})
        elif name := calendar.working_weekends(day.year).get(day):
            yield Caution("sessions.caution_working_weekend", {"at": slot.starts_at, "name": name})
    if plan.batches and known.buildings is None:
        yield Caution("sessions.caution_buildings_unknown")
