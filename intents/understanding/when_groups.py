"""Pieces that stand together are one time: a day, a part of it, an hour, and the same again for its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from intents.understanding.days import A_DAY
from intents.understanding.when_days import FAULTS, READERS, Said
from intents.understanding.when_pieces import Clock, Day, Moment, Now, Piece, Span
from intents.understanding.when_words import PartOfDay, grammar, pattern

_A_WEEK_A_MONTH_A_YEAR: Final = (7, 31, 366)


@dataclass(frozen=True)
class Side:
    """One end of a time."""

    span: Span
    day: Day | None = None
    part: PartOfDay | None = None
    clock: Clock | None = None
    moment: Moment | None = None
    now: bool = False
    day_piece: Piece | None = None

    @property
    def is_day(self) -> bool:
        return self.day is not None and self.part is None and self.clock is None

    @property
    def says_when(self) -> bool:
        """下午 alone says too little, and so does 天天."""
        if self.day is not None and self.day.daily and self.clock is None:
            return False
        return self.day is not None or self.clock is not None or self.moment is not None


@dataclass(frozen=True)
class Group:
    begin: Side
    end: Side | None
    span: Span


def groups(pieces: Sequence[Piece], said: Said) -> list[Group]:
    found = _ranges(_sides(pieces, said.text), said)
    return _days_together(_hours_before_days(found, said.text), said.text)


def _sides(pieces: Sequence[Piece], text: str) -> list[Side]:
    sides: list[Side] = []
    glue = pattern("glue")
    for piece in pieces:
        together = sides and glue.fullmatch(text, sides[-1].span[1], piece.span[0])
        joined = _joined(sides[-1], piece, text) if together else None
        if joined is not None:
            sides[-1] = joined
        else:
            sides.append(_alone(piece))
    return sides


def _alone(piece: Piece) -> Side:
    what = piece.what
    if isinstance(what, Day):
        return Side(piece.span, day=what, day_piece=piece)
    if isinstance(what, Clock):
        return Side(piece.span, clock=what)
    if isinstance(what, Moment):
        return Side(piece.span, moment=what)
    if isinstance(what, Now):
        return Side(piece.span, now=True)
    return Side(piece.span, part=what)


def _joined(side: Side, piece: Piece, text: str) -> Side | None:
    what, span = piece.what, (side.span[0], piece.span[1])
    if side.moment is not None or side.now or side.clock is not None:
        return None
    if isinstance(what, Clock):
        return replace(side, span=span, clock=what)
    if isinstance(what, PartOfDay):
        return replace(side, span=span, part=what)
    if isinstance(what, Day) and side.is_day and side.day is not None:
        day = _both(side.day, what, text[side.span[1] : piece.span[0]].strip())
        return replace(side, span=span, day=day) if day is not None else None
    if isinstance(what, Day) and side.day is None:
        return replace(side, span=span, day=what, day_piece=piece)
    return None


def _both(first: Day, second: Day, between: str) -> Day | None:
    """11月28日（周六）: one day said twice. If the two do not agree somebody has to be asked."""
    if first.weekday == second.weekday or first.every or second.every or first.last or second.last:
        return None
    dated, weekday = (second, first) if first.weekday else (first, second)
    if dated.first.weekday() == weekday.first.weekday():
        return replace(dated, others=(), again=None)
    if second.weekday and between in {"", "("}:
        monday = dated.first - dated.first.weekday() * A_DAY
        return replace(dated, others=(monday + weekday.first.weekday() * A_DAY,), again=None)
    return None


def _ranges(sides: list[Side], said: Said) -> list[Group]:
    found: list[Group] = []
    joint, index = pattern("joint"), 0
    while index < len(sides):
        begin, index = sides[index], index + 1
        end = sides[index] if index < len(sides) else None
        if end is not None and _makes_range(begin, end) and joint.fullmatch(said.text, begin.span[1], end.span[0]):
            end, rest = _hours_apart(begin, end)
            begin, end = _at_the_beginning(begin, end, said), _at_the_end(begin, end, said)
            found.append(Group(begin, end, (begin.span[0], end.span[1])))
            index += 1
            if rest is not None:
                sides[index - 1], index = rest, index - 1
        elif begin.says_when and not (begin.day is not None and begin.day.needs_range):
            found.append(Group(begin, None, begin.span))
    return found


def _makes_range(begin: Side, end: Side) -> bool:
    return begin.says_when or (begin.now and end.says_when)


def _hours_apart(begin: Side, end: Side) -> tuple[Side, Side | None]:
    """周一至周五上午9点: the hour is that of each day, and no end."""
    day = begin.day
    if day is None or not begin.is_day or not (day.weekday or day.every) or end.day_piece is None or end.clock is None:
        return end, None
    until = end.day_piece.span[1]
    days = Side((end.span[0], until), day=end.day, day_piece=end.day_piece)
    return days, Side((until, end.span[1]), part=end.part, clock=end.clock)


def _at_the_end(begin: Side, end: Side, said: Said) -> Side:
    """周五 of 下周一至周五 is the one after that Monday."""
    if begin.day is None or end.day is None or end.day.first >= begin.day.first:
        return end
    again = _as_of(begin.day.first, end, said)
    return replace(end, day=again) if again is not None and again.first >= begin.day.first else end


def _at_the_beginning(begin: Side, end: Side, said: Said) -> Side:
    """元旦到现在 began with the last one."""
    if not end.now or begin.day is None or begin.day.first <= said.today:
        return begin
    tries = (_as_of(said.today - days * A_DAY, begin, said) for days in _A_WEEK_A_MONTH_A_YEAR)
    last = next((day for day in tries if day is not None and day.first <= said.today), None)
    return replace(begin, day=last) if last is not None else begin


def _as_of(day: date, side: Side, said: Said) -> Day | None:
    """The day of this side, if it were said on that day."""
    if side.day_piece is None:
        return None
    name, (start, _) = side.day_piece.pattern, side.day_piece.span
    match = grammar(said.calendar).patterns[name].match(said.text, start)
    then = replace(said, now=datetime.combine(day, time.min, said.now.tzinfo))
    try:
        found = READERS[name](match, then) if match is not None else None
    except FAULTS:
        return None
    return found if isinstance(found, Day) else None


def _hours_before_days(found: Sequence[Group], text: str) -> list[Group]:
    """8:30-11:30 周六: the day stands after the hours."""
    glue, kept = pattern("glue"), list[Group]()
    for group in found:
        before = kept[-1] if kept else None
        if (
            before is not None
            and before.begin.day is None
            and before.begin.clock is not None
            and group.end is None
            and group.begin.is_day
            and glue.fullmatch(text, before.span[1], group.span[0])
        ):
            begin = replace(before.begin, day=group.begin.day, day_piece=group.begin.day_piece)
            kept[-1] = replace(before, begin=begin, span=(before.span[0], group.span[1]))
        else:
            kept.append(group)
    return kept


def _days_together(found: Sequence[Group], text: str) -> list[Group]:
    """周六周日: days in a row are one time; with an hour behind them it is the hour of each."""
    both, kept = pattern("both_days"), list[Group]()
    for group in reversed(found):
        after = kept[-1] if kept else None
        together = after is not None and both.fullmatch(text, group.span[1], after.span[0])
        kept.extend(_joined_days(group, kept.pop()) if together else [group])
    return kept[::-1]


def _joined_days(group: Group, after: Group) -> list[Group]:
    """The later one first."""
    day, next_day = group.begin.day, after.begin.day
    if group.end is not None or not group.begin.is_day or day is None or next_day is None:
        return [after, group]
    if after.begin.clock is not None:
        return [after, replace(group, begin=replace(after.begin, day=day), end=after.end)]
    if not after.begin.is_day or after.end or day.every or next_day.first != (day.last or day.first) + A_DAY:
        return [after, group]
    joined = replace(day, last=next_day.last or next_day.first, others=(), again=None, asks=False)
    return [Group(replace(group.begin, day=joined), None, (group.span[0], after.span[1]))]
