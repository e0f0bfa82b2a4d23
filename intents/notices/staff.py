"""Staff commands around notices: one text to many groups, held, gone on, called off, said again where it failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.commands import NotYourRole
from bot.context import Answer, Context, Post
from bot.dialog import Dialog, Dialogs
from bot.expectations import PHOTO_WAIT
from bot.filters import Commanded, When
from bot.message import File, Reply
from bot.router import Router
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CommandIncomplete, GroupsUnclear, GroupsUnknown, NothingToRepeat, TooManyBuildings
from intents.groups import Chosen, Groups
from intents.notices.broadcasting import AGREE_ROLES, LAPSE_KIND, Begun, Broadcasting, Plan
from intents.notices.numbers import number_first, number_in
from intents.notices.receipts import asked_for, asks_for_receipt
from intents.notices.showing import listed, whole
from intents.replies import Replies
from intents.understanding.buildings import BUILDINGS_AT_MOST, RangeTooLong
from intents.understanding.normalise import fold
from storage import posters
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.broadcasts import Fate, State
from storage.due import Due

router = Router("notices")
SEND: Final = "notices.send"
AGAIN: Final = "notices.say_again"
MOST_LISTED: Final = 10
QUOTED_OF: Final = 20
"""So many of the latest may be meant by quoting one."""
SHORTEST_QUOTE: Final = 4
JPEG: Final = b"\xff\xd8"


@router.command("notices.notice")
async def notice(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    officer: Officer,
    broadcasting: Broadcasting,
    groups: Groups,
    dialogs: Dialogs,
    directory: Directory,
) -> Answer:
    """`通知`: the latest; `通知 编号`: one whole; `通知 群 正文`: what would happen, before it does."""
    if not rest:
        return Reply("notices.latest", {"notices": [listed(one) for one in await broadcasting.latest(db, MOST_LISTED)]})
    numbered = number_first(rest)
    if numbered is not None:
        shown = await broadcasting.shown(db, numbered[0])
        return Reply("notices.whole", await whole(db, shown, directory))
    asked = asked_for(rest)
    chosen = _chosen(groups, rest if asked is None else asked)
    text = asked_for(chosen.rest)
    receipt = asked is not None or text is not None or asks_for_receipt(chosen.rest)
    words = chosen.rest if text is None else text
    if not words:
        raise CommandIncomplete(missing="notice_text", usage="notices.notice")
    read = broadcasting.as_read(words)
    poster = await _poster(context, db, officer, directory.community)
    plan = await broadcasting.plan(db, chosen.groups, now, with_file=poster is not None)
    broadcasting.check(plan, officer, now)
    data = {"groups": list(chosen.groups), "text": words, "receipt": receipt, "poster": poster.id if poster else None}
    shown_first = {
        **_planned(plan, chosen, groups),
        "text": read,
        "masked": read != words.strip(),
        "picture": poster is not None,
        "receipt": receipt,
    }
    return await ask_first(context, dialogs, SEND, data, Reply("notices.would_send", shown_first))


def _chosen(groups: Groups, text: str) -> Chosen:
    try:
        chosen = groups.choose(text)
    except RangeTooLong:
        raise TooManyBuildings(most=BUILDINGS_AT_MOST) from None
    if chosen.unclear:
        raise GroupsUnclear(unclear=[{"said": said, "names": names} for said, names in chosen.unclear])
    if not chosen.groups:
        raise GroupsUnknown(unknown=chosen.unknown, uncovered=chosen.uncovered, known=len(groups.all()))
    return chosen


async def _poster(context: Context, db: Db, officer: Officer, community: str) -> posters.Poster | None:
    """The picture that is quoted, or that this person sent in private just before."""
    quote = context.inbound.quote
    message = quote.message if quote is not None else None
    return await posters.sent_by(db, community, officer.contact, since=context.now - PHOTO_WAIT, message=message)


def _planned(plan: Plan, chosen: Chosen, groups: Groups) -> dict[str, Any]:
    also = dict(chosen.beyond)
    return {
        "plan": plan,
        "names": [one.name for one in plan.groups],
        "silent": [one.name for one in plan.groups if one.silent],
        "unknown": chosen.unknown,
        "uncovered": chosen.uncovered,
        "beyond": [{"name": note.name, "buildings": also[note.id]} for note in groups.of(also)],
    }


@router.on(*confirmed(SEND))
async def send(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    broadcasting: Broadcasting,
    replies: Replies,
) -> Answer:
    data = dialog.data
    await dialogs.close(db, in_private(context))
    poster = await posters.by_id(db, int(data["poster"])) if data["poster"] is not None else None
    if data["poster"] is not None and poster is None:
        return Reply("notices.poster_gone")
    file = None
    if poster is not None:
        ending = "jpg" if poster.content.startswith(JPEG) else "png"
        file = File(f"{replies.word('notices.poster')}.{ending}", poster.content)
    begun = await broadcasting.begin(
        db, data["text"], data["groups"], by=officer, now=now, file=file, receipt=data["receipt"]
    )
    if poster is not None:
        await posters.used(db, poster.id)
    key = "notices.waits_for_second" if begun.waits_for_second else "notices.begun"
    return [Reply(key, _begun(begun)), *begun.posts]


def _begun(begun: Begun) -> dict[str, Any]:
    return {
        "number": begun.number,
        "groups": len(begun.groups),
        "asked": [one.name for one in begun.asked],
        "until": begun.agree_until,
        "ends_at": begun.ends_at,
    }


def _names_one(context: Context) -> bool:
    return context.command is not None and number_in(context.command.rest) is not None


@router.on(Commanded("staff.confirm"), When(_names_one))
async def agree(db: Db, now: datetime, rest: str, officer: Officer, broadcasting: Broadcasting) -> Answer:
    """`确认 编号`: the second word."""
    if officer.role not in AGREE_ROLES:
        raise NotYourRole(command=rest[:20])
    begun, told = await broadcasting.agree(db, number_in(rest) or "", officer, now)
    return _with(Reply("notices.begun", _begun(begun)), told)


@router.on(Commanded("staff.decline"), When(_names_one))
async def decline(db: Db, now: datetime, rest: str, officer: Officer, broadcasting: Broadcasting) -> Answer:
    """`不要 编号`: the same as to call off one that was not begun."""
    if officer.role not in AGREE_ROLES:
        raise NotYourRole(command=rest[:20])
    shown, told = await broadcasting.stop(db, number_in(rest) or "", officer, now, only_proposed=True)
    return _with(Reply("notices.dropped", {"number": shown.number}), told)


def _with(reply: Reply, post: Post | None) -> Answer:
    return [reply] if post is None else [reply, post]


@router.command("notices.pause")
async def pause(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, broadcasting: Broadcasting
) -> Answer:
    shown = await broadcasting.pause(db, await _number(context, db, broadcasting, rest, "notices.pause"), officer, now)
    return Reply("notices.paused", listed(shown))


@router.command("notices.resume")
async def resume(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, broadcasting: Broadcasting
) -> Answer:
    shown = await broadcasting.resume(
        db, await _number(context, db, broadcasting, rest, "notices.resume"), officer, now
    )
    return Reply("notices.resumed", listed(shown))


@router.command("notices.stop")
async def stop(
    context: Context, db: Db, now: datetime, rest: str, officer: Officer, broadcasting: Broadcasting
) -> Answer:
    shown, told = await broadcasting.stop(
        db, await _number(context, db, broadcasting, rest, "notices.stop"), officer, now
    )
    return _with(Reply("notices.dropped" if shown.state == State.DROPPED else "notices.stopped", listed(shown)), told)


@router.due(LAPSE_KIND)
async def lapse(db: Db, due: Due, now: datetime, broadcasting: Broadcasting) -> Answer:
    """Nobody agreed in time."""
    return await broadcasting.lapse(db, due.subject, now)


@router.command("notices.again")
async def again(
    context: Context,
    db: Db,
    rest: str,
    officer: Officer,
    broadcasting: Broadcasting,
    groups: Groups,
    dialogs: Dialogs,
) -> Answer:
    """What surely failed; where nobody knows, only the group that staff name. Shown first."""
    number, named = number_first(rest) or (await _number(context, db, broadcasting, "", "notices.again"), rest.strip())
    shown = await broadcasting.shown(db, number)
    which = shown.groups(Fate.FAILED)
    if named:
        among = set(_chosen(groups, named).groups)
        which = [group for group in shown.groups(Fate.FAILED, Fate.UNCERTAIN) if group in among]
    if not which:
        uncertain = _names(groups, shown.groups(Fate.UNCERTAIN))
        raise NothingToRepeat(number=number, named=bool(named), uncertain=uncertain)
    unsure = set(shown.groups(Fate.UNCERTAIN))
    params = {
        "number": number,
        "groups": _names(groups, which),
        "unsure": _names(groups, [group for group in which if group in unsure]),
        "text": shown.text,
    }
    return await ask_first(
        context, dialogs, AGAIN, {"number": number, "groups": which}, Reply("notices.would_repeat", params)
    )


def _names(groups: Groups, which: Sequence[int]) -> list[str]:
    return [note.name for note in groups.of(which)]


@router.on(*confirmed(AGAIN))
async def say_again(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    broadcasting: Broadcasting,
) -> Answer:
    await dialogs.close(db, in_private(context))
    number = str(dialog.data["number"])
    said = await broadcasting.again(db, number, dialog.data["groups"], officer, now)
    return Reply("notices.repeated", {"number": number, "groups": len(said)})


@router.command("notices.receipts")
async def receipts(context: Context, db: Db, rest: str, broadcasting: Broadcasting, directory: Directory) -> Answer:
    """`回执 编号`: who answered, group by group; in private only, as every answer to staff."""
    shown = await broadcasting.shown(db, await _number(context, db, broadcasting, rest, "notices.receipts"))
    return Reply("notices.receipts", await whole(db, shown, directory))


async def _number(context: Context, db: Db, broadcasting: Broadcasting, rest: str, usage: str) -> str:
    """As typed, else that of the notice that is quoted."""
    number = number_in(rest) or await _quoted(context, db, broadcasting)
    if number is None:
        raise CommandIncomplete(missing="notice_number", usage=usage)
    return number


async def _quoted(context: Context, db: Db, broadcasting: Broadcasting) -> str | None:
    """WeChat cuts what is quoted short: the latest that begins so."""
    quote = context.inbound.quote
    said = fold(quote.text).strip() if quote is not None else ""
    if len(said) < SHORTEST_QUOTE:
        return None
    for one in await broadcasting.latest(db, QUOTED_OF):
        text = fold(one.text).strip()
        if text.startswith(said) or said.startswith(text):
            return one.number
    return None
