"""The form that makes a session: what is typed into it becomes a plan, and a plan read from one sentence fills it in.

What the command refuses is refused here in the same words; what only a form can get wrong raises `FormFault`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from intents.errors import BuildingUnknown, DraftTooLong, SlotsUnclear
from intents.replies import Replies
from intents.sessions.draft_reading import LONGEST_TEXT, check, named_batches
from intents.sessions.draft_slots import every
from intents.sessions.draft_words import of_kind
from intents.sessions.drafting import Draft, Known
from intents.understanding.buildings import BuildingRange, RangeTooLong, building_range
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml
from storage.session_plan import MOST_PLACES, MOST_SLOTS, Batch, Kind, Plan, SlotPlan
from web.pages.chat import printable

Split = Literal["whole", "every", "parts", "own"]
"""One time for all; a slot every so many minutes; so many equal slots; slots as they are written, a line each."""
SPLITS: Final = get_args(Split)
MOST_GROUPS: Final = 1000
LATEST: Final = timedelta(days=3 * 366)
WORDS: Final = ("for_whom", "not_for", "bring", "assistance", "phone", "helpers", "note", "brand")
HIGHEST: Final = {"each": 24 * 60, "dose": 9, "interval_days": 3650, "capacity": MOST_PLACES}
_TERMS: Final[dict[str, str]] = load_yaml(Path(__file__).with_suffix(".yaml"))
_HOUR: Final = re.compile(_TERMS["hour"])
_SLOT: Final = re.compile(_TERMS["slot"].replace("{hour}", _TERMS["hour"]))
_AROUND: Final = re.compile(_TERMS["around"])

Text = Annotated[str, Field(max_length=4000), AfterValidator(lambda text: printable(text).strip())]


class FormFault(Exception):
    """A field that cannot be read; `word` stands in `words.yaml`."""

    def __init__(self, word: str, field: str, **params: Any) -> None:
        super().__init__(word)
        self.word = word
        self.field = field
        self.params = params


class Form(BaseModel):
    """As the page sends it. Numbers and times are text, so that what was typed wrongly is answered in a line beside the field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Kind = Kind.EVENT
    title: Text = ""
    place: Text = ""
    date: Text = ""
    start: Text = ""
    end: Text = ""
    end_date: Text = ""
    """Where it ends on another day."""
    sign_up: bool = False
    capacity: Text = ""
    split: Split = "whole"
    each: Text = ""
    """Minutes of a slot, or how many slots."""
    slots: Text = ""
    batches: Text = ""
    for_whom: Text = ""
    not_for: Text = ""
    bring: Text = ""
    assistance: Text = ""
    phone: Text = ""
    helpers: Text = ""
    note: Text = ""
    brand: Text = ""
    dose: Text = ""
    interval_days: Text = ""
    slip: bool = False
    receipt: bool = False
    groups: Annotated[tuple[int, ...], Field(max_length=MOST_GROUPS)] = ()


def blank(known: Known, groups: Iterable[int]) -> Form:
    return Form(sign_up=True, phone=known.phone, groups=tuple(groups))


def plan_of(form: Form, now: datetime, known: Known) -> tuple[Plan, tuple[str, ...]]:
    """With what was not said and is assumed. `now` in the community's zone. Raises `FormFault` and `DraftRefused`."""
    missing = tuple(name for name in ("title", "date", "start") if not getattr(form, name))
    if missing:
        raise FormFault("missing", missing[0], missing=missing)
    for name in ("slots", "batches"):
        if len(getattr(form, name)) > LONGEST_TEXT:
            raise DraftTooLong(field="text", most=LONGEST_TEXT)
    day = _day(form.date, "date", now)
    starts_at = _at(day, form.start, "start", now)
    ends_at, assumed = _end(form, day, starts_at, now)
    capacity = _number(form.capacity, "capacity")
    slots = _slots(form, starts_at, ends_at, now)
    if form.kind == Kind.APPOINTMENT and form.split == "whole":
        slots = _spaced(starts_at, ends_at, timedelta(minutes=int(of_kind(form.kind)["each"])))
        assumed = (*assumed, "slots")
    if slots:
        starts_at, ends_at = slots[0].starts_at, slots[-1].ends_at
    if form.kind == Kind.APPOINTMENT and capacity is None:
        capacity = 1
    words = {name: getattr(form, name) for name in WORDS}
    plan = Plan(
        form.kind,
        form.title,
        form.place,
        starts_at,
        ends_at,
        capacity,
        slots if len(slots) > 1 else (),
        _batches(form.batches, starts_at, known),
        form.sign_up,
        dose=_number(form.dose, "dose"),
        interval_days=_number(form.interval_days, "interval_days"),
        slip=form.slip,
        **words,
    )
    check(plan, now)
    return plan, assumed


def form_of(draft: Draft, groups: Sequence[int], replies: Replies) -> Form:
    """What a sentence said, in the fields of the form."""
    plan = draft.plan
    split, each, capacity, lines = _written_slots(plan)
    end_date = plan.ends_at.date().isoformat() if plan.ends_at.date() != plan.starts_at.date() else ""
    return Form(
        kind=plan.kind,
        title=plan.title,
        place=plan.place,
        date=plan.starts_at.date().isoformat(),
        start=f"{plan.starts_at:%H:%M}",
        end=f"{plan.ends_at:%H:%M}",
        end_date=end_date,
        sign_up=plan.sign_up,
        capacity=_shown(capacity),
        split=split,
        each=each,
        slots=lines,
        batches="\n".join(
            f"{replies.buildings(one.buildings)} {_written(one.starts_at, plan.starts_at)}" for one in plan.batches
        ),
        dose=_shown(plan.dose),
        interval_days=_shown(plan.interval_days),
        slip=plan.slip,
        receipt=draft.receipt,
        groups=tuple(groups),
        **{name: getattr(plan, name) for name in WORDS},
    )


def _end(form: Form, day: date, starts_at: datetime, now: datetime) -> tuple[datetime, tuple[str, ...]]:
    if not form.end:
        return starts_at + timedelta(minutes=int(of_kind(form.kind)["minutes"])), ("end",)
    last = _day(form.end_date, "end_date", now) if form.end_date else day
    return _at(last, form.end, "end", now), ()


def _day(text: str, field: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as bad:
        raise FormFault("day_unreadable", field) from bad
    if not now.date() - LATEST <= day <= now.date() + LATEST:
        raise FormFault("day_unreadable", field)
    return day


def _at(day: date, text: str, field: str, now: datetime) -> datetime:
    try:
        return datetime.combine(day, time.fromisoformat(text.rjust(5, "0")).replace(tzinfo=None), now.tzinfo)
    except ValueError as bad:
        raise FormFault("hour_unreadable", field) from bad


def _number(text: str, field: str) -> int | None:
    if not text:
        return None
    most = HIGHEST[field]
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
        raise FormFault("number", field, most=most)
    return int(text)


def _slots(form: Form, starts_at: datetime, ends_at: datetime, now: datetime) -> tuple[SlotPlan, ...]:
    if form.split == "whole":
        return ()
    if form.split == "own":
        return _own_slots(form.slots, starts_at, now)
    count = _number(form.each, "each")
    if count is None:
        raise FormFault("missing", "each", missing=("each",))
    if ends_at <= starts_at:
        return ()  # which is refused by itself
    if form.split == "every":
        return _spaced(starts_at, ends_at, timedelta(minutes=count))
    if count > MOST_SLOTS:
        raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    minutes = (ends_at - starts_at) // timedelta(minutes=1) // count
    return _spaced(starts_at, ends_at, timedelta(minutes=max(1, minutes)))[:count]


def _spaced(starts_at: datetime, ends_at: datetime, step: timedelta) -> tuple[SlotPlan, ...]:
    if ends_at <= starts_at:
        return ()
    return tuple(SlotPlan(start, end) for start, end in every((starts_at, ends_at), step))


def _lines(text: str) -> list[str]:
    return [line for line in (normalise(line).strip() for line in text.splitlines()) if line]


def _own_slots(text: str, starts_at: datetime, now: datetime) -> tuple[SlotPlan, ...]:
    lines = _lines(text)
    if not lines:
        raise FormFault("missing", "slots", missing=("slots",))
    if len(lines) > MOST_SLOTS:
        raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    slots = []
    for line in lines:
        match = _SLOT.fullmatch(line)
        if match is None:
            raise FormFault("line_unreadable", "slots", line=line[:40])
        day = _day(match["day"], "slots", now) if match["day"] else starts_at.date()
        start, end = _at(day, match["hour"], "slots", now), _at(day, match["end"], "slots", now)
        if end <= start:
            raise FormFault("line_unreadable", "slots", line=line[:40])
        slots.append(SlotPlan(start, end, _number(match["many"] or "", "capacity")))
    return tuple(sorted(slots, key=lambda one: one.starts_at))


def _batches(text: str, starts_at: datetime, known: Known) -> tuple[Batch, ...]:
    """A line each: which buildings, and from when."""
    found: list[tuple[BuildingRange, datetime]] = []
    for line in _lines(text):
        times = list(_HOUR.finditer(line))
        if not times:
            raise FormFault("line_unreadable", "batches", line=line[:40])
        when = times[-1]
        day = _day(when["day"], "batches", starts_at) if when["day"] else starts_at.date()
        which = _AROUND.sub("", line[when.end() :])
        buildings = _buildings(f"{line[: when.start()]} {which}".strip(), line)
        found.append((buildings, _at(day, when["hour"], "batches", starts_at)))
    return named_batches(found, known)


def _buildings(text: str, line: str) -> BuildingRange:
    """With or without the word for a building."""
    try:
        for said in (text, f"{text}#"):
            found = building_range(said)
            around = said[: found.span[0]] + said[found.span[1] :] if found else ""
            if found is not None and _AROUND.fullmatch(around.rstrip("#")):
                return found
    except RangeTooLong as bad:
        raise BuildingUnknown(buildings=()) from bad
    raise FormFault("line_unreadable", "batches", line=line[:40])


def _written_slots(plan: Plan) -> tuple[Split, str, int | None, str]:
    """How the form says it: the way they are split, with its number, the places, and lines of their own."""
    if not plan.slots:
        return "whole", "", plan.capacity, ""
    lengths = {one.ends_at - one.starts_at for one in plan.slots}
    places = {one.capacity for one in plan.slots}
    joined = all(one.ends_at == other.starts_at for one, other in pairwise(plan.slots))
    length = next(iter(lengths))
    if joined and len(lengths) == 1 and len(places) == 1 and length % timedelta(minutes=1) == timedelta(0):
        own = next(iter(places))
        return "every", str(length // timedelta(minutes=1)), plan.capacity if own is None else own, ""
    lines = [
        f"{_written(one.starts_at, plan.starts_at)}-{one.ends_at:%H:%M} {_shown(one.capacity)}".strip()
        for one in plan.slots
    ]
    return "own", "", plan.capacity, "\n".join(lines)


def _written(at: datetime, starts_at: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == starts_at.date() else f"{at:%Y-%m-%d %H:%M}"


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)
