"""Times to come as people type them: 明天下午3点, 周六上午8:30-11:30, 端午前一天, 半小时后, 每周一9点.

Cost is linear in the text: one pattern finds the pieces, and what stands together becomes one time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intents.understanding.normalise import normalise
from intents.understanding.when_days import Said
from intents.understanding.when_groups import Group, groups
from intents.understanding.when_meaning import Meaning, Speaker
from intents.understanding.when_scan import scan
from intents.understanding.when_words import pattern
from scheduler.calendar import Calendar


@dataclass(frozen=True, slots=True)
class When:
    start: datetime
    """Midnight where no hour is said."""
    end: datetime | None
    """Without an hour the midnight with which the last day begins: 12月1日-3日 ends on the 3rd. With an hour a moment;
    it lies before the start only where somebody has said so."""
    dated: bool
    """Whether the day is said, here or before in the text. If not it is the next such hour."""
    timed: bool
    """Whether an hour is said."""
    span: tuple[int, int]
    """Positions in `normalise(text)`."""
    others: tuple[datetime, ...]
    """Other starts that may be meant: then somebody has to be asked."""
    part: tuple[int, int] | None = None
    """The hours of the part of the day that is said without an hour: 周六上午."""


def whens(text: str, now: datetime, calendar: Calendar) -> list[When]:
    """In order of the text. A day said once holds for the hours after it."""
    said = Said(normalise(text), now, calendar)
    speaker = Speaker(now)
    found = []
    for group in groups(scan(said), said):
        meaning = speaker.meaning(group)
        if meaning is not None:
            found.append(_when(group, meaning))
    return found


def when(text: str, now: datetime, calendar: Calendar) -> When | None:
    """The one that is meant: the first to come, with its hour if that stands apart: 周六东门核酸，上午8:30开始."""
    found = whens(text, now, calendar)
    if not found:
        return None
    meant = min(found, key=lambda each: (_past(each, now), not each.dated))
    if meant.timed:
        return meant
    said = normalise(text)
    return next((each for each in found if each.span > meant.span and _its_hour(each, meant, said)), meant)


def _its_hour(hour: When, day: When, said: str) -> bool:
    """我六点半才下班 is no hour of what takes place on that day."""
    if not hour.timed or hour.start.date() != day.start.date():
        return False
    begin, end = hour.span
    return pattern("sure_hour").search(said, begin, end) is not None or pattern("begins").match(said, end) is not None


def _past(each: When, now: datetime) -> bool:
    last = each.end or each.start
    return last < now if each.timed else last.date() < now.date()


def _when(group: Group, meaning: Meaning) -> When:
    part = group.begin.part
    hours = (part.first, part.after) if part is not None and group.begin.clock is None else None
    others = tuple(dict.fromkeys(each for each in meaning.others if each != meaning.start))
    return When(meaning.start, meaning.end, meaning.dated, meaning.timed, group.span, others, hours)
