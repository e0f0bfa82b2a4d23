"""`linli ask`: questions answered from the knowledge base, as the assistant would in a chat, with what it found."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.messages import CommandFault
from bot.cli.opening import open_existing, settings_of
from bot.message import kept_words
from bot.settings import Settings
from intents.policy.deciding import Decision, Verdict, decide
from intents.policy.knowledge import Knowledge
from intents.policy.searching import Hit
from intents.policy.wiring import open_knowledge
from intents.policy.wording import short_answer
from scheduler.clock import SystemClock

if TYPE_CHECKING:
    from bot.cli import Options


def answer_questions(options: Options, question: str | None, batch: Path | None, top: int) -> None:
    settings = settings_of(options)
    lines = _questions(question, batch)
    asyncio.run(_answer(settings, lines, top))


async def _answer(settings: Settings, lines: Iterator[str], top: int) -> None:
    database = await open_existing(settings)
    try:
        knowledge = open_knowledge(settings)
        async with database.reading() as db:
            await knowledge.refresh(db)
    finally:
        await database.close()
    today = SystemClock(settings.community.zone).now().date()
    for line in lines:
        result = answered(knowledge, line, today, settings.policy.answer_from, top)
        sys.stdout.buffer.write((json.dumps(result, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
    sys.stdout.flush()


def _questions(question: str | None, batch: Path | None) -> Iterator[str]:
    if batch is None:
        return iter([question or ""])
    try:
        return _lines(batch.read_bytes().splitlines())
    except OSError as fault:
        raise CommandFault("ask.unreadable", path=batch, reason=fault.strerror) from fault


def _lines(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        text = line.decode("utf-8-sig", "replace").strip()
        if text:
            yield text


def answered(knowledge: Knowledge, question: str, today: date, threshold: float, top: int) -> dict[str, Any]:
    """One line of the output. `reason` says why: answered, several (the first of those that fit alike), unknown, expired, or what
    it is referred for."""
    text = kept_words(question)
    decision = decide(knowledge, text, today, threshold, top)
    found, reason = decision.found, decision.office or _reason(decision)
    is_answered = reason in ("answered", "several")
    answer = None
    if is_answered:
        answer = str(short_answer(decision.entries[0].draft, decision.hit, found.asked_part, text))
    return {
        "question": question,
        "answered": is_answered,
        "reason": reason,
        "answer": answer,
        "hits": [_hit(knowledge, hit) for hit in found.hits],
    }


def _reason(decision: Decision) -> str:
    return {
        Verdict.ANSWER: "answered",
        Verdict.WHICH: "several",
        Verdict.EXPIRED: "expired",
        Verdict.UNKNOWN: "unknown",
    }[decision.verdict]


def _hit(knowledge: Knowledge, hit: Hit) -> dict[str, Any]:
    entry = knowledge.get(hit.entry)
    draft = entry.draft if entry is not None else None
    return {
        "policy": draft.code if draft else None,
        "title": draft.title if draft else hit.title,
        "passage": hit.passage,
        "score": round(hit.score, 4),
        "source": draft.source if draft else "",
        "effective_from": draft.effective_from.isoformat() if draft and draft.effective_from else None,
        "expires_on": draft.expires_on.isoformat() if draft and draft.expires_on else None,
    }
