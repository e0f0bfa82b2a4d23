"""From what a handler returned to rows of the outbox: rendered, addressed, split, with its lane and its expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.context import Context, Post, Said
from bot.lanes import FIRST, LANES
from bot.message import OutboundKind, Reply
from storage import messages
from storage.accounts import Directory
from storage.base import Db
from storage.database import after_commit
from storage.messages import Draft

LONGEST_TEXT = 1800
MOST_NAMED = 10
"""Whoever else it concerns reads it without being called by name."""
UNREACHABLE = "private.unreachable"


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


class Posting:
    """Puts messages into the outbox, in the caller's transaction, and wakes the sender once it is committed."""

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
            self._reply(context, one) if isinstance(one, Reply) else self._post(one, context.now, names) for one in said
        ]
        await self._enqueue(context.db, addressed, context.now, (context.inbox, context.inbound.id))

    async def post(self, db: Db, posts: Sequence[Post], now: datetime) -> None:
        """Post what nobody asked for: alerts, reminders, notices."""
        await self._enqueue(db, [self._post(post, now, {}) for post in posts], now, None)

    def _reply(self, context: Context, reply: Reply) -> _Addressed:
        group, speaker = context.conversation.group, context.speaker
        key, params = reply.key, reply.params
        if reply.private and group is not None and (speaker.friend or speaker.officer):
            group = None
        elif reply.private and group is not None:
            # nothing personal may be said in the group, and there is no other way to this person
            key, params = UNREACHABLE, {}
        text = self._render(key, params, public=group is not None)
        mentions: tuple[int, ...] = ()
        if group is not None and reply.mention:
            mentions = (speaker.contact,)
            text = f"@{self._shown_name(speaker.name)} {text}"
        lane = FIRST if reply.urgent else LANES[OutboundKind.REPLY].number
        expires_at = _expiry(OutboundKind.REPLY, reply.numbered, context.now)
        contact = speaker.contact if group is None else None
        said = _Addressed(key, text, OutboundKind.REPLY, lane, group, contact, mentions, expires_at, answers=True)
        return said if group is None else replace(said, trouble=reply.trouble)

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
        addressed = [one for one in addressed if not await self._amended(db, one, inbox)]
        drafts = [
            Draft(
                kind=str(one.kind),
                lane=one.lane,
                text=part,
                reply_key=one.key,
                group=one.group,
                contact=one.contact,
                mentions=one.mentions if index == 0 else (),
                inbox=inbox,
                in_reply_to=message if one.answers else None,
                created_at=now,
                not_before=now,
                expires_at=one.expires_at,
                trouble=one.trouble,
                about=one.about,
            )
            for one in addressed
            for index, part in enumerate(split(one.text))
        ]
        if drafts:
            await messages.enqueue(db, self._directory.community, self._directory.account, drafts)
            after_commit(db, self._wake)

    async def _amended(self, db: Db, one: _Addressed, inbox: int | None) -> bool:
        """Say it in the place of a line about the same thing that still waits there; whether there was one."""
        if one.about is None or len(one.text) > LONGEST_TEXT:
            return False
        row = await messages.waiting_line(db, one.about, one.group, one.contact)
        if row is None:
            return False
        mentions = tuple(dict.fromkeys((*row.mentions, *one.mentions)))[:MOST_NAMED]
        text = self._uncalled(one.group, one.mentions, one.text, one.names)
        if one.adds and row.reply_key != one.key:
            text = f"{self._uncalled(one.group, row.mentions, row.text, one.names)}\n{text}"
        row.text = self._called(one.group, mentions, text, one.names)
        row.mentions = list(mentions)
        row.kind, row.lane, row.reply_key = str(one.kind), one.lane, one.key
        row.expires_at = one.expires_at
        row.inbox_id = inbox if inbox is not None else row.inbox_id
        return True


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
