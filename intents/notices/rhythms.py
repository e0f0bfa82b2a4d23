"""Rhythms of the configuration: what is said every week, month and year, to groups or to staff in private.

A rhythm has one due row, its next, and that plans the one after. One that is late within the same day is still said, later it is
skipped. One of sessions looks every day at its hour; what it says late is of use until the session begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.context import Answer, Command, Post
from bot.message import Reply
from bot.router import Router
from bot.settings import RhythmFact
from intents.groups import Groups
from intents.house import House
from intents.notices import of_sessions
from intents.notices.of_sessions import Held
from intents.replies import Official
from scheduler.calendar import Calendar
from scheduler.rhythm import Moment, Rhythm, next_moments
from scheduler.rhythm_text import filled, parse
from storage import due
from storage.accounts import Officer
from storage.base import Db
from storage.due import Due

router = Router("notices")
KIND: Final = "notices.rhythm"
SHOWN: Final = 5
STUDY_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATEST: Final = time(21, 0)
"""What should have been said in the morning may still be said until then."""
EVENING: Final = time(19, 0)
OVER_NIGHT: Final = timedelta(hours=14)
"""What falls into the evening may wait for the end of quiet hours."""
LONGEST_USE: Final = timedelta(days=1)
MOST_A_DAY: Final = 3
FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Coming:
    """A rhythm's next time, as staff read it. `certain`: it moves no more when days off are published."""

    at: datetime
    about: date
    festival: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    name: str
    when: str
    coming: list[Coming]
    groups: list[str]
    roles: tuple[str, ...]
    unknown: tuple[str, ...]
    """Groups and tags of the configuration that no group of today has."""
    is_of_sessions: bool = False

    @property
    def is_certain(self) -> bool:
        return all(coming.certain for coming in self.coming)


class Rhythms:
    """`runs`: whether the rhythms of the configuration run here."""

    def __init__(self, house: House, groups: Groups) -> None:
        self._community = house.directory.community
        self._directory = house.directory
        self._calendar: Calendar = house.calendar
        self._groups = groups
        self._word = house.replies.word
        self._runs = house.rhythms
        self._study_facts = house.settings.policy.study
        self._facts = {fact.name: fact for fact in house.settings.rhythms if fact.enabled}
        self._rhythms: Mapping[str, Rhythm] = {name: parse(fact.when) for name, fact in self._facts.items()}

    # Staff look at them

    async def outlook(self, db: Db, now: datetime) -> list[Outlook]:
        """Every rhythm, the one that comes first before the others."""
        found = [await self._look(db, name, now) for name in self._facts]
        found.append(self._study(now))
        return sorted(
            found, key=lambda one: one.coming[0].at if one.coming else datetime.max.replace(tzinfo=now.tzinfo)
        )

    def named(self, said: str) -> list[str]:
        """The rhythms that staff may mean."""
        names = (*self._facts, self._word("rhythm.study"))
        return [name for name in names if name == said] or [name for name in names if said in name]

    async def one(self, db: Db, name: str, now: datetime) -> tuple[Outlook, str]:
        """A rhythm, and what it will say next."""
        if name not in self._facts:
            return self._study(now), ""
        fact, rhythm = self._facts[name], self._rhythms[name]
        look = await self._look(db, name, now)
        if rhythm.is_of_sessions:
            held = await self._held(db, rhythm, now, now, now + FURTHEST)
            return look, self._words(fact, held[0].moment, held[0]) if held else ""
        moments = next_moments(rhythm, now, self._calendar, 1)
        return look, self._words(fact, moments[0]) if moments else ""

    async def _look(self, db: Db, name: str, now: datetime) -> Outlook:
        fact, rhythm = self._facts[name], self._rhythms[name]
        if rhythm.is_of_sessions:
            moments = [one.moment for one in await self._held(db, rhythm, now, now, now + FURTHEST)][:SHOWN]
        else:
            moments = next_moments(rhythm, now, self._calendar, SHOWN)
        groups, unknown = self._meant(fact)
        names = [self._directory.group_name(one) for one in groups]
        coming = self._coming(rhythm, moments)
        return Outlook(name, fact.when, coming, names, fact.to.staff, unknown, rhythm.is_of_sessions)

    def _coming(self, rhythm: Rhythm, moments: Sequence[Moment]) -> list[Coming]:
        return [Coming(one.at, one.about, one.name, rhythm.is_certain(one, self._calendar)) for one in moments]

    def _study(self, now: datetime) -> Outlook:
        """The weekly page of questions comes round of itself; its dates stand with the others."""
        weekday = self._word(f"weekday.{STUDY_DAYS.index(self._study_facts.weekday)}")
        when = self._word("rhythm.weekly").format(weekday=weekday, at=f"{self._study_facts.at:%H:%M}")
        rhythm = parse(when)
        coming = self._coming(rhythm, next_moments(rhythm, now, self._calendar, SHOWN))
        return Outlook(self._word("rhythm.study"), when, coming, [], ("admin", "worker"), ())

    # They come round

    async def plan(self, db: Db, now: datetime) -> None:
        """The next of each; what another configuration planned, or another calendar, is called off."""
        await due.cancel(db, self._community, KIND, later_than=now if self._runs else None)
        for name in self._facts if self._runs else ():
            await self._plan_next(db, name, now, now)

    async def plan_after(self, db: Db, row: Due, now: datetime) -> None:
        """One that was not said in time, or could not be: it comes round again."""
        if row.kind == KIND and self._runs:
            await self._plan_next(db, row.subject, row.due_at, now)

    async def say(self, db: Db, row: Due, now: datetime) -> list[Post]:
        await self._plan_next(db, row.subject, row.due_at, now)
        fact = self._facts.get(row.subject)
        if fact is None or not self._runs:
            return []
        at = row.due_at.astimezone(now.tzinfo)
        if self._rhythms[fact.name].is_of_sessions:
            return await self._say_of_sessions(db, fact, at, now)
        moments = next_moments(self._rhythms[fact.name], at - timedelta(seconds=1), self._calendar, 1)
        if not moments or moments[0].at != at:
            return []
        return self._posts(fact, self._words(fact, moments[0]), row.expires_at, now)

    async def _say_of_sessions(self, db: Db, fact: RhythmFact, at: datetime, now: datetime) -> list[Post]:
        """What should have been said since the row fell due, where nothing ran then, is said as long as it is of use."""
        posts: list[Post] = []
        rhythm = self._rhythms[fact.name]
        for one in await self._held(db, rhythm, now, at - timedelta(seconds=1), max(at, now)):
            posts += self._posts(fact, self._words(fact, one.moment, one), one.session.plan.starts_at, now)
        return posts

    async def _held(self, db: Db, rhythm: Rhythm, now: datetime, after: datetime, until: datetime) -> list[Held]:
        return await of_sessions.held(db, self._community, rhythm, self._calendar, now, after=after, until=until)

    def _posts(self, fact: RhythmFact, text: str, until: datetime | None, now: datetime) -> list[Post]:
        params = {"name": fact.name, "text": Official(text)}
        groups, _ = self._meant(fact)
        said = [Post("notices.rhythm", params, group=group, kind="notice", expires_at=until) for group in groups]
        return said + [
            Post("notices.rhythm.staff", params, contact=officer.contact, kind="reminder", expires_at=until)
            for officer in self._officers(fact, now)
        ]

    async def _plan_next(self, db: Db, name: str, last: datetime, now: datetime) -> None:
        """The first after `last` that is still of use: of a week that nothing ran, today's."""
        rhythm = self._rhythms.get(name)
        if rhythm is None:
            return
        if rhythm.is_of_sessions:
            look = of_sessions.next_look(rhythm, max(last.astimezone(now.tzinfo), now))
            await due.plan(db, self._community, KIND, name, look)
            return
        since = max(last.astimezone(now.tzinfo), now - LONGEST_USE)
        for moment in next_moments(rhythm, since, self._calendar, MOST_A_DAY):
            until = _use_of(moment.at)
            if until > now:
                await due.plan(db, self._community, KIND, name, moment.at, expires_at=until)
                return

    def _meant(self, fact: RhythmFact) -> tuple[list[int], tuple[str, ...]]:
        """The groups of a rhythm, by name and by tag, and which of these nobody has."""
        notes = self._groups.all()
        wanted, found = (*fact.to.groups, *fact.to.tags), dict[int, None]()
        unknown = []
        for word in wanted:
            theirs = [
                note.id
                for note in notes
                if (word in fact.to.groups and note.name == word) or (word in fact.to.tags and word in note.tags)
            ]
            found.update(dict.fromkeys(theirs))
            if not theirs:
                unknown.append(word)
        return list(found), tuple(unknown)

    def _officers(self, fact: RhythmFact, now: datetime) -> Sequence[Officer]:
        return [
            officer
            for officer in self._directory.officers.values()
            if officer.role in fact.to.staff and not officer.is_away(now)
        ]

    def _words(self, fact: RhythmFact, moment: Moment, held: Held | None = None) -> str:
        return filled(
            fact.say.strip(),
            about=self._day(moment.about),
            today=self._day(moment.at.date()),
            festival=moment.name,
            name=fact.name,
            **(held.said(self._word) if held is not None else {}),
        )

    def _day(self, day: date) -> str:
        """A date always carries its weekday."""
        weekday = self._word(f"weekday.{day.weekday()}")
        return self._word("day").format(month=day.month, day=day.day, weekday=weekday)


def _use_of(at: datetime) -> datetime:
    """Until when it is worth saying: that evening."""
    return at + OVER_NIGHT if at.time() >= EVENING else datetime.combine(at.date(), LATEST, at.tzinfo)


@router.due(KIND)
async def rhythm(db: Db, due: Due, now: datetime, rhythms: Rhythms) -> Answer:
    return [*await rhythms.say(db, due, now)]


@router.command("notices.rhythms")
async def show(command: Command, db: Db, now: datetime, rhythms: Rhythms) -> Answer:
    """The next dates of all, or of one with its words."""
    said = command.rest.strip()
    names = rhythms.named(said)
    if said and len(names) != 1:
        return Reply("notices.rhythms.which", {"name": said, "names": names or rhythms.named("")}, private=True)
    if said:
        outlook, text = await rhythms.one(db, names[0], now)
        params = {"one": outlook, "text": text, "year": now.year, "unsure": not outlook.is_certain}
        return Reply("notices.rhythms.one", params, private=True)
    outlooks = await rhythms.outlook(db, now)
    unsure = not all(outlook.is_certain for outlook in outlooks)
    return Reply("notices.rhythms", {"all": outlooks, "year": now.year, "unsure": unsure}, private=True)
