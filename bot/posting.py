"""From what a handler returned to rows of the outbox: rendered, addressed, split, with its lane and its expiry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
        addressed = [
            self._reply(context, one) if isinstance(one, Reply) else self._post(one, context.now) for one in said
        ]
        await self._enqueue(context.db, addressed, context.now, (context.inbox, context.inbound.id))

    async def post(self, db: Db, posts: Sequence[Post], now: datetime) -> None:
        """Post what nobody asked for: alerts, reminders, notices."""
        await self._enqueue(db, [self._post(post, now) for post in posts], now, None)

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
        return _Addressed(key, text, OutboundKind.REPLY, lane, group, contact, mentions, expires_at, answers=True)

    def _post(self, post: Post, now: datetime) -> _Addressed:
        kind = OutboundKind(post.kind)
        text = self._render(post.key, post.params, public=post.group is not None)
        if post.group is not None and post.mentions:
            names = [self._shown_name(self._directory.name_in(post.group, contact)) for contact in post.mentions]
            text = f"{' '.join(f'@{name}' for name in names if name)} {text}".lstrip()
        expires_at = post.expires_at or _expiry(kind, post.numbered, now)
        return _Addressed(post.key, text, kind, LANES[kind].number, post.group, post.contact, post.mentions, expires_at)

    async def _enqueue(
        self, db: Db, addressed: Sequence[_Addressed], now: datetime, answered: tuple[int, str] | None
    ) -> None:
        inbox, message = answered or (None, None)
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
            )
            for one in addressed
            for index, part in enumerate(split(one.text))
        ]
        if drafts:
            await messages.enqueue(db, self._directory.community, self._directory.account, drafts)
            after_commit(db, self._wake)


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
