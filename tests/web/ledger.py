"""What the tests of the ledger do again and again: file a case, press a button, look into the database."""

from __future__ import annotations

from typing import Any

from storage import audit, complaints
from storage.audit import Step
from storage.complaints import Complaint
from tests.web.client import Answer, Client
from tests.web.house import BUILDING_3, House

LAMP = "3号楼2单元三楼楼道灯坏了三天了，没人管，我电话13800001234"
FIRST = "SQ261125-01"


async def file(
    client: Client, text: str = LAMP, number: str = FIRST, *, who: str = "sim_wang", chat: str = BUILDING_3
) -> str:
    """Say it, wait until it is a case, and return the case as the page shows it."""
    assert (await client.say(chat, who, text)).status == 204
    return await client.shown(f"/parts/cases/{number}", number)


def officer(house: House, raw: str = "wx_li") -> int:
    contact = house.assistant.directory.contact(raw)
    assert contact is not None
    return contact


async def press(
    house: House, client: Client, act: str, text: str = "", *, case: int = 1, by: str = "wx_li", **more: Any
) -> Answer:
    given = {"officer": officer(house, by), "act": act, "text": text, **more}
    return await client.post(f"/cases/id/{case}/acts", **given)


async def case_and_story(house: House, case: int = 1) -> tuple[Complaint, list[Step]]:
    async with house.assistant.database.reading() as db:
        found = await complaints.by_id(db, case)
        assert found is not None
        return found, await audit.story(db, "xingfu", f"complaint:{case}")


async def state(house: House, case: int = 1) -> str:
    return (await case_and_story(house, case))[0].state


def said_to(house: House, group: str = "sim_building_3") -> list[str]:
    """What the assistant has said there."""
    return [sent.outbound.text for sent in house.simulator.sent if sent.outbound.group == group]
