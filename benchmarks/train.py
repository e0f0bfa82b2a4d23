"""Learns `intents/understanding/weights*.yaml`: `python -m benchmarks.train [--check] [--without-dev]`. Always the same.

From sentences written for this project and from nothing else: those of tests/understanding/ except the blind ones
(heldout-b, heldout-sessions), the rules' own examples and counterexamples, words of rules and of categories, everyday
messages of benchmarks/words.py, the questions of the guide entries in intents/policy/starter/, and utterances_dev.jsonl,
where DATA_DIR has it.
`--check` holds out every fifth sentence in turn and says how well the rest knew it; `--without-dev` leaves out
utterances_dev.jsonl, so that its figures become those of texts nobody learned from.
"""

from __future__ import annotations

import math
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_letters
from typing import Any, Final

from benchmarks.eval import ASSISTANT_NAMES, CASES, ROOT, lines_of, message
from benchmarks.words import EVERYDAY
from intents.understanding.judge import Judge, find_rule_files
from intents.understanding.mentions import Mentions
from intents.understanding.normalise import fold, normalise
from intents.understanding.sounding import BLANK, DEAF, SESSIONS_FILE, WEIGHTS_FILE, runs
from intents.understanding.weighing import COMPLAINT, EMERGENCY, MEDIATION, POLICY, RATING, RECEIPT, SESSIONS, SUPPORT
from intents.understanding.yaml_source import load_yaml

STARTER: Final = ROOT / "intents" / "policy" / "starter"
SCALE: Final = 25
RUNS_AT_MOST: Final = 7800
RUNS_OF_SESSIONS: Final = 3600
LEAST: Final = 0.39
WORD_COUNTS: Final = 0.4
"""A single word of a rule teaches less than a whole sentence."""
INTENTS: Final[dict[str, tuple[str, ...]]] = {
    COMPLAINT: (COMPLAINT, EMERGENCY),
    EMERGENCY: (EMERGENCY,),
    POLICY: (POLICY,),
    **{name: (name,) for name in ("complaints.progress", "help.show", "help.human", "help.mute")},
    **{name: (name,) for name in CASES},
}
"""What is listened for, and the labels that count as it: an emergency is on the side of complaints too."""
OF_SESSIONS: Final[dict[str, tuple[str, ...]]] = {name: (name,) for name in SESSIONS}
"""What is learned apart, into a file of its own: its many sentences teach nothing about the others."""
NEITHER: Final[dict[str, tuple[str, ...]]] = {COMPLAINT: (SUPPORT, RATING, MEDIATION), EMERGENCY: CASES}
"""What teaches nothing about an intent where it is to be answered: who seconds with a trouble of their own, is not content
with a repair, or quarrels, is half a complainant."""
SMALL_OF_CASES: Final = 3
SMALL_OF_HELP: Final = 2
SMALL_OF_POLICY: Final = 3
SMALL_OF_SESSIONS: Final = 3
"""In 25ths: what is no more than that in a column of few sentences is mostly chance, and costs bytes."""
ROUNDS: Final = {POLICY: 80}
"""The questions are many and of many matters: their border needs longer to be found."""
SHARE: Final = {POLICY: 0.65}
"""How much a weight counts when the runs are chosen that the file has room for; those of complaints come first."""


BLIND: Final = ("heldout-b", "heldout-sessions")
"""What says how well unseen texts are heard: nothing is learned from them."""
ONLY: Final = {"written-policy": (POLICY, *SESSIONS), "written-sessions": SESSIONS, "written-sessions-2": SESSIONS}
"""The files of sentences that teach these alone."""


@dataclass(frozen=True, slots=True)
class Sentence:
    runs: frozenset[str]
    intent: str | None
    category: tuple[str, str] | None
    weight: float = 1.0
    spoken: bool = True
    """Whether it is to be answered."""
    only: tuple[str, ...] = ()
    """The intents that it teaches, if not all: so many questions would drown the few sentences that others live on."""


def sentence(
    text: str, intent: str | None, category: Sequence[str] | None, *, spoken: bool = True, only: tuple[str, ...] = ()
) -> Sentence:
    plain = fold(_MENTIONS.read(normalise(text)).text)
    kind = (category[0], category[1]) if category else None
    return Sentence(frozenset(runs(plain)), intent, kind, spoken=spoken, only=only)


_MENTIONS: Final = Mentions(ASSISTANT_NAMES)


def sentences(judge: Judge) -> list[Sentence]:
    rows: list[dict[str, Any]] = []
    data = Path(os.environ.get("DATA_DIR", ROOT.parent / "shared" / "data")) / "utterances_dev.jsonl"
    files = sorted((ROOT / "tests" / "understanding").glob("*.jsonl"))
    dev = [data] if data.exists() and "--without-dev" not in sys.argv else []
    for file in (*dev, *files):
        if file.stem not in BLIND:
            rows.extend({**row, "only": ONLY.get(file.stem, ())} for row in lines_of(file))
    known = [
        sentence(row["text"], row["intent"], row.get("category"), spoken=row["speak"], only=row["only"]) for row in rows
    ]
    for ready in judge.rules:
        rule = ready.rule
        only = _taught_by(rule.intent)
        if not rule.quiet and not rule.needs_quote:  # beside a quote a word means what it does not mean alone
            known += [sentence(text, rule.intent, rule.category, only=only) for text in rule.examples]
        known += [sentence(text, None, None, only=only) for text in rule.counterexamples]
    known += [sentence(text, POLICY, None, only=(POLICY, *SESSIONS)) for text in asked(judge)]
    labelled = {row["text"] for row in rows if row["only"] != SESSIONS}
    known += [sentence(text, None, None) for text in EVERYDAY if text not in labelled]
    return known


def _taught_by(intent: str | None) -> tuple[str, ...]:
    """What the examples of an intent's rules teach, if not everything."""
    if intent == POLICY:
        return (POLICY, *SESSIONS)
    return SESSIONS if intent in SESSIONS or intent == RECEIPT else ()


def asked(judge: Judge) -> list[str]:
    """The questions of the guide entries that ship with the project, but for those that another feature answers."""
    entries = (entry for file in sorted(STARTER.glob("*.yaml")) for entry in load_yaml(file))
    known = [(text, judge(message(text))) for entry in entries for text in entry.get("questions", ())]
    return [text for text, found in known if not found.speak or found.intent == POLICY]


def words(judge: Judge) -> list[Sentence]:
    """What rules and categories name: too little for a sentence, but it says what a thing belongs to."""
    found: list[Sentence] = []
    for ready in judge.rules:
        rule = ready.rule
        if rule.category is None:
            continue
        numbers = [number for number in (ready.any, *(things for things, _, _ in ready.pairs)) if number is not None]
        for number in numbers:
            for word in sorted(judge.vocabulary.members(number)):
                found.append(Sentence(frozenset(runs(word)), rule.intent, rule.category, WORD_COUNTS))
    for category, kind in judge.categories.kinds.items():
        hints = judge.vocabulary.members(kind.hints) if kind.hints is not None else ()
        found += [Sentence(frozenset(runs(word)), COMPLAINT, category, WORD_COUNTS) for word in sorted(hints)]
    return found


def counted(known: Iterable[Sentence]) -> Counter[str]:
    return Counter(run for each in known for run in each.runs)


def common(known: Iterable[Sentence]) -> set[str]:
    """A long run must have occurred more often to teach anything."""
    counts = counted(known)
    return {run for run, count in counts.items() if count >= max(2, len(run))}


@dataclass
class Line:
    """A border between two kinds of sentence (logistic regression, AdaGrad)."""

    bias: float
    weights: dict[str, float]

    def of(self, known: Sentence) -> float:
        weights = self.weights
        return self.bias + sum(weights[run] for run in known.runs if run in weights)


def border(known: Sequence[Sentence], wanted: Sequence[bool], allowed: set[str], rounds: int = 30) -> Line:
    share = sum(wanted) / len(wanted)
    line = Line(0.0, dict.fromkeys(allowed, 0.0))
    speeds = dict.fromkeys(allowed, 1.0)
    order = list(range(len(known)))
    held = [sorted(run for run in each.runs if run in line.weights) for each in known]
    chance = random.Random(1)
    for _ in range(rounds):
        chance.shuffle(order)
        for index in order:
            weights = line.weights
            margin = line.bias + sum([weights[run] for run in held[index]])
            error = (1.0 if wanted[index] else 0.0) - 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))
            step = error * (0.5 / share if wanted[index] else 0.5 / (1 - share))
            line.bias += 0.01 * step
            for run in held[index]:
                gradient = step - DECAY * weights[run]
                speeds[run] += gradient * gradient
                weights[run] += RATE * gradient / math.sqrt(speeds[run])
    return line


RATE: Final = 0.03
DECAY: Final = 0.02


def kinds_of(
    known: Sequence[Sentence], names: Sequence[str], right: Sequence[str], allowed: set[str], rounds: int = 14
) -> dict[str, dict[str, float]]:
    """For every run how much it speaks for each kind (softmax, AdaGrad)."""
    table: dict[str, dict[str, float]] = {run: {} for run in allowed}
    speeds: dict[str, dict[str, float]] = {run: defaultdict(lambda: 0.3) for run in allowed}
    order = list(range(len(known)))
    held = [sorted(run for run in each.runs if run in table) for each in known]
    chance = random.Random(2)
    for _ in range(rounds):
        chance.shuffle(order)
        for index in order:
            totals = dict.fromkeys(names, 0.0)
            for run in held[index]:
                for name, weight in table[run].items():
                    totals[name] += weight
            for name, error in _errors(totals, right[index]):
                step = error * known[index].weight
                for run in held[index]:
                    mine, speed = table[run], speeds[run]
                    gradient = step - 0.002 * mine.get(name, 0.0)
                    speed[name] += gradient * gradient
                    mine[name] = mine.get(name, 0.0) + 0.12 * gradient / math.sqrt(speed[name])
    return table


def _errors(totals: Mapping[str, float], right: str) -> list[tuple[str, float]]:
    most = max(totals.values())
    likely = {name: math.exp(total - most) for name, total in totals.items()}
    whole = sum(likely.values())
    errors = ((name, (name == right) - value / whole) for name, value in likely.items())
    return [(name, error) for name, error in errors if abs(error) > 0.01]


def belongs(known: Sentence, intent: str) -> bool:
    return known.intent in (INTENTS | OF_SESSIONS)[intent]


def tells_trouble(known: Sentence) -> bool:
    return belongs(known, COMPLAINT) or known.intent == SUPPORT


def border_of(intent: str, known: Sequence[Sentence], allowed: set[str]) -> Line:
    neither = NEITHER.get(intent, ())
    others = [each for each in known if not each.only or intent in each.only]
    taught = [each for each in others if not (each.spoken and each.intent in neither)]
    return border(taught, [belongs(each, intent) for each in taught], allowed, ROUNDS.get(intent, 30))


@dataclass
class Learned:
    borders: dict[str, Line]
    counts: Counter[str]
    kinds: dict[str, dict[str, float]]
    dangers: dict[str, dict[str, float]]


def learn(known: Sequence[Sentence], named: Sequence[Sentence], judge: Judge) -> Learned:
    known = [each for each in known if each.only != SESSIONS]
    allowed = common(known)
    alike = [each for each in (*known, *named) if each.category and tells_trouble(each)]
    level1 = sorted({category[0] for category in judge.categories.kinds})
    harmful = {f"{one}/{two}" for (one, two) in _dangers(judge)}
    alarms = [each for each in (*known, *named) if belongs(each, EMERGENCY) and _name(each) in harmful]
    return Learned(
        {intent: border_of(intent, known, allowed) for intent in INTENTS},
        counted(known),
        kinds_of(alike, level1, [each.category[0] if each.category else "" for each in alike], common(alike)),
        kinds_of(alarms, sorted(harmful), [_name(each) for each in alarms], common(alarms)),
    )


def learn_sessions(known: Sequence[Sentence]) -> Learned:
    allowed = common(known)
    return Learned({intent: border_of(intent, known, allowed) for intent in SESSIONS}, counted(known), {}, {})


def _dangers(judge: Judge) -> set[tuple[str, str]]:
    return {ready.rule.category for ready in judge.rules if ready.rule.intent == EMERGENCY and ready.rule.category}


def _name(known: Sentence) -> str:
    return "/".join(known.category or ())


def written(learned: Learned, at_most: int) -> str:
    """The file: a line a run, its weights for each intent in their order, then those for kinds by their letters."""
    kinds = sorted({name for row in learned.kinds.values() for name in row})
    dangers = sorted({name for row in learned.dangers.values() for name in row})
    letters = dict(zip((*kinds, *dangers), ascii_letters, strict=False))
    table: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for source in (learned.kinds, learned.dangers):
        for run, row in source.items():
            table[run] += [(letters[name], round(w * SCALE)) for name, w in sorted(row.items()) if abs(w) >= LEAST]
    lines = []
    for run in set(table).union(*(line.weights for line in learned.borders.values())):
        columns = [_column(intent, line.weights.get(run, 0.0)) for intent, line in learned.borders.items()]
        shares = (abs(w) * SHARE.get(intent, 1.0) for intent, w in zip(learned.borders, columns, strict=True))
        told = max(*shares, *(abs(w) * 0.4 for _, w in table[run]))
        if BLANK not in run and not set(run) & set("\t\r\ufeff") and run.isprintable():
            lines.append((told, run, f"{run.replace(' ', BLANK)} {_row(columns)}", table[run]))
    lines = [(told * math.sqrt(1 + learned.counts[run]), run, text, row) for told, run, text, row in lines]
    lines.sort(key=lambda line: (-line[0], line[1]))
    kept = sorted((line for line in lines[:at_most] if line[0] > 0), key=lambda line: line[1])
    head = [
        "# Made by `python -m benchmarks.train`: how much each run of characters speaks for each intent and",
        "# (by letter) a kind of them, in 25ths. What to write here instead: sentences in tests/understanding/, then train.",
        f"scale: {SCALE}",
        "intents: {" + ", ".join(f"{intent}: {line.bias:.3f}" for intent, line in learned.borders.items()) + "}",
        "kinds: {" + ", ".join(f"{letters[name]}: {name}" for name in kinds) + "}",
        "dangers: {" + ", ".join(f"{letters[name]}: {name}" for name in dangers) + "}",
        "runs: |-",
    ]
    body = [f"  {text} {''.join(f'{letter}{w}' for letter, w in row)}".rstrip() for _, _, text, row in kept]
    return "\n".join((*head, *body)) + "\n"


def _column(intent: str, weight: float) -> int:
    whole = round(weight * SCALE)
    return whole if abs(whole) > _small(intent) else 0


def _small(intent: str) -> int:
    if intent == POLICY:
        return SMALL_OF_POLICY
    if intent in SESSIONS:
        return SMALL_OF_SESSIONS
    return SMALL_OF_CASES if intent in CASES else SMALL_OF_HELP if intent.startswith("help.") else 0


def _row(columns: Sequence[int]) -> str:
    """Without the empty columns at the end, but never without the first; a minus parts two columns as a comma does."""
    rest = ",".join(str(w) if w else "" for w in (columns[0] or "0", *columns[1:])).rstrip(",")
    return rest.replace(",-", "-")


def check(known: Sequence[Sentence], named: Sequence[Sentence], judge: Judge, folds: int = 5) -> None:
    marks: dict[str, list[tuple[float, bool]]] = {intent: [] for intent in (*INTENTS, *OF_SESSIONS)}
    right = [0, 0]
    for fold_number in range(folds):
        rest = [each for i, each in enumerate(known) if i % folds != fold_number]
        held = [each for i, each in enumerate(known) if i % folds == fold_number]
        learned = learn(rest, named, judge)
        for intent, line in (learned.borders | learn_sessions(rest).borders).items():
            marks[intent] += [(line.of(each), belongs(each, intent)) for each in held]
        for each in held:
            if each.category and belongs(each, COMPLAINT):
                totals: Counter[str] = Counter()
                for run in each.runs:
                    totals.update(learned.kinds.get(run, {}))
                right[0] += bool(totals) and max(totals, key=lambda name: totals[name]) == each.category[0]
                right[1] += 1
    print(f"first level: {right[0]} of {right[1]}")
    for name, values in marks.items():
        for at in (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0):
            yes = [mark > at for mark, wanted in values if wanted]
            no = [mark > at for mark, wanted in values if not wanted]
            print(f"{name} above {at:+.1f}: {sum(yes) / len(yes):.2f} of its own, {sum(no) / len(no):.3f} of others")


def main() -> None:
    judge = Judge.load(find_rule_files(ROOT / "intents"), assistant_names=ASSISTANT_NAMES, ear=DEAF)
    known, named = sentences(judge), words(judge)
    print(f"{len(known)} sentences, {len(named)} words")
    if "--check" in sys.argv:
        check(known, named, judge)
        return
    texts = {
        WEIGHTS_FILE: written(learn(known, named, judge), RUNS_AT_MOST),
        SESSIONS_FILE: written(learn_sessions(known), RUNS_OF_SESSIONS),
    }
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
        print(f"{file.name}: {len(text.encode()) // 1000} kB")


if __name__ == "__main__":
    main()
