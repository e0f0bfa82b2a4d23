"""What residents say of sessions: I come, we are two, not me after all, yes I take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering as InDialog
from bot.filters import Asked, Intent, When
from bot.message import Reply
from bot.router import Router
from intents.sessions.answering import ASKED, SessionAnswers
from intents.sessions.booking import BOOK, Booking
from intents.sessions.desk import Desk, left_params
from intents.sessions.dosing import DOSE_KIND, Dosing
from intents.sessions.noting import VANISHED, Noting
from intents.sessions.reaching import DAY, HOURS
from intents.sessions.reminding import Reminding
from intents.sessions.signing_up import OFFER, OFFER_KIND, SigningUp
from intents.sessions.talking import Talking, on_call_list
from intents.sessions.wishes import LONGEST_CHOICE, Heard, heard_in, no_to_offer, says_coming_or_not, yes_to_offer
from intents.understanding.digits import digit_of
from intents.understanding.group_note import is_group_note
from storage.accounts import Directory
from storage.base import Db
from storage.due import Due
from storage.sign_ups import State

router = Router("sessions")
WHICH: Final = "sessions.which"
WHICH_SLOT: Final = "sessions.which_slot"
INTENTS: Final = {"sessions.sign_up": "join", "sessions.cancel": "leave", "sessions.change": "change"}


def _is_offer_answer(context: Context) -> bool:
    """A digit is the answer to whatever else is asked of them, where anything is: the offer asks for words."""
    if digit_of(context.text) is not None and (context.dialog is not None or len(context.asked) > 1):
        return False
    if context.conversation.group is not None and context.speaker.friend and not context.is_direct:
        # a friend was asked in private: what may be said to any neighbour is no answer here
        return says_coming_or_not(context.text) and (yes_to_offer(context.text) or no_to_offer(context.text))
    return yes_to_offer(context.text) or no_to_offer(context.text)


@router.on(Asked(OFFER, label="dialog.answer"), When(_is_offer_answer))
async def offer_answered(
    context: Context,
    db: Db,
    now: datetime,
    signing_up: SigningUp,
    talking: Talking,
    sign_up_desk: Desk,
    directory: Directory,
) -> Answer:
    """Yes or no to a place that has come free."""
    mine = await sign_up_desk.mine(db, context, now)
    held = next((one for one in mine if one.sign_up.state == State.OFFERED), None)
    if held is None:
        return Pass()
    if yes_to_offer(context.text):
        accepted = await talking.stands(context, await signing_up.accept(db, held.sign_up.id, now))
        return [accepted, *await talking.recounted(context, held.session)]
    standing, offers = await signing_up.leave(db, held.sign_up.id, now)
    await on_call_list(db, directory.community, talking.unreachable(offers), now)
    declined = Reply("sessions.left", left_params(standing, declined=True))
    return [declined, *talking.offered(offers), *await talking.recounted(context, held.session)]


def _may_choose(context: Context) -> bool:
    return len(context.text.strip()) <= LONGEST_CHOICE


@router.on(InDialog(WHICH), When(_may_choose))
@router.on(InDialog(WHICH_SLOT), When(_may_choose))
async def chosen(context: Context, db: Db, dialog: Dialog, dialogs: Dialogs, sign_up_desk: Desk) -> Answer:
    """A digit, a name or an hour tells which of several sessions, or which part of one, is meant."""
    choices, digit = dialog.data["choices"], digit_of(context.text)
    heard = Heard.of(dialog.data["heard"])
    if digit is None:
        meant = await sign_up_desk.named_of(context, choices, heard.session if dialog.state == WHICH_SLOT else None)
    elif 1 <= digit <= len(choices):
        meant = choices[digit - 1]
    else:
        return Reply("sessions.which_digit", {"most": len(choices)})
    if meant is None:
        return Pass()
    await dialogs.close(db, context.conversation)
    if dialog.state == WHICH:
        return await sign_up_desk.act(context, replace(heard, session=meant))
    return await sign_up_desk.act(context, replace(heard, slot=meant))


@router.on(InDialog(ASKED), When(_may_choose))
async def asked_chosen(context: Context, dialog: Dialog, session_answers: SessionAnswers) -> Answer:
    return await session_answers.chosen(context, dialog)


@router.on(InDialog(VANISHED), When(lambda context: yes_to_offer(context.text) or no_to_offer(context.text)))
async def vanished_answered(context: Context, db: Db, dialog: Dialog, dialogs: Dialogs, noting: Noting) -> Answer:
    """Not coming, or only left out by mistake."""
    await dialogs.close(db, context.conversation)
    if no_to_offer(context.text):
        return await noting.gone_after_all(context, dialog.data["sign_ups"])
    return await noting.stays(context, dialog.data["sign_ups"])


@router.on(When(lambda context: context.conversation.group is not None and is_group_note(context.inbound.text)))
async def note(context: Context, noting: Noting) -> Answer:
    return await noting.take(context)


@router.on(Intent("sessions.ask"))
async def ask(context: Context, session_answers: SessionAnswers) -> Answer:
    return await session_answers.answer(context)


def _may_book(context: Context) -> bool:
    """What is understood as something else, such as 明天停水吗, is no time to come."""
    return context.understanding.intent is None or context.understanding.intent.startswith("sessions.")


@router.on(InDialog(BOOK), When(_may_book))
async def booked(context: Context, dialog: Dialog, booking: Booking) -> Answer:
    return await booking.chosen(context, dialog)


@router.on(Intent("sessions.book"))
async def book(context: Context, booking: Booking) -> Answer:
    return await booking.ask(context)


def _may_be_ours(context: Context) -> bool:
    """Understood as one of ours, or a few words that mean something only under an open session."""
    intent = context.understanding.intent
    return context.command is None and (intent in INTENTS or (intent is None and heard_in(context) is not None))


@router.on(When(_may_be_ours))
async def heard(context: Context, sign_up_desk: Desk, session_answers: SessionAnswers) -> Answer:
    found = heard_in(context, INTENTS.get(context.understanding.intent or ""))
    if found is None:
        return await session_answers.answer(context)
    return await sign_up_desk.act(context, found)


@router.due(OFFER_KIND)
async def offer_over(
    db: Db, due: Due, now: datetime, signing_up: SigningUp, talking: Talking, directory: Directory
) -> Answer:
    """Two hours have gone, and nobody said yes."""
    passed, offers = await signing_up.let_pass(db, int(due.subject), now)
    await on_call_list(db, directory.community, talking.unreachable(offers), now)
    posts: list[Any] = list(talking.offered(offers))
    if passed is not None:
        say = {"session": passed.session}
        told = talking.to(
            passed.sign_up, "sessions.passed", say, kind="reminder", expires_at=passed.session.plan.starts_at
        )
        posts += [told] if told is not None else []
    return posts


@router.due(DAY)
@router.due(HOURS)
async def remind(db: Db, due: Due, now: datetime, session_reminding: Reminding) -> Answer:
    return [*await session_reminding.remind(db, due, now)]


@router.due(DOSE_KIND)
async def dose_due(db: Db, dues: Sequence[Due], now: datetime, dosing: Dosing) -> Answer:
    return [*await dosing.remind(db, dues, now)]
