"""Group notes 接龙 under a session: every post is a full copy, so only what it changes against the last one is done.

Two who add at once make two copies, each without the other's line: what only the copy before added stays, and is not asked
about where later copies were made of the one without it. A line that was there longer and is gone is a question to whoever it
is about, never a cancellation by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.context import Answer, Context, Pass, Post, Said
from bot.dialog import Dialogs
from bot.message import Conversation, Entry, Reply
from intents.errors import DoseTooEarly, NotSignedUp, PeopleOutOfRange, SessionFull, SignedUpByFamily
from intents.sessions.choosing import Choosing
from intents.sessions.desk import Desk, left_params
from intents.sessions.signing_up import Offer, SigningUp, Wish
from intents.sessions.talking import Talking, on_call_list
from intents.understanding.address import split_nickname
from intents.understanding.group_note import GroupNote, compare, group_note
from storage import sessions, sign_ups
from storage.accounts import Directory
from storage.sessions import SessionView
from storage.sign_ups import SignedUp, SignUp, State, Who, signed_up

VANISHED: Final = "sessions.vanished"
SOURCE: Final = "note"
WAIT: Final = timedelta(hours=12)
MOST_ASKED: Final = 3
"""Lines that are asked about at once; of a copy that lacks more, somebody began a new list, and staff are told."""


@dataclass(slots=True)
class _Done:
    """What one copy came to."""

    joined: int = 0
    waiting: int = 0
    changed: int = 0
    left: int = 0
    no_room: list[str] = field(default_factory=list)
    too_early: list[str] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        return not (self.joined or self.waiting or self.changed or self.left or self.no_room or self.too_early)


class Noting:
    def __init__(
        self,
        directory: Directory,
        sign_up_desk: Desk,
        choosing: Choosing,
        signing_up: SigningUp,
        talking: Talking,
        dialogs: Dialogs,
    ) -> None:
        self._directory = directory
        self._desk = sign_up_desk
        self._choosing = choosing
        self._signing_up = signing_up
        self._talking = talking
        self._dialogs = dialogs

    async def take(self, context: Context) -> Answer:
        """Do what a copy changes. None of ours, or of no session here: `Pass`."""
        group, note = context.conversation.group, group_note(context.inbound.text)
        if group is None or note is None:
            return Pass()
        session = await self._session(context, note)
        if session is None:
            return Pass()
        # two who post at once are read one after the other
        await sessions.held(context.db, session.id)
        kept = await sign_ups.last_copy(context.db, session.id, group)
        current = _entries(kept.entries["entries"]) if kept is not None else []
        base = _entries(kept.entries["base"]) if kept is not None else []
        asked = list(kept.entries["asked"]) if kept is not None else []
        changes = compare(current, note.entries)
        here = {_key(one) for one in note.entries}
        fresh = {_key(one) for one in compare(base, current).added}
        lost = set(kept.entries.get("lost", ()) if kept is not None else ())
        if not fresh & here:
            # two wrote at once; who has a line of the last copy wrote after it, and left the others out
            lost |= fresh & {_key(one) for one in changes.vanished}
        lost -= here
        gone = [one for one in changes.vanished if _key(one) not in lost and _key(one) not in asked]
        done = _Done()
        only = len(changes.added) == 1
        in_words = await self._in_words(context, session) if changes.added else []
        for entry in changes.added:
            own = _is_own(context, entry) or (only and not _said_so(entry, in_words))
            if own or not _said_so(entry, in_words):
                await self._add(context, session, entry, done, own=own)
        for before, after in changes.changed:
            await self._change(context, session, before, after, done)
        for entry in changes.cancelled:
            if not await self._cancel(context, session, entry, done) and _key(entry) not in asked:
                gone.append(entry)
        still = [*note.entries, *changes.vanished]
        copy = {
            "entries": [_plain(one) for one in still],
            "base": [_plain(one) for one in current],
            "lost": sorted(lost),
            "asked": [*asked, *(_key(one) for one in gone)][-100:],
        }
        await sign_ups.keep_copy(context.db, session.id, group, copy, context.now)
        return await self._answer(context, session, done, gone)

    async def _session(self, context: Context, note: GroupNote) -> SessionView | None:
        """The one that the note's title names; the only one that is open here, where the title names none."""
        found = await self._desk.open_here(context)
        named = self._choosing.meant_by(note.title, found, context.now)
        if len(named) > 1:
            named = self._choosing.quoted(context, named) or await self._continued(context, note, named)
        return named[0] if len(named) == 1 else None

    async def _continued(self, context: Context, note: GroupNote, found: Sequence[SessionView]) -> list[SessionView]:
        """Those of whose last list this is a copy."""
        continued: list[SessionView] = []
        for session in found:
            kept = await sign_ups.last_copy(context.db, session.id, context.conversation.group or 0)
            before = _entries(kept.entries["entries"]) if kept is not None else []
            if before and len(compare(before, note.entries).vanished) < len(before):
                continued.append(session)
        return continued

    async def _in_words(self, context: Context, session: SessionView) -> list[SignedUp]:
        """Who signed up in this group by saying so: a line of the same name is about them."""
        rows = await sign_ups.of_session(context.db, session.id)
        here = [row for row in rows if row.source != SOURCE and row.group_id == context.conversation.group]
        return [signed_up(row) for row in here]

    async def _add(self, context: Context, session: SessionView, entry: Entry, done: _Done, *, own: bool) -> None:
        wish = Wish(
            self._whose(context, entry, own=own),
            entry.people or 1,
            group=context.conversation.group,
            source=SOURCE,
            note=entry.note,
        )
        try:
            standing, offers = await self._signing_up.join(context.db, session.id, wish, context.now)
        except SignedUpByFamily:
            return  # a household is not counted twice
        except (PeopleOutOfRange, SessionFull):
            done.no_room.append(_called(entry))
            return
        except DoseTooEarly:
            done.too_early.append(_called(entry))
            return
        done.offers += offers
        if standing.sign_up.state == State.WAITING:
            done.waiting += not standing.again
        else:
            done.joined += not standing.again

    async def _change(self, context: Context, session: SessionView, before: Entry, after: Entry, done: _Done) -> None:
        row = await self._row(context, session, before)
        if row is not None and not _is_of_list(context, row):
            return
        if row is None:
            await self._add(context, session, after, done, own=False)
            return
        people = after.people or 1
        try:
            if people != row.people:
                _, offers = await self._signing_up.resize(context.db, row.id, people, context.now)
                done.offers += offers
                done.changed += 1
            who = self._whose(context, after, own=False)
            if _door(after) != _door(before) or after.name != before.name:
                await self._signing_up.readdress(context.db, row.id, who, context.now)
        except (PeopleOutOfRange, SessionFull):
            done.no_room.append(_called(after))
        except SignedUpByFamily:
            return

    async def _cancel(self, context: Context, session: SessionView, entry: Entry, done: _Done) -> bool:
        """False where somebody else signed up by themselves: only they can tell."""
        row = await self._row(context, session, entry)
        if row is not None and not _is_of_list(context, row):
            return False
        if row is not None:
            with suppress(NotSignedUp):
                _, offers = await self._signing_up.leave(context.db, row.id, context.now)
                done.offers += offers
                done.left += 1
        return True

    async def _row(self, context: Context, session: SessionView, entry: Entry) -> SignUp | None:
        """The sign-up that a line stands for, whoever wrote it."""
        for own in (False, True):
            found = await sign_ups.live_of(context.db, session.id, self._whose(context, entry, own=own))
            if found is not None:
                return found
        named = [
            one for one in await sign_ups.of_session(context.db, session.id) if entry.name and one.name == entry.name
        ]
        return named[0] if len(named) == 1 else None

    def _whose(self, context: Context, entry: Entry, *, own: bool) -> Who:
        """`own`: the only line that somebody added is their own, where it bears their name."""
        _, nickname = split_nickname(context.speaker.name)
        mine = own and (not entry.name or entry.name in (nickname, context.speaker.name))
        return Who(
            context.speaker.contact if own else None,
            entry.name or (nickname if mine else ""),
            entry.building,
            entry.unit,
            entry.room,
            for_other=own and not mine,
            listed=not mine,
        )

    async def _answer(self, context: Context, session: SessionView, done: _Done, gone: Sequence[Entry]) -> Answer:
        said: list[Said] = []
        if not done.is_nothing:
            said.append(await self._talking.counted(context.db, session, done.no_room, done.too_early))
        if gone:
            said += await self._ask(context, session, gone)
        await on_call_list(context.db, self._directory.community, self._talking.unreachable(done.offers), context.now)
        return [*said, *self._talking.offered(done.offers)]

    async def _ask(self, context: Context, session: SessionView, gone: Sequence[Entry]) -> list[Said]:
        """Whoever wrote the line is asked; where that is not known, whoever left it out."""
        if len(gone) > MOST_ASKED:
            names = [_called(one) for one in gone]
            return [
                Post("sessions.many_vanished", {"session": session, "names": names}, contact=officer, kind="reminder")
                for officer in self._officers()
            ]
        theirs: dict[int, list[tuple[Entry, SignUp]]] = {}
        for entry in gone:
            row = await self._row(context, session, entry)
            if row is not None:
                asked = row.contact_id if row.contact_id is not None else context.speaker.contact
                theirs.setdefault(asked, []).append((entry, row))
        posts: list[Said] = []
        for asked, found in theirs.items():
            where = Conversation(context.conversation.account, context.conversation.group, asked)
            open_one = await self._dialogs.find(context.db, where)
            if open_one is not None and open_one.state != VANISHED:
                continue  # they are answering something else; the place is theirs until they say otherwise
            data = {"sign_ups": [row.id for _, row in found]}
            await self._dialogs.ask(context.db, where, VANISHED, data, now=context.now, wait=WAIT, longest=20)
            own = len(found) == 1 and found[0][1].contact_id == asked
            params = {"session": session, "names": [_called(entry) for entry, _ in found], "own": own}
            posts.append(Post("sessions.vanished", params, group=where.group, mentions=(asked,), kind="reply"))
        return posts

    def _officers(self) -> list[int]:
        return [one.contact for one in self._directory.officers.values() if one.role in ("admin", "worker")]

    async def gone_after_all(self, context: Context, identities: Sequence[int]) -> Answer:
        """The lines were left out because they do not come."""
        left, offers = None, list[Offer]()
        for identity in identities:
            with suppress(NotSignedUp):
                left, places = await self._signing_up.leave(context.db, identity, context.now)
                offers += places
        if left is None:
            raise NotSignedUp(session=None)
        await on_call_list(context.db, self._directory.community, self._talking.unreachable(offers), context.now)
        return [Reply("sessions.left", left_params(left)), *self._talking.offered(offers)]

    async def stays(self, context: Context, identities: Sequence[int]) -> Answer:
        rows = [row for one in identities if (row := await sign_ups.look(context.db, one)) is not None]
        return Reply("sessions.stays", {"people": sum(row.people for row in rows)}) if rows else Pass()


def _said_so(entry: Entry, in_words: Sequence[SignedUp]) -> bool:
    """Whether just one of that name is in already, and no door speaks against it: nobody is counted twice."""
    alike = [one for one in in_words if entry.name and one.name == entry.name]
    return len(alike) == 1 and (entry.room is None or alike[0].room is None or alike[0].room == entry.room)


def _is_of_list(context: Context, row: SignUp) -> bool:
    """Whether whoever may write in the list may also change this one: it stands in it, or is their own. Who signed up by
    themselves decides alone."""
    return row.source == SOURCE or row.contact_id in (None, context.speaker.contact)


def _is_own(context: Context, entry: Entry) -> bool:
    """Of several lines that somebody adds, the one that bears their nickname."""
    known, nickname = split_nickname(context.speaker.name)
    if not entry.name or entry.name not in (nickname, context.speaker.name):
        return False
    return known is None or entry.building is None or (entry.building, entry.room) == (known.building, known.room)


def _plain(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in asdict(entry).items() if value is not None and value is not False}


def _entries(kept: Sequence[dict[str, Any]]) -> list[Entry]:
    return [Entry(**one) for one in kept]


def _door(entry: Entry) -> tuple[str | None, str | None, str | None]:
    return entry.building, entry.unit, entry.room


def _key(entry: Entry) -> str:
    return f"{entry.name or ''}|{'-'.join(part or '' for part in _door(entry))}"


def _called(entry: Entry) -> str:
    """As a group may hear it: by name, else by the building."""
    return entry.name or (entry.building or str(entry.number))
