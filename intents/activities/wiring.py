"""How the parts of activities are put together: used by `bot.app` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intents.activities.agenda_file import Headings
from intents.activities.assigning import Assigning
from intents.activities.kinds import Kinds
from intents.activities.reading import separators
from intents.activities.recording import Recording
from intents.house import House
from storage.base import Db


def activity_services(house: House) -> Mapping[str, Any]:
    """What the handlers of activities may ask for by name."""
    community, settings = house.directory.community, house.settings
    return {
        "recording": Recording(community, Kinds(settings.activities.kinds, separators()), house.quotes),
        "assigning": Assigning(community, house.directory, house.calendar, settings.desk.morning),
        "headings": Headings(house.replies, settings.community.name),
    }


async def rebuild(db: Db, services: Mapping[str, Any], now: datetime) -> None:
    """Nothing here is expected of anybody but what the tables tell when a message comes."""
