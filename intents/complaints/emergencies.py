"""What cannot wait: the instruction at once, and staff called out until one of them answers."""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context, Speaker
from bot.filters import Intent
from bot.message import Reply
from bot.router import Router
from intents.complaints.acknowledging import Acknowledging
from intents.complaints.calling_out import ALERT_KIND, CallingOut
from intents.complaints.filing import Filing, report_of
from intents.complaints.flood import Flood
from storage.base import Db
from storage.due import Due

router = Router("complaints")


@router.watch
async def staff_say_something(
    context: Context, db: Db, now: datetime, speaker: Speaker, calling_out: CallingOut
) -> Answer:
    """Any word of any staff member ends the calling out; a command is answered as such, other words are acknowledged."""
    if not context.staff_word or speaker.officer is None:
        return None
    told = await calling_out.answered(db, speaker.officer, now)
    if not told or context.command is not None:
        return [*told]
    return [Reply("complaints.alert_taken", private=True), *told]


@router.on(Intent("complaints.emergency"))
async def emergency(
    context: Context,
    db: Db,
    now: datetime,
    filing: Filing,
    flood: Flood,
    calling_out: CallingOut,
    acknowledging: Acknowledging,
) -> Answer:
    if not context.understanding.speak:
        # perhaps only talk: no advice in the group and no calling out, but staff should look at once
        await filing.keep_lead(db, report_of(context))
        name = None if context.understanding.slots.anonymous else context.speaker.name
        return [*calling_out.look(name, context.inbound.group_name, context.words)]
    too_many = await flood.stem(context, "complaints.emergency")
    if too_many is not None:
        await filing.keep_lead(db, report_of(context))
        return too_many
    filed = await filing.file(db, report_of(context))
    alerts = await calling_out.begin(db, filed.complaint, now)
    return await acknowledging.emergency(context, filed, alerts)


@router.due(ALERT_KIND)
async def call_again(db: Db, due: Due, now: datetime, calling_out: CallingOut) -> Answer:
    return [*await calling_out.again(db, due, now)]
