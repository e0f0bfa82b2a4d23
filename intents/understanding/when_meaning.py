"""What a time means when it is said now: its start, its end, and what else may be meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intents.understanding.days import A_DAY, midnight
from intents.understanding.when_clock import after, doubtful, hours_of, moment
from intents.understanding.when_groups import Group, Side
from intents.understanding.when_pieces import Clock, Day
from intents.understanding.when_words import PartOfDay

_WRITTEN_IN_THE_MORNING = 7


@dataclass(frozen=True, slots=True)
class Meaning:
    start: datetime
    end: datetime | None
    dated: bool
    timed: bool
    others: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class _Start:
    at: datetime
    others: tuple[datetime, ...] = ()
    dated: bool = True
    timed: bool = True


class Speaker:
    """Goes through a text; a day that was said holds for the hours after it."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._day: Day | None = None
        self._said = False
        """Whether it was said, or only follows from an hour."""
        self._last: datetime | None = None

    def meaning(self, group: Group) -> Meaning | None:
        try:
            start = self._until_now(group) if group.end is not None and group.end.now else self._start(group)
            end = self._end(group, start)
        except (OverflowError, ValueError):
            return None
        self._remember(group.begin.day, start)
        return Meaning(start.at, end, start.dated, start.timed, start.others)

    def _remember(self, day: Day | None, start: _Start) -> None:
        if (day is None and self._day is None) or (day is not None and not day.past and not day.daily):
            self._day = Day(day.first if day is not None and not start.timed else start.at.date())
            self._said = start.dated
        if start.timed:
            self._last = start.at

    def _start(self, group: Group) -> _Start:
        side = group.begin
        if side.moment is not None:
            return _Start(side.moment.at)
        if side.now:
            return _Start(self._now) if group.end and group.end.clock else self._whole_day(Day(self._now.date()))
        day = side.day
        if day is not None and day.daily and self._day is not None:
            day = self._day  # daily within days that are said already
        if day is not None:
            return self._whole_day(day) if side.clock is None else self._on(day, side.clock, side.part)
        if side.clock is None:
            raise ValueError
        if self._day is not None:
            return self._carried(self._day.first, side.clock, side.part)
        return self._undated(side.clock, side.part, alone=group.end is None)

    def _whole_day(self, day: Day) -> _Start:
        others = day.others + ((day.again,) if day.asks and day.again else ())
        return _Start(midnight(day.first, self._now), tuple(midnight(each, self._now) for each in others), timed=False)

    def _on(self, day: Day, clock: Clock, part: PartOfDay | None) -> _Start:
        hours = hours_of(clock, part)
        doubt = len(hours) > 1 and (part is not None or doubtful(clock, known_day=True))
        at = [moment(day.first, clock, hour, self._now) for hour in hours]
        start, others = at[0], at[1:] if doubt else []
        elsewhere = [moment(each, clock, hours[0], self._now) for each in day.others]
        today = day.first == self._now.date()
        if today and start < self._now:
            coming = [each for each in at if each >= self._now]
            if coming:
                start, others = coming[0], [each for each in at if each != coming[0]]
            elif day.again is not None:
                start = moment(day.again, clock, hours[0], self._now)
                others = [] if day.every else at[:1]
        elif today:
            others = [each for each in others if each >= self._now]
        if today and day.asks and day.again is not None and start.date() == day.first:
            elsewhere.append(moment(day.again, clock, hours[0], self._now))
        return _Start(start, () if day.every else (*others, *elsewhere))

    def _carried(self, day: date, clock: Clock, part: PartOfDay | None) -> _Start:
        """今晚7点集合，8点出发: after what was said before."""
        at = [moment(day, clock, hour, self._now) for hour in hours_of(clock, part)]
        later = [each for each in at if self._last is not None and each >= self._last]
        return _Start(min(later) if later else at[0], dated=self._said)

    def _undated(self, clock: Clock, part: PartOfDay | None, *, alone: bool) -> _Start:
        today, hours = self._now.date(), hours_of(clock, part)
        at = [moment(today, clock, hour, self._now) for hour in hours]
        coming = [each for each in at if each >= self._now]
        if part is not None or len(hours) == 1:
            return _Start(min(coming) if coming else min(at) + A_DAY, dated=False)
        likely_tomorrow = at[0] + A_DAY
        if not coming:
            doubt = doubtful(clock, known_day=True)
            return _Start(likely_tomorrow, (at[1] + A_DAY,) if doubt else (), dated=False)
        if at[0] >= self._now:
            other = at[1] if at[1] >= self._now else at[1] + A_DAY
            return _Start(at[0], (other,) if doubtful(clock, known_day=False) else (), dated=False)
        if clock.colon and clock.hour >= _WRITTEN_IN_THE_MORNING:
            return _Start(likely_tomorrow, (coming[0],) if alone else (), dated=False)
        return _Start(coming[0], (likely_tomorrow,), dated=False)

    def _until_now(self, group: Group) -> _Start:
        """早上6点到现在: it has begun."""
        begin = group.begin
        if begin.day is not None or begin.clock is None:
            return self._start(group)
        at = [moment(self._now.date(), begin.clock, hour, self._now) for hour in hours_of(begin.clock, begin.part)]
        gone = [each for each in at if each <= self._now]
        return _Start(max(gone) if gone else max(at) - A_DAY)

    def _end(self, group: Group, start: _Start) -> datetime | None:
        end, day = group.end, group.begin.day
        if end is None:
            return midnight(day.last, self._now) if day is not None and day.last and not start.timed else None
        if end.now:
            return self._now
        if end.moment is not None:
            return end.moment.at
        if end.day is not None:
            return self._end_on(end.day, end, group.begin, start)
        if end.clock is None or not start.timed:
            return None
        return after(start.at, end.clock, end.part, group.begin.part)

    def _end_on(self, day: Day, end: Side, begin: Side, start: _Start) -> datetime:
        if end.clock is not None:
            of_24 = end.clock.colon and begin.clock is not None and not begin.clock.plain
            hour = end.clock.hour if of_24 and end.part is None else hours_of(end.clock, end.part)[0]
            return moment(day.first, end.clock, hour, self._now)
        last = midnight(day.last or day.first, self._now)
        return last + A_DAY if start.timed else last
