"""What becomes of a question: answered, asked back, referred to who may judge it, said to have expired, or not known. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from intents.policy.judgement import is_about_rumour, referred_to
from intents.policy.knowledge import Knowledge
from intents.policy.searching import Found, Hit
from storage.policy import Entry
from storage.policy_entry import Kind

MOST_OFFERED: Final = 3
SURE: Final = 0.7
"""From here an entry speaks of just what was asked, whatever doctors, lawyers and rumours sound like."""


class Verdict(StrEnum):
    ANSWER = "answer"
    WHICH = "which"
    EXPIRED = "expired"
    REFERRED = "referred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    found: Found
    entries: tuple[Entry, ...] = ()
    """What it is about: the one that answers or has expired, or those to choose from."""
    hit: Hit | None = None
    office: str | None = None
    """Who judges it: `medical` or `legal`."""


def decide(knowledge: Knowledge, question: str, today: date, threshold: float, top: int = 5) -> Decision:
    found = knowledge.find(question, top)
    office = referred_to(question)
    if office is not None and found.confidence < SURE:
        return Decision(Verdict.REFERRED, found, office=office)
    if not found.hits or found.confidence < threshold:
        return Decision(Verdict.UNKNOWN, found)
    near = found.hits[: min(found.alike, MOST_OFFERED)]
    known = [(hit, entry) for hit in near if (entry := knowledge.get(hit.entry)) is not None]
    if is_about_rumour(question):
        known = [(hit, entry) for hit, entry in known if _is_official(entry, found.confidence)]
    if not known:
        return Decision(Verdict.UNKNOWN, found)
    # of two that say the same, the one that has expired is the old one
    known = [each for each in known if not each[1].has_expired(today)] or known[:1]
    hit, entry = known[0]
    if len(known) > 1:
        return Decision(Verdict.WHICH, found, tuple(each for _, each in known), hit)
    return Decision(Verdict.EXPIRED if entry.has_expired(today) else Verdict.ANSWER, found, (entry,), hit)


def _is_official(entry: Entry, confidence: float) -> bool:
    """What a rumour may be answered with: an office's notice, or a paper with its number that speaks of just that."""
    return entry.draft.kind == Kind.NOTICE or (bool(entry.draft.document_number) and confidence >= SURE)
