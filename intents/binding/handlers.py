"""A code sent in private binds a contact to a role. It never works in a group: everybody there could read it."""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context, Speaker
from bot.filters import Intent
from bot.message import Reply
from bot.router import Router
from storage import accounts, audit, codes
from storage.accounts import Directory
from storage.base import Db

router = Router("binding")
CODE_CHARACTERS = 8


@router.on(Intent("binding.bind"))
async def bind(context: Context, db: Db, now: datetime, speaker: Speaker, directory: Directory) -> Answer:
    """Takes the role that the code grants; a wrong one counts as a try and is answered alike, whatever was wrong."""
    code = context.text.strip()[-CODE_CHARACTERS:]
    grants = await codes.redeem(db, directory.community, code, speaker.contact, now)
    if grants is None:
        return Reply("binding.refused")
    await accounts.bind_staff(
        db,
        directory,
        speaker.contact,
        name=grants["name"],
        role=grants["role"],
        buildings=grants["buildings"],
        bound_by="code",
    )
    await audit.note(
        db,
        directory.community,
        at=now,
        actor=grants["role"],
        verb="binding.bind",
        subject=f"contact:{speaker.contact}",
        contact=speaker.contact,
        after={"role": grants["role"]},
    )
    return Reply("binding.bound", {"name": grants["name"]})
