"""Staff work through the call list: the command, and their word on each person."""

from __future__ import annotations

from bot.context import Answer, Context, Pass
from bot.dialog import Dialog
from bot.filters import Answering, When
from bot.message import Reply
from bot.router import Router
from intents.sessions.call_list import CALLING, CallList, verb_of
from storage.accounts import Officer

router = Router("sessions")


@router.command("sessions.calls")
async def call_list_command(context: Context, officer: Officer, call_list: CallList) -> Answer:
    return Reply("sessions.call_list", await call_list.show(context, officer), private=True)


def _may_answer(context: Context) -> bool:
    """While an emergency is called out, whatever staff say is the answer to that."""
    return context.speaker.officer is not None and not context.staff_word


@router.on(Answering(CALLING), When(_may_answer))
async def called(context: Context, dialog: Dialog, call_list: CallList) -> Answer:
    officer, verb = context.speaker.officer, verb_of(context.text)
    if officer is None:
        return Pass()
    if verb == "stop":
        await call_list.stop(context, officer)
        return Reply("sessions.calls_stopped")
    if verb is not None:
        return await call_list.decide(context, officer, dialog, verb)
    if context.understanding.intent is not None or context.understanding.slots.case is not None:
        return Pass()
    return Reply("sessions.call_how")
