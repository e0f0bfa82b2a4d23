"""How the parts of notices are put together: used by `bot.app` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intents.groups import Groups
from intents.house import House
from intents.notices.broadcasting import Broadcasting
from intents.notices.receipts import Receipts
from intents.notices.rhythms import Rhythms
from storage.base import Db


def notice_services(house: House) -> Mapping[str, Any]:
    """What the handlers of notices may ask for by name."""
    groups, receipts = Groups(house.directory, house.settings.groups), Receipts()
    return {
        "groups": groups,
        "receipts": receipts,
        "rhythms": Rhythms(house, groups),
        "broadcasting": Broadcasting(house.settings, house.directory, groups, house.replies, receipts, house.posting),
    }


async def rebuild(db: Db, services: Mapping[str, Any], now: datetime) -> None:
    """At start: what is expected of whom, from the tables."""
    await services["receipts"].rebuild(db, services["directory"].community, now)
    await services["rhythms"].plan(db, now)
