"""How well the assistant understands: `python -m benchmarks.eval [--verbose]`, on the texts that DATA_DIR names.

Nothing here is part of a test: the figures are printed, with what the issue asks for beside them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.message import Inbound, Understanding
from intents.understanding.judge import Judge, find_rule_files
from intents.understanding.weighing import NOTE, POLICY, RECEIPT, SESSIONS
from intents.understanding.yaml_source import load_yaml

ROOT = Path(__file__).resolve().parent.parent
ASSISTANT_NAMES = tuple(load_yaml(ROOT / "config.yaml")["channel"]["names"])
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DOORS = ("building", "unit", "room")
WHO = ("people", "name", "phone", "for_other")
TOLD = ("complaints.file", "complaints.emergency")
CASES = ("complaints.support", "complaints.rate", "complaints.withdraw", "complaints.mediate")
"""What is said of cases that stand: an address or a case number in it must be right too."""
HERE = (*TOLD, "complaints.progress", *CASES, "help.show", "help.human", "help.mute", POLICY, *SESSIONS, NOTE, RECEIPT)


def message(text: str, *, mentioned: bool = False) -> Inbound:
    return Inbound(id="m", sender="s", text=text, at=NOW, group="g", mentioned=mentioned)


@dataclass
class Report:
    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    totals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    misses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def check(self, name: str, right: bool, line: str) -> None:
        self.totals[name] += 1
        if not right:
            self.counts[name] += 1
            self.misses[name].append(line)


def judged(judge: Judge, rows: Iterable[dict[str, Any]]) -> Report:
    report = Report()
    for row in rows:
        report.rows += 1
        found = judge(message(row["text"], mentioned=bool(row.get("mentioned"))))
        _check_row(report, row, found)
    return report


def _check_row(report: Report, row: dict[str, Any], found: Understanding) -> None:
    intent, slots = row["intent"], row.get("slots") or {}
    line = (
        f"{row['text'][:90]!r} -> {found.intent} {found.score} {found.category} {found.urgency} {' '.join(found.why)}"
    )
    if intent in HERE:
        right = found.intent == intent and found.speak == bool(row["speak"])
        report.check(f"missed {intent}", right, line)
        if intent.startswith("complaints."):
            report.check("all complaints.* missed", right, line)
    elif intent is None:
        report.check("speaks where intent is null", not found.speak, line)
    else:
        report.check("speaks for a later feature", not found.speak, f"{intent}: {line}")
    if intent != POLICY:
        report.check("false policy.ask", not (found.speak and found.intent == POLICY), f"{intent}: {line}")
    if row.get("category") and intent in TOLD:
        level1 = found.category[0] if found.category else None
        report.check("wrong first-level category", level1 == row["category"][0], f"{row['category']} {line}")
        report.check(
            "wrong second-level category", found.category == tuple(row["category"]), f"{row['category']} {line}"
        )
        report.check("wrong urgency", found.urgency == row.get("urgency"), f"{row.get('urgency')} {line}")
        right_and_all = report.classes[row["category"][0]]
        right_and_all[0] += level1 == row["category"][0]
        right_and_all[1] += 1
    if any(slots.get(key) for key in DOORS):
        wrong = any(getattr(found.slots, key) != slots.get(key) for key in DOORS)
        got = " ".join(str(getattr(found.slots, key)) for key in DOORS)
        report.check("wrong building, unit or room", not wrong, f"{row['text'][:80]!r} -> {got}")
    if intent in SESSIONS and slots:
        wrong = any(getattr(found.slots, key) != slots[key] for key in WHO if key in slots)
        report.check("wrong people, name, phone or for whom", not wrong, f"{row['text'][:80]!r} -> {found.slots}")
    if intent in CASES:
        wrong = any(getattr(found.slots, key) != slots.get(key) for key in (*DOORS, "case"))
        report.check("wrong door or case number of a case", not wrong, f"{row['text'][:80]!r} -> {found.slots}")


def show(title: str, report: Report, verbose: bool) -> None:
    print(f"\n{title}: {report.rows} rows")
    for name in sorted(report.totals):
        print(f"  {name}: {report.counts[name]} of {report.totals[name]}")
    if report.classes:
        accuracy = sum(right / all_ for right, all_ in report.classes.values()) / len(report.classes)
        print(f"  macro accuracy of first-level categories: {accuracy:.2f}")
    if verbose:
        for name, lines in report.misses.items():
            print(f"  -- {name}")
            for line in lines:
                print(f"     {line}")


def show_line(title: str, report: Report) -> None:
    """The sentences that rules and weights were tuned on: their figures only say what was left alone."""
    named = [
        f"{name.removeprefix('complaints.')} {report.counts[name]}/{report.totals[name]}"
        for name in sorted(report.totals)
    ]
    print(f"{title} ({report.rows} rows): {', '.join(named)}")


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def show_chatter(judge: Judge, path: Path, verbose: bool) -> None:
    messages = [message(row["text"]) for row in lines_of(path)]
    start = time.perf_counter()
    found = [judge(each) for each in messages]
    seconds = time.perf_counter() - start
    answers = [(each, one) for each, one in zip(messages, found, strict=True) if one.speak]
    asked = [one for _, one in answers if one.intent == POLICY]
    joining = [one for _, one in answers if one.intent in SESSIONS]
    spoken = [(each, one) for each, one in answers if one.intent not in (POLICY, *SESSIONS)]
    leads = [(each, one) for each, one in zip(messages, found, strict=True) if one.lead]
    per = 10_000 / len(messages)
    print(
        f"\nchatter: {len(messages)} messages, speaks on {len(spoken)} = {len(spoken) * per:.1f} in 10,000 (at most 10)"
    )
    print(
        f"  hears a question of policy in {len(asked)} = {len(asked) * per:.1f} in 10,000, before anything is looked up"
        " (at most 25)"
    )
    print(
        f"  hears something of a session in {len(joining)} = {len(joining) * per:.1f} in 10,000, before any is looked up"
        " (at most 10)"
    )
    print(f"  quiet leads: {len(leads)} = {len(leads) * per:.1f} in 10,000")
    print(f"  {len(messages) / seconds:,.0f} messages/s, {seconds / len(messages) * 1e6:.1f} µs each")
    if verbose:
        for each, one in answers:
            print(f"     {each.text[:90]!r} -> {one.intent} {one.score} {one.rule} {' '.join(one.why)}")


def show_letters(judge: Judge, path: Path) -> None:
    rows = list(lines_of(path))
    found = [judge(message(f"{row['topic']} {row['detail'][:60]}")) for row in rows]
    heard = sum(one.speak or one.lead for one in found)
    spoken = sum(one.speak for one in found)
    print(
        f"\nletters to a city: {len(rows)}, heard as complaint {heard / len(rows):.0%}, speaks on {spoken / len(rows):.0%}"
    )


def main() -> None:
    verbose = "--verbose" in sys.argv
    data = Path(os.environ.get("DATA_DIR", ROOT.parent / "shared" / "data"))
    start = time.perf_counter()
    judge = Judge.load(find_rule_files(ROOT / "intents"), assistant_names=ASSISTANT_NAMES)
    print(f"{len(judge.rules)} rules loaded in {time.perf_counter() - start:.3f} s")
    if (data / "utterances_dev.jsonl").exists():
        show("utterances_dev", judged(judge, lines_of(data / "utterances_dev.jsonl")), verbose)
    else:
        print(f"no measuring data at {data}: set DATA_DIR")
    sentences = ROOT / "tests" / "understanding"
    for path in sorted(sentences.glob("heldout*.jsonl")):
        show(path.stem, judged(judge, lines_of(path)), verbose and "-b" not in path.stem)
    print()
    for path in sorted(sentences.glob("written-*.jsonl")):
        show_line(path.stem, judged(judge, lines_of(path)))
    if (data / "chatter_dev.jsonl").exists():
        show_chatter(judge, data / "chatter_dev.jsonl", verbose)
    if (data / "complaints_hot_dev.jsonl").exists():
        show_letters(judge, data / "complaints_hot_dev.jsonl")


if __name__ == "__main__":
    main()
