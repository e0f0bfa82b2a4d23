"""What is said of an entry: one short answer with its source and date, and all of it for who wants all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from intents.policy.searching import Hit
from intents.policy.terms import grams
from intents.replies import Official
from intents.understanding.normalise import fold, normalise
from storage.policy import Entry
from storage.policy_entry import LONGEST_ANSWER, PARTS, Draft

LONGEST_TOLD_PART: Final = LONGEST_ANSWER - 5
"""Its name stands before it."""
LONGEST_WHOLE: Final = 3_400
"""Two messages; whoever wants more reads the paper itself."""
_STOP: Final = "\u3002"
_STOPS: Final = f"{_STOP}\uff01\uff1f!?;\uff1b\n"
_ENDS: Final = re.compile(f"(?<=[{_STOPS}])")
_MORE: Final = "\u2026"


@dataclass(frozen=True, slots=True)
class Spoken:
    """An entry as templates see it. What it says is official; `as_of` is when somebody last vouched for it."""

    number: int
    title: Official
    source: Official
    document_number: Official
    as_of: datetime
    effective_from: date | None
    expires_on: date | None
    link: Official


def spoken(entry: Entry) -> Spoken:
    draft = entry.draft
    return Spoken(
        entry.number,
        Official(draft.title),
        Official(draft.source or draft.issuer),
        Official(draft.document_number),
        entry.as_of,
        draft.effective_from,
        draft.expires_on,
        Official(draft.link),
    )


def told_part(draft: Draft, asked_part: str | None) -> str | None:
    """The part that is told to what was asked for. How it is done is what the answer says, where there is one."""
    if asked_part is None or not draft.parts.get(asked_part) or (asked_part == "steps" and draft.answer):
        return None
    return asked_part


def short_answer(draft: Draft, hit: Hit | None, asked_part: str | None, question: str) -> Official:
    """The part that was asked for with as much of the answer as there is room for, else the answer as written, else what the
    passage says to it; at most 120 characters."""
    part = told_part(draft, asked_part)
    if part is not None:
        return Official(_filled_up(_cut(draft.parts[part], question, LONGEST_TOLD_PART), draft.answer))
    if draft.answer:
        return Official(_cut(draft.answer, question))
    if hit is not None and hit.part is not None and draft.parts.get(hit.part):
        return Official(_cut(draft.parts[hit.part], question))
    told = hit.passage.removeprefix(f"{normalise(draft.title).strip()}\n") if hit is not None else draft.body
    return Official(_cut(told or draft.title, question))


def has_more(draft: Draft, said: str) -> bool:
    """Whether there is anything to read beside the short answer."""
    return bool(draft.parts) or bool(draft.body and draft.body != said) or bool(draft.answer and draft.answer != said)


def whole(draft: Draft) -> dict[str, Any]:
    """All of it, for the private chat: parts by their names, then the text, cut where it is too long for a chat."""
    parts = [(part, Official(draft.parts[part])) for part in PARTS if draft.parts.get(part)]
    left = LONGEST_WHOLE - sum(len(text) for _, text in parts) - len(draft.answer)
    body = draft.body if len(draft.body) <= left else draft.body[: max(0, left)] + _MORE
    return {"answer": Official(draft.answer), "parts": parts, "body": Official(body), "cut": body != draft.body}


def _filled_up(said: str, answer: str) -> str:
    """A question that sounds like one part may mean another: the answer's first sentences follow where they fit."""
    for sentence in _sentences(answer):
        if sentence.strip() in said or len(said) + len(sentence) >= LONGEST_TOLD_PART:
            break
        if said.strip(_STOPS) in sentence:
            said = ""  # it says the part, and more
        said = f"{said}{sentence}" if not said or said.endswith(tuple(_STOPS)) else f"{said}{_STOP}{sentence}"
    return said.strip()


def _sentences(text: str) -> list[str]:
    return [one for one in _ENDS.split(text) if one.strip()]


def _cut(text: str, question: str, longest: int = LONGEST_ANSWER) -> str:
    """Whole sentences of it, from the one that says most of what was asked."""
    text = text.strip()
    if len(text) <= longest:
        return text
    sentences = _sentences(text)
    asked = set(grams(fold(question)))
    start = max(range(len(sentences)), key=lambda at: (len(asked & set(grams(fold(sentences[at])))), -at))
    said = ""
    for sentence in sentences[start:]:
        if said and len(said) + len(sentence) > longest:
            break
        said += sentence
    said = said.strip()
    return said if len(said) <= longest else said[: longest - 1] + _MORE
