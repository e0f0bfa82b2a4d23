"""A notice as staff see it: how far it has got, where it failed, who answered."""

from __future__ import annotations

from typing import Any

from intents.notices.broadcasting import Shown
from storage import broadcasts, receipts
from storage.accounts import Directory
from storage.base import Db
from storage.broadcasts import Fate, State

LONGEST_LINE = 24


def progress(shown: Shown) -> str:
    """In one word: what staff decided, else how far it has got."""
    if shown.state != State.RUNNING:
        return str(shown.state)
    return "running" if shown.count(Fate.WAITING, Fate.HELD) else "done"


def listed(shown: Shown) -> dict[str, Any]:
    return {
        "number": shown.number,
        "state": progress(shown),
        "at": shown.at,
        "by": shown.by,
        "text": " ".join(shown.text.split())[:LONGEST_LINE],
        "groups": len(shown.told),
        "sent": shown.count(Fate.SENT),
        "waiting": shown.count(Fate.WAITING, Fate.HELD),
        "failed": shown.count(Fate.FAILED),
        "uncertain": shown.count(Fate.UNCERTAIN),
        "called_off": shown.count(Fate.CALLED_OFF),
    }


async def whole(db: Db, shown: Shown, directory: Directory) -> dict[str, Any]:
    def names(*fates: Fate) -> list[str]:
        return [directory.group_name(group) for group in shown.groups(*fates)]

    answered = await receipts.of(db, shown.id)
    each, _ = await broadcasts.people_in(db, [one.group for one in shown.told])
    return {
        **listed(shown),
        "text": shown.text,
        "agreed": shown.agreed,
        "has_file": shown.has_file,
        "failed_in": names(Fate.FAILED),
        "uncertain_in": names(Fate.UNCERTAIN),
        "waiting_in": names(Fate.WAITING, Fate.HELD),
        "called_off_in": names(Fate.CALLED_OFF),
        "expired_in": names(Fate.EXPIRED),
        "forgotten": shown.count(Fate.FORGOTTEN),
        "receipt_until": shown.receipt_until,
        "answered": sum(len(people) for people in answered.values()),
        "receipts": [
            {
                "group": directory.group_name(one.group),
                "people": each.get(one.group, 0),
                "names": [directory.name_in(one.group, contact) for contact in answered.get(one.group, ())],
            }
            for one in shown.told
        ],
    }
