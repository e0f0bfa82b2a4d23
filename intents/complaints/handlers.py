"""What residents say about complaints, and what falls due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.context import Answer, Context, Post, Speaker
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering, Intent, When
from bot.message import Conversation, Inbound, Reply, Slots, Understanding
from bot.router import Router
from intents.complaints.calling_out import ALERT_KIND, CallingOut
from intents.complaints.filing import PLACE_DIALOG, Filed, Filing, Report
from intents.complaints.finding import Finding
from intents.complaints.photos import Photos
from intents.complaints.place_answers import is_bare_place, never_mind, tells_place, told_place
from storage import complaints
from storage.base import Db
from storage.complaints import Complaint, case_of
from storage.due import Due

router = Router("complaints")
OWN_LIFE = "complaints.emergency.my-own-life"
"""Who speaks of their own life is answered alone, not before the neighbours."""


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
async def emergency(context: Context, db: Db, now: datetime, filing: Filing, calling_out: CallingOut) -> Answer:
    if not context.understanding.speak:
        # perhaps only talk: no advice in the group and no calling out, but staff should look at once
        await filing.keep_lead(db, _report(context))
        return [*calling_out.look(context.speaker.name, context.inbound.group_name, context.words)]
    filed = await filing.file(db, _report(context))
    alerts = await _alerts(db, filed, calling_out, now)
    params = {**_spoken(filed), "called": bool(alerts), "advice": _advice(filed, context.understanding)}
    own_life = (context.understanding.rule or "").startswith(OWN_LIFE)
    key = "complaints.emergency_own_life" if own_life else "complaints.emergency"
    advice = Reply(key, params, private=own_life, mention=not filed.anonymous, numbered=True, urgent=True)
    return [advice, *alerts]


@router.on(Answering(PLACE_DIALOG), When(tells_place))
async def place_told(
    context: Context, db: Db, now: datetime, dialog: Dialog, filing: Filing, calling_out: CallingOut
) -> Answer:
    """The answer to "where is it?"; the case takes its number now, an emergency's staff are told the place at once."""
    complaint = await complaints.by_id(db, int(dialog.data["complaint"]))
    told = told_place(context)
    if complaint is None or told is None:
        return None
    return await _placed(context, complaint, told, filing, calling_out)


@router.on(Answering(PLACE_DIALOG), When(never_mind))
async def place_not_told(db: Db, conversation: Conversation, dialogs: Dialogs) -> Answer:
    await dialogs.close(db, conversation)
    return Reply("complaints.never_mind")


def _tells_late_place(context: Context) -> bool:
    direct = context.conversation.group is None or context.inbound.mentioned
    return direct and context.dialog is None and is_bare_place(context)


@router.on(When(_tells_late_place))
async def late_place(context: Context, db: Db, filing: Filing, calling_out: CallingOut) -> Answer:
    """The place, after we stopped waiting for it."""
    where = context.conversation
    complaint = await complaints.waiting_for_place(db, where.group, where.contact)
    told = told_place(context)
    if complaint is None or told is None:
        return Reply("complaints.only_place")
    return await _placed(context, complaint, told, filing, calling_out)


@router.on(Intent("complaints.file"))
async def file(
    context: Context, db: Db, understanding: Understanding, inbound: Inbound, filing: Filing, calling_out: CallingOut
) -> Answer:
    if context.quiet or not understanding.speak:
        await filing.keep_lead(db, _report(context))
        return Reply("complaints.lead_kept") if inbound.mentioned or inbound.group is None else None
    filed = await filing.file(db, _report(context))
    key = "complaints.filed" if filed.number else "complaints.ask_place"
    answer = Reply(key, _spoken(filed), mention=not filed.anonymous, numbered=filed.number is not None)
    if filed.urgency == "P1" and filed.number is not None:
        complaint = await complaints.by_id(db, filed.complaint)
        return [answer, *(calling_out.urgent(complaint) if complaint else [])]
    return answer


@router.on(Intent("complaints.progress"))
async def progress(context: Context, understanding: Understanding, finding: Finding) -> Answer:
    """By its number, for those it concerns; else the person's own open cases."""
    if understanding.slots.case is not None:
        return _told([await finding.asked(context, understanding.slots.case)], context)
    own = await finding.own(context)
    return _told(own, context) if own else Reply("complaints.none_of_yours")


def _names_case(context: Context) -> bool:
    """Just a case number, said to the assistant or in the private chat."""
    direct = context.conversation.group is None or context.inbound.mentioned
    return direct and context.understanding.slots.case is not None


@router.on(When(_names_case))
async def number_alone(context: Context, understanding: Understanding, finding: Finding) -> Answer:
    return _told([await finding.asked(context, understanding.slots.case or "")], context)


@router.on(When(lambda context: context.inbound.picture is not None))
async def photo(context: Context, inbound: Inbound, photos: Photos) -> Answer:
    complaint = await photos.attach(context, inbound.picture.content) if inbound.picture else None
    if inbound.group is not None:
        return None  # in a group a picture is taken without a word
    if complaint is None:
        return Reply("complaints.photo_without_case")
    return Reply("complaints.photo_kept", {"number": complaint.number})


@router.due(ALERT_KIND)
async def call_again(db: Db, due: Due, now: datetime, calling_out: CallingOut) -> Answer:
    return [*await calling_out.again(db, due, now)]


async def _placed(
    context: Context, complaint: Complaint, told: Slots, filing: Filing, calling_out: CallingOut
) -> Answer:
    filed = await filing.place(context.db, complaint, told, context.conversation, context.now)
    posts = calling_out.place_known(complaint) if filed.urgency == "P0" else []
    key = "complaints.placed" if filed.urgency == "P0" else "complaints.filed"
    return [Reply(key, _spoken(filed), mention=not filed.anonymous, numbered=True), *posts]


def _told(found: list[Complaint], context: Context) -> Reply:
    """A group hears only of what was filed in it under a name; all else is answered in private."""
    group = context.conversation.group
    told = [one for one in found if one.group_id == group and not one.anonymous] if group is not None else found
    params = {"cases": [_public(one) for one in told or found]}
    return Reply("complaints.progress", params, private=not told, numbered=True)


async def _alerts(db: Db, filed: Filed, calling_out: CallingOut, now: datetime) -> list[Post]:
    complaint = await complaints.by_id(db, filed.complaint)
    return await calling_out.begin(db, complaint, now) if complaint else []


def _advice(filed: Filed, understood: Understanding) -> str:
    """What kind of advice is safe: of what no rule has named, only what holds for every danger."""
    learned = (understood.rule or "").endswith(".sounds")
    return "" if learned else filed.category[1]


def _report(context: Context) -> Report:
    return Report(
        where=context.conversation,
        inbox=context.inbox,
        reporter=context.speaker.name,
        text=context.words,
        understanding=context.understanding,
        earlier=context.earlier,
        said_at=context.inbound.at,
        now=context.now,
    )


def _spoken(filed: Filed) -> Mapping[str, Any]:
    """What may be said of a case in a group: building and unit, never the door."""
    return {
        "number": filed.number,
        "category": filed.category[0],
        "subcategory": filed.category[1],
        "urgency": filed.urgency,
        "at": {"building": filed.building, "unit": filed.unit, "place": filed.place},
        "due_by": filed.due_by,
        "offered": filed.offered,
    }


def _public(complaint: Complaint) -> Mapping[str, Any]:
    case = case_of(complaint)
    return {
        "number": case.number,
        "subcategory": case.subcategory,
        "state": case.state,
        "due_by": case.due_by,
        "result": case.result,
    }
