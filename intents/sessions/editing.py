"""Staff make, change and call off sessions; whoever it concerns hears of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.context import Post
from bot.pacing import end_of_quiet
from bot.settings import QuietHours
from intents.errors import SessionClosed, SessionTooSmall
from intents.sessions.announcing import Begun, Broadcasts
from intents.sessions.board import Board
from intents.sessions.noticing import Noticing
from intents.sessions.reaching import CANCELLED, CHANGED, Reached, Reaching, Word
from intents.sessions.reminding import Reminding
from intents.sessions.signing_up import Offer, SigningUp
from storage import audit, broadcasts, calls, sessions, sign_ups
from storage.accounts import Officer
from storage.base import Db
from storage.session_plan import Plan
from storage.sessions import OPEN, Session, SessionView
from storage.sign_ups import LIVE, SignedUp, signed_up

ABOUT: Final = "session:{}"
URGENT: Final = timedelta(hours=3)
"""So short before it begins, that it is off is said also in quiet hours: somebody may be on the way."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was done. `begun`: the notice to the groups; `reached`: how those who had signed up hear of it."""

    session: SessionView
    begun: Begun | None
    reached: Reached | None = None
    offers: tuple[Offer, ...] = ()

    @property
    def posts(self) -> list[Post]:
        return [*(self.begun.posts if self.begun else ()), *(self.reached.posts if self.reached else ())]


class Editing:
    def __init__(
        self,
        community: str,
        board: Board,
        broadcasts: Broadcasts,
        noticing: Noticing,
        reaching: Reaching,
        reminding: Reminding,
        signing_up: SigningUp,
        quiet: QuietHours,
    ) -> None:
        self._community = community
        self._board = board
        self._broadcasts = broadcasts
        self._noticing = noticing
        self._reaching = reaching
        self._reminding = reminding
        self._signing_up = signing_up
        self._quiet = quiet

    async def create(
        self, db: Db, plan: Plan, groups: Sequence[int], by: Officer, now: datetime, *, receipt: bool = False
    ) -> Made:
        """Kept, announced in these groups (none: nowhere), its reminders planned."""
        row = await sessions.create(
            db, self._community, plan, groups, day=f"{now:%y%m%d}", now=now, by=by.contact, name=by.name
        )
        view = await sessions.view(db, row, now)
        await self._reminding.plan(db, view, now)
        self._board.put(db, row)
        await self._note(db, row, "sessions.create", by, now)
        return Made(
            view, await self._announce(db, view, self._noticing.whole(view, receipt=receipt), by, now, receipt=receipt)
        )

    async def change(self, db: Db, number: str, plan: Plan, by: Officer, now: datetime) -> Made:
        """Another plan for it. Raises `SessionTooSmall` where people who are in would have no place."""
        row = await self._held(db, number, now)
        before = await sessions.view(db, row, now)
        try:
            await sessions.change(db, row, plan, now)
        except ValueError as fault:
            raise SessionTooSmall(taken=before.taken) from fault
        after = await sessions.view(db, row, now)
        offers = await self._signing_up.regroup(db, row, now)
        await self._reminding.plan(db, after, now)
        self._board.put(db, row)
        await self._note(db, row, "sessions.change", by, now)
        changes = self._noticing.changes(before.plan, after.plan)
        if not changes:
            return Made(after, None, offers=tuple(offers))
        begun = await self._announce_change(db, before, after, by, now)
        await self._reaching.forget(db, before, await self._live(db, before), now)
        said = {"changes": changes}
        word = Word(CHANGED, "sessions.changed_for_you", "sessions.say_changed", after.plan.ends_at, said)
        reached = await self._reach(db, after, word, now)
        return Made(after, begun, reached, tuple(offers))

    async def _announce_change(
        self, db: Db, before: SessionView, after: SessionView, by: Officer, now: datetime
    ) -> Begun | None:
        """What changed, to groups that have heard how it was. Where some have not yet, the old words are not said any more, and
        all hear the whole anew; where none has, it is begun as at first."""
        if not await self._broadcasts.call_off(db, ABOUT.format(after.id)):
            return await self._announce(db, after, self._noticing.changed(before, after), by, now, alone=True)
        heard = await self._was_heard(db, after)
        return await self._announce(db, after, self._noticing.whole(after), by, now, alone=heard)

    async def _was_heard(self, db: Db, view: SessionView) -> bool:
        since, about = view.created_at - timedelta(seconds=1), [ABOUT.format(view.id)]
        told = [await broadcasts.told_since(db, self._community, group, about, since) for group in view.groups]
        return any(told)

    async def cancel(self, db: Db, number: str, reason: str, by: Officer, now: datetime) -> Made:
        row = await self._held(db, number, now)
        await sessions.end(db, row, sessions.CANCELLED, now, reason[:200] or None)
        view = await sessions.view(db, row, now)
        await self._reminding.call_off(db, view)
        people = await self._live(db, view)
        await self._reaching.forget(db, view, people, now)
        await calls.call_off(db, [one.id for one in people], ["sessions.offer"], now)
        await self._signing_up.call_off(db, row)
        self._board.put(db, row)
        await self._note(db, row, "sessions.cancel", by, now, why=reason)
        # a notice that has not gone everywhere would invite people to what is off
        await self._broadcasts.call_off(db, ABOUT.format(view.id))
        kind = "reply" if view.plan.starts_at - now <= URGENT else "reminder"
        word = Word(CANCELLED, "sessions.cancelled_for_you", "sessions.say_cancelled", view.plan.ends_at, {}, kind)
        reached = await self._reach(db, view, word, now, people)
        if kind == "reply" and end_of_quiet(now, self._quiet.start, self._quiet.end) > now:
            return Made(view, None, replace(reached, posts=(*reached.posts, *self._at_once(view))))
        begun = await self._announce(db, view, self._noticing.cancelled(view), by, now, alone=True)
        return Made(view, begun, reached)

    def _at_once(self, view: SessionView) -> list[Post]:
        """A notice would wait for the morning. What is said as an answer does not, and is rather said twice than lost."""
        until = view.plan.ends_at
        return [
            Post("sessions.cancelled_at_once", {"session": view}, group=group, kind="reply", expires_at=until)
            for group in view.groups
        ]

    async def _live(self, db: Db, view: SessionView) -> list[SignedUp]:
        return [signed_up(one) for one in await sign_ups.of_session(db, view.id, LIVE)]

    async def _reach(
        self, db: Db, view: SessionView, word: Word, now: datetime, people: Sequence[SignedUp] | None = None
    ) -> Reached:
        if people is None:
            people = await self._live(db, view)
        return await self._reaching.everybody(db, view, people, word, now)

    async def _announce(
        self,
        db: Db,
        view: SessionView,
        text: str,
        by: Officer,
        now: datetime,
        *,
        receipt: bool = False,
        alone: bool = False,
    ) -> Begun | None:
        if not view.groups:
            return None
        return await self._broadcasts.begin(
            db,
            text,
            view.groups,
            by=by,
            now=now,
            about=ABOUT.format(view.id),
            receipt=receipt,
            expires_at=view.plan.ends_at,
            alone=alone,
        )

    async def _held(self, db: Db, number: str, now: datetime) -> Session:
        row = await sessions.by_number(db, self._community, number)
        if row is None:
            raise SessionClosed(session=None)
        row = await sessions.held(db, row.id)
        if row.state != OPEN or row.ends_at <= now:
            raise SessionClosed(session=await sessions.view(db, row, now))
        return row

    async def _note(self, db: Db, row: Session, verb: str, by: Officer, now: datetime, why: str = "") -> None:
        after: dict[str, Any] = {"title": row.title, "starts_at": row.starts_at.isoformat(), "sequence": row.sequence}
        await audit.note(
            db,
            self._community,
            at=now,
            contact=by.contact,
            actor=by.role,
            verb=verb,
            subject=row.number,
            after=after,
            why=why,
        )
