"""Group notes: how many lines of made-up notes in all styles are read right in every part, and how fast."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.table import Absent, Figure, Line, per_second
from intents.understanding.group_note import group_note
from tests.understanding.notes import written_notes

NOTES: Final = 2_000
TURNS: Final = 3
GOAL_F1: Final = 0.99
LONGEST: Final = 500
DATA: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def entry_f1(count: int) -> float:
    """An entry counts where number, name, door, people, cancelling and note are all as they were meant."""
    right = told = heard = 0
    for written in written_notes(count):
        note = group_note(written.text)
        found = Counter(note.entries if note else ())
        right += sum((found & Counter(written.entries)).values())
        told += len(written.entries)
        heard += found.total()
    return 2 * right / (told + heard)


def exact_of(path: Path) -> tuple[int, int]:
    """Of the labelled notes, how many came out to the letter, and how many there are."""
    right = all_ = 0
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        if row["intent"] != "sessions.group_note":
            continue
        note = group_note(row["text"])
        said = [asdict(entry) for entry in note.entries] if note else []
        all_ += 1
        right += [{key: value for key, value in each.items() if value} for each in said] == row["slots"]["entries"]
    return right, all_


def measure() -> Sequence[Line]:
    texts = [written.text for written in written_notes(NOTES)]
    longest = "#Group Note\n" + "\n".join(
        f"{at}. A{at} {at % 30 + 1}-2-{500 + at % 9} {at % 5 + 1}" for at in range(LONGEST)
    )
    seconds, milliseconds = list[float](), list[float]()
    for _ in range(TURNS):
        seconds.append(_took(texts))
        milliseconds.append(1000 * _took([longest]))
    return [
        Figure(f"entry F1 on {NOTES} made-up notes", (entry_f1(NOTES),), "", GOAL_F1),
        _labelled(),
        per_second("notes read", len(texts), seconds),
        Figure(f"one note of {LONGEST} entries", tuple(milliseconds), "ms"),
    ]


def _labelled() -> Line:
    path = Path(os.environ.get("DATA_DIR", DATA)) / "utterances_dev.jsonl"
    if not path.exists():
        return Absent("labelled group notes", "no utterances_dev.jsonl: set DATA_DIR")
    right, all_ = exact_of(path)
    return Figure("labelled group notes exact", (float(right),), f"of {all_}", float(all_))


def _took(texts: Sequence[str]) -> float:
    began = time.perf_counter()
    for text in texts:
        group_note(text)
    return time.perf_counter() - began
