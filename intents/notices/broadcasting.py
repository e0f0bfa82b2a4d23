"""One notice to many groups: what would happen, begun, held, gone on, called off, said again where it failed.

What has become of it is never kept here: it stands in the outbox, row by row (`storage.broadcasts.fates`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from bot import posting
from bot.context import Post
from bot.message import File, OutboundKind
from bot.pacing import MINUTE
from bot.posting import LONGEST_TEXT, Posting, Spread
from bot.settings import Settings
from intents.errors import (
    BroadcastNotAllowed,
    BroadcastUnknown,
    NobodyToAgree,
    NoticeTooLong,
    NotSecond,
)
from intents.groups import Groups
from intents.notices.forecast import forecast
from intents.notices.receipts import Receipts
from intents.replies import Official, Replies
from storage import attachments, audit, broadcasts, due, messages
from storage.accounts import Directory, Officer
from storage.base import Db
from storage.broadcasts import Broadcast, Fate, State, Told
from storage.database import after_commit

LAPSE_KIND: Final = "notices.lapse"
AGREE_ROLES: Final = frozenset({"admin", "worker"})
ABOUT: Final = "broadcast:{}"


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    group: int
    name: str
    people: int
    silent: bool
    """Nothing that is said there is listened to; it is told all the same."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen: the dry run. Times are by the allowed pace, after what waits already."""

    groups: tuple[PlannedGroup, ...]
    people: int
    """In all of them together, each counted once."""
    starts_at: datetime
    ends_at: datetime
    seconds: int
    """From the first group to the last."""
    messages: int
    needs_second: bool
    """More groups than one staff member may tell alone."""
    broken: bool = False
    """Quiet hours or the day's limit lie in between."""


@dataclass(frozen=True, slots=True)
class Begun:
    """`posts`: what others are to be told now; the handler returns them."""

    id: int
    number: str
    groups: tuple[int, ...]
    waits_for_second: bool
    ends_at: datetime
    asked: tuple[Officer, ...] = ()
    """Whose second word it waits for, any one of them, until `agree_until`."""
    agree_until: datetime | None = None
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A broadcast as it stands now."""

    id: int
    number: str
    state: str
    text: str
    by: str
    agreed: str | None
    at: datetime
    told: tuple[Told, ...]
    has_file: bool
    receipt_until: datetime | None

    def count(self, *fates: Fate) -> int:
        return sum(one.fate in fates for one in self.told)

    def groups(self, *fates: Fate) -> list[int]:
        return [one.group for one in self.told if one.fate in fates]


class Broadcasting:
    def __init__(
        self,
        settings: Settings,
        directory: Directory,
        groups: Groups,
        replies: Replies,
        receipts: Receipts,
        posting: Posting,
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._community = directory.community
        self._groups = groups
        self._replies = replies
        self._receipts = receipts
        self._posting = posting

    def as_read(self, text: str) -> str:
        """The text as a group will read it. Raises `NoticeTooLong`."""
        read = self._replies("notices.text", {"text": Official(text)}, public=True)
        if len(read) > LONGEST_TEXT:
            raise NoticeTooLong(most=LONGEST_TEXT)
        return read

    async def plan(self, db: Db, groups: Sequence[int], now: datetime, *, with_file: bool = False) -> Plan:
        """What would happen if it were begun now."""
        each, people = await broadcasts.people_in(db, groups)
        planned = tuple(
            PlannedGroup(note.id, note.name, each.get(note.id, 0), note.silent)
            for note in self._groups.of(dict.fromkeys(groups))
        )
        ahead = await broadcasts.ahead(db, self._directory.account)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        sent_today = await messages.count_attempts_since(db, self._directory.account, midnight)
        recent = await messages.attempts_since(db, self._directory.account, now - MINUTE)
        count = len(planned) * (2 if with_file else 1)
        moments = forecast(
            self._settings.pacing,
            self._settings.quiet_hours,
            now,
            recent=[at.astimezone(now.tzinfo) for at in recent],
            sent_today=sent_today,
            count=ahead + count,
        )[ahead:]
        starts_at, ends_at = (moments[0], moments[-1]) if moments else (now, now)
        slow = timedelta(seconds=self._settings.pacing.notice_gap_s + self._settings.pacing.jitter_s) + MINUTE
        return Plan(
            planned,
            people,
            starts_at,
            ends_at,
            round((ends_at - starts_at).total_seconds()),
            count,
            len(planned) > self._settings.broadcasts.second_word_above,
            any(after - before > slow for before, after in pairwise(moments)),
        )

    async def begin(
        self,
        db: Db,
        text: str,
        groups: Sequence[int],
        *,
        by: Officer,
        now: datetime,
        about: str | None = None,
        file: File | None = None,
        receipt: bool = False,
        kind: str = "notice",
        expires_at: datetime | None = None,
        alone: bool = False,
    ) -> Begun:
        """Put it into the outbox, in the caller's transaction. To many groups it waits for a second staff member's word first,
        unless `alone`: what corrects or calls off a thing that was agreed already is not held up.
        """
        read = self.as_read(text)
        groups = tuple(dict.fromkeys(groups))
        plan = await self.plan(db, groups, now, with_file=file is not None)
        asked = [] if alone else self.check(plan, by, now)
        waits = bool(asked)
        broadcast = await broadcasts.open_one(
            db,
            self._community,
            day=f"{now:%y%m%d}",
            text=read,
            groups=groups,
            kind=kind,
            about=about,
            attachment=await self._kept(db, file, now),
            state=State.PROPOSED if waits else State.RUNNING,
            by=(by.contact, by.name),
            expires_at=expires_at,
            receipt_until=now + timedelta(days=self._settings.broadcasts.receipt_days) if receipt else None,
            now=now,
        )
        await self._note(db, broadcast, "notices.proposed" if waits else "notices.begun", by, now)
        if not waits:
            await self._spread(db, broadcast, groups, now)
            return Begun(broadcast.id, broadcast.number, groups, False, plan.ends_at)
        until = now + timedelta(hours=self._settings.broadcasts.second_word_hours)
        await due.plan(db, self._community, LAPSE_KIND, broadcast.number, until)
        params = {
            "number": broadcast.number,
            "by": by.name,
            "plan": plan,
            "text": Official(read),
            "has_file": file is not None,
            "until": until,
        }
        posts = tuple(Post("notices.agree", params, contact=one.contact, kind="reminder") for one in asked)
        return Begun(broadcast.id, broadcast.number, groups, True, plan.ends_at, tuple(asked), until, posts)

    def check(self, plan: Plan, by: Officer, now: datetime) -> list[Officer]:
        """Whose second word it needs; nobody's where it may go on one. Raises `NobodyToAgree`."""
        if not plan.needs_second:
            return []
        asked = [
            one
            for one in self._directory.officers.values()
            if one.role in AGREE_ROLES and one.contact != by.contact and not one.is_away(now)
        ]
        if not asked:
            raise NobodyToAgree(groups=len(plan.groups), most=self._settings.broadcasts.second_word_above)
        return asked

    async def call_off(self, db: Db, about: str) -> int:
        """What is not yet said of this thing is not said any more; in how many groups."""
        stopped = 0
        for broadcast in await broadcasts.telling_of(db, self._community, about):
            if broadcast.state == State.PROPOSED:
                stopped += len(await broadcasts.groups_of(db, broadcast.id))
                broadcast.state = State.DROPPED
                continue
            called_off = await broadcasts.call_off(db, broadcast.id)
            if called_off:
                broadcast.state = State.CALLED_OFF
            stopped += called_off
        await db.flush()
        return stopped

    async def agree(self, db: Db, number: str, by: Officer, now: datetime) -> tuple[Begun, Post | None]:
        """The second word: it is begun; whoever proposed it is told."""
        broadcast = await self._held(db, number, "agree", State.PROPOSED)
        if by.contact == broadcast.created_by:
            raise NotSecond(number=number)
        broadcast.state, broadcast.agreed_by, broadcast.agreed_name = State.RUNNING, by.contact, by.name
        if broadcast.receipt_until is not None:
            broadcast.receipt_until = now + timedelta(days=self._settings.broadcasts.receipt_days)
        await due.cancel(db, self._community, LAPSE_KIND, number, unless_claimed=True)
        groups = tuple(await broadcasts.groups_of(db, broadcast.id))
        plan = await self.plan(db, groups, now, with_file=broadcast.attachment_id is not None)
        await self._spread(db, broadcast, groups, now)
        await self._note(db, broadcast, "notices.agreed", by, now)
        begun = Begun(broadcast.id, number, groups, False, plan.ends_at)
        return begun, self._told(broadcast, "notices.agreed_to_you", by.name)

    async def pause(self, db: Db, number: str, by: Officer, now: datetime) -> Shown:
        """What is not yet sent waits."""
        broadcast = await self._held(db, number, "pause", State.RUNNING)
        if not await broadcasts.hold(db, broadcast.id):
            raise BroadcastNotAllowed(number=number, state="done", move="pause")
        broadcast.state = State.PAUSED
        await self._note(db, broadcast, "notices.paused", by, now)
        return await self._shown(db, broadcast)

    async def resume(self, db: Db, number: str, by: Officer, now: datetime) -> Shown:
        broadcast = await self._held(db, number, "resume", State.PAUSED)
        await broadcasts.release(db, broadcast.id)
        broadcast.state = State.RUNNING
        self._posting.wake_later(db)
        await self._note(db, broadcast, "notices.resumed", by, now)
        return await self._shown(db, broadcast)

    async def stop(
        self, db: Db, number: str, by: Officer, now: datetime, *, only_proposed: bool = False
    ) -> tuple[Shown, Post | None]:
        """What is not yet sent is not sent; one that was never begun is dropped, and whoever proposed it is told by whom."""
        begun = () if only_proposed else (State.RUNNING, State.PAUSED)
        broadcast = await self._held(db, number, "stop", State.PROPOSED, *begun)
        told: Post | None = None
        if broadcast.state == State.PROPOSED:
            broadcast.state = State.DROPPED
            await due.cancel(db, self._community, LAPSE_KIND, number, unless_claimed=True)
            if by.contact != broadcast.created_by:
                told = self._told(broadcast, "notices.dropped_to_you", by.name)
        elif await broadcasts.call_off(db, broadcast.id):
            broadcast.state = State.CALLED_OFF
        else:
            raise BroadcastNotAllowed(number=number, state="done", move="stop")
        await self._note(db, broadcast, "notices.called_off", by, now)
        return await self._shown(db, broadcast), told

    async def lapse(self, db: Db, number: str, now: datetime) -> Post | None:
        """Nobody agreed in time."""
        broadcast = await broadcasts.by_number(db, self._community, number)
        if broadcast is None or broadcast.state != State.PROPOSED:
            return None
        broadcast.state = State.DROPPED
        await self._note(db, broadcast, "notices.lapsed", None, now)
        return self._told(broadcast, "notices.lapsed_to_you", "")

    async def again(self, db: Db, number: str, groups: Sequence[int], by: Officer, now: datetime) -> list[int]:
        """Say it again in these of its groups where it surely failed or where nobody knows; which ones that were."""
        broadcast = await self._held(db, number, "again", State.RUNNING, State.CALLED_OFF)
        may = {
            one.group: one
            for one in await broadcasts.fates(db, broadcast)
            if one.fate in (Fate.FAILED, Fate.UNCERTAIN) and one.group in groups
        }
        files = {one.group: one.words for one in may.values() if one.only_file and one.words is not None}
        spread = await self._spreading(db, broadcast, now)
        await self._posting.spread_file(db, spread, files)
        await self._spread(db, broadcast, [group for group in may if group not in files], now)
        await self._note(db, broadcast, "notices.again", by, now, groups=sorted(may))
        return list(may)

    async def shown(self, db: Db, number: str) -> Shown:
        broadcast = await broadcasts.by_number(db, self._community, number)
        if broadcast is None:
            raise BroadcastUnknown(number=number)
        return await self._shown(db, broadcast)

    async def latest(self, db: Db, most: int) -> list[Shown]:
        return [await self._shown(db, one) for one in await broadcasts.latest(db, self._community, most)]

    async def _shown(self, db: Db, broadcast: Broadcast) -> Shown:
        await db.flush()
        return Shown(
            broadcast.id,
            broadcast.number,
            broadcast.state,
            broadcast.text,
            broadcast.created_name,
            broadcast.agreed_name,
            broadcast.created_at,
            tuple(await broadcasts.fates(db, broadcast)),
            broadcast.attachment_id is not None,
            broadcast.receipt_until,
        )

    async def _held(self, db: Db, number: str, move: str, *states: State) -> Broadcast:
        """It, in one of these states, and nobody else's until we are done."""
        broadcast = await broadcasts.by_number(db, self._community, number)
        if broadcast is None:
            raise BroadcastUnknown(number=number)
        if broadcast.state not in states:
            raise BroadcastNotAllowed(number=number, state=broadcast.state, move=move)
        return broadcast

    async def _spread(self, db: Db, broadcast: Broadcast, groups: Sequence[int], now: datetime) -> None:
        rows = await self._posting.spread(db, await self._spreading(db, broadcast, now), groups)
        await broadcasts.link(db, broadcast.id, rows)
        if broadcast.receipt_until is not None:
            until = broadcast.receipt_until
            after_commit(db, lambda: self._receipts.await_in(groups, until))

    async def _spreading(self, db: Db, broadcast: Broadcast, now: datetime) -> Spread:
        kept = broadcast.attachment_id
        file = await attachments.content(db, kept) if kept is not None else None
        return Spread(
            key="notices.text",
            text=broadcast.text,
            kind=OutboundKind(broadcast.kind),
            now=now,
            about=ABOUT.format(broadcast.id),
            expires_at=broadcast.expires_at,
            attachment=(kept, file[0]) if kept is not None and file is not None else None,
        )

    async def _kept(self, db: Db, file: File | None, now: datetime) -> int | None:
        if file is None:
            return None
        posting.check(file)
        return await attachments.keep(db, self._community, name=file.name, content=file.content, now=now)

    def _told(self, broadcast: Broadcast, key: str, name: str) -> Post | None:
        if broadcast.created_by is None:
            return None
        return Post(key, {"number": broadcast.number, "name": name}, contact=broadcast.created_by, kind="reminder")

    async def _note(
        self, db: Db, broadcast: Broadcast, verb: str, by: Officer | None, now: datetime, **after: Any
    ) -> None:
        await audit.note(
            db,
            self._community,
            at=now,
            actor=by.role if by is not None else "assistant",
            verb=verb,
            subject=ABOUT.format(broadcast.id),
            contact=by.contact if by is not None else None,
            after={"number": broadcast.number, "state": str(broadcast.state), **after},
        )
