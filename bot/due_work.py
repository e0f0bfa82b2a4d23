"""What is done when something falls due: the handler of its kind, and what that says; questions unanswered; what came late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.chronicle import Chronicle
from bot.context import Answer, Post
from bot.dialog import TIMEOUT_KIND, Dialog, Dialogs
from bot.posting import Posting
from bot.router import Router
from scheduler.clock import Clock
from scheduler.ticker import DueHandler, ManyHandler
from storage.accounts import Directory
from storage.base import Db
from storage.due import Due

TIMEOUT_LATE: Final = timedelta(hours=2)
"""Nobody wants to hear the next day that yesterday's question is closed."""


class DueWork:
    """`services` are those that handlers ask for by name; `rhythms` names the ones among them that come round again and again."""

    def __init__(
        self,
        routers: Sequence[Router],
        services: Mapping[str, Any],
        rhythms: Sequence[str],
        *,
        dialogs: Dialogs,
        posting: Posting,
        directory: Directory,
        chronicle: Chronicle,
        clock: Clock,
    ) -> None:
        self._routers = routers
        self._services = services
        self._rhythms = rhythms
        self._dialogs = dialogs
        self._posting = posting
        self._directory = directory
        self._chronicle = chronicle
        self._clock = clock
        self.handlers: dict[str, DueHandler] = {TIMEOUT_KIND: self._time_out}
        self.together: dict[str, ManyHandler] = {}
        """Of kinds whose rows are handed over many at once."""
        for router in routers:
            for kind, (handler, arguments) in router.due_handlers.items():
                if "dues" in arguments:
                    self.together[kind] = self._posted(handler, arguments, "dues")
                else:
                    self.handlers[kind] = self._posted(handler, arguments, "due")

    def _posted(self, handler: Callable[..., Awaitable[Answer]], arguments: Sequence[str], rows: str) -> Any:
        async def handle(db: Db, row: Due | Sequence[Due]) -> None:
            known: dict[str, Any] = {**self._services, "db": db, rows: row, "now": self._clock.now()}
            await self._say(db, await handler(**{name: known[name] for name in arguments}))

        return handle

    async def _say(self, db: Db, answer: Answer) -> None:
        posts = [post for post in (answer if isinstance(answer, list) else [answer]) if isinstance(post, Post)]
        await self._posting.post(db, posts, self._clock.now())

    async def _time_out(self, db: Db, row: Due) -> None:
        """A question of ours that nobody answered: closed, and said once, where it was asked."""
        closed = await self._dialogs.time_out(db, self._directory.account, row)
        if closed is None:
            return
        where, dialog = closed
        answer = await self.give_up(db, dialog)
        key = dialog.data.get("timed_out")
        if answer == [] or key is None or self._directory.is_muted(where.contact):
            return
        named = (where.contact,) if where.group is not None and not dialog.data.get("unnamed") else ()
        post = Post(
            key,
            group=where.group,
            contact=where.contact if where.group is None else None,
            mentions=named,
            kind="reminder",
            expires_at=row.due_at + TIMEOUT_LATE,
            trouble=dialog.data.get("trouble"),
            about=dialog.data.get("about"),
        )
        await self._posting.post(db, [post], self._clock.now())

    async def give_up(self, db: Db, dialog: Dialog) -> Answer:
        """Nobody will answer this question any more: its feature decides what then. An empty list: nothing is said, not even
        the dialogue's own last words.
        """
        for router in self._routers:
            if dialog.state in router.timeouts:
                handler, arguments = router.timeouts[dialog.state]
                known = {**self._services, "db": db, "now": self._clock.now(), "data": dialog.data}
                answer = await handler(**{name: known[name] for name in arguments})
                await self._say(db, answer)
                return answer
        return None

    async def tell(self, db: Db, rows: Sequence[Due], outcome: str) -> None:
        """Of rows that were skipped or have failed: one line for all of a kind; what comes round again is planned again."""
        key = "system.late" if outcome == "late" else "system.due_failed"
        await self._chronicle.tell_staff(db, key, kind=rows[0].kind, due_at=rows[0].due_at, rows=rows)
        for row in rows:
            for rhythm in self._rhythms:
                await self._services[rhythm].plan_after(db, row, self._clock.now())
