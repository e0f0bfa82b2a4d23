"""Answers from the knowledge base: how fast among 10,000 passages, and how often right on the questions that DATA_DIR names.

Speed is measured on our own starter set, its sentences dealt anew until there are enough passages; quality on documents and
questions of others, which are read here and kept nowhere.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.table import Absent, Figure, Line
from bot.app import load_judge
from bot.message import Inbound
from bot.settings import load_settings
from intents.policy.passages import passages_of
from intents.policy.searching import Found, Search, Synonyms, warm_up
from intents.policy.starter_set import starter_set
from storage.policy_entry import Draft, Kind

ROOT = Path(__file__).resolve().parent.parent
PASSAGES = 10_000
TURNS = 3
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
ANSWERED = 0.9
STEPS = tuple(step / 20 for step in range(4, 17))


def measure() -> list[Line]:
    warm_up()
    return [*_speed(), *_quality(), *_chatter()]


def data() -> Path:
    return Path(os.environ.get("DATA_DIR", ROOT.parent / "shared" / "data"))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def many(passages: int) -> list[Draft]:
    """Entries with as many passages as asked for, made of the starter set's own sentences in another order."""
    chance = random.Random(4)
    own = starter_set()
    sentences = [
        one for draft in own for text in (draft.body, *draft.parts.values()) for one in text.split("。") if one
    ]
    found: list[Draft] = []
    count = 0
    while count < passages:
        body = "。".join(chance.sample(sentences, 40))
        draft = Draft(f"bench-{len(found)}", chance.choice(own).title, body, kind=Kind.POLICY)
        found.append(draft)
        count += len(passages_of(draft))
    return found


def _speed() -> list[Line]:
    settings = load_settings(ROOT / "config.yaml")
    judge = load_judge(settings)
    drafts = many(PASSAGES)
    questions = [question for draft in starter_set() for question in draft.questions]
    search = Search(Synonyms())
    filling, middles, slowest, changing = [], [], [], []
    for _ in range(TURNS):
        start = time.perf_counter()
        search.fill(enumerate(drafts))
        filling.append(time.perf_counter() - start)
        spent = []
        for question in questions:
            start = time.perf_counter()
            judge(Inbound(id="m", sender="s", text=question, at=NOW, group="g", mentioned=True))
            search.find(question)
            spent.append((time.perf_counter() - start) * 1e3)
        spent.sort()
        middles.append(spent[len(spent) // 2])
        slowest.append(spent[len(spent) * 99 // 100])
        start = time.perf_counter()
        search.put(0, drafts[0])
        changing.append((time.perf_counter() - start) * 1e3)
    count = sum(len(passages_of(draft)) for draft in drafts)
    return [
        Figure("indexed from nothing", tuple(filling), "s", 5, at_most=True, note=f"{count} passages"),
        Figure("one entry changed", tuple(changing), "ms"),
        Figure(
            "understood and answered, p50", tuple(middles), "ms", 5, at_most=True, note=f"{len(questions)} questions"
        ),
        Figure("understood and answered, p99", tuple(slowest), "ms", 20, at_most=True),
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    ranks: list[int]
    present: list[float]
    absent: list[float]


def _quality() -> list[Line]:
    if not (data() / "policy_questions_dev.jsonl").exists():
        return [Absent("quality", f"no measuring data at {data()}: set DATA_DIR")]
    drafts = [Draft(row["id"], row["title"], row["body"]) for row in _rows(data() / "policies_dev.jsonl")]
    questions = [(row["question"], row["docid"]) for row in _rows(data() / "policy_questions_dev.jsonl")]
    asked = _ask(drafts, questions)
    ranks, count = asked.ranks, len(questions)
    border = sorted(asked.present)[int(count * (1 - ANSWERED))]
    refused = sum(sure < border for sure in asked.absent) / count
    chosen = load_settings(ROOT / "config.yaml").policy.answer_from
    answered, handed_over = _at(asked, chosen)
    note = f"config.yaml answers from {chosen}: {answered:.0%} answered, {handed_over:.0%} handed over; the curve: "
    curve = "; ".join(f"{step}: {a:.0%}/{r:.0%}" for step in STEPS for a, r in (_at(asked, step),))
    return [
        Figure(
            "R@1 by document", (sum(rank == 0 for rank in ranks) / count,), "", 0.82, note=f"{len(drafts)} documents"
        ),
        Figure("R@5", (sum(rank < 5 for rank in ranks) / count,), "", 0.95),
        Figure("MRR@10", (sum(1 / (rank + 1) for rank in ranks if rank < 10) / count,), "", 0.88),
        Figure(f"handed over without its document, {ANSWERED:.0%} answered", (refused,), "", 0.45, note=note + curve),
    ]


def _at(asked: _Asked, threshold: float) -> tuple[float, float]:
    return (
        sum(sure >= threshold for sure in asked.present) / len(asked.present),
        sum(sure < threshold for sure in asked.absent) / len(asked.absent),
    )


def _ask(drafts: Sequence[Draft], questions: Sequence[tuple[str, str]]) -> _Asked:
    search = Search(Synonyms())
    search.fill(enumerate(drafts))
    number = {draft.code: at for at, draft in enumerate(drafts)}
    asked = _Asked([], [], [])
    for question, code in questions:
        found = search.find(question, 10)
        asked.ranks.append(_rank(found, number[code]))
        asked.present.append(found.confidence)
        search.remove(number[code])
        asked.absent.append(search.find(question).confidence)
        search.put(number[code], drafts[number[code]])
    return asked


def _rank(found: Found, entry: int) -> int:
    return next((at for at, hit in enumerate(found.hits) if hit.entry == entry), len(found.hits) + 1000)


def _chatter() -> list[Line]:
    """The everyday base: our guides, each of their questions asked while it is not in them, and chatter."""
    drafts = starter_set()
    search = Search(Synonyms())
    search.fill(enumerate(drafts))
    chosen = load_settings(ROOT / "config.yaml").policy.answer_from
    sure = right = first = count = absent = 0
    for at, draft in enumerate(drafts):
        search.remove(at)
        absent += sum(search.find(question).confidence < chosen for question in draft.questions)
        for left_out, question in enumerate(draft.questions):
            search.put(at, replace(draft, questions=(*draft.questions[:left_out], *draft.questions[left_out + 1 :])))
            found = search.find(question)
            hit = bool(found.hits) and found.hits[0].entry == at
            count, first = count + 1, first + hit
            if found.confidence >= chosen:
                sure, right = sure + 1, right + hit
        search.put(at, draft)
    lines: list[Line] = [
        Figure("starter set, R@1 of its questions, each left out", (first / count,), "", note=f"{count} questions"),
        Figure("of them answered", (sure / count,), "", note=f"of these right: {right / max(1, sure):.0%}"),
        Figure("handed over without their entry", (absent / count,), ""),
    ]
    if (data() / "chatter_dev.jsonl").exists():
        chat = [search.find(row["text"]).confidence >= chosen for row in _rows(data() / "chatter_dev.jsonl")]
        note = "by confidence alone, as if all of it had been recognised as a question"
        lines.append(Figure("chatter in 10,000", (sum(chat) / len(chat) * 1e4,), "", note=note))
    return lines
