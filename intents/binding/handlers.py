"""A code sent in private binds a contact to a role. It never works in a group: everybody there could read it. An admin asks for a
code by command, and passes it on.
"""

from __future__ import annotations

from datetime import datetime

from bot.context import Answer, Context, Speaker
from bot.filters import Intent
from bot.message import Reply
from bot.router import Router
from bot.sources import Chance
from intents.binding.granting import grant_of
from storage import accounts, audit, codes
from storage.accounts import Directory, Officer
from storage.base import Db

router = Router("binding")
CODE_CHARACTERS = 8


@router.command("binding.code")
async def make_code(db: Db, now: datetime, rest: str, officer: Officer, directory: Directory, chance: Chance) -> Answer:
    """`绑定码 姓名 角色`: who has the code and sends it in time takes the role."""
    grant = grant_of(rest)
    code = chance.code()
    grants = {"name": grant.name, "role": grant.role, "buildings": list(grant.buildings)}
    await codes.issue(db, directory.community, code, grants, now)
    await audit.note(
        db,
        directory.community,
        at=now,
        actor=officer.role,
        verb="binding.code",
        subject="codes",
        contact=officer.contact,
        after=grants,
    )
    params = {"code": code, "grant": grant, "minutes": int(codes.GOOD_FOR.total_seconds() // 60)}
    return Reply("binding.code", params, private=True)


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
