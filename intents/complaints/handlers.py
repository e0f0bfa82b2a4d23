"""What residents report, and what falls due of it."""

from __future__ import annotations

from bot.context import Answer, Context, Pass
from bot.filters import Intent, When
from bot.message import Inbound, Reply, Understanding
from bot.router import Router
from intents.complaints.acknowledging import Acknowledging
from intents.complaints.filing import Filing, report_of
from intents.complaints.flood import Flood
from intents.complaints.photos import Photos
from intents.complaints.reminding import CLOCK_KIND, Reminding
from intents.complaints.reopening import Reopening
from intents.understanding.judge import Judge
from intents.understanding.several import several
from storage.base import Db
from storage.due import Due

router = Router("complaints")


@router.on(Intent("complaints.file"))
async def file(
    context: Context,
    db: Db,
    understanding: Understanding,
    inbound: Inbound,
    filing: Filing,
    flood: Flood,
    reopening: Reopening,
    judge: Judge,
    acknowledging: Acknowledging,
) -> Answer:
    if context.quiet or not understanding.speak:
        await filing.keep_lead(db, report_of(context))
        return Reply("complaints.lead_kept") if inbound.mentioned or inbound.group is None else None
    too_many = await flood.stem(context)
    if too_many is not None:
        await filing.keep_lead(db, report_of(context))
        return too_many
    again = await reopening.of_closed(context)
    if again is not None:
        return again
    parts = several(judge, inbound)
    if parts:
        filed = [await filing.file(db, report_of(context, part)) for part in parts]
        return [*await acknowledging.together(context, filed)]
    return [*await acknowledging.answer(context, await filing.file(db, report_of(context)))]


@router.on(When(lambda context: context.inbound.picture is not None))
async def photo(context: Context, inbound: Inbound, photos: Photos) -> Answer:
    complaint = await photos.attach(context, inbound.picture.content) if inbound.picture else None
    if inbound.group is not None:
        return None  # in a group a picture is taken without a word
    if complaint is None and context.speaker.officer is not None:
        return Pass()  # it may show what they did
    if complaint is None:
        return Reply("complaints.photo_without_case")
    return Reply("complaints.photo_kept", {"number": complaint.number})


@router.due(CLOCK_KIND)
async def clock_strikes(db: Db, due: Due, reminding: Reminding) -> Answer:
    return [*await reminding.strike(db, due)]
