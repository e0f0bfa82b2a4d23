"""From what a handler returned to rows of the outbox: rendered, addressed, split, with its lane and its expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.context import Context, Post, Said
from bot.lanes import FIRST, LANES
from bot.message import LONGEST_NAME, File, OutboundKind, Reply
from storage import attachments, lines, messages
from storage.accounts import Directory
from storage.base import Db
from storage.database import after_commit
from storage.messages import Draft, OutboxRow

LONGEST_TEXT = 1800
MOST_NAMED = 10
"""Whoever else it concerns reads it without being called by name."""
UNREACHABLE = "private.unreachable"


class UnusableFile(ValueError):
    """A file that cannot be sent. The text says why."""


class Render(Protocol):
    def __call__(self, key: str, params: Mapping[str, Any], *, public: bool) -> str:
        """The words of a key. `public` is for a group: personal data in the parameters is masked."""
        ...


@dataclass(frozen=True, slots=True)
class _Addressed:
    key: str
    text: str
    kind: OutboundKind
    lane: int
    group: int | None
    contact: int | None
    mentions: tuple[int, ...]
    expires_at: datetime | None
    answers: bool = False
    """Whether it is said to the one who spoke."""
    trouble: str | None = None
    about: str | None = None
    adds: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    file: File | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The same words, rendered already, for many groups; `attachment` is a file that is kept, by its id and name."""

    key: str
    text: str
    kind: OutboundKind
    now: datetime
    about: str | None = None
    expires_at: datetime | None = None
    attachment: tuple[int, str] | None = None


class Posting:
    """Puts messages into the outbox, in the caller's transaction, and wakes the sender once it is committed.

    A message with a file becomes two rows: the words, and then the file. Raises `UnusableFile` before it writes anything.
    """

    def __init__(
        self, directory: Directory, render: Render, shown_name: Callable[[str], str], wake: Callable[[], None]
    ) -> None:
        self._directory = directory
        self._render = render
        self._shown_name = shown_name
        self._wake = wake

    async def answer(self, context: Context, said: Sequence[Said]) -> None:
        """Post what a handler returned in answer to a message."""
        # the directory learns only after the commit how somebody who speaks for the first time is called
        names = {context.speaker.contact: context.speaker.name}
        addressed = [
            self._reply(context, one, names) if isinstance(one, Reply) else self._post(one, context.now, names)
            for one in said
        ]
        await self._enqueue(context.db, addressed, context.now, (context.inbox, context.inbound.id))

    async def post(self, db: Db, posts: Sequence[Post], now: datetime) -> None:
        """Post what nobody asked for: alerts, reminders, notices."""
        await self._enqueue(db, [self._post(post, now, {}) for post in posts], now, None)

    def wake_later(self, db: Db) -> None:
        """What waited may go, once this is committed."""
        after_commit(db, self._wake)

    async def spread(self, db: Db, spread: Spread, groups: Sequence[int]) -> dict[int, int]:
        """Say the same in many groups, each with a row of its own and the file behind it; which row is whose."""
        rows: dict[int, int] = {}
        for group in groups:
            [row] = await self._add(db, [_copy(spread, group)])
            await self._copy_file(db, spread, group, row.id)
            rows[group] = row.id
        after_commit(db, self._wake)
        return rows

    async def spread_file(self, db: Db, spread: Spread, words: Mapping[int, int]) -> None:
        """Say only the file again, behind words that have gone: the group and the row of its words."""
        for group, row in words.items():
            await self._copy_file(db, spread, group, row)
        after_commit(db, self._wake)

    async def _copy_file(self, db: Db, spread: Spread, group: int, words: int) -> None:
        if spread.attachment is not None:
            kept, name = spread.attachment
            await self._add(db, [replace(_copy(spread, group), text=name, about=None, attachment=kept, follows=words)])

    def _reply(self, context: Context, reply: Reply, names: Mapping[int, str]) -> _Addressed:
        group, speaker = context.conversation.group, context.speaker
        key, params, file = reply.key, reply.params, reply.file
        if reply.private and group is not None and (speaker.friend or speaker.officer):
            group = None
        elif reply.private and group is not None:
            # nothing personal may be said in the group, and there is no other way to this person
            key, params, file = UNREACHABLE, {}, None
        text = self._render(key, params, public=group is not None)
        mentions: tuple[int, ...] = ()
        if group is not None and reply.mention:
            mentions = (speaker.contact,)
            text = f"@{self._shown_name(speaker.name)} {text}"
        lane = FIRST if reply.urgent else LANES[OutboundKind.REPLY].number
        expires_at = _expiry(OutboundKind.REPLY, reply.numbered, context.now)
        contact = speaker.contact if group is None else None
        said = _Addressed(key, text, OutboundKind.REPLY, lane, group, contact, mentions, expires_at, answers=True)
        return replace(
            said,
            trouble=reply.trouble if group is not None else None,
            about=reply.about if group is not None else None,
            names=names,
            file=file,
        )

    def _post(self, post: Post, now: datetime, names: Mapping[int, str]) -> _Addressed:
        kind = OutboundKind(post.kind)
        mentions = post.mentions[:MOST_NAMED]
        text = self._render(post.key, post.params, public=post.group is not None)
        names = {**names, **post.names}
        text = self._called(post.group, mentions, text, names)
        expires_at = post.expires_at or _expiry(kind, post.numbered, now)
        said = _Addressed(post.key, text, kind, LANES[kind].number, post.group, post.contact, mentions, expires_at)
        return replace(
            said,
            trouble=post.trouble if post.group is not None else None,
            about=post.about,
            adds=post.adds,
            names=names,
            file=post.file,
            not_before=post.not_before,
        )

    def _called(self, group: int | None, mentions: Sequence[int], text: str, names: Mapping[int, str]) -> str:
        """The text with those whom it calls before it; in private nobody is called."""
        if group is None:
            return text
        called = [names.get(contact) or self._directory.name_in(group, contact) for contact in mentions]
        return f"{' '.join(f'@{self._shown_name(name)}' for name in called)} {text}".lstrip()

    def _uncalled(self, group: int | None, mentions: Sequence[int], text: str, names: Mapping[int, str]) -> str:
        return text.removeprefix(self._called(group, mentions, "", names)).lstrip()

    async def _enqueue(
        self,
        db: Db,
        addressed: Sequence[_Addressed],
        now: datetime,
        answered: tuple[int, str] | None,
    ) -> None:
        inbox, message = answered or (None, None)
        for one in addressed:
            if one.file is not None:
                check(one.file)
        kept: dict[File, int] = {}
        fresh: list[_Addressed] = []
        for one in addressed:
            row = await self._amended(db, one, inbox)
            if row is None:
                fresh.append(one)
            elif one.file is not None:
                await self._follow(db, row, _draft(one, row.text, now, inbox, message), one.file, kept)
        if all(one.file is None and len(one.text) <= LONGEST_TEXT for one in fresh):
            drafts = [_draft(one, one.text, now, inbox, message) for one in fresh]
            await messages.enqueue_many(db, self._directory.community, self._directory.account, drafts)
            fresh = []
        for one in fresh:
            words, *more = [_draft(one, part, now, inbox, message) for part in split(one.text)]
            rows = await self._add(db, [words, *(replace(part, mentions=()) for part in more)])
            if one.file is not None:
                await self._follow(db, rows[-1], words, one.file, kept)
        if addressed:
            after_commit(db, self._wake)

    async def _add(self, db: Db, drafts: Sequence[Draft]) -> list[OutboxRow]:
        return await messages.enqueue(db, self._directory.community, self._directory.account, drafts)

    async def _follow(self, db: Db, row: OutboxRow, words: Draft, file: File, kept: dict[File, int]) -> None:
        """Put the file behind its words; one that goes to several people is kept once."""
        if file not in kept:
            kept[file] = await attachments.keep(
                db, self._directory.community, name=file.name, content=file.content, now=words.created_at
            )
        # what a group hears is counted, and called off, by the words alone
        bare = replace(words, text=file.name, mentions=(), trouble=None, about=None)
        await self._add(db, [replace(bare, attachment=kept[file], follows=row.id)])

    async def _amended(self, db: Db, one: _Addressed, inbox: int | None) -> OutboxRow | None:
        """Say it in the place of a line about the same thing that still waits there; which one that was."""
        if one.about is None or len(one.text) > LONGEST_TEXT:
            return None
        row = await messages.waiting_line(db, one.about, one.group, one.contact)
        if row is None:
            return None
        mentions = tuple(dict.fromkeys((*row.mentions, *one.mentions)))[:MOST_NAMED]
        text = self._uncalled(one.group, one.mentions, one.text, one.names)
        if one.adds and row.reply_key != one.key:
            text = f"{self._uncalled(one.group, row.mentions, row.text, one.names)}\n{text}"
        else:
            await lines.call_off_files(db, row.id)
        row.text = self._called(one.group, mentions, text, one.names)
        row.mentions = list(mentions)
        row.kind, row.lane, row.reply_key = str(one.kind), one.lane, one.key
        row.expires_at = one.expires_at
        row.inbox_id = inbox if inbox is not None else row.inbox_id
        return row


def check(file: File) -> None:
    """Whether it can be sent. Raises `UnusableFile`."""
    if not 0 < len(file.content) <= attachments.MOST_BYTES:
        raise UnusableFile(f"{file.name!r} has {len(file.content)} bytes, not 1 to {attachments.MOST_BYTES}")
    if not 0 < len(file.name) <= LONGEST_NAME or not file.name.isprintable() or set(file.name) & set("/\\"):
        raise UnusableFile(f"{file.name[:LONGEST_NAME]!r} is no name of a file")


def _draft(one: _Addressed, text: str, now: datetime, inbox: int | None, message: str | None) -> Draft:
    return Draft(
        kind=str(one.kind),
        lane=one.lane,
        text=text,
        reply_key=one.key,
        group=one.group,
        contact=one.contact,
        mentions=one.mentions,
        inbox=inbox,
        in_reply_to=message if one.answers else None,
        created_at=now,
        not_before=one.not_before or now,
        expires_at=one.expires_at,
        trouble=one.trouble,
        about=one.about,
    )


def _copy(spread: Spread, group: int) -> Draft:
    return Draft(
        kind=str(spread.kind),
        lane=LANES[spread.kind].number,
        text=spread.text,
        reply_key=spread.key,
        group=group,
        contact=None,
        mentions=(),
        inbox=None,
        in_reply_to=None,
        created_at=spread.now,
        not_before=spread.now,
        expires_at=spread.expires_at,
        about=spread.about,
    )


def split(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a long text at the ends of lines; a single longer line is cut where it must be."""
    parts: list[str] = []
    while len(text) > longest:
        at = text.rfind("\n", 1, longest + 1)
        if at < 1:
            parts.append(text[:longest])
            text = text[longest:]
        else:
            parts.append(text[:at])
            text = text[at + 1 :]
    return [*parts, text]


def _expiry(kind: OutboundKind, numbered: bool, now: datetime) -> datetime | None:
    lane = LANES[kind]
    after: timedelta | None = lane.expires_numbered if numbered and lane.expires_numbered else lane.expires
    return now + after if after else None
