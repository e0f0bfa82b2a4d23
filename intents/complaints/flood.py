"""Somebody who reports far more than people do is answered once, and put before staff; nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

from bot.context import Context, Post, Said
from intents.complaints.reminding import MANAGING
from intents.understanding.masks import masked
from storage import lines, messages
from storage.accounts import Directory

WINDOW = timedelta(hours=1)
REPORTS = ("complaints.file", "complaints.support", "complaints.mediate")


class Flood:
    def __init__(self, directory: Directory, most: int) -> None:
        self._directory = directory
        self._most = most

    async def stem(self, context: Context, *intents: str) -> list[Said] | None:
        """None while it is bearable; else what is said, which is nothing after the first time within the hour."""
        contact, since = context.speaker.contact, context.now - WINDOW
        if await messages.count_said(context.db, contact, intents or REPORTS, since) <= self._most:
            return None
        about = f"flood:{contact}"
        if await lines.is_told(context.db, about, since):
            return []
        unnamed = context.understanding.slots.anonymous
        params = {
            "name": None if unnamed else context.speaker.name,
            "group": context.inbound.group_name,
            "words": masked(context.text) if unnamed else context.words,
        }
        here = context.conversation
        # not a reply: it is said even where this minute's answers are used up
        if here.group is not None:
            mentions = () if unnamed else (contact,)
            answer = Post("complaints.too_many", group=here.group, mentions=mentions, kind="reply", about=about)
        else:
            answer = Post("complaints.too_many", contact=contact, kind="reply", about=about)
        told = [one for one in self._directory.officers.values() if one.role in MANAGING]
        return [answer, *(Post("complaints.floods", params, contact=one.contact, kind="reminder") for one in told)]
