"""Who says that they have a notice: `收到`, or `1` while nothing else is expected of them. Counted once, in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.context import Answer, Context, Pass
from bot.filters import When
from bot.message import Inbound
from bot.router import Router
from intents.understanding.digits import bare
from intents.understanding.normalise import normalise
from intents.understanding.yaml_source import load_yaml
from storage import receipts as answers
from storage.base import Db
from storage.broadcasts import Broadcast

router = Router("notices")
LAST_WORDS: Final = 40
"""Whether a notice asks for an answer stands at its end, or in its command."""


@cache
def _grammar() -> Any:
    terms = load_yaml(Path(__file__).with_name("receipt.yaml"))
    return {name: re.compile(term) if isinstance(term, str) else term for name, term in terms.items()}


def asks_for_receipt(text: str) -> bool:
    return _grammar()["asks"].search(normalise(text)[-LAST_WORDS:]) is not None


def asked_for(text: str) -> str | None:
    """What comes after the word for a receipt, where a text begins with it."""
    match = _grammar()["asked_for"].match(text)
    return text[match.end() :] if match else None


def is_receipt(text: str) -> bool:
    """Whether a message says that somebody has what they were told; cheap, for the screen."""
    if not 0 < len(text) <= _grammar()["longest"]:
        return False
    said = normalise(text).strip().lower()
    return _is_digit(said) or _grammar()["answer"].fullmatch(said) is not None


def _is_digit(said: str) -> bool:
    return _grammar()["digits"].fullmatch(said.strip()) is not None


class Receipts:
    """In which groups an answer is awaited, and until when, stands in memory: rebuilt at start, changed after commit."""

    def __init__(self) -> None:
        self._open: dict[int, datetime] = {}

    def expects(self, group: int, text: str, at: datetime) -> bool:
        """Whether this may be such an answer; asked of all that is said in groups, without I/O."""
        until = self._open.get(group)
        return until is not None and at <= until and is_receipt(text)

    def expects_words(self, group: int, text: str, at: datetime) -> bool:
        """The same without a mere digit, which of staff may mean anything."""
        return self.expects(group, text, at) and not _is_digit(normalise(text))

    def await_in(self, groups: Iterable[int], until: datetime) -> None:
        for group in groups:
            self._open[group] = max(until, self._open.get(group, until))

    async def rebuild(self, db: Db, community: str, now: datetime) -> None:
        for group, until in (await answers.open_in(db, community, now)).items():
            self.await_in([group], until)

    async def note(self, db: Db, context: Context, group: int) -> bool:
        """Count it for what they have not answered yet: the notice that is quoted, else the last one. False where nothing is
        awaited of them."""
        contact = context.speaker.contact
        waiting = await answers.awaited(db, group, contact, context.now)
        if not waiting:
            return False
        quoted = [one for one in waiting if _is_quoted(one, context.inbound)]
        await answers.note(db, (quoted or waiting)[0], group=group, contact=contact, at=context.now)
        return True


def _is_quoted(broadcast: Broadcast, inbound: Inbound) -> bool:
    """A channel may show only the beginning of what is quoted."""
    quoted = bare(normalise(inbound.quote.text)) if inbound.quote is not None else ""
    return bool(quoted) and bare(normalise(broadcast.text)).startswith(quoted)


def _says_so(context: Context) -> bool:
    if context.conversation.group is None or not is_receipt(context.inbound.text):
        return False
    expected = context.dialog is not None or bool(context.asked)
    return not (expected and _is_digit(normalise(context.inbound.text)))


@router.on(When(_says_so, label="notices.receipt"))
async def receipt(context: Context, db: Db, receipts: Receipts) -> Answer:
    group = context.conversation.group
    if group is None or not receipts.expects(group, context.inbound.text, context.inbound.at):
        return Pass()
    return None if await receipts.note(db, context, group) else Pass()
