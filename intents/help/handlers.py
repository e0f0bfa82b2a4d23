"""Help for residents and staff, and the answer when nothing else fits."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.context import Answer, Context, Post, Speaker
from bot.dialog import Dialogs
from bot.filters import Intent, When, private
from bot.message import Conversation, Inbound, Reply
from bot.router import Router
from bot.settings import Settings
from intents.confirming import in_private, waiting, waits
from intents.grid_members import grid_members
from intents.help.courtesies import is_courtesy
from intents.help.handbook import Handbook
from intents.help.why import Why
from storage import accounts
from storage.accounts import Directory, Officer
from storage.base import Db

router = Router("help")
GRID: Final = "help.human.grid"
ASKS_FOR_FACTS: Final = frozenset(
    ("help.human.phone", "help.human.office", "help.human.where", "help.human.hours", "help.human.our-hours", GRID)
)
"""The rules of those who want an address, hours or a number: nobody need call them."""


@router.watch
async def listen_again(db: Db, speaker: Speaker, inbound: Inbound, directory: Directory) -> Answer:
    """A muted person who calls the assistant is heard again."""
    if directory.is_muted(speaker.contact) and (inbound.mentioned or inbound.group is None):
        await accounts.set_muted(db, directory, speaker.contact, False)
    return None


@router.command("help.commands")
async def commands(officer: Officer, rest: str, handbook: Handbook) -> Answer:
    """All of them, or those of one matter: `帮助 活动`. Of a matter that is none, all."""
    sections = handbook.sections(officer.role, rest.strip()) or handbook.sections(officer.role)
    return Reply("help.commands", {"sections": sections})


@router.command("help.why")
async def why(context: Context, why: Why) -> Answer:
    return Reply("help.why", await why.explain(context))


@router.command("staff.confirm")
async def nothing_to_confirm(context: Context, dialogs: Dialogs) -> Answer:
    """A yes that no deed of a feature took: there is none, it came too late, or it was said in a group or of something else."""
    found = await waiting(context, dialogs)
    return Reply("help.nothing_to_confirm" if found is None else "help.still_waits")


@router.command("staff.decline")
async def decline(context: Context, db: Db, dialogs: Dialogs) -> Answer:
    if await waiting(context, dialogs) is None:
        return Reply("help.nothing_to_confirm")
    await dialogs.close(db, in_private(context))
    return Reply("help.declined")


@router.on(Intent("help.show"))
async def show(handbook: Handbook) -> Answer:
    return Reply("help.show", {"usages": handbook.usages()})


@router.on(Intent("help.human"))
async def human(
    speaker: Speaker, inbound: Inbound, context: Context, directory: Directory, settings: Settings
) -> Answer:
    """Where to find a person; whoever is on duty is told who looks for one, unless the facts are all that was asked for."""
    facts = _facts(context, settings)
    if facts is not None:
        return facts
    called = [one for one in directory.officers.values() if one.role in {"admin", "worker"}]
    params = {"name": speaker.name, "group": inbound.group_name, "words": context.words}
    return [
        Reply("help.human"),
        *(Post("help.somebody_asks", params, contact=officer.contact, kind="notice") for officer in called),
    ]


def _facts(context: Context, settings: Settings) -> Reply | None:
    """What config.yaml says of it; None where that is not what was asked, or nothing is said there."""
    community, rule = settings.community, context.understanding.rule
    if rule == GRID and (members := grid_members(settings.staff, context.understanding.slots.building)):
        return Reply("help.grid", {"members": members})
    known = any((community.phones.office, *community.office.model_dump().values()))
    return Reply("help.facts") if rule in ASKS_FOR_FACTS and known else None


@router.on(Intent("help.mute"))
async def mute(db: Db, conversation: Conversation, speaker: Speaker, directory: Directory, dialogs: Dialogs) -> Answer:
    await dialogs.close(db, conversation)
    await accounts.set_muted(db, directory, speaker.contact, True)
    return Reply("help.muted")


@router.on(When(lambda context: context.inbound.mentioned or private(context)))
async def not_understood(context: Context, inbound: Inbound, speaker: Speaker, now: datetime) -> Answer:
    """Said to the assistant, and nothing fits: one honest line. A group hears it only when the assistant was called."""
    if context.dialog is not None and waits(context.dialog, now):
        return Reply("help.still_waits")
    answers_the_alarm = context.staff_word and speaker.officer is not None
    asked = context.dialog is not None and not context.dialog.is_offer
    if not context.text.strip() or asked or answers_the_alarm or is_courtesy(context.text):
        return None
    return Reply("help.not_understood" if speaker.officer is None else "help.no_such_command")
