"""A task from free words: what, who, until which day. And who is told of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final

from bot.context import Post
from intents.activities.reading import grammar, separators, spelled, without, words_of
from intents.activities.recording import MANAGING, moment_of
from intents.errors import CommandIncomplete, NameNotUnique, NotYourTask, TaskUnknown
from intents.understanding.names import name as a_name
from intents.understanding.normalise import normalise
from intents.understanding.until import until
from intents.understanding.when import whens
from scheduler.calendar import Calendar
from storage import tasks
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.tasks import BEFORE, OTHER, Task, Wanted

LONGEST: Final = 300
LONGEST_NAME: Final = 20


@dataclass(frozen=True, slots=True)
class _Charge:
    """Who sees to it: one of the staff, or somebody of whom only the name is known."""

    officer: Officer | None
    name: str


class Assigning:
    """`morning`: when reminders are said."""

    def __init__(self, community: str, directory: Directory, calendar: Calendar, morning: time) -> None:
        self._community = community
        self._directory = directory
        self._calendar = calendar
        self.morning = morning

    def read(self, words: str, by: Officer, now: datetime, usage: str) -> Wanted:
        """`文字 姓名 日期`, in whatever order; without a name it is one's own. Raises `CommandIncomplete`."""
        due_on, said = _day(spelled(words), now, self._calendar)
        if due_on is None:
            raise CommandIncomplete(missing="task_day", usage=usage)
        charge, text = self._charge(said, by)
        if not text or len(text) > LONGEST:
            raise CommandIncomplete(missing="task_text", usage=usage)
        return Wanted(text, due_on, charge.officer.contact if charge.officer else None, charge.name)

    async def enter(
        self, db: Db, wanted: Wanted, by: Officer, now: datetime, source: str = OTHER, reference: str | None = None
    ) -> tuple[Task, list[Post]]:
        """With a word to whoever else has to see to it."""
        wanted = replace(wanted, source=source, reference=reference)
        task = await tasks.enter(db, self._community, wanted, by=by, now=now, morning=self.morning)
        return task, self._tell(task, by, now, "activities.task_for_you")

    async def finish(self, db: Db, number: str, result: str, by: Officer, now: datetime) -> tuple[Task, list[Post]]:
        await self._check_open(db, number, by)
        done = await tasks.finish(db, self._community, number, result=result, by=by, now=now)
        return self._ended(done, number, by, now)

    async def drop(self, db: Db, number: str, why: str, by: Officer, now: datetime) -> tuple[Task, list[Post]]:
        await self._check_open(db, number, by)
        dropped = await tasks.drop(db, self._community, number, why=why, by=by, now=now)
        return self._ended(dropped, number, by, now)

    async def move(self, db: Db, number: str, words: str, by: Officer, now: datetime) -> tuple[Task, list[Post]]:
        await self._check_open(db, number, by)
        due_on, _ = _day(spelled(words), now, self._calendar)
        if due_on is None:
            raise CommandIncomplete(missing="task_day", usage="activities.tasks")
        moved = await tasks.postpone(db, self._community, number, due_on, by=by, now=now, morning=self.morning)
        if moved is None:
            raise TaskUnknown(number=number, state=None)
        return moved, self._tell(moved, by, now, "activities.task_moved_for_you")

    async def look(self, db: Db, number: str, by: Officer) -> Task:
        """The task, where it is this person's business. Raises `TaskUnknown` or `NotYourTask`."""
        task = await tasks.by_number(db, self._community, number)
        if task is None:
            raise TaskUnknown(number=number, state=None)
        if by.role not in MANAGING and by.contact not in (task.officer, task.maker):
            raise NotYourTask(number=number)
        return task

    async def _check_open(self, db: Db, number: str, by: Officer) -> None:
        task = await self.look(db, number, by)
        if task.state != tasks.OPEN:
            raise TaskUnknown(number=number, state=task.state)

    def remind(self, task: Task, step: str, now: datetime) -> list[Post]:
        """The officer, whoever covers for them, else who gave the task."""
        told = self._directory.on_duty(task.officer, now) or self._directory.on_duty(task.maker, now)
        if told is None or task.state != tasks.OPEN:
            return []
        key = "activities.task_soon" if step == BEFORE else "activities.task_overdue"
        params = {**shown(task, now), "own": told.contact == task.officer}
        return [Post(key, params, contact=told.contact, kind="reminder", about=f"task:{task.id}")]

    def _ended(self, task: Task | None, number: str, by: Officer, now: datetime) -> tuple[Task, list[Post]]:
        if task is None:  # somebody else was faster
            raise TaskUnknown(number=number, state=None)
        told = {task.maker, task.officer} - {by.contact, None}
        params = {**shown(task, now), "by": by.name}
        staff = [one for one in self._directory.officers if one in told]
        return task, [Post("activities.task_ended", params, contact=one, kind="reminder") for one in staff]

    def _tell(self, task: Task, by: Officer, now: datetime, key: str) -> list[Post]:
        officer = self._directory.officers.get(task.officer or 0)
        if officer is None or officer.contact == by.contact:
            return []
        return [Post(key, {**shown(task, now), "by": by.name}, contact=officer.contact, kind="reminder")]

    def _charge(self, said: str, by: Officer) -> tuple[_Charge, str]:
        """Whoever of the staff is named, else a person or an office, named last; else who says it. And the other words."""
        parts = list(words_of(said))
        for part in reversed(parts):
            name = _without_title(part[0])
            officer = by if name in grammar()["me"].split() else self._officer(name)
            if officer is not None:
                return _Charge(officer, officer.name), without(said, *part.span())
        last = _without_title(parts[-1][0]) if parts else ""
        if len(parts) > 1 and _is_called_so(last):
            return _Charge(None, last), without(said, *parts[-1].span())
        return _Charge(by, by.name), said

    def _officer(self, name: str) -> Officer | None:
        found = [one for one in self._directory.officers.values() if one.name == name]
        if len(found) > 1:
            raise NameNotUnique(name=name)
        return found[0] if found else None


def shown(task: Task, now: datetime) -> Mapping[str, Any]:
    """A task for a template."""
    return {
        "number": task.number,
        "text": task.text,
        "officer": task.officer_name,
        "on_staff": task.officer is not None,
        "due_on": moment_of(task.due_on, now),
        "late": max((now.date() - task.due_on).days, 0) if task.state == tasks.OPEN else 0,
        "state": task.state,
        "source": task.source,
        "reference": task.reference,
        "made_by": task.made_by,
        "ended_by": task.ended_by,
        "ended_at": task.ended_at,
        "result": task.result,
    }


def _day(said: str, now: datetime, calendar: Calendar) -> tuple[date | None, str]:
    """The last word that is a day to come, else one that the whole begins with; and the other words."""
    parts = list(words_of(said))
    for read in (_until, _when):
        for part in reversed(parts):
            day = read(part[0], now, calendar)
            if day is not None:
                return day, without(said, *part.span())
    found = until(said, now, is_working=calendar.is_working)
    return (found[0].date(), found[1]) if found is not None else (None, said)


def _until(word: str, now: datetime, calendar: Calendar) -> date | None:
    found = until(word, now, is_working=calendar.is_working)
    return found[0].date() if found is not None and not found[1] else None


def _when(word: str, now: datetime, calendar: Calendar) -> date | None:
    """A feast and the like, where only one day can be meant."""
    found = whens(word, now, calendar)
    if len(found) != 1 or not found[0].dated or found[0].others:
        return None
    start, end = found[0].span
    rest = normalise(word)[end:]
    whole = start == 0 and _before().fullmatch(rest) is not None
    return found[0].start.date() if whole and found[0].start.date() >= now.date() else None


@cache
def _before() -> re.Pattern[str]:
    return re.compile(grammar()["before"])


@cache
def _in_charge() -> re.Pattern[str]:
    return re.compile(rf"^{grammar()['in_charge']}")


def _without_title(part: str) -> str:
    return _in_charge().sub("", normalise(part)).strip(separators())


def _is_called_so(part: str) -> bool:
    if len(part) > LONGEST_NAME:
        return False
    return a_name(part, bare=True) == part or part.endswith(tuple(grammar()["offices"].split()))
