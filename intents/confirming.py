"""Yes or no before anything goes to a group or many rows change: what would happen is shown, then `staff.confirm` is waited for.

A deed that waits is a dialogue in the staff member's private conversation, wherever it was commanded: its state names the deed,
its data is what to do. A feature shows it and takes the yes:

    return await ask_first(context, dialogs, BULK, {"cases": [7, 8]}, Reply("feature.would_do", {…}))

    @router.on(*confirmed(BULK))
    async def do_it(context, db, dialog, dialogs) -> Answer: ...

What shows it ends in `word.confirm.do` or `.send`, and says by `replaced` that an earlier deed no longer waits. A no, and a yes
to nothing, are answered by `intents/help/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Context
from bot.dialog import Dialog, Dialogs
from bot.filters import Answering, Commanded, Filter, When
from bot.message import Conversation, Reply

WAIT: Final = timedelta(minutes=30)
_MARK: Final = "to_confirm"
_DIGIT: Final = re.compile(r"[0-9\uff10-\uff19]")


async def ask_first(context: Context, dialogs: Dialogs, state: str, data: Mapping[str, Any], shown: Reply) -> Reply:
    """Wait for this person's yes to what `shown` says would happen; another deed of theirs that waited is dropped."""
    earlier = await waiting(context, dialogs)
    await dialogs.ask(context.db, in_private(context), state, {**data, _MARK: True}, now=context.now, wait=WAIT)
    return replace(shown, params={**shown.params, "replaced": earlier is not None}, private=True)


def confirmed(state: str) -> tuple[Filter, ...]:
    """The filters of the handler that does it."""
    return Commanded("staff.confirm"), Answering(state), When(_is_plain_yes)


async def waiting(context: Context, dialogs: Dialogs) -> Dialog | None:
    """The deed that waits for this person's yes, asked of wherever they speak."""
    found = (
        context.dialog if context.conversation.group is None else await dialogs.find(context.db, in_private(context))
    )
    return found if found is not None and waits(found, context.now) else None


def waits(dialog: Dialog, now: datetime) -> bool:
    """Whether a dialogue is a deed that may still be confirmed: what closes it late, after a restart, changes nothing."""
    return bool(dialog.data.get(_MARK)) and now < dialog.expires_at


def in_private(context: Context) -> Conversation:
    return Conversation(context.conversation.account, None, context.speaker.contact)


def _is_plain_yes(context: Context) -> bool:
    """A yes that names a number may mean another thing than the one that waits."""
    named = context.command is not None and _DIGIT.search(context.command.rest)
    return not named and context.dialog is not None and waits(context.dialog, context.now)
