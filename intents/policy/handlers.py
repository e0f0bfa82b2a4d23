"""What residents ask of rules, and the digits by which they choose or want all of it."""

from __future__ import annotations

from typing import Final

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog
from bot.filters import Answering as InDialog
from bot.filters import Intent, When
from bot.router import Router
from intents.policy.answering import LONGEST_CHOICE, MORE_DIALOG, WHICH_DIALOG, Answering
from intents.understanding.digits import digit_of

router = Router("policy")


PASSED_ON: Final = (None, "sessions.ask")
"""What nobody before us took: nothing was understood, or it asks when something is, and there is no such session."""


def _may_ask(context: Context) -> bool:
    """Said to the assistant, and nobody else took it: perhaps it names something that there is an answer for."""
    ours = context.dialog is None or context.dialog.state in (WHICH_DIALOG, MORE_DIALOG)
    return context.is_direct and ours and context.understanding.intent in PASSED_ON


@router.on(InDialog(WHICH_DIALOG), When(lambda context: len(context.text.strip()) <= LONGEST_CHOICE))
async def chosen(context: Context, dialog: Dialog, answering: Answering) -> Answer:
    return await answering.chosen(context, dialog)


@router.on(InDialog(MORE_DIALOG), When(lambda context: digit_of(context.text) == 1))
async def whole(context: Context, dialog: Dialog, answering: Answering) -> Answer:
    return await answering.whole(context, dialog)


@router.on(Intent("policy.ask"))
async def ask(context: Context, answering: Answering) -> Answer:
    if context.speaker.officer is not None and context.conversation.group is not None and not context.inbound.mentioned:
        return Pass()  # what staff say in a group is their work
    return await answering.answer(context, recognised=True)


@router.on(When(_may_ask, label=None))
async def ask_in_other_words(context: Context, answering: Answering) -> Answer:
    if context.speaker.officer is not None and context.command is not None:
        return Pass()
    return await answering.answer(context, recognised=False)
