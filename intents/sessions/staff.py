"""Staff commands around sessions: make one from a sentence, look at them, change one, call one off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Answer, Context
from bot.dialog import Dialog, Dialogs
from bot.message import Reply
from bot.router import Router
from intents.confirming import ask_first, confirmed, in_private
from intents.errors import CommandIncomplete, GroupsUnclear, GroupsUnknown, SessionNotNamed, TooManyBuildings
from intents.groups import Groups
from intents.replies import Replies
from intents.sessions import draft_changes, drafting
from intents.sessions.announcing import Broadcasts
from intents.sessions.drafting import Caution, Change, Draft, Known
from intents.sessions.editing import Editing, Made
from intents.sessions.noticing import Noticing
from intents.sessions.reaching import TIMED
from intents.sessions.talking import Talking, on_call_list
from intents.understanding.buildings import BUILDINGS_AT_MOST, RangeTooLong
from intents.understanding.normalise import normalise
from scheduler.calendar import Calendar
from storage import calls, sessions, sign_ups
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.sessions import SessionView
from storage.sign_ups import LIVE, signed_up

router = Router("sessions")
CREATE: Final = "sessions.create"
CHANGE: Final = "sessions.change_it"
CANCEL: Final = "sessions.cancel_it"
NUMBER: Final = re.compile(rf"{sessions.PREFIX}?[0-9]{{6}}-[0-9]{{2,6}}", re.IGNORECASE)
LATELY: Final = timedelta(days=7)
MOST_LISTED: Final = 20


def number_in(text: str) -> tuple[str | None, str]:
    """The number that a text begins with, and what comes after it."""
    said = normalise(text).strip()
    match = NUMBER.match(said)
    if match is None:
        return None, text.strip()
    number = match[0].upper()
    return number if number.startswith(sessions.PREFIX) else sessions.PREFIX + number, said[match.end() :].strip(" ,:")


async def named(db: Db, directory: Directory, rest: str, now: datetime) -> tuple[SessionView, str]:
    """The session that a command names, by number; the only open one where none is named. Raises `SessionNotNamed`."""
    number, after = number_in(rest)
    if number is not None:
        row = await sessions.by_number(db, directory.community, number)
        if row is None:
            raise SessionNotNamed(number=number, sessions=[])
        return await sessions.view(db, row, now), after
    found = await sessions.views(db, await sessions.open_ones(db, directory.community, now), now)
    if len(found) != 1:
        raise SessionNotNamed(number=None, sessions=found[:MOST_LISTED])
    return found[0], after


@router.command("sessions.sessions")
async def sessions_command(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    directory: Directory,
    dialogs: Dialogs,
    drafts: Drafts,
    broadcasts: Broadcasts,
) -> Answer:
    """`活动` lists them, `活动 编号` shows one, `活动 一句话` makes one."""
    if not rest:
        found = await sessions.views(db, await sessions.open_ones(db, directory.community, now), now)
        past = await sessions.views(db, await sessions.lately(db, directory.community, now - LATELY), now)
        return Reply("sessions.list", {"sessions": found[:MOST_LISTED], "more": len(found) - MOST_LISTED, "past": past})
    number, after = number_in(rest)
    if number is not None and not after:
        view, _ = await named(db, directory, rest, now)
        return Reply("sessions.whole", await _whole(db, view), private=True)
    draft, groups = drafts.read(rest, now)
    planned = await broadcasts.plan(db, groups, now) if groups else None
    shown = Reply("sessions.would_create", {**drafts.shown(draft), "planned": planned})
    return await ask_first(context, dialogs, CREATE, {"text": rest, "at": now.isoformat()}, shown)


@router.on(*confirmed(CREATE))
async def create(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    drafts: Drafts,
    session_editing: Editing,
) -> Answer:
    """What was shown, read again as of when it was shown."""
    draft, groups = drafts.read(dialog.data["text"], datetime.fromisoformat(dialog.data["at"]).astimezone(now.tzinfo))
    await dialogs.close(db, in_private(context))
    made = await session_editing.create(db, draft.plan, groups, officer, now, receipt=draft.receipt)
    return [Reply("sessions.created", _made(made), private=True), *made.posts]


@router.command("sessions.edit")
async def change(
    context: Context,
    db: Db,
    now: datetime,
    rest: str,
    directory: Directory,
    dialogs: Dialogs,
    drafts: Drafts,
    noticing: Noticing,
) -> Answer:
    view, text = await named(db, directory, rest, now)
    if not text:
        raise CommandIncomplete(missing="session_change", usage="sessions.edit")
    change = drafts.change(view, text, now)
    after, cautions = change.plan, drafts.cautions(change.warnings)
    counts = await sign_ups.count(db, view.id)
    people = sum(counts[state][1] for state in LIVE if state in counts)
    params = {"session": view, "changes": noticing.changes(view.plan, after), "cautions": cautions}
    shown = Reply("sessions.would_change", {**params, "people": people, "groups": len(view.groups)})
    data = {"number": view.number, "text": text, "at": now.isoformat(), "sequence": view.sequence}
    return await ask_first(context, dialogs, CHANGE, data, shown)


@router.on(*confirmed(CHANGE))
async def change_it(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    directory: Directory,
    drafts: Drafts,
    session_editing: Editing,
    talking: Talking,
) -> Answer:
    view, _ = await named(db, directory, dialog.data["number"], now)
    await dialogs.close(db, in_private(context))
    if view.sequence != dialog.data["sequence"]:
        return Reply("sessions.changed_meanwhile", {"session": view}, private=True)
    at = datetime.fromisoformat(dialog.data["at"]).astimezone(now.tzinfo)
    made = await session_editing.change(
        db, view.number, drafts.change(view, dialog.data["text"], at).plan, officer, now
    )
    await on_call_list(db, directory.community, talking.unreachable(made.offers), now)
    return [Reply("sessions.was_changed", _made(made), private=True), *made.posts, *talking.offered(made.offers)]


@router.command("sessions.call_off")
async def call_off(
    context: Context, db: Db, now: datetime, rest: str, directory: Directory, dialogs: Dialogs
) -> Answer:
    view, reason = await named(db, directory, rest, now)
    if not reason:
        raise CommandIncomplete(missing="session_reason", usage="sessions.call_off")
    counts = await sign_ups.count(db, view.id)
    people = sum(counts[state][1] for state in LIVE if state in counts)
    params = {"session": view, "reason": reason, "people": people, "groups": len(view.groups)}
    shown = Reply("sessions.would_cancel", params)
    return await ask_first(context, dialogs, CANCEL, {"number": view.number, "reason": reason}, shown)


@router.on(*confirmed(CANCEL))
async def cancel_it(
    context: Context,
    db: Db,
    now: datetime,
    officer: Officer,
    dialog: Dialog,
    dialogs: Dialogs,
    session_editing: Editing,
) -> Answer:
    await dialogs.close(db, in_private(context))
    made = await session_editing.cancel(db, dialog.data["number"], dialog.data["reason"], officer, now)
    return [Reply("sessions.was_cancelled", _made(made), private=True), *made.posts]


async def _whole(db: Db, view: SessionView) -> dict[str, Any]:
    people = [signed_up(row) for row in await sign_ups.of_session(db, view.id)]
    reminded = await calls.reminded(db, view.id, TIMED)
    return {"session": view, "sign_ups": people, "counts": await sign_ups.count(db, view.id), "reminded": reminded}


def _made(made: Made) -> dict[str, Any]:
    counts = made.reached.counts if made.reached else {}
    return {
        "session": made.session,
        "begun": made.begun,
        "told": {str(way): count for way, count in counts.items()},
    }


class Drafts:
    """Reads what staff type, with what is known of the community."""

    def __init__(self, calendar: Calendar, groups: Groups, known: Known, replies: Replies) -> None:
        self._replies = replies
        self._calendar = calendar
        self._groups = groups
        self._known = known

    def read(self, text: str, now: datetime) -> tuple[Draft, tuple[int, ...]]:
        """The draft, and the groups it is to be told in: those named, else all. Raises what `drafting.read` does, and
        `GroupsUnknown` or `GroupsUnclear` where a group is not known."""
        draft = drafting.read(text, now, self._calendar, self._known)
        if not draft.groups:
            return draft, tuple(group.id for group in self._groups.all())
        try:
            chosen = self._groups.choose(draft.groups)
        except RangeTooLong:
            raise TooManyBuildings(most=BUILDINGS_AT_MOST) from None
        if chosen.rest and chosen.groups:
            # what followed the groups without a comma is about the session
            where = draft.groups[: len(draft.groups) - len(chosen.rest)].rstrip()
            apart = text.replace(draft.groups, f"{where}\n{chosen.rest}", 1)
            if apart != text and draft.groups.endswith(chosen.rest):
                draft = drafting.read(apart, now, self._calendar, self._known)
        if chosen.unclear:
            raise GroupsUnclear(unclear=[{"said": said, "names": names} for said, names in chosen.unclear])
        if chosen.unknown or not chosen.groups:
            raise GroupsUnknown(unknown=chosen.unknown, uncovered=chosen.uncovered, known=len(self._groups.all()))
        return draft, chosen.groups

    def change(self, view: SessionView, text: str, now: datetime) -> Change:
        return draft_changes.changed(view.plan, text, now, self._calendar, self._known)

    def shown(self, draft: Draft) -> dict[str, Any]:
        """What staff see before it goes out: what was assumed and what to look at with it."""
        first = draft.plan.whole[0]
        minutes = int((first.ends_at - first.starts_at).total_seconds()) // 60
        return {"draft": draft, "plan": draft.plan, "minutes": minutes, "cautions": self.cautions(draft.warnings)}

    def cautions(self, warnings: Sequence[Caution]) -> list[str]:
        return [self._replies(one.key, one.params, public=False) for one in warnings]
