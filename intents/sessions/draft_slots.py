"""From the hours that were said to slots: one after another, every half hour, or a stretch in equal parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from intents.errors import SlotsUnclear
from storage.session_plan import MOST_SLOTS

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Begin:
    """A slot whose end may not have been said."""

    at: datetime
    length: timedelta | None


@dataclass(frozen=True, slots=True)
class Spacing:
    """How slots were said besides their hours: minutes from one to the next, and how many they are."""

    every: int | None = None
    count: int | None = None


def slots_of(begins: Sequence[Begin], spacing: Spacing, length: timedelta) -> tuple[tuple[Stretch, ...], bool]:
    """In order, and whether an end was assumed. `length`: how long it takes where nothing says."""
    found: list[Stretch] = []
    assumed = False
    ordered = sorted(begins, key=lambda one: (one.at, one.length is None))
    for _, day in groupby(ordered, key=lambda one: one.at.date()):
        stretches, open_end = _of_day(list(day), length)
        assumed |= open_end
        found += _spaced(stretches, spacing, said_end=not open_end)
        if len(found) > MOST_SLOTS:
            raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    return tuple(found), assumed


def _of_day(begins: list[Begin], length: timedelta) -> tuple[list[Stretch], bool]:
    frame = begins[0]
    until = frame.at + frame.length if frame.length else None
    inside = [one for one in begins[1:] if until and one.at < until and one.length is None]
    if inside:
        begins = [Begin(at, None) for at in sorted({one.at for one in begins[1:]})]
    else:
        until = None
        begins = list({one.at: one for one in reversed(begins)}.values())[
            ::-1
        ]  # of one hour said twice, that with an end
    gap = begins[-1].at - begins[-2].at if len(begins) > 1 else length
    stretches: list[Stretch] = []
    for at, one in enumerate(begins):
        if one.length is not None:
            end = one.at + one.length
        elif at + 1 < len(begins):
            end = begins[at + 1].at
        else:
            end = until or one.at + gap
        if end > one.at:
            stretches.append((one.at, end))
    open_end = until is None and begins[-1].length is None
    return stretches, open_end


def _spaced(stretches: list[Stretch], spacing: Spacing, *, said_end: bool) -> list[Stretch]:
    if spacing.every:
        return [slot for stretch in stretches for slot in every(stretch, timedelta(minutes=spacing.every))]
    count = spacing.count
    if count and count > 1 and len(stretches) == 1 and said_end:
        start, end = stretches[0]
        if count > MOST_SLOTS:
            raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
        return list(every((start, end), _whole_minutes((end - start) / count)))[:count]
    if count and count > 1 and len(stretches) != count:
        raise SlotsUnclear(most=None, said=count, found=len(stretches), at=None)
    return stretches


def _whole_minutes(length: timedelta) -> timedelta:
    return max(timedelta(minutes=1), timedelta(minutes=length // timedelta(minutes=1)))


def every(stretch: Stretch, step: timedelta) -> Iterable[Stretch]:
    """As many whole ones as fit in, and one where none does."""
    start, end = stretch
    count = max(1, (end - start) // step)
    if count > MOST_SLOTS:
        raise SlotsUnclear(most=MOST_SLOTS, said=None, found=None, at=None)
    return [(start + nth * step, min(end, start + (nth + 1) * step)) for nth in range(count)]
