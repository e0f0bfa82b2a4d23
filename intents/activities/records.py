"""`记一笔`: what staff did beside the chat, one line each; `撤记` takes one back; a picture sent beside it belongs to it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from bot.context import Answer, Context, Post
from bot.filters import When, private
from bot.message import File, Reply
from bot.router import Router
from intents.activities.reading import separators
from intents.activities.recording import MANAGING, RECORDING, Recording, moment_of, shown
from intents.errors import CommandIncomplete, KindUnknown, LineUnknown
from intents.understanding.normalise import normalise
from intents.understanding.period import Period, period
from storage import activities
from storage.accounts import Directory, Officer
from storage.activities import Activity
from storage.base import Db

router = Router("activities")
MOST_LISTED: Final = 15
MOST_PICTURES: Final = 9
_NUMBER: Final = re.compile(rf"{activities.PREFIX}(\d{{6}})-?(\d{{2,6}})", re.IGNORECASE)
_PNG: Final = b"\x89PNG"


@router.command("activities.record")
async def record(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, recording: Recording, directory: Directory
) -> Answer:
    """A line to enter; a line's number shows it whole, a period lists it, nothing shows the kinds and what today has."""
    said = rest.strip(separators())
    if not said:
        return await _today(db, now, recording, directory)
    number = _number(said)
    if number is not None:
        return await _whole(db, now, number, officer, directory)
    asked, kind = _period(said, recording, now)
    if asked is not None:
        return await _list(db, now, asked, kind, directory)
    recorded = await recording.enter(context, recording.read(said, now), officer)
    line = shown(recorded.activity, now)
    params = {
        "photos": recorded.photos,
        "no_photo_quoted": recorded.no_photo_quoted,
        "count": recorded.count,
        "alike": recorded.alike,
    }
    return Reply("activities.recorded", {**line, **params}, numbered=True)


@router.command("activities.record_undo")
async def record_undo(db: Db, now: datetime, rest: str, officer: Officer, directory: Directory) -> Answer:
    number = _number(rest.strip(separators()))
    if number is None:
        raise CommandIncomplete(missing="activity_number", usage="activities.record_undo")
    await _of(db, number, officer, directory)
    undone = await activities.undo(db, directory.community, number, by=officer, now=now)
    if undone is None:
        raise LineUnknown(number=number, undone=True)
    return Reply("activities.record_undone", shown(undone, now))


@router.on(When(private), When(lambda context: context.inbound.picture is not None and _is_officer(context)))
async def photo(context: Context, now: datetime, recording: Recording) -> Answer:
    """A picture that no case took: it shows what was done, or what will be entered next."""
    activity = await recording.add_photo(context)
    if activity is not None:
        return Reply("activities.photo_kept", shown(activity, now))
    officer = context.speaker.officer
    role = officer.role if officer is not None else None
    return Reply("activities.photo_alone", {"records": role in RECORDING, "notices": role in MANAGING})


async def _today(db: Db, now: datetime, recording: Recording, directory: Directory) -> Reply:
    today = now.date()
    lines = await activities.listed(db, directory.community, today, today + timedelta(days=1))
    params = {"kinds": recording.kinds, "today": now, "all": len(lines)}
    return Reply("activities.today", {**params, "lines": [shown(one, now) for one in lines[:MOST_LISTED]]})


async def _list(db: Db, now: datetime, asked: Period, kind: str | None, directory: Directory) -> Reply:
    first, after = asked.start.date(), asked.end.date()
    counted = await activities.count(db, directory.community, first, after, kind=kind)
    lines = await activities.listed(db, directory.community, first, after, kind=kind, limit=MOST_LISTED)
    params = {
        "first": asked.start,
        "last": moment_of(min(after - timedelta(days=1), max(now.date(), first)), now),
        "kind": kind,
        "counted": [{"kind": one.kind, "lines": one.lines, "sums": one.sums} for one in counted],
        "all": sum(one.lines for one in counted),
        "lines": [shown(one, now) for one in lines],
    }
    return Reply("activities.listed", params)


async def _whole(db: Db, now: datetime, number: str, officer: Officer, directory: Directory) -> Answer:
    """With its pictures, as files."""
    activity = await _of(db, number, officer, directory)
    found = (await activities.pictures(db, directory.community, activity.id))[:MOST_PICTURES]
    files = [File(f"{number}-{place}.{_ending(content)}", content) for place, content in enumerate(found, start=1)]
    posts = [
        Post("activities.another_photo", {"number": number}, contact=officer.contact, kind="reply", file=file)
        for file in files[1:]
    ]
    return [Reply("activities.shown", shown(activity, now), file=files[0] if files else None), *posts]


async def _of(db: Db, number: str, officer: Officer, directory: Directory) -> Activity:
    """The line, where it is this person's business."""
    activity = await activities.by_number(db, directory.community, number)
    if activity is None or (officer.role not in MANAGING and activity.contact != officer.contact):
        raise LineUnknown(number=number, undone=False)
    return activity


def _period(said: str, recording: Recording, now: datetime) -> tuple[Period | None, str | None]:
    """`本月`, and `走访 本月`."""
    asked = period(said, now)
    if asked is not None:
        return asked, None
    try:
        kind, rest = recording.split(said)
    except KindUnknown:
        return None, None
    return (period(rest, now) if rest else None), kind


def _number(said: str) -> str | None:
    match = _NUMBER.fullmatch(normalise(said).strip())
    return f"{activities.PREFIX}{match[1]}-{match[2]}" if match else None


def _ending(content: bytes) -> str:
    return "png" if content.startswith(_PNG) else "jpg"


def _is_officer(context: Context) -> bool:
    return context.speaker.officer is not None
