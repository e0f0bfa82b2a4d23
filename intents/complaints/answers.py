"""Answers to what the assistant asked, and second thoughts about what was just reported. They go before what a message alone
would mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.context import Answer, Context
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering, Asked, When
from bot.message import Conversation, Reply, Slots
from bot.router import Router
from intents.complaints.acknowledging import DOOR_DIALOG, Acknowledging
from intents.complaints.asking import PLACE_DIALOG, SAME_DIALOG
from intents.complaints.choosing import WHICH_DIALOG, Choosing
from intents.complaints.filing import Filing, put_place
from intents.complaints.follow_up import QUESTION, Rating
from intents.complaints.lifecycle import ENDED, JOINABLE, State
from intents.complaints.own_cases import OwnCases
from intents.complaints.place_answers import (
    TROUBLES,
    door_told,
    is_bare_place,
    is_no,
    is_yes,
    never_mind,
    tells_place,
    told_place,
)
from intents.complaints.ratings import rating_of
from intents.complaints.seconding import Seconding
from intents.understanding.correction import correction, takes_back
from intents.understanding.digits import digit_of
from storage import audit, complaints, reporters
from storage.accounts import Directory
from storage.base import Db
from storage.complaints import Complaint

router = Router("complaints")
NO_LONGER_PLACED = (State.DROPPED, *ENDED)


@router.on(Answering(PLACE_DIALOG), When(tells_place))
async def place_told(
    context: Context,
    db: Db,
    dialog: Dialog,
    dialogs: Dialogs,
    filing: Filing,
    acknowledging: Acknowledging,
) -> Answer:
    """The answer to "where is it?"; the case takes its number now, an emergency's staff are told the place at once."""
    complaint = await complaints.held(db, int(dialog.data["complaint"]))
    told = told_place(context)
    if complaint is None or told is None:
        return None
    if complaint.state in NO_LONGER_PLACED:
        await dialogs.close(db, context.conversation)  # staff have decided meanwhile
        return None
    return await _placed(context, complaint, told, filing, acknowledging)


@router.on_timeout(PLACE_DIALOG)
async def place_never_told(db: Db, data: dict[str, int], acknowledging: Acknowledging) -> Answer:
    """Only of what still waits is it said that it has no number; what is pressing is shown to staff."""
    complaint = await complaints.by_id(db, int(data["complaint"]))
    if complaint is None or complaint.state != State.AWAITING_PLACE:
        return []
    return [*acknowledging.place_unknown(complaint)] or None


@router.on(Answering(PLACE_DIALOG), When(never_mind))
async def place_not_told(db: Db, conversation: Conversation, dialog: Dialog, dialogs: Dialogs) -> Answer:
    await dialogs.close(db, conversation)
    return Reply("complaints.never_mind", mention=not dialog.data.get("unnamed"))


@router.on(Answering(SAME_DIALOG), When(lambda context: is_yes(context) or is_no(context) or tells_place(context)))
async def same_or_not(
    context: Context,
    db: Db,
    now: datetime,
    dialog: Dialog,
    dialogs: Dialogs,
    filing: Filing,
    acknowledging: Acknowledging,
) -> Answer:
    """The answer to "is it the one that is known already?": yes, no, or the unit, which tells."""
    complaint = await complaints.held(db, int(dialog.data["complaint"]))
    other = await complaints.held(db, int(dialog.data["match"]))
    if complaint is None:
        return None
    if complaint.state != State.AWAITING_PLACE:
        await dialogs.close(db, context.conversation)  # staff have decided meanwhile
        return None
    if is_yes(context) or is_no(context):
        goes_on = other is not None and other.state in JOINABLE
        same = other if is_yes(context) and goes_on else None
        filed = await filing.tell_apart(db, complaint, same, context.conversation, now)
    else:
        filed = await filing.place(db, complaint, told_place(context) or Slots(), context.conversation, now)
    return [*await acknowledging.answer(context, filed)]


@router.on_timeout(SAME_DIALOG)
async def nobody_said_whether(
    db: Db, now: datetime, data: Mapping[str, Any], directory: Directory, acknowledging: Acknowledging
) -> Answer:
    """Two cases that staff can join are better than one that is lost."""
    complaint = await complaints.held(db, int(data["complaint"]))
    if complaint is None:
        return []
    told = await acknowledging.unanswered(db, complaint, data, now)
    muted = directory.is_muted(int(data.get("contact") or 0))
    return [one for one in told if not (muted and one.key == "complaints.filed")]


@router.on(
    Answering(DOOR_DIALOG), When(lambda context: context.conversation.group is None and _door(context) is not None)
)
async def door_number(context: Context, db: Db, now: datetime, dialog: Dialog, dialogs: Dialogs) -> Answer:
    complaint = await complaints.held(db, int(dialog.data["complaint"]))
    told = _door(context)
    if complaint is None or told is None:
        return None
    if complaint.state in ENDED:
        await dialogs.close(db, context.conversation)
        return None
    put_place(complaint, told)
    await dialogs.close(db, context.conversation)
    await audit.note(
        db,
        complaint.community,
        at=now,
        actor="resident",
        verb="complaints.door",
        subject=f"complaint:{complaint.id}",
        contact=context.speaker.contact,
    )
    return Reply("complaints.door_kept", {"number": complaint.number}, numbered=True)


def _door(context: Context) -> Slots | None:
    """Of the building that was asked about: another one is another matter."""
    told = door_told(context)
    building = context.dialog.data.get("building") if context.dialog else None
    return None if told is None or (told.building and building and told.building != building) else told


def _tells_late_place(context: Context) -> bool:
    direct = context.is_direct
    return direct and context.dialog is None and is_bare_place(context)


@router.on(When(_tells_late_place))
async def late_place(context: Context, db: Db, filing: Filing, acknowledging: Acknowledging) -> Answer:
    """The place, after we stopped waiting for it."""
    where = context.conversation
    complaint = await reporters.waiting_for_place(db, where.group, where.contact)
    told = told_place(context)
    if complaint is None or told is None:
        return Reply("complaints.only_place")
    return await _placed(context, complaint, told, filing, acknowledging)


async def _placed(
    context: Context,
    complaint: Complaint,
    told: Slots,
    filing: Filing,
    acknowledging: Acknowledging,
) -> Answer:
    filed = await filing.place(context.db, complaint, told, context.conversation, context.now)
    if filed.complaint.urgency == "P0":
        return [*await acknowledging.placed(context, filed.complaint)]
    return [*await acknowledging.answer(context, filed)]


@router.on(Answering(WHICH_DIALOG), When(lambda context: digit_of(context.text) is not None))
async def which(
    context: Context,
    db: Db,
    dialog: Dialog,
    dialogs: Dialogs,
    own_cases: OwnCases,
    seconding: Seconding,
) -> Answer:
    """The answer to "which of these?"."""
    digit, offered = digit_of(context.text) or 0, list(dialog.data["cases"])
    if not 1 <= digit <= len(offered):
        return Reply("complaints.which_again", {"most": len(offered)})
    await dialogs.close(db, context.conversation)
    complaint = await complaints.held(db, int(offered[digit - 1]))
    if complaint is None:
        return None
    match dialog.data["verb"]:
        case "withdraw":
            return await own_cases.withdraw(context, complaint)
        case "support":
            return await seconding.second(context, complaint)
        case "rate":
            return await own_cases.rated(context, complaint, Rating(dialog.data["rating"]))
    return None


def _chooses(context: Context) -> bool:
    """A digit where titles were offered before: it chooses one of them. The question that came later stays open."""
    return context.dialog is not None and context.dialog.is_offer and digit_of(context.text) is not None


@router.on(
    Asked(QUESTION, label="complaints.rate"),
    When(lambda context: _last_word(context) is not None and not _chooses(context)),
)
async def rated(context: Context, db: Db, choosing: Choosing, own_cases: OwnCases) -> Answer:
    """1, 2, 3 or words, while the question is open. Two questions open: which one is asked."""
    rating = _last_word(context)
    waiting = [one.complaint_id for one in await reporters.asked(db, context.speaker.contact)]
    found = [one for one in [await complaints.held(db, identity) for identity in waiting] if one is not None]
    named = await choosing.named(context)
    if named is not None:
        found = [one for one in found if named.id in (one.id, one.merged_into)]
    if rating is not None and named is not None and not found:
        return await own_cases.rated(context, named, rating)  # the word is for another case than the one that waits
    if rating is None or not found:
        return None
    if len(found) > 1 and digit_of(context.text) is None:
        found = choosing.narrowed(context, found)
    if len(found) > 1:
        return await choosing.ask_which(db, context, "rate", found, rating=str(rating))
    return await own_cases.rated(context, found[0], rating)


def _last_word(context: Context) -> Rating | None:
    """What an open question is answered with. A new trouble is none, whatever words it holds: 5号楼电梯又坏了."""
    understood = context.understanding
    if understood.speak and understood.intent in (*TROUBLES, "complaints.support"):
        return None
    direct = context.is_direct or context.inbound.quote is not None
    loosely = direct or understood.intent == "complaints.rate"
    return rating_of(context.text, asked=True, loosely=loosely)


def _corrects(context: Context) -> bool:
    return context.reported is not None and correction(context.text) is not None


def _takes_back(context: Context) -> bool:
    return context.reported is not None and takes_back(context.text)


@router.on(When(_corrects, label="dialog.correct"))
async def corrected(context: Context, own_cases: OwnCases) -> Answer:
    """不是3号楼是13号楼, within an hour after it was reported."""
    told = correction(context.text)
    return await own_cases.correct(context, told) if told is not None else None


@router.on(When(_takes_back, label="dialog.undo"))
async def taken_back(context: Context, own_cases: OwnCases) -> Answer:
    return await own_cases.take_back(context)
