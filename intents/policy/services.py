"""Services done: `办 居住证明 3-2-501` counts one for the yearly report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering as InDialog
from bot.filters import When, private
from bot.message import Reply
from bot.router import Router
from intents.confirming import in_private
from intents.errors import CommandIncomplete, ServiceUnknown
from intents.policy.answering import LONGEST_CHOICE
from intents.policy.knowledge import Knowledge
from intents.replies import Official
from intents.understanding.address import Address, addresses
from intents.understanding.digits import digit_of
from intents.understanding.normalise import normalise
from storage import audit, services
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.policy import Entry
from storage.policy_entry import Kind
from storage.services import Door

router = Router("policy")
WHICH_DIALOG: Final = "policy.which_service"
WAIT: Final = timedelta(minutes=30)
MOST_OFFERED: Final = 5
NEAR: Final = 0.4
"""Enough to be asked about."""
_BRACKETS: Final = re.compile("[(\uff08][^()\uff08\uff09]*[)\uff09]$")
_NUMBER: Final = re.compile(rf"{services.PREFIX}\d{{6}}-\d{{2,6}}", re.IGNORECASE)


@router.command("policy.service")
async def service(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    knowledge: Knowledge,
    directory: Directory,
    dialogs: Dialogs,
) -> Answer:
    """One service done for a household, by the guide's own name; what is near it is asked about, never counted unseen."""
    text = normalise(rest)
    found = addresses(text)
    address = found[0].address if found else Address()
    name = (text[: found[0].start] + text[found[0].end :] if found else text).strip(" ,:;")
    if not name:
        raise CommandIncomplete(missing="service", usage="policy.service")
    await knowledge.refresh(db)
    guides = _guides(knowledge, name)
    if not guides:
        raise ServiceUnknown(name=name[:20], today=None, number=None)
    if len(guides) > 1 or not _is_called(guides[0], name):
        return await _which(context, dialogs, guides, name, address)
    return await _enter(db, now, guides[0], address, officer, directory.community)


async def _which(context: Context, dialogs: Dialogs, guides: Sequence[Entry], name: str, address: Address) -> Reply:
    titles = [Official(entry.draft.title) for entry in guides]
    shown = Reply("policy.service_which", {"name": name[:20], "titles": titles, "door": address.building is not None})
    if address.building is None:
        return shown
    data = {
        "entries": [entry.id for entry in guides],
        "building": address.building,
        "unit": address.unit,
        "room": address.room,
    }
    where = in_private(context)
    await dialogs.ask(context.db, where, WHICH_DIALOG, data, now=context.now, wait=WAIT, longest=LONGEST_CHOICE)
    return replace(shown, private=True)


@router.on(When(private), InDialog(WHICH_DIALOG), When(lambda context: digit_of(context.text) is not None))
async def chosen(
    context: Context,
    db: Db,
    now: datetime,
    dialog: Dialog,
    dialogs: Dialogs,
    knowledge: Knowledge,
    directory: Directory,
) -> Answer:
    officer, data, digit = context.speaker.officer, dialog.data, digit_of(context.text) or 0
    if officer is None:
        return Pass()
    if not 1 <= digit <= len(data["entries"]):
        return Reply("policy.which_digit", {"most": len(data["entries"])})
    await dialogs.close(db, context.conversation)
    await knowledge.refresh(db)
    entry = knowledge.get(int(data["entries"][digit - 1]))
    if entry is None:
        return Reply("policy.gone")
    address = Address(data["building"], data["unit"], data["room"])
    return await _enter(db, now, entry, address, officer, directory.community)


async def _enter(db: Db, now: datetime, entry: Entry, address: Address, officer: Officer, community: str) -> Reply:
    """The same for the same door on one day is one, unless staff take the first back."""
    if address.building is None:
        raise CommandIncomplete(missing="service_address", usage="policy.service")
    door = Door(address.building, address.unit, address.room)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    # without a door nothing tells whether it is the same household
    before = await services.same(db, community, entry.id, door, midnight) if door.room else None
    if before is not None:
        raise ServiceUnknown(name=before.name, today=before.number, number=None)
    title = entry.draft.title
    row = await services.enter(
        db, community, entry.id, title, door, contact=officer.contact, by=officer.name, day=f"{now:%y%m%d}", now=now
    )
    await audit.note(
        db, community, at=now, contact=officer.contact, actor=officer.role, verb="policy.service", subject=row.number
    )
    this_year = await services.count(db, community, midnight.replace(month=1, day=1), None, entry.id)
    counted = sum(this_year.values())
    return Reply("policy.service_done", {"number": row.number, "name": title, "door": door, "count": counted})


@router.command("policy.service_undo")
async def service_undo(db: Db, now: datetime, rest: str, officer: Officer, directory: Directory) -> Answer:
    named = _NUMBER.search(normalise(rest))
    if named is None:
        raise CommandIncomplete(missing="service_number", usage="policy.service_undo")
    row = await services.by_number(db, directory.community, named[0].upper())
    if row is None or row.undone_at is not None:
        raise ServiceUnknown(name="", today=None, number=named[0].upper())
    row.undone_at = now
    await audit.note(
        db,
        directory.community,
        at=now,
        contact=officer.contact,
        actor=officer.role,
        verb="policy.service_undo",
        subject=row.number,
    )
    return Reply("policy.service_undone", {"number": row.number, "name": row.name})


def _guides(knowledge: Knowledge, name: str) -> list[Entry]:
    """The guides that may be meant: the one of just this name, else those whose name holds it, then what is found by it."""
    guides = [entry for entry in knowledge.entries() if entry.draft.kind == Kind.GUIDE]
    called = [entry for entry in guides if normalise(entry.draft.title).strip() == name]
    called = called or [entry for entry in guides if _is_called(entry, name)]
    if called:
        return called[:MOST_OFFERED]
    holding = sorted(
        (entry for entry in guides if name in normalise(entry.draft.title)),
        key=lambda entry: (len(entry.draft.title), entry.number),
    )
    hits = knowledge.find(name)
    found = dict.fromkeys(hit.entry for hit in hits.hits) if hits.confidence >= NEAR else ()
    near = [entry for one in found if (entry := knowledge.get(one)) and entry.draft.kind == Kind.GUIDE]
    return [*holding, *(entry for entry in near if entry not in holding)][:MOST_OFFERED]


def _is_called(entry: Entry, name: str) -> bool:
    """By its title, or by that without what stands in brackets after it."""
    title = normalise(entry.draft.title).strip()
    return name in (title, _BRACKETS.sub("", title).strip())
