"""`任务`, `完成`, `决议`: tasks with a date, given, looked at, moved and done; and their reminders."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from bot.context import Answer, Post
from bot.message import Reply
from bot.router import Router
from intents.activities.assigning import Assigning, shown
from intents.activities.reading import grammar, separators
from intents.activities.recording import MANAGING
from intents.errors import CommandIncomplete
from intents.understanding.normalise import normalise
from storage import activities, tasks
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.due import Due
from storage.tasks import MEETING, Task

router = Router("activities")
MOST_LISTED: Final = 30
LONGEST_RESULT: Final = 500
_NUMBER: Final = re.compile(rf"{tasks.PREFIX}\s?(\d{{6}})-?(\d{{2,6}})(?!\d)", re.IGNORECASE)


@router.command("activities.tasks")
async def task(
    db: Db, now: datetime, rest: str, officer: Officer, assigning: Assigning, directory: Directory
) -> Answer:
    """The open ones; with a number that one, or what is to become of it; else a new one."""
    said = rest.strip(separators())
    if not said:
        return await _open_ones(db, now, officer, directory)
    number, words = _numbered(said)
    if number is None:
        entered, told = await assigning.enter(db, assigning.read(said, officer, now, "activities.tasks"), officer, now)
        return _made(entered, told, officer, assigning, now)
    moved = _word("moved_to").match(words)
    if moved is not None:
        task, told = await assigning.move(db, number, words[moved.end() :], officer, now)
        return [Reply("activities.task_moved", shown(task, now), numbered=True), *told]
    dropped = _word("dropped").match(words)
    if dropped is not None:
        why = words[dropped.end() :].strip(separators())[:LONGEST_RESULT]
        task, told = await assigning.drop(db, number, why, officer, now)
        return [Reply("activities.task_dropped", shown(task, now)), *told]
    if words:
        raise CommandIncomplete(missing="task_change", usage="activities.tasks")
    return Reply("activities.task_shown", shown(await assigning.look(db, number, officer), now))


@router.command("activities.finish")
async def finish(db: Db, now: datetime, rest: str, officer: Officer, assigning: Assigning) -> Answer:
    number, result = _numbered(rest.strip(separators()))
    if number is None or len(result) > LONGEST_RESULT:
        missing = "task_number" if number is None else "result"
        raise CommandIncomplete(missing=missing, usage="activities.finish")
    task, told = await assigning.finish(db, number, result, officer, now)
    return [Reply("activities.task_done", shown(task, now)), *told]


@router.command("activities.resolve")
async def resolve(
    db: Db, now: datetime, rest: str, officer: Officer, assigning: Assigning, directory: Directory
) -> Answer:
    """A resolution of a meeting; it comes from the meeting that this person entered for today, where there is one."""
    said = rest.strip(separators())
    if not said:
        raise CommandIncomplete(missing="task_text", usage="activities.resolve")
    wanted = assigning.read(said, officer, now, "activities.resolve")
    meeting = await _meeting_of_today(db, now, officer, directory)
    entered, told = await assigning.enter(db, wanted, officer, now, MEETING, meeting)
    return _made(entered, told, officer, assigning, now)


@router.due(tasks.KIND)
async def remind(db: Db, due: Due, now: datetime, assigning: Assigning, directory: Directory) -> Answer:
    task = await tasks.by_id(db, directory.community, int(due.subject))
    return [*assigning.remind(task, due.data["step"], now)] if task is not None else []


async def _open_ones(db: Db, now: datetime, officer: Officer, directory: Directory) -> Reply:
    """One's own first; those of others only for who gives tasks."""
    found = await tasks.open_ones(db, directory.community)
    mine = [one for one in found if one.officer == officer.contact]
    manages = officer.role in MANAGING
    others = [one for one in found if one not in mine and (manages or one.maker == officer.contact)]
    left = MOST_LISTED - len(mine[:MOST_LISTED])
    params = {
        "mine": [shown(one, now) for one in mine[:MOST_LISTED]],
        "others": [shown(one, now) for one in others[:left]],
        "all": len(mine) + len(others),
        "late": sum(one.is_overdue(now.date()) for one in (*mine, *others)),
    }
    return Reply("activities.tasks", params)


def _made(task: Task, told: list[Post], officer: Officer, assigning: Assigning, now: datetime) -> Answer:
    params = {**shown(task, now), "own": task.officer == officer.contact, "morning": f"{assigning.morning:%H:%M}"}
    return [Reply("activities.task_made", params, numbered=True), *told]


async def _meeting_of_today(db: Db, now: datetime, officer: Officer, directory: Directory) -> str | None:
    today = now.date()
    lines = await activities.listed(db, directory.community, today, today + timedelta(days=1))
    meetings = grammar()["meetings"].split()
    own = (one.number for one in lines if one.contact == officer.contact and one.done.kind in meetings)
    return next(own, None)


def _numbered(said: str) -> tuple[str | None, str]:
    """The number that it begins with, and what follows."""
    match = _NUMBER.match(said) or _NUMBER.match(normalise(said))
    if match is None:
        return None, said
    return f"{tasks.PREFIX}{match[1]}-{match[2]}", match.string[match.end() :].strip(separators())


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(grammar()[name])
