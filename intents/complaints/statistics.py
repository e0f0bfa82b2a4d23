"""`统计 周期`: the rates of a period, each with what it is a part of."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Answer
from bot.message import Reply
from bot.router import Router
from intents.errors import CommandIncomplete
from intents.understanding.period import period
from storage.accounts import Directory
from storage.base import Db
from storage.rates import rates

router = Router("complaints")


@router.command("complaints.statistics")
async def statistics(db: Db, now: datetime, rest: str, directory: Directory) -> Answer:
    """Of this month where no period is named. Of a period that is not over, up to today."""
    asked = period(rest, now)
    if asked is None:
        raise CommandIncomplete(missing="period", usage="complaints.statistics")
    counted = await rates(db, directory.community, asked.start, asked.end, now)
    last = asked.end - timedelta(days=1)
    return Reply(
        "complaints.statistics",
        {"rates": counted, "first": asked.start, "last": min(last, now) if asked.start <= now else last},
    )
