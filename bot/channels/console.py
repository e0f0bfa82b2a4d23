"""Type and read in a terminal: the same path as any other channel, one person at a keyboard.

`/as NAME` speaks as somebody else, `/group NAME` speaks in a group, `/private` in the private chat, `@name …` mentions.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TextIO

from bot.channels.base import Feed
from bot.channels.texts import split_mention
from bot.message import Connected, Echo, Inbound, Outbound

ACCOUNT = "console"
GROUP = "group"
PROMPT = "> "


class Console:
    echoes = True

    def __init__(
        self,
        names: Sequence[str],
        now: Callable[[], datetime],
        *,
        read: TextIO = sys.stdin,
        write: TextIO = sys.stdout,
    ) -> None:
        self._names = tuple(names)
        self._now = now
        self._read = read
        self._write = write
        self._feed: Feed | None = None
        self._speaker = "somebody"
        self._group: str | None = GROUP
        self._numbers = itertools.count(1)

    async def run(self, feed: Feed) -> None:
        """Ends when the input ends; a message's number carries the start, so that no run repeats another's ids."""
        self._feed = feed
        started = f"{self._now():%Y%m%d%H%M%S%f}"
        await feed(Connected(ACCOUNT, self._names[0], self._now()))
        while True:
            self._show(PROMPT, end="")
            line = await asyncio.to_thread(self._read.readline)
            if not line:
                return
            if not self._commanded(line.strip()) and line.strip():
                await feed(self._inbound(f"{started}-{next(self._numbers)}", line.strip()))

    async def send(self, outbound: Outbound) -> str | None:
        where = f"[{outbound.group}]" if outbound.group is not None else f"({outbound.contact})"
        said = f"<{outbound.file.name}>" if outbound.file is not None else outbound.text
        self._show(f"\n{where} {self._names[0]}: {said}\n{PROMPT}", end="")
        message = f"sent-{next(self._numbers)}"
        if self._feed is not None:
            is_file = outbound.file is not None
            await self._feed(
                Echo(message, outbound.text, self._now(), outbound.group, outbound.contact, is_file=is_file)
            )
        return message

    def _commanded(self, line: str) -> bool:
        word, _, rest = line.partition(" ")
        match word:
            case "/as" if rest.strip():
                self._speaker = rest.strip()
            case "/group":
                self._group = rest.strip() or GROUP
            case "/private":
                self._group = None
            case _:
                return False
        return True

    def _inbound(self, identity: str, text: str) -> Inbound:
        mentioned, words = split_mention(text, self._names)
        return Inbound(
            id=identity,
            sender=self._speaker,
            text=words,
            at=self._now(),
            group=self._group,
            group_name=self._group or "",
            sender_name=self._speaker,
            mentioned=mentioned,
        )

    def _show(self, text: str, *, end: str = "\n") -> None:
        self._write.write(text + end)
        self._write.flush()
