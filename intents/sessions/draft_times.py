"""When a session is: its days and hours, its slots, and which buildings come when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from intents.errors import BuildingUnknown, DraftIncomplete, EndsBefore, SlotsUnclear, WhenUnclear
from intents.sessions.draft_slots import Begin, Spacing, Stretch, slots_of
from intents.sessions.draft_words import Scrap, pattern
from intents.understanding.buildings import BuildingRange, RangeTooLong, building_ranges
from intents.understanding.lexicon import number
from intents.understanding.when import When, whens
from scheduler.calendar import Calendar
from storage.session_plan import MOST_SLOTS

HALF_A_DAY: Final = timedelta(hours=12)
A_DAY: Final = timedelta(days=1)
NOON: Final = time(12)
EVENING: Final = time(17)
LONGEST_NIGHT: Final = timedelta(hours=8)
DAYTIME: Final = (time(7), time(19))
"""Of two hours that may be meant, and whose day stands apart, the one in between is."""


@dataclass(frozen=True, slots=True)
class Timing:
    slots: tuple[Stretch, ...]
    batches: tuple[tuple[BuildingRange, datetime], ...]
    open_end: bool
    """Whether nothing said until when."""


@dataclass(frozen=True, slots=True)
class Said:
    """One time as it was typed: days, an hour and until when, each where it was said."""

    span: tuple[int, int]
    days: tuple[date, ...] = ()
    clock: time | None = None
    length: timedelta | None = None
    others: tuple[datetime, ...] = ()


def take_times(scrap: Scrap, now: datetime, calendar: Calendar, every: int | None, minutes: int) -> Timing:
    """Raises DraftIncomplete without a day or an hour. `every`: from one slot to the next; `minutes`: how long it takes
    where nothing says."""
    counted = scrap.take("slots")
    spacing = Spacing(every, number(counted["n"]) if counted else None)
    running = scrap.take("running")
    said, bound = told_times(scrap, now, calendar)
    reader = Reader(scrap.left, spacing, now)
    free = [one for one in said if one.days or one not in bound.values()]
    ends = [one for one in free if _is_end(scrap.left, one)]
    reader.read_all([one for one in free if one not in ends])
    begins = reader.begins or _from_batches(said, list(bound.values()), now)
    if ends and all(one.length is None for one in begins):
        begins = [*begins[:-1], _until_end(begins[-1], ends[0], now)]
        reader.spans.append(ends[0].span)
    if running is not None and len({one.at.date() for one in begins}) == 1:
        begins = _running(begins, number(running["n"] or running["more"]))
    batches = tuple(
        (building, clock_on(one, next(iter(one.days), begins[0].at.date()), begins[0].at, now))
        for building, one in bound.items()
    )
    for span in (*reader.spans, *(each.span for each in bound), *(one.span for one in bound.values())):
        scrap.blank(*span)
    scrap.take("daily")
    slots, open_end = slots_of(begins, spacing, timedelta(minutes=minutes))
    return Timing(slots, batches, open_end)


def told_times(
    scrap: Scrap, now: datetime, calendar: Calendar, day: date | None = None
) -> tuple[list[Said], dict[BuildingRange, Said]]:
    """Every time in its order, and which of them are said of buildings. `day`: of hours that stand alone."""
    ranges = _ranges(scrap.left)
    masked = Scrap(scrap.left)
    for one in ranges:
        masked.blank(*one.span)
    found = whens(masked.left, now, calendar)
    day = day or next((one.start.date() for one in found if one.dated), None)
    if day is not None and not all(one.dated for one in found):
        on_day = {one.span: one for one in whens(masked.left, _at(day, time(0), now), calendar)}
        found = [one if one.dated else on_day.get(one.span, one) for one in found]
    said = _sure(masked.left, _own_days(_with_ends(masked.left, [_told(one, now) for one in found])))
    bound = _bound(scrap.left, ranges, said)
    alone = {one: _alone(masked.left, one, day, now, calendar) for one in bound.values() if day and not one.days}
    return [alone.get(one, one) for one in said], {building: alone.get(one, one) for building, one in bound.items()}


def _alone(text: str, one: Said, day: date, now: datetime, calendar: Calendar) -> Said:
    """The hour of a batch by itself: it need not be later than what was said before it."""
    found = whens(text[slice(*one.span)], _at(day, time(0), now), calendar)
    return replace(_told(found[0], now), span=one.span, days=()) if len(found) == 1 and found[0].timed else one


def _ranges(text: str) -> list[BuildingRange]:
    try:
        return building_ranges(text)
    except RangeTooLong as bad:
        raise BuildingUnknown(buildings=()) from bad


def _with_ends(text: str, said: list[Said]) -> list[Said]:
    """An hour of several days and until when, read as two: 12月5日至7日 9:00-17:00."""
    found: list[Said] = []
    for one in said:
        last = found[-1] if found else None
        length = _to_end(text, last, one) if last else None
        if last and length:
            found[-1] = replace(last, length=length, span=(last.span[0], one.span[1]))
            continue
        found.append(one)
    return found


def _to_end(text: str, one: Said, end: Said) -> timedelta | None:
    if len(one.days) < 2 or one.length or end.length or not one.clock or not end.clock or end.clock <= one.clock:
        return None
    if not pattern("to").match(text[one.span[1] : end.span[0]]):
        return None
    return datetime.combine(one.days[0], end.clock) - datetime.combine(one.days[0], one.clock)


def _sure(text: str, said: list[Said]) -> list[Said]:
    """A festival beside a date is what it is about: 12月28日元旦联欢会."""
    dates = [one for one in said if one.days and pattern("said_day").search(text, *one.span)]
    if not dates:
        return said
    return [
        one if one in dates or not one.days else replace(one, days=(), others=())
        for one in said
        if one in dates or one.clock is not None
    ]


def _own_days(said: Sequence[Said]) -> list[Said]:
    """Without the days that were only carried on from what was said before."""
    found: list[Said] = []
    current: set[date] = set()
    for one in said:
        own = not set(one.days) <= current
        current = set(one.days) if own else current
        found.append(one if own else replace(one, days=()))
    return found


def _told(when: When, now: datetime) -> Said:
    start, end = when.start, when.end
    readings = [start, *when.others] if when.others else []
    if when.dated:
        readings = [at for at in readings if (at > now if when.timed else at.date() >= now.date())]
    readings.sort()
    if len(readings) == 1:
        end = end and end + (readings[0] - start)
        start = readings[0]
    clock = start.time() if when.timed else None
    if not when.timed and end is not None and end.time() != time(0):  # the hour of each of several days
        clock = end.time()
    last, length = _until(when, start, end)
    days = _days(start.date(), last) if when.dated else ()
    return Said(when.span, days, clock, length, tuple(readings) if len(readings) > 1 else ())


def _until(when: When, start: datetime, end: datetime | None) -> tuple[date, timedelta | None]:
    """The last day, and how long it takes on each. Only an evening runs into the next day."""
    if end is None:
        return start.date(), None
    if not when.timed:
        return end.date(), None
    length = end - start
    if end.date() == start.date() or (start.time() >= EVENING and length <= LONGEST_NIGHT):
        last = start.date()
    else:  # from the hour of the first day to the hour of the last, on each of them
        last = end.date()
        length = datetime.combine(start, end.time()) - datetime.combine(start, start.time())
    if length < timedelta(0) or end <= start:
        raise EndsBefore(start=start, end=end)
    return last, length or None


def _days(first: date, last: date) -> tuple[date, ...]:
    if (last - first).days >= MOST_SLOTS:
        raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    return tuple(first + nth * A_DAY for nth in range((last - first).days + 1))


def _bound(text: str, ranges: Sequence[BuildingRange], said: Sequence[Said]) -> dict[BuildingRange, Said]:
    """Which buildings come when: `7-12号楼9:30`, or `9:30 7-12号楼` where times stand first."""
    clocks = [one for one in said if one.clock]
    ranges = [one for one in ranges if not pattern("place", "tails").match(text, one.span[1])]
    after = {one: _after(text, one, clocks) for one in ranges}
    before = {one: _before(text, one, clocks) for one in ranges}
    times_first = bool(ranges) and after[ranges[-1]] is None and before[ranges[-1]] is not None
    first, second = (before, after) if times_first else (after, before)
    found: dict[BuildingRange, Said] = {}
    for one in ranges:
        time_ = first[one] or second[one]
        if time_ is not None and (time_ not in found.values() or not time_.days):
            found[one] = time_
    return found


def _after(text: str, one: BuildingRange, clocks: Sequence[Said]) -> Said | None:
    for clock in clocks:
        if clock.span[0] >= one.span[1]:
            return clock if pattern("batch_to_time").match(text[one.span[1] : clock.span[0]]) else None
    return None


def _before(text: str, one: BuildingRange, clocks: Sequence[Said]) -> Said | None:
    for clock in reversed(clocks):
        if clock.span[1] <= one.span[0]:
            return clock if pattern("time_to_batch").match(text[clock.span[1] : one.span[0]]) else None
    return None


def _running(begins: Sequence[Begin], count: int) -> list[Begin]:
    """明天起连续三天: the same on each of them."""
    if count > MOST_SLOTS:
        raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    return [replace(one, at=one.at + nth * A_DAY) for nth in range(count or 1) for one in begins]


def _is_end(text: str, one: Said) -> bool:
    """到11:30结束, said apart from when it begins."""
    if one.days or one.clock is None or one.length is not None:
        return False
    before, after = pattern("until_before"), pattern("until_after")
    return bool(before.search(text[: one.span[0]]) or after.match(text[one.span[1] :]))


def _until_end(last: Begin, end: Said, now: datetime) -> Begin:
    at = clock_on(end, last.at.date(), last.at, now)
    if at <= last.at:
        raise EndsBefore(start=last.at, end=at)
    return replace(last, length=at - last.at)


class Reader:
    """Goes through what was said in its order: an hour is of the days said last."""

    def __init__(self, text: str, spacing: Spacing, now: datetime) -> None:
        self.text = text
        self.spacing = spacing
        self.now = now
        self.days: list[date] = []
        self.begins: list[Begin] = []
        self.spans: list[tuple[int, int]] = []
        """What of the text was understood."""
        self.last_day: Said | None = None
        self.last_clock: Said | None = None

    def read_all(self, said: Sequence[Said]) -> None:
        for one in said:
            self._read(one)
        if self.days and not self.begins:  # the hour stood before the day
            for one in said:
                if not one.days:
                    self._read(one)

    def _read(self, one: Said) -> None:
        if one.days:
            self._read_days(one)
        if one.clock is None or not self.days or not self._belongs(one):
            return
        frame = self.begins[0].at if self.begins and not one.days else None
        for day in self.days:
            on_day = frame and datetime.combine(day, frame.timetz())
            self.begins.append(Begin(clock_on(one, day, on_day, self.now), one.length))
        self.spans.append(one.span)
        self.last_clock = one

    def _read_days(self, one: Said) -> None:
        if one.others:
            raise WhenUnclear(readings=one.others)
        before = self.last_day
        self.last_day = one
        if before is not None and before.clock is None and self.last_clock is None:
            between = self.text[before.span[1] : one.span[0]]
            weekdays = pattern("weekday").match(self.text[one.span[0] : one.span[1]]) is not None
            weekdays = weekdays and pattern("weekday").match(self.text[before.span[0] : before.span[1]]) is not None
            if pattern("same_day").match(between) and not weekdays and set(one.days) != set(before.days):
                raise WhenUnclear(readings=tuple(_at(day, time(0), self.now) for day in (before.days[0], one.days[0])))
            if pattern("only_times").match(between):
                self.days = list(dict.fromkeys([*self.days, *one.days]))
                self.spans.append(one.span)
                return
        if self.days and one.clock is None and self.last_clock is not None:
            return  # another day that is told of after the session's own
        self.days = list(one.days)
        self.spans.append(one.span)

    def _belongs(self, one: Said) -> bool:
        last = self.last_clock
        if last is None or self.spacing.count or (one.length and last.length):
            return True
        return bool(one.days) or pattern("listed").match(self.text[last.span[1] : one.span[0]]) is not None


def _from_batches(said: Sequence[Said], bound: Sequence[Said], now: datetime) -> list[Begin]:
    """Where only batches have an hour, the session begins with the first."""
    days = [day for one in said for day in one.days]
    clocks = [one for one in bound if one.clock is not None]
    missing = [*([] if days else ["day"]), *([] if clocks else ["hour"])]
    if not days and any(one.clock is not None for one in said):
        missing = ["day"]
    if missing:
        raise DraftIncomplete(missing=tuple(missing))
    first = min(clocks, key=lambda one: one.clock or time.max)
    return [Begin(clock_on(first, days[0], None, now), None)]


def clock_on(one: Said, day: date, frame: datetime | None, now: datetime) -> datetime:
    """The hour on a day. In `下午2点、3点` the second is in the afternoon too."""
    clocks = sorted({at.time() for at in one.others} | {one.clock or time(0)})
    moments = [_at(day, clock, now) for clock in clocks]
    if frame is not None:
        if frame.time() >= NOON and all(at.time() < NOON for at in moments):
            moments += [at + HALF_A_DAY for at in moments if at < frame]
        return min(moments, key=lambda at: abs(at - frame))
    return next((at for at in moments if DAYTIME[0] <= at.time() < DAYTIME[1]), moments[0])


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, now.tzinfo)
