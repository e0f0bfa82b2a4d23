"""One line of the activity ledger from what staff typed, and the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.context import Context
from bot.expectations import PHOTO_WAIT
from bot.quotes import Quotes
from intents.activities.kinds import Kinds
from intents.activities.reading import amount_in, day_in, place_in, separators, spelled, without
from intents.errors import CommandIncomplete, DayNotYet, KindUnknown
from intents.understanding.days import midnight
from intents.understanding.normalise import normalise
from storage import activities
from storage.accounts import Officer
from storage.activities import Activity, Done
from storage.base import Db

LONGEST: Final = 500
MANAGING: Final = frozenset({"admin", "worker"})
"""Who takes back what others entered, and gives and ends their tasks."""
RECORDING: Final = MANAGING | {"grid"}


@dataclass(frozen=True, slots=True)
class Recorded:
    activity: Activity
    photos: int
    no_photo_quoted: bool
    count: int
    """Lines of this kind in its year, this one with them."""
    alike: str | None
    """The number of an earlier line that says the same of the same day."""


class Recording:
    def __init__(self, community: str, kinds: Kinds, quotes: Quotes) -> None:
        self._community = community
        self._kinds = kinds
        self._quotes = quotes

    @property
    def kinds(self) -> tuple[str, ...]:
        return self._kinds.names

    def read(self, words: str, now: datetime) -> Done:
        """Raises `CommandIncomplete`, `KindUnknown` or `DayNotYet`."""
        said = spelled(words.strip(separators()))
        if len(said) > LONGEST:
            raise CommandIncomplete(missing="activity_text", usage="activities.record")
        day = day_in(normalise(said), now.date())
        if day is not None and day.on is None:
            raise DayNotYet(day=said[day.start : day.end])
        said = without(said, day.start, day.end) if day is not None else said
        kind, text = self.split(said)
        if not text:
            raise CommandIncomplete(missing="activity_text", usage="activities.record")
        plain = normalise(text)
        amount = amount_in(plain)
        return Done(
            kind,
            day.on if day is not None and day.on is not None else now.date(),
            text,
            amount.number if amount else None,
            amount.unit if amount else None,
            place_in(plain),
        )

    def split(self, said: str) -> tuple[str, str]:
        """The kind that it begins with, and the rest. Raises `KindUnknown`."""
        plain = normalise(said)
        if not plain:
            raise CommandIncomplete(missing="activity_text", usage="activities.record")
        named = self._kinds.named_by(plain)
        if named is None:
            near = self._kinds.near(plain)
            first = said.split(maxsplit=1)[0]
            raise KindUnknown(said=first[:20], near=near, kinds=[] if near else self.kinds)
        name, end = named
        return name, said[end:].strip(separators())

    async def enter(self, context: Context, done: Done, officer: Officer) -> Recorded:
        db, now = context.db, context.now
        alike = await self._alike(db, done, officer)
        activity = await activities.enter(db, self._community, done, by=officer, now=now)
        photos, quoted = await self._photos(context, activity)
        year = done.happened_on.replace(month=1, day=1)
        counted = await activities.count(db, self._community, year, year.replace(year=year.year + 1), kind=done.kind)
        lines = sum(one.lines for one in counted)
        return Recorded(activity, photos, quoted and not photos, lines, alike)

    async def add_photo(self, context: Context) -> Activity | None:
        """The picture that was just kept goes to the line that its sender entered in the minutes before; returns the line."""
        since = context.now - PHOTO_WAIT
        activity = await activities.last_of(context.db, self._community, context.speaker.contact, since)
        if activity is None or not await activities.take_photo(context.db, self._community, activity, context.inbox):
            return None
        return activity

    async def _photos(self, context: Context, activity: Activity) -> tuple[int, bool]:
        """Those that are quoted, else those that were sent in the minutes before; and whether anything was quoted."""
        if context.inbound.quote is None:
            since = context.inbound.at - PHOTO_WAIT
            return await activities.take_photos_before(context.db, self._community, activity, since), False
        quoted = await self._quotes.find(context)
        if quoted.inbox is None:
            return 0, True
        return int(await activities.take_photo(context.db, self._community, activity, quoted.inbox)), True

    async def _alike(self, db: Db, done: Done, officer: Officer) -> str | None:
        day = done.happened_on
        same = await activities.listed(db, self._community, day, day + timedelta(days=1), kind=done.kind)
        return next((one.number for one in same if one.done.text == done.text and one.contact == officer.contact), None)


def shown(activity: Activity, now: datetime) -> Mapping[str, Any]:
    """A line for a template."""
    done = activity.done
    return {
        "number": activity.number,
        "kind": done.kind,
        "on": moment_of(done.happened_on, now),
        "this_year": done.happened_on.year == now.year,
        "text": done.text,
        "amount": done.amount,
        "unit": done.unit,
        "place": done.place,
        "photos": activity.photos,
        "by": activity.by,
        "undone": activity.undone,
    }


def moment_of(day: date, now: datetime) -> datetime:
    """Its midnight, for filters that say a date with its weekday."""
    return midnight(day, now)
