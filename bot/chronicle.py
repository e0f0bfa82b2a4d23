"""Events that are no messages: the account comes up, people join, ask to be friends, take back, are missed in a gap.

The roster read at every connection also tells whether the ids still mean the same people: a changed id of the account itself,
or most known members gone at once, starts a new epoch, in which no old raw id means anybody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.context import Post
from bot.memory import GroupMemory
from bot.message import Connected, Echo, FriendRequest, Gap, Joined, Recalled, kept_name
from bot.posting import Posting
from bot.settings import StaffMember
from scheduler.clock import Clock
from storage import accounts, audit, messages, reporters, roster
from storage.accounts import Directory
from storage.base import Db
from storage.database import Database, after_commit
from storage.roster import Seen

log = structlog.get_logger()

Notable = Connected | Echo | FriendRequest | Gap | Joined | Recalled
SettleEcho = Callable[[Echo], Awaitable[None]]
GREETING = "help.welcome"
PULSE_S = 30
ABSENCE = timedelta(minutes=2)
VANISHED_SHARE = 0.5
FEWEST_KNOWN = 5


class Chronicle:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        posting: Posting,
        memory: GroupMemory,
        clock: Clock,
        *,
        staff: Sequence[StaffMember],
        may_miss: bool,
        settle_echo: SettleEcho,
    ) -> None:
        """`may_miss`: what is said while we are away never arrives, so staff are told how long that was."""
        self._database = database
        self._directory = directory
        self._posting = posting
        self._memory = memory
        self._clock = clock
        self._staff = staff
        self._may_miss = may_miss
        self._settle_echo = settle_echo
        self._is_up = False

    async def pulse(self) -> None:
        """Remember that the channel is up, so that the next start knows what it missed. Runs until cancelled."""
        while True:
            await asyncio.sleep(PULSE_S)
            if self._is_up and self._may_miss:
                async with self._database.transaction() as db:
                    await accounts.note_seen(db, self._directory.account, self._clock.now())

    async def note(self, event: Notable) -> None:
        match event:
            case Echo():
                await self._settle_echo(event)
            case Connected():
                await self._connected(event)
            case Joined():
                await self._joined(event)
            case FriendRequest():
                await self._befriended(event)
            case Recalled():
                await self._recalled(event)
            case Gap():
                await self._missed(event)

    async def tell_staff(
        self, db: Db, key: str, *, about: str | None = None, wait: timedelta = timedelta(0), **params: object
    ) -> None:
        """One private line to every admin, as `bot.unsent.TellStaff` has it."""
        now = self._clock.now()
        admins = [officer for officer in self._directory.officers.values() if officer.role == "admin"]
        posts = [
            Post(key, params, contact=officer.contact, kind="alert", about=about, not_before=now + wait)
            for officer in admins
        ]
        await self._posting.post(db, posts, now)

    async def _connected(self, event: Connected) -> None:
        seen = [
            Seen(
                group.group,
                kept_name(group.name),
                [(one.contact, kept_name(one.name), kept_name(one.alias), one.friend) for one in group.members],
            )
            for group in event.groups
        ]
        friends = [(one.contact, kept_name(one.name)) for one in event.friends]
        async with self._database.transaction() as db:
            # worked out on a copy: the directory must not know what may yet be rolled back
            fresh = await accounts.open_directory(db, self._directory.community, self._directory.channel)
            reason = self._changed(event, seen)
            if reason is not None:
                log.log(logging.INFO if fresh.epoch == 0 else logging.WARNING, "account.new_epoch", reason=reason)
                await accounts.start_epoch(db, fresh, event.account, reason, self._clock.now())
            await roster.take_over(db, fresh, seen, friends)
            if fresh.epoch == 1:
                known_only = self._may_miss and bool(seen or friends)
                await self._bind_configured(db, fresh, known_only=known_only)
            elif not fresh.officers:
                log.error("staff.nobody_bound", what_to_do="linli recover")
            await self._tell_of_absence(db, fresh)
            after_commit(db, lambda: self._directory.adopt(fresh))
        self._is_up = True

    async def _tell_of_absence(self, db: Db, directory: Directory) -> None:
        """The first connection after a start: what was said while nothing ran here never arrives."""
        if not self._may_miss:
            return
        now = self._clock.now()
        seen = None if self._is_up else await accounts.last_seen(db, directory.account)
        if seen is not None and now - seen > ABSENCE:
            await self.tell_staff(db, "system.gap", since=seen, until=now)
        await accounts.note_seen(db, directory.account, now)

    def _changed(self, event: Connected, seen: Sequence[Seen]) -> str | None:
        """Why a new epoch begins, or None where the ids still mean what they meant."""
        if self._directory.self_raw_id is None:
            return "first login"
        if self._directory.self_raw_id != event.account:
            return "account id changed"
        known = self._directory.known_members()
        now_seen = {contact for group in seen for contact, *_ in group.members}
        if not now_seen or len(known) < FEWEST_KNOWN:
            return None  # a roster that is not loaded yet tells nothing
        if len(known - now_seen) / len(known) > VANISHED_SHARE:
            return "members vanished"
        return "names changed hands" if self._changed_hands(seen) else None

    def _changed_hands(self, seen: Sequence[Seen]) -> bool:
        """Whether most ids, or one of a staff member's, now carry a name that used to be another's."""
        names = {contact: name for group in seen for contact, name, _, _ in group.members if name}
        before = {raw: self._directory.own_name(raw) for raw in names}
        # somebody may take a new name; a name that is still there under another id has changed hands
        moved = [raw for raw, old in before.items() if old and old != names[raw] and old in names.values()]
        if any(self._directory.contact(raw) in self._directory.officers for raw in moved):
            return True
        known = sum(bool(old) for old in before.values())
        return known >= FEWEST_KNOWN and len(moved) / known > VANISHED_SHARE

    async def _bind_configured(self, db: Db, directory: Directory, *, known_only: bool) -> None:
        """Staff whose contact config.yaml names; in the first epoch only: later on, an old id may be somebody else's.

        `known_only`: on a real account an id that nobody there has is a mistake, not a person.
        """
        bound = set()
        for member in self._staff:
            if not member.contact:
                continue  # comes in with a code
            if known_only and directory.contact(member.contact) is None:
                log.warning("staff.contact_unknown", role=member.role)
                continue
            contact = await accounts.ensure_contact(db, directory, member.contact, friend=True)
            bound.add(contact)
            await accounts.bind_staff(
                db,
                directory,
                contact,
                name=member.name,
                role=member.role,
                buildings=member.buildings,
                bound_by="config",
            )
        for officer in list(directory.officers.values()):
            if officer.bound_by == "config" and officer.contact not in bound:
                await accounts.unbind_staff(db, directory, officer.contact)

    async def _joined(self, event: Joined) -> None:
        async with self._database.transaction() as db:
            # people before the group, as everywhere: two orders would be a deadlock
            contacts = [await accounts.ensure_contact(db, self._directory, raw_id) for raw_id in sorted(event.members)]
            group = await accounts.ensure_group(db, self._directory, event.group, kept_name(event.group_name))
            for contact in contacts:
                await accounts.ensure_member(db, self._directory, group, contact, "")

    async def _befriended(self, event: FriendRequest) -> None:
        async with self._database.transaction() as db:
            contact = await accounts.ensure_contact(
                db, self._directory, event.contact, name=kept_name(event.name), friend=True
            )
            greeting = Post(GREETING, {}, contact=contact, kind="reply")
            await self._posting.post(db, [greeting], self._clock.now())

    async def _recalled(self, event: Recalled) -> None:
        """The message leaves our memory; a case that stands on it stays, and its story says that it was taken back."""
        if event.group is not None:
            self._memory.forget(event.group, event.id)
        async with self._database.transaction() as db:
            trace = await messages.trace_of(db, self._directory.account, event.id)
            complaint = await reporters.of_inbox(db, trace.inbox) if trace else None
            if complaint is not None:
                await audit.note(
                    db,
                    self._directory.community,
                    at=self._clock.now(),
                    actor="resident",
                    verb="complaints.recalled",
                    subject=f"complaint:{complaint.id}",
                )

    async def _missed(self, event: Gap) -> None:
        async with self._database.transaction() as db:
            await self.tell_staff(db, "system.gap", since=event.since, until=event.until)
